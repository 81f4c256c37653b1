using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Wsse.Tests
{
    public sealed class HandlerTests
    {
        [Test]
        public async Task A_challenge_is_answered_once()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                Check.Equal("hello ", await client.GetStringAsync(service.Url + "/orders"));
                Check.Equal("-+", service.Pattern);
                var answered = service.Server.Received[1];
                Check.Equal("WSSE profile=\"UsernameToken\"", answered.Header("Authorization"));
                Check.Equal(null, service.Server.Received[0].Header("Authorization"));
            }
        }

        [Test]
        public async Task An_origin_that_asked_gets_the_header_unasked_with_a_new_nonce_each_time()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                for (var i = 0; i < 5; i++)
                {
                    await client.GetStringAsync(service.Url + "/" + i);
                }
                Check.Equal("-+++++", service.Pattern);
                var headers = service.Server.Received.Select(r => r.Header("X-WSSE")).Where(h => h != null);
                Check.Equal(5, headers.Distinct().Count());
                Check.Sequence(new string[0], service.Refusals);
            }
        }

        [Test]
        public async Task Connections_are_kept()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                for (var i = 0; i < 10; i++)
                {
                    await client.GetStringAsync(service.Url + "/" + i);
                }
                Check.True(service.Server.Connections <= 2, service.Server.Connections + " connections for 10 requests");
            }
        }

        [Test]
        public async Task Without_pre_authentication_each_request_is_challenged()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice) { PreAuthenticate = false }))
            {
                await client.GetStringAsync(service.Url + "/1");
                await client.GetStringAsync(service.Url + "/2");
                Check.Equal("-+-+", service.Pattern);
            }
        }

        [Test]
        public async Task The_header_can_be_sent_at_once()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice) { SendAtOnce = true }))
            {
                await client.GetStringAsync(service.Url + "/1");
                Check.Equal("+", service.Pattern);
            }
        }

        [Test]
        public async Task Another_origin_has_to_ask_first()
        {
            using (var one = new Service())
            using (var other = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                await client.GetStringAsync(one.Url);
                await client.GetStringAsync(other.Url);
                Check.Equal("-+", one.Pattern);
                Check.Equal("-+", other.Pattern);
            }
        }

        [Test]
        public async Task Content_is_sent_again()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                var content = new StringContent("a body", Encoding.UTF8, "text/plain");
                var answer = await client.PostAsync(service.Url + "/orders", content);
                Check.Equal("hello a body", await answer.Content.ReadAsStringAsync());
                Check.Sequence(new[] { "a body", "a body" }, service.Server.Received.Select(r => r.Body));
                Check.Sequence(
                    new[] { "text/plain; charset=utf-8", "text/plain; charset=utf-8" },
                    service.Server.Received.Select(r => r.Header("Content-Type")));
                Check.Equal("-+", service.Pattern);
            }
        }

        [Test]
        public async Task Content_that_is_too_large_to_keep_is_sent_once()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice) { MaximumBufferedContent = 5 }))
            {
                var first = await client.PostAsync(service.Url, new StringContent("six6ix"));
                Check.Equal(HttpStatusCode.Unauthorized, first.StatusCode);
                Check.Equal("-", service.Pattern);
                var second = await client.PostAsync(service.Url, new StringContent("six6ix"));
                Check.Equal("hello six6ix", await second.Content.ReadAsStringAsync());
                Check.Equal("-+", service.Pattern);
            }
        }

        [Test]
        public async Task Content_of_unknown_length_is_sent_once()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                var first = await client.PostAsync(service.Url, new StreamContent(new Unseekable("stream")));
                Check.Equal(HttpStatusCode.Unauthorized, first.StatusCode);
                var second = await client.PostAsync(service.Url, new StreamContent(new Unseekable("stream")));
                Check.Equal("hello stream", await second.Content.ReadAsStringAsync());
                Check.Equal("-+", service.Pattern);
            }
        }

        [Test]
        public async Task A_wrong_password_is_tried_once_for_each_request()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(new NetworkCredential("alice", "guess"))))
            {
                Check.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(service.Url)).StatusCode);
                Check.Equal("-+", service.Pattern);
                Check.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(service.Url)).StatusCode);
                Check.Equal("-+-+", service.Pattern);
                Check.Sequence(new[] { "failed-authentication", "failed-authentication" }, service.Refusals);
            }
        }

        [Test]
        public async Task An_origin_that_refuses_the_header_has_to_ask_again()
        {
            var credential = Service.Alice;
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(credential)))
            {
                await client.GetStringAsync(service.Url);
                credential.Password = "guess";
                Check.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(service.Url)).StatusCode);
                credential.Password = "secret";
                await client.GetStringAsync(service.Url);
                Check.Equal("-++-+", service.Pattern);
            }
        }

        [Test]
        public async Task Only_a_WSSE_challenge_is_answered()
        {
            foreach (var challenges in new[]
            {
                new[] { "Basic realm=\"say WSSE please\"" },
                new[] { "Digest realm=\"a, WSSE realm=\\\"b\\\"\", nonce=\"WSSE\"" },
                new[] { "WSSEx realm=\"a\"" },
                new[] { "WSSE realm=\"a\", profile=\"AnotherToken\"" },
                new string[0],
            })
            {
                using (var service = new Service(challenges: challenges))
                using (var client = new HttpClient(new WsseHandler(Service.Alice)))
                {
                    Check.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(service.Url)).StatusCode);
                    Check.Equal("-", service.Pattern);
                }
            }
        }

        [Test]
        public async Task A_WSSE_challenge_is_found_among_others()
        {
            foreach (var challenges in new[]
            {
                new[] { "Basic realm=\"orders\"", "WSSE realm=\"orders\", profile=\"UsernameToken\"" },
                new[] { "Basic realm=\"a, b\", WSSE realm=\"orders\", profile=\"UsernameToken\"" },
                new[] { "wsse profile=\"UsernameToken\"" },
            })
            {
                using (var service = new Service(challenges: challenges))
                using (var client = new HttpClient(new WsseHandler(Service.Alice)))
                {
                    await client.GetStringAsync(service.Url);
                    Check.Equal("-+", service.Pattern);
                }
            }
        }

        [Test]
        public async Task The_credential_cache_is_asked_for_the_type_WSSE()
        {
            using (var service = new Service())
            {
                var basic = new CredentialCache { { new Uri(service.Url), "Basic", Service.Alice } };
                using (var client = new HttpClient(new WsseHandler(basic)))
                {
                    Check.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(service.Url)).StatusCode);
                    Check.Equal("-", service.Pattern);
                }
                using (var client = new HttpClient(new WsseHandler(Service.Cache(service.Url))))
                {
                    await client.GetStringAsync(service.Url);
                    Check.Equal("--+", service.Pattern);
                }
            }
        }

        [Test]
        public async Task Every_dialect_gets_in()
        {
            foreach (var dialect in XWsseHeader.Dialects)
            {
                using (var service = new Service(dialect: dialect))
                using (var client = new HttpClient(
                    new WsseHandler(Service.Alice) { HeaderSource = new WsseHeaderSource(dialect) }))
                {
                    Check.Equal("hello ", await client.GetStringAsync(service.Url));
                    Check.Sequence(new string[0], service.Refusals);
                }
            }
        }

        [Test]
        public async Task A_header_of_the_caller_is_replaced()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                client.DefaultRequestHeaders.TryAddWithoutValidation("X-WSSE", "UsernameToken old");
                await client.GetStringAsync(service.Url);
                Check.Equal("-+", service.Pattern);
            }
        }

        [Test]
        public async Task Other_headers_and_the_method_survive()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                var request = new HttpRequestMessage(new HttpMethod("PROPFIND"), service.Url + "/a?b=c");
                request.Headers.Add("Accept", "application/xml");
                request.Headers.Add("X-Other", "one");
                await client.SendAsync(request);
                foreach (var received in service.Server.Received)
                {
                    Check.Equal("PROPFIND /a?b=c", received.Method + " " + received.Path);
                    Check.Equal("application/xml", received.Header("Accept"));
                    Check.Equal("one", received.Header("X-Other"));
                }
                Check.Equal("-+", service.Pattern);
            }
        }

        [Test]
        public async Task An_authorization_of_the_caller_stays()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                client.DefaultRequestHeaders.Add("Authorization", "Bearer token");
                await client.GetStringAsync(service.Url);
                Check.Equal("-+", service.Pattern);
                Check.Sequence(
                    new[] { "Bearer token", "Bearer token" },
                    service.Server.Received.Select(received => received.Header("Authorization")));
            }
        }

        [Test]
        public async Task Handlers_below_see_what_the_caller_attached()
        {
            var below = new Attached();
            using (var invoker = new HttpMessageInvoker(new WsseHandler(Service.Alice, below)))
            {
                var request = new HttpRequestMessage(HttpMethod.Get, "http://one.invalid/") { Version = HttpVersion.Version10 };
                request.Properties["key"] = "value";
                await invoker.SendAsync(request, CancellationToken.None);
                Check.Equal("value 1.0", below.Seen);
            }
        }

        [Test]
        public async Task A_user_name_cannot_smuggle_a_header()
        {
            using (var service = new Service())
            using (var client = new HttpClient(
                new WsseHandler(new NetworkCredential("alice\r\nX-Other: 1", "secret")) { SendAtOnce = true }))
            {
                var refused = await Check.ThrowsAsync<WsseException>(() => client.GetAsync(service.Url));
                Check.Equal(Category.Misuse, refused.Category);
                Check.Equal("", service.Pattern);
            }
        }

        [Test]
        public async Task A_request_needs_an_absolute_address()
        {
            using (var invoker = new HttpMessageInvoker(new WsseHandler(Service.Alice)))
            {
                var request = new HttpRequestMessage(HttpMethod.Get, "/orders");
                await Check.ThrowsAsync<InvalidOperationException>(
                    () => invoker.SendAsync(request, CancellationToken.None));
            }
        }

        [Test]
        public async Task Eight_threads_share_one_handler()
        {
            using (var service = new Service())
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
                {
                    for (var i = 0; i < 25; i++)
                    {
                        await client.GetStringAsync(service.Url);
                    }
                })));
                Check.Equal(200, service.Pattern.Count(mark => mark == '+'));
                Check.Sequence(new string[0], service.Refusals);
            }
        }

        private sealed class Attached : HttpMessageHandler
        {
            internal string Seen { get; private set; }

            protected override Task<HttpResponseMessage> SendAsync(
                HttpRequestMessage request, CancellationToken cancellationToken)
            {
                Seen = request.Properties["key"] + " " + request.Version;
                return Task.FromResult(new HttpResponseMessage());
            }
        }

        /// <summary>A body whose length nobody knows before its end.</summary>
        private sealed class Unseekable : MemoryStream
        {
            internal Unseekable(string text)
                : base(Encoding.UTF8.GetBytes(text))
            {
            }

            public override bool CanSeek => false;
        }
    }
}
