using System;
using System.Text;

namespace Wsse
{
    /// <summary>A message that was validated. Only <see cref="Inbound"/> makes it.</summary>
    public sealed class ValidatedMessage
    {
        private readonly int _bodyOffset;
        private readonly int _bodyLength;

        internal ValidatedMessage(
            byte[] unsignedDocument, int bodyOffset, int bodyLength, string username, bool isAuthenticated, SoapVersion soapVersion)
        {
            UnsignedDocument = unsignedDocument;
            _bodyOffset = bodyOffset;
            _bodyLength = bodyLength;
            Username = username;
            IsAuthenticated = isAuthenticated;
            SoapVersion = soapVersion;
        }

        /// <summary>The message without the Security header that was processed, in original octets: the
        /// Envelope, the other header blocks, the Body; in UTF-8, without XML declaration. No
        /// signature protects it: that is what the name says.</summary>
        public byte[] UnsignedDocument { get; }

        /// <summary>The same as a string.</summary>
        public string UnsignedText => Encoding.UTF8.GetString(UnsignedDocument);

        /// <summary>A copy of the Body in <see cref="UnsignedDocument"/>, with its tags; prefixes in it may be
        /// declared on the Envelope. No signature protects it.</summary>
        public byte[] UnsignedBody
        {
            get
            {
                var body = new byte[_bodyLength];
                Array.Copy(UnsignedDocument, _bodyOffset, body, 0, _bodyLength);
                return body;
            }
        }

        /// <summary>The username of the token; null without one. Whether that user proved to know the
        /// password says <see cref="IsAuthenticated"/>.</summary>
        public string Username { get; }

        /// <summary>Whether the user proved to know the password. False without a UsernameToken, and for one
        /// without Password, which only a policy with <c>username.password = "optional"</c>
        /// accepts.</summary>
        public bool IsAuthenticated { get; }

        /// <summary>The version of SOAP.</summary>
        public SoapVersion SoapVersion { get; }

        /// <summary>The namespace name of the first element in the Body, empty if it is in none; null for an
        /// empty Body.</summary>
        public string BodyChildNamespace { get; internal set; }

        /// <summary>The local name of the first element in the Body: the operation, in most services. Null
        /// for an empty Body.</summary>
        public string BodyChildLocalName { get; internal set; }

        /// <summary>Created of the Timestamp; null without one.</summary>
        public DateTimeOffset? TimestampCreated { get; internal set; }

        /// <summary>Expires of the Timestamp; null without.</summary>
        public DateTimeOffset? TimestampExpires { get; internal set; }

        /// <summary>Where the Timestamp stood, in octets from the start of the message in UTF-8; null
        /// without one.</summary>
        public long? TimestampOffset { get; internal set; }

        /// <summary>Where the UsernameToken stood, in octets from the start of the message in UTF-8; null
        /// without one.</summary>
        public long? UsernameTokenOffset { get; internal set; }

        /// <summary>What the reply answers.</summary>
        public Exchange Exchange { get; internal set; }
    }
}
