//! Encrypting the parts of a message: in the octets that will be sent, so that everything else stays
//! as it is, and no second copy is made.

use super::encrypter::{Encrypter, Making};
use super::located::{LocatedPart, Place, Search};
use super::parts::{IdForm, NewIds};
use crate::crypto::Secret;
use crate::error::{Cause, Error};
use crate::message::Head;
use crate::ns;
use crate::policy::WhichPart;
use crate::xml::{Markup, NamespaceId};
use crate::xmlenc::in_place::{Replacement, replace};
use crate::xmlenc::{DataKind, EncryptedDataTemplate};

/// The encryption of one message.
pub(super) struct Encrypting<'e> {
    pub(super) encrypters: &'e [Encrypter],
    pub(super) search: &'e Search,
    pub(super) making: Making<'e>,
    /// Random octets for new Ids.
    pub(super) ids: &'e [u8; 16],
}

/// What was decided of a message that is to be encrypted.
pub(super) struct EncryptionPlan {
    /// The parts of each encryption.
    parts: Vec<Vec<LocatedPart>>,
    /// Where the content of the Security header begins.
    content: usize,
    /// What is in scope there.
    scope: Vec<(String, String)>,
    /// The attributes that each EncryptedHeader has as well (SOAP Message Security 1.1.1, section
    /// 9.4.3).
    soap_attributes: Vec<(&'static str, &'static str, String)>,
}

/// What stands in place of parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Encrypted {
    /// Parts of whole elements, and the Id of what is there now.
    pub(super) parts: Vec<(WhichPart, String)>,
    /// Header blocks by the Id that their EncryptedHeader has: namespace and local name.
    pub(super) blocks: Vec<(String, (String, String))>,
    /// The keys that were made, for whoever answers.
    pub(super) keys: Vec<(Vec<u8>, Secret)>,
}

const ENCRYPTED_HEADER_END: &[u8] = b"</wsse11:EncryptedHeader>";

impl Encrypting<'_> {
    /// Decides what is encrypted in a message whose Security header is there.
    pub(super) fn plan(&self, place: &Place<'_>) -> Result<EncryptionPlan, Error> {
        let head = place.head;
        let Some(security) = &head.security else {
            return Err(Error::new(Cause::MissingSecurityHeader, "no Security header was written"));
        };
        let root = security.outline.root();
        Ok(EncryptionPlan {
            parts: self.search.locate(self.encrypters, place)?,
            content: root.start_tag().end,
            scope: security.scope.clone(),
            soap_attributes: soap_attributes(head),
        })
    }

    /// Encrypts, and puts what stands `in_front` of everything there.
    pub(super) fn run(
        &self,
        bytes: &mut Vec<u8>,
        plan: EncryptionPlan,
        in_front: &[Markup],
    ) -> Result<Encrypted, Error> {
        let EncryptionPlan { parts, mut content, scope, soap_attributes } = plan;
        let scope: Vec<(&str, &str)> =
            scope.iter().map(|(prefix, name)| (prefix.as_str(), name.as_str())).collect();
        let mut ids =
            NewIds { form: IdForm::Numbered, random: self.ids, number: 0, inserted: Vec::new() };
        let mut encrypted = Encrypted::default();
        let mut rest = parts;
        rest.reverse();
        for encrypter in self.encrypters {
            let Some(parts) = rest.pop() else { break };
            let data_ids: Vec<String> = parts.iter().map(|_| ids.next("ED-")).collect();
            let mut key = encrypter.data_key(&self.making, &data_ids, |kind| ids.next(kind))?;
            let mut replacements = Vec::with_capacity(parts.len() + 1);
            for (part, id) in parts.iter().zip(data_ids) {
                let kind = if part.content { DataKind::Content } else { DataKind::Element };
                let mut template = EncryptedDataTemplate::new(kind, encrypter.policy.data);
                template.id = Some(id.clone());
                template.key_info.clone_from(&key.key_info);
                let header_id = (part.block.is_some() && !part.content).then(|| ids.next("EH-"));
                replacements.push(part.replacement(
                    bytes,
                    &template,
                    header_id.as_deref(),
                    &soap_attributes,
                )?);
                encrypted.add(part, header_id.as_ref().unwrap_or(&id));
            }
            encrypted.keys.append(&mut key.made);
            let mut octets = Vec::new();
            // What is done last stands in front of what was done before.
            let in_front = if rest.is_empty() { in_front } else { &[] };
            let mut header = in_front.iter().chain(&key.header);
            header.try_for_each(|token| token.write(&mut octets, &scope))?;
            let insertion = Replacement::insertion(content, octets);
            let place = replacements.partition_point(|one| one.range.start < content);
            replacements.insert(place, insertion);
            replace(bytes, &replacements, &mut key.encryptor, self.making.random)?;
            // From the back, so that what is in front is still where it was.
            for (index, replacement) in replacements.iter().enumerate().rev() {
                let growth = replacement.growth(encrypter.policy.data)?;
                for part in rest.iter_mut().flatten() {
                    part.move_by(replacement, growth)?;
                }
                if index < place {
                    content += growth;
                }
            }
        }
        Ok(encrypted)
    }
}

