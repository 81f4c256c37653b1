//! Decrypting a document.

use crate::crypto::{
    BlockDecryptor, KeyEncryption, KeyTransport, LegacySet, Secret, decryption_failed,
};
use crate::error::{Cause, Error};
use crate::keyinfo::{
    Clue, DecryptionKey, Dereference, KeyInfo, Link, LinkedElements, ResolveDecryptionKey,
    WantedKey,
};
use crate::xml::{
    Element, Event, Limits, NamespaceId, Outline, OutlineBudget, Scanner, StartElement,
};
use crate::xmlenc::plaintext::{self, Plaintext};
use crate::xmlenc::{DataKind, EncryptedData, EncryptedKey, MadeKey};
use core::cell::Cell;
use core::ops::Range;

/// A document that was decrypted. Nothing says who encrypted it.
#[derive(Clone, Debug)]
pub struct DecryptedDocument {
    octets: Vec<u8>,
    is_document: bool,
    parts: Vec<DecryptedPart>,
}

/// A part of a document that was encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecryptedPart {
    /// Where its plaintext stands in the decrypted document.
    pub range: Range<usize>,
    /// What it is.
    pub kind: DataKind,
}

/// EncryptedData, and EncryptedKeys outside them, of one document at most.
const MOST_DATA: usize = 64;
const MOST_KEYS: usize = 16;
/// Keys that are decrypted for one document at most.
const MOST_DECRYPTED_KEYS: usize = 64;
/// Elements in one EncryptedData or EncryptedKey at most.
const MOST_ELEMENTS: usize = 256;
/// How often what was encrypted may be encrypted again.
const MOST_LAYERS: usize = 4;
/// How many keys may be encrypted with each other.
const MOST_STEPS: usize = 3;

impl DecryptedDocument {
    /// The document, each EncryptedData replaced by its plaintext; or octets, where the document was
    /// an EncryptedData of something that is no XML.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The same, given away.
    #[must_use]
    pub fn into_octets(self) -> Vec<u8> {
        self.octets
    }

    /// Whether it is a document, and not just octets.
    #[must_use]
    pub fn is_document(&self) -> bool {
        self.is_document
    }

    /// The parts that were encrypted, in document order. What was encrypted inside of what was
    /// encrypted around it is not told apart.
    #[must_use]
    pub fn parts(&self) -> &[DecryptedPart] {
        &self.parts
    }
}

/// Decrypts every EncryptedData of `document`, also those that come out of others.
///
/// An EncryptedData that is the whole document and has neither the Type Element nor Content holds
/// octets; in the place of any other, content is put.
///
/// # Errors
/// What the scanner finds wrong; [`Cause::NotEncrypted`] where there is no EncryptedData; the causes
/// of [`EncryptedData::parse`], [`EncryptedKey::parse`] and of `keys`; [`Cause::LegacyAlgorithm`];
/// [`Cause::ReferenceCount`], [`Cause::MessageSize`]; [`Cause::DecryptionFailed`] for everything that
/// depends on the plaintext.
pub fn decrypt(
    document: &[u8],
    limits: &Limits,
    legacy: LegacySet,
    keys: &dyn ResolveDecryptionKey,
) -> Result<DecryptedDocument, Error> {
    let work = Work { limits, legacy, keys, used: Cell::new(0), silent: Cell::new(false) };
    let none = || Error::new(Cause::NotEncrypted, "the document has no EncryptedData");
    let mut current = work.layer(document)?.ok_or_else(none)?.document;
    let mut layers = 1;
    while current.is_document {
        // What nothing authenticates was perhaps made by whoever wants to learn how it decrypts.
        let told = |error| if work.silent.get() { decryption_failed() } else { error };
        let Some(next) = work.layer(&current.octets).map_err(told)? else { break };
        if layers == MOST_LAYERS {
            let reason = format!("something is encrypted more than {MOST_LAYERS} times");
            return Err(told(Error::new(Cause::ReferenceCount, reason)));
        }
        layers += 1;
        let Layer { document: mut next, replaced } = next;
        let before: Vec<_> =
            current.parts.iter().filter_map(|part| part.moved(&replaced)).collect();
        next.parts.retain(|part| !before.iter().any(|outer| outer.encloses(part)));
        next.parts.extend(before);
        next.parts.sort_by_key(|part| part.range.start);
        current = next;
    }
    Ok(current)
}

