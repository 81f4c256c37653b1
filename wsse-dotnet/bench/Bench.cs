using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Wsse;

/// <summary>
/// The .NET side of the benchmark, which speaks as wsse-bench does: for each line "CASE OCTETS CALLS" on
/// standard input it answers with the nanoseconds that all the calls took, and the octets that one read.
/// The message of that size is read from the file that the first argument names.
/// </summary>
internal static class Bench
{
    // As in bench/src/main.rs.
    private const int CallsPrepared = 256;
    private const string Username = "alice";
    private const string Password = "correct horse battery staple";

    private static int Main(string[] arguments)
    {
        var message = File.ReadAllBytes(arguments[0]);
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            var words = line.Split(' ');
            var taken = new Stopwatch();
            for (var left = int.Parse(words[2]); left > 0; left -= CallsPrepared)
            {
                var turn = Math.Min(left, CallsPrepared);
                using (var prepared = new Prepared(words[0], message, turn))
                {
                    taken.Start();
                    for (var i = 0; i < turn; i++)
                    {
                        prepared.Run(i);
                    }
                    taken.Stop();
                }
            }
            Console.WriteLine((long)(taken.ElapsedTicks * 1e9 / Stopwatch.Frequency) + " " + message.Length);
        }
        return 0;
    }

    /// <summary>What one turn needs, made before the watch runs.</summary>
    private sealed class Prepared : IDisposable
    {
        private readonly List<IDisposable> _owned = new List<IDisposable>();

        internal Prepared(string name, byte[] message, int calls)
        {
            var users = Own(new Credentials().AddPassword(Username, Password));
            var alice = Own(Credentials.Of(Username, Password));
            var creator = Own(new HeaderCreator(Username, Password));
            var outbound = Own(new Outbound("version = 1\norder = [\"username-token\"]", alice));
            switch (name)
            {
                case "header":
                    Run = _ => creator.Create();
                    break;
                case "header-check":
                    var check = Own(new HeaderCheck(users));
                    var headers = Enumerable.Range(0, calls).Select(_ => creator.Create()).ToArray();
                    Run = i => check.Check(headers[i]);
                    break;
                case "token":
                    Run = _ => outbound.Protect(message);
                    break;
                case "validate":
                    var policy = "version = 1\nrequire = { username-token = \"digest\" }";
                    var inbound = Own(new Inbound(policy, users));
                    var messages = Enumerable.Range(0, calls).Select(_ => outbound.Protect(message).Message).ToArray();
                    Run = i => inbound.Validate(messages[i]);
                    break;
                default:
                    throw new ArgumentException("no such case: " + name);
            }
        }

        internal Action<int> Run { get; }

        public void Dispose()
        {
            foreach (var owned in _owned)
            {
                owned.Dispose();
            }
        }

        private T Own<T>(T disposable)
            where T : IDisposable
        {
            _owned.Add(disposable);
            return disposable;
        }
    }
}
