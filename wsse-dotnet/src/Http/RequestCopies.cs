using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Http;
using System.Threading.Tasks;

namespace Wsse
{
    /// <summary>Makes the messages of one request: a message can be sent once, its content read
    /// once, and an answered challenge or a redirect needs another.</summary>
    internal sealed partial class RequestCopies
    {
        private readonly HttpRequestMessage _original;
        private readonly byte[] _octets;
        private HttpContent _once;
        private HttpMethod _method;
        private bool _withContent;
        private bool _withAuthorization = true;

        private RequestCopies(HttpRequestMessage original, byte[] octets)
        {
            _original = original;
            _octets = octets;
            _once = original.Content;
            _method = original.Method;
            _withContent = original.Content != null;
            Uri = original.RequestUri;
        }

        /// <summary>Where the next message goes.</summary>
        internal Uri Uri { get; private set; }

        internal bool CanSendAgain => !_withContent || _octets != null;

        internal static async Task<RequestCopies> Of(HttpRequestMessage request, long maximumBuffered)
        {
            var length = request.Content?.Headers.ContentLength;
            byte[] octets = null;
            if (length.HasValue && length.Value <= maximumBuffered)
            {
                octets = await request.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
            }
            return new RequestCopies(request, octets);
        }

        internal HttpRequestMessage Next()
        {
            var copy = new HttpRequestMessage(_method, Uri) { Version = _original.Version };
            foreach (KeyValuePair<string, IEnumerable<string>> header in _original.Headers)
            {
                if (Carries(header.Key))
                {
                    copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
                }
            }
            CopyOptions(_original, copy);
            copy.Content = Content();
            return copy;
        }

        internal void DropAuthorization()
        {
            _withAuthorization = false;
        }

        /// <summary>Turns to where the response points, as HttpClientHandler does (RFC 9110, section
        /// 15.4). False if it does not, or must not be followed.</summary>
        internal bool Redirect(HttpResponseMessage response)
        {
            var location = response.Headers.Location;
            if (location == null)
            {
                return false;
            }
            var toGet = false;
            switch ((int)response.StatusCode)
            {
                case 300:
                case 301:
                case 302:
                    toGet = _method == HttpMethod.Post;
                    break;
                case 303:
                    toGet = _method != HttpMethod.Get && _method != HttpMethod.Head;
                    break;
                case 307:
                case 308:
                    break;
                default:
                    return false;
            }
            // From its text: Mono takes a path for the absolute URI of a file.
            if (!Uri.TryCreate(Uri, location.OriginalString, out var target))
            {
                return false;
            }
            var losesTransportSecurity = Uri.Scheme == "https" && target.Scheme == "http";
            if (!Origin.IsHttp(target) || losesTransportSecurity || (!toGet && !CanSendAgain))
            {
                return false;
            }
            Uri = target;
            if (toGet)
            {
                _method = HttpMethod.Get;
                _withContent = false;
            }
            return true;
        }

        private bool Carries(string header)
        {
            // A Host that the caller set names the origin of the first message.
            var bound = !_withAuthorization &&
                (Is(header, "Authorization") || Is(header, "Cookie") || Is(header, "Host"));
            // The handler alone writes this one: a header that came along would be a replay.
            return !bound && !Is(header, XWsseHeader.Name);
        }

        private static bool Is(string header, string name)
        {
            return string.Equals(header, name, StringComparison.OrdinalIgnoreCase);
        }

        private HttpContent Content()
        {
            if (!_withContent)
            {
                return null;
            }
            if (_octets == null)
            {
                var once = _once ?? throw new InvalidOperationException("the content was sent already");
                _once = null;
                return once;
            }
            var content = new ByteArrayContent(_octets);
            foreach (KeyValuePair<string, IEnumerable<string>> header in _original.Content.Headers)
            {
                content.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
            return content;
        }

        /// <summary>What a message carries beside headers and content differs between frameworks.</summary>
        static partial void CopyOptions(HttpRequestMessage original, HttpRequestMessage copy);
    }
}
