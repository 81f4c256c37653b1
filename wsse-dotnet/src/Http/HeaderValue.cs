using System;
using System.Collections.Generic;

namespace Wsse
{
    /// <summary>The value of an X-WSSE header, read but not checked: nothing in it is proven.</summary>
    public sealed class HeaderValue
    {
        internal HeaderValue(
            string username, string passwordDigest, string nonce, string created, bool hasPrefix,
            IReadOnlyDictionary<string, string> parameters)
        {
            Username = username;
            PasswordDigest = passwordDigest;
            Nonce = nonce;
            Created = created;
            HasPrefix = hasPrefix;
            Parameters = parameters;
        }

        /// <summary>The text of Username, without quotes and escapes.</summary>
        public string Username { get; }

        /// <summary>The text of PasswordDigest.</summary>
        public string PasswordDigest { get; }

        /// <summary>The text of Nonce, as the header has it.</summary>
        public string Nonce { get; }

        /// <summary>The text of Created.</summary>
        public string Created { get; }

        /// <summary>Whether "UsernameToken " stands before the parameters.</summary>
        public bool HasPrefix { get; }

        /// <summary>The parameters beside the four.</summary>
        public IReadOnlyDictionary<string, string> Parameters { get; }

        /// <summary>Reads what stands behind "X-WSSE:".</summary>
        /// <exception cref="WsseException">Malformed, InvalidSecurityToken or LimitExceeded, with the
        /// offset.</exception>
        public static HeaderValue Parse(string value)
        {
            var text = new Interop.Octets(value ?? throw new ArgumentNullException(nameof(value)));
            var parsed = IntPtr.Zero;
            Interop.Call((ref IntPtr error) => Interop.wsse_header_parse(
                text.Data, text.Length, ref parsed, ref error));
            return Interop.TakeHeaderValue(parsed);
        }
    }
}
