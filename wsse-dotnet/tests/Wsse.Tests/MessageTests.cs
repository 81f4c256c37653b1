using System;
using System.Linq;
using System.Net;
using System.Text;

namespace Wsse.Tests
{
    public sealed class MessageTests
    {
        [Test]
        public void A_protected_message_is_validated()
        {
            using (var users = Messages.Users())
            using (var inbound = new Inbound("preset:username-token", users, clock: () => Messages.Noon.AddSeconds(7)))
            {
                var validated = inbound.Validate(Messages.FromAlice(clock: () => Messages.Noon));
                Check.Equal("alice", validated.Username);
                Check.True(validated.IsAuthenticated, "not authenticated");
                Check.Equal(SoapVersion.Soap11, validated.SoapVersion);
                Check.Equal("urn:orders", validated.BodyChildNamespace);
                Check.Equal("List", validated.BodyChildLocalName);
                Check.Equal(Messages.Noon, validated.TimestampCreated);
                Check.Equal(Messages.Noon.AddMinutes(5), validated.TimestampExpires);
                Check.Contains("<o:List xmlns:o=\"urn:orders\">ä</o:List>", validated.UnsignedText);
                Check.True(!validated.UnsignedText.Contains("UsernameToken"), "the Security header is still there");
                Check.Equal(
                    "<soap:Body><o:List xmlns:o=\"urn:orders\">ä</o:List></soap:Body>",
                    Encoding.UTF8.GetString(validated.UnsignedBody));
                Check.Equal(validated.UnsignedText, Encoding.UTF8.GetString(validated.UnsignedDocument));
            }
        }

        [Test]
        public void Positions_are_those_of_the_message()
        {
            using (var users = Messages.Users())
            using (var inbound = new Inbound("preset:username-token", users))
            {
                var message = Messages.FromAlice();
                var validated = inbound.Validate(message);
                Check.Equal("<wsse:UsernameToken", At(message, validated.UsernameTokenOffset));
                Check.Equal("<wsu:Timestamp", At(message, validated.TimestampOffset));
            }
        }

        [Test]
        public void What_is_not_there_is_null()
        {
            using (var inbound = new Inbound("version = 1\n[require]\ntimestamp = true\n"))
            using (var outbound = new Outbound("preset:timestamp"))
            {
                var validated = inbound.Validate(outbound.Protect(
                    "<Envelope xmlns='http://www.w3.org/2003/05/soap-envelope'><Body/></Envelope>").Text);
                Check.Equal(SoapVersion.Soap12, validated.SoapVersion);
                Check.Equal(null, validated.Username);
                Check.Equal(false, validated.IsAuthenticated);
                Check.Equal(null, validated.BodyChildNamespace);
                Check.Equal(null, validated.BodyChildLocalName);
                Check.Equal(null, validated.UsernameTokenOffset);
            }
        }

        [Test]
        public void A_body_child_without_namespace_has_an_empty_one()
        {
            using (var inbound = new Inbound("preset:timestamp"))
            using (var outbound = new Outbound("preset:timestamp"))
            {
                var validated = inbound.Validate(outbound.Protect(
                    "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><x/></e:Body></e:Envelope>").Text);
                Check.Equal("", validated.BodyChildNamespace);
                Check.Equal("x", validated.BodyChildLocalName);
            }
        }

        [Test]
        public void A_call_gives_the_parts()
        {
            using (var outbound = new Outbound("preset:username-token", clock: () => Messages.Noon))
            {
                var text = outbound.Protect(Messages.Envelope, new Call
                {
                    Username = "bob",
                    Password = "taadtaadpstcsm",
                    Nonce = Messages.Octets("d36e316282959a9ed4c89851497a717f"),
                    Created = "2003-12-15T14:43:07Z",
                    UsernameTokenId = "token-1",
                    TimestampId = "timestamp-1",
                }).Text;
                foreach (var part in new[]
                {
                    ">bob<", ">quR/EWLAV4xLf9Zqyw4pDmfV9OY=<", ">2003-12-15T14:43:07Z<", "\"token-1\"", "\"timestamp-1\"",
                    Convert.ToBase64String(Messages.Octets("d36e316282959a9ed4c89851497a717f")),
                })
                {
                    Check.Contains(part, text);
                }
            }
        }

