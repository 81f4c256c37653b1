using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Wsse.Tests
{
    /// <summary>The verdicts of vectors/tokens.tsv, through <see cref="Inbound"/>.</summary>
    public sealed class VectorTests
    {
        [Test]
        public void The_verdicts_are_as_the_table_has_them()
        {
            var rows = Vectors.Table(Files.Read("vectors/tokens.tsv")).Where(row => row["verdict"] != "waiting").ToList();
            Check.True(rows.Count > 150, rows.Count + " rows");
            var thirdParty = Vectors.Manifest();
            var wrong = new List<string>();
            var (ran, absent) = (0, 0);
            foreach (var row in rows)
            {
                var message = Message(row["id"], thirdParty);
                if (message == null)
                {
                    absent++;
                    continue;
                }
                ran++;
                var expected = string.Join(" ", Expected(row));
                var verdict = Verdict(row, message);
                if (verdict != expected)
                {
                    wrong.Add($"{row["id"]} {row["policy"]} {row["at"]}: expected {expected}, but got {verdict}");
                }
            }
            Console.WriteLine("# vectors/tokens.tsv: " + ran + " rows");
            if (absent > 0)
            {
                Console.WriteLine(
                    "skipped " + absent + " rows of vectors/tokens.tsv: the third-party vectors are not there");
            }
            Check.Sequence(new string[0], wrong);
        }

        private static IEnumerable<string> Expected(Dictionary<string, string> row)
        {
            return row["verdict"] == "refused"
                ? new[] { "refused", row["category"], row["cause"] }
                : new[] { row["verdict"], row["username"], row["authenticated"] };
        }

        private static string Verdict(Dictionary<string, string> row, byte[] message)
        {
            var policy = row["policy"].StartsWith("preset:") ? row["policy"] : Files.Read("vectors/" + row["policy"]);
            var at = DateTimeOffset.Parse(row["at"], CultureInfo.InvariantCulture);
            using (var users = new Credentials())
            {
                foreach (var user in Vectors.Words(row["users"]))
                {
                    var pair = user.Split(new[] { '=' }, 2);
                    users.AddPassword(pair[0], pair[1]);
                }
                using (var inbound = new Inbound(policy, users, clock: () => at))
                {
                    try
                    {
                        var validated = inbound.Validate(message);
                        return "valid " + validated.Username + " " + (validated.IsAuthenticated ? "yes" : "no");
                    }
                    catch (WsseException refused)
                    {
                        return "refused " + refused.Category + " " + refused.Cause;
                    }
                }
            }
        }

        private static byte[] Message(string id, Dictionary<string, string> thirdParty)
        {
            if (id.StartsWith("own-"))
            {
                return File.ReadAllBytes(Path.Combine(Files.Root, "vectors", "own", id.Substring(4) + ".xml"));
            }
            return thirdParty == null ? null : File.ReadAllBytes(thirdParty[id]);
        }
    }
}
