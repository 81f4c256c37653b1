using System;
using System.Collections.Generic;

namespace Wsse
{
    /// <summary>Signs with a private key that is held elsewhere: in a KMS, in an HSM, on a smart card.</summary>
    /// <remarks>It runs while a message is protected, on the caller's thread, on several at once, and has to
    /// end by itself. What it throws, a <see cref="TimeoutException"/> for one, becomes a
    /// <see cref="WsseException"/> of the category Unavailable, which holds it. What it returns is checked
    /// under the certificate before the message is handed out.</remarks>
    /// <param name="request">What is to be signed.</param>
    /// <returns>The signature; of ECDSA the numbers r and s, each of the length of the order, or the two as a
    /// sequence in DER.</returns>
    public delegate byte[] RemoteSigner(SigningRequest request);

    /// <summary>Decrypts an EncryptedKey with a private key that is held elsewhere.</summary>
    /// <remarks>A sender must not be able to tell why octets do not decrypt. So it returns null for every
    /// reason that lies in the octets, wrong padding above all; a
    /// <see cref="System.Security.Cryptography.CryptographicException"/> counts as that. Everything else that
    /// it throws says that the key did not answer.</remarks>
    /// <param name="request">What is to be decrypted.</param>
    /// <returns>The secret, which is overwritten afterwards; null where the octets do not decrypt.</returns>
    public delegate byte[] RemoteDecrypter(DecryptionRequest request);

    /// <summary>Checks a signature with a key that is held elsewhere: a shared secret in a KMS, above
    /// all.</summary>
    /// <remarks>It runs as a <see cref="RemoteSigner"/> does. An HMAC that it computes itself is to be
    /// compared in a time that does not depend on where it differs.</remarks>
    /// <param name="request">What is to be checked.</param>
    /// <returns>Whether the key made the signature over exactly these octets with this method.</returns>
    public delegate bool RemoteVerifier(VerificationRequest request);

    /// <summary>Has the last word on a signer whom the policy believes.</summary>
    /// <remarks>His signature is not checked yet: that he passes here says nothing of the message.</remarks>
    /// <param name="candidate">The signer.</param>
    /// <returns>Whether he passes.</returns>
    public delegate bool Decision(Candidate candidate);

    /// <summary>What a key that is held elsewhere is to sign.</summary>
    public sealed class SigningRequest
    {
        internal SigningRequest(Interop.NativeSigningRequest given)
        {
            Method = given.Method.ToText();
            Octets = given.Octets.ToArray();
            Digest = given.Digest.ToArray();
            DigestMethod = given.DigestMethod.ToText();
            DigestInfo = given.DigestInfo.ToArray();
            MaskDigest = given.MaskDigest.ToText();
            SaltLength = checked((int)given.SaltLength);
        }

        /// <summary>The method by its name in policies: "rsa-sha256", "ecdsa-sha256",
        /// "eddsa-ed25519".</summary>
        public string Method { get; }

        /// <summary>The octets that are signed.</summary>
        public byte[] Octets { get; }

        /// <summary>The digest of the octets that the method signs, for services that want it in place of
        /// them; null for EdDSA, which takes the octets as they are.</summary>
        public byte[] Digest { get; }

        /// <summary>What the digest was made with: "sha256"; null for EdDSA.</summary>
        public string DigestMethod { get; }

        /// <summary>The DigestInfo that RSASSA-PKCS1-v1_5 pads, which PKCS#11 signs with CKM_RSA_PKCS; null for
        /// every other method.</summary>
        public byte[] DigestInfo { get; }

        /// <summary>The digest in MGF1 of RSASSA-PSS: "sha256"; null for every other method.</summary>
        public string MaskDigest { get; }

        /// <summary>Octets of the salt of RSASSA-PSS; 0 for every other method.</summary>
        public int SaltLength { get; }
    }

    /// <summary>An EncryptedKey that a key that is held elsewhere is to decrypt.</summary>
    public sealed class DecryptionRequest
    {
        internal DecryptionRequest(Interop.NativeDecryptionRequest given)
        {
            Method = given.Method.ToText();
            Octets = given.Octets.ToArray();
            Digest = given.Digest.ToText();
            MaskDigest = given.MaskDigest.ToText();
            Label = given.Label.ToArray();
        }

        /// <summary>"rsa-oaep" or "rsa-1.5".</summary>
        public string Method { get; }

        /// <summary>The octets that were encrypted.</summary>
        public byte[] Octets { get; }

        /// <summary>The digest of OAEP: "sha256"; null for rsa-1.5.</summary>
        public string Digest { get; }

        /// <summary>The digest in MGF1 of OAEP: "sha256"; null for rsa-1.5.</summary>
        public string MaskDigest { get; }

        /// <summary>The label of OAEP, mostly empty; null for rsa-1.5.</summary>
        public byte[] Label { get; }
    }

    /// <summary>What a key that is held elsewhere is to check.</summary>
    public sealed class VerificationRequest
    {
        internal VerificationRequest(Interop.NativeVerificationRequest given)
        {
            Method = given.Method.ToText();
            Octets = given.Octets.ToArray();
            Signature = given.Signature.ToArray();
            Digest = given.Digest.ToArray();
            DigestMethod = given.DigestMethod.ToText();
            Der = given.Der.ToArray();
        }

        /// <summary>The method by its name in policies: "hmac-sha256".</summary>
        public string Method { get; }

        /// <summary>The octets that were signed.</summary>
        public byte[] Octets { get; }

        /// <summary>The octets of the SignatureValue.</summary>
        public byte[] Signature { get; }

        /// <summary>The digest of the octets inside the method; null for EdDSA.</summary>
        public byte[] Digest { get; }

        /// <summary>What the digest was made with: "sha256"; null for EdDSA.</summary>
        public string DigestMethod { get; }

        /// <summary>An ECDSA signature as a sequence in DER, as services want it; null for other
        /// methods.</summary>
        public byte[] Der { get; }
    }

    /// <summary>A signer, before his signature is checked.</summary>
    public sealed class Candidate
    {
        internal Candidate(Interop.NativeCandidate given)
        {
            PublicKey = given.PublicKey.ToArray();
            Certificate = given.Certificate.ToArray();
            Path = Array.AsReadOnly(given.PathToArray());
            Trusted = given.Trusted;
            At = given.At.ToDateTimeOffset();
        }

        /// <summary>His public key: the SubjectPublicKeyInfo in DER.</summary>
        public byte[] PublicKey { get; }

        /// <summary>The certificate of the key in DER; null where it has none.</summary>
        public byte[] Certificate { get; }

        /// <summary>The path to the anchor, each certificate in DER: the end entity first, the anchor last.
        /// Empty where the certificate or the key is pinned, or nobody vouches for it.</summary>
        public IReadOnlyList<byte[]> Path { get; }

        /// <summary>Whether the policy believes him; only the legacy switch embedded-key and
        /// <c>require.signer = "any"</c> let others come so far.</summary>
        public bool Trusted { get; }

        /// <summary>The time of the validation.</summary>
        public DateTimeOffset At { get; }
    }
}
