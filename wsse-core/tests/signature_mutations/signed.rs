//! What the Signatures of a message name, read independently of the verifier.

use core::ops::Range;
use wsse_core::c14n::{Apex, Method, Mode, PrefixList, canonicalize};
use wsse_core::xml::{Event, IdIndex, Limits, NamespaceId, Scanner, Zone};
use wsse_core::{Cause, Error};

/// An element that a Signature covers, and how it is canonicalized.
pub(crate) struct Signed {
    pub(crate) which: Which,
    pub(crate) method: Method,
    prefixes: PrefixList,
}

#[derive(PartialEq, Eq)]
pub(crate) enum Which {
    Id(String),
    /// The SignedInfo of that number.
    SignedInfo(usize),
}

fn scanner(source: &[u8]) -> Result<Scanner<'_>, Error> {
    Scanner::new(source, &Limits::default())
}

/// Every SignedInfo and everything that its References name.
pub(crate) fn read(source: &[u8]) -> Vec<Signed> {
    let mut all: Vec<Signed> = Vec::new();
    let mut count = 0;
    let mut scanner = scanner(source).unwrap();
    loop {
        let element = match scanner.next().unwrap() {
            Event::StartElement(element) => element,
            Event::EndDocument => return all,
            _ => continue,
        };
        let attribute = |name| {
            let found = scanner.attribute(NamespaceId::NONE, name);
            found.map(|found| found.value().into_owned()).unwrap_or_default()
        };
        let mut begin = |which| {
            let method = Method { mode: Mode::Inclusive, with_comments: false };
            all.push(Signed { which, method, prefixes: PrefixList::new() });
        };
        let is = |local| element.name.is(NamespaceId::DS, local);
        if is("SignedInfo") {
            begin(Which::SignedInfo(count));
            count += 1;
        } else if is("Reference") && count > 0 {
            let uri = attribute("URI");
            begin(Which::Id(uri.strip_prefix('#').expect("an Id").to_owned()));
        } else if let Some(last) = all.last_mut() {
            if is("CanonicalizationMethod") || is("Transform") {
                last.method = Method::from_uri(&attribute("Algorithm")).expect("a known method");
                // A reference to an element of the same document never means comments.
                last.method.with_comments &= matches!(last.which, Which::SignedInfo(_));
            } else if element.name.local == "InclusiveNamespaces" {
                last.prefixes = PrefixList::parse(&attribute("PrefixList"));
            }
        }
    }
}

impl Signed {
    /// Where the element stands.
    pub(crate) fn range(&self, source: &[u8]) -> Result<Range<usize>, Error> {
        let offset = self.offset(source)?;
        let mut scanner = scanner(source)?;
        loop {
            if let Event::StartElement(element) = scanner.next()?
                && element.range.start == offset
            {
                return scanner.skip_element();
            }
        }
    }

    fn offset(&self, source: &[u8]) -> Result<usize, Error> {
        let mut scanner = scanner(source)?;
        let (mut ids, mut infos) = (IdIndex::new(), Vec::new());
        loop {
            match scanner.next()? {
                Event::StartElement(element) => {
                    ids.add_element(Zone::Bare, &element, scanner.attributes());
                    if element.name.is(NamespaceId::DS, "SignedInfo") {
                        infos.push(element.range.start);
                    }
                }
                Event::EndDocument => break,
                _ => {}
            }
        }
        match &self.which {
            Which::Id(id) => ids.resolve(id),
            Which::SignedInfo(number) => {
                let none = || Error::new(Cause::SignatureStructure, "no such SignedInfo");
                infos.get(*number).copied().ok_or_else(none)
            }
        }
    }

    /// The canonical octets, from a document that may be anything.
    pub(crate) fn canonical(&self, source: &[u8]) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        let apex = match &self.which {
            Which::Id(id) => Apex::Id(id),
            Which::SignedInfo(_) => Apex::Offset(self.offset(source)?),
        };
        canonicalize(source, &Limits::default(), self.method, &self.prefixes, apex, &mut out)?;
        Ok(out)
    }
}
