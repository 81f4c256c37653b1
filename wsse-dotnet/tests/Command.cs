using System;
using System.Globalization;
using System.IO;
using Wsse;

/// <summary>
/// Signs and validates files, as the command wsse does:
/// "sign POLICY (KEY CERTIFICATE | SECRET) AT IN OUT" and "validate POLICY (CERTIFICATE | SECRET) AT IN OUT".
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        var last = arguments.Length;
        var at = DateTimeOffset.Parse(arguments[last - 3], CultureInfo.InvariantCulture);
        var input = File.ReadAllBytes(arguments[last - 2]);
        using (var credentials = new Credentials())
        {
            try
            {
                byte[] output;
                if (arguments[0] == "sign")
                {
                    if (last == 7)
                    {
                        credentials.AddKeyPair("", File.ReadAllBytes(arguments[2]), File.ReadAllBytes(arguments[3]));
                    }
                    else
                    {
                        credentials.AddSecret("", File.ReadAllBytes(arguments[2]));
                    }
                    output = new Outbound(arguments[1], credentials, () => at).Protect(input).Message;
                }
                else
                {
                    var trusted = File.ReadAllBytes(arguments[2]);
                    if (arguments[2].EndsWith(".secret"))
                    {
                        credentials.AddSecret("", trusted);
                    }
                    else
                    {
                        credentials.AddCertificate("", trusted);
                    }
                    var validated = new Inbound(arguments[1], credentials, clock: () => at).Validate(input);
                    Console.WriteLine(string.Join(" ", validated.SignedPaths));
                    output = validated.Document;
                }
                File.WriteAllBytes(arguments[last - 1], output);
                return 0;
            }
            catch (WsseException refused)
            {
                Console.WriteLine(refused.Category + " " + refused.Cause);
                return 1;
            }
        }
    }
}
