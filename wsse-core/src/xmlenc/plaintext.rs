//! Whether plaintext is complete where it stands: whoever wrote it could otherwise end what is around
//! it, or begin what does not end in it.

use crate::crypto::decryption_failed;
use crate::error::Error;
use crate::xml::{Event, Limits, Scanner};
use core::ops::Range;

/// What was decrypted, in the document that it became a part of.
#[derive(Clone, Debug)]
pub(crate) struct Plaintext {
    pub(crate) range: Range<usize>,
    /// Whether it must be one element, and nothing else but white space; it is content otherwise (XML
    /// Encryption 1.1, section 3.1, Type).
    pub(crate) element: bool,
}

/// Follows a scanner through a document of which parts are plaintext. What it finds wrong is told in one
/// way only, and says nothing of the plaintext.
#[derive(Debug)]
pub(crate) struct Plaintexts<'p> {
    rest: &'p [Plaintext],
    /// Where the next one begins, or the one that was begun ends.
    border: usize,
    /// The depth in front of the plaintext that was begun, and how many elements began at it.
    inside: Option<(usize, usize)>,
    depth: usize,
}

/// Reads a document in which these parts are plaintext.
///
/// # Errors
/// [`Cause::DecryptionFailed`](crate::Cause::DecryptionFailed) where it is not well-formed, or not within
/// `limits`, or one of the parts is not complete.
pub(crate) fn check(document: &[u8], limits: &Limits, parts: &[Plaintext]) -> Result<(), Error> {
    let mut plaintexts = Plaintexts::new(parts);
    let mut scanner = Scanner::new(document, limits).map_err(|_| decryption_failed())?;
    loop {
        let event = scanner.next().map_err(|_| decryption_failed())?;
        plaintexts.event(&event, scanner.position())?;
        if event == Event::EndDocument {
            return Ok(());
        }
    }
}

impl<'p> Plaintexts<'p> {
    /// `all` are in the order of the document, none in another.
    pub(crate) fn new(all: &'p [Plaintext]) -> Self {
        let border = all.first().map_or(usize::MAX, |first| first.range.start);
        Self { rest: all, border, inside: None, depth: 0 }
    }

    /// Takes in the event that a scanner of the whole document has just returned, and how far it has
    /// read.
    ///
    /// # Errors
    /// [`Cause::DecryptionFailed`](crate::Cause::DecryptionFailed) where plaintext is not complete.
    #[inline]
    pub(crate) fn event(&mut self, event: &Event<'_>, position: usize) -> Result<(), Error> {
        let is_complete = match event {
            // Most messages are read to their end long after the last border,
            _ if self.rest.is_empty() => true,
            // and most plaintext is far from one.
            _ if position >= self.border => self.is_complete_at_border(event, position),
            Event::EndDocument => false,
            Event::StartElement(_) => self.start(),
            Event::EndElement(_) => self.end(),
            Event::Text(text) if !text.cdata => self.alone() || text.raw.trim_ascii().is_empty(),
            _ => self.alone(),
        };
        if is_complete { Ok(()) } else { Err(decryption_failed()) }
    }

    fn is_complete_at_border(&mut self, event: &Event<'_>, position: usize) -> bool {
        match event {
            Event::StartElement(start) => self.markup(&start.range) && self.start(),
            // The end of an empty-element tag takes no room: it belongs to what is before it.
            Event::EndElement(end) => {
                (end.range.is_empty() || self.markup(&end.range)) && self.end()
            }
            Event::Text(text) if !text.cdata => self.text(text.raw, &text.range),
            Event::Text(text) => self.markup(&text.range) && self.alone(),
            Event::Comment(range) | Event::ProcessingInstruction(range) => {
                self.markup(range) && self.alone()
            }
            Event::EndDocument => self.cross(position) && self.rest.is_empty(),
        }
    }

    /// Goes past the borders up to `at`.
    fn cross(&mut self, at: usize) -> bool {
        while let Some((first, others)) = self.rest.split_first() {
            match self.inside {
                None if first.range.start <= at => {
                    self.inside = Some((self.depth, 0));
                    self.border = first.range.end;
                }
                Some((depth, elements)) if first.range.end <= at => {
                    if self.depth != depth || (first.element && elements != 1) {
                        return false;
                    }
                    self.inside = None;
                    self.rest = others;
                    self.border = others.first().map_or(usize::MAX, |next| next.range.start);
                }
                _ => break,
            }
        }
        true
    }

