using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

namespace Wsse.Tests
{
    /// <summary>What a client sent.</summary>
    internal sealed class Received
    {
        internal int Connection;
        internal string Method;
        internal string Path;
        internal string Body;
        internal readonly List<KeyValuePair<string, string>> Headers = new List<KeyValuePair<string, string>>();

        /// <summary>The only header of that name; null if there is none.</summary>
        internal string Header(string name)
        {
            return Headers.SingleOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        }
    }

    /// <summary>What it gets: a status, headers, a body.</summary>
    internal sealed class Answer
    {
        internal int Status = 200;
        internal string Body = "";
        internal readonly List<string> Headers = new List<string>();

        internal static Answer Text(string body)
        {
            return new Answer { Body = body };
        }

        internal static Answer Challenge(params string[] challenges)
        {
            var answer = new Answer { Status = 401, Body = "who are you?" };
            answer.Headers.AddRange(challenges.Select(challenge => "WWW-Authenticate: " + challenge));
            return answer;
        }

        internal static Answer Redirect(int status, string location)
        {
            var answer = new Answer { Status = status };
            answer.Headers.Add("Location: " + location);
            return answer;
        }
    }

    /// <summary>An HTTP/1.1 server on a port of its own that keeps connections open and keeps what it
    /// received.</summary>
    internal sealed class LoopbackServer : IDisposable
    {
        private readonly TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);
        private readonly Func<Received, Answer> _answer;
        private readonly List<Received> _received = new List<Received>();
        private int _connections;
        private bool _stopped;

        internal LoopbackServer(Func<Received, Answer> answer)
        {
            _answer = answer;
            _listener.Start();
            Accept();
        }

        internal string Url => "http://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port;

        internal List<Received> Received
        {
            get
            {
                lock (_received)
                {
                    return _received.ToList();
                }
            }
        }

        internal int Connections => Received.Select(received => received.Connection).Distinct().Count();

        public void Dispose()
        {
            _stopped = true;
            _listener.Stop();
        }

        private async void Accept()
        {
            while (true)
            {
                TcpClient client;
                try
                {
                    client = await _listener.AcceptTcpClientAsync();
                }
                catch (Exception) when (_stopped)
                {
                    return;
                }
                var number = ++_connections;
                _ = Task.Run(() => Serve(client, number));
            }
        }

        private async Task Serve(TcpClient client, int connection)
        {
            using (client)
            {
                client.NoDelay = true;
                var stream = client.GetStream();
                try
                {
                    while (true)
                    {
                        var received = await Read(stream);
                        if (received == null)
                        {
                            return;
                        }
                        received.Connection = connection;
                        lock (_received)
                        {
                            _received.Add(received);
                        }
                        await Write(stream, _answer(received));
                    }
                }
                catch (IOException)
                {
                    // The client went away.
                }
            }
        }

        private static async Task<Received> Read(Stream stream)
        {
            var request = await Line(stream);
            if (string.IsNullOrEmpty(request))
            {
                return null;
            }
            var words = request.Split(' ');
            var received = new Received { Method = words[0], Path = words[1] };
            string line;
            while ((line = await Line(stream)) != "")
            {
                var colon = line.IndexOf(':');
                received.Headers.Add(new KeyValuePair<string, string>(
                    line.Substring(0, colon), line.Substring(colon + 1).Trim()));
            }
            if (received.Header("Expect") != null)
            {
                await Send(stream, "HTTP/1.1 100 Continue\r\n\r\n");
            }
            received.Body = Encoding.UTF8.GetString(await Body(stream, received));
            return received;
        }

        private static async Task<byte[]> Body(Stream stream, Received received)
        {
            if (received.Header("Transfer-Encoding") == null)
            {
                return await Octets(stream, int.Parse(received.Header("Content-Length") ?? "0"));
            }
            var body = new MemoryStream();
            while (true)
            {
                var length = Convert.ToInt32((await Line(stream)).Split(';')[0], 16);
                var chunk = await Octets(stream, length);
                body.Write(chunk, 0, length);
                await Line(stream);
                if (length == 0)
                {
                    return body.ToArray();
                }
            }
        }

        private static async Task<byte[]> Octets(Stream stream, int length)
        {
            var octets = new byte[length];
            for (var have = 0; have < length;)
            {
                var read = await stream.ReadAsync(octets, have, length - have);
                if (read == 0)
                {
                    throw new IOException("the request ends early");
                }
                have += read;
            }
            return octets;
        }

        private static async Task<string> Line(Stream stream)
        {
            var line = new StringBuilder();
            var octet = new byte[1];
            while (await stream.ReadAsync(octet, 0, 1) == 1)
            {
                if (octet[0] == '\n')
                {
                    return line.ToString().TrimEnd('\r');
                }
                line.Append((char)octet[0]);
            }
            return null;
        }

        private static async Task Write(Stream stream, Answer answer)
        {
            var body = Encoding.UTF8.GetBytes(answer.Body);
            var head = new StringBuilder("HTTP/1.1 " + answer.Status + " Status\r\n");
            foreach (var header in answer.Headers)
            {
                head.Append(header).Append("\r\n");
            }
            head.Append("Content-Length: ").Append(body.Length).Append("\r\n\r\n");
            await Send(stream, head + answer.Body);
        }

        private static Task Send(Stream stream, string text)
        {
            var octets = Encoding.UTF8.GetBytes(text);
            return stream.WriteAsync(octets, 0, octets.Length);
        }
    }
}
