using System;

namespace Wsse
{
    /// <summary>The digest of a password by itself.</summary>
    public static class PasswordDigest
    {
        /// <summary>The text of a PasswordDigest: base64(SHA-1(nonce + created + secret)) (UsernameToken
        /// Profile 1.1.1, section 3.1).</summary>
        /// <param name="password">The password.</param>
        /// <param name="nonce">The octets that are hashed, not their base64; null where the token has
        /// none.</param>
        /// <param name="created">The text as it is sent; null where the token has none.</param>
        /// <param name="secret">What is done to the password before: "plain", the default, "sha1",
        /// "sha1-base64", "md5-lower-base64" or "lower".</param>
        /// <exception cref="WsseException">Misuse: no form of a secret has that name.</exception>
        public static string Compute(string password, byte[] nonce, string created, string secret = "plain")
        {
            var plain = new Interop.Octets(password ?? throw new ArgumentNullException(nameof(password)));
            try
            {
                var (hashed, when, form) =
                    (new Interop.Octets(nonce), new Interop.Octets(created), new Interop.Octets(secret));
                var digest = IntPtr.Zero;
                Interop.Call((ref IntPtr error) => Interop.wsse_password_digest(
                    plain.Data, plain.Length, hashed.Data, hashed.Length, when.Data, when.Length,
                    form.Data, form.Length, ref digest, ref error));
                return Interop.Take(digest);
            }
            finally
            {
                plain.Clear();
            }
        }
    }
}
