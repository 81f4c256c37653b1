using System;

namespace Wsse
{
    /// <summary>
    /// Validates messages by a policy. Made once and kept as long as the service runs: it holds the memory
    /// against replays. Any number of threads may use it.
    /// </summary>
    public sealed partial class Inbound : IDisposable
    {
        private readonly Interop.InboundHandle _handle;

        /// <summary>An inbound.</summary>
        /// <param name="policy">"preset:NAME" with the name of a built-in policy (username-token,
        /// username-text, timestamp, onvif, wss4j, wcf, zeep), or the text of an inbound policy in TOML; see
        /// docs/policies.md.</param>
        /// <param name="credentials">How passwords are known, whose signatures are believed, and what decrypts;
        /// null where the policy wants none of it. They are copied.</param>
        /// <param name="replayStore">Null, the default, is a store of its own in the memory of this
        /// process, unless the policy names another than "default".</param>
        /// <param name="clock">Null, the default, is the clock of the machine.</param>
        /// <exception cref="WsseException">Misuse: the policy can't be read, with the line, or contradicts
        /// itself; credentials or store are missing.</exception>
        public Inbound(
            string policy,
            Credentials credentials = null,
            ReplayStore replayStore = null,
            Func<DateTimeOffset> clock = null)
        {
            var text = new Interop.Octets(policy ?? throw new ArgumentNullException(nameof(policy)));
            var created = IntPtr.Zero;
            lock (credentials?.Gate ?? new object())
            {
                using (var environment = Interop.NewEnvironment(clock, null))
                using (var who = new Borrowed(credentials?.Handle))
                using (var memory = new Borrowed(replayStore?.Handle))
                using (var where = new Borrowed(environment))
                {
                    var (whoPointer, memoryPointer, wherePointer) = (who.Pointer, memory.Pointer, where.Pointer);
                    Interop.Call((ref IntPtr error) => Interop.wsse_inbound_new(
                        text.Data, text.Length, whoPointer, memoryPointer, wherePointer, ref created, ref error));
                }
            }
            _handle = new Interop.InboundHandle(created);
        }

        /// <summary>The policy as TOML, every key written out.</summary>
        public string Policy
        {
            get
            {
                var policy = IntPtr.Zero;
                Interop.Call((ref IntPtr error) => Interop.wsse_inbound_policy(_handle, ref policy, ref error));
                return Interop.Take(policy);
            }
        }

        /// <summary>Checks everything that the policy demands, and what else is in the Security
        /// header.</summary>
        /// <param name="message">The octets as they were received.</param>
        /// <param name="charset">The charset of the Content-Type; null, the default, where there is none.</param>
        /// <exception cref="WsseException">The message is refused, and must not be acted on.</exception>
        public ValidatedMessage Validate(byte[] message, string charset = null)
        {
            return Validate(
                new Interop.Octets(message ?? throw new ArgumentNullException(nameof(message))), null, charset);
        }

        /// <summary>The same for a string. Its XML declaration, if it has one, must say UTF-8 or no
        /// encoding.</summary>
        public ValidatedMessage Validate(string message)
        {
            return Validate(
                new Interop.Octets(message ?? throw new ArgumentNullException(nameof(message))), null, null);
        }

        /// <summary>Validates the reply to a protected request. Where the policy has
        /// <c>require.signature-confirmation</c>, it must confirm every signature of the
        /// request.</summary>
        /// <param name="message">The octets of the reply.</param>
        /// <param name="request">From <see cref="Protected.Exchange"/>.</param>
        /// <param name="charset">As for a request.</param>
        public ValidatedMessage ValidateReply(byte[] message, Exchange request, string charset = null)
        {
            return Validate(
                new Interop.Octets(message ?? throw new ArgumentNullException(nameof(message))),
                request ?? throw new ArgumentNullException(nameof(request)),
                charset);
        }

        /// <summary>Decrypts everything in a message that its Security header says is encrypted, at least one
        /// part, and judges nothing: neither signatures, nor tokens, nor what the policy requires. Of the
        /// policy the actor, the limits and the legacy switches count; CBC needs its switch, as no signature
        /// is checked. <see cref="Validate(byte[], string)"/> decrypts and checks.</summary>
        /// <param name="message">The octets as they were received.</param>
        /// <exception cref="WsseException">InvalidSecurity where nothing is encrypted; FailedCheck,
        /// "decryption-failed", where something does not decrypt, which never says why;
        /// SecurityTokenUnavailable without the key.</exception>
        public DecryptedMessage Decrypt(byte[] message)
        {
            var octets = new Interop.Octets(message ?? throw new ArgumentNullException(nameof(message)));
            var decrypted = IntPtr.Zero;
            Interop.Call((ref IntPtr error) => Interop.wsse_inbound_decrypt(
                _handle, octets.Data, octets.Length, ref decrypted, ref error));
            return Interop.TakeDecrypted(decrypted);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _handle.Dispose();
        }

        private ValidatedMessage Validate(Interop.Octets message, Exchange request, string charset)
        {
            var name = new Interop.Octets(charset);
            var validated = IntPtr.Zero;
            Interop.Call((ref IntPtr error) => request == null
                ? Interop.wsse_inbound_validate(
                    _handle, message.Data, message.Length, name.Data, name.Length, ref validated, ref error)
                : Interop.wsse_inbound_validate_reply(
                    _handle, request.Handle, message.Data, message.Length, name.Data, name.Length,
                    ref validated, ref error));
            return Interop.TakeValidated(validated);
        }
    }
}
