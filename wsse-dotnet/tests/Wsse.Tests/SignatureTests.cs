using System;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;

namespace Wsse.Tests
{
    /// <summary>What was signed is validated: every kind of key, in every form, believed in every way.</summary>
    public sealed class SignatureTests
    {
        private const string Body = "<o:List xmlns:o=\"urn:orders\">ä</o:List></soap:Body>";

        [Test]
        public void Every_kind_of_key_signs()
        {
            foreach (var name in new[] { "client", "ec256", "ec384", "ec521" })
            {
                Holds(Keys.Pin(name), Keys.Pair(name), Keys.Sign, name);
            }
        }

        [Test]
        public void Both_digests_and_methods_are_chosen_by_the_policy()
        {
            foreach (var row in new[]
            {
                ("rsa-sha384", "client"), ("rsa-sha512", "client"), ("ecdsa-sha512", "ec256"),
            })
            {
                var (method, name) = row;
                var policy = Keys.Sign.Replace("{ parts", $"{{ method = \"{method}\", digest = \"sha512\", parts");
                Check.Contains("#" + method + "\"", Keys.SignedBy(Keys.Pair(name), policy).Text);
                Holds(Keys.Pin(name), Keys.Pair(name), policy, name);
            }
        }

        [Test]
        public void Keys_are_read_in_every_form()
        {
            foreach (var ours in new Func<Credentials>[]
            {
                () => new Credentials().AddIdentity("default", Keys.Read("client.p12"), Keys.Password),
                () => new Credentials().AddIdentity("default", Keys.Read("client.p12"), Messages.Octets(Keys.Password)),
                () => new Credentials().AddIdentity("", Keys.Read("client-empty-password.p12"), ""),
                () => new Credentials().AddIdentity("", Keys.Read("client.bundle.pem")),
                () => PairOf("client.pkcs8.der", "client.crt.der", null),
                () => PairOf("client.pkcs8-aes256.der", "client.crt.der", Keys.Password),
                () => PairOf("client.pkcs8-aes256.pem", "client.crt.pem", Keys.Password),
                () => PairOf("client.pkcs1.pem", "client.crt.der", null),
                () => new Credentials().AddKeyPair(
                    "", Keys.Read("client.pkcs1-aes256.pem"), Keys.Read("chain.pem").Concat(Keys.Read("client.crt.pem")).ToArray(),
                    Messages.Octets(Keys.Password)),
            })
            {
                Holds(Keys.Pin("client"), ours(), Keys.Sign, "client");
            }
        }

        [Test]
        public void Signers_are_believed_in_every_way()
        {
            foreach (var theirs in new Func<Credentials>[]
            {
                () => new Credentials().AddCertificate("default", Keys.Read("client.crt.pem")),
                () => new Credentials().AddCertificate("", Keys.Read("client.crt.der")),
                () => new Credentials().AddCertificate("", Keys.Read("client.p12"), Keys.Password),
                () => new Credentials().AddAnchor("default", Keys.Read("intermediate.crt.pem")),
                () => new Credentials().AddAnchor("", Keys.Read("chain.p12"), Messages.Octets(Keys.Password)),
                () => new Credentials()
                    .AddAnchor("", Keys.Read("root.crt.pem")).AddUntrusted(Keys.Read("chain.p12"), Keys.Password),
                Keys.Anchored,
            })
            {
                Holds(theirs(), Keys.Pair("client"), Keys.Sign, "client");
            }
        }

        [Test]
        public void A_key_without_certificate_and_a_secret_have_none()
        {
            Holds(
                new Credentials().AddCertificate("", Keys.Read("client.public.pem")),
                Keys.Pair("client"),
                Keys.Sign.Replace("{ parts", "{ reference = \"key-value\", parts"),
                null);
            var secret = Keys.Read("partner.secret");
            Holds(new Credentials().AddSecret("", secret), new Credentials().AddSecret("ours", secret), Keys.SignBySecret, null);
            Holds(
                new Credentials().AddSecret("", Messages.Octets("zwischen üns")),
                new Credentials().AddSecret("ours", "zwischen üns"),
                Keys.SignBySecret,
                null);
        }

