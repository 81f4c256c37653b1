using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        internal sealed class HeaderOptionsHandle : NativeHandle
        {
            internal HeaderOptionsHandle(IntPtr handle)
                : base(handle)
            {
            }

            protected override bool ReleaseHandle()
            {
                wsse_header_options_free(handle);
                return true;
            }
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_header_create(
            DialectHandle dialect, byte[] username, UIntPtr usernameLength,
            byte[] password, UIntPtr passwordLength, IntPtr options, IntPtr environment,
            ref IntPtr value, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_header_options_new(ref IntPtr options, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_header_options_set_nonce(
            HeaderOptionsHandle options, byte[] nonce, UIntPtr length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_header_options_set_created(
            HeaderOptionsHandle options, byte[] created, UIntPtr length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_header_options_add_parameter(
            HeaderOptionsHandle options, byte[] name, UIntPtr nameLength, byte[] value, UIntPtr valueLength,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_header_options_free(IntPtr options);

        /// <summary>A wsse_header_options; null for null.</summary>
        internal static HeaderOptionsHandle NewHeaderOptions(HeaderOptions managed)
        {
            if (managed == null)
            {
                return null;
            }
            var created = IntPtr.Zero;
            Call((ref IntPtr error) => wsse_header_options_new(ref created, ref error));
            var options = new HeaderOptionsHandle(created);
            try
            {
                var (nonce, when) = (new Octets(managed.Nonce), new Octets(managed.Created));
                Call((ref IntPtr error) => wsse_header_options_set_nonce(
                    options, nonce.Data, nonce.Length, ref error));
                Call((ref IntPtr error) => wsse_header_options_set_created(
                    options, when.Data, when.Length, ref error));
                foreach (var parameter in managed.Parameters)
                {
                    var (name, value) = (new Octets(parameter.Key), new Octets(parameter.Value));
                    Call((ref IntPtr error) => wsse_header_options_add_parameter(
                        options, name.Data, name.Length, value.Data, value.Length, ref error));
                }
                return options;
            }
            catch
            {
                options.Dispose();
                throw;
            }
        }
    }
}
