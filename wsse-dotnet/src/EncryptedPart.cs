namespace Wsse
{
    /// <summary>A part of a message that was encrypted. That it was says nothing of who did it.</summary>
    public sealed class EncryptedPart
    {
        internal EncryptedPart(string path, bool isContent, long start, long end)
        {
            Path = path;
            IsContent = isContent;
            Start = start;
            End = end;
        }

        /// <summary>Where it stands: "/Envelope/Body", "/Envelope/Header/{urn:a}To[1]".</summary>
        public string Path { get; }

        /// <summary>Whether the content of the element was encrypted, and not the element itself.</summary>
        public bool IsContent { get; }

        /// <summary>Where it begins, in octets of the message as it is when everything is decrypted, in
        /// UTF-8.</summary>
        public long Start { get; }

        /// <summary>Where it ends.</summary>
        public long End { get; }
    }
}
