//! What a Security header says is encrypted, and the way from one layer of a message to the next.

use super::keyring::{MessageKeys, key_names, no_key};
use super::layers::{Carried, Decrypted, MOST_LAYERS, Moves, Replacement};
use crate::crypto::{BlockDecryptor, Legacy, LegacySet, Secret, decryption_failed};
use crate::error::{Cause, Error};
use crate::message::{Ciphertexts, Head, stands_alone};
use crate::ns;
use crate::xml::{Element, NamespaceId};
use crate::xmlenc::{
    DataKind, EncryptedData, EncryptedKey, EncryptedReference, MOST_REFERENCES, MadeKey, Plaintext,
    ReferenceList,
};
use core::cell::{Cell, RefCell};
use core::ops::Range;

/// EncryptedKeys of one message at most, and keys that are decrypted for it.
pub(super) const MOST_KEYS: usize = 16;

/// The encryption of a Security header, as far as it is told there.
#[derive(Default)]
pub(super) struct Encryption<'o, 'a> {
    keys: Vec<EncryptedKey<'o, 'a>>,
    /// In the order of the document.
    pub(super) steps: Vec<DecryptStep<'o, 'a>>,
}

/// One order to decrypt something.
pub(super) struct DecryptStep<'o, 'a> {
    /// The element that gives it.
    pub(super) range: Range<usize>,
    by: By,
    what: What<'o, 'a>,
}

/// Which key is meant.
#[derive(Clone, Copy, PartialEq)]
enum By {
    /// That of the EncryptedKey which the list stands in.
    Key(usize),
    /// Every EncryptedData says so itself.
    Data,
}

enum What<'o, 'a> {
    List(Vec<EncryptedReference>),
    /// An EncryptedData of the Security header that no list names.
    Here(Element<'o, 'a>),
}

/// Keys that were decrypted for one message, by what they were decrypted from.
#[derive(Default)]
pub(super) struct DecryptedKeys {
    known: RefCell<Vec<DecryptedKey>>,
    /// How many were agreed on or derived, and what those need to be allowed by name.
    made: Cell<(usize, LegacySet)>,
}

struct DecryptedKey {
    from: Vec<u8>,
    secret: Secret,
    /// What its decryption needs to be allowed by name.
    legacy: LegacySet,
}

/// Something that is decrypted on the way to the next layer.
struct Job<'o, 'a> {
    data: EncryptedData<'o, 'a>,
    key: Secret,
    /// What it stands for: itself, or the EncryptedHeader around it.
    old: Range<usize>,
    element: bool,
}

/// The next layer.
pub(super) struct NextLayer {
    pub(super) octets: Vec<u8>,
    pub(super) carried: Carried,
}

/// The way from one layer to the next.
pub(super) struct Transition<'t, 'o, 'a> {
    pub(super) source: &'t [u8],
    pub(super) head: &'t Head<'a>,
    pub(super) encryption: &'t Encryption<'o, 'a>,
    pub(super) ciphertexts: &'t Ciphertexts<'a>,
    pub(super) keys: &'t MessageKeys<'t>,
    pub(super) legacy: LegacySet,
    /// Octets that the next layer may have.
    pub(super) most: usize,
}