        [Test]
        public void Names_select_keys()
        {
            const string signs = "version = 1\nsignature = [{ key = \"second\", parts = [\"body\"] }]\n";
            const string trusts = Keys.Require + "trust = { certificates = \"partners\" }\n";
            Holds(
                Keys.Pin("server").AddCertificate("partners", Keys.Read("client.crt.pem")),
                Keys.Pair("server").AddKeyPair("second", Keys.Read("client.key.pem"), Keys.Read("client.crt.pem")),
                signs,
                "client",
                trusts);
        }

        [Test]
        public void Presets_sign_and_say_what_is_covered()
        {
            using (var inbound = Keys.Believing(Keys.Anchored(), "preset:wss4j"))
            {
                var ours = new Credentials().AddIdentity("client", Keys.Read("client.p12"), Keys.Password);
                var validated = inbound.Validate(Keys.SignedBy(ours, "preset:wss4j").Message);
                Check.Sequence(new[] { "/Envelope/Body", "/Envelope/Header/Security/Timestamp" }, validated.SignedPaths.Select(Local));
                Check.Equal(Keys.May, validated.TimestampCreated);
                Check.Equal("urn:orders", validated.BodyChildNamespace);
            }
        }

        [Test]
        public void Only_what_is_covered_is_handed_out()
        {
            const string two =
                "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header>" +
                "<a:To xmlns:a=\"urn:a\">here</a:To><a:From xmlns:a=\"urn:a\">anyone</a:From></soap:Header>" +
                "<soap:Body><o:List xmlns:o=\"urn:orders\"/></soap:Body></soap:Envelope>";
            using (var ours = Keys.Pair("client"))
            using (var outbound = new Outbound(Keys.Sign.Replace("\"body\"", "\"{urn:a}To\""), ours))
            using (var inbound = Keys.Believing(Keys.Pin("client"), Keys.Require.Replace("\"body\"", "\"{urn:a}To\"")))
            {
                var validated = inbound.Validate(outbound.Protect(two).Message);
                Check.Contains(">here</a:To>", validated.Text);
                Check.True(!validated.Text.Contains("anyone"), "a block that nobody signed");
                Check.Equal("<soap:Body/>", Encoding.UTF8.GetString(validated.Body));
                Check.Sequence(new[] { "/Envelope/Header/{urn:a}To[1]" }, validated.SignedPaths);
                Check.Equal(1, validated.Signers.Count);
                Check.Sequence(validated.SignedPaths, validated.Signers[0].SignedPaths);
                Check.Sequence(validated.Certificate, validated.Signers[0].Certificate);
            }
        }

        [Test]
        public void Where_no_signature_is_required_nothing_is_handed_out_as_signed()
        {
            using (var outbound = new Outbound("preset:timestamp"))
            using (var inbound = new Inbound("preset:timestamp"))
            {
                var validated = inbound.Validate(outbound.Protect(Messages.Envelope).Message);
                Check.Equal(null, validated.Document);
                Check.Equal(null, validated.Text);
                Check.Equal(null, validated.Body);
                Check.Equal(null, validated.Certificate);
                Check.Sequence(new string[0], validated.SignedPaths);
                Check.Equal(0, validated.Signers.Count);
                Check.Contains(Body, validated.UnsignedText);
            }
        }

        [Test]
        public void A_reply_confirms_the_signatures_of_its_request()
        {
            const string confirms =
                "version = 1\norder = [\"signature-confirmation\", \"signature\"]\n" +
                "signature = [{ parts = [\"body\", \"signature-confirmation\"] }]\n";
            const string demands =
                "version = 1\nrequire = { signed = [\"body\", \"signature-confirmation\"], signature-confirmation = true }\n";
            var request = Keys.SignedBy(Keys.Pair("client"));
            using (var server = Keys.Pair("server"))
            using (var receives = Keys.Believing(Keys.Pin("client")))
            using (var answers = new Outbound(confirms, server))
            using (var client = Keys.Believing(Keys.Pin("server"), demands))
            {
                var received = receives.Validate(request.Message);
                var reply = answers.ProtectReply(Messages.Octets(Messages.Envelope), received.Exchange);
                var validated = client.ValidateReply(reply.Message, request.Exchange);
                Check.Sequence(Keys.Read("client.crt.der"), received.Certificate);
                Check.Equal(2, validated.SignedPaths.Count);

                var another = Keys.SignedBy(Keys.Pair("ec256"));
                Check.Refused(
                    Category.InvalidSecurity,
                    "signature-confirmation",
                    () => client.ValidateReply(reply.Message, another.Exchange));
                Check.Refused(
                    Category.InvalidSecurity, "signature-confirmation", () => client.Validate(reply.Message));
                Check.Refused(
                    Category.Misuse, "invalid-argument", () => answers.Protect(Messages.Envelope));
                // A reply that confirms nothing.
                using (var silent = new Outbound(Keys.Sign, server))
                {
                    var bare = silent.ProtectReply(Messages.Octets(Messages.Envelope), received.Exchange);
                    Check.Refused(
                        Category.InvalidSecurity,
                        "signature-confirmation",
                        () => client.ValidateReply(bare.Message, request.Exchange));
                }
            }
        }

