using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        private const uint Ok = 0;

        [StructLayout(LayoutKind.Sequential)]
        private struct NativePosition
        {
            internal UIntPtr Offset;
            internal UIntPtr Line;
            internal UIntPtr Column;
        }

        [StructLayout(LayoutKind.Sequential)]
        private struct NativeFault
        {
            internal byte Sender;
            internal View Code;
            internal View Text;
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_error_cause(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_error_text(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_error_position(IntPtr error, ref NativePosition position);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_error_fault(IntPtr error, ref NativeFault fault);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_error_free(IntPtr error);

        /// <summary>Throws what a function that failed said, with what a callback had thrown inside;
        /// frees the error.</summary>
        private static void ThrowIfFailed(uint result, IntPtr error, Exception thrownByCallback)
        {
            if (result == Ok)
            {
                return;
            }
            try
            {
                var position = default(NativePosition);
                var hasPosition = wsse_error_position(error, ref position);
                var fault = default(NativeFault);
                var hasFault = wsse_error_fault(error, ref fault);
                throw new WsseException(
                    (Category)result,
                    wsse_error_cause(error).ToText(),
                    wsse_error_text(error).ToText(),
                    hasPosition ? Managed(position) : default(WsseException.Position?),
                    hasFault ? new Fault(fault.Sender != 0, fault.Code.ToText(), fault.Text.ToText()) : null,
                    thrownByCallback);
            }
            finally
            {
                wsse_error_free(error);
            }
        }

        private static WsseException.Position Managed(NativePosition position)
        {
            var line = (long)position.Line;
            return new WsseException.Position
            {
                Offset = (long)position.Offset,
                Line = line == 0 ? default(long?) : line,
                Column = line == 0 ? default(long?) : (long)position.Column,
            };
        }
    }
}
