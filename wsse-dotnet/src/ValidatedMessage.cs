using System;
using System.Collections.Generic;
using System.Text;

namespace Wsse
{
    /// <summary>A message that was validated. Only <see cref="Inbound"/> makes it.</summary>
    public sealed class ValidatedMessage
    {
        private readonly Content _signed;
        private readonly Content _unsigned;

        internal ValidatedMessage(
            Content signed, Content unsigned, string username, bool isAuthenticated, SoapVersion soapVersion)
        {
            _signed = signed;
            _unsigned = unsigned;
            Username = username;
            IsAuthenticated = isAuthenticated;
            SoapVersion = soapVersion;
        }

        /// <summary>What the signatures that the policy requires cover, and nothing else, in original
        /// octets: the Envelope's start tag, the covered header blocks without the Security header, and
        /// the Body, which is empty where it is not covered; in UTF-8, without XML declaration. What the
        /// Envelope's start tag declares is inherited unsigned. Null where the policy requires no
        /// signature: then there is <see cref="UnsignedDocument"/>; and where the message was read from a
        /// stream: then its content is in the <see cref="Spool"/>.</summary>
        public byte[] Document => _signed?.Octets;

        /// <summary>The same as a string; null, as there.</summary>
        public string Text => _signed?.Text;

        /// <summary>A copy of the Body in <see cref="Document"/>, with its tags; prefixes in it may be
        /// declared on the Envelope. Null, as there.</summary>
        public byte[] Body => _signed?.Body;

        /// <summary>What was committed to the <see cref="Spool"/>; null for a message that was not read from a
        /// stream.</summary>
        public SpooledContent Spooled { get; internal set; }

        /// <summary>Where the parts stand that the signatures cover, in the order of their references:
        /// "/Envelope/Body", "/Envelope/Header/{urn:a}To[1]". Empty where the policy requires no
        /// signature.</summary>
        public IReadOnlyList<string> SignedPaths { get; internal set; }

        /// <summary>Everybody whose signatures hold: first the one whose signatures cover everything that the
        /// policy requires, whom <see cref="Document"/>, <see cref="SignedPaths"/> and
        /// <see cref="Certificate"/> speak of, then the others in the order of their first signatures. Only for
        /// the first one everything was checked that the policy demands. Empty where the policy requires no
        /// signature.</summary>
        public IReadOnlyList<VerifiedSigner> Signers { get; internal set; }

        /// <summary>The parts that were encrypted, in the order of the document; they are plaintext now. That
        /// something was encrypted says nothing of who did it.</summary>
        public IReadOnlyList<EncryptedPart> Encrypted { get; internal set; }

        /// <summary>The certificate of whoever signed what is covered, in DER, as the constructor of
        /// X509Certificate2 takes it. Null where the policy requires no signature, and where it was made
        /// with a shared secret or with a key that has no certificate.</summary>
        public byte[] Certificate { get; internal set; }

        /// <summary>The message without the Security header that was processed, in original octets: the
        /// Envelope, the other header blocks, the Body; in UTF-8, without XML declaration. No
        /// signature protects it: that is what the name says. Empty where the policy requires signatures:
        /// then there is <see cref="Document"/>; and where the message was read from a stream.</summary>
        public byte[] UnsignedDocument => _unsigned.Octets;

        /// <summary>The same as a string; empty, as there.</summary>
        public string UnsignedText => _unsigned.Text;

        /// <summary>A copy of the Body in <see cref="UnsignedDocument"/>, with its tags; prefixes in it may be
        /// declared on the Envelope. No signature protects it. Empty, as there.</summary>
        public byte[] UnsignedBody => _unsigned.Body;

        /// <summary>The username of the token; null without one, and where the policy requires signatures
        /// that do not cover it, unless it says <c>username.signed = false</c>. Whether that user proved to
        /// know the password says <see cref="IsAuthenticated"/>.</summary>
        public string Username { get; }

        /// <summary>Whether the user proved to know the password. False without a UsernameToken, and for one
        /// without Password, which only a policy with <c>username.password = "optional"</c>
        /// accepts.</summary>
        public bool IsAuthenticated { get; }

        /// <summary>The version of SOAP.</summary>
        public SoapVersion SoapVersion { get; }

        /// <summary>The namespace name of the first element in the Body, empty if it is in none; null for a
        /// Body that is empty, or not covered by the signatures that the policy requires.</summary>
        public string BodyChildNamespace { get; internal set; }

        /// <summary>The local name of the first element in the Body: the operation, in most services. Null
        /// as <see cref="BodyChildNamespace"/>.</summary>
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

        /// <summary>A document, and where the Body is in it.</summary>
        internal sealed class Content
        {
            private readonly int _bodyOffset;
            private readonly int _bodyLength;

            internal Content(byte[] octets, int bodyOffset, int bodyLength)
            {
                Octets = octets;
                _bodyOffset = bodyOffset;
                _bodyLength = bodyLength;
            }

            internal byte[] Octets { get; }

            internal string Text => Encoding.UTF8.GetString(Octets);

            internal byte[] Body
            {
                get
                {
                    var body = new byte[_bodyLength];
                    Array.Copy(Octets, _bodyOffset, body, 0, _bodyLength);
                    return body;
                }
            }
        }
    }
}
