using System;
using System.IO;
using System.Linq;
using System.Text;

namespace Wsse.Tests
{
    /// <summary>Messages that are read from streams.</summary>
    public sealed class StreamTests
    {
        private const string Requires = "version = 1\nrequire = { timestamp = true }";

        private static readonly byte[] Long = Messages.Octets(
            "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><o>" +
            string.Concat(Enumerable.Repeat("<line>text &amp; more</line>\n", 20_000)) +
            "</o></soap:Body></soap:Envelope>");

        [Test]
        public void What_is_protected_from_a_stream_is_validated_from_one()
        {
            using (var outbound = new Outbound("preset:timestamp"))
            using (var inbound = new Inbound(Requires))
            {
                var source = new MemoryStream(Messages.Octets("before\n").Concat(Long).ToArray());
                source.Position = 7;
                var written = new Told();
                Check.True(outbound.Protect(source, written) != null, "no exchange");
                Check.Equal("commit", written.Ends);
                var whole = inbound.Validate(written.Octets);
                Check.True(whole.Spooled == null, "nothing was spooled");
                var content = new Told();
                var valid = inbound.Validate(new MemoryStream(written.Octets), content, "utf-8");
                Check.Equal("commit", content.Ends);
                Check.True(content.Octets.SequenceEqual(whole.UnsignedDocument), "other content");
                Check.True(!valid.Spooled.IsSigned, "no signature was asked for");
                Check.Equal(content.Octets.LongLength, valid.Spooled.Length);
                var body = content.Octets.Skip((int)valid.Spooled.BodyStart)
                    .Take((int)(valid.Spooled.BodyEnd - valid.Spooled.BodyStart));
                Check.True(body.SequenceEqual(whole.UnsignedBody), "another body");
                Check.True(valid.Document == null && valid.UnsignedDocument.Length == 0, "it is held");
            }
        }

        [Test]
        public void Signed_content_is_told_apart_and_a_changed_octet_aborts()
        {
            using (var inbound = Keys.Believing(Keys.Pin("client")))
            {
                var signed = Keys.SignedBy(Keys.Pair("client"), Keys.Sign).Message;
                var whole = inbound.Validate(signed);
                using (var other = Keys.Believing(Keys.Pin("client")))
                {
                    var content = new Told();
                    var valid = other.Validate(new MemoryStream(signed), content);
                    Check.True(valid.Spooled.IsSigned, "the signature was required");
                    Check.True(content.Octets.SequenceEqual(whole.Document), "other content");
                    Check.Sequence(whole.SignedPaths, valid.SignedPaths);
                }
                var text = Encoding.UTF8.GetString(signed).Replace("urn:orders", "urn:others");
                var refused = new Told();
                Check.Refused(Category.FailedCheck, "digest-mismatch", () =>
                    inbound.Validate(new MemoryStream(Messages.Octets(text)), refused));
                Check.Equal("abort", refused.Ends);
            }
        }

        [Test]
        public void What_a_stream_or_a_spool_throws_is_inside_the_refusal()
        {
            using (var outbound = new Outbound("preset:timestamp"))
            {
                foreach (var throws in new[] { "write", "commit", "abort" })
                {
                    var written = new Told { Throws = throws };
                    var source = new MemoryStream(throws == "abort" ? Long.Take(1000).ToArray() : Long);
                    var failure = Check.Throws<WsseException>(() => outbound.Protect(source, written));
                    Check.Equal(throws == "abort" ? Category.Malformed : Category.Io, failure.Category);
                    Check.Equal(throws == "abort" ? null : "no " + throws, failure.InnerException?.Message);
                    Check.Equal(throws == "commit" ? "commit" : "abort", written.Ends);
                }
                var broken = new Told();
                var pulled = Check.Throws<WsseException>(() => outbound.Protect(new Pulled(), broken));
                Check.Equal(Category.Io, pulled.Category);
                Check.Equal("the cable was pulled", pulled.InnerException.Message);
                Check.Equal("abort", broken.Ends);
            }
        }

