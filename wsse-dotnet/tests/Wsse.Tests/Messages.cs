using System;
using System.Text;

namespace Wsse.Tests
{
    /// <summary>Messages that the tests share.</summary>
    internal static class Messages
    {
        internal const string Envelope =
            "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">" +
            "<soap:Body><o:List xmlns:o=\"urn:orders\">ä</o:List></soap:Body></soap:Envelope>";

        /// <summary>Noon of 2024-05-01, UTC.</summary>
        internal static readonly DateTimeOffset Noon = new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);

        internal static byte[] Octets(string text)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        internal static Credentials Alice()
        {
            return Credentials.Of("alice", "secret");
        }

        internal static Credentials Users()
        {
            return new Credentials().AddPassword("alice", "secret");
        }

        internal static byte[] FromAlice(Call call = null, Func<DateTimeOffset> clock = null)
        {
            using (var credentials = Alice())
            using (var outbound = new Outbound("preset:username-token", credentials, clock))
            {
                return outbound.Protect(Envelope, call).Message;
            }
        }
    }
}
