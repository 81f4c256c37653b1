using System;
using System.Linq;

namespace Wsse.Tests
{
    public sealed class ErrorTests
    {
        [Test]
        public void A_refusal_says_what_where_and_what_to_tell_the_peer()
        {
            using (var inbound = new Inbound("preset:timestamp"))
            {
                var refused = Check.Refused(
                    Category.Malformed,
                    "mismatched-tag",
                    () => inbound.Validate(Messages.Envelope.Replace("<soap:Body>", "\n<soap:Body>").Replace("</o:", "</p:")));
                var body = "<soap:Body><o:List xmlns:o=\"urn:orders\">ä";
                Check.Equal(2L, refused.Line);
                Check.Equal(body.Length + 1L, refused.Column);
                Check.Equal(Messages.Envelope.IndexOf("</o:") + 2L, refused.Offset);
                Check.Contains("(line 2, column " + refused.Column + ")", refused.Message);
                Check.Equal(true, refused.Fault.Sender);
                Check.Equal(null, refused.Fault.Code);
                Check.Equal("The message could not be read", refused.Fault.Text);
                Check.Equal(null, refused.InnerException);
            }
        }

        [Test]
        public void Faults_of_the_standard_have_their_code()
        {
            using (var users = new Credentials().AddPassword("alice", "another"))
            using (var inbound = new Inbound("preset:username-token", users))
            {
                var refused = Check.Refused(
                    Category.FailedAuthentication,
                    "failed-authentication",
                    () => inbound.Validate(Messages.FromAlice()));
                Check.Equal("FailedAuthentication", refused.Fault.Code);
                Check.Equal("The security token could not be authenticated or authorized", refused.Fault.Text);
                Check.True(!refused.ToString().Contains("secret"), "the text holds a password");
            }
        }

        [Test]
        public void A_policy_that_cannot_be_read_is_told_with_its_line()
        {
            var refused = Check.Refused(
                Category.Misuse, "invalid-policy", () => new Inbound("version = 1\n[require]\ntimestmp = true\n"));
            Check.Equal(3L, refused.Line);
            Check.Contains("timestamp", refused.Message);
            Check.Equal(false, refused.Fault.Sender);
        }

        [Test]
        public void Missing_credentials_are_misuse()
        {
            Check.Refused(Category.Misuse, "missing-credential", () => new Inbound("preset:username-token"));
            using (var nobody = new Credentials())
            {
                Check.Refused(Category.Misuse, "missing-credential", () => new HeaderCheck(nobody));
            }
            using (var users = Messages.Users())
            {
                Check.Refused(Category.Misuse, "invalid-argument", () => users.SetPasswordLookup(_ => null));
            }
        }

        [Test]
        public void Null_is_an_argument_exception_before_anything_native_runs()
        {
            using (var inbound = new Inbound("preset:timestamp"))
            using (var outbound = new Outbound("preset:timestamp"))
            using (var credentials = new Credentials())
            {
                foreach (var call in new Action[]
                {
                    () => new Inbound(null),
                    () => new Outbound(null),
                    () => inbound.Validate((byte[])null),
                    () => inbound.Validate((string)null),
                    () => inbound.ValidateReply(null, null),
                    () => inbound.ValidateReply(new byte[1], null),
                    () => outbound.Protect((byte[])null),
                    () => outbound.Protect((string)null),
                    () => outbound.ProtectReply(null, null),
                    () => outbound.ProtectReply(new byte[1], null),
                    () => credentials.SetUsername(null, "x"),
                    () => credentials.AddPassword(null, "x"),
                    () => credentials.AddPassword("x", (string)null),
                    () => credentials.AddPassword("x", (byte[])null),
                    () => credentials.SetPasswordLookup(null),
                    () => credentials.SetPasswordVerifier(null),
                    () => Credentials.Of(null),
                    () => ReplayStore.Of(null),
                    () => new HeaderCheck(null),
                    () => new HeaderCheck(credentials, (Dialect[])null),
                    () => new HeaderCreator(null, "x"),
                    () => new HeaderCreator("x", null),
                    () => new Dialect(null),
                    () => Dialect.Preset(null),
                    () => Dialect.Preset("atom").With(null, "x"),
                    () => Dialect.Preset("atom").With("hash", null),
                    () => Challenge.Parse(null),
                    () => Challenge.Write(null),
                    () => AuthorizationHeader.Parse(null),
                    () => HeaderValue.Parse(null),
                    () => PasswordDigest.Compute(null, null, null),
                    () => new WsseHandler(null),
                    () => new WsseAuthenticationModule(null),
                    () => new WsseHeaderSource((string)null),
                    () => new WsseHeaderSource((Dialect)null),
                    () => new WsseHeaderSource().Create(null),
                })
                {
                    Check.Throws<ArgumentNullException>(call);
                }
            }
        }

        [Test]
        public void Half_a_surrogate_pair_is_refused_not_changed()
        {
            Check.Throws<ArgumentException>(() => Credentials.Of("\ud800", "x"));
            Check.Throws<ArgumentException>(() => Credentials.Of("x", "\udc00x"));
        }

        [Test]
        public void Empty_octets_are_not_null()
        {
            using (var inbound = new Inbound("preset:timestamp"))
            {
                Check.Refused(Category.Malformed, "empty-document", () => inbound.Validate(new byte[0]));
                Check.Refused(Category.Malformed, "empty-document", () => inbound.Validate(""));
            }
            Check.Refused(Category.Misuse, "invalid-policy", () => new Inbound(""));
        }

        [Test]
        public void Categories_have_the_names_and_numbers_of_the_library()
        {
            Check.Sequence(
                new[]
                {
                    "InvalidSecurity=1", "FailedCheck=2", "FailedAuthentication=3", "SecurityTokenUnavailable=4",
                    "UnsupportedSecurityToken=5", "UnsupportedAlgorithm=6", "InvalidSecurityToken=7",
                    "MessageExpired=8", "Malformed=9", "LimitExceeded=10", "Misuse=11", "Unavailable=12", "Io=13",
                    "Panic=255",
                },
                Enum.GetValues(typeof(Category)).Cast<Category>().Select(category => category + "=" + (int)category));
        }
    }
}
