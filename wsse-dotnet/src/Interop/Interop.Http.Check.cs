using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        internal sealed class HeaderCheckHandle : NativeHandle
        {
            internal HeaderCheckHandle(IntPtr handle)
                : base(handle)
            {
            }

            protected override bool ReleaseHandle()
            {
                wsse_header_check_free(handle);
                return true;
            }
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_header_check_new(
            IntPtr[] dialects, UIntPtr dialectsLength, CredentialsHandle credentials, IntPtr replayStore,
            IntPtr environment, ref IntPtr check, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_header_check_check(
            HeaderCheckHandle check, byte[] value, UIntPtr valueLength, ref IntPtr header, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_header_check_free(IntPtr check);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_checked_header_username(IntPtr header);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_checked_header_dialect(IntPtr header);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_checked_header_created(IntPtr header, ref Time created);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_checked_header_nonce(IntPtr header);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern UIntPtr wsse_checked_header_unprotected_parameters_len(IntPtr header);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_checked_header_unprotected_parameter(
            IntPtr header, UIntPtr index, ref View name, ref View value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_checked_header_free(IntPtr header);

        /// <summary>Copies a wsse_checked_header and frees it.</summary>
        internal static CheckedHeader TakeChecked(IntPtr header)
        {
            try
            {
                var created = default(Time);
                wsse_checked_header_created(header, ref created);
                return new CheckedHeader(
                    wsse_checked_header_username(header).ToText(),
                    wsse_checked_header_dialect(header).ToText(),
                    created.ToDateTimeOffset(),
                    wsse_checked_header_nonce(header).ToText(),
                    Parameters(
                        wsse_checked_header_unprotected_parameters_len(header),
                        header,
                        wsse_checked_header_unprotected_parameter));
            }
            finally
            {
                wsse_checked_header_free(header);
            }
        }

        private delegate bool ParameterAt(IntPtr handle, UIntPtr index, ref View name, ref View value);

        private static IReadOnlyDictionary<string, string> Parameters(
            UIntPtr length, IntPtr handle, ParameterAt parameterAt)
        {
            var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
            for (uint index = 0; index < (ulong)length; index++)
            {
                View name = default(View), value = default(View);
                if (parameterAt(handle, (UIntPtr)index, ref name, ref value))
                {
                    parameters[name.ToText()] = value.ToText();
                }
            }
            return parameters;
        }
    }
}