impl<'o, 'a> Encryption<'o, 'a> {
    /// Reads the children of a Security header that are about encryption.
    pub(super) fn read(security: Element<'o, 'a>) -> Result<Self, Error> {
        let mut found = Self::default();
        let mut here = Vec::new();
        for child in security.children() {
            let name = child.name();
            let range = child.range();
            match (name.namespace, name.local) {
                (NamespaceId::XENC, "EncryptedKey") => {
                    if found.keys.len() == MOST_KEYS {
                        let reason =
                            format!("the message holds more than {MOST_KEYS} EncryptedKeys");
                        return Err(Error::new(Cause::ReferenceCount, reason).at(range.start));
                    }
                    let mut key = EncryptedKey::parse(child)?;
                    let list = key.references.take();
                    let by = By::Key(found.keys.len());
                    found.keys.push(key);
                    if let Some(list) = list {
                        found.steps.push(DecryptStep { range, by, what: What::of(list)? });
                    }
                }
                (NamespaceId::XENC, "ReferenceList") => {
                    let what = What::of(ReferenceList::parse(child)?)?;
                    found.steps.push(DecryptStep { range, by: By::Data, what });
                }
                (NamespaceId::XENC, "EncryptedData") => here.push(child),
                (NamespaceId::XENC | NamespaceId::XENC11, _) => {
                    let reason = format!("{} has no place in a Security header", name.qualified());
                    return Err(Error::new(Cause::UnsupportedToken, reason).at(range.start));
                }
                _ => {}
            }
        }
        let listed: usize = found.steps.iter().map(|step| step.references().len()).sum();
        if listed + here.len() > MOST_REFERENCES {
            let reason = format!("a message names more than {MOST_REFERENCES} EncryptedData");
            return Err(Error::new(Cause::ReferenceCount, reason).at(security.range().start));
        }
        for element in here {
            let id = element.attribute(NamespaceId::NONE, "Id");
            let is_listed = |reference: &EncryptedReference| id.as_deref() == Some(&reference.id);
            if !found.steps.iter().any(|step| step.references().iter().any(is_listed)) {
                let (range, what) = (element.range(), What::Here(element));
                found.steps.push(DecryptStep { range, by: By::Data, what });
            }
        }
        found.steps.sort_by_key(|step| step.range.start);
        Ok(found)
    }

    /// The EncryptedKeys of the Security header.
    pub(super) fn keys(&self) -> &[EncryptedKey<'o, 'a>] {
        &self.keys
    }
}

impl DecryptedKeys {
    pub(super) fn find(&self, from: &[u8]) -> Option<Secret> {
        let known = self.known.borrow();
        known.iter().find(|held| held.from == from).map(|held| held.secret.clone())
    }

    pub(super) fn len(&self) -> usize {
        self.known.borrow().len()
    }

    pub(super) fn keep(&self, from: Vec<u8>, secret: Secret, legacy: LegacySet) {
        self.known.borrow_mut().push(DecryptedKey { from, secret, legacy });
    }

    /// Counts a key that is agreed on or derived.
    pub(super) fn count_made(&self, legacy: LegacySet) -> Result<(), Error> {
        let (count, before) = self.made.get();
        if count == MOST_KEYS {
            let reason = format!("more than {MOST_KEYS} keys are to be agreed on or derived");
            return Err(Error::new(Cause::ReferenceCount, reason));
        }
        self.made.set((count + 1, before.union(legacy)));
        Ok(())
    }

    /// What was accepted for these keys only because the policy allows it by name.
    pub(super) fn legacy(&self) -> LegacySet {
        let (_, made) = self.made.get();
        self.known.borrow().iter().fold(made, |all, held| all.union(held.legacy))
    }

    /// What a reply may mean by the SHA-1 of an encrypted key.
    pub(super) fn into_keys(self) -> impl Iterator<Item = (Vec<u8>, Secret)> {
        self.known.into_inner().into_iter().map(|held| (held.from, held.secret))
    }
}

impl What<'_, '_> {
    fn of(list: ReferenceList) -> Result<Self, Error> {
        if let Some(key) = list.references.iter().find(|reference| reference.is_key) {
            let reason = "a KeyReference: keys are not decrypted with keys of the same message";
            return Err(Error::new(Cause::UnsupportedReference, reason).at(key.offset));
        }
        Ok(Self::List(list.references))
    }
}

impl DecryptStep<'_, '_> {
    fn references(&self) -> &[EncryptedReference] {
        match &self.what {
            What::List(references) => references,
            What::Here(_) => &[],
        }
    }

    /// The Ids of what is to be decrypted, as far as that has to be looked for.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.references().iter().map(|reference| reference.id.as_str())
    }
}

