using System;
using System.IO;

namespace Wsse
{
    public sealed partial class Outbound
    {
        /// <summary>Protects a message as <see cref="Protect(byte[], Call)"/> does, and reads it twice, in memory
        /// that does not depend on its size. A message in UTF-16 or ISO-8859-1, and one that is encrypted, is held
        /// as a whole, within limits.message of the policy.</summary>
        /// <param name="envelope">It can seek, and is read from where it stands to its end.</param>
        /// <param name="content">Where the protected message goes. It is committed where nothing goes wrong, else
        /// aborted, also where the message changed while it was read.</param>
        /// <param name="call">What is special about this message; null, the default, for nothing.</param>
        /// <returns>What the reply must answer.</returns>
        /// <exception cref="WsseException">As there; Io, with the exception inside, where one of the two streams
        /// throws.</exception>
        public Exchange Protect(Stream envelope, Spool content, Call call = null)
        {
            return Protect(envelope, content, null, false, call);
        }

        /// <summary>The same for the reply to a validated request.</summary>
        /// <param name="envelope">The reply.</param>
        /// <param name="content">As for a request.</param>
        /// <param name="request">From <see cref="ValidatedMessage.Exchange"/>; null for a request that was refused,
        /// or not validated: a policy that confirms signatures then confirms none.</param>
        /// <param name="call">As for a request.</param>
        public Exchange ProtectReply(Stream envelope, Spool content, Exchange request, Call call = null)
        {
            return Protect(envelope, content, request, request == null, call);
        }

        private Exchange Protect(Stream envelope, Spool content, Exchange request, bool toUnverified, Call call)
        {
            var made = IntPtr.Zero;
            using (var transfer = new Interop.Transfer(envelope, content, true))
            using (var native = Interop.NewCall(call))
            using (var what = new Borrowed(native))
            using (var answered = new Borrowed(request?.Handle))
            {
                var (userdata, special, exchange) = (transfer.Userdata, what.Pointer, answered.Pointer);
                Interop.Call((ref IntPtr error) => Interop.wsse_outbound_protect_stream(
                    _handle, exchange, toUnverified ? (byte)1 : (byte)0, Interop.Read, Interop.Rewind, userdata,
                    special, Interop.Write, Interop.Commit, Interop.Abort, userdata, ref made, ref error));
            }
            return new Exchange(made);
        }
    }
}
