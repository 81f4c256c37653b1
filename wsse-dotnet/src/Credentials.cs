using System;
using System.Net;

namespace Wsse
{
    /// <summary>
    /// Who we are, and how we know the passwords of others: by a table, by a look-up, or by a verifier
    /// where only hashes are stored. One of the three, not several. Also the keys that we sign with, and the
    /// certificates, keys and secrets that signatures are checked with.
    /// </summary>
    /// <remarks>
    /// <para>Keys and certificates have the names that policies call them by. An empty name serves every
    /// policy for which nothing else is there.</para>
    /// <para>What takes credentials copies what is in them. Disposing overwrites the passwords and secrets. A
    /// string can't be overwritten, and an array of the caller is not: clear it when it is no longer
    /// needed.</para>
    /// </remarks>
    public sealed partial class Credentials : IDisposable
    {
        /// <summary>Nothing yet.</summary>
        public Credentials()
        {
            var created = IntPtr.Zero;
            Interop.Call((ref IntPtr error) => Interop.wsse_credentials_new(ref created, ref error));
            Handle = new Interop.CredentialsHandle(created);
        }

        internal Interop.CredentialsHandle Handle { get; }

        /// <summary>The native object may be changed or read by one thread at a time.</summary>
        internal object Gate { get; } = new object();

        /// <summary>The credentials of a client.</summary>
        public static Credentials Of(string username, string password)
        {
            return new Credentials().SetUsername(username, password);
        }

        /// <summary>The credentials of a client, from those of <see cref="System.Net"/>. A domain is not
        /// part of the user name: services that want one have it in <c>UserName</c>.</summary>
        public static Credentials Of(NetworkCredential credential)
        {
            if (credential == null)
            {
                throw new ArgumentNullException(nameof(credential));
            }
            return Of(credential.UserName, credential.Password);
        }

        /// <summary>Whose UsernameToken an <see cref="Outbound"/> writes, unless a call names another
        /// user.</summary>
        /// <param name="username">The user.</param>
        /// <param name="password">Null where the policy shows none, or each call gives it.</param>
        /// <returns>These credentials.</returns>
        public Credentials SetUsername(string username, string password)
        {
            return WithSecret(password, secret => SetUsername(username, secret));
        }

        /// <summary>The same for a password that is octets; that of a string is its UTF-8.</summary>
        public Credentials SetUsername(string username, byte[] password)
        {
            return SetUsername(username, new Interop.Octets(password));
        }

        /// <summary>Adds a password to the table by which an <see cref="Inbound"/> or a
        /// <see cref="HeaderCheck"/> knows users; several for one user while one is being
        /// replaced. An empty password is none.</summary>
        /// <returns>These credentials.</returns>
        public Credentials AddPassword(string username, string password)
        {
            return WithSecret(
                password ?? throw new ArgumentNullException(nameof(password)), secret => AddPassword(username, secret));
        }

        /// <summary>The same for a password that is octets; that of a string is its UTF-8.</summary>
        public Credentials AddPassword(string username, byte[] password)
        {
            return AddPassword(
                username, new Interop.Octets(password ?? throw new ArgumentNullException(nameof(password))));
        }

        /// <summary>Sets what finds the passwords of a user.</summary>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">Misuse: there is a table or another callback.</exception>
        public Credentials SetPasswordLookup(PasswordLookup lookup)
        {
            lock (Gate)
            {
                Interop.CallWithUserdata(
                    lookup ?? throw new ArgumentNullException(nameof(lookup)),
                    userdata => (ref IntPtr error) => Interop.wsse_credentials_set_password_lookup(
                        Handle, Interop.Lookup, userdata, Interop.FreeUserdata, ref error));
            }
            return this;
        }

        /// <summary>Sets what judges passwords in clear text. It can't check a PasswordDigest, nor an
        /// X-WSSE header.</summary>
        /// <returns>These credentials.</returns>
        /// <exception cref="WsseException">Misuse: there is a table or another callback.</exception>
        public Credentials SetPasswordVerifier(PasswordVerifier verifier)
        {
            lock (Gate)
            {
                Interop.CallWithUserdata(
                    verifier ?? throw new ArgumentNullException(nameof(verifier)),
                    userdata => (ref IntPtr error) => Interop.wsse_credentials_set_password_verifier(
                        Handle, Interop.Verifier, userdata, Interop.FreeUserdata, ref error));
            }
            return this;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Handle.Dispose();
        }

        private Credentials SetUsername(string username, Interop.Octets password)
        {
            var name = Given(username, nameof(username));
            return Change((ref IntPtr error) => Interop.wsse_credentials_set_username(
                Handle, name.Data, name.Length, password.Data, password.Length, ref error));
        }

        private Credentials AddPassword(string username, Interop.Octets password)
        {
            var name = Given(username, nameof(username));
            return Change((ref IntPtr error) => Interop.wsse_credentials_add_password(
                Handle, name.Data, name.Length, password.Data, password.Length, ref error));
        }

        private static Interop.Octets Given(string text, string parameter)
        {
            return new Interop.Octets(text ?? throw new ArgumentNullException(parameter));
        }

        private static Interop.Octets Given(byte[] octets, string parameter)
        {
            return new Interop.Octets(octets ?? throw new ArgumentNullException(parameter));
        }

        /// <summary>Overwrites the copy of the secret, whatever comes of the call.</summary>
        private static Credentials WithSecret(string secret, Func<Interop.Octets, Credentials> call)
        {
            var octets = new Interop.Octets(secret);
            try
            {
                return call(octets);
            }
            finally
            {
                octets.Clear();
            }
        }

        private Credentials Change(Interop.NativeCall call)
        {
            lock (Gate)
            {
                Interop.Call(call);
            }
            return this;
        }
    }
}
