using System;
using System.Collections.Generic;

namespace Wsse
{
    /// <summary>What a server asks for in WWW-Authenticate: <c>WSSE realm="…",
    /// profile="UsernameToken"</c>. Immutable.</summary>
    public sealed class Challenge
    {
        internal Challenge(string realm, string profile, IReadOnlyDictionary<string, string> parameters)
        {
            Realm = realm;
            Profile = profile;
            Parameters = parameters;
        }

        /// <summary>The realm; null where there is none.</summary>
        public string Realm { get; }

        /// <summary>The profile; null where there is none. Only "UsernameToken" can be answered by an X-WSSE
        /// header.</summary>
        public string Profile { get; }

        /// <summary>The other parameters.</summary>
        public IReadOnlyDictionary<string, string> Parameters { get; }

        /// <summary>The value of a WWW-Authenticate header that asks for a UsernameToken.</summary>
        /// <param name="realm">May be empty.</param>
        /// <exception cref="WsseException">Misuse: a control character in the realm.</exception>
        public static string Write(string realm)
        {
            var text = new Interop.Octets(realm ?? throw new ArgumentNullException(nameof(realm)));
            IntPtr challenge = IntPtr.Zero, value = IntPtr.Zero;
            Interop.Call((ref IntPtr error) => Interop.wsse_challenge_new(
                text.Data, text.Length, ref challenge, ref error));
            try
            {
                Interop.Call((ref IntPtr error) => Interop.wsse_challenge_write(challenge, ref value, ref error));
            }
            finally
            {
                Interop.wsse_challenge_free(challenge);
            }
            return Interop.Take(value);
        }

        /// <summary>Finds the WSSE challenge in the value of a WWW-Authenticate header, which may hold several
        /// (RFC 9110, section 11.6.1); the word inside a quoted string is no challenge. Null where there is
        /// none.</summary>
        /// <exception cref="WsseException">Malformed or LimitExceeded, with the offset.</exception>
        public static Challenge Parse(string value)
        {
            var text = new Interop.Octets(value ?? throw new ArgumentNullException(nameof(value)));
            var parsed = IntPtr.Zero;
            Interop.Call((ref IntPtr error) => Interop.wsse_challenge_parse(
                text.Data, text.Length, ref parsed, ref error));
            return Interop.TakeChallenge(parsed);
        }

        /// <summary>Whether a header of a peer holds a challenge that an X-WSSE header answers. What can't be
        /// read is none.</summary>
        internal static bool IsIn(string value)
        {
            try
            {
                var challenge = value == null ? null : Parse(value);
                return challenge != null && (challenge.Profile ?? "UsernameToken") == "UsernameToken";
            }
            catch (WsseException unreadable) when (unreadable.Category != Category.Panic)
            {
                return false;
            }
        }
    }
}
