//! Whether plaintext is complete where it stands: what was decrypted takes the place of an
//! EncryptedData, and nothing else.

use super::walk::Watch;
use crate::crypto::decryption_failed;
use crate::error::Error;
use crate::xml::{Event, Scanner, Zone};
use core::ops::Range;

/// Octets of a message that were decrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plaintext {
    pub(crate) range: Range<usize>,
    /// Whether it must be one element, and is content otherwise (XML Encryption 1.1, section 3.1,
    /// Type).
    pub(crate) element: bool,
}

/// Watches a walk for plaintext that is not complete. What it finds wrong is told in one way only,
/// and says nothing of the plaintext.
#[derive(Debug, Default)]
pub(crate) struct Plaintexts<'p> {
    /// In the order of the document, none in another.
    rest: &'p [Plaintext],
    /// The depth outside, and how many elements began at it.
    inside: Option<(usize, usize)>,
    depth: usize,
}

impl<'p> Plaintexts<'p> {
    pub(crate) fn new(all: &'p [Plaintext]) -> Self {
        Self { rest: all, inside: None, depth: 0 }
    }

    /// Goes past the borders before `start`.
    #[cold]
    fn pass_borders(&mut self, start: usize) -> Result<(), Error> {
        while let Some((first, others)) = self.rest.split_first() {
            match self.inside {
                None if first.range.start <= start => self.inside = Some((self.depth, 0)),
                Some((depth, elements)) if first.range.end <= start => {
                    if self.depth != depth || (first.element && elements != 1) {
                        return Err(decryption_failed());
                    }
                    self.inside = None;
                    self.rest = others;
                }
                _ => break,
            }
        }
        Ok(())
    }

    fn border(&self) -> usize {
        match (self.rest.first(), self.inside) {
            (Some(first), None) => first.range.start,
            (Some(first), Some(_)) => first.range.end,
            (None, _) => usize::MAX,
        }
    }
}

impl<'m> Watch<'m> for Plaintexts<'_> {
    #[inline]
    fn event(&mut self, scanner: &Scanner<'m>, event: &Event<'m>, _: Zone) -> Result<(), Error> {
        if self.rest.is_empty() {
            return Ok(());
        }
        let (_, range) = scanner.latest();
        // The end of an empty-element tag takes no room: it belongs to what is before it.
        if range.start >= self.border() && (!range.is_empty() || *event == Event::EndDocument) {
            self.pass_borders(range.start)?;
        }
        let border = self.border();
        let is_text = matches!(event, Event::Text(_));
        let is_markup = !matches!(event, Event::Text(text) if !text.cdata);
        if range.start < border && border < range.end && is_markup {
            return Err(decryption_failed());
        }
        let Some(first) = self.rest.first() else { return Ok(()) };
        if is_text && first.element && !self.is_inside_element() {
            let start = range.start.max(first.range.start);
            let end = range.end.min(first.range.end).max(start);
            let own = scanner.source().get(start..end).unwrap_or_default();
            if !own.trim_ascii().is_empty() {
                return Err(decryption_failed());
            }
        }
        if let Some((depth, elements)) = &mut self.inside {
            if scanner.depth() < *depth {
                return Err(decryption_failed());
            }
            match event {
                Event::StartElement(_) if self.depth == *depth => *elements += 1,
                Event::Comment(_) | Event::ProcessingInstruction(_)
                    if first.element && self.depth == *depth =>
                {
                    return Err(decryption_failed());
                }
                _ => {}
            }
        }
        self.depth = scanner.depth();
        Ok(())
    }
}

impl Plaintexts<'_> {
    fn is_inside_element(&self) -> bool {
        self.inside.is_some_and(|(depth, _)| self.depth > depth)
    }
}
