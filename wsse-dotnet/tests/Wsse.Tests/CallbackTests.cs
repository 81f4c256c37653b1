using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;

namespace Wsse.Tests
{
    public sealed class CallbackTests
    {
        private static readonly Exception Trouble = new InvalidOperationException("the database is down");

        [Test]
        public void Passwords_are_looked_up()
        {
            var asked = new List<string>();
            using (var users = new Credentials().SetPasswordLookup(username =>
            {
                asked.Add(username);
                return username == "alice" ? new[] { "old", "secret" } : null;
            }))
            using (var inbound = new Inbound("preset:username-token", users))
            {
                Check.Equal("alice", inbound.Validate(Messages.FromAlice()).Username);
                Check.Refused(
                    Category.FailedAuthentication,
                    "failed-authentication",
                    () => inbound.Validate(Messages.FromAlice(new Call { Username = "älice", Password = "x" })));
                Check.Sequence(new[] { "alice", "älice" }, asked);
            }
        }

        [Test]
        public void A_verifier_judges_clear_text()
        {
            using (var alice = Messages.Alice())
            using (var outbound = new Outbound("preset:username-text", alice))
            using (var users = new Credentials().SetPasswordVerifier(
                (username, password) => username == "alice" && password == "secret"))
            using (var inbound = new Inbound("preset:username-text", users))
            {
                Check.Equal("alice", inbound.Validate(outbound.Protect(Messages.Envelope).Message).Username);
                var wrong = outbound.Protect(Messages.Envelope, new Call { Username = "alice", Password = "guess" });
                Check.Refused(
                    Category.FailedAuthentication, "failed-authentication", () => inbound.Validate(wrong.Message));
            }
        }

        [Test]
        public void What_a_callback_throws_is_inside_the_refusal()
        {
            using (var lookup = new Credentials().SetPasswordLookup(_ => throw Trouble))
            using (var inbound = new Inbound("preset:username-token", lookup))
            {
                Unavailable("passwords-unavailable", () => inbound.Validate(Messages.FromAlice()));
            }
            using (var alice = Messages.Alice())
            using (var outbound = new Outbound("preset:username-text", alice))
            using (var verifier = new Credentials().SetPasswordVerifier((_, __) => throw Trouble))
            using (var inbound = new Inbound("preset:username-text", verifier))
            {
                var message = outbound.Protect(Messages.Envelope).Message;
                Unavailable("passwords-unavailable", () => inbound.Validate(message));
            }
            using (var users = Messages.Users())
            using (var store = ReplayStore.Of((_, __, ___) => throw Trouble))
            using (var inbound = new Inbound("preset:username-token", users, store))
            {
                Unavailable("replay-store-unavailable", () => inbound.Validate(Messages.FromAlice()));
            }
            using (var inbound = new Inbound("preset:timestamp", clock: () => throw Trouble))
            {
                Unavailable("clock-unavailable", () => inbound.Validate(Messages.FromAlice()));
            }
            using (var outbound = new Outbound("preset:timestamp", clock: () => throw Trouble))
            {
                Unavailable("clock-unavailable", () => outbound.Protect(Messages.Envelope));
            }
            using (var alice = Messages.Alice())
            using (var outbound = new Outbound("preset:username-token", alice, random: _ => throw Trouble))
            {
                Unavailable("random-unavailable", () => outbound.Protect(Messages.Envelope));
            }
        }

        [Test]
        public void A_later_refusal_does_not_hold_an_earlier_exception()
        {
            var fails = true;
            using (var users = new Credentials().SetPasswordLookup(_ => fails ? throw Trouble : new[] { "other" }))
            using (var inbound = new Inbound("preset:username-token", users))
            {
                Unavailable("passwords-unavailable", () => inbound.Validate(Messages.FromAlice()));
                fails = false;
                var refused = Check.Refused(
                    Category.FailedAuthentication,
                    "failed-authentication",
                    () => inbound.Validate(Messages.FromAlice()));
                Check.Equal(null, refused.InnerException);
            }
        }

        [Test]
        public void A_callback_may_use_the_library()
        {
            var message = Messages.FromAlice();
            using (var users = Messages.Users())
            using (var within = new Inbound("preset:username-token", users))
            using (var lookup = new Credentials().SetPasswordLookup(_ =>
            {
                within.Validate(message);
                Check.Throws<WsseException>(() => within.Validate(message));
                throw Trouble;
            }))
            using (var inbound = new Inbound("preset:username-token", lookup))
            {
                Unavailable("passwords-unavailable", () => inbound.Validate(message));
            }
        }

