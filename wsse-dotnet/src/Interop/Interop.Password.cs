using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_password_digest(
            byte[] password, UIntPtr passwordLength, byte[] nonce, UIntPtr nonceLength,
            byte[] created, UIntPtr createdLength, byte[] secret, UIntPtr secretLength,
            ref IntPtr digest, ref IntPtr error);
    }
}
