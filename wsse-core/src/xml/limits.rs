//! What a document may cost.

/// The budgets of a document. Whatever exceeds one is refused, with a cause of the category
/// `LimitExceeded`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Octets of the whole document. Default 64 MiB: more than any SOAP stack accepts unasked,
    /// and little enough to be held in memory a few times over.
    pub message: usize,
    /// Octets before the Body of a message. Default 1 MiB: real security headers, with chains of
    /// certificates and SAML assertions, stay under 100 KiB. The scanner does not know what a
    /// Body is; the reader of messages enforces this one.
    pub header: usize,
    /// Elements that are open at once. Default 200: generated schemas nest a few dozen deep, and
    /// recursive readers behind us often break at 256.
    pub depth: usize,
    /// Attributes of one element, namespace declarations included. Default 256: far above what
    /// people write, and the work per element stays small.
    pub attributes: usize,
    /// Namespace declarations in scope at once. Default 512: toolkits declare a few dozen on the
    /// root; canonicalization may have to write all of them for one element.
    pub namespaces: usize,
    /// Different prefixes, and different namespace names, in the whole document. Default 4096:
    /// each is remembered to the end of the document, so this bounds the memory of the scanner.
    pub distinct_namespaces: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: 64 << 20,
            header: 1 << 20,
            depth: 200,
            attributes: 256,
            namespaces: 512,
            distinct_namespaces: 4096,
        }
    }
}