        [Test]
        public void A_reply_answers_its_request()
        {
            using (var users = Messages.Users())
            using (var alice = Messages.Alice())
            using (var client = new Outbound("preset:username-token", alice))
            using (var server = new Inbound("preset:username-token", users))
            using (var reply = new Outbound("preset:timestamp"))
            using (var answered = new Inbound("preset:timestamp"))
            {
                var request = client.Protect(Messages.Envelope);
                var validated = server.Validate(request.Message);
                var protectedReply = reply.ProtectReply(Messages.Octets(Messages.Envelope), validated.Exchange);
                Check.Equal(
                    "List", answered.ValidateReply(protectedReply.Message, request.Exchange).BodyChildLocalName);
            }
        }

        [Test]
        public void Charsets_are_told_and_believed_only_if_they_agree()
        {
            using (var users = Messages.Users())
            using (var inbound = new Inbound("preset:username-token", users))
            {
                var utf16 = Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(Messages.FromAlice()));
                Check.Equal("alice", inbound.Validate(utf16, "utf-16le").Username);
                Check.Refused(Category.Malformed, "encoding", () => inbound.Validate(Messages.FromAlice(), "utf-16"));
            }
        }

        [Test]
        public void Credentials_come_from_a_network_credential()
        {
            using (var credentials = Credentials.Of(new NetworkCredential("alice", "secret", "DOMAIN")))
            using (var users = Messages.Users())
            using (var outbound = new Outbound("preset:username-token", credentials))
            using (var inbound = new Inbound("preset:username-token", users))
            {
                Check.Equal("alice", inbound.Validate(outbound.Protect(Messages.Envelope).Message).Username);
            }
        }

        [Test]
        public void Passwords_may_be_octets()
        {
            var password = new byte[] { 0xff, 0x00, 0xfe };
            using (var credentials = new Credentials().SetUsername("alice", password))
            using (var users = new Credentials().AddPassword("alice", password))
            using (var outbound = new Outbound("preset:username-token", credentials))
            using (var inbound = new Inbound("preset:username-token", users))
            {
                Check.Equal("alice", inbound.Validate(outbound.Protect(Messages.Envelope).Message).Username);
                Check.Equal(0xff, password[0]);
            }
        }

        [Test]
        public void A_user_may_have_two_passwords_while_one_is_replaced()
        {
            using (var users = new Credentials().AddPassword("alice", "new").AddPassword("alice", "secret"))
            using (var inbound = new Inbound("preset:username-token", users))
            {
                Check.Equal("alice", inbound.Validate(Messages.FromAlice()).Username);
            }
        }

        [Test]
        public void Policies_are_written_out()
        {
            using (var inbound = new Inbound("preset:timestamp"))
            using (var again = new Inbound(inbound.Policy))
            {
                Check.Contains("timestamp = true", inbound.Policy);
                Check.Equal(inbound.Policy, again.Policy);
            }
            using (var outbound = new Outbound("preset:timestamp"))
            {
                Check.Contains("order = [\"timestamp\"]", outbound.Policy);
            }
        }

        [Test]
        public void Nonces_are_new()
        {
            using (var alice = Messages.Alice())
            using (var outbound = new Outbound("preset:username-token", alice, () => Messages.Noon))
            {
                var nonces = Enumerable.Range(0, 100).Select(_ => outbound.Protect(Messages.Envelope).Text);
                Check.Equal(100, nonces.Distinct().Count());
            }
        }

        [Test]
        public void Password_digests_are_those_of_the_standard()
        {
            Check.Equal("quR/EWLAV4xLf9Zqyw4pDmfV9OY=", PasswordDigest.Compute(
                "taadtaadpstcsm", Messages.Octets("d36e316282959a9ed4c89851497a717f"), "2003-12-15T14:43:07Z"));
            Check.Equal("2jmj7l5rSw0yVb/vlWAYkK/YBwk=", PasswordDigest.Compute("", null, null));
            Check.Refused(Category.Misuse, "invalid-argument", () => PasswordDigest.Compute("a", null, null, "rot13"));
        }

        private static string At(byte[] message, long? offset)
        {
            var text = Encoding.UTF8.GetString(message, (int)offset.Value, 40);
            return text.Substring(0, text.IndexOfAny(new[] { ' ', '>' }));
        }
    }
}
