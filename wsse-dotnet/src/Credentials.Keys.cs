using System;

namespace Wsse
{
    public sealed partial class Credentials
    {
        /// <summary>Adds a private key with its certificate, which an <see cref="Outbound"/> signs with: the
        /// identity that a Signature of the policy has as its <c>key</c>. An <see cref="Inbound"/> decrypts with
        /// it what was encrypted for the certificate.</summary>
        /// <param name="name">The name in the policy; an empty one serves every Signature that no other
        /// serves.</param>
        /// <param name="material">The octets of a file that holds both, and may hold certificates that lead
        /// upward: PEM, or PKCS#12, which is told by its content.</param>
        /// <param name="password">Opens what is encrypted; null, the default, for none.</param>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">Misuse, with the cause "unreadable-key" for what is none of these, or
        /// damaged; "wrong-key-password" where the password is wrong, or missing;
        /// "unsupported-container"; "missing-credential" without a private key or a certificate;
        /// "key-pair-mismatch" where no certificate is of the key.</exception>
        public Credentials AddIdentity(string name, byte[] material, string password = null)
        {
            return WithSecret(password, secret => AddIdentity(name, material, secret));
        }

        /// <summary>The same for a password that is octets; that of a string is its UTF-8.</summary>
        public Credentials AddIdentity(string name, byte[] material, byte[] password)
        {
            return AddIdentity(name, material, new Interop.Octets(password));
        }

        /// <summary>The same where key and certificate are in two files.</summary>
        /// <param name="name">The name in the policy; an empty one serves every Signature that no other
        /// serves.</param>
        /// <param name="key">The octets of the file with the private key: PEM, DER or PKCS#12, which is told
        /// by its content.</param>
        /// <param name="certificate">The octets of the file with the certificate, and with those that lead
        /// upward if there are any: PEM, DER or PKCS#12.</param>
        /// <param name="password">Opens what is encrypted; null, the default, for none.</param>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">Misuse, with the causes of
        /// <see cref="AddIdentity(string, byte[], string)"/>.</exception>
        public Credentials AddKeyPair(string name, byte[] key, byte[] certificate, string password = null)
        {
            return WithSecret(password, secret => AddKeyPair(name, key, certificate, secret));
        }

        /// <summary>The same for a password that is octets; that of a string is its UTF-8.</summary>
        public Credentials AddKeyPair(string name, byte[] key, byte[] certificate, byte[] password)
        {
            return AddKeyPair(name, key, certificate, new Interop.Octets(password));
        }

        /// <summary>Adds a shared secret for HMAC signatures. An <see cref="Outbound"/> signs with the one
        /// that a Signature of the policy has as its <c>key</c>; an <see cref="Inbound"/> believes all of
        /// them, and decrypts what was encrypted with them.</summary>
        /// <param name="name">The name in the policy; an empty one serves every Signature that no other
        /// serves.</param>
        /// <param name="secret">Octets as they are, not base64.</param>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">Misuse: the secret is empty, and would protect
        /// nothing.</exception>
        public Credentials AddSecret(string name, byte[] secret)
        {
            return AddSecret(name, new Interop.Octets(secret ?? throw new ArgumentNullException(nameof(secret))));
        }

        /// <summary>The same for a secret that is a string: its UTF-8.</summary>
        public Credentials AddSecret(string name, string secret)
        {
            return WithSecret(
                secret ?? throw new ArgumentNullException(nameof(secret)), octets => AddSecret(name, octets));
        }

        /// <summary>Adds certificates, or bare public keys, whose signatures an <see cref="Inbound"/> believes
        /// as they are: pins. References of messages that carry no certificate can mean them.</summary>
        /// <param name="name">The name that the policy has as <c>trust.certificates</c>; an empty one serves
        /// every policy that no other serves.</param>
        /// <param name="material">The octets of a file of any number of them: PEM, DER or PKCS#12, which is
        /// told by its content. Every certificate and public key in it is believed.</param>
        /// <param name="password">Opens what is encrypted; null, the default, for none.</param>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">Misuse, with the causes of
        /// <see cref="AddIdentity(string, byte[], string)"/>; "unreadable-key" also without certificate and
        /// public key.</exception>
        public Credentials AddCertificate(string name, byte[] material, string password = null)
        {
            return WithSecret(password, secret => AddCertificate(name, material, secret));
        }

