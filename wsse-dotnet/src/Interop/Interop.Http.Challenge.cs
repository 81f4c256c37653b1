using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_challenge_new(
            byte[] realm, UIntPtr realmLength, ref IntPtr challenge, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_challenge_parse(
            byte[] value, UIntPtr valueLength, ref IntPtr challenge, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_challenge_write(IntPtr challenge, ref IntPtr value, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_challenge_realm(IntPtr challenge);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_challenge_profile(IntPtr challenge);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern UIntPtr wsse_challenge_parameters_len(IntPtr challenge);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_challenge_parameter(
            IntPtr challenge, UIntPtr index, ref View name, ref View value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void wsse_challenge_free(IntPtr challenge);

        /// <summary>Copies a wsse_challenge and frees it; null for NULL.</summary>
        internal static Challenge TakeChallenge(IntPtr challenge)
        {
            if (challenge == IntPtr.Zero)
            {
                return null;
            }
            try
            {
                return new Challenge(
                    wsse_challenge_realm(challenge).ToText(),
                    wsse_challenge_profile(challenge).ToText(),
                    Parameters(wsse_challenge_parameters_len(challenge), challenge, wsse_challenge_parameter));
            }
            finally
            {
                wsse_challenge_free(challenge);
            }
        }
    }
}
