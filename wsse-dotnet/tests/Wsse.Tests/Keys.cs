using System;
using System.IO;

namespace Wsse.Tests
{
    /// <summary>The keys of vectors/keys, and who signs and believes with them.</summary>
    internal static class Keys
    {
        internal const string Password = "changeit";

        internal const string Sign = "version = 1\nsignature = [{ parts = [\"body\"] }]\n";

        internal const string SignBySecret =
            "version = 1\nsignature = [{ reference = \"secret\", key = \"ours\", parts = [\"body\"] }]\n";

        internal const string Require = "version = 1\nrequire = { signed = [\"body\"] }\n";

        /// <summary>When the certificates are valid.</summary>
        internal static readonly DateTimeOffset May = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

        internal static byte[] Read(string file)
        {
            return File.ReadAllBytes(Path.Combine(Files.Root, "vectors", "keys", file));
        }

        internal static Credentials Pair(string name)
        {
            return new Credentials().AddKeyPair("", Read(name + ".key.pem"), Read(name + ".crt.pem"));
        }

        internal static Credentials Pin(string name)
        {
            return new Credentials().AddCertificate("", Read(name + ".crt.pem"));
        }

        internal static Credentials Anchored()
        {
            return new Credentials()
                .AddAnchor("", Read("root.crt.pem")).AddUntrusted(Read("intermediate.crt.pem"));
        }

        /// <summary>A message that these credentials sign; disposes of them.</summary>
        internal static Protected SignedBy(Credentials ours, string policy = Sign)
        {
            using (ours)
            using (var outbound = new Outbound(policy, ours, () => May))
            {
                return outbound.Protect(Messages.Envelope);
            }
        }

        /// <summary>Who believes what these credentials hold; disposes of them.</summary>
        internal static Inbound Believing(Credentials theirs, string policy = Require)
        {
            using (theirs)
            {
                return new Inbound(policy, theirs, clock: () => May);
            }
        }
    }
}
