using System;
using System.Collections.Generic;
using System.Linq;

namespace Wsse.Tests
{
    public sealed class HeaderTests
    {
        private static readonly HeaderOptions Bob = new HeaderOptions
        {
            Nonce = Messages.Octets("d36e316282959a9ed4c89851497a717f"),
            Created = "2003-12-15T14:43:07Z",
        };

        /// <summary>The block that docs/guide/x-wsse.md shows for each dialect.</summary>
        [Test]
        public void Headers_are_those_of_the_page()
        {
            var page = Files.Read("docs/guide/x-wsse.md");
            var block = page.Split(new[] { "<!-- headers -->\n```text\n", "```\n<!-- end of headers" }, 0)[1];
            var lines = block.Trim().Split('\n').Select(line => line.Split(new[] { ": " }, 2, 0)).ToList();
            Check.Sequence(XWsseHeader.Dialects, lines.Select(line => line[0]));
            foreach (var line in lines)
            {
                using (var creator = new HeaderCreator("bob", "taadtaadpstcsm", Dialect.Preset(line[0])))
                {
                    Check.Equal(line[1], creator.Create(Bob));
                }
            }
        }

        [Test]
        public void What_is_made_is_checked_once()
        {
            foreach (var dialect in XWsseHeader.Dialects)
            {
                using (var users = Messages.Users())
                using (var check = new HeaderCheck(users, dialect))
                {
                    var value = XWsseHeader.Create("alice", "secret", dialect);
                    var checkedHeader = check.Check(value);
                    Check.Equal("alice", checkedHeader.Username);
                    Check.Equal(dialect, checkedHeader.Dialect);
                    Check.Equal(HeaderValue.Parse(value).Nonce, checkedHeader.Nonce);
                    Check.True(checkedHeader.Created > Messages.Noon, "Created is " + checkedHeader.Created);
                    Check.Refused(Category.InvalidSecurity, "replay", () => check.Check(value));
                }
            }
        }

        [Test]
        public void Several_dialects_clock_and_store_are_taken()
        {
            var clock = Messages.Noon;
            using (var users = Messages.Users())
            using (var store = ReplayStore.InMemory())
            using (var check = new HeaderCheck(
                users, new[] { Dialect.Preset("atom"), Dialect.Preset("huawei") }, store, () => clock))
            using (var creator = new HeaderCreator("alice", "secret", Dialect.Preset("huawei"), () => Messages.Noon))
            {
                var header = check.Check(creator.Create());
                Check.Equal("huawei", header.Dialect);
                Check.Equal(Messages.Noon, header.Created);
                Check.Equal(1L, store.Count);
                clock = Messages.Noon.AddDays(1);
                Check.Refused(Category.MessageExpired, "expired", () => check.Check(creator.Create()));
                clock = Messages.Noon.AddDays(-1);
                Check.Refused(Category.MessageExpired, "not-yet-valid", () => check.Check(creator.Create()));
            }
        }

        [Test]
        public void Wrong_headers_are_refused_with_their_cause()
        {
            using (var users = Messages.Users())
            using (var check = new HeaderCheck(users))
            {
                Check.Refused(
                    Category.FailedAuthentication,
                    "failed-authentication",
                    () => check.Check(XWsseHeader.Create("alice", "guess")));
                Check.Refused(Category.Malformed, "header-syntax", () => check.Check("Basic YTpi"));
                Check.Refused(
                    Category.Malformed, "missing-parameter", () => check.Check("UsernameToken Username=\"alice\""));
                var twice = Check.Refused(
                    Category.Malformed,
                    "duplicate-parameter",
                    () => check.Check("UsernameToken Username=\"a\", Username=\"b\""));
                Check.Equal(28L, twice.Offset);
                Check.Equal(null, twice.Line);
            }
            using (var users = Messages.Users())
            {
                Check.Refused(
                    Category.Misuse, "invalid-argument", () => new HeaderCheck(users, new Dialect[0]));
                Check.Refused(Category.Misuse, "invalid-argument", () => new HeaderCheck(users, "atomic"));
            }
        }