        [Test]
        public void A_file_is_replaced_when_everything_held()
        {
            var folder = Path.Combine(Path.GetTempPath(), "wsse-" + Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(folder);
            try
            {
                var path = Path.Combine(folder, "message.xml");
                using (var outbound = new Outbound("preset:timestamp"))
                {
                    foreach (var content in new[] { null, "old" })
                    {
                        if (content != null)
                        {
                            File.WriteAllText(path, content);
                        }
                        using (var spool = new FileSpool(path))
                        {
                            Check.Refused(Category.Malformed, "unexpected-end", () =>
                                outbound.Protect(new MemoryStream(Long.Take(1000).ToArray()), spool));
                        }
                        Check.Equal(content, File.Exists(path) ? File.ReadAllText(path) : null);
                        using (var spool = new FileSpool(path))
                        {
                            outbound.Protect(new MemoryStream(Long), spool);
                            Check.Refused(Category.Io, "input-output", () =>
                                outbound.Protect(new MemoryStream(Long), spool));
                        }
                        Check.Contains("Timestamp", File.ReadAllText(path));
                        Check.Equal(1, Directory.GetFiles(folder).Length);
                    }
                }
            }
            finally
            {
                Directory.Delete(folder, true);
            }
        }

        [Test]
        public void A_reply_answers_its_request()
        {
            const string Confirms =
                "version = 1\norder = [\"signature-confirmation\", \"signature\"]\n" +
                "signature = [{ parts = [\"body\", \"signature-confirmation\"] }]\n";
            const string Demands = "version = 1\nrequire = { signed = [\"body\"], signature-confirmation = true }\n";
            using (var outbound = new Outbound(Keys.Sign, Keys.Pair("client"), () => Keys.May))
            using (var inbound = Keys.Believing(Keys.Pin("client")))
            using (var answers = new Outbound(Confirms, Keys.Pair("client"), () => Keys.May))
            using (var demands = Keys.Believing(Keys.Pin("client"), Demands))
            {
                var request = outbound.Protect(Messages.Envelope);
                var valid = inbound.Validate(request.Message);
                var reply = new Told();
                answers.ProtectReply(new MemoryStream(Long), reply, valid.Exchange);
                demands.ValidateReply(new MemoryStream(reply.Octets), new Told(), request.Exchange);
                Check.Refused(Category.InvalidSecurity, "signature-confirmation", () =>
                    demands.Validate(new MemoryStream(reply.Octets), new Told()));
                answers.ProtectReply(new MemoryStream(Long), new Told(), null);
                Check.Refused(Category.Misuse, "invalid-argument", () =>
                    answers.Protect(new MemoryStream(Long), new Told()));
            }
        }

        [Test]
        public void Arguments_that_make_no_sense()
        {
            using (var outbound = new Outbound("preset:timestamp"))
            using (var inbound = new Inbound(Requires))
            {
                Check.Throws<ArgumentNullException>(() => outbound.Protect((Stream)null, new Told()));
                Check.Throws<ArgumentNullException>(() => outbound.Protect(new MemoryStream(), null));
                Check.Throws<ArgumentNullException>(() => inbound.Validate((Stream)null, new Told()));
                Check.Throws<ArgumentNullException>(() => inbound.Validate(new MemoryStream(), (Spool)null));
                Check.Throws<ArgumentNullException>(() =>
                    inbound.ValidateReply(new MemoryStream(), new Told(), null));
                Check.Throws<ArgumentException>(() => outbound.Protect(new Pulled { Seeks = false }, new Told()));
                Check.Throws<ArgumentNullException>(() => new FileSpool(null));
            }
        }

        private sealed class Told : Spool
        {
            private readonly MemoryStream _octets = new MemoryStream();

            internal string Throws { get; set; }

            internal string Ends { get; private set; } = "";

            internal byte[] Octets => _octets.ToArray();

            public override void Write(byte[] octets, int count)
            {
                Fail("write");
                _octets.Write(octets, 0, count);
            }

            public override void Commit()
            {
                Ends += "commit";
                Fail("commit");
            }

            public override void Abort()
            {
                Ends += "abort";
                Fail("abort");
            }

            private void Fail(string what)
            {
                if (Throws == what)
                {
                    throw new InvalidOperationException("no " + what);
                }
            }
        }

        private sealed class Pulled : MemoryStream
        {
            internal Pulled()
                : base(Long)
            {
            }

            internal bool Seeks { private get; set; } = true;

            public override bool CanSeek => Seeks;

            public override int Read(byte[] buffer, int offset, int count)
            {
                if (Position > 100_000)
                {
                    throw new IOException("the cable was pulled");
                }
                return base.Read(buffer, offset, Math.Min(count, 60_000));
            }
        }
    }
}
