using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    /// <summary>The C interface, wsse.h, as it is: one file for each section of the header.</summary>
    internal static partial class Interop
    {
        private const string Library = "wsse";

        /// <summary>The version of these declarations. The native library must have the same: its
        /// interface may change between any two versions before 1.0.</summary>
        internal const string Version = "0.1.0";

        private static volatile bool s_versionsAgree;

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern IntPtr wsse_version();

        /// <summary>Called before the first use of the library on every path that leads into it.</summary>
        internal static void RequireSameVersion()
        {
            if (s_versionsAgree)
            {
                return;
            }
            string native;
            try
            {
                native = Marshal.PtrToStringAnsi(wsse_version());
            }
            catch (DllNotFoundException missing)
            {
                throw new DllNotFoundException(
                    "the native library wsse was not found: it is in the package under runtimes/; copy the one " +
                    "for this system beside the program, or set a RuntimeIdentifier in the project",
                    missing);
            }
            if (native != Version)
            {
                throw new InvalidOperationException(
                    "the native library wsse has version " + native + ", but Wsse.dll has version " +
                    Version + ": install the two from one package");
            }
            s_versionsAgree = true;
        }
    }
}
