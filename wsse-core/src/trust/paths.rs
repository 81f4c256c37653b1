//! Paths that were found before.

use crate::crypto::{Certificate, DigestMethod, Digester, RecentlyUsed};
use crate::time::UnixTime;
use std::sync::Arc;

/// Paths that a [`super::TrustStore`] found, so that a peer who sends the same certificates with
/// every message costs one path. For one store and one set of rules alone.
///
/// A path is found again for exactly the certificates that it was found for, and only while each
/// of its own is valid and the CRLs say the same of it: none of them begins to count meanwhile, or
/// becomes stale. That there was none is not remembered.
#[derive(Debug, Default)]
pub struct PathCache {
    known: RecentlyUsed<Known>,
}

/// A path, and what is not known of it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: Arc<[Certificate]>,
    pub(super) unknown: Arc<[String]>,
}

#[derive(Clone, Debug)]
struct Known {
    found: Found,
    from: UnixTime,
    /// Not included.
    until: UnixTime,
}

/// What a path was looked for.
#[derive(Clone, Copy)]
pub(super) struct Question([u8; 32]);

impl Question {
    /// The path of the holder of `certificate`, with the help of those that were brought.
    pub(super) fn new(certificate: &Certificate, brought: &[&Certificate]) -> Option<Self> {
        let mut digester = Digester::new(DigestMethod::Sha256);
        for held in core::iter::once(&certificate).chain(brought) {
            let der = held.der();
            digester.update(&der.len().to_be_bytes());
            digester.update(der);
        }
        digester.finish().ok()?.octets().first_chunk::<32>().copied().map(Self)
    }
}

impl PathCache {
    /// The path; `at` is None where the validity of certificates is not asked for.
    pub(super) fn get(&self, question: &Question, at: Option<UnixTime>) -> Option<Found> {
        let Known { found, from, until } = self.known.get(&question.0)?;
        at.is_none_or(|at| from <= at && at < until).then_some(found)
    }

    /// `during` is the time in which the CRLs say the same; its end is not included.
    pub(super) fn insert(&self, question: &Question, found: &Found, during: (UnixTime, UnixTime)) {
        let from = found.path.iter().map(Certificate::not_before).max();
        let until = found.path.iter().map(Certificate::not_after).min();
        if let (Some(from), Some(until)) = (from, until) {
            let (from, until) = (from.max(during.0), until.min(during.1));
            self.known.insert(question.0, Known { found: found.clone(), from, until });
        }
    }
}