impl DecryptedPart {
    fn encloses(&self, other: &Self) -> bool {
        self.range.start <= other.range.start && other.range.end <= self.range.end
    }

    /// The same part behind the next decryption; None where it was inside what was decrypted, or all
    /// of it.
    fn moved(&self, replaced: &[Replaced]) -> Option<Self> {
        let (mut start, mut end) = (self.range.start, self.range.end);
        for Replaced { old, length } in replaced {
            if old.start <= self.range.start && self.range.end <= old.end {
                return None;
            }
            let shift = |at: usize| (at + length).saturating_sub(old.len());
            if old.end <= self.range.start {
                start = shift(start);
            }
            if old.end <= self.range.end {
                end = shift(end);
            }
        }
        Some(Self { range: start..end, kind: self.kind.clone() })
    }
}

/// What decrypting works with.
struct Work<'w> {
    limits: &'w Limits,
    legacy: LegacySet,
    keys: &'w dyn ResolveDecryptionKey,
    /// Keys that were decrypted.
    used: Cell<usize>,
    /// Whether something was decrypted that nothing authenticates.
    silent: Cell<bool>,
}

/// A document with its EncryptedData replaced.
struct Layer {
    document: DecryptedDocument,
    replaced: Vec<Replaced>,
}

/// An EncryptedData that was replaced, and the octets of what took its place.
struct Replaced {
    old: Range<usize>,
    length: usize,
}

/// The EncryptedKeys of a document, and what its links lead to.
struct Known<'a> {
    keys: Vec<Outline<'a>>,
    links: LinkedElements<'a>,
}

