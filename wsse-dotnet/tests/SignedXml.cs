using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using Wsse;

/// <summary>
/// Mono's own XML Signature beside ours: it checks what we sign, and we check what it signs. The first
/// argument is the folder of the keys. Writes one line for each outcome.
/// </summary>
internal static class Program
{
    private const string Envelope =
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:u=\"urn:unused\"><soap:Header>" +
        "<a:To xmlns:a=\"urn:a\">here</a:To></soap:Header>" +
        "<soap:Body><o:List xmlns:o=\"urn:orders\" type=\"o:all\">\u00e4 &lt; \u00df\r\n<![CDATA[&]]></o:List></soap:Body></soap:Envelope>";

    private const string Wssu =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

    private const string Wsse =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

    private const string TokenProfile =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";

    private const string Sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";

    private static void Main(string[] arguments)
    {
        var keys = arguments[0];
        var file = File.ReadAllBytes(Path.Combine(keys, "client-3des.p12"));
        using (var theirs = new X509Certificate2(file, "changeit", X509KeyStorageFlags.Exportable))
        using (var ours = new Credentials().AddIdentity("", file, "changeit"))
        using (var known = new Credentials().AddCertificate("", theirs.RawData))
        {
            foreach (var method in new[] { "rsa-sha256", "rsa-sha512" })
            {
                foreach (var canonicalization in new[] { "exclusive", "inclusive" })
                {
                    Console.WriteLine(method + " " + canonicalization);
                    TheyCheckOurs(ours, theirs, method, canonicalization);
                    WeCheckTheirs(known, theirs, method, canonicalization);
                }
            }
        }
    }

    private static void TheyCheckOurs(
        Credentials ours, X509Certificate2 theirs, string method, string canonicalization)
    {
        var policy =
            "version = 1\norder = [\"timestamp\", \"signature\"]\n" +
            "signature = [{ method = \"" + method + "\", canonicalization = \"" + canonicalization +
            "\", parts = [\"body\", \"timestamp\", \"{urn:a}To\"] }]\n";
        using (var outbound = new Outbound(policy, ours))
        {
            var message = outbound.Protect(Envelope).Text;
            Console.WriteLine("their check of ours: " + Holds(message, theirs));
            Console.WriteLine("of a changed Body: " + Holds(Changed(message, "o:all", "o:any"), theirs));
            Console.WriteLine("of a changed block: " + Holds(Changed(message, ">here<", ">there<"), theirs));
        }
    }

    private static bool Holds(string message, X509Certificate2 certificate)
    {
        var document = Parsed(message);
        var signature = (XmlElement)document.GetElementsByTagName("Signature", SignedXml.XmlDsigNamespaceUrl)[0];
        var signed = new SoapSignedXml(signature);
        signed.LoadXml(signature);
        if (signed.SignedInfo.References.Count != 3)
        {
            throw new InvalidOperationException("not three references");
        }
        return signed.CheckSignature((AsymmetricAlgorithm)certificate.PublicKey.Key);
    }

    private static void WeCheckTheirs(
        Credentials known, X509Certificate2 theirs, string method, string canonicalization)
    {
        var message = Signed(theirs, method, canonicalization);
        using (var inbound = new Inbound("version = 1\nrequire = { signed = [\"body\", \"{urn:a}To\"] }\n", known))
        {
            var validated = inbound.Validate(message);
            Console.WriteLine("our check of theirs: " + string.Join(" ", validated.SignedPaths));
            var signer = new X509Certificate2(validated.Certificate);
            Console.WriteLine("signed by them: " + (signer.Thumbprint == theirs.Thumbprint));
            foreach (var changed in new[] { Changed(message, "o:all", "o:any"), Changed(message, ">here<", ">there<") })
            {
                try
                {
                    inbound.Validate(changed);
                    Console.WriteLine("a changed message passed");
                }
                catch (WsseException refused)
                {
                    Console.WriteLine("of a changed one: " + refused.Category + " " + refused.Cause);
                }
            }
        }
    }

    /// <summary>A message that Mono signs: Body and a header block, with the certificate in a
    /// BinarySecurityToken.</summary>
    private static string Signed(X509Certificate2 theirs, string method, string canonicalization)
    {
        var document = Parsed(Envelope);
        var envelope = document.DocumentElement;
        var header = (XmlElement)envelope.FirstChild;
        Named((XmlElement)header.FirstChild, "to");
        Named((XmlElement)envelope.LastChild, "body");
        var security = (XmlElement)header.AppendChild(document.CreateElement("wsse", "Security", Wsse));
        var token = (XmlElement)security.AppendChild(document.CreateElement("wsse", "BinarySecurityToken", Wsse));
        Named(token, "token");
        token.SetAttribute("ValueType", TokenProfile);
        token.InnerText = Convert.ToBase64String(theirs.RawData);
        var identity = document.CreateElement("wsse", "SecurityTokenReference", Wsse);
        var reference = (XmlElement)identity.AppendChild(document.CreateElement("wsse", "Reference", Wsse));
        reference.SetAttribute("URI", "#token");
        reference.SetAttribute("ValueType", TokenProfile);

        var exclusive = canonicalization == "exclusive";
        var signed = new SoapSignedXml(security) { SigningKey = theirs.PrivateKey };
        signed.SignedInfo.CanonicalizationMethod =
            exclusive ? SignedXml.XmlDsigExcC14NTransformUrl : SignedXml.XmlDsigC14NTransformUrl;
        signed.SignedInfo.SignatureMethod = "http://www.w3.org/2001/04/xmldsig-more#" + method;
        foreach (var id in new[] { "to", "body" })
        {
            var part = new Reference("#" + id) { DigestMethod = Sha256 };
            part.AddTransform(exclusive ? (Transform)new XmlDsigExcC14NTransform() : new XmlDsigC14NTransform());
            signed.AddReference(part);
        }
        signed.KeyInfo.AddClause(new KeyInfoNode(identity));
        signed.ComputeSignature();
        security.AppendChild(document.ImportNode(signed.GetXml(), true));
        return document.OuterXml;
    }

    private static void Named(XmlElement element, string id)
    {
        var attribute = element.OwnerDocument.CreateAttribute("wsu", "Id", Wssu);
        attribute.Value = id;
        element.Attributes.Append(attribute);
    }

    private static XmlDocument Parsed(string message)
    {
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(message);
        return document;
    }

    private static string Changed(string message, string from, string to)
    {
        if (!message.Contains(from))
        {
            throw new InvalidOperationException(from + " is not there");
        }
        return message.Replace(from, to);
    }

    /// <summary>Knows the Ids of WS-Security. It is given the place of the Signature: from a document
    /// alone it takes the namespaces of the root for those of SignedInfo.</summary>
    private sealed class SoapSignedXml : SignedXml
    {
        internal SoapSignedXml(XmlElement place)
            : base(place)
        {
        }

        public override XmlElement GetIdElement(XmlDocument document, string id)
        {
            var names = new XmlNamespaceManager(document.NameTable);
            names.AddNamespace("wsu", Wssu);
            return (XmlElement)document.SelectSingleNode("//*[@wsu:Id='" + id + "']", names);
        }
    }
}
