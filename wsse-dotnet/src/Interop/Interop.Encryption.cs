using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_add_decryption_key(
            CredentialsHandle credentials, byte[] name, UIntPtr nameLength,
            byte[] material, UIntPtr materialLength, byte[] password, UIntPtr passwordLength, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_add_recipient(
            CredentialsHandle credentials, byte[] name, UIntPtr nameLength,
            byte[] material, UIntPtr materialLength, byte[] password, UIntPtr passwordLength, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_inbound_decrypt(
            InboundHandle inbound, byte[] message, UIntPtr messageLength, ref IntPtr decrypted, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_decrypted_message_octets(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern UIntPtr wsse_decrypted_message_encrypted_count(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_decrypted_message_encrypted_path(IntPtr message, UIntPtr index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_decrypted_message_encrypted_is_content(IntPtr message, UIntPtr index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_decrypted_message_encrypted_range(
            IntPtr message, UIntPtr index, ref UIntPtr start, ref UIntPtr end);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_decrypted_message_free(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern UIntPtr wsse_validated_message_encrypted_count(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_validated_message_encrypted_path(IntPtr message, UIntPtr index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_validated_message_encrypted_is_content(IntPtr message, UIntPtr index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_validated_message_encrypted_range(
            IntPtr message, UIntPtr index, ref UIntPtr start, ref UIntPtr end);

        /// <summary>Copies a wsse_decrypted_message and frees it.</summary>
        internal static DecryptedMessage TakeDecrypted(IntPtr message)
        {
            try
            {
                var parts = new EncryptedPart[checked((int)wsse_decrypted_message_encrypted_count(message))];
                for (var number = 0; number < parts.Length; number++)
                {
                    var index = (UIntPtr)number;
                    UIntPtr start = UIntPtr.Zero, end = UIntPtr.Zero;
                    wsse_decrypted_message_encrypted_range(message, index, ref start, ref end);
                    parts[number] = new EncryptedPart(
                        wsse_decrypted_message_encrypted_path(message, index).ToText(),
                        wsse_decrypted_message_encrypted_is_content(message, index),
                        (long)start,
                        (long)end);
                }
                return new DecryptedMessage(
                    wsse_decrypted_message_octets(message).ToArray(), Array.AsReadOnly(parts));
            }
            finally
            {
                wsse_decrypted_message_free(message);
            }
        }

        private static IReadOnlyList<EncryptedPart> Encrypted(IntPtr message)
        {
            var parts = new EncryptedPart[checked((int)wsse_validated_message_encrypted_count(message))];
            for (var number = 0; number < parts.Length; number++)
            {
                var index = (UIntPtr)number;
                UIntPtr start = UIntPtr.Zero, end = UIntPtr.Zero;
                wsse_validated_message_encrypted_range(message, index, ref start, ref end);
                parts[number] = new EncryptedPart(
                    wsse_validated_message_encrypted_path(message, index).ToText(),
                    wsse_validated_message_encrypted_is_content(message, index),
                    (long)start,
                    (long)end);
            }
            return Array.AsReadOnly(parts);
        }
    }
}
