using System;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Wsse
{
    internal static partial class Interop
    {
        /// <summary>wsse_signing_request.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct NativeSigningRequest
        {
            internal View Method;
            internal View Octets;
            internal View Digest;
            internal View DigestMethod;
            internal View DigestInfo;
            internal View MaskDigest;
            internal UIntPtr SaltLength;
        }

        /// <summary>wsse_decryption_request.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct NativeDecryptionRequest
        {
            internal View Method;
            internal View Octets;
            internal View Digest;
            internal View MaskDigest;
            internal View Label;
        }

        /// <summary>wsse_verification_request.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct NativeVerificationRequest
        {
            internal View Method;
            internal View Octets;
            internal View Signature;
            internal View Digest;
            internal View DigestMethod;
            internal View Der;
        }

        /// <summary>wsse_candidate.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct NativeCandidate
        {
            internal View PublicKey;
            internal View Certificate;
            internal IntPtr Path;
            internal UIntPtr PathLength;
            [MarshalAs(UnmanagedType.I1)]
            internal bool Trusted;
            internal Time At;

            internal byte[][] PathToArray()
            {
                var certificates = new byte[checked((int)PathLength)][];
                for (var index = 0; index < certificates.Length; index++)
                {
                    var place = IntPtr.Add(Path, index * Marshal.SizeOf<View>());
                    certificates[index] = Marshal.PtrToStructure<View>(place).ToArray();
                }
                return certificates;
            }
        }

        /// <summary>Both delegates of a key, which one user data keeps alive.</summary>
        internal sealed class RemoteKey
        {
            internal RemoteKey(RemoteSigner sign, RemoteDecrypter decrypt)
            {
                Sign = sign;
                Decrypt = decrypt;
            }

            internal RemoteSigner Sign { get; }

            internal RemoteDecrypter Decrypt { get; }
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_add_remote_identity(
            CredentialsHandle credentials, byte[] name, UIntPtr nameLength,
            byte[] certificate, UIntPtr certificateLength, RemoteSignCallback sign,
            RemoteDecryptCallback decrypt, IntPtr userdata, FreeCallback userdataFree, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_add_remote_verifier(
            CredentialsHandle credentials, byte[] name, UIntPtr nameLength,
            byte[] family, UIntPtr familyLength, RemoteVerifyCallback verify,
            IntPtr userdata, FreeCallback userdataFree, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_credentials_set_decision(
            CredentialsHandle credentials, DecisionCallback decide, IntPtr userdata,
            FreeCallback userdataFree, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_answer_set(IntPtr answer, byte[] octets, UIntPtr octetsLength);

        /// <summary>Asks a <see cref="RemoteSigner"/>. Nothing is set for null, which is no answer.</summary>
        internal static readonly RemoteSignCallback RemoteSign = (userdata, request, signature) =>
            Answer<RemoteKey>(userdata, key =>
            {
                var made = key.Sign(new SigningRequest(Marshal.PtrToStructure<NativeSigningRequest>(request)));
                if (made != null)
                {
                    Set(signature, new Octets(made));
                }
                return true;
            });

        /// <summary>Asks a <see cref="RemoteDecrypter"/>.</summary>
        internal static readonly RemoteDecryptCallback RemoteDecrypt = (userdata, request, secret) =>
            Answer<RemoteKey>(userdata, key =>
            {
                var given = new DecryptionRequest(Marshal.PtrToStructure<NativeDecryptionRequest>(request));
                byte[] found;
                try
                {
                    found = key.Decrypt(given);
                }
                catch (CryptographicException)
                {
                    // What says that the padding is wrong must not look like a failure: it is the answer
                    // that a sender would learn from.
                    return false;
                }
                if (found == null)
                {
                    return false;
                }
                var octets = new Octets(found);
                Set(secret, octets);
                octets.Clear();
                return true;
            });

        /// <summary>Asks a <see cref="RemoteVerifier"/>.</summary>
        internal static readonly RemoteVerifyCallback RemoteVerify = (userdata, request) =>
            Answer<RemoteVerifier>(userdata, verify =>
                verify(new VerificationRequest(Marshal.PtrToStructure<NativeVerificationRequest>(request))));

        /// <summary>Asks a <see cref="Decision"/>.</summary>
        internal static readonly DecisionCallback Decide = (userdata, candidate) =>
            Answer<Decision>(userdata, decide =>
                decide(new Candidate(Marshal.PtrToStructure<NativeCandidate>(candidate))));

        private static void Set(IntPtr answer, Octets octets)
        {
            wsse_answer_set(answer, octets.Data, octets.Length);
        }
    }
}
