using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_validated_message_document(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_validated_message_body(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern UIntPtr wsse_validated_message_signed_count(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_validated_message_signed_path(IntPtr message, UIntPtr index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_validated_message_certificate(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern UIntPtr wsse_validated_message_signer_count(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_validated_message_signer_certificate(IntPtr message, UIntPtr signer);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_validated_message_signer_key_name(IntPtr message, UIntPtr signer);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern UIntPtr wsse_validated_message_signer_signed_count(IntPtr message, UIntPtr signer);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_validated_message_signer_signed_path(
            IntPtr message, UIntPtr signer, UIntPtr index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_validated_message_unsigned_document(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_validated_message_unsigned_body(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_validated_message_username(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_validated_message_is_authenticated(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_validated_message_soap_version(IntPtr message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_validated_message_body_child(
            IntPtr message, ref View namespaceName, ref View localName);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_validated_message_timestamp_created(IntPtr message, ref Time created);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_validated_message_timestamp_expires(IntPtr message, ref Time expires);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_validated_message_timestamp_offset(IntPtr message, ref UIntPtr offset);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_validated_message_username_token_offset(
            IntPtr message, ref UIntPtr offset);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_validated_message_exchange(
            IntPtr message, ref IntPtr exchange, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_validated_message_free(IntPtr message);

        /// <summary>Copies a wsse_validated_message and frees it.</summary>
        internal static ValidatedMessage TakeValidated(IntPtr message)
        {
            try
            {
                var exchange = IntPtr.Zero;
                Call((ref IntPtr error) => wsse_validated_message_exchange(message, ref exchange, ref error));
                var validated = new ValidatedMessage(
                    Content(wsse_validated_message_document(message), wsse_validated_message_body(message)),
                    Content(
                        wsse_validated_message_unsigned_document(message),
                        wsse_validated_message_unsigned_body(message)),
                    wsse_validated_message_username(message).ToText(),
                    wsse_validated_message_is_authenticated(message),
                    (SoapVersion)wsse_validated_message_soap_version(message));
                validated.Exchange = new Exchange(exchange);
                validated.Spooled = Spooled(message);
                validated.SignedPaths = SignedPaths(message);
                validated.Signers = Signers(message);
                validated.Encrypted = Encrypted(message);
                validated.Certificate = wsse_validated_message_certificate(message).ToArray();
                View namespaceName = default(View), localName = default(View);
                if (wsse_validated_message_body_child(message, ref namespaceName, ref localName))
                {
                    validated.BodyChildNamespace = namespaceName.ToText();
                    validated.BodyChildLocalName = localName.ToText();
                }
                CopyPositions(message, validated);
                return validated;
            }
            finally
            {
                wsse_validated_message_free(message);
            }
        }

        /// <summary>The Body is a part of the document, or both are empty.</summary>
        private static ValidatedMessage.Content Content(View document, View body)
        {
            if (document.IsAbsent)
            {
                return null;
            }
            var length = checked((int)body.Length);
            var offset = length == 0 ? 0 : checked((int)((long)body.Data - (long)document.Data));
            return new ValidatedMessage.Content(document.ToArray(), offset, length);
        }

        private static IReadOnlyList<string> SignedPaths(IntPtr message)
        {
            var paths = new string[checked((int)wsse_validated_message_signed_count(message))];
            for (var index = 0; index < paths.Length; index++)
            {
                paths[index] = wsse_validated_message_signed_path(message, (UIntPtr)index).ToText();
            }
            return Array.AsReadOnly(paths);
        }

        private static IReadOnlyList<VerifiedSigner> Signers(IntPtr message)
        {
            var signers = new VerifiedSigner[checked((int)wsse_validated_message_signer_count(message))];
            for (var number = 0; number < signers.Length; number++)
            {
                var signer = (UIntPtr)number;
                var paths = new string[checked((int)wsse_validated_message_signer_signed_count(message, signer))];
                for (var index = 0; index < paths.Length; index++)
                {
                    paths[index] =
                        wsse_validated_message_signer_signed_path(message, signer, (UIntPtr)index).ToText();
                }
                signers[number] = new VerifiedSigner(
                    wsse_validated_message_signer_certificate(message, signer).ToArray(),
                    wsse_validated_message_signer_key_name(message, signer).ToText(),
                    Array.AsReadOnly(paths));
            }
            return Array.AsReadOnly(signers);
        }

        private static void CopyPositions(IntPtr message, ValidatedMessage validated)
        {
            Time created = default(Time), expires = default(Time);
            UIntPtr timestamp = UIntPtr.Zero, token = UIntPtr.Zero;
            if (wsse_validated_message_timestamp_created(message, ref created))
            {
                validated.TimestampCreated = created.ToDateTimeOffset();
            }
            if (wsse_validated_message_timestamp_expires(message, ref expires))
            {
                validated.TimestampExpires = expires.ToDateTimeOffset();
            }
            if (wsse_validated_message_timestamp_offset(message, ref timestamp))
            {
                validated.TimestampOffset = (long)timestamp;
            }
            if (wsse_validated_message_username_token_offset(message, ref token))
            {
                validated.UsernameTokenOffset = (long)token;
            }
        }
    }
}
