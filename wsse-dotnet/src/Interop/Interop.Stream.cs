using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ReadCallback(IntPtr userdata, IntPtr octets, UIntPtr length, IntPtr read);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int RewindCallback(IntPtr userdata);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int WriteCallback(IntPtr userdata, IntPtr octets, UIntPtr length);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int CommitCallback(IntPtr userdata);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void AbortCallback(IntPtr userdata);

        internal static readonly ReadCallback Read = (userdata, octets, length, read) =>
            Answer(userdata, (Transfer transfer) =>
            {
                var count = transfer.Read((long)length);
                Marshal.Copy(transfer.Buffer, 0, octets, count);
                Marshal.WriteIntPtr(read, (IntPtr)count);
                return true;
            });

        internal static readonly RewindCallback Rewind = userdata =>
            Answer(userdata, (Transfer transfer) =>
            {
                transfer.Rewind();
                return true;
            });

        internal static readonly WriteCallback Write = (userdata, octets, length) =>
            Answer(userdata, (Transfer transfer) =>
            {
                transfer.Write(octets, (long)length);
                return true;
            });

        internal static readonly CommitCallback Commit = userdata =>
            Answer(userdata, (Transfer transfer) =>
            {
                transfer.Content.Commit();
                return true;
            });

        internal static readonly AbortCallback Abort = userdata =>
        {
            try
            {
                ((Transfer)GCHandle.FromIntPtr(userdata).Target).Content.Abort();
            }
            catch
            {
                // Why the message is refused is what the caller must learn.
            }
        };

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_inbound_validate_stream(
            InboundHandle inbound, IntPtr exchange, ReadCallback read, IntPtr readUserdata,
            byte[] charset, UIntPtr charsetLength, WriteCallback write, CommitCallback commit,
            AbortCallback abort, IntPtr spoolUserdata, ref IntPtr validated, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_outbound_protect_stream(
            OutboundHandle outbound, IntPtr exchange, byte toUnverified,
            ReadCallback read, RewindCallback rewind, IntPtr readUserdata, IntPtr call, WriteCallback write,
            CommitCallback commit, AbortCallback abort, IntPtr spoolUserdata, ref IntPtr exchangeMade,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool wsse_validated_message_spooled(
            IntPtr message, ref byte isSigned, ref ulong length, ref ulong bodyStart, ref ulong bodyEnd);

        private static SpooledContent Spooled(IntPtr message)
        {
            byte isSigned = 0;
            ulong length = 0, bodyStart = 0, bodyEnd = 0;
            return wsse_validated_message_spooled(
                message, ref isSigned, ref length, ref bodyStart, ref bodyEnd)
                ? new SpooledContent(isSigned != 0, (long)length, (long)bodyStart, (long)bodyEnd)
                : null;
        }

        /// <summary>A message on its way from a stream into a spool.</summary>
        internal sealed class Transfer : IDisposable
        {
            /// <summary>More makes nothing faster.</summary>
            private const int Most = 128 << 10;

            private readonly Stream _source;
            private readonly long _start;

            internal Transfer(Stream source, Spool content, bool isRewound)
            {
                _source = source ?? throw new ArgumentNullException(nameof(source));
                Content = content ?? throw new ArgumentNullException(nameof(content));
                if (isRewound && !source.CanSeek)
                {
                    throw new ArgumentException("a stream that can't seek can't be read twice", nameof(source));
                }
                _start = isRewound ? source.Position : 0;
                Userdata = Interop.Userdata(this);
            }

            internal Spool Content { get; }

            internal byte[] Buffer { get; } = new byte[Most];

            internal IntPtr Userdata { get; }

            public void Dispose()
            {
                FreeUserdata(Userdata);
            }

            internal int Read(long length)
            {
                return _source.Read(Buffer, 0, (int)Math.Min(length, Most));
            }

            internal void Rewind()
            {
                _source.Position = _start;
            }

            internal void Write(IntPtr octets, long length)
            {
                while (length > 0)
                {
                    var count = (int)Math.Min(length, Most);
                    Marshal.Copy(octets, Buffer, 0, count);
                    Content.Write(Buffer, count);
                    octets += count;
                    length -= count;
                }
            }
        }
    }
}
