using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        internal sealed class CredentialsHandle : NativeHandle
        {
            internal CredentialsHandle(IntPtr handle)
                : base(handle)
            {
            }

            protected override bool ReleaseHandle()
            {
                wsse_credentials_free(handle);
                return true;
            }
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_new(ref IntPtr credentials, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_set_username(
            CredentialsHandle credentials, byte[] username, UIntPtr usernameLength,
            byte[] password, UIntPtr passwordLength, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_add_password(
            CredentialsHandle credentials, byte[] username, UIntPtr usernameLength,
            byte[] password, UIntPtr passwordLength, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_set_password_lookup(
            CredentialsHandle credentials, LookupCallback lookup, IntPtr userdata,
            FreeCallback userdataFree, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_set_password_verifier(
            CredentialsHandle credentials, VerifierCallback verifier, IntPtr userdata,
            FreeCallback userdataFree, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_add_identity(
            CredentialsHandle credentials, byte[] name, UIntPtr nameLength,
            byte[] material, UIntPtr materialLength, byte[] password, UIntPtr passwordLength, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_add_key_pair(
            CredentialsHandle credentials, byte[] name, UIntPtr nameLength,
            byte[] key, UIntPtr keyLength, byte[] certificate, UIntPtr certificateLength,
            byte[] password, UIntPtr passwordLength, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_add_secret(
            CredentialsHandle credentials, byte[] name, UIntPtr nameLength,
            byte[] secret, UIntPtr secretLength, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_add_certificate(
            CredentialsHandle credentials, byte[] name, UIntPtr nameLength,
            byte[] material, UIntPtr materialLength, byte[] password, UIntPtr passwordLength, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_add_anchor(
            CredentialsHandle credentials, byte[] name, UIntPtr nameLength,
            byte[] material, UIntPtr materialLength, byte[] password, UIntPtr passwordLength, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_add_untrusted(
            CredentialsHandle credentials, byte[] material, UIntPtr materialLength,
            byte[] password, UIntPtr passwordLength, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_add_crl(
            CredentialsHandle credentials, byte[] material, UIntPtr materialLength, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_passwords_add(IntPtr passwords, byte[] password, UIntPtr passwordLength);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_credentials_free(IntPtr credentials);

        /// <summary>Asks a <see cref="PasswordLookup"/>.</summary>
        internal static readonly LookupCallback Lookup = (userdata, username, usernameLength, passwords) =>
            Answer<PasswordLookup>(userdata, lookup =>
            {
                var found = lookup(Text(username, usernameLength));
                if (found == null)
                {
                    return false;
                }
                foreach (var password in found)
                {
                    var octets = new Octets(password);
                    wsse_passwords_add(passwords, octets.Data, octets.Length);
                    octets.Clear();
                }
                return true;
            });

        /// <summary>Asks a <see cref="PasswordVerifier"/>.</summary>
        internal static readonly VerifierCallback Verifier =
            (userdata, username, usernameLength, password, passwordLength) =>
                Answer<PasswordVerifier>(userdata, verifier => verifier(
                    Text(username, usernameLength), Text(password, passwordLength)));

        private static string Text(IntPtr data, UIntPtr length)
        {
            return new View { Data = data, Length = length }.ToText();
        }
    }
}
