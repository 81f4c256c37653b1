using System;
using System.IO;

namespace Wsse
{
    public sealed partial class Inbound
    {
        /// <summary>Checks a message as <see cref="Validate(byte[], string)"/> does, and reads it once, in memory
        /// that does not depend on its size: everything before its Body is held, within limits.header of the
        /// policy, and limits.message may be as high as one likes. A message that is encrypted, or in UTF-16 or
        /// ISO-8859-1, is held as a whole, within limits.message.</summary>
        /// <param name="message">It is read from where it stands to its end.</param>
        /// <param name="content">Where the content goes, which <see cref="ValidatedMessage.Document"/> or
        /// <see cref="ValidatedMessage.UnsignedDocument"/> would be; <see cref="ValidatedMessage.Spooled"/> says
        /// which.</param>
        /// <param name="charset">The charset of the Content-Type; null, the default, where there is none.</param>
        /// <exception cref="WsseException">The message is refused, and its content was aborted. Io, with the
        /// exception inside, where one of the two throws.</exception>
        public ValidatedMessage Validate(Stream message, Spool content, string charset = null)
        {
            return Validate(message, content, null, charset);
        }

        /// <summary>The same for the reply to a protected request.</summary>
        /// <param name="message">The reply.</param>
        /// <param name="content">As for a request.</param>
        /// <param name="request">From <see cref="Protected.Exchange"/>.</param>
        /// <param name="charset">As for a request.</param>
        public ValidatedMessage ValidateReply(
            Stream message, Spool content, Exchange request, string charset = null)
        {
            return Validate(message, content, request ?? throw new ArgumentNullException(nameof(request)), charset);
        }

        private ValidatedMessage Validate(Stream message, Spool content, Exchange request, string charset)
        {
            var name = new Interop.Octets(charset);
            var validated = IntPtr.Zero;
            using (var transfer = new Interop.Transfer(message, content, false))
            using (var what = new Borrowed(request?.Handle))
            {
                var (userdata, exchange) = (transfer.Userdata, what.Pointer);
                Interop.Call((ref IntPtr error) => Interop.wsse_inbound_validate_stream(
                    _handle, exchange, Interop.Read, userdata, name.Data, name.Length, Interop.Write,
                    Interop.Commit, Interop.Abort, userdata, ref validated, ref error));
            }
            return Interop.TakeValidated(validated);
        }
    }
}
