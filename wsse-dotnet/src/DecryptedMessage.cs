using System.Collections.Generic;
using System.Text;

namespace Wsse
{
    /// <summary>A message whose parts were decrypted. Nothing else of it was checked: neither its signatures,
    /// nor its tokens, nor its age. Only <see cref="Inbound.Decrypt(byte[])"/> makes it.</summary>
    public sealed class DecryptedMessage
    {
        internal DecryptedMessage(byte[] octets, IReadOnlyList<EncryptedPart> encrypted)
        {
            Octets = octets;
            Encrypted = encrypted;
        }

        /// <summary>The message with each EncryptedData replaced by what was in it, in UTF-8. Its Security header
        /// is still there.</summary>
        public byte[] Octets { get; }

        /// <summary>The same as a string.</summary>
        public string Text => Encoding.UTF8.GetString(Octets);

        /// <summary>The parts that were encrypted, in the order of the document: at least one.</summary>
        public IReadOnlyList<EncryptedPart> Encrypted { get; }
    }
}
