using System;

namespace Wsse
{
    /// <summary>Makes X-WSSE headers for one user. Any number of threads may use it.</summary>
    public sealed class HeaderCreator : IDisposable
    {
        private readonly Dialect _dialect;
        private readonly string _username;
        private readonly string _password;
        private readonly Interop.EnvironmentHandle _environment;

        /// <summary>A creator.</summary>
        /// <param name="username">The user.</param>
        /// <param name="password">The password.</param>
        /// <param name="dialect">Null, the default, is "atom".</param>
        /// <param name="clock">Null, the default, is the clock of the machine.</param>
        /// <param name="random">Null, the default, is the randomness of the machine.</param>
        public HeaderCreator(
            string username,
            string password,
            Dialect dialect = null,
            Func<DateTimeOffset> clock = null,
            RandomSource random = null)
        {
            _username = username ?? throw new ArgumentNullException(nameof(username));
            _password = password ?? throw new ArgumentNullException(nameof(password));
            _dialect = dialect ?? Dialect.Preset("atom");
            _environment = Interop.NewEnvironment(clock, random);
        }

        /// <summary>A header value with a new nonce, without "X-WSSE: ".</summary>
        /// <param name="options">What is given instead of being made; null, the default, for nothing.</param>
        /// <exception cref="WsseException">Misuse: what can't stand in a header. Unavailable: no clock or
        /// randomness.</exception>
        public string Create(HeaderOptions options = null)
        {
            var (name, password) = (new Interop.Octets(_username), new Interop.Octets(_password));
            var value = IntPtr.Zero;
            try
            {
                using (var given = Interop.NewHeaderOptions(options))
                using (var what = new Borrowed(given))
                using (var where = new Borrowed(_environment))
                {
                    var (whatPointer, wherePointer) = (what.Pointer, where.Pointer);
                    Interop.Call((ref IntPtr error) => Interop.wsse_header_create(
                        _dialect.Handle, name.Data, name.Length, password.Data, password.Length,
                        whatPointer, wherePointer, ref value, ref error));
                }
            }
            finally
            {
                password.Clear();
            }
            return Interop.Take(value);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _environment.Dispose();
        }
    }
}
