using System;

namespace Wsse
{
    /// <summary>Memory of the messages and headers that were accepted, so that none passes twice.
    /// Inbounds and header checks that share one keep it alive; any number of threads may use it.</summary>
    public sealed class ReplayStore : IDisposable
    {
        private ReplayStore(IntPtr created)
        {
            Handle = new Interop.ReplayStoreHandle(created);
        }

        internal Interop.ReplayStoreHandle Handle { get; }

        /// <summary>The number of entries of a store in memory, expired ones that were not yet cleaned up
        /// included; 0 for another.</summary>
        public long Count => (long)Interop.wsse_replay_store_len(Handle);

        /// <summary>Whether a store in memory was used in another process than the one that made it: a
        /// captured message can then pass once in each.</summary>
        public bool IsForked => Interop.wsse_replay_store_is_forked(Handle);

        /// <summary>A store in the memory of this process.</summary>
        /// <param name="capacity">The number of unexpired entries that it holds before it refuses messages
        /// as Unavailable, rather than forget; 0, the default, means 1,000,000, about 100 MB when
        /// full.</param>
        public static ReplayStore InMemory(int capacity = 0)
        {
            if (capacity < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(capacity));
            }
            var created = IntPtr.Zero;
            Interop.Call((ref IntPtr error) => Interop.wsse_replay_store_new_memory(
                (UIntPtr)(uint)capacity, ref created, ref error));
            return new ReplayStore(created);
        }

        /// <summary>A store of your own: a database, a memory that processes share.</summary>
        public static ReplayStore Of(ReplayInsert insertIfAbsent)
        {
            var created = IntPtr.Zero;
            Interop.CallWithUserdata(
                insertIfAbsent ?? throw new ArgumentNullException(nameof(insertIfAbsent)),
                userdata => (ref IntPtr error) => Interop.wsse_replay_store_new_callback(
                    Interop.InsertIfAbsent, userdata, Interop.FreeUserdata, ref created, ref error));
            return new ReplayStore(created);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Handle.Dispose();
        }
    }
}