        [Test]
        public void A_store_remembers()
        {
            var entries = new Dictionary<string, DateTimeOffset>();
            DateTimeOffset asked = default(DateTimeOffset);
            using (var users = Messages.Users())
            using (var store = ReplayStore.Of((key, expires, now) =>
            {
                Check.Equal(32, key.Length);
                asked = now;
                var name = Convert.ToBase64String(key);
                var isNew = !entries.ContainsKey(name);
                entries[name] = expires;
                return isNew;
            }))
            using (var inbound = new Inbound("preset:username-token", users, store, () => Messages.Noon))
            {
                var message = Messages.FromAlice(clock: () => Messages.Noon);
                inbound.Validate(message);
                Check.Refused(Category.InvalidSecurity, "replay", () => inbound.Validate(message));
                Check.Equal(1, entries.Count);
                Check.Equal(Messages.Noon, asked);
                Check.True(entries.Values.Single() > Messages.Noon, "the entry has expired already");
                Check.Equal(0L, store.Count);
            }
        }

        [Test]
        public void Stores_in_memory_are_shared_and_limited()
        {
            using (var users = Messages.Users())
            using (var store = ReplayStore.InMemory(1))
            using (var one = new Inbound("preset:username-token", users, store))
            using (var other = new Inbound("preset:username-token", users, store))
            {
                var message = Messages.FromAlice();
                one.Validate(message);
                Check.Refused(Category.InvalidSecurity, "replay", () => other.Validate(message));
                Check.Equal(1L, store.Count);
                Check.Equal(false, store.IsForked);
                // The capacity is divided among parts that are locked apart.
                Check.Refused(Category.Unavailable, "replay-store-unavailable", () =>
                {
                    for (var i = 0; i < 1000; i++)
                    {
                        other.Validate(Messages.FromAlice());
                    }
                });
            }
            Check.Throws<ArgumentOutOfRangeException>(() => ReplayStore.InMemory(-1));
        }

        [Test]
        public void Randomness_and_clock_are_those_that_are_given()
        {
            using (var alice = Messages.Alice())
            using (var outbound = new Outbound(
                "preset:username-token",
                alice,
                () => Messages.Noon.AddTicks(1234567),
                octets =>
                {
                    for (var i = 0; i < octets.Length; i++)
                    {
                        octets[i] = 7;
                    }
                }))
            {
                var text = outbound.Protect(Messages.Envelope).Text;
                Check.Contains(Convert.ToBase64String(Enumerable.Repeat((byte)7, 16).ToArray()), text);
                Check.Contains("2024-05-01T12:00:00.123Z", text);
            }
        }

        [Test]
        public void Instants_before_1970_keep_their_order()
        {
            using (var outbound = new Outbound(
                "preset:timestamp", clock: () => new DateTimeOffset(1969, 12, 31, 23, 59, 59, 250, TimeSpan.Zero)))
            {
                Check.Contains(">1969-12-31T23:59:59.250Z<", outbound.Protect(Messages.Envelope).Text);
            }
        }

        [Test]
        public void Delegates_live_as_long_as_what_uses_them_and_no_longer()
        {
            var inbound = WithLookup(out var delegateTarget);
            for (var i = 0; i < 5; i++)
            {
                Collect();
                Check.Equal("alice", inbound.Validate(Messages.FromAlice()).Username);
            }
            Check.True(delegateTarget.IsAlive, "collected too early");
            inbound.Dispose();
            // Mono's collector may see an old address on the stack, so the last round is of another size.
            for (var i = 0; i < 20 && delegateTarget.IsAlive; i++)
            {
                Pressure(i);
                Collect();
            }
            Check.True(!delegateTarget.IsAlive, "never collected");
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Inbound WithLookup(out WeakReference target)
        {
            var passwords = new Passwords();
            target = new WeakReference(passwords);
            using (var users = new Credentials().SetPasswordLookup(passwords.Find))
            {
                return new Inbound("preset:username-token", users);
            }
        }

        internal static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        internal static int Pressure(int depth)
        {
            var garbage = new byte[1000 * (depth + 1)];
            return depth == 0 ? garbage.Length : garbage.Length + Pressure(depth - 1);
        }

        private static void Unavailable(string cause, Action action)
        {
            var refused = Check.Refused(Category.Unavailable, cause, action);
            Check.True(ReferenceEquals(Trouble, refused.InnerException), "inside is " + refused.InnerException);
        }

        private sealed class Passwords
        {
            internal IEnumerable<string> Find(string username)
            {
                return new[] { "secret" };
            }
        }
    }
}
