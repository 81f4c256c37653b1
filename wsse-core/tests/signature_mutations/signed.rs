//! What the Signatures of a message name, read independently of the verifier.

use core::ops::Range;
use std::collections::HashMap;
use wsse_core::c14n::{Apex, Method, Mode, PrefixList, canonicalize};
use wsse_core::xml::{Event, IdIndex, Limits, NamespaceId, Scanner, Zone};
use wsse_core::{Cause, Error};

/// An element that a Signature covers, and how it is canonicalized.
pub(crate) struct Signed {
    pub(crate) which: Which,
    pub(crate) method: Method,
    prefixes: PrefixList,
    /// Whether it is a reference to the token that is covered.
    pub(crate) through_reference: bool,
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

/// Every SignedInfo and everything that its References name. A token that is named through a
/// reference is covered where it stands; one that is not in the message is no part of it.
pub(crate) fn read(source: &[u8]) -> Vec<Signed> {
    let mut all: Vec<Signed> = Vec::new();
    let mut count = 0;
    let (mut reference, mut tokens) = (String::new(), HashMap::new());
    let mut scanner = scanner(source).unwrap();
    loop {
        let element = match scanner.next().unwrap() {
            Event::StartElement(element) => element,
            Event::EndDocument => {
                return all.into_iter().filter_map(|one| one.at(&tokens)).collect();
            }
            _ => continue,
        };
        if element.name.is(NamespaceId::WSSE, "SecurityTokenReference") {
            let id = scanner.attribute(NamespaceId::WSU, "Id");
            reference = id.map(|id| id.value().into_owned()).unwrap_or_default();
        }
        let attribute = |name| {
            let found = scanner.attribute(NamespaceId::NONE, name);
            found.map(|found| found.value().into_owned()).unwrap_or_default()
        };
        let mut begin = |which| {
            let method = Method { mode: Mode::Inclusive, with_comments: false };
            let prefixes = PrefixList::new();
            all.push(Signed { which, method, prefixes, through_reference: false });
        };
        let is = |local| element.name.is(NamespaceId::DS, local);
        if is("SignedInfo") {
            begin(Which::SignedInfo(count));
            count += 1;
        } else if is("Reference") && count > 0 {
            let uri = attribute("URI");
            begin(Which::Id(uri.strip_prefix('#').expect("an Id").to_owned()));
        } else if element.name.is(NamespaceId::WSSE, "Reference") {
            tokens.insert(reference.clone(), attribute("URI"));
        } else if let Some(last) = all.last_mut() {
            if is("Transform") && attribute("Algorithm") == wsse_core::ns::STR_TRANSFORM {
                last.through_reference = true;
            } else if is("CanonicalizationMethod") || is("Transform") {
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
    /// With the token in place of the reference.
    fn at(mut self, tokens: &HashMap<String, String>) -> Option<Self> {
        if let (true, Which::Id(id)) = (self.through_reference, &self.which) {
            let token = tokens.get(id)?.strip_prefix('#')?.to_owned();
            self.which = Which::Id(token);
            self.prefixes = self.prefixes.prefixes().chain([PrefixList::DEFAULT]).collect();
        }
        Some(self)
    }

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
