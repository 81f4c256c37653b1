using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        internal sealed class DialectHandle : NativeHandle
        {
            internal DialectHandle(IntPtr handle)
                : base(handle)
            {
            }

            protected override bool ReleaseHandle()
            {
                wsse_dialect_free(handle);
                return true;
            }
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_dialect_new(
            byte[] name, UIntPtr nameLength, ref IntPtr dialect, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_dialect_new_preset(
            byte[] name, UIntPtr nameLength, ref IntPtr dialect, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_dialect_set(
            DialectHandle dialect, byte[] knob, UIntPtr knobLength, byte[] value, UIntPtr valueLength,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_dialect_add_parameter(
            DialectHandle dialect, byte[] name, UIntPtr nameLength, byte[] value, UIntPtr valueLength,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern View wsse_dialect_name(DialectHandle dialect);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_dialect_free(IntPtr dialect);
    }
}
