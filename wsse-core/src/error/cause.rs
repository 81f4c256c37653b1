//! Every cause of failure, each with its stable name and its category. docs/errors.md is this
//! table for people; a test holds the two together.

use super::Category;

macro_rules! causes {
    ($($(#[doc = $doc:literal])+ $variant:ident, $name:literal, $category:ident;)+) => {
        /// What went wrong. New causes may be added; names and categories stay.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Cause {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Cause {
            /// Every cause, in the order of docs/errors.md.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name of the cause, as scripts see it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The family that the cause belongs to.
            #[must_use]
            pub const fn category(self) -> Category {
                match self { $(Self::$variant => Category::$category,)+ }
            }

            /// The cause in one sentence, as docs/errors.md has it.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

causes! {
    // Octets that are no XML document (Extensible Markup Language 1.0, Namespaces in XML 1.0).
    /// The octets are not in the declared or assumed encoding.
    Encoding, "encoding", Malformed;
    /// The document is empty, or holds white space only.
    EmptyDocument, "empty-document", Malformed;
    /// The document ends before all its elements do.
    UnexpectedEnd, "unexpected-end", Malformed;
    /// A character that XML 1.0 does not allow.
    InvalidCharacter, "invalid-character", Malformed;
    /// Markup that breaks the grammar of XML 1.0.
    Syntax, "syntax", Malformed;
    /// A name that is not a name, or a qualified name with more than one colon.
    InvalidName, "invalid-name", Malformed;
    /// An end tag that does not fit its start tag.
    MismatchedTag, "mismatched-tag", Malformed;
    /// Two attributes of one element have the same name, or the same namespace and local name.
    DuplicateAttribute, "duplicate-attribute", Malformed;
    /// A prefix without a namespace declaration in scope.
    UndeclaredPrefix, "undeclared-prefix", Malformed;
    /// A namespace declaration that Namespaces in XML 1.0 does not allow.
    InvalidNamespaceDeclaration, "invalid-namespace-declaration", Malformed;
    /// A reference to an entity other than the five predefined ones.
    UndefinedEntity, "undefined-entity", Malformed;
    /// A character reference to something that is no character.
    InvalidCharacterReference, "invalid-character-reference", Malformed;
    /// A document type declaration, which no SOAP message may contain.
    DocumentType, "document-type", Malformed;
    /// Something other than white space, comments and processing instructions outside the root.
    ContentOutsideRoot, "content-outside-root", Malformed;

    // XML that is no SOAP message.
    /// The root element is not a SOAP 1.1 or 1.2 Envelope.
    NotAnEnvelope, "not-an-envelope", Malformed;
    /// Envelope children other than one optional Header and one Body, in that order.
    EnvelopeStructure, "envelope-structure", Malformed;

    // Header values and dates.
    /// An X-WSSE, WWW-Authenticate or Authorization value that cannot be read.
    HeaderSyntax, "header-syntax", Malformed;
    /// A parameter that stands twice in one header value.
    DuplicateParameter, "duplicate-parameter", Malformed;
    /// A header value that lacks a parameter it must have.
    MissingParameter, "missing-parameter", Malformed;

    // XML that canonicalization does not know.
    /// A namespace name that is a relative reference, which canonical XML refuses.
    RelativeNamespace, "relative-namespace", Malformed;

    // Budgets.
    /// The message, or the header value, is larger than the policy allows.
    MessageSize, "message-size", LimitExceeded;
    /// What stands before the Body is larger than the policy allows.
    HeaderSize, "header-size", LimitExceeded;
    /// What must be at hand at once, a tag above all, is longer than the window that a stream is read through.
    WindowSize, "window-size", LimitExceeded;
    /// Something that is only done with a message that is held as a whole, not while it is read from a stream.
    NotStreamed, "not-streamed", LimitExceeded;
    /// Elements are nested more deeply than the policy allows.
    Depth, "depth", LimitExceeded;
    /// An element has more attributes than the policy allows.
    AttributeCount, "attribute-count", LimitExceeded;
    /// More namespace declarations are in scope than the policy allows.
    NamespaceCount, "namespace-count", LimitExceeded;
    /// The security header holds more elements or tokens than the policy allows.
    TokenCount, "token-count", LimitExceeded;
    /// More signatures, references, transforms or encrypted keys than one message may ask to be checked.
    ReferenceCount, "reference-count", LimitExceeded;
    /// A key, or its exponent, is so large that using it would cost too much.
    KeyTooLarge, "key-too-large", LimitExceeded;

    // The security header against the standard and the policy.
    /// A part that the policy requires is absent.
    MissingPart, "missing-part", InvalidSecurity;
    /// There is no Security header for this receiver although the policy requires one.
    MissingSecurityHeader, "missing-security-header", InvalidSecurity;
    /// Two Security headers are addressed to the same actor or role.
    DuplicateSecurityHeader, "duplicate-security-header", InvalidSecurity;
    /// An element that may stand once stands more than once.
    DuplicateElement, "duplicate-element", InvalidSecurity;
    /// An element or attribute stands where the standard does not have it.
    UnexpectedContent, "unexpected-content", InvalidSecurity;
    /// A Timestamp whose values cannot be read, or contradict each other.
    InvalidTimestamp, "invalid-timestamp", InvalidSecurity;
    /// An Id that is referenced is carried by no element, or by more than one.
    AmbiguousId, "ambiguous-id", InvalidSecurity;
    /// A Signature that breaks the schema: elements that are missing, twice, unknown or out of order.
    SignatureStructure, "signature-structure", InvalidSecurity;
    /// An EncryptedData, EncryptedKey or ReferenceList that breaks the schema: elements that are missing, twice, unknown or out of order.
    EncryptionStructure, "encryption-structure", InvalidSecurity;
    /// A reference to something that is not a part of this message.
    UnsupportedReference, "unsupported-reference", InvalidSecurity;
    /// There is no Signature although the policy requires one.
    MissingSignature, "missing-signature", InvalidSecurity;
    /// A part that the policy requires to be signed is covered by no trusted Signature.
    NotCovered, "not-covered", InvalidSecurity;
    /// Nothing is encrypted, or a part that the policy requires to be encrypted came in the clear.
    NotEncrypted, "not-encrypted", InvalidSecurity;
    /// A SignatureConfirmation that is missing, or confirms another signature than the request's.
    SignatureConfirmation, "signature-confirmation", InvalidSecurity;
    /// The message was seen before, or is the request that it is to reply to.
    Replay, "replay", InvalidSecurity;

    // Signatures and encryption.
    /// The octets that a Reference names are not those that were signed.
    DigestMismatch, "digest-mismatch", FailedCheck;
    /// The SignatureValue was not made by this key over this SignedInfo.
    SignatureMismatch, "signature-mismatch", FailedCheck;
    /// What is encrypted does not decrypt to what belongs in its place; why is never told.
    DecryptionFailed, "decryption-failed", FailedCheck;
    /// The method does not fit the kind of key, or its length.
    KeyType, "key-type", FailedCheck;
    /// An algorithm that is not known.
    UnsupportedAlgorithm, "unsupported-algorithm", UnsupportedAlgorithm;
    /// A transform that is not known, or never accepted.
    UnsupportedTransform, "unsupported-transform", UnsupportedAlgorithm;
    /// An algorithm that is accepted only where the policy names it as legacy.
    LegacyAlgorithm, "legacy-algorithm", UnsupportedAlgorithm;

    // Tokens.
    /// A value inside a token that cannot be read.
    InvalidTokenValue, "invalid-token-value", InvalidSecurityToken;
    /// A certificate in the message that cannot be read, or says what a certificate must not say.
    InvalidCertificate, "invalid-certificate", InvalidSecurityToken;
    /// A key in the message that cannot be read, or is no sound key.
    InvalidKey, "invalid-key", InvalidSecurityToken;
    /// A certificate that is not valid yet, or no longer.
    CertificateValidity, "certificate-validity", InvalidSecurityToken;
    /// A key that is too small to be trusted.
    KeyTooSmall, "key-too-small", InvalidSecurityToken;
    /// A Password Type that is not understood, or is spelt in a way that needs an opt-in.
    UnsupportedPasswordType, "unsupported-password-type", UnsupportedSecurityToken;
    /// A kind of token, or of header content, that is not understood.
    UnsupportedToken, "unsupported-token", UnsupportedSecurityToken;
    /// An encoding other than base64.
    UnsupportedEncoding, "unsupported-encoding", UnsupportedSecurityToken;
    /// A Signature or encrypted content that cannot be checked, for want of a key.
    NoKey, "no-key", SecurityTokenUnavailable;
    /// Unknown user, or wrong password: the two look the same.
    FailedAuthentication, "failed-authentication", FailedAuthentication;
    /// A certificate that is not pinned and from which no path leads to an anchor.
    UntrustedCertificate, "untrusted-certificate", FailedAuthentication;
    /// A certificate that its issuer revoked.
    RevokedCertificate, "revoked-certificate", FailedAuthentication;
    /// A signer whom the caller's own decision refuses, who is believed otherwise.
    RefusedSigner, "refused-signer", FailedAuthentication;
    /// A signature that holds, under a key that authenticates nobody.
    UnauthenticatedKey, "unauthenticated-key", FailedAuthentication;

    // Time.
    /// The message, or its token, is older than the policy allows.
    Expired, "expired", MessageExpired;
    /// The message, or its token, was created in the future.
    NotYetValid, "not-yet-valid", MessageExpired;

    // Ours and the caller's.
    /// A policy that cannot be read: syntax, unknown key, wrong type or value.
    InvalidPolicy, "invalid-policy", Misuse;
    /// An argument or option that makes no sense, or contradicts another.
    InvalidArgument, "invalid-argument", Misuse;
    /// The policy needs a credential, a store or a look-up that was not given.
    MissingCredential, "missing-credential", Misuse;
    /// A key, certificate or key store of ours that cannot be read.
    UnreadableKey, "unreadable-key", Misuse;
    /// The password does not open the key or key store, or there is none though one is needed.
    WrongKeyPassword, "wrong-key-password", Misuse;
    /// A certificate revocation list that cannot be read, or is of a kind that is not supported.
    UnreadableCrl, "unreadable-crl", Misuse;
    /// A private key and a certificate that do not belong together.
    KeyPairMismatch, "key-pair-mismatch", Misuse;
    /// What a private key that is held elsewhere made is no signature of its certificate's key.
    RemoteKeyMismatch, "remote-key-mismatch", Misuse;
    /// A key store in a form that the linked OpenSSL cannot open.
    UnsupportedContainer, "unsupported-container", Misuse;
    /// What the policy or the caller asks for is not built into this version.
    NotBuilt, "not-built", Misuse;
    /// The replay store did not answer, or has no room: the message is refused.
    ReplayStoreUnavailable, "replay-store-unavailable", Unavailable;
    /// The password look-up did not answer.
    PasswordsUnavailable, "passwords-unavailable", Unavailable;
    /// No current revocation list tells whether a certificate was revoked, and the policy requires one.
    RevocationUnknown, "revocation-unknown", Unavailable;
    /// The caller's own decision on a signer did not answer.
    DecisionUnavailable, "decision-unavailable", Unavailable;
    /// A key that is held elsewhere did not answer, or refused to.
    RemoteKeyUnavailable, "remote-key-unavailable", Unavailable;
    /// The clock did not answer.
    ClockUnavailable, "clock-unavailable", Unavailable;
    /// The source of randomness did not answer.
    RandomUnavailable, "random-unavailable", Unavailable;
    /// A file or stream could not be read or written.
    InputOutput, "input-output", Io;
}