        [Test]
        public void A_dialect_of_your_own()
        {
            var ours = new Dialect("ours")
                .With("nonce-form", "base64")
                .With("hash", "sha512")
                .WithParameter("Organization", "example");
            Check.Equal("ours", ours.Name);
            using (var users = Messages.Users())
            using (var check = new HeaderCheck(users, new[] { ours }))
            using (var creator = new HeaderCreator("alice", "secret", ours))
            {
                var options = new HeaderOptions { Parameters = { { "Extra", "ä \"quoted\"" } } };
                var header = check.Check(creator.Create(options));
                Check.Equal("ours", header.Dialect);
                Check.Sequence(
                    new[] { "Extra=ä \"quoted\"", "Organization=example" },
                    header.UnprotectedParameters.Select(p => p.Key + "=" + p.Value).OrderBy(p => p));
            }
            // The one that was changed stays as it was.
            var atom = Dialect.Preset("atom");
            atom.With("hash", "sha256");
            using (var creator = new HeaderCreator("bob", "taadtaadpstcsm", atom))
            {
                Check.Contains("quR/EWLAV4xLf9Zqyw4pDmfV9OY=", creator.Create(Bob));
            }
            Check.Refused(Category.Misuse, "invalid-argument", () => atom.With("hash", "md5"));
            Check.Refused(Category.Misuse, "invalid-argument", () => atom.With("hsah", "sha1"));
        }

        [Test]
        public void Values_are_read_without_a_judgement()
        {
            var value = HeaderValue.Parse(
                "UsernameToken Username=\"b\\\"ob\", PasswordDigest=\"x\", Nonce=\"y\", Created=\"z\", More=\"1\"");
            Check.Equal("b\"ob x y z", string.Join(" ", value.Username, value.PasswordDigest, value.Nonce, value.Created));
            Check.Equal(true, value.HasPrefix);
            Check.Equal("1", value.Parameters["More"]);
            Check.Refused(Category.Malformed, "header-syntax", () => HeaderValue.Parse("?"));
        }

        [Test]
        public void Challenges_are_written_and_found()
        {
            Check.Equal("WSSE realm=\"a \\\"b\\\"\", profile=\"UsernameToken\"", Challenge.Write("a \"b\""));
            var challenge = Challenge.Parse("Basic realm=\"x\", WSSE realm=\"orders\", profile=\"UsernameToken\", more=1");
            Check.Equal("orders", challenge.Realm);
            Check.Equal("UsernameToken", challenge.Profile);
            Check.Equal("1", challenge.Parameters["more"]);
            Check.Equal(null, Challenge.Parse("Basic realm=\"say WSSE please\""));
            Check.Equal(null, Challenge.Parse("WSSE").Realm);
            Check.Refused(Category.Malformed, "header-syntax", () => Challenge.Parse("WSSE realm=\"open"));
            Check.Refused(Category.Misuse, "invalid-argument", () => Challenge.Write("a\nb"));
        }

        [Test]
        public void Authorizations_are_written_and_read()
        {
            Check.Equal("WSSE profile=\"UsernameToken\"", AuthorizationHeader.UsernameToken.ToString());
            Check.Equal(
                "WSSE realm=\"SDP\",profile=\"UsernameToken\",type=\"Appkey\"", AuthorizationHeader.Huawei.ToString());
            var read = AuthorizationHeader.Parse(AuthorizationHeader.Huawei.ToString());
            Check.Equal("SDP UsernameToken Appkey", read.Realm + " " + read.Profile + " " + read.Parameters["type"]);
            Check.Equal(null, AuthorizationHeader.Parse("Basic YTpi"));
            var made = AuthorizationHeader.Create("r", new Dictionary<string, string> { { "type", "t" } });
            Check.Equal("r", AuthorizationHeader.Parse(made.ToString()).Realm);
            Check.Refused(Category.Misuse, "invalid-argument", () => AuthorizationHeader.Create("a\nb"));
        }

        [Test]
        public void The_huawei_dialect_brings_its_authorization()
        {
            Check.Equal(AuthorizationHeader.Huawei, new WsseHeaderSource("huawei").Authorization);
            Check.Equal(AuthorizationHeader.UsernameToken, new WsseHeaderSource("emt").Authorization);
        }

        [Test]
        public void Sources_use_their_clock_and_parameters()
        {
            var source = new WsseHeaderSource("atom") { Clock = () => Messages.Noon };
            source.Parameters.Add("Organization", "example");
            var value = HeaderValue.Parse(source.Create(Service.Alice));
            Check.Equal("2024-05-01T12:00:00Z", value.Created);
            Check.Equal("example", value.Parameters["Organization"]);
        }
    }
}
