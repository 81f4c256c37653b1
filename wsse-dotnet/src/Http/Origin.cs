using System;

namespace Wsse
{
    /// <summary>Scheme, host and port of a URI: what a header with a secret is bound to (RFC 6454).</summary>
    internal static class Origin
    {
        internal static bool IsHttp(Uri uri)
        {
            return uri.IsAbsoluteUri && (uri.Scheme == "http" || uri.Scheme == "https");
        }

        internal static string Of(Uri uri)
        {
            return uri.GetComponents(
                UriComponents.Scheme | UriComponents.Host | UriComponents.StrongPort,
                UriFormat.UriEscaped).ToLowerInvariant();
        }
    }
}