        /// <summary>The same for a password that is octets; that of a string is its UTF-8.</summary>
        public Credentials AddCertificate(string name, byte[] material, byte[] password)
        {
            return AddCertificate(name, material, new Interop.Octets(password));
        }

        /// <summary>Adds certificates of authorities: an <see cref="Inbound"/> believes whoever has a
        /// certificate with a path to one of them.</summary>
        /// <param name="name">The name that the policy has as <c>trust.anchors</c>; an empty one serves every
        /// policy that no other serves.</param>
        /// <param name="material">As in <see cref="AddCertificate(string, byte[], string)"/>.</param>
        /// <param name="password">Opens what is encrypted; null, the default, for none.</param>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">Misuse, with the causes of
        /// <see cref="AddIdentity(string, byte[], string)"/>; "unreadable-key" also without a certificate, or
        /// where a public key stands alone.</exception>
        public Credentials AddAnchor(string name, byte[] material, string password = null)
        {
            return WithSecret(password, secret => AddAnchor(name, material, secret));
        }

        /// <summary>The same for a password that is octets; that of a string is its UTF-8.</summary>
        public Credentials AddAnchor(string name, byte[] material, byte[] password)
        {
            return AddAnchor(name, material, new Interop.Octets(password));
        }

        /// <summary>Adds certificates that may stand between an anchor and a signer, and that references of
        /// messages may mean. An <see cref="Inbound"/> does not believe them for themselves.</summary>
        /// <param name="material">As in <see cref="AddCertificate(string, byte[], string)"/>.</param>
        /// <param name="password">Opens what is encrypted; null, the default, for none.</param>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">As in
        /// <see cref="AddAnchor(string, byte[], string)"/>.</exception>
        public Credentials AddUntrusted(byte[] material, string password = null)
        {
            return WithSecret(password, secret => AddUntrusted(material, secret));
        }

        /// <summary>The same for a password that is octets; that of a string is its UTF-8.</summary>
        public Credentials AddUntrusted(byte[] material, byte[] password)
        {
            return AddUntrusted(material, new Interop.Octets(password));
        }

        /// <summary>Adds certificate revocation lists, in which issuers of certificates say whom they revoked.
        /// An <see cref="Inbound"/> refuses who is on one; <c>trust.revocation</c> of the policy says what
        /// becomes of certificates of which no current list tells.</summary>
        /// <param name="material">The octets of a file: one list in DER, or PEM of up to 64.</param>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">Misuse, "unreadable-crl" for what is none, is damaged, or is a delta
        /// list, an indirect one, or one of a distribution point.</exception>
        public Credentials AddCrl(byte[] material)
        {
            var what = Given(material, nameof(material));
            return Change((ref IntPtr error) => Interop.wsse_credentials_add_crl(
                Handle, what.Data, what.Length, ref error));
        }

        /// <summary>Adds somebody whom an <see cref="Outbound"/> encrypts for.</summary>
        /// <param name="name">The name that an encryption of the policy has as its <c>recipient</c>; an empty
        /// one serves every recipient that no other serves.</param>
        /// <param name="material">The octets of a file with the certificate first, or with a bare public key,
        /// of whose certificate nothing is known or asked: PEM, DER or PKCS#12.</param>
        /// <param name="password">Opens what is encrypted; null, the default, for none.</param>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">Misuse, with the causes of
        /// <see cref="AddCertificate(string, byte[], string)"/>.</exception>
        public Credentials AddRecipient(string name, byte[] material, string password = null)
        {
            return WithSecret(password, secret => AddRecipient(name, material, secret));
        }

        private Credentials AddRecipient(string name, byte[] material, Interop.Octets password)
        {
            var (who, what) = (Given(name, nameof(name)), Given(material, nameof(material)));
            return Change((ref IntPtr error) => Interop.wsse_credentials_add_recipient(
                Handle, who.Data, who.Length, what.Data, what.Length, password.Data, password.Length, ref error));
        }

