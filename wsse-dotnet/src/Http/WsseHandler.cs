using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Wsse
{
    /// <summary>
    /// Authentication with the X-WSSE header for <see cref="HttpClient"/>: answers a 401 whose
    /// WWW-Authenticate header holds a WSSE challenge, and sends the header unasked to an origin
    /// that asked before. Every send carries a new nonce.
    /// </summary>
    /// <remarks>
    /// <para>The header never goes to another origin than the one the request was made for. The
    /// handler follows redirects itself and leaves the header behind when one leads away; the
    /// handlers below must therefore not follow any: one with <c>AllowAutoRedirect = true</c> is
    /// refused with <see cref="InvalidOperationException"/> before anything is sent.</para>
    /// <para>Set the properties before the first request. After that, one handler serves any number
    /// of threads.</para>
    /// </remarks>
    public partial class WsseHandler : DelegatingHandler
    {
        private readonly ICredentials _credentials;
        private readonly ConcurrentDictionary<string, bool> _askedBefore =
            new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        private HttpMessageHandler _examined;
        private int _maximumRedirections = 10;
        private long _maximumBufferedContent = 16 * 1024 * 1024;

        /// <summary>A handler over an <see cref="HttpClientHandler"/> of its own.</summary>
        /// <param name="credentials">A <see cref="NetworkCredential"/>, or a
        /// <see cref="CredentialCache"/> with an entry of the type "WSSE".</param>
        public WsseHandler(ICredentials credentials)
            : this(credentials, new HttpClientHandler { AllowAutoRedirect = false })
        {
        }

        /// <summary>A handler over another one.</summary>
        /// <param name="credentials">As above.</param>
        /// <param name="innerHandler">The handler below, which must not follow redirects; null when
        /// <see cref="DelegatingHandler.InnerHandler"/> will be set by a factory.</param>
        public WsseHandler(ICredentials credentials, HttpMessageHandler innerHandler)
        {
            _credentials = credentials ?? throw new ArgumentNullException(nameof(credentials));
            if (innerHandler != null)
            {
                InnerHandler = innerHandler;
            }
        }

        /// <summary>How the header is made. Default: a creator for the dialect "atom" at the clock of
        /// the machine.</summary>
        public WsseHeaderSource HeaderSource { get; set; } = new WsseHeaderSource();

        /// <summary>Whether an origin that asked once gets the header unasked afterwards. Default:
        /// true.</summary>
        public bool PreAuthenticate { get; set; } = true;

        /// <summary>Whether the header is sent at once, before any challenge, for services that
        /// never send one. Default: false.</summary>
        public bool SendAtOnce { get; set; }

        /// <summary>Whether redirects are followed. Default: true.</summary>
        public bool FollowRedirects { get; set; } = true;

        /// <summary>How many redirects one request may follow; the one above is handed to the
        /// caller. Default: 10.</summary>
        public int MaximumRedirections
        {
            get => _maximumRedirections;
            set => _maximumRedirections = value >= 0
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value));
        }

        /// <summary>The largest content, in octets, that is kept to be sent again. Default: 16 MiB.
        /// Larger content, and content whose length is not known, is sent once: its 401 goes to the
        /// caller, and the next request to that origin carries the header.</summary>
        public long MaximumBufferedContent
        {
            get => _maximumBufferedContent;
            set => _maximumBufferedContent = value >= 0
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value));
        }

        /// <inheritdoc/>
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request == null)
            {
                throw new ArgumentNullException(nameof(request));
            }
            if (request.RequestUri == null || !Origin.IsHttp(request.RequestUri))
            {
                throw new InvalidOperationException("WsseHandler needs an absolute http or https URI");
            }
            RefuseRedirectsBelow();
            var copies = await RequestCopies.Of(request, MaximumBufferedContent).ConfigureAwait(false);
            var home = Origin.Of(request.RequestUri);
            var atHome = true;
            for (var redirections = 0; ; redirections++)
            {
                var response = atHome
                    ? await SendAtHome(copies, home, cancellationToken).ConfigureAwait(false)
                    : await base.SendAsync(copies.Next(), cancellationToken).ConfigureAwait(false);
                if (!FollowRedirects || redirections == MaximumRedirections || !copies.Redirect(response))
                {
                    return response;
                }
                response.Dispose();
                // Once away, no way leads back: the place between chose where the request goes.
                atHome = atHome && Origin.Of(copies.Uri) == home;
                if (!atHome)
                {
                    copies.DropAuthorization();
                }
            }
        }

        private async Task<HttpResponseMessage> SendAtHome(
            RequestCopies copies, string home, CancellationToken cancellationToken)
        {
            var unasked = SendAtOnce || (PreAuthenticate && _askedBefore.ContainsKey(home));
            var credential = Credential(copies.Uri);
            if (unasked && credential != null)
            {
                var answer = await SendWithHeader(copies, credential, cancellationToken).ConfigureAwait(false);
                if (answer.StatusCode == HttpStatusCode.Unauthorized)
                {
                    _askedBefore.TryRemove(home, out _);
                }
                return answer;
            }
            var response = await base.SendAsync(copies.Next(), cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.Unauthorized || credential == null || !IsChallenge(response))
            {
                return response;
            }
            if (!copies.CanSendAgain)
            {
                _askedBefore[home] = true;
                return response;
            }
            response.Dispose();
            response = await SendWithHeader(copies, credential, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.Unauthorized)
            {
                _askedBefore[home] = true;
            }
            return response;
        }

        private async Task<HttpResponseMessage> SendWithHeader(
            RequestCopies copies, NetworkCredential credential, CancellationToken cancellationToken)
        {
            var request = copies.Next();
            request.Headers.TryAddWithoutValidation(XWsseHeader.Name, HeaderSource.Create(credential));
            if (HeaderSource.Authorization != null && !request.Headers.Contains("Authorization"))
            {
                request.Headers.TryAddWithoutValidation("Authorization", HeaderSource.Authorization.ToString());
            }
            var sent = Origin.Of(request.RequestUri);
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var answered = response.RequestMessage?.RequestUri;
            if (answered != null && answered.IsAbsoluteUri && Origin.Of(answered) != sent)
            {
                response.Dispose();
                throw new InvalidOperationException(
                    "a handler below WsseHandler followed a redirect to " + Origin.Of(answered) +
                    " and may have taken the X-WSSE header there; make it follow none");
            }
            return response;
        }

        private NetworkCredential Credential(Uri uri)
        {
            return _credentials.GetCredential(uri, WsseAuthenticationModule.Scheme);
        }

        private static bool IsChallenge(HttpResponseMessage response)
        {
            if (!response.Headers.TryGetValues("WWW-Authenticate", out IEnumerable<string> values))
            {
                return false;
            }
            foreach (var value in values)
            {
                if (Challenge.IsIn(value))
                {
                    return true;
                }
            }
            return false;
        }

        private void RefuseRedirectsBelow()
        {
            var below = InnerHandler;
            if (ReferenceEquals(below, _examined))
            {
                return;
            }
            while (below is DelegatingHandler delegating)
            {
                below = delegating.InnerHandler;
            }
            var follows = below is HttpClientHandler handler && handler.AllowAutoRedirect;
            FollowsRedirects(below, ref follows);
            if (follows)
            {
                throw new InvalidOperationException(
                    "the handler below WsseHandler follows redirects by itself and would take the " +
                    "X-WSSE header to other hosts; set AllowAutoRedirect = false on it, " +
                    "WsseHandler follows them");
            }
            _examined = InnerHandler;
        }

        /// <summary>For the handlers that .NET Standard 2.0 does not know.</summary>
        static partial void FollowsRedirects(HttpMessageHandler handler, ref bool follows);
    }
}
