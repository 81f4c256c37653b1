using System;
using System.IO;
using System.Linq;
using System.Net;

namespace Wsse.Tests
{
    /// <summary>The authentication module with real web requests. Each test registers its own module and
    /// takes it away again.</summary>
    public sealed class ModuleTests : IDisposable
    {
        private readonly WsseAuthenticationModule _module = new WsseAuthenticationModule();
        private readonly ICredentialPolicy _policy = AuthenticationManager.CredentialPolicy;

        public ModuleTests()
        {
            AuthenticationManager.Register(_module);
        }

        public void Dispose()
        {
            AuthenticationManager.Unregister("WSSE");
            AuthenticationManager.CredentialPolicy = _policy;
        }

        /// <summary>The case of the reader whose "module methods are not being called". Three things
        /// make them called: the server answers 401 with a WSSE challenge, the request has credentials
        /// of the type WSSE, and for the header without a challenge PreAuthenticate is true.</summary>
        [Test, OnMono]
        public void The_modules_methods_are_called()
        {
            using (var service = new Service())
            {
                var credentials = new CredentialCache { { new Uri(service.Url), "WSSE", Service.Alice } };
                Check.Equal("200 hello ", Get(service.Url + "/1", credentials, true));
                Check.Equal("-+", service.Pattern);
                Check.Equal("200 hello ", Get(service.Url + "/2", credentials, true));
                Check.Equal("-++", service.Pattern);
                Check.Equal("WSSE profile=\"UsernameToken\"", service.Server.Received[1].Header("Authorization"));
                Check.Sequence(new string[0], service.Refusals);
            }
        }

        [Test, OnMono]
        public void They_are_not_called_without_credentials_of_the_type_WSSE()
        {
            using (var service = new Service())
            {
                Check.Equal("401", Get(service.Url, null, true));
                var basic = new CredentialCache { { new Uri(service.Url), "Basic", Service.Alice } };
                Check.Equal("401", Get(service.Url, basic, true));
                Check.Equal("--", service.Pattern);
            }
        }

        [Test, OnMono]
        public void They_are_not_called_by_a_server_that_does_not_ask()
        {
            using (var silent = new LoopbackServer(_ => new Answer { Status = 403 }))
            {
                Check.Equal("403", Get(silent.Url, Service.Cache(silent.Url), true));
                Check.Equal("403", Get(silent.Url, Service.Cache(silent.Url), true));
                Check.True(silent.Received.All(r => r.Header("X-WSSE") == null), "sent unasked");
            }
        }

        [Test, OnMono]
        public void Without_pre_authentication_each_request_is_challenged()
        {
            using (var service = new Service())
            {
                var credentials = Service.Cache(service.Url);
                Get(service.Url, credentials, false);
                Get(service.Url, credentials, false);
                Check.Equal("-+-+", service.Pattern);
                Check.Sequence(new string[0], service.Refusals);
            }
        }

        [Test, OnMono]
        public void A_challenge_that_only_quotes_WSSE_is_none()
        {
            using (var service = new Service(challenges: new[] { "Negotiating realm=\"say WSSE please\"" }))
            {
                Check.Equal("401", Get(service.Url, Service.Cache(service.Url), true));
                Check.Equal("-", service.Pattern);
            }
        }

        [Test, OnMono]
        public void The_credential_policy_is_honoured()
        {
            using (var service = new Service())
            {
                var policy = new Policy();
                AuthenticationManager.CredentialPolicy = policy;
                var credentials = Service.Cache(service.Url);
                Check.Equal("401", Get(service.Url, credentials, true));
                Check.Equal("-", service.Pattern);
                Check.Equal(service.Url + "/ alice WSSE", policy.Asked);
                policy.Answer = true;
                Check.Equal("200 hello ", Get(service.Url, credentials, true));
                policy.Answer = false;
                Check.Equal("401", Get(service.Url, credentials, true));
                Check.Equal("--+-", service.Pattern);
            }
        }

        [Test, OnMono]
        public void A_wrong_password_is_not_tried_again_and_again()
        {
            using (var service = new Service())
            {
                var wrong = new CredentialCache
                {
                    { new Uri(service.Url), "WSSE", new NetworkCredential("alice", "guess") },
                };
                Check.Equal("401", Get(service.Url, wrong, true));
                Check.Equal("-+", service.Pattern);
                // A header that is sent unasked and refused is not followed by another.
                Check.Equal("401", Get(service.Url, wrong, true));
                Check.Equal("-++", service.Pattern);
                Check.Equal("200 hello ", Get(service.Url, Service.Cache(service.Url), true));
                Check.Equal("-+++", service.Pattern);
            }
        }

        [Test, OnMono]
        public void The_header_does_not_go_along_with_a_redirect()
        {
            using (var other = new LoopbackServer(_ => Answer.Text("elsewhere")))
            using (var service = new Service(_ => Answer.Redirect(302, other.Url)))
            {
                var credentials = Service.Cache(service.Url);
                Check.Equal("302 ", Get(service.Url, credentials, true));
                Check.Equal("302 ", Get(service.Url, credentials, true));
                Check.Equal("-++", service.Pattern);
                Check.Equal(0, other.Received.Count);
            }
        }