impl<'t, 'o, 'a> Transition<'t, 'o, 'a> {
    /// Decrypts what these steps name. A step whose EncryptedData are not all there is left for the
    /// next layer, unless it is the first.
    pub(super) fn run(
        &self,
        steps: &[&DecryptStep<'o, 'a>],
        mut carried: Carried,
    ) -> Result<NextLayer, Error> {
        if carried.layers >= MOST_LAYERS {
            let reason = format!("parts are encrypted more than {MOST_LAYERS} times");
            return Err(Error::new(Cause::ReferenceCount, reason));
        }
        let mut jobs: Vec<Job<'_, 'a>> = Vec::new();
        let mut for_others: Vec<(Vec<Range<usize>>, Error)> = Vec::new();
        let mut done = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            // Others may stand in what is decrypted now.
            let later = index > 0 && !step.ids().all(|id| self.ciphertexts.has(id));
            if later {
                break;
            }
            done.push(step.range.clone());
            let data = self.data(step)?;
            let is_claimed =
                |data: &EncryptedData<'_, '_>| jobs.iter().any(|job| job.data.range == data.range);
            match data.iter().filter(|data| is_claimed(data)).count() {
                0 => {}
                // The same for another recipient.
                count if count == data.len() => continue,
                _ => {
                    let reason = "an EncryptedData is named by two lists";
                    return Err(Error::new(Cause::AmbiguousId, reason).at(step.range.start));
                }
            }
            for one in &data {
                one.check_legacy(self.allowed(one, &carried))?;
            }
            match self.keys_of(step, &data) {
                Ok(keys) => {
                    for (data, key) in data.into_iter().zip(keys) {
                        jobs.push(self.job(data, key)?);
                    }
                }
                Err(error) if error.cause() == Cause::NoKey => {
                    let ranges = data.into_iter().map(|data| data.range).collect();
                    for_others.push((ranges, error));
                }
                Err(error) => return Err(error),
            }
        }
        // Several recipients: each has an EncryptedKey of its own, and one of them is ours.
        for (ranges, error) in for_others {
            if !ranges.iter().all(|range| jobs.iter().any(|job| job.data.range == *range)) {
                return Err(error);
            }
        }
        jobs.sort_by_key(|job| job.old.start);
        carried.done.extend(done);
        for job in &jobs {
            carried.legacy = carried.legacy.union(job.data.method.legacy());
            carried.silent |= !job.data.method.is_authenticated() && !covers(&carried, &job.data);
        }
        self.write(&jobs, carried)
    }

    /// What the policy accepts for an EncryptedData: CBC where a trusted Signature over the ciphertext
    /// holds, as nobody can try out others then.
    fn allowed(&self, data: &EncryptedData<'_, '_>, carried: &Carried) -> LegacySet {
        if covers(carried, data) { self.legacy.with(Legacy::Cbc) } else { self.legacy }
    }

    fn data(&self, step: &DecryptStep<'o, 'a>) -> Result<Vec<EncryptedData<'t, 'a>>, Error>
    where
        'o: 't,
    {
        match &step.what {
            What::Here(element) => Ok(vec![EncryptedData::parse(*element)?]),
            What::List(references) => references
                .iter()
                .map(|reference| {
                    let element = self.ciphertexts.get(&reference.id);
                    EncryptedData::parse(element.map_err(|error| error.at(reference.offset))?)
                })
                .collect(),
        }
    }

    fn job(&self, data: EncryptedData<'t, 'a>, key: Secret) -> Result<Job<'t, 'a>, Error> {
        let element = match &data.kind {
            DataKind::Element => true,
            DataKind::Content => false,
            DataKind::Other(kind) => {
                let reason = match kind {
                    Some(uri) => {
                        format!("an EncryptedData of the Type {uri:?} is no part of a message")
                    }
                    None => "an EncryptedData without Type is no part of a message".to_owned(),
                };
                return Err(Error::new(Cause::EncryptionStructure, reason).at(data.range.start));
            }
        };
        let around = self.head.blocks.iter().find(|block| {
            block.namespace == ns::WSSE11
                && block.local == "EncryptedHeader"
                && block.range.start < data.range.start
                && data.range.end <= block.range.end
        });
        let mut old = data.range.clone();
        if let Some(block) = around {
            // SOAP Message Security 1.1.1, section 9.3.
            if !element || !stands_alone(self.source, &block.start_tag, &block.range, &data.range) {
                let reason = "an EncryptedHeader holds one EncryptedData of the Type Element, and \
                              nothing else";
                return Err(Error::new(Cause::EncryptionStructure, reason).at(block.range.start));
            }
            old = block.range.clone();
        }
        // What was decrypted or derived is as long as its maker wished.
        if key.octets().len() != data.method.key_length() {
            return Err(decryption_failed());
        }
        Ok(Job { data, key, old, element })
    }

    /// The keys of what a step decrypts.
    fn keys_of(
        &self,
        step: &DecryptStep<'_, '_>,
        data: &[EncryptedData<'_, '_>],
    ) -> Result<Vec<Secret>, Error> {
        let By::Key(index) = step.by else {
            return data.iter().map(|data| self.key_of_data(data)).collect();
        };
        let Some(key) = self.encryption.keys.get(index) else { return Ok(Vec::new()) };
        let lengths = || data.iter().map(|data| data.method.key_length());
        let length = lengths().next().unwrap_or_default();
        if lengths().any(|other| other != length) {
            let reason = "one EncryptedKey is to decrypt with methods whose keys differ in length";
            return Err(Error::new(Cause::EncryptionStructure, reason).at(step.range.start));
        }
        let secret = self.keys.decrypt_key(key, Some(length))?;
        Ok(data.iter().map(|_| secret.clone()).collect())
    }

    /// The key that an EncryptedData itself says.
    fn key_of_data(&self, data: &EncryptedData<'_, '_>) -> Result<Secret, Error> {
        let at = |error: Error| error.at(data.range.start);
        let length = data.method.key_length();
        if let Some(found) =
            self.keys.secret_of_key_info(data.key_info, Some(length)).map_err(at)?
        {
            return Ok(found.secret);
        }
        if let Some(made) = MadeKey::find(data.key_info)? {
            return self.keys.made_key(&made, length).map_err(at);
        }
        let names = key_names(data.key_info)?;
        let carries = |key: &&EncryptedKey<'_, '_>| {
            key.carried_key_name.as_ref().is_some_and(|name| names.contains(name))
        };
        if let Some(key) = self.encryption.keys.iter().find(carries) {
            return self.keys.decrypt_key(key, Some(length));
        }
        if names.is_empty() && data.key_info.is_some() {
            return Err(at(no_key("the KeyInfo of an EncryptedData names no key of this message")));
        }
        let secret = self.keys.shared_secret(&names).map_err(at)?;
        if secret.octets().len() != length {
            let reason = format!(
                "{} works with a key of {length} octets, and the shared secret has {}",
                data.method.name(),
                secret.octets().len()
            );
            return Err(at(Error::new(Cause::KeyType, reason)));
        }
        Ok(secret)
    }

    /// The octets of the next layer.
    fn write(&self, jobs: &[Job<'_, '_>], carried: Carried) -> Result<NextLayer, Error> {
        let octets = |range: Range<usize>| self.source.get(range).unwrap_or_default();
        let mut out = Vec::with_capacity(self.source.len());
        let mut moves = Moves::default();
        let mut plaintexts = Vec::with_capacity(jobs.len());
        let mut done = 0;
        for Job { data, key, old, element } in jobs {
            out.extend_from_slice(octets(done..old.start));
            let start = out.len();
            let mut decryptor = BlockDecryptor::new(data.method, key)?;
            data.decrypt(&mut decryptor, &mut out, self.most)?;
            let new = start..out.len();
            plaintexts.push(Plaintext { range: new.clone(), element: *element });
            moves.0.push(Replacement { old: old.clone(), data: data.range.clone(), new });
            done = old.end;
        }
        out.extend_from_slice(octets(done..self.source.len()));
        let mut carried = carried.moved(&moves);
        carried.layers += 1;
        let content = |plaintext: &Plaintext| match plaintext.element {
            true => Decrypted { range: trimmed(&out, &plaintext.range), content: false },
            false => Decrypted { range: plaintext.range.clone(), content: true },
        };
        carried.decrypted.extend(plaintexts.iter().map(content));
        carried.plaintexts = plaintexts;
        Ok(NextLayer { octets: out, carried })
    }
}

/// Whether a trusted Signature over the ciphertext holds.
fn covers(carried: &Carried, data: &EncryptedData<'_, '_>) -> bool {
    carried.signatures.iter().any(|(signed, _)| signed.trusted && signed.covers(&data.range))
}

/// Without the white space around it.
fn trimmed(octets: &[u8], range: &Range<usize>) -> Range<usize> {
    let octets = octets.get(range.clone()).unwrap_or_default();
    let start = range.start + octets.len() - octets.trim_ascii_start().len();
    start..start + octets.trim_ascii().len()
}
