using System;

namespace Wsse
{
    public sealed partial class Credentials
    {
        /// <summary>Adds a certificate whose private key is held elsewhere: what
        /// <see cref="AddIdentity(string, byte[], string)"/> does for a key that is here. An
        /// <see cref="Outbound"/> asks for each signature, and checks what was made before it hands out the
        /// message.</summary>
        /// <param name="name">The name in the policy; an empty one serves every Signature that no other
        /// serves.</param>
        /// <param name="certificate">The octets of a file, PEM or DER, in which the certificate of the key
        /// comes first, and those that lead upward behind it.</param>
        /// <param name="sign">Makes signatures.</param>
        /// <param name="decrypt">Is asked where something is encrypted to the certificate; null, the default,
        /// where the key decrypts nothing.</param>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">Misuse, with the cause "unreadable-key" for a file that holds no
        /// certificate, or a bare public key.</exception>
        public Credentials AddRemoteIdentity(
            string name, byte[] certificate, RemoteSigner sign, RemoteDecrypter decrypt = null)
        {
            var (key, file) = (Given(name, nameof(name)), Given(certificate, nameof(certificate)));
            var asked = new Interop.RemoteKey(sign ?? throw new ArgumentNullException(nameof(sign)), decrypt);
            lock (Gate)
            {
                Interop.CallWithUserdata(
                    asked,
                    userdata => (ref IntPtr error) => Interop.wsse_credentials_add_remote_identity(
                        Handle, key.Data, key.Length, file.Data, file.Length, Interop.RemoteSign,
                        decrypt == null ? null : Interop.RemoteDecrypt, userdata, Interop.FreeUserdata, ref error));
            }
            return this;
        }

        /// <summary>Adds a key that is held elsewhere and checks signatures for an <see cref="Inbound"/>, which
        /// believes it. Give a key once: two names would be two signers.</summary>
        /// <param name="name">The KeyName by which messages may mean the key, and who signed
        /// (<see cref="VerifiedSigner.KeyName"/>); an empty one serves every KeyName that no other
        /// serves.</param>
        /// <param name="family">What the key is for: "hmac", "rsa", "ecdsa", "ed25519", "ed448" or "dsa". A
        /// message that means it with a method of another family is refused without asking.</param>
        /// <param name="verify">Checks signatures.</param>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">Misuse: there is no such family.</exception>
        public Credentials AddRemoteVerifier(string name, string family, RemoteVerifier verify)
        {
            var (key, kind) = (Given(name, nameof(name)), Given(family, nameof(family)));
            lock (Gate)
            {
                Interop.CallWithUserdata(
                    verify ?? throw new ArgumentNullException(nameof(verify)),
                    userdata => (ref IntPtr error) => Interop.wsse_credentials_add_remote_verifier(
                        Handle, key.Data, key.Length, kind.Data, kind.Length, Interop.RemoteVerify, userdata,
                        Interop.FreeUserdata, ref error));
            }
            return this;
        }

        /// <summary>Sets who has the last word on a signer: an <see cref="Inbound"/> asks after everything
        /// else, before the signature is checked, and not about shared secrets or keys that are held
        /// elsewhere. It can refuse whom the policy believes, and let nobody in whom that refuses. A second
        /// call replaces what the first one set.</summary>
        /// <returns>These credentials.</returns>
        public Credentials SetDecision(Decision decide)
        {
            lock (Gate)
            {
                Interop.CallWithUserdata(
                    decide ?? throw new ArgumentNullException(nameof(decide)),
                    userdata => (ref IntPtr error) => Interop.wsse_credentials_set_decision(
                        Handle, Interop.Decide, userdata, Interop.FreeUserdata, ref error));
            }
            return this;
        }
    }
}
