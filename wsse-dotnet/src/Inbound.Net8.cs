// For .NET 8 and newer: Wsse.csproj compiles it for net8.0 only, build.py leaves it out.
#if NET8_0_OR_GREATER
#nullable enable
using System;

namespace Wsse
{
    public sealed partial class Inbound
    {
        /// <summary>The same for octets that are not copied.</summary>
        public unsafe ValidatedMessage Validate(ReadOnlySpan<byte> message, string? charset = null)
        {
            if (message.IsEmpty)
            {
                return Validate(Array.Empty<byte>(), charset);
            }
            fixed (byte* first = message)
            {
                var (octets, length) = ((IntPtr)first, (UIntPtr)(uint)message.Length);
                var name = new Interop.Octets(charset);
                var validated = IntPtr.Zero;
                Interop.Call((ref IntPtr error) => Interop.wsse_inbound_validate(
                    _handle, octets, length, name.Data, name.Length, ref validated, ref error));
                return Interop.TakeValidated(validated);
            }
        }
    }
}
#endif