        [Test, OnMono]
        public void A_challenge_behind_a_redirect_needs_a_credential_for_that_place()
        {
            using (var other = new Service())
            using (var service = new LoopbackServer(_ => Answer.Redirect(302, other.Url)))
            {
                Check.Equal("401", Get(service.Url, Service.Alice, true));
                Check.Equal("-", other.Pattern);
                Check.Equal("401", Get(service.Url, Service.Cache(service.Url), true));
                Check.Equal("--", other.Pattern);
                Check.Equal("200 hello ", Get(service.Url, Service.Cache(other.Url), true));
                Check.Equal("---+", other.Pattern);
            }
        }

        /// <summary>Mono itself keeps a plain credential from other places; other frameworks may not.</summary>
        [Test, OnMono]
        public void A_plain_credential_is_not_for_the_place_behind_a_redirect()
        {
            AuthenticationManager.Unregister("WSSE");
            var asked = 0;
            AuthenticationManager.Register(new Watched((challenge, request) =>
            {
                asked++;
                return _module.Authenticate(challenge, request, Service.Alice);
            }));
            using (var other = new Service())
            using (var service = new LoopbackServer(_ => Answer.Redirect(302, other.Url)))
            {
                Check.Equal("401", Get(service.Url, Service.Cache(service.Url), true));
                Check.Equal(1, asked);
                Check.Equal("-", other.Pattern);
                Check.Equal("200 hello ", Get(other.Url, Service.Cache(other.Url), true));
                Check.Equal("--+", other.Pattern);
            }
        }

        [Test]
        public void The_module_says_what_it_is()
        {
            Check.Equal("WSSE", _module.AuthenticationType);
            Check.Equal(true, _module.CanPreAuthenticate);
        }

        [Test, OnMono]
        public void Content_is_sent_again()
        {
            using (var service = new Service())
            {
                var request = Request(service.Url, Service.Cache(service.Url), true);
                request.Method = "POST";
                using (var body = new StreamWriter(request.GetRequestStream()))
                {
                    body.Write("a body");
                }
                Check.Equal("200 hello a body", Answered(request));
                Check.Sequence(new[] { "a body", "a body" }, service.Server.Received.Select(r => r.Body));
            }
        }

        [Test, OnMono]
        public void Connections_are_kept()
        {
            using (var service = new Service())
            {
                for (var i = 0; i < 10; i++)
                {
                    Check.Equal("200 hello ", Get(service.Url, Service.Cache(service.Url), true));
                }
                Check.True(service.Server.Connections <= 2, service.Server.Connections + " connections for 10 requests");
            }
        }

        [Test, OnMono]
        public void Every_dialect_gets_in()
        {
            foreach (var dialect in XWsseHeader.Dialects)
            {
                AuthenticationManager.Unregister("WSSE");
                AuthenticationManager.Register(new WsseAuthenticationModule(new WsseHeaderSource(dialect)));
                using (var service = new Service(dialect: dialect))
                {
                    Check.Equal("200 hello ", Get(service.Url, Service.Cache(service.Url), true));
                    Check.Sequence(new string[0], service.Refusals);
                }
            }
        }

        /// <summary>What happens on .NET Core and newer: registering works, and nothing is ever
        /// called.</summary>
        [Test, OnCoreClr]
        public void CoreCLR_never_calls_a_module()
        {
            using (var service = new Service())
            {
                var watched = new Watched((_, __) => null);
                AuthenticationManager.Unregister("WSSE");
                AuthenticationManager.Register(watched);
                Check.Equal("401", Get(service.Url, Service.Cache(service.Url), true));
                Check.Equal("401", Get(service.Url, Service.Cache(service.Url), true));
                Check.Equal(0, watched.Calls);
                Check.Equal("--", service.Pattern);
            }
        }

        private static HttpWebRequest Request(string url, ICredentials credentials, bool preAuthenticate)
        {
            var request = (HttpWebRequest)WebRequest.Create(url);
            request.Credentials = credentials;
            request.PreAuthenticate = preAuthenticate;
            return request;
        }

        private static string Get(string url, ICredentials credentials, bool preAuthenticate)
        {
            return Answered(Request(url, credentials, preAuthenticate));
        }

        /// <summary>The status, and the body if it is not an error.</summary>
        private static string Answered(HttpWebRequest request)
        {
            try
            {
                using (var response = (HttpWebResponse)request.GetResponse())
                using (var body = new StreamReader(response.GetResponseStream()))
                {
                    return (int)response.StatusCode + " " + body.ReadToEnd();
                }
            }
            catch (WebException refused) when (refused.Response != null)
            {
                using (refused.Response)
                {
                    return ((int)((HttpWebResponse)refused.Response).StatusCode).ToString();
                }
            }
        }

        private sealed class Policy : ICredentialPolicy
        {
            internal bool Answer { get; set; }

            internal string Asked { get; private set; }

            public bool ShouldSendCredential(
                Uri challengeUri, WebRequest request, NetworkCredential credential, IAuthenticationModule module)
            {
                Asked = challengeUri + " " + credential.UserName + " " + module.AuthenticationType;
                return Answer;
            }
        }

        private sealed class Watched : IAuthenticationModule
        {
            private readonly Func<string, WebRequest, Authorization> _answer;

            internal Watched(Func<string, WebRequest, Authorization> answer)
            {
                _answer = answer;
            }

            internal int Calls { get; private set; }

            public string AuthenticationType => "WSSE";

            public bool CanPreAuthenticate => true;

            public Authorization Authenticate(string challenge, WebRequest request, ICredentials credentials)
            {
                Calls++;
                return _answer(challenge, request);
            }

            public Authorization PreAuthenticate(WebRequest request, ICredentials credentials)
            {
                Calls++;
                return null;
            }
        }
    }
}
