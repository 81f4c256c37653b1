using System;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace Wsse.Tests
{
    /// <summary>What must not pass: keys that can't be used, signers who are not believed, messages that were changed.</summary>
    public sealed class SignatureRefusalTests
    {
        [Test]
        public void Keys_that_cannot_be_used_are_misuse()
        {
            using (var none = new Credentials())
            {
                foreach (var row in new (string, Action)[]
                {
                    ("unreadable-key", () => none.AddIdentity("", Messages.Octets("no key"))),
                    ("unreadable-key", () => none.AddIdentity("", new byte[0])),
                    ("unreadable-key", () => none.AddIdentity("", Damaged("client.p12"), Keys.Password)),
                    ("unreadable-key", () => Pair(none, Damaged("client.pkcs8.der"), "client.crt.pem", null)),
                    ("unreadable-key", () => Pair(none, Keys.Read("x25519.key.pem"), "client.crt.pem", null)),
                    ("unreadable-key", () => none.AddCertificate("", Keys.Read("client.key.pem"))),
                    ("unreadable-key", () => none.AddAnchor("", Keys.Read("client.public.pem"))),
                    ("unreadable-key", () => none.AddUntrusted(Keys.Read("client.key.pem"))),
                    ("unreadable-crl", () => none.AddCrl(Keys.Read("client.crt.pem"))),
                    ("wrong-key-password", () => none.AddIdentity("", Keys.Read("client.p12"), "wrong")),
                    ("wrong-key-password", () => none.AddIdentity("", Keys.Read("client.p12"))),
                    ("wrong-key-password", () => Pair(none, Keys.Read("client.pkcs8-aes256.pem"), "client.crt.pem", null)),
                    ("wrong-key-password", () => Pair(none, Keys.Read("client.pkcs8-aes256.der"), "client.crt.pem", "wrong")),
                    ("wrong-key-password", () => none.AddAnchor("", Keys.Read("chain.p12"), "wrong")),
                    ("key-pair-mismatch", () => Pair(none, Keys.Read("client.key.pem"), "server.crt.pem", null)),
                    ("missing-credential", () => none.AddIdentity("", Keys.Read("client.key.pem"))),
                    ("invalid-argument", () => none.AddSecret("", "")),
                    ("invalid-argument", () => none.AddSecret("", new byte[0])),
                })
                {
                    var (cause, call) = row;
                    Check.Refused(Category.Misuse, cause, call);
                }
                // Nothing of that was added.
                Check.Refused(Category.Misuse, "missing-credential", () => new Outbound(Keys.Sign, none));
                Check.Refused(Category.Misuse, "missing-credential", () => new Inbound(Keys.Require, none));
            }
            using (var ours = Keys.Pair("ec256"))
            {
                Check.Refused(
                    Category.FailedCheck,
                    "key-type",
                    () => new Outbound(Keys.Sign.Replace("{ parts", "{ method = \"rsa-sha256\", parts"), ours));
            }
        }

        [Test]
        public void Null_is_named()
        {
            using (var none = new Credentials())
            {
                foreach (var row in new (string, Action)[]
                {
                    ("name", () => none.AddIdentity(null, new byte[1])),
                    ("material", () => none.AddIdentity("", null)),
                    ("name", () => none.AddKeyPair(null, new byte[1], new byte[1])),
                    ("key", () => none.AddKeyPair("", null, new byte[1])),
                    ("certificate", () => none.AddKeyPair("", new byte[1], null)),
                    ("secret", () => none.AddSecret("", (byte[])null)),
                    ("secret", () => none.AddSecret("", (string)null)),
                    ("name", () => none.AddSecret(null, "x")),
                    ("material", () => none.AddCertificate("", null)),
                    ("material", () => none.AddAnchor("", null)),
                    ("material", () => none.AddUntrusted(null)),
                    ("material", () => none.AddCrl(null)),
                })
                {
                    var (parameter, call) = row;
                    Check.Equal(parameter, Check.Throws<ArgumentNullException>(call).ParamName);
                }
            }
        }

        [Test]
        public void Secrets_are_in_no_text_and_what_was_given_is_left_alone()
        {
            const string password = "wr0ng-passw0rd";
            using (var none = new Credentials())
            {
                var octets = Messages.Octets(password);
                foreach (var call in new Action[]
                {
                    () => none.AddIdentity("", Keys.Read("client.p12"), password),
                    () => none.AddIdentity("", Keys.Read("client.p12"), octets),
                    () => none.AddIdentity("", octets, octets),
                })
                {
                    Check.True(!Check.Throws<WsseException>(call).ToString().Contains(password), "the password is told");
                }
                Check.Equal(password, Encoding.UTF8.GetString(octets));
            }
            var disposed = new Credentials();
            disposed.Dispose();
            Check.Throws<ObjectDisposedException>(() => disposed.AddSecret("", "x"));
        }

        [Test]
        public void Signers_who_are_not_believed_are_refused()
        {
            const string sha1 = "version = 1\nsignature = [{ method = \"rsa-sha1\", parts = [\"body\"] }]\n";
            Refused(Category.InvalidSecurityToken, "certificate-validity", Keys.Anchored(), "expired");
            Refused(Category.InvalidSecurityToken, "certificate-validity", Keys.Anchored(), "notyet");
            Refused(Category.FailedAuthentication, "untrusted-certificate", Keys.Anchored(), "impostor");
            Refused(
                Category.FailedAuthentication,
                "revoked-certificate",
                Keys.Anchored().AddCrl(Keys.Read("intermediate.crl.pem")),
                "server");
            Refused(Category.FailedAuthentication, "untrusted-certificate", Keys.Pin("server"), "client");
            Refused(Category.InvalidSecurityToken, "key-too-small", Keys.Pin("small1024"), "small1024");
            Refused(Category.UnsupportedAlgorithm, "legacy-algorithm", Keys.Pin("client"), "client", sha1);
            // A path that lacks the certificate in between.
            Refused(
                Category.FailedAuthentication,
                "untrusted-certificate",
                new Credentials().AddAnchor("", Keys.Read("root.crt.pem")),
                "client");
        }

        [Test]
        public void A_secret_that_is_not_shared_is_refused()
        {
            var message = Keys.SignedBy(new Credentials().AddSecret("ours", "between us"), Keys.SignBySecret).Message;
            using (var inbound = Keys.Believing(Keys.Pin("client")))
            {
                Check.Refused(Category.SecurityTokenUnavailable, "no-key", () => inbound.Validate(message));
            }
            using (var inbound = Keys.Believing(new Credentials().AddSecret("", "between others")))
            {
                Check.Refused(Category.FailedCheck, "signature-mismatch", () => inbound.Validate(message));
            }
        }

        [Test]
        public void A_message_that_was_changed_is_refused()
        {
            var message = Keys.SignedBy(Keys.Pair("client")).Text;
            using (var inbound = Keys.Believing(Keys.Pin("client")))
            {
                foreach (var row in new[]
                {
                    (Category.FailedCheck, "digest-mismatch", ">ä<", ">o<"),
                    (Category.FailedCheck, "digest-mismatch", "<o:List ", "<o:List x=\"1\" "),
                    (Category.FailedCheck, "signature-mismatch", "rsa-sha256\"", "rsa-sha512\""),
                    (Category.UnsupportedAlgorithm, "unsupported-algorithm", "rsa-sha256\"", "rsa-sha255\""),
                })
                {
                    var (category, cause, from, to) = row;
                    Check.Contains(from, message);
                    Check.Refused(category, cause, () => inbound.Validate(message.Replace(from, to)));
                }
                Check.Refused(
                    Category.InvalidSecurity, "missing-security-header", () => inbound.Validate(Messages.Envelope));
                // None of that used the message up.
                Check.Contains(">ä<", inbound.Validate(message).Text);
                Check.Refused(Category.InvalidSecurity, "replay", () => inbound.Validate(message));
            }
        }

        [Test]
        public void A_signed_body_elsewhere_does_not_stand_for_the_body()
        {
            var message = Keys.SignedBy(Keys.Pair("client")).Text;
            var body = Regex.Match(message, "<soap:Body .*</soap:Body>").Value;
            const string other = "<soap:Body><o:Pay xmlns:o=\"urn:orders\"/></soap:Body>";
            var id = Regex.Match(body, "wsu:Id=\"[^\"]*\"").Value;
            var declared = Regex.Match(message, "xmlns:wsu=\"[^\"]*\"").Value;
            Check.True(body != "" && id != "" && declared != "", message);
            var sameId = other.Replace("<soap:Body", "<soap:Body " + declared + " " + id);
            using (var inbound = Keys.Believing(Keys.Pin("client")))
            {
                var wrapper = "<w:W xmlns:w=\"urn:w\">" + body + "</w:W></soap:Header>";
                var wrapped = message.Replace(body, other).Replace("</soap:Header>", wrapper);
                var twice = message.Replace(body, sameId).Replace("</soap:Header>", wrapper);
                Check.Refused(Category.InvalidSecurity, "not-covered", () => inbound.Validate(wrapped));
                Check.Refused(Category.InvalidSecurity, "ambiguous-id", () => inbound.Validate(twice));
                var inSecurity = message.Replace(body, other).Replace("</wsse:Security>", body + "</wsse:Security>");
                Check.Refused(
                    Category.UnsupportedSecurityToken, "unsupported-token", () => inbound.Validate(inSecurity));
                Check.Contains(">ä<", inbound.Validate(message).Text);
            }
        }

        private static void Refused(
            Category category, string cause, Credentials theirs, string name, string policy = Keys.Sign)
        {
            using (var inbound = Keys.Believing(theirs))
            {
                var message = Keys.SignedBy(Keys.Pair(name), policy).Message;
                Check.Refused(category, cause, () => inbound.Validate(message));
            }
        }

        private static void Pair(Credentials credentials, byte[] key, string certificate, string password)
        {
            credentials.AddKeyPair("", key, Keys.Read(certificate), password);
        }

        private static byte[] Damaged(string file)
        {
            var octets = Keys.Read(file);
            return octets.Take(octets.Length / 2).ToArray();
        }
    }
}
