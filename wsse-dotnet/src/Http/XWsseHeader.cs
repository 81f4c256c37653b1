using System.Collections.Generic;

namespace Wsse
{
    /// <summary>The HTTP X-WSSE header: the UsernameToken of SOAP, carried by one header of a request. No
    /// standard defines it, and services have varied every detail: a <see cref="Dialect"/> is one such
    /// variation. The digest covers neither method nor target nor body: use it under TLS.</summary>
    public static class XWsseHeader
    {
        /// <summary>The name of the header.</summary>
        public const string Name = "X-WSSE";

        /// <summary>The names of the dialects that are in the field.</summary>
        public static IReadOnlyList<string> Dialects { get; } = new[]
        {
            "atom", "atom-base64", "symfony", "adobe-rest", "adobe-soap", "emarsys", "sha256-hex", "huawei",
            "sha256-base64", "emt", "penneo",
        };

        /// <summary>A header value with a new nonce, without "X-WSSE: ".</summary>
        /// <param name="username">The user.</param>
        /// <param name="password">The password.</param>
        /// <param name="dialect">One of <see cref="Dialects"/>. Default: "atom".</param>
        /// <exception cref="WsseException">Misuse: there is no such dialect, or what can't stand in a
        /// header.</exception>
        public static string Create(string username, string password, string dialect = "atom")
        {
            using (var creator = new HeaderCreator(username, password, Dialect.Preset(dialect)))
            {
                return creator.Create();
            }
        }
    }
}