impl Work<'_> {
    /// Decrypts the EncryptedData that stand in `source`; None where there are none.
    fn layer(&self, source: &[u8]) -> Result<Option<Layer>, Error> {
        let (data, keys) = find(source, self.limits)?;
        if data.is_empty() {
            return Ok(None);
        }
        let outlines = || data.iter().chain(&keys).map(Outline::root);
        let links = LinkedElements::read(source, self.limits, outlines().flat_map(key_infos))?;
        let known = Known { keys, links };
        let parsed: Vec<EncryptedData<'_, '_>> =
            data.iter().map(|one| EncryptedData::parse(one.root())).collect::<Result<_, _>>()?;
        parsed.iter().try_for_each(|one| one.check_legacy(self.legacy))?;
        let mut secrets = Vec::with_capacity(parsed.len());
        for one in &parsed {
            let wanted = one.method.key_length();
            let secret = self.secret(wanted, one.key_info, one.id.as_deref(), &known, 0);
            secrets.push(secret.map_err(|error| error.at(one.range.start))?);
        }
        if let ([only], [secret]) = (parsed.as_slice(), secrets.as_slice())
            && matches!(only.kind, DataKind::Other(_))
            && is_whole(source, &only.range, self.limits)?
        {
            let mut octets = Vec::new();
            self.append(only, secret, &mut octets)?;
            let part = DecryptedPart { range: 0..octets.len(), kind: only.kind.clone() };
            let document = DecryptedDocument { octets, is_document: false, parts: vec![part] };
            return Ok(Some(Layer { document, replaced: Vec::new() }));
        }
        self.replace(source, &parsed, &secrets).map(Some)
    }

    fn replace(
        &self,
        source: &[u8],
        data: &[EncryptedData<'_, '_>],
        secrets: &[Secret],
    ) -> Result<Layer, Error> {
        let mut octets = Vec::with_capacity(source.len());
        let (mut parts, mut replaced, mut inserted) = (Vec::new(), Vec::new(), Vec::new());
        let mut from = 0;
        for (one, secret) in data.iter().zip(secrets) {
            octets.extend_from_slice(source.get(from..one.range.start).unwrap_or_default());
            from = one.range.end;
            let start = octets.len();
            self.append(one, secret, &mut octets)?;
            let range = start..octets.len();
            replaced.push(Replaced { old: one.range.clone(), length: range.len() });
            let element = one.kind == DataKind::Element;
            inserted.push(Plaintext { range: range.clone(), element });
            parts.push(DecryptedPart { range, kind: one.kind.clone() });
        }
        octets.extend_from_slice(source.get(from..).unwrap_or_default());
        plaintext::check(&octets, self.limits, &inserted)?;
        Ok(Layer { document: DecryptedDocument { octets, is_document: true, parts }, replaced })
    }

    fn append(
        &self,
        data: &EncryptedData<'_, '_>,
        secret: &Secret,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let decryptor = BlockDecryptor::new(data.method, secret);
        let mut decryptor = decryptor.map_err(|error| error.at(data.range.start))?;
        if !data.method.is_authenticated() {
            self.silent.set(true);
        }
        data.decrypt(&mut decryptor, out, self.limits.message)
    }

    /// The secret that a KeyInfo selects: out of an EncryptedKey that it holds, links to, names, or
    /// that names the EncryptedData; else one that is known to both sides.
    fn secret(
        &self,
        octets: usize,
        key_info: Option<Element<'_, '_>>,
        id: Option<&str>,
        known: &Known<'_>,
        step: usize,
    ) -> Result<Secret, Error> {
        let candidates = known.candidates(key_info, id)?;
        if step == MOST_STEPS && !candidates.is_empty() {
            let reason = format!("more than {MOST_STEPS} keys are encrypted with each other");
            return Err(Error::new(Cause::ReferenceCount, reason));
        }
        let mut failure: Option<Error> = None;
        let mut found: Option<(EncryptedKey<'_, '_>, DecryptionKey)> = None;
        for element in candidates {
            match self.keys_of(element, known, step) {
                // A key that serves every name may not be the one that is meant.
                Ok((key, with)) if found.is_none() || key.fits(&with) => {
                    let fits = key.fits(&with);
                    found = Some((key, with));
                    if fits {
                        break;
                    }
                }
                Ok(_) => {}
                // That one of the recipients is somebody else says least.
                Err(error) if failure.as_ref().is_none_or(|one| one.cause() == Cause::NoKey) => {
                    failure = Some(error);
                }
                Err(_) => {}
            }
        }
        if let Some((key, with)) = found {
            return self.decrypt_key(&key, &with, octets);
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
        if let Some(made) = MadeKey::find(key_info)? {
            self.count(key_info.map_or(0, |key_info| key_info.range().start))?;
            return made.make(octets, self.legacy, self.keys, &known.links);
        }
        check_understood(key_info)?;
        let wanted = WantedKey::Secret { octets };
        match self.keys.resolve_decryption_key(wanted, key_info, &known.links)? {
            DecryptionKey::Secret(secret) => Ok(secret),
            DecryptionKey::Private(_) => Err(Error::new(
                Cause::KeyType,
                "what is encrypted with a secret does not decrypt with a private key",
            )),
        }
    }

    /// An EncryptedKey, and the key that decrypts it.
    fn keys_of<'k>(
        &self,
        element: Element<'k, 'k>,
        known: &Known<'_>,
        step: usize,
    ) -> Result<(EncryptedKey<'k, 'k>, DecryptionKey), Error> {
        let key = EncryptedKey::parse(element)?;
        key.check_legacy(self.legacy)?;
        let with = match key.wanted_key() {
            WantedKey::Private => {
                let wanted = WantedKey::Private;
                self.keys.resolve_decryption_key(wanted, key.key_info, &known.links)?
            }
            WantedKey::Secret { octets } => {
                let id = key.id.as_deref();
                DecryptionKey::Secret(self.secret(octets, key.key_info, id, known, step + 1)?)
            }
        };
        Ok((key, with))
    }

    /// Counts a key that is decrypted or made.
    fn count(&self, offset: usize) -> Result<(), Error> {
        let used = self.used.get() + 1;
        if used > MOST_DECRYPTED_KEYS {
            let reason = format!("more than {MOST_DECRYPTED_KEYS} keys are to be decrypted");
            return Err(Error::new(Cause::ReferenceCount, reason).at(offset));
        }
        self.used.set(used);
        Ok(())
    }

    fn decrypt_key(
        &self,
        key: &EncryptedKey<'_, '_>,
        with: &DecryptionKey,
        length: usize,
    ) -> Result<Secret, Error> {
        self.count(key.range.start)?;
        if key.method == KeyEncryption::Transport(KeyTransport::Rsa15) {
            self.silent.set(true);
        }
        key.decrypt(with, Some(length))
    }
}

