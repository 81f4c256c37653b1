using System;
using System.Collections.Generic;

namespace Wsse
{
    /// <summary>A header that was checked. Only <see cref="HeaderCheck"/> makes it.</summary>
    public sealed class CheckedHeader
    {
        internal CheckedHeader(
            string username, string dialect, DateTimeOffset created, string nonce,
            IReadOnlyDictionary<string, string> unprotectedParameters)
        {
            Username = username;
            Dialect = dialect;
            Created = created;
            Nonce = nonce;
            UnprotectedParameters = unprotectedParameters;
        }

        /// <summary>Who sent it, as confirmed by the password.</summary>
        public string Username { get; }

        /// <summary>The name of the dialect that fitted.</summary>
        public string Dialect { get; }

        /// <summary>When the sender says it was made.</summary>
        public DateTimeOffset Created { get; }

        /// <summary>The text of Nonce, as the header has it.</summary>
        public string Nonce { get; }

        /// <summary>The parameters beside the four. They are not in the hash: anyone on the way can have
        /// written them.</summary>
        public IReadOnlyDictionary<string, string> UnprotectedParameters { get; }
    }
}
