using System;
using System.Collections.Concurrent;
using System.Net;

namespace Wsse
{
    /// <summary>
    /// Authentication with the X-WSSE header for <see cref="WebRequest"/>, on the .NET Framework and
    /// on Mono. Register it once: <c>AuthenticationManager.Register(new WsseAuthenticationModule())</c>,
    /// or by its type name under <c>authenticationModules</c> of app.config.
    /// </summary>
    /// <remarks>
    /// <para>.NET Core and .NET 5 and newer never call an authentication module, although registering
    /// one does not fail there: use <see cref="WsseHandler"/> with HttpClient.</para>
    /// <para>A request that got the header does not follow redirects any more, because the request
    /// would carry the header to wherever they lead: its <c>AllowAutoRedirect</c> is turned off.</para>
    /// </remarks>
    public class WsseAuthenticationModule : IAuthenticationModule
    {
        internal const string Scheme = "WSSE";

        private readonly WsseHeaderSource _source;
        private readonly ConcurrentDictionary<string, bool> _askedBefore =
            new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);

        /// <summary>The dialect "atom"; app.config calls this one.</summary>
        public WsseAuthenticationModule()
            : this(new WsseHeaderSource())
        {
        }

        /// <summary>Any dialect. For app.config, derive a class whose constructor names it.</summary>
        public WsseAuthenticationModule(WsseHeaderSource source)
        {
            _source = source ?? throw new ArgumentNullException(nameof(source));
        }

        /// <summary>"WSSE": the scheme of the challenge, and the type of the credential.</summary>
        public string AuthenticationType => Scheme;

        /// <summary>True: a request with <c>PreAuthenticate</c> to an origin that asked before carries
        /// the header at once.</summary>
        public bool CanPreAuthenticate => true;

        /// <summary>Answers a challenge.</summary>
        /// <returns>Null if the challenge is not one of WSSE, if there is no credential of the type
        /// "WSSE" for the URI, if the credential policy forbids it, or if the request carried the
        /// header already and was refused.</returns>
        public Authorization Authenticate(string challenge, WebRequest request, ICredentials credentials)
        {
            if (request == null || credentials == null || !Challenge.IsIn(challenge))
            {
                return null;
            }
            var asked = Asked(request);
            var origin = Origin.Of(asked);
            if (request.Headers[XWsseHeader.Name] != null)
            {
                _askedBefore.TryRemove(origin, out _);
                return null;
            }
            // A plain NetworkCredential answers for every URI: it is meant for the host that the
            // caller named, not for the one that a redirect led to.
            if (origin != Origin.Of(request.RequestUri) && !(credentials is CredentialCache))
            {
                return null;
            }
            var authorization = Authorize(asked, request, credentials);
            if (authorization != null)
            {
                _askedBefore[origin] = true;
            }
            return authorization;
        }

        /// <summary>Adds the header before the origin asks, if it asked before.</summary>
        public Authorization PreAuthenticate(WebRequest request, ICredentials credentials)
        {
            if (request == null || credentials == null || !_askedBefore.ContainsKey(Origin.Of(request.RequestUri)))
            {
                return null;
            }
            return Authorize(request.RequestUri, request, credentials);
        }

        private Authorization Authorize(Uri uri, WebRequest request, ICredentials credentials)
        {
            var credential = credentials.GetCredential(uri, AuthenticationType);
            if (credential == null)
            {
                return null;
            }
            var policy = AuthenticationManager.CredentialPolicy;
            if (policy != null && !policy.ShouldSendCredential(uri, request, credential, this))
            {
                return null;
            }
            if (request is HttpWebRequest http)
            {
                http.AllowAutoRedirect = false;
            }
            request.Headers.Set(XWsseHeader.Name, _source.Create(credential));
            var beside = _source.Authorization ?? AuthorizationHeader.UsernameToken;
            return new Authorization(beside.ToString(), true);
        }

        /// <summary>The URI that asks: after a redirect it is not RequestUri.</summary>
        private static Uri Asked(WebRequest request)
        {
            return (request as HttpWebRequest)?.Address ?? request.RequestUri;
        }
    }
}
