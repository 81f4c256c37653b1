//! Whether two documents say the same.

use crate::c14n::{Method, Mode};
use crate::crypto::{Digest, DigestMethod};
use crate::error::Error;
use crate::pass::{Output, Pass, Select, Target};
use crate::xml::{Event, Limits, Scanner, Zone, to_utf8};

/// Whether the root elements of two documents have the same canonical form (Canonical XML 1.0), so
/// that one of them, read into a tree without comments, is the other.
///
/// # Errors
/// What is wrong with either of them.
pub fn is_same_document(one: &[u8], other: &[u8], limits: &Limits) -> Result<bool, Error> {
    let (one, other) = (digest(one, limits)?, digest(other, limits)?);
    Ok(matches!((one, other), (Some(one), Some(other)) if one.octets() == other.octets()))
}

fn digest(document: &[u8], limits: &Limits) -> Result<Option<Digest>, Error> {
    let source = to_utf8(document, None)?;
    let method = Method { mode: Mode::Inclusive, with_comments: false };
    let target = Target::new(Select::Root, method, Output::Digest(DigestMethod::Sha256));
    let mut pass = Pass::new(vec![target]);
    let mut scanner = Scanner::new(&source, limits)?;
    loop {
        let event = scanner.next()?;
        pass.event(&scanner, &event, Zone::Bare)?;
        if event == Event::EndDocument {
            break;
        }
    }
    Ok(pass.finish()?.pop().and_then(|outcome| outcome.digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_and_comments_make_no_difference_and_everything_else_does() {
        let same = |other: &str| {
            let one = b"<?xml version='1.0'?><!-- x --><a b='1' c='2'>x<!-- y --><d/></a>";
            is_same_document(one, other.as_bytes(), &Limits::default()).unwrap()
        };
        assert!(same("<a  c=\"2\" b=\"1\"><![CDATA[x]]><d></d></a>"));
        for other in [
            "<a b='1' c='3'>x<d/></a>",
            "<a b='1' c='2'>x <d/></a>",
            "<a b='1' c='2'>x<d/><d/></a>",
            "<a b='1' c='2' xmlns:p='urn:p'>x<d/></a>",
            "<a b='1' c='2' xmlns='urn:p'>x<d/></a>",
            "<a b='1' c='2'>x<?p y?><d/></a>",
        ] {
            assert!(!same(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_document_is_an_error() {
        let limits = Limits::default();
        assert!(is_same_document(b"<a/>", b"<a>", &limits).is_err());
        assert!(is_same_document(b"<!DOCTYPE a><a/>", b"<a/>", &limits).is_err());
    }
}
