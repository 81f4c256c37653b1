namespace Wsse
{
    /// <summary>
    /// The family of a failure: the same words in every language. The first eight are the fault codes
    /// of WSS SOAP Message Security 1.1.1, section 12; for the others the standard has no word.
    /// </summary>
    public enum Category
    {
        /// <summary>The security header is not what the policy or the standard demands; a replay, too.</summary>
        InvalidSecurity = 1,

        /// <summary>A signature or a decryption did not hold.</summary>
        FailedCheck = 2,

        /// <summary>Who the sender claims to be could not be confirmed.</summary>
        FailedAuthentication = 3,

        /// <summary>A token or key that is referenced could not be found.</summary>
        SecurityTokenUnavailable = 4,

        /// <summary>A kind of token that is not understood.</summary>
        UnsupportedSecurityToken = 5,

        /// <summary>An algorithm that is not understood, or not allowed.</summary>
        UnsupportedAlgorithm = 6,

        /// <summary>A token whose content is wrong.</summary>
        InvalidSecurityToken = 7,

        /// <summary>The message is too old, or from the future.</summary>
        MessageExpired = 8,

        /// <summary>The octets are not a message: not well-formed, not SOAP, not a header value.</summary>
        Malformed = 9,

        /// <summary>A budget was exceeded.</summary>
        LimitExceeded = 10,

        /// <summary>The caller asked for something that makes no sense. Never caused by a message.</summary>
        Misuse = 11,

        /// <summary>Something that is needed for an answer did not answer: a store, a clock, a callback.</summary>
        Unavailable = 12,

        /// <summary>Reading or writing failed.</summary>
        Io = 13,

        /// <summary>The library has a bug and stopped where it was; please report it.</summary>
        Panic = 255,
    }
}
