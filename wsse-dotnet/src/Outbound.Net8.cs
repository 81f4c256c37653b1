// For .NET 8 and newer: Wsse.csproj compiles it for net8.0 only, build.py leaves it out.
#if NET8_0_OR_GREATER
#nullable enable
using System;

namespace Wsse
{
    public sealed partial class Outbound
    {
        /// <summary>The same for octets that are not copied.</summary>
        public unsafe Protected Protect(ReadOnlySpan<byte> envelope, Call? call = null)
        {
            if (envelope.IsEmpty)
            {
                return Protect(Array.Empty<byte>(), call);
            }
            fixed (byte* first = envelope)
            {
                var (octets, length) = ((IntPtr)first, (UIntPtr)(uint)envelope.Length);
                var created = IntPtr.Zero;
                using (var native = Interop.NewCall(call))
                using (var what = new Borrowed(native))
                {
                    var pointer = what.Pointer;
                    Interop.Call((ref IntPtr error) => Interop.wsse_outbound_protect(
                        _handle, octets, length, pointer, ref created, ref error));
                }
                return Interop.TakeProtected(created);
            }
        }
    }
}
#endif
