using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Wsse.Tests
{
    public sealed class LifetimeTests
    {
        [Test]
        public void Disposing_twice_is_fine()
        {
            foreach (var disposable in Disposables())
            {
                disposable.Dispose();
                disposable.Dispose();
            }
        }

        [Test]
        public void What_was_disposed_says_so()
        {
            using (var users = Messages.Users())
            {
                var inbound = new Inbound("preset:username-token", users);
                var outbound = new Outbound("preset:timestamp");
                var check = new HeaderCheck(users);
                var creator = new HeaderCreator("alice", "secret");
                var store = ReplayStore.InMemory();
                var exchange = outbound.Protect(Messages.Envelope).Exchange;
                foreach (var disposable in new IDisposable[] { inbound, outbound, check, creator, store, exchange })
                {
                    disposable.Dispose();
                }
                using (var live = new Inbound("preset:timestamp"))
                {
                    foreach (var call in new Action[]
                    {
                        () => inbound.Validate("<a/>"),
                        () => inbound.Policy.ToString(),
                        () => outbound.Protect("<a/>"),
                        () => outbound.Policy.ToString(),
                        () => check.Check("x"),
                        () => creator.Create(),
                        () => store.Count.ToString(),
                        () => new Inbound("preset:username-token", users, store),
                        () => live.ValidateReply(new byte[1], exchange),
                    })
                    {
                        Check.Throws<ObjectDisposedException>(call);
                    }
                }
            }
            var gone = new Credentials();
            gone.Dispose();
            Check.Throws<ObjectDisposedException>(() => gone.AddPassword("a", "b"));
            Check.Throws<ObjectDisposedException>(() => new Inbound("preset:timestamp", gone));
        }

        [Test]
        public void What_was_given_may_be_disposed_before_what_uses_it()
        {
            Inbound inbound;
            using (var users = Messages.Users())
            using (var store = ReplayStore.InMemory())
            {
                inbound = new Inbound("preset:username-token", users, store);
            }
            using (inbound)
            {
                var message = Messages.FromAlice();
                inbound.Validate(message);
                Check.Refused(Category.InvalidSecurity, "replay", () => inbound.Validate(message));
            }
        }

        [Test]
        public void What_nobody_disposes_is_collected_while_others_work()
        {
            using (var users = Messages.Users())
            {
                for (var round = 0; round < 50; round++)
                {
                    foreach (var forgotten in Disposables())
                    {
                        GC.KeepAlive(forgotten);
                    }
                    var inbound = new Inbound("preset:username-token", users);
                    Check.Equal("alice", inbound.Validate(Messages.FromAlice()).Username);
                    if (round % 10 == 0)
                    {
                        GC.Collect();
                        GC.WaitForPendingFinalizers();
                    }
                }
            }
        }

        [Test]
        public void Eight_threads_share_everything_and_one_of_each_pair_passes()
        {
            const int pairs = 5000;
            using (var alice = Messages.Alice())
            using (var users = Messages.Users())
            using (var store = ReplayStore.InMemory())
            using (var outbound = new Outbound("preset:username-token", alice))
            using (var inbound = new Inbound("preset:username-token", users, store))
            {
                var messages = new byte[2 * pairs][];
                Threads(8, i =>
                {
                    for (; i < pairs; i += 8)
                    {
                        messages[i] = messages[pairs + i] = outbound.Protect(Messages.Envelope).Message;
                    }
                });
                var passed = 0;
                var replays = 0;
                Threads(8, i =>
                {
                    // Each pair is validated by two threads at about the same time.
                    var second = i % 2 == 0 ? 0 : pairs;
                    for (i /= 2; i < pairs; i += 4)
                    {
                        try
                        {
                            inbound.Validate(messages[second + i]);
                            Interlocked.Increment(ref passed);
                        }
                        catch (WsseException refused) when (refused.Cause == "replay")
                        {
                            Interlocked.Increment(ref replays);
                        }
                    }
                });
                Check.Equal("5000 5000", passed + " " + replays);
                Check.Equal(5000L, store.Count);
            }
        }

        [Test]
        public void An_inbound_may_be_disposed_while_a_thread_uses_it()
        {
            using (var users = Messages.Users())
            {
                for (var round = 0; round < 20; round++)
                {
                    var inbound = new Inbound("preset:username-token", users);
                    var message = Messages.FromAlice();
                    Threads(4, i =>
                    {
                        try
                        {
                            for (var n = 0; n < 20; n++)
                            {
                                if (i == 0 && n == 10)
                                {
                                    inbound.Dispose();
                                }
                                try
                                {
                                    inbound.Validate(message);
                                }
                                catch (WsseException refused) when (refused.Cause == "replay")
                                {
                                }
                            }
                        }
                        catch (ObjectDisposedException)
                        {
                        }
                    });
                }
            }
        }

        private static IEnumerable<IDisposable> Disposables()
        {
            using (var users = Messages.Users())
            {
                yield return new Credentials().SetPasswordLookup(_ => null);
                yield return new Inbound("preset:username-token", users, clock: () => Messages.Noon);
                var outbound = new Outbound("preset:timestamp", random: octets => octets[0] = 1);
                yield return outbound.Protect(Messages.Envelope).Exchange;
                yield return outbound;
                yield return new HeaderCheck(users);
                yield return new HeaderCreator("alice", "secret");
                yield return ReplayStore.InMemory();
                yield return ReplayStore.Of((_, __, ___) => true);
            }
        }

        /// <summary>Runs an action in so many threads; throws what one of them threw.</summary>
        private static void Threads(int count, Action<int> action)
        {
            var thrown = new Exception[count];
            var threads = Enumerable.Range(0, count).Select(number => new Thread(() =>
            {
                try
                {
                    action(number);
                }
                catch (Exception failure)
                {
                    thrown[number] = failure;
                }
            })).ToArray();
            foreach (var thread in threads)
            {
                thread.Start();
            }
            foreach (var thread in threads)
            {
                thread.Join();
            }
            var first = thrown.FirstOrDefault(failure => failure != null);
            if (first != null)
            {
                throw new Exception("a thread failed", first);
            }
        }
    }
}
