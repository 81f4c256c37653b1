//! What a verification does, step by step, for those who want to watch it.

use core::ops::Range;

/// One step of a verification. More kinds may come.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step<'t> {
    /// The key of a signature was chosen.
    Key {
        /// Where the Signature begins.
        signature: usize,
        /// The subject of its certificate, if it has one.
        subject: Option<String>,
        /// Whether its holder is believed.
        trusted: bool,
    },
    /// Something of the certificate, or of its path, could not be found out, and the policy does
    /// without: no current CRL tells whether it was revoked.
    Unknown {
        /// Where the Signature begins.
        signature: usize,
        /// What is not known, and why.
        reason: &'t str,
    },
    /// The SignatureValue was checked.
    SignatureValue {
        /// Where the Signature begins.
        signature: usize,
        /// The identifier of the method.
        method: &'static str,
        /// The canonical SignedInfo.
        signed_info: &'t [u8],
        /// Whether it holds.
        holds: bool,
    },
    /// A Reference was checked.
    Reference {
        /// Where the Signature begins.
        signature: usize,
        /// The URI.
        uri: &'t str,
        /// The octets of the element that it names.
        range: Range<usize>,
        /// The identifier of the digest method.
        method: &'static str,
        /// The DigestValue.
        expected: &'t [u8],
        /// The digest of the canonical octets.
        actual: &'t [u8],
    },
}

/// Takes in what a verification does. `()` takes nothing, and costs nothing.
pub trait Trace {
    /// Whether anything is done with the steps; where not, they are not even made.
    const LISTENS: bool = true;

    /// Takes the next step.
    fn step(&mut self, step: &Step<'_>);
}

impl Trace for () {
    const LISTENS: bool = false;

    #[inline]
    fn step(&mut self, _: &Step<'_>) {}
}

impl<F: FnMut(&Step<'_>)> Trace for F {
    fn step(&mut self, step: &Step<'_>) {
        self(step);
    }
}