impl Encrypted {
    fn add(&mut self, part: &LocatedPart, id: &str) {
        if part.content {
            return;
        }
        if let Some(name) = &part.block {
            self.blocks.push((id.to_owned(), name.clone()));
        }
        if !matches!(part.which, WhichPart::Block { .. } | WhichPart::InBody { .. }) {
            self.parts.push((part.which.clone(), id.to_owned()));
        }
        let ids = part.ids.iter().map(|old| WhichPart::Id(old.clone()));
        let new = ids.filter(|which| *which != part.which);
        self.parts.extend(new.map(|which| (which, id.to_owned())));
    }

    /// Whether this part is encrypted as a whole.
    pub(super) fn has(&self, which: &WhichPart) -> bool {
        self.parts.iter().any(|(held, _)| held == which)
    }

    /// The name that a header block had before it was encrypted.
    pub(super) fn name_of(&self, id: Option<&String>) -> Option<&(String, String)> {
        let id = id?;
        self.blocks.iter().find(|(held, _)| held == id).map(|(_, name)| name)
    }
}

impl LocatedPart {
    /// What stands in place of the part.
    fn replacement(
        &self,
        source: &[u8],
        template: &EncryptedDataTemplate,
        header_id: Option<&str>,
        soap_attributes: &[(&'static str, &'static str, String)],
    ) -> Result<Replacement, Error> {
        let mut before = Vec::new();
        let mut after = EncryptedDataTemplate::CLOSE.to_vec();
        if let Some(id) = header_id {
            let mut header = Markup::new("wsse11", ns::WSSE11, "EncryptedHeader");
            for (namespace, local, value) in soap_attributes {
                header = header.with_qualified_attribute("soap", namespace, local, value.clone());
            }
            header = header.with_qualified_attribute("wsu", ns::WSU, "Id", id.to_owned());
            header.write_start(&mut before, &[])?;
            before.push(b'>');
            after.extend_from_slice(ENCRYPTED_HEADER_END);
        }
        let (range, plaintext) = if !self.content {
            (self.range.clone(), self.range.clone())
        } else {
            let tag = source.get(self.start_tag.clone()).unwrap_or_default();
            if tag.ends_with(b"/>") {
                before.push(b'>');
                super::splice::push_end_tag(&mut after, tag);
                let slash = self.start_tag.end - b"/>".len();
                (slash..self.start_tag.end, slash..slash)
            } else {
                // The end tag may have white space before its `>`, but no `<` inside.
                let element = source.get(self.range.clone()).unwrap_or_default();
                let end_tag = element.iter().rposition(|octet| *octet == b'<').unwrap_or(0);
                let content = self.start_tag.end..self.range.start + end_tag;
                (content.clone(), content)
            }
        };
        template.open(&[], &mut before)?;
        Ok(Replacement::ciphertext(range, before, plaintext, after))
    }
}

/// The attributes of the Security header that say for whom it is.
fn soap_attributes(head: &Head<'_>) -> Vec<(&'static str, &'static str, String)> {
    let mut found = Vec::new();
    for attribute in head.security.iter().flat_map(|one| one.outline.root().attributes()) {
        let namespace = match attribute.name.namespace {
            NamespaceId::SOAP11 => ns::SOAP11,
            NamespaceId::SOAP12 => ns::SOAP12,
            _ => continue,
        };
        let known = ["mustUnderstand", "actor", "role", "relay"];
        if let Some(local) = known.into_iter().find(|known| *known == attribute.name.local) {
            found.push((namespace, local, attribute.value().into_owned()));
        }
    }
    found
}
