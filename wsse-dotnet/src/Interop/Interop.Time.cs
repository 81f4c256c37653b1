using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        private const long TicksOf1970 = 621355968000000000;

        /// <summary>wsse_time.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct Time
        {
            internal long Seconds;
            internal uint Nanoseconds;

            internal static Time Of(DateTimeOffset instant)
            {
                var ticks = instant.UtcTicks - TicksOf1970;
                var part = ticks % TimeSpan.TicksPerSecond;
                if (part < 0)
                {
                    part += TimeSpan.TicksPerSecond;
                }
                return new Time
                {
                    Seconds = (ticks - part) / TimeSpan.TicksPerSecond,
                    Nanoseconds = (uint)part * 100,
                };
            }

            /// <summary>Instants that DateTimeOffset can't hold become its first or its last one; parts
            /// of 100 nanoseconds are cut off.</summary>
            internal DateTimeOffset ToDateTimeOffset()
            {
                var first = DateTimeOffset.MinValue.ToUnixTimeSeconds();
                var last = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
                if (Seconds < first)
                {
                    return DateTimeOffset.MinValue;
                }
                return Seconds > last
                    ? DateTimeOffset.MaxValue
                    : DateTimeOffset.FromUnixTimeSeconds(Seconds).AddTicks(Nanoseconds / 100);
            }
        }
    }
}
