namespace Wsse
{
    /// <summary>
    /// What is special about one message: whose token is written, and parts that are given instead of
    /// being made. Whatever is null comes from the credentials, the clock and the randomness of the
    /// <see cref="Outbound"/>.
    /// </summary>
    public sealed class Call
    {
        /// <summary>The user, in place of the one in the credentials; needs a password, too, unless the
        /// policy shows none.</summary>
        public string Username { get; set; }

        /// <summary>The password, in place of the one in the credentials.</summary>
        public string Password { get; set; }

        /// <summary>The octets of the Nonce, whose base64 is written. Must never be used twice. Null, the
        /// default, makes 16 random ones.</summary>
        public byte[] Nonce { get; set; }

        /// <summary>The text of the UsernameToken's Created, written and hashed as it is. Null, the default,
        /// is the clock's.</summary>
        public string Created { get; set; }

        /// <summary>The wsu:Id of the UsernameToken, an NCName. Null, the default, is a random one.</summary>
        public string UsernameTokenId { get; set; }

        /// <summary>The wsu:Id of the Timestamp, an NCName. Null, the default, is a random one.</summary>
        public string TimestampId { get; set; }
    }
}
