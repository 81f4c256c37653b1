using System.Collections.Generic;

namespace Wsse
{
    /// <summary>What may be given for a header instead of being made.</summary>
    public sealed class HeaderOptions
    {
        /// <summary>The octets that enter the hash; the header shows them in the dialect's form. Must never
        /// be used twice. Null, the default, makes fresh ones.</summary>
        public byte[] Nonce { get; set; }

        /// <summary>The text of Created, used as it is. Null, the default, is the clock's.</summary>
        public string Created { get; set; }

        /// <summary>Parameters beside the four, written after the dialect's own. Nothing protects them.</summary>
        public IDictionary<string, string> Parameters { get; } = new Dictionary<string, string>();
    }
}