        [Test]
        public void Eight_threads_share_keys_and_one_of_each_pair_passes()
        {
            using (var ours = Keys.Pair("ec256"))
            using (var outbound = new Outbound(Keys.Sign, ours))
            using (var inbound = Keys.Believing(Keys.Pin("ec256")))
            {
                var (once, passed) = (outbound.Protect(Messages.Envelope).Message, 0);
                var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
                var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
                {
                    try
                    {
                        for (var turn = 0; turn < 20; turn++)
                        {
                            Check.Contains(Body, inbound.Validate(outbound.Protect(Messages.Envelope).Message).Text);
                        }
                        inbound.Validate(once);
                        Interlocked.Increment(ref passed);
                    }
                    catch (WsseException refused) when (refused.Cause == "replay")
                    {
                    }
                    catch (Exception failure)
                    {
                        failures.Enqueue(failure);
                    }
                })).ToList();
                threads.ForEach(thread => thread.Start());
                threads.ForEach(thread => thread.Join());
                Check.Sequence(new Exception[0], failures);
                Check.Equal(1, passed);
            }
        }

        // The classes for certificates of .NET Core 3.1 need an OpenSSL older than 3.
        [Test, OnMono]
        public void Certificates_of_dot_net_go_in_and_out()
        {
            using (var known = new X509Certificate2(Keys.Read("client-3des.p12"), Keys.Password))
            using (var inbound = Keys.Believing(new Credentials().AddCertificate("", known.RawData)))
            {
                var exported = known.Export(X509ContentType.Pfx, "other password");
                var ours = new Credentials().AddIdentity("", exported, "other password");
                var validated = inbound.Validate(Keys.SignedBy(ours).Message);
                using (var signer = new X509Certificate2(validated.Certificate))
                {
                    Check.Equal(known.Thumbprint, signer.Thumbprint);
                    Check.Contains("CN=client", signer.Subject);
                }
            }
        }

        private static Credentials PairOf(string key, string certificate, string password)
        {
            return new Credentials().AddKeyPair("", Keys.Read(key), Keys.Read(certificate), password);
        }

        /// <summary>Signs and validates; the certificate is that of the name.</summary>
        private static void Holds(
            Credentials theirs, Credentials ours, string policy, string name, string demands = Keys.Require)
        {
            using (var inbound = Keys.Believing(theirs, demands))
            {
                var validated = inbound.Validate(Keys.SignedBy(ours, policy).Message);
                Check.Contains(Body, validated.Text);
                Check.True(!validated.Text.Contains("Security"), "the Security header is still there");
                Check.Equal(validated.Text, Encoding.UTF8.GetString(validated.Document));
                var body = Encoding.UTF8.GetString(validated.Body);
                Check.True(body.StartsWith("<soap:Body ") && body.EndsWith(Body), body);
                Check.Equal(0, validated.UnsignedDocument.Length);
                Check.Equal(0, validated.UnsignedBody.Length);
                Check.Equal("", validated.UnsignedText);
                Check.Sequence(new[] { "/Envelope/Body" }, validated.SignedPaths);
                Check.Equal(name == null, validated.Certificate == null);
                if (name != null)
                {
                    Check.Sequence(Der(name), validated.Certificate);
                }
            }
        }

        private static byte[] Der(string name)
        {
            var lines = Encoding.ASCII.GetString(Keys.Read(name + ".crt.pem")).Split('\n');
            return Convert.FromBase64String(string.Concat(lines
                .SkipWhile(line => !line.StartsWith("-----BEGIN")).Skip(1).TakeWhile(line => !line.StartsWith("-----END"))));
        }

        private static string Local(string path)
        {
            return System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]*\}|\[\d+\]", "");
        }
    }
}
