// For .NET 8 and newer: Wsse.csproj compiles it for net8.0 only, build.py leaves it out.
#if NET8_0_OR_GREATER
#nullable enable
using System.Net.Http;
using System.Threading;

namespace Wsse
{
    public partial class WsseHandler
    {
        /// <summary>For HttpClient.Send: waits for the asynchronous way.</summary>
        protected override HttpResponseMessage Send(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            return SendAsync(request, cancellationToken).GetAwaiter().GetResult();
        }

        static partial void FollowsRedirects(HttpMessageHandler handler, ref bool follows)
        {
            follows |= handler is SocketsHttpHandler { AllowAutoRedirect: true };
        }
    }
}
#endif
