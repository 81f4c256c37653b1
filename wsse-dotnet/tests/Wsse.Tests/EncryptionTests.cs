using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace Wsse.Tests
{
    /// <summary>Decrypting; the verdicts that vectors/encrypted-messages.tsv has.</summary>
    public sealed class EncryptionTests
    {
        private const string Require =
            "version = 1\nrequire = { signed = [\"body\"], encrypted = [\"body-content\"] }\n";

        private const string Decrypt = "version = 1\nrequire = { timestamp = true }\n";

        private static byte[] Encrypted => File.ReadAllBytes(
            Path.Combine(Files.Root, "vectors", "encrypted", "aes256-gcm.xml"));

        [Test]
        public void A_validated_message_says_what_was_encrypted()
        {
            foreach (var ours in new[] { Keys.Pair("server"), Key() })
            {
                using (ours.AddCertificate("", Keys.Read("client.crt.pem")))
                using (var inbound = new Inbound(Require, ours, clock: () => Keys.May))
                {
                    var validated = inbound.Validate(Encrypted);
                    Check.Contains("text &amp; more", validated.Text);
                    Check.Equal(1, validated.Encrypted.Count);
                    Check.Equal("/Envelope/Body", validated.Encrypted[0].Path);
                    Check.True(validated.Encrypted[0].IsContent, "the content of the Body");
                }
            }
        }

        [Test]
        public void A_message_is_decrypted_and_nothing_more()
        {
            using (var ours = Key())
            using (var inbound = new Inbound(Require.Replace("signed = [\"body\"], ", ""), ours, clock: () => Keys.May))
            {
                var decrypted = inbound.Decrypt(Encrypted);
                var part = decrypted.Encrypted.Single();
                var octets = decrypted.Octets.Skip((int)part.Start).Take((int)(part.End - part.Start)).ToArray();
                Check.Equal("/Envelope/Body", part.Path);
                Check.Contains("text &amp; more", Encoding.UTF8.GetString(octets));
                Check.Contains("SignatureValue", decrypted.Text);
                Check.True(!decrypted.Text.Contains("EncryptedData"), "what was decrypted stands there");
                Refused("InvalidSecurity missing-part", () => inbound.Decrypt(decrypted.Octets.Length > 0
                    ? Encoding.UTF8.GetBytes(Regex.Replace(decrypted.Text, "<xenc:EncryptedKey.*</xenc:EncryptedKey>", ""))
                    : null));
                var text = Encoding.UTF8.GetString(Encrypted);
                var broken = text.Replace("<xenc:CipherValue>", "<xenc:CipherValue>AAAA");
                Refused("FailedCheck decryption-failed", () => inbound.Decrypt(Encoding.UTF8.GetBytes(broken)));
            }
        }

        [Test]
        public void A_message_is_encrypted_and_the_reply_for_its_signer()
        {
            const string encrypts = "version = 1\norder = [\"signature\", \"encryption\"]\n" +
                "signature = [{ parts = [\"body\"] }]\nencryption = [{ recipient = \"NAME\" }]\n";
            using (var ours = Keys.Pair("client").AddRecipient("server", Keys.Read("server.crt.pem")))
            using (var client = new Outbound(encrypts.Replace("NAME", "server"), ours, () => Keys.May))
            using (var reads = Keys.Believing(Keys.Pair("client").AddCertificate("", Keys.Read("server.crt.pem")), Require))
            using (var answers = new Outbound(encrypts.Replace("NAME", "signer"), Keys.Pair("server"), () => Keys.May))
            using (var server = Keys.Believing(Keys.Pair("server").AddCertificate("", Keys.Read("client.crt.pem")), Require))
            {
                var request = client.Protect(Messages.Envelope);
                Check.Contains("EncryptedData", Encoding.UTF8.GetString(request.Message));
                var received = server.Validate(request.Message);
                var reply = answers.ProtectReply(Messages.Octets(Messages.Envelope), received.Exchange);
                Check.Contains("EncryptedData", Encoding.UTF8.GetString(reply.Message));
                Check.Equal("/Envelope/Body", reads.ValidateReply(reply.Message, request.Exchange).Encrypted[0].Path);
            }
        }

        [Test]
        public void Keys_that_are_none_are_refused()
        {
            using (var none = new Credentials())
            {
                Refused("Misuse missing-credential", () => none.AddDecryptionKey("", Keys.Read("server.crt.pem")));
                Refused("Misuse wrong-key-password",
                    () => none.AddDecryptionKey("", Keys.Read("client.pkcs8-aes256.pem"), "wrong"));
                none.AddDecryptionKey("", Keys.Read("client.pkcs8-aes256.pem"), Encoding.UTF8.GetBytes(Keys.Password));
            }
            using (var nobody = Keys.Pin("client"))
            {
                Refused("Misuse missing-credential", () => new Inbound(Require, nobody));
            }
        }

        [Test]
        public void The_verdicts_are_as_the_table_has_them()
        {
            var rows = Vectors.Table(Files.Read("vectors/encrypted-messages.tsv"))
                .Where(row => row["verdict"] != "listed").ToList();
            Check.True(rows.Count > 60 && rows.Count(row => row["verdict"] == "valid") > 15, rows.Count + " rows");
            var manifest = Vectors.Manifest();
            if (manifest == null)
            {
                Console.WriteLine("skipped " + rows.Count
                    + " rows of vectors/encrypted-messages.tsv: the third-party vectors are not there");
                return;
            }
            var wrong = new List<string>();
            foreach (var row in rows)
            {
                var (expected, verdict) = (Expected(row), Verdict(row, File.ReadAllBytes(manifest[row["id"]])));
                if (verdict != expected)
                {
                    wrong.Add($"{row["id"]} {row["policy"]} {row["legacy"]}: expected {expected}, but got {verdict}");
                }
            }
            Console.WriteLine("# vectors/encrypted-messages.tsv: " + rows.Count + " rows");
            Check.Sequence(new string[0], wrong);
        }

        private static Credentials Key()
        {
            return new Credentials().AddDecryptionKey("", Keys.Read("server.key.pem"));
        }

        private static void Refused(string expected, Func<object> attempt)
        {
            try
            {
                attempt();
            }
            catch (WsseException refused)
            {
                Check.Equal(expected, refused.Category + " " + refused.Cause);
                return;
            }
            throw new Exception("expected " + expected);
        }

        private static string Expected(Dictionary<string, string> row)
        {
            return row["verdict"] == "refused"
                ? "refused " + row["category"] + " " + row["cause"]
                : Shown(Vectors.Words(row["signed"]).Distinct(), Vectors.Words(row["encrypted"]));
        }

        private static string Verdict(Dictionary<string, string> row, byte[] message)
        {
            var policy = row["policy"] == "" ? Decrypt : Files.Read("vectors/" + row["policy"]);
            var names = string.Join(", ", Vectors.Words(row["legacy"]).Select(name => "\"" + name + "\""));
            var at = DateTimeOffset.Parse(row["at"], CultureInfo.InvariantCulture);
            using (var known = Known(row))
            using (var inbound = new Inbound(policy + "\nlegacy = { allow = [" + names + "] }\n", known, clock: () => at))
            {
                try
                {
                    if (row["door"] == "decrypt")
                    {
                        return Shown(new string[0], Local(inbound.Decrypt(message).Encrypted));
                    }
                    var validated = inbound.Validate(message);
                    return Shown(validated.SignedPaths.Select(Local).Distinct(), Local(validated.Encrypted));
                }
                catch (WsseException refused)
                {
                    return "refused " + refused.Category + " " + refused.Cause;
                }
            }
        }

        private static Credentials Known(Dictionary<string, string> row)
        {
            var known = new Credentials();
            if (row["user"] != "")
            {
                var user = row["user"].Split(new[] { '=' }, 2);
                known.AddPassword(user[0], user[1]);
            }
            foreach (var pair in Vectors.Words(row["keys"]).Select(key => key.Split(new[] { '=' }, 2)))
            {
                var octets = File.ReadAllBytes(Path.Combine(Vectors.Folder, pair[1]));
                switch (pair[0])
                {
                    case "key":
                        known.AddDecryptionKey("", octets);
                        break;
                    case "cert":
                        known.AddCertificate("", octets);
                        break;
                    case "trust":
                        known.AddAnchor("", octets);
                        break;
                    case "untrusted":
                        known.AddUntrusted(octets);
                        break;
                    default:
                        throw new Exception("unknown kind of key: " + pair[0]);
                }
            }
            return known;
        }

        private static IEnumerable<string> Local(IEnumerable<EncryptedPart> parts)
        {
            return parts.Select(part => Local(part.Path) + (part.IsContent ? "/*" : ""));
        }

        private static string Local(string path)
        {
            return Regex.Replace(path, @"\{[^}]*\}|\[\d+\]", "");
        }

        private static string Shown(IEnumerable<string> signed, IEnumerable<string> encrypted)
        {
            return "valid " + Sorted(signed) + " | " + Sorted(encrypted);
        }

        private static string Sorted(IEnumerable<string> paths)
        {
            return string.Join(" ", paths.OrderBy(path => path, StringComparer.Ordinal));
        }
    }
}
