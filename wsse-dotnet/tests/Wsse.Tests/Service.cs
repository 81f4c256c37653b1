using System;
using System.Collections.Generic;
using System.Net;

namespace Wsse.Tests
{
    /// <summary>A server that lets alice in, whose password is secret, and challenges everyone else.</summary>
    internal sealed class Service : IDisposable
    {
        private const string Challenge = "WSSE realm=\"orders\", profile=\"UsernameToken\"";
        private readonly HeaderCheck _check;
        private readonly Func<Received, Answer> _inside;
        private readonly string[] _challenges;

        internal Service(
            Func<Received, Answer> inside = null, string dialect = "atom", string[] challenges = null)
        {
            using (var users = new Credentials().AddPassword("alice", "secret"))
            {
                _check = new HeaderCheck(users, dialect);
            }
            _inside = inside ?? (received => Answer.Text("hello " + received.Body));
            _challenges = challenges ?? new[] { Challenge };
            Server = new LoopbackServer(Guard);
        }

        internal LoopbackServer Server { get; }

        internal string Url => Server.Url;

        /// <summary>Why headers were refused, in order.</summary>
        internal List<string> Refusals { get; } = new List<string>();

        internal static NetworkCredential Alice => new NetworkCredential("alice", "secret");

        /// <summary>Which requests carried the header: "-" for one without, "+" for one with it.</summary>
        internal string Pattern
        {
            get
            {
                var pattern = "";
                foreach (var received in Server.Received)
                {
                    pattern += received.Header("X-WSSE") == null ? "-" : "+";
                }
                return pattern;
            }
        }

        internal static CredentialCache Cache(string url)
        {
            return new CredentialCache { { new Uri(url), "WSSE", Alice } };
        }

        public void Dispose()
        {
            Server.Dispose();
            _check.Dispose();
        }

        private Answer Guard(Received received)
        {
            if (received.Path.StartsWith("/open"))
            {
                return _inside(received);
            }
            var header = received.Header("X-WSSE");
            if (header == null)
            {
                return Answer.Challenge(_challenges);
            }
            try
            {
                Check.Equal("alice", _check.Check(header).Username);
            }
            catch (WsseException refused)
            {
                lock (Refusals)
                {
                    Refusals.Add(refused.Cause);
                }
                return Answer.Challenge(_challenges);
            }
            return _inside(received);
        }
    }
}
