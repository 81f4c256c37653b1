using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Wsse.Tests
{
    public sealed class RemoteKeyTests
    {
        private const string SignByName =
            "version = 1\nsignature = [{ key = \"alice\", reference = \"key-name\", method = \"hmac-sha256\", " +
            "parts = [\"body\"] }]\n";

        private static readonly Exception Trouble = new TimeoutException("no answer within 2 seconds");

        [Test]
        public void A_key_elsewhere_signs()
        {
            var expected = Protect(Keys.Pair("client"));
            var asked = new List<SigningRequest>();
            var signature = SignatureOf(expected);
            var message = Protect(Elsewhere(request =>
            {
                asked.Add(request);
                return signature;
            }));
            Check.Sequence(expected, message);
            var one = asked.Single();
            Check.Equal("rsa-sha256", one.Method);
            Check.Equal("sha256", one.DigestMethod);
            Check.Equal(true, Encoding.UTF8.GetString(one.Octets).StartsWith("<ds:SignedInfo", StringComparison.Ordinal));
            Check.Equal(32, one.Digest.Length);
            Check.Sequence(one.Digest, one.DigestInfo.Skip(19));
            Check.Equal(null, one.MaskDigest);
            Check.Equal(0, one.SaltLength);
            using (var inbound = Keys.Believing(Keys.Pin("client")))
            {
                Check.Equal(null, inbound.Validate(message).Signers.Single().KeyName);
            }
        }

        [Test]
        public void The_parameters_of_Pss_are_told()
        {
            SigningRequest asked = null;
            Check.Refused(Category.Unavailable, "remote-key-unavailable", () => Protect(
                Elsewhere(request =>
                {
                    asked = request;
                    throw Trouble;
                }),
                "version = 1\nsignature = [{ method = \"rsa-pss-sha384\", parts = [\"body\"] }]\n"));
            Check.Equal("sha384", asked.MaskDigest);
            Check.Equal(48, asked.SaltLength);
            Check.Equal(null, asked.DigestInfo);
        }

        [Test]
        public void A_wrong_signature_does_not_leave()
        {
            var signature = SignatureOf(Protect(Keys.Pair("client")));
            var changed = (byte[])signature.Clone();
            changed[7] ^= 1;
            foreach (var wrong in new[] { changed, new byte[0], new byte[256], signature.Take(255).ToArray() })
            {
                Check.Refused(Category.Misuse, "remote-key-mismatch", () => Protect(Elsewhere(_ => wrong)));
            }
            Check.Refused(
                Category.Misuse, "remote-key-mismatch", () => Protect(Elsewhere(_ => signature, "server")));
        }

        [Test]
        public void What_a_key_throws_is_inside_the_refusal()
        {
            var refused = Check.Refused(
                Category.Unavailable, "remote-key-unavailable", () => Protect(Elsewhere(_ => throw Trouble)));
            Check.Equal(Trouble, refused.InnerException);
            refused = Check.Refused(
                Category.Unavailable, "remote-key-unavailable", () => Protect(Elsewhere(_ => null)));
            Check.Equal(null, refused.InnerException);
            refused = Check.Refused(
                Category.Unavailable, "remote-key-unavailable", () => Validate("hmac", _ => throw Trouble));
            Check.Equal(Trouble, refused.InnerException);
            refused = Check.Refused(
                Category.Unavailable, "decision-unavailable", () => Validate(_ => throw Trouble));
            Check.Equal(Trouble, refused.InnerException);
        }

        [Test]
        public void A_key_elsewhere_checks_under_its_name()
        {
            var expected = SignatureOf(BySecret());
            VerificationRequest asked = null;
            var signer = Validate("hmac", request =>
            {
                asked = request;
                return request.Signature.SequenceEqual(expected);
            }).Signers.Single();
            Check.Equal("alice", signer.KeyName);
            Check.Equal(null, signer.Certificate);
            Check.Equal("hmac-sha256", asked.Method);
            Check.Equal("sha256", asked.DigestMethod);
            Check.Equal(32, asked.Digest.Length);
            Check.Equal(null, asked.Der);
            Check.Refused(Category.FailedCheck, "signature-mismatch", () => Validate("hmac", _ => false));
            Check.Refused(Category.FailedCheck, "key-type", () => Validate("ecdsa", _ => true));
            Check.Refused(Category.Misuse, "invalid-argument", () => Validate("HMAC", _ => true));
        }

        [Test]
        public void The_caller_has_the_last_word()
        {
            Candidate asked = null;
            Validate(candidate =>
            {
                asked = candidate;
                return true;
            });
            Check.Equal(true, asked.Trusted);
            Check.Equal(Keys.May, asked.At);
            Check.Equal(3, asked.Path.Count);
            Check.Sequence(asked.Certificate, asked.Path[0]);
            Check.Equal(true, asked.PublicKey.Length > 200);
            Check.Refused(Category.FailedAuthentication, "refused-signer", () => Validate(_ => false));
            // It lets nobody in.
            var calls = 0;
            Check.Refused(Category.FailedAuthentication, "untrusted-certificate", () => Validate(
                _ =>
                {
                    calls++;
                    return true;
                },
                "impostor"));
            Check.Equal(0, calls);
        }

        [Test]
        public void What_makes_no_sense_is_refused()
        {
            using (var credentials = new Credentials())
            {
                var file = Keys.Read("client.crt.pem");
                Check.Throws<ArgumentNullException>(() => credentials.AddRemoteIdentity("", file, null));
                Check.Throws<ArgumentNullException>(() => credentials.AddRemoteIdentity("", null, _ => null));
                Check.Throws<ArgumentNullException>(() => credentials.AddRemoteVerifier("", null, _ => true));
                Check.Throws<ArgumentNullException>(() => credentials.AddRemoteVerifier("", "hmac", null));
                Check.Throws<ArgumentNullException>(() => credentials.SetDecision(null));
                Check.Refused(Category.Misuse, "unreadable-key", () => credentials.AddRemoteIdentity(
                    "", Keys.Read("client.public.pem"), _ => null));
            }
        }

        [Test]
        public void A_key_lives_as_long_as_its_outbound()
        {
            var signature = SignatureOf(Protect(Keys.Pair("client")));
            var outbound = OutboundOf(signature, out var noticed);
            CallbackTests.Collect();
            Check.True(noticed.IsAlive, "collected too early");
            using (outbound)
            {
                outbound.Protect(Messages.Envelope);
            }
            for (var round = 0; round < 20 && noticed.IsAlive; round++)
            {
                CallbackTests.Pressure(round);
                CallbackTests.Collect();
            }
            Check.True(!noticed.IsAlive, "never collected");
        }

        private sealed class Hsm
        {
            private readonly byte[] _signature;

            internal Hsm(byte[] signature)
            {
                _signature = signature;
            }

            internal byte[] Sign(SigningRequest request)
            {
                return _signature;
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Outbound OutboundOf(byte[] signature, out WeakReference noticed)
        {
            var hsm = new Hsm(signature);
            noticed = new WeakReference(hsm);
            using (var ours = Elsewhere(hsm.Sign))
            {
                return new Outbound(Keys.Sign, ours, () => Keys.May, Fill);
            }
        }

        private static Credentials Elsewhere(RemoteSigner sign, string name = "client")
        {
            return new Credentials().AddRemoteIdentity("", Keys.Read(name + ".crt.pem"), sign);
        }

        private static void Fill(byte[] filled)
        {
            for (var index = 0; index < filled.Length; index++)
            {
                filled[index] = 7;
            }
        }

        /// <summary>A message that these credentials sign, the same each time; disposes of them.</summary>
        private static byte[] Protect(Credentials ours, string policy = Keys.Sign)
        {
            using (ours)
            using (var outbound = new Outbound(policy, ours, () => Keys.May, Fill))
            {
                return outbound.Protect(Messages.Envelope).Message;
            }
        }

        private static byte[] BySecret()
        {
            return Protect(new Credentials().AddSecret("", "a secret"), SignByName);
        }

        private static byte[] SignatureOf(byte[] message)
        {
            var found = Regex.Match(Encoding.UTF8.GetString(message), "SignatureValue>([^<]+)<");
            return Convert.FromBase64String(found.Groups[1].Value);
        }

        private static ValidatedMessage Validate(string family, RemoteVerifier verify)
        {
            using (var inbound = Keys.Believing(new Credentials().AddRemoteVerifier("alice", family, verify)))
            {
                return inbound.Validate(BySecret());
            }
        }

        private static ValidatedMessage Validate(Decision decide, string name = "client")
        {
            using (var inbound = Keys.Believing(Keys.Anchored().SetDecision(decide)))
            {
                return inbound.Validate(Protect(Keys.Pair(name)));
            }
        }
    }
}
