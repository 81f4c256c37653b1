using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Wsse.Tests
{
    /// <summary>The header goes to the origin that the request was made for, and nowhere else.</summary>
    public sealed class HandlerRedirectTests
    {
        [Test]
        public async Task A_redirect_to_the_same_origin_is_followed_with_a_new_header()
        {
            using (var service = new Service(received => received.Path == "/old"
                ? Answer.Redirect(302, "/new")
                : Answer.Text(received.Path)))
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                Check.Equal("/new", await client.GetStringAsync(service.Url + "/old"));
                Check.Equal("-++", service.Pattern);
                Check.Sequence(new string[0], service.Refusals);
            }
        }

        [Test]
        public async Task A_redirect_to_another_origin_leaves_the_headers_behind()
        {
            foreach (var status in new[] { 301, 302, 303, 307, 308 })
            {
                using (var other = new LoopbackServer(_ => Answer.Text("elsewhere")))
                using (var service = new Service(_ => Answer.Redirect(status, other.Url + "/x")))
                using (var client = new HttpClient(new WsseHandler(Service.Alice) { SendAtOnce = true }))
                {
                    client.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", "a=b");
                    Check.Equal("elsewhere", await client.GetStringAsync(service.Url));
                    Check.Equal("+", service.Pattern);
                    var received = other.Received.Single();
                    Check.Equal(null, received.Header("X-WSSE"));
                    Check.Equal(null, received.Header("Authorization"));
                    Check.Equal(null, received.Header("Cookie"));
                    Check.Equal("a=b", service.Server.Received.Single().Header("Cookie"));
                }
            }
        }

        [Test]
        public async Task A_redirect_to_another_host_name_of_the_same_machine_is_another_origin()
        {
            LoopbackServer itself = null;
            using (var service = new Service(received => received.Path == "/open"
                ? Answer.Text("open")
                : Answer.Redirect(302, itself.Url.Replace("127.0.0.1", "localhost") + "/open")))
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                itself = service.Server;
                Check.Equal("open", await client.GetStringAsync(service.Url + "/old"));
                Check.Equal("-+-", service.Pattern);
            }
        }

        [Test]
        public async Task A_challenge_of_another_origin_is_not_answered()
        {
            using (var other = new Service())
            using (var service = new Service(_ => Answer.Redirect(302, other.Url)))
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                var response = await client.GetAsync(service.Url);
                Check.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
                Check.Equal("-", other.Pattern);
            }
        }

        [Test]
        public async Task Nobody_is_led_back_home_with_the_header()
        {
            LoopbackServer home = null;
            using (var other = new LoopbackServer(_ => Answer.Redirect(302, home.Url + "/open/transfer")))
            using (var service = new Service(received => received.Path == "/old"
                ? Answer.Redirect(302, other.Url)
                : Answer.Text("open")))
            using (var client = new HttpClient(new WsseHandler(Service.Alice)))
            {
                home = service.Server;
                Check.Equal("open", await client.GetStringAsync(service.Url + "/old"));
                Check.Equal("-+-", service.Pattern);
                Check.Equal(null, other.Received.Single().Header("X-WSSE"));
            }
        }

        [Test]
        public async Task Redirects_end()
        {
            using (var service = new Service(_ => Answer.Redirect(302, "/again")))
            using (var client = new HttpClient(new WsseHandler(Service.Alice) { MaximumRedirections = 3 }))
            {
                Check.Equal(HttpStatusCode.Redirect, (await client.GetAsync(service.Url)).StatusCode);
                Check.Equal("-++++", service.Pattern);
            }
            using (var service = new Service(_ => Answer.Redirect(302, "/again")))
            using (var client = new HttpClient(new WsseHandler(Service.Alice) { FollowRedirects = false }))
            {
                Check.Equal(HttpStatusCode.Redirect, (await client.GetAsync(service.Url)).StatusCode);
                Check.Equal("-+", service.Pattern);
            }
        }

        [Test]
        public async Task Methods_and_content_change_as_the_standard_has_it()
        {
            foreach (var words in new[]
            {
                "POST 301 GET ", "POST 302 GET ", "POST 303 GET ", "POST 307 POST body", "POST 308 POST body",
                "PUT 301 PUT body", "PUT 302 PUT body", "PUT 303 GET ", "PUT 307 PUT body",
            })
            {
                var sent = words.Substring(0, words.IndexOf(' '));
                var expected = words.Substring(sent.Length + 1);
                var status = int.Parse(expected.Substring(0, 3));
                using (var service = new Service(received => received.Path == "/old"
                    ? Answer.Redirect(status, "/new")
                    : Answer.Text(status + " " + received.Method + " " + received.Body)))
                using (var client = new HttpClient(new WsseHandler(Service.Alice)))
                {
                    var request = new HttpRequestMessage(new HttpMethod(sent), service.Url + "/old");
                    request.Content = new StringContent("body");
                    var response = await client.SendAsync(request);
                    Check.Equal(expected, await response.Content.ReadAsStringAsync());
                }
            }
        }

        [Test]
        public async Task No_redirect_leads_out_of_TLS()
        {
            foreach (var place in new[] { "http://one.invalid/", "http://one.invalid:443/", "http://other.invalid/" })
            {
                var below = new Answers(_ => Moved(place));
                using (var client = new HttpClient(new WsseHandler(Service.Alice, below) { SendAtOnce = true }))
                {
                    Check.Equal(HttpStatusCode.Redirect, (await client.GetAsync("https://one.invalid/")).StatusCode);
                    Check.Sequence(new[] { "https://one.invalid/ +" }, below.Asked);
                }
            }
        }

        [Test]
        public async Task Schemes_hosts_and_ports_make_the_origin()
        {
            foreach (var expected in new[]
            {
                "+ https://one.invalid:443/x",
                "+ https://ONE.invalid/x",
                "+ //one.invalid/x",
                "+ x?y",
                "- https://one.invalid:444/x",
                "- https://one.invalid.other.invalid/x",
                "- https://one.invalid@other.invalid/x",
                "- //other.invalid/x",
            })
            {
                var mark = expected.Substring(0, 1);
                var place = expected.Substring(2);
                var below = new Answers(asked => asked.EndsWith("/") ? Moved(place) : new HttpResponseMessage());
                using (var client = new HttpClient(new WsseHandler(Service.Alice, below) { SendAtOnce = true }))
                {
                    Check.Equal(HttpStatusCode.OK, (await client.GetAsync("https://one.invalid/")).StatusCode);
                    Check.Equal(2, below.Asked.Count);
                    Check.True(below.Asked[1].EndsWith(mark), place + ": " + below.Asked[1]);
                }
            }
        }

        [Test]
        public async Task Places_that_are_not_HTTP_are_not_followed()
        {
            foreach (var place in new[] { "ftp://127.0.0.1/", "file:///etc/passwd" })
            {
                using (var service = new Service(_ => Answer.Redirect(302, place)))
                using (var client = new HttpClient(new WsseHandler(Service.Alice)))
                {
                    Check.Equal(HttpStatusCode.Redirect, (await client.GetAsync(service.Url)).StatusCode);
                }
            }
        }

        [Test]
        public async Task A_handler_below_that_follows_redirects_is_refused_before_anything_is_sent()
        {
            using (var service = new Service())
            using (var client = new HttpClient(
                new WsseHandler(Service.Alice, new Between { InnerHandler = new HttpClientHandler() })))
            {
                var refused = await Check.ThrowsAsync<InvalidOperationException>(() => client.GetAsync(service.Url));
                Check.Contains("AllowAutoRedirect = false", refused.Message);
                Check.Equal("", service.Pattern);
            }
        }

        [Test]
        public async Task A_handler_below_that_followed_one_anyway_is_found_out()
        {
            using (var client = new HttpClient(
                new WsseHandler(Service.Alice, new FollowsByItself()) { SendAtOnce = true }))
            {
                var found = await Check.ThrowsAsync<InvalidOperationException>(
                    () => client.GetAsync("http://one.invalid/"));
                Check.Contains("http://other.invalid:80", found.Message);
            }
        }

        [Test]
        public async Task Another_handler_may_stand_between()
        {
            var below = new HttpClientHandler { AllowAutoRedirect = false };
            using (var service = new Service())
            using (var client = new HttpClient(
                new WsseHandler(Service.Alice, new Between { InnerHandler = below })))
            {
                Check.Equal("hello ", await client.GetStringAsync(service.Url));
            }
        }

        private static HttpResponseMessage Moved(string place)
        {
            var response = new HttpResponseMessage(HttpStatusCode.Redirect);
            response.Headers.Location = new Uri(place, UriKind.RelativeOrAbsolute);
            return response;
        }

        /// <summary>Answers without a network, and keeps what was asked: "+" for a request with the header.</summary>
        private sealed class Answers : HttpMessageHandler
        {
            private readonly Func<string, HttpResponseMessage> _answer;

            internal Answers(Func<string, HttpResponseMessage> answer)
            {
                _answer = answer;
            }

            internal List<string> Asked { get; } = new List<string>();

            protected override Task<HttpResponseMessage> SendAsync(
                HttpRequestMessage request, CancellationToken cancellationToken)
            {
                var uri = request.RequestUri.AbsoluteUri;
                Asked.Add(uri + (request.Headers.Contains("X-WSSE") ? " +" : " -"));
                var response = _answer(uri);
                response.RequestMessage = request;
                return Task.FromResult(response);
            }
        }

        private sealed class Between : DelegatingHandler
        {
        }

        private sealed class FollowsByItself : HttpMessageHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(
                HttpRequestMessage request, CancellationToken cancellationToken)
            {
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
                {
                    RequestMessage = new HttpRequestMessage(HttpMethod.Get, "http://other.invalid/"),
                });
            }
        }
    }
}