impl Known<'_> {
    /// The EncryptedKeys that may hold the key.
    fn candidates<'k>(
        &'k self,
        key_info: Option<Element<'k, 'k>>,
        id: Option<&str>,
    ) -> Result<Vec<Element<'k, 'k>>, Error> {
        let mut found: Vec<Element<'k, 'k>> = Vec::new();
        let mut names = Vec::new();
        if let Some(key_info) = key_info {
            for clue in KeyInfo::parse(key_info)?.clues {
                let Clue::Link(element) = clue else {
                    clues_to(clue, &mut found, &mut names);
                    continue;
                };
                let link = Link::parse(element)?;
                for clue in link.read(self.links.element(&link)?)? {
                    clues_to(clue, &mut found, &mut names);
                }
            }
        }
        for outline in &self.keys {
            let element = outline.root();
            let Ok(key) = EncryptedKey::parse(element) else { continue };
            let names_data = key.references.as_ref().is_some_and(|list| {
                list.references.iter().any(|reference| Some(reference.id.as_str()) == id)
            });
            if names_data || key.carried_key_name.is_some_and(|name| names.contains(&name)) {
                found.push(element);
            }
        }
        let mut seen = Vec::new();
        found.retain(|element| {
            let is_new = !seen.contains(&element.range().start);
            seen.push(element.range().start);
            is_new
        });
        Ok(found)
    }
}

fn clues_to<'k>(clue: Clue<'k, 'k>, found: &mut Vec<Element<'k, 'k>>, names: &mut Vec<String>) {
    match clue {
        Clue::Foreign(element) if element.name().is(NamespaceId::XENC, "EncryptedKey") => {
            found.push(element);
        }
        Clue::KeyName(name) => names.push(name),
        _ => {}
    }
}

/// Refuses a key that is made in a way that is not known here, before another one is taken in its
/// place.
fn check_understood(key_info: Option<Element<'_, '_>>) -> Result<(), Error> {
    let made = key_info.and_then(|key_info| {
        key_info
            .children()
            .find(|child| matches!(child.name().namespace, NamespaceId::XENC | NamespaceId::XENC11))
    });
    made.map_or(Ok(()), |element| {
        let reason = format!("a key by {} is not known here", element.name().qualified());
        Err(Error::new(Cause::UnsupportedAlgorithm, reason).at(element.range().start))
    })
}

/// The EncryptedData of a document, but for those inside others, and the EncryptedKeys outside them.
fn find<'a>(
    source: &'a [u8],
    limits: &Limits,
) -> Result<(Vec<Outline<'a>>, Vec<Outline<'a>>), Error> {
    let (mut data, mut keys) = (Vec::new(), Vec::new());
    let mut scanner = Scanner::new(source, limits)?;
    loop {
        let start = match scanner.next()? {
            Event::StartElement(start) => start,
            Event::EndDocument => return Ok((data, keys)),
            _ => continue,
        };
        let (all, most) = match (start.name.namespace, start.name.local) {
            (NamespaceId::XENC, "EncryptedData") => (&mut data, MOST_DATA),
            (NamespaceId::XENC, "EncryptedKey") => (&mut keys, MOST_KEYS),
            _ => continue,
        };
        if all.len() == most {
            let reason = format!("the document has more than {most} {}", start.name.local);
            return Err(Error::new(Cause::ReferenceCount, reason).at(start.range.start));
        }
        let budget = OutlineBudget { elements: MOST_ELEMENTS, end: usize::MAX };
        let outline = Outline::read(&mut scanner, &start, &budget);
        all.push(outline.map_err(|error| too_large(&error, &start))?);
    }
}

fn too_large(error: &Error, start: &StartElement<'_>) -> Error {
    if error.cause() != Cause::TokenCount {
        return error.clone();
    }
    let reason = format!("an {} holds more than {MOST_ELEMENTS} elements", start.name.local);
    Error::new(Cause::ReferenceCount, reason).at(start.range.start)
}

/// The KeyInfo of an element and of the EncryptedKeys in it.
fn key_infos<'o>(element: Element<'o, 'o>) -> Vec<Element<'o, 'o>> {
    let mut found = Vec::new();
    let mut open = vec![element];
    while let Some(next) = open.pop() {
        if next.name().is(NamespaceId::DS, "KeyInfo") && next.children().next().is_some() {
            found.push(next);
        }
        open.extend(next.children());
    }
    found
}

/// Whether there is nothing in the document but the element there.
fn is_whole(source: &[u8], range: &Range<usize>, limits: &Limits) -> Result<bool, Error> {
    let mut scanner = Scanner::new(source, limits)?;
    loop {
        match scanner.next()? {
            Event::StartElement(start) => return Ok(start.range.start == range.start),
            Event::EndDocument => return Ok(false),
            _ => {}
        }
    }
}
