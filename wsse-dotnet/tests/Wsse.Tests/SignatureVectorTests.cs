using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace Wsse.Tests
{
    /// <summary>The verdicts that vectors/signatures.tsv has for messages, through <see cref="Inbound"/>.</summary>
    public sealed class SignatureVectorTests
    {
        private const string Verify = "version = 1\nrequire = { signed = [\"body\", \"timestamp?\"] }\n";

        [Test]
        public void The_verdicts_are_as_the_table_has_them()
        {
            // A document that is no message is judged by the core and the command line.
            var rows = Vectors.Table(Files.Read("vectors/signatures.tsv"))
                .Where(row => row["kind"] == "soap" && row["verdict"] != "listed").ToList();
            Check.True(rows.Count > 100 && rows.Count(row => row["verdict"] == "valid") > 20, rows.Count + " rows");
            var manifest = Vectors.Manifest();
            if (manifest == null)
            {
                Console.WriteLine(
                    "skipped " + rows.Count + " rows of vectors/signatures.tsv: the third-party vectors are not there");
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
            Console.WriteLine("# vectors/signatures.tsv: " + rows.Count + " rows");
            Check.Sequence(new string[0], wrong);
        }

        private static string Expected(Dictionary<string, string> row)
        {
            return row["verdict"] == "refused"
                ? "refused " + row["category"] + " " + row["cause"]
                : "valid " + Sorted(Vectors.Words(row["signed"]));
        }

        private static string Verdict(Dictionary<string, string> row, byte[] message)
        {
            Check.Equal("", row["prepare"]);
            var policy = row["policy"] == "" ? Verify : Files.Read("vectors/" + row["policy"]);
            var names = string.Join(", ", Vectors.Words(row["legacy"]).Select(name => "\"" + name + "\""));
            var at = DateTimeOffset.Parse(row["at"], CultureInfo.InvariantCulture);
            using (var known = Known(Vectors.Words(row["keys"]), message))
            using (var inbound = new Inbound(policy + "\nlegacy = { allow = [" + names + "] }\n", known, clock: () => at))
            {
                try
                {
                    var local = inbound.Validate(message).SignedPaths
                        .Select(path => Regex.Replace(path, @"\{[^}]*\}|\[\d+\]", ""));
                    return "valid " + Sorted(local);
                }
                catch (WsseException refused)
                {
                    return "refused " + refused.Category + " " + refused.Cause;
                }
            }
        }

        private static Credentials Known(string[] keys, byte[] message)
        {
            var known = new Credentials();
            foreach (var pair in keys.Select(key => key.Split(new[] { '=' }, 2)))
            {
                var octets = Key(pair[1], message);
                switch (pair[0])
                {
                    case "cert":
                        known.AddCertificate("", octets);
                        break;
                    case "trust":
                        known.AddAnchor("", octets);
                        break;
                    case "untrusted":
                        known.AddUntrusted(octets);
                        break;
                    case "secret":
                        known.AddSecret("", octets);
                        break;
                    default:
                        throw new Exception("unknown kind of key: " + pair[0]);
                }
            }
            // Nobody is trusted: an Inbound wants to be told somebody.
            return keys.Length > 0 ? known : known.AddAnchor("", Keys.Read("other-root.crt.pem"));
        }

        private static byte[] Key(string file, byte[] message)
        {
            var number = Regex.Match(file, "^message#certificate(?::([0-9]+))?$");
            if (!number.Success)
            {
                return File.ReadAllBytes(Path.Combine(Vectors.Folder, file));
            }
            var index = number.Groups[1].Success ? int.Parse(number.Groups[1].Value) : 1;
            var found = Regex.Matches(Encoding.UTF8.GetString(message), "X509Certificate>([^<]*)</");
            return Convert.FromBase64String(found[index - 1].Groups[1].Value);
        }

        private static string Sorted(IEnumerable<string> paths)
        {
            return string.Join(" ", paths.Distinct().OrderBy(path => path, StringComparer.Ordinal));
        }
    }
}
