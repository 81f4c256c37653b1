using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        internal sealed class InboundHandle : NativeHandle
        {
            internal InboundHandle(IntPtr handle)
                : base(handle)
            {
            }

            protected override bool ReleaseHandle()
            {
                wsse_inbound_free(handle);
                return true;
            }
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_inbound_new(
            byte[] policy, UIntPtr policyLength, IntPtr credentials, IntPtr replayStore,
            IntPtr environment, ref IntPtr inbound, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_inbound_validate(
            InboundHandle inbound, byte[] message, UIntPtr messageLength,
            byte[] charset, UIntPtr charsetLength, ref IntPtr validated, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_inbound_validate_reply(
            InboundHandle inbound, ExchangeHandle exchange, byte[] message, UIntPtr messageLength,
            byte[] charset, UIntPtr charsetLength, ref IntPtr validated, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_inbound_policy(
            InboundHandle inbound, ref IntPtr policy, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_inbound_free(IntPtr inbound);
    }
}