        /// <summary>Adds a private key of ours, with which an <see cref="Inbound"/> decrypts what was encrypted
        /// for its certificate. Those of <see cref="AddIdentity(string, byte[], string)"/> and
        /// <see cref="AddKeyPair(string, byte[], byte[], string)"/> decrypt by themselves.</summary>
        /// <param name="name">A KeyName by which messages mean the key; an empty one serves every KeyName that
        /// no other serves.</param>
        /// <param name="material">The octets of a file with the key: PEM, DER or PKCS#12, which is told by its
        /// content. Its certificate, by which senders mean it, is in the same file, or among those of
        /// <see cref="AddUntrusted(byte[], string)"/>; a key that is the only one needs none.</param>
        /// <param name="password">Opens what is encrypted; null, the default, for none.</param>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">Misuse, with the causes of
        /// <see cref="AddIdentity(string, byte[], string)"/>, but that no certificate is needed.</exception>
        public Credentials AddDecryptionKey(string name, byte[] material, string password = null)
        {
            return WithSecret(password, secret => AddDecryptionKey(name, material, secret));
        }

        /// <summary>The same for a password that is octets; that of a string is its UTF-8.</summary>
        public Credentials AddDecryptionKey(string name, byte[] material, byte[] password)
        {
            return AddDecryptionKey(name, material, new Interop.Octets(password));
        }

        private Credentials AddDecryptionKey(string name, byte[] material, Interop.Octets password)
        {
            var (who, what) = (Given(name, nameof(name)), Given(material, nameof(material)));
            return Change((ref IntPtr error) => Interop.wsse_credentials_add_decryption_key(
                Handle, who.Data, who.Length, what.Data, what.Length, password.Data, password.Length, ref error));
        }

        private Credentials AddIdentity(string name, byte[] material, Interop.Octets password)
        {
            var (who, what) = (Given(name, nameof(name)), Given(material, nameof(material)));
            return Change((ref IntPtr error) => Interop.wsse_credentials_add_identity(
                Handle, who.Data, who.Length, what.Data, what.Length, password.Data, password.Length, ref error));
        }

        private Credentials AddKeyPair(string name, byte[] key, byte[] certificate, Interop.Octets password)
        {
            var who = Given(name, nameof(name));
            var (one, other) = (Given(key, nameof(key)), Given(certificate, nameof(certificate)));
            return Change((ref IntPtr error) => Interop.wsse_credentials_add_key_pair(
                Handle, who.Data, who.Length, one.Data, one.Length, other.Data, other.Length,
                password.Data, password.Length, ref error));
        }

        private Credentials AddSecret(string name, Interop.Octets secret)
        {
            var who = Given(name, nameof(name));
            return Change((ref IntPtr error) => Interop.wsse_credentials_add_secret(
                Handle, who.Data, who.Length, secret.Data, secret.Length, ref error));
        }

        private Credentials AddCertificate(string name, byte[] material, Interop.Octets password)
        {
            var (who, what) = (Given(name, nameof(name)), Given(material, nameof(material)));
            return Change((ref IntPtr error) => Interop.wsse_credentials_add_certificate(
                Handle, who.Data, who.Length, what.Data, what.Length, password.Data, password.Length, ref error));
        }

        private Credentials AddAnchor(string name, byte[] material, Interop.Octets password)
        {
            var (who, what) = (Given(name, nameof(name)), Given(material, nameof(material)));
            return Change((ref IntPtr error) => Interop.wsse_credentials_add_anchor(
                Handle, who.Data, who.Length, what.Data, what.Length, password.Data, password.Length, ref error));
        }

        private Credentials AddUntrusted(byte[] material, Interop.Octets password)
        {
            var what = Given(material, nameof(material));
            return Change((ref IntPtr error) => Interop.wsse_credentials_add_untrusted(
                Handle, what.Data, what.Length, password.Data, password.Length, ref error));
        }
    }
}
