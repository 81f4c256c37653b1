using System;
using System.IO;

namespace Wsse
{
    /// <summary>
    /// Where the content of a message goes that is read from a stream, before it is known whether the
    /// message is accepted. After any number of calls of <see cref="Write"/> comes exactly one of
    /// <see cref="Commit"/> and <see cref="Abort"/>: until then nobody may use what was written. What the first
    /// two throw refuses the message as Io, with the exception inside.
    /// </summary>
    public abstract class Spool
    {
        /// <summary>Takes the next octets.</summary>
        /// <param name="octets">They may be changed after the call.</param>
        /// <param name="count">How many of them count, from the first on.</param>
        public abstract void Write(byte[] octets, int count);

        /// <summary>Everything was written, and the message is accepted. Where this throws,
        /// <see cref="Abort"/> is not called, and what was written must be gone as after it.</summary>
        public abstract void Commit();

        /// <summary>The message is refused. What this throws is not seen by anybody.</summary>
        public abstract void Abort();
    }

    /// <summary>A file that is replaced when a message is accepted: there is the old content or the new one,
    /// never a part. What is written stands in a file beside it until then.</summary>
    public sealed class FileSpool : Spool, IDisposable
    {
        private readonly string _target;
        private readonly string _temporary;
        private FileStream _file;

        /// <summary>A spool for one message.</summary>
        /// <param name="path">The file, which may exist.</param>
        /// <exception cref="IOException">No file can be made there.</exception>
        public FileSpool(string path)
        {
            _target = Path.GetFullPath(path ?? throw new ArgumentNullException(nameof(path)));
            _temporary = Path.Combine(
                Path.GetDirectoryName(_target) ?? "",
                "." + Path.GetFileName(_target) + "." + Guid.NewGuid().ToString("N") + ".wsse");
            _file = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        }

        /// <inheritdoc/>
        public override void Write(byte[] octets, int count)
        {
            (_file ?? throw new ObjectDisposedException(nameof(FileSpool))).Write(octets, 0, count);
        }

        /// <inheritdoc/>
        public override void Commit()
        {
            try
            {
                (_file ?? throw new ObjectDisposedException(nameof(FileSpool))).Flush(true);
                _file.Dispose();
                if (File.Exists(_target))
                {
                    File.Replace(_temporary, _target, null);
                }
                else
                {
                    File.Move(_temporary, _target);
                }
                _file = null;
            }
            catch
            {
                Abort();
                throw;
            }
        }

        /// <inheritdoc/>
        public override void Abort()
        {
            if (_file != null)
            {
                _file.Dispose();
                _file = null;
                File.Delete(_temporary);
            }
        }

        /// <summary>Deletes what was not committed.</summary>
        public void Dispose()
        {
            Abort();
        }
    }

    /// <summary>What was committed to the <see cref="Spool"/> of a message that was read from a
    /// stream.</summary>
    public sealed class SpooledContent
    {
        internal SpooledContent(bool isSigned, long length, long bodyStart, long bodyEnd)
        {
            IsSigned = isSigned;
            Length = length;
            BodyStart = bodyStart;
            BodyEnd = bodyEnd;
        }

        /// <summary>Whether it is what the required signatures cover, as
        /// <see cref="ValidatedMessage.Document"/> has it; else no signature protects it, as
        /// <see cref="ValidatedMessage.UnsignedDocument"/> has it.</summary>
        public bool IsSigned { get; }

        /// <summary>Its octets.</summary>
        public long Length { get; }

        /// <summary>Where the Body begins in it.</summary>
        public long BodyStart { get; }

        /// <summary>Where the Body ends in it.</summary>
        public long BodyEnd { get; }
    }
}
