using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        internal sealed class ReplayStoreHandle : NativeHandle
        {
            internal ReplayStoreHandle(IntPtr handle)
                : base(handle)
            {
            }

            protected override bool ReleaseHandle()
            {
                wsse_replay_store_free(handle);
                return true;
            }
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_replay_store_new_memory(
            UIntPtr capacity, ref IntPtr store, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_replay_store_new_callback(
            ReplayCallback insertIfAbsent, IntPtr userdata, FreeCallback userdataFree,
            ref IntPtr store, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern UIntPtr wsse_replay_store_len(ReplayStoreHandle store);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        internal static extern bool wsse_replay_store_is_forked(ReplayStoreHandle store);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_replay_store_free(IntPtr store);

        /// <summary>Asks a <see cref="ReplayInsert"/>.</summary>
        internal static readonly ReplayCallback InsertIfAbsent = (userdata, key, keyLength, expires, now) =>
            Answer<ReplayInsert>(userdata, insert => insert(
                new View { Data = key, Length = keyLength }.ToArray(),
                expires.ToDateTimeOffset(),
                now.ToDateTimeOffset()));
    }
}
