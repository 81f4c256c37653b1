using System;
using System.Collections.Generic;
using System.Linq;

namespace Wsse
{
    /// <summary>Checks the X-WSSE headers that a server receives. Made once and kept as long as the service
    /// runs: it holds the memory against replays. Any number of threads may use it.</summary>
    public sealed class HeaderCheck : IDisposable
    {
        private readonly Interop.HeaderCheckHandle _handle;

        /// <summary>A check for one dialect.</summary>
        /// <param name="credentials">How passwords are known: a table or a look-up. They are copied.</param>
        /// <param name="dialect">One of <see cref="XWsseHeader.Dialects"/>. Default: "atom".</param>
        /// <exception cref="WsseException">Misuse: no such dialect, or credentials without
        /// passwords.</exception>
        public HeaderCheck(Credentials credentials, string dialect = "atom")
            : this(credentials, new[] { Dialect.Preset(dialect) })
        {
        }

        /// <summary>A check for several dialects, which are tried together.</summary>
        /// <param name="credentials">As above.</param>
        /// <param name="dialects">At least one; where two fit, the first is reported.</param>
        /// <param name="replayStore">Null, the default, is a store of its own in the memory of this process.
        /// Checks that share one should accept the same dialects.</param>
        /// <param name="clock">Null, the default, is the clock of the machine.</param>
        /// <exception cref="WsseException">Misuse: credentials without passwords, or a dialect that makes
        /// no sense.</exception>
        public HeaderCheck(
            Credentials credentials,
            IEnumerable<Dialect> dialects,
            ReplayStore replayStore = null,
            Func<DateTimeOffset> clock = null)
        {
            if (credentials == null)
            {
                throw new ArgumentNullException(nameof(credentials));
            }
            var accepted = (dialects ?? throw new ArgumentNullException(nameof(dialects))).ToArray();
            var created = IntPtr.Zero;
            var borrowed = accepted.Select(dialect => new Borrowed(dialect.Handle)).ToArray();
            try
            {
                // One more than there are: an empty array would be NULL.
                var pointers = borrowed.Select(one => one.Pointer).Concat(new[] { IntPtr.Zero }).ToArray();
                lock (credentials.Gate)
                {
                    using (var environment = Interop.NewEnvironment(clock, null))
                    using (var memory = new Borrowed(replayStore?.Handle))
                    using (var where = new Borrowed(environment))
                    {
                        var (memoryPointer, wherePointer) = (memory.Pointer, where.Pointer);
                        Interop.Call((ref IntPtr error) => Interop.wsse_header_check_new(
                            pointers, (UIntPtr)(uint)accepted.Length, credentials.Handle, memoryPointer,
                            wherePointer, ref created, ref error));
                    }
                }
            }
            finally
            {
                foreach (var one in borrowed)
                {
                    one.Dispose();
                }
            }
            _handle = new Interop.HeaderCheckHandle(created);
        }

        /// <summary>Checks the value of an X-WSSE header, without "X-WSSE:".</summary>
        /// <exception cref="WsseException">The header is refused, and the request must not be acted
        /// on.</exception>
        public CheckedHeader Check(string value)
        {
            var text = new Interop.Octets(value ?? throw new ArgumentNullException(nameof(value)));
            var header = IntPtr.Zero;
            Interop.Call((ref IntPtr error) => Interop.wsse_header_check_check(
                _handle, text.Data, text.Length, ref header, ref error));
            return Interop.TakeChecked(header);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _handle.Dispose();
        }
    }
}
