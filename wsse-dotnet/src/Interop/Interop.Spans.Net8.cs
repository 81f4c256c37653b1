// For .NET 8 and newer: Wsse.csproj compiles it for net8.0 only, build.py leaves it out.
#if NET8_0_OR_GREATER
#nullable enable
using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_outbound_protect(
            OutboundHandle outbound, IntPtr envelope, UIntPtr envelopeLength, IntPtr call,
            ref IntPtr protectedMessage, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_inbound_validate(
            InboundHandle inbound, IntPtr message, UIntPtr messageLength,
            byte[]? charset, UIntPtr charsetLength, ref IntPtr validated, ref IntPtr error);
    }
}
#endif
