using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_header_parse(
            byte[] value, UIntPtr valueLength, ref IntPtr header, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_header_value_username(IntPtr header);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_header_value_password_digest(IntPtr header);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_header_value_nonce(IntPtr header);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_header_value_created(IntPtr header);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_header_value_has_prefix(IntPtr header);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern UIntPtr wsse_header_value_parameters_len(IntPtr header);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_header_value_parameter(
            IntPtr header, UIntPtr index, ref View name, ref View value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_header_value_free(IntPtr header);

        /// <summary>Copies a wsse_header_value and frees it.</summary>
        internal static HeaderValue TakeHeaderValue(IntPtr header)
        {
            try
            {
                return new HeaderValue(
                    wsse_header_value_username(header).ToText(),
                    wsse_header_value_password_digest(header).ToText(),
                    wsse_header_value_nonce(header).ToText(),
                    wsse_header_value_created(header).ToText(),
                    wsse_header_value_has_prefix(header),
                    Parameters(wsse_header_value_parameters_len(header), header, wsse_header_value_parameter));
            }
            finally
            {
                wsse_header_value_free(header);
            }
        }
    }
}
