using System;

namespace Wsse
{
    /// <summary>
    /// Protects messages by a policy: puts UsernameToken, Timestamp and Signature into the Security header.
    /// Made once; any number of threads may use it.
    /// </summary>
    public sealed partial class Outbound : IDisposable
    {
        private readonly Interop.OutboundHandle _handle;

        /// <summary>An outbound.</summary>
        /// <param name="policy">"preset:NAME" with the name of a built-in policy (username-token,
        /// username-text, timestamp, onvif, wss4j, wcf, zeep), or the text of an outbound policy in TOML; see
        /// docs/policies.md.</param>
        /// <param name="credentials">Whose token is written, and what is signed with; null where the policy
        /// signs nothing, and each call names its user or no UsernameToken is written. They are
        /// copied.</param>
        /// <param name="clock">Null, the default, is the clock of the machine.</param>
        /// <param name="random">Null, the default, is the randomness of the machine.</param>
        /// <exception cref="WsseException">Misuse: the policy can't be read, with the line, or contradicts
        /// itself; a key is missing. FailedCheck: a signature method does not fit its key.</exception>
        public Outbound(
            string policy,
            Credentials credentials = null,
            Func<DateTimeOffset> clock = null,
            RandomSource random = null)
        {
            var text = new Interop.Octets(policy ?? throw new ArgumentNullException(nameof(policy)));
            var created = IntPtr.Zero;
            lock (credentials?.Gate ?? new object())
            {
                using (var environment = Interop.NewEnvironment(clock, random))
                using (var who = new Borrowed(credentials?.Handle))
                using (var where = new Borrowed(environment))
                {
                    var (whoPointer, wherePointer) = (who.Pointer, where.Pointer);
                    Interop.Call((ref IntPtr error) => Interop.wsse_outbound_new(
                        text.Data, text.Length, whoPointer, wherePointer, ref created, ref error));
                }
            }
            _handle = new Interop.OutboundHandle(created);
        }

        /// <summary>The policy as TOML, every key written out.</summary>
        public string Policy
        {
            get
            {
                var policy = IntPtr.Zero;
                Interop.Call((ref IntPtr error) => Interop.wsse_outbound_policy(_handle, ref policy, ref error));
                return Interop.Take(policy);
            }
        }

        /// <summary>Puts into a message what the policy says. What else is in the message stays as it
        /// is.</summary>
        /// <param name="envelope">A SOAP 1.1 or 1.2 message in UTF-8, UTF-16 or ISO-8859-1.</param>
        /// <param name="call">What is special about this message; null, the default, for nothing.</param>
        /// <exception cref="WsseException">The envelope is none; a credential is missing; the call makes
        /// no sense; no clock or randomness.</exception>
        public Protected Protect(byte[] envelope, Call call = null)
        {
            return Protect(new Interop.Octets(envelope ?? throw new ArgumentNullException(nameof(envelope))), null, call);
        }

        /// <summary>The same for a string. Its XML declaration, if it has one, must say UTF-8 or no
        /// encoding.</summary>
        public Protected Protect(string envelope, Call call = null)
        {
            return Protect(new Interop.Octets(envelope ?? throw new ArgumentNullException(nameof(envelope))), null, call);
        }

        /// <summary>Protects the reply to a validated request.</summary>
        /// <param name="envelope">The reply.</param>
        /// <param name="request">From <see cref="ValidatedMessage.Exchange"/>.</param>
        /// <param name="call">As for a request.</param>
        public Protected ProtectReply(byte[] envelope, Exchange request, Call call = null)
        {
            return Protect(
                new Interop.Octets(envelope ?? throw new ArgumentNullException(nameof(envelope))),
                request ?? throw new ArgumentNullException(nameof(request)),
                call);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _handle.Dispose();
        }

        private Protected Protect(Interop.Octets envelope, Exchange request, Call call)
        {
            var created = IntPtr.Zero;
            using (var native = Interop.NewCall(call))
            using (var what = new Borrowed(native))
            {
                var pointer = what.Pointer;
                Interop.Call((ref IntPtr error) => request == null
                    ? Interop.wsse_outbound_protect(
                        _handle, envelope.Data, envelope.Length, pointer, ref created, ref error)
                    : Interop.wsse_outbound_protect_reply(
                        _handle, request.Handle, envelope.Data, envelope.Length, pointer, ref created, ref error));
            }
            return Interop.TakeProtected(created);
        }
    }
}
