//! Where the EncryptedData stand that a message wants decrypted.

use super::walk::Watch;
use crate::error::{Cause, Error};
use crate::xml::{
    Element, Event, IdIndex, NamespaceId, Outline, OutlineBudget, OutlineBuilder, Scanner, Zone,
    is_id, may_be_id,
};
use core::ops::Range;
use std::collections::HashSet;

/// Finds the elements EncryptedData with certain Ids in a walk, and keeps an index of each.
#[derive(Debug, Default)]
pub(crate) struct Ciphertexts<'m> {
    wanted: HashSet<String>,
    met: IdIndex<'m>,
    open: Option<OutlineBuilder<'m>>,
    found: Vec<Outline<'m>>,
}

/// An EncryptedData has ten elements or so; a KeyInfo with many certificates some more.
const MOST_ELEMENTS: usize = 256;

impl<'m> Ciphertexts<'m> {
    /// Looks for the Ids that these references name.
    pub(crate) fn new(wanted: impl IntoIterator<Item = String>) -> Self {
        Self { wanted: wanted.into_iter().collect(), ..Self::default() }
    }

    /// Whether anybody carries this Id.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.met.has(id)
    }

    /// The EncryptedData with this Id.
    ///
    /// # Errors
    /// [`Cause::AmbiguousId`] where none or several elements carry it;
    /// [`Cause::UnsupportedReference`] where it is another element, or stands in an EncryptedData.
    pub(crate) fn get(&self, id: &str) -> Result<Element<'_, 'm>, Error> {
        let offset = self.met.resolve(id)?;
        let mut roots = self.found.iter().map(Outline::root);
        roots.find(|root| root.range().start == offset).ok_or_else(|| {
            let reason = "a DataReference names something that is no EncryptedData of this message";
            Error::new(Cause::UnsupportedReference, reason).at(offset)
        })
    }

    fn is_wanted(&mut self, scanner: &Scanner<'m>, start: usize, zone: Zone) -> bool {
        let element = scanner.name();
        let mut is_wanted = false;
        for attribute in scanner.attributes().iter().filter(|one| may_be_id(&one.name)) {
            if !is_id(zone, &element, &attribute.name) {
                continue;
            }
            let value = attribute.value();
            if self.wanted.contains(value.as_ref()) {
                self.met.add(value, start);
                is_wanted = true;
            }
        }
        is_wanted
    }
}

impl<'m> Watch<'m> for Ciphertexts<'m> {
    #[inline]
    fn event(&mut self, scanner: &Scanner<'m>, event: &Event<'m>, zone: Zone) -> Result<(), Error> {
        if self.wanted.is_empty() {
            return Ok(());
        }
        if let Some(open) = &mut self.open {
            let budget = OutlineBudget { elements: MOST_ELEMENTS, end: usize::MAX };
            open.event(scanner, event.clone(), &budget)?;
            if open.is_done() {
                self.found.extend(self.open.take().map(OutlineBuilder::finish));
            }
        }
        if let Event::StartElement(start) = event
            && scanner.form().is_none_or(|form| form.ids)
            && self.is_wanted(scanner, start.range.start, zone)
            && self.open.is_none()
            && start.name.is(NamespaceId::XENC, "EncryptedData")
        {
            self.open = Some(OutlineBuilder::new(scanner, start));
        }
        Ok(())
    }
}

/// Whether an element is the only thing inside another one, but for white space.
pub(crate) fn stands_alone(
    source: &[u8],
    outer_start_tag: &Range<usize>,
    outer: &Range<usize>,
    inner: &Range<usize>,
) -> bool {
    let octets = |range: Range<usize>| source.get(range).unwrap_or_default();
    let end_tag = octets(0..outer.end).iter().rposition(|octet| *octet == b'<');
    let is_space = |octets: &[u8]| octets.trim_ascii().is_empty();
    let Some(end_tag) = end_tag.filter(|end_tag| *end_tag >= inner.end) else { return false };
    is_space(octets(outer_start_tag.end..inner.start)) && is_space(octets(inner.end..end_tag))
}
