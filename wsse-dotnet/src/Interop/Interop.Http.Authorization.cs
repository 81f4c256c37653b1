using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_authorization_new(ref IntPtr authorization, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_authorization_new_huawei(ref IntPtr authorization, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_authorization_parse(
            byte[] value, UIntPtr valueLength, ref IntPtr authorization, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_authorization_set_realm(
            IntPtr authorization, byte[] realm, UIntPtr realmLength, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_authorization_add_parameter(
            IntPtr authorization, byte[] name, UIntPtr nameLength, byte[] value, UIntPtr valueLength,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_authorization_write(
            IntPtr authorization, ref IntPtr value, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_authorization_realm(IntPtr authorization);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_authorization_profile(IntPtr authorization);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern UIntPtr wsse_authorization_parameters_len(IntPtr authorization);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_authorization_parameter(
            IntPtr authorization, UIntPtr index, ref View name, ref View value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void wsse_authorization_free(IntPtr authorization);

        /// <summary>Copies a wsse_authorization and frees it; null for NULL.</summary>
        internal static AuthorizationHeader TakeAuthorization(IntPtr authorization)
        {
            if (authorization == IntPtr.Zero)
            {
                return null;
            }
            try
            {
                var value = IntPtr.Zero;
                Call((ref IntPtr error) => wsse_authorization_write(authorization, ref value, ref error));
                return new AuthorizationHeader(
                    wsse_authorization_realm(authorization).ToText(),
                    wsse_authorization_profile(authorization).ToText(),
                    Parameters(
                        wsse_authorization_parameters_len(authorization),
                        authorization,
                        wsse_authorization_parameter),
                    Take(value));
            }
            finally
            {
                wsse_authorization_free(authorization);
            }
        }
    }
}
