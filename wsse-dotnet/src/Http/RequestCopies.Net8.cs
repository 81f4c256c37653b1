// For .NET 8 and newer: Wsse.csproj compiles it for net8.0 only, build.py leaves it out.
#if NET8_0_OR_GREATER
#nullable enable
using System.Collections.Generic;
using System.Net.Http;

namespace Wsse
{
    internal sealed partial class RequestCopies
    {
        static partial void CopyOptions(HttpRequestMessage original, HttpRequestMessage copy)
        {
            copy.VersionPolicy = original.VersionPolicy;
            IDictionary<string, object?> options = copy.Options;
            foreach (var option in original.Options)
            {
                options[option.Key] = option.Value;
            }
        }
    }
}
#endif
