using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        internal sealed class EnvironmentHandle : NativeHandle
        {
            internal EnvironmentHandle(IntPtr handle)
                : base(handle)
            {
            }

            protected override bool ReleaseHandle()
            {
                wsse_environment_free(handle);
                return true;
            }
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_environment_new(ref IntPtr environment, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_environment_set_clock(
            EnvironmentHandle environment, ClockCallback clock, IntPtr userdata,
            FreeCallback userdataFree, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_environment_set_random(
            EnvironmentHandle environment, RandomCallback random, IntPtr userdata,
            FreeCallback userdataFree, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_environment_free(IntPtr environment);

        /// <summary>Asks a clock.</summary>
        private static readonly ClockCallback Clock = (userdata, now) =>
            Answer<Func<DateTimeOffset>>(userdata, clock =>
            {
                Marshal.StructureToPtr(Time.Of(clock()), now, false);
                return true;
            });

        /// <summary>Asks a source of randomness.</summary>
        private static readonly RandomCallback Random = (userdata, octets, length) =>
            Answer<RandomSource>(userdata, random =>
            {
                var filled = new byte[checked((int)length)];
                random(filled);
                Marshal.Copy(filled, 0, octets, filled.Length);
                Array.Clear(filled, 0, filled.Length);
                return true;
            });

        /// <summary>The caller's clock and randomness; those of the machine for null.</summary>
        internal static EnvironmentHandle NewEnvironment(Func<DateTimeOffset> clock, RandomSource random)
        {
            var created = IntPtr.Zero;
            Call((ref IntPtr error) => wsse_environment_new(ref created, ref error));
            var environment = new EnvironmentHandle(created);
            try
            {
                if (clock != null)
                {
                    CallWithUserdata(clock, userdata => (ref IntPtr error) => wsse_environment_set_clock(
                        environment, Clock, userdata, FreeUserdata, ref error));
                }
                if (random != null)
                {
                    CallWithUserdata(random, userdata => (ref IntPtr error) => wsse_environment_set_random(
                        environment, Random, userdata, FreeUserdata, ref error));
                }
                return environment;
            }
            catch
            {
                environment.Dispose();
                throw;
            }
        }
    }
}