    /// Markup has no border in it.
    fn markup(&mut self, range: &Range<usize>) -> bool {
        self.cross(range.start) && self.border >= range.end
    }

    fn start(&mut self) -> bool {
        if let Some((depth, elements)) = &mut self.inside
            && *depth == self.depth
        {
            *elements += 1;
        }
        self.depth += 1;
        true
    }

    fn end(&mut self) -> bool {
        self.depth = self.depth.saturating_sub(1);
        self.inside.is_none_or(|(depth, _)| self.depth >= depth)
    }

    /// Whether something other than an element may stand here.
    fn alone(&self) -> bool {
        let at_top = self.inside.is_some_and(|(depth, _)| depth == self.depth);
        !at_top || self.rest.first().is_none_or(|first| !first.element)
    }

    /// Text may have borders in it, but for its references.
    fn text(&mut self, raw: &str, range: &Range<usize>) -> bool {
        let mut from = range.start;
        if !self.cross(from) {
            return false;
        }
        loop {
            let has_border = self.border < range.end;
            let to = self.border.min(range.end);
            let piece = raw.get(from - range.start..to - range.start);
            let Some(piece) = piece else { return false };
            if !self.alone() && !piece.trim_ascii().is_empty() {
                return false;
            }
            if !has_border {
                return true;
            }
            let is_cut = piece.rfind('&').is_some_and(|at| !piece[at..].contains(';'));
            if is_cut || !self.cross(to) {
                return false;
            }
            from = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether what stands between `[` and `]` is complete.
    fn complete(marked: &str, element: bool) -> bool {
        let mut parts = Vec::new();
        let mut document = String::new();
        let mut start = 0;
        for character in marked.chars() {
            match character {
                '[' => start = document.len(),
                ']' => parts.push(Plaintext { range: start..document.len(), element }),
                other => document.push(other),
            }
        }
        check(document.as_bytes(), &Limits::default(), &parts).is_ok()
    }

    #[test]
    fn content_is_complete_in_itself() {
        for good in [
            "<a>[]</a>",
            "<a>[x]</a>",
            "<a>x[y]z</a>",
            "<a>x[y][z]</a>",
            "<a>[<b/>]</a>",
            "<a>[<b/>][<c/>x]<d/></a>",
            "<a>[<b>x</b><!-- --><?p ?>&amp;]</a>",
            "<a>&lt;[&amp;x]&gt;</a>",
            "[<a/>]",
            "[<!-- --><a>x</a>]<!-- -->",
            "<a>[<b/>]</a><!-- -->",
        ] {
            assert!(complete(good, false), "{good}");
        }
        for bad in [
            "<a>[<b>]</b></a>",
            "<a><b>[</b>]</a>",
            "<a><b>[</b><b>]</b></a>",
            "<a>[</a><a>]</a>",
            "<a[ b='']/>",
            "<a b='[]'/>",
            "<a>[<!--] --></a>",
            "<a><!-- [-->] </a>",
            "<a>&am[p;]</a>",
            "<a>[&]amp;</a>",
            "<a>[&am]p;</a>",
            "<a><![CDATA[[x]]]></a>",
            "<a>[<b]/></a>",
            "<a>[x&y]</a>",
            "<a>[",
            "[]",
            "[x]",
        ] {
            assert!(!complete(bad, false), "{bad}");
        }
    }

    #[test]
    fn an_element_is_one_and_nothing_else() {
        for good in ["<a>[<b/>]</a>", "<a>x[ <b>y<c/></b>\n]z</a>", "[<a/>]", "<a>[<b/>][<c/>]</a>"]
        {
            assert!(complete(good, true), "{good}");
        }
        for bad in [
            "<a>[]</a>",
            "<a>[x]</a>",
            "<a>[x<b/>]</a>",
            "<a>[<b/>x]y</a>",
            "<a>[<b/><c/>]</a>",
            "<a>[<b/><!-- -->]</a>",
            "<a>[<?p ?><b/>]</a>",
            "<a>[<b/>&#32;]</a>",
            "<a>[<b>]</b></a>",
        ] {
            assert!(!complete(bad, true), "{bad}");
        }
    }
}
