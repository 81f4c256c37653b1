using System.Collections.Generic;

namespace Wsse
{
    /// <summary>Somebody whose signatures of a message hold, and what they cover. Only a
    /// <see cref="ValidatedMessage"/> has them.</summary>
    public sealed class VerifiedSigner
    {
        internal VerifiedSigner(byte[] certificate, string keyName, IReadOnlyList<string> signedPaths)
        {
            Certificate = certificate;
            KeyName = keyName;
            SignedPaths = signedPaths;
        }

        /// <summary>The certificate in DER. Null for a shared secret, for a key without certificate, and for
        /// one who is not believed, which only a policy accepts that says so.</summary>
        public byte[] Certificate { get; }

        /// <summary>The name of the key that is held elsewhere, where one checked the signatures; else
        /// null.</summary>
        public string KeyName { get; }

        /// <summary>Where the parts stand that the signatures cover, in the order of their references.</summary>
        public IReadOnlyList<string> SignedPaths { get; }
    }
}
