//! The octets of a stream that are at hand.

use super::characters;
use super::limits::Limits;
use super::stream::too_long;
use crate::error::{Cause, Error, Position};
use std::io::{ErrorKind, Read};

/// What yields octets, one after the other: everything that is a [`Read`], and what stands between
/// two scanners.
pub trait Source {
    /// Puts the next octets into `into`, from its beginning on, and says how many; 0 where there are
    /// no more, or `into` is empty.
    ///
    /// # Errors
    /// [`Cause::InputOutput`] where they can't be read, or what else is wrong with them.
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Error>;
}

impl<R: Read + ?Sized> Source for R {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Error> {
        loop {
            match Read::read(self, into) {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    let reason = format!("the message can't be read: {error}");
                    return Err(Error::new(Cause::InputOutput, reason));
                }
            }
        }
    }
}

/// How much of a stream is held at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WindowSize {
    /// Octets that are at hand. Default 256 KiB: more makes nothing faster.
    pub usual: usize,
    /// Octets that are at hand where a tag, or a reference, does not fit otherwise; what needs more
    /// is refused. Default 1 MiB.
    pub largest: usize,
}

impl Default for WindowSize {
    fn default() -> Self {
        Self { usual: 256 << 10, largest: 1 << 20 }
    }
}

/// The octets of a stream that are at hand, with the names in front of them that the scanner asks
/// for.
pub(super) struct Window {
    octets: Vec<u8>,
    /// Where the octets of the document begin.
    names: usize,
    /// Where they end.
    filled: usize,
    /// The place of the first one in the document.
    start: Position,
    read: usize,
    limit: usize,
    /// Whether there are no more.
    ended: bool,
    /// What is wrong with what comes behind.
    wrong: Option<Error>,
}

impl Window {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            octets: Vec::new(),
            names: 0,
            filled: 0,
            start: Position { offset: 0, line: 1, column: 1 },
            read: 0,
            limit: limits.message,
            ended: false,
            wrong: None,
        }
    }

    /// Reads until so many octets of the document are at hand, or there are no more.
    pub(super) fn fill(&mut self, source: &mut (impl Source + ?Sized), room: usize) {
        let end = self.names + room;
        if self.octets.len() < end {
            self.octets.resize(end, 0);
        }
        while self.filled < end && self.has_more() {
            let Some(free) = self.octets.get_mut(self.filled..end) else { return };
            let most = free.len();
            match source.read(free) {
                Ok(0) => self.ended = true,
                Ok(count) => {
                    let count = count.min(most);
                    self.filled += count;
                    self.read += count;
                    self.check_limit();
                }
                Err(error) => self.wrong = Some(error),
            }
        }
    }

    fn check_limit(&mut self) {
        if let Some(more) = self.read.checked_sub(self.limit).filter(|more| *more > 0) {
            self.filled -= more;
            self.wrong = Some(too_long(self.limit));
        }
    }

    /// Whether more octets may come.
    pub(super) fn has_more(&self) -> bool {
        !self.ended && self.wrong.is_none()
    }

    /// Whether the document ends with what is at hand.
    pub(super) fn is_last(&self) -> bool {
        self.ended && self.wrong.is_none()
    }

    /// What is wrong with what comes behind.
    pub(super) fn wrong(&self) -> Option<&Error> {
        self.wrong.as_ref()
    }

    /// The names, and what is at hand behind them, without the beginning of a character whose end is
    /// still to come.
    pub(super) fn octets(&self) -> &[u8] {
        let octets = self.octets.get(..self.filled).unwrap_or_default();
        match self.ended {
            true => octets,
            false => octets.get(..characters::whole(octets)).unwrap_or_default(),
        }
    }

    /// The octets of the document that are at hand.
    pub(super) fn own(&self) -> &[u8] {
        self.octets.get(self.names..self.filled).unwrap_or_default()
    }

    /// Where the octets of the document begin in [`Self::octets`].
    pub(super) fn names(&self) -> usize {
        self.names
    }

    /// What is to be added to a place in [`Self::octets`] for the one in the document.
    pub(super) fn shift(&self) -> usize {
        // The names stood in what is gone, each at a place of its own.
        self.start.offset.saturating_sub(self.names)
    }

    /// Leaves out what begins at this place of [`Self::octets`], for this reason.
    pub(super) fn refuse(&mut self, place: usize, error: Error) {
        self.filled = place.max(self.names);
        self.wrong = Some(error);
    }

    /// Gives up the octets before this place of [`Self::octets`], and puts other names before the
    /// others.
    pub(super) fn slide(&mut self, place: usize, names: &str) {
        let gone = self.octets.get(self.names..place).unwrap_or_default();
        self.start = behind(self.start, gone);
        let rest = place..self.filled;
        let length = rest.len();
        if self.octets.len() < names.len() + length {
            self.octets.resize(names.len() + length, 0);
        }
        self.octets.copy_within(rest, names.len());
        if let Some(front) = self.octets.get_mut(..names.len()) {
            front.copy_from_slice(names.as_bytes());
        }
        self.names = names.len();
        self.filled = names.len() + length;
    }

    /// Line and column of an offset into the document, if it is at hand.
    pub(super) fn position(&self, offset: usize) -> Option<Position> {
        let length = offset.checked_sub(self.start.offset)?;
        self.own().get(..length).map(|before| behind(self.start, before))
    }
}

/// The place behind `octets`, which begin at `start`.
fn behind(start: Position, octets: &[u8]) -> Position {
    let is_character_start = |octet: &&u8| **octet & 0xC0 != 0x80;
    let (line_start, column) = match memchr::memrchr(b'\n', octets) {
        Some(at) => (at + 1, 1),
        None => (0, start.column),
    };
    let last = octets.get(line_start..).unwrap_or_default();
    Position {
        offset: start.offset + octets.len(),
        line: start.line + memchr::memchr_iter(b'\n', octets).count(),
        column: column + last.iter().filter(is_character_start).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_those_of_the_whole() {
        let source = "é<a>\n\r\n😀x\n\ny</a>é";
        for step in 1..8 {
            let mut window = Window::new(&Limits::default());
            let mut octets = source.as_bytes();
            window.fill(&mut octets, 64);
            for start in (0..source.len()).step_by(step) {
                for offset in start..=source.len() {
                    let expected = Position::in_source(source.as_bytes(), offset);
                    // The octets of one character may be in two windows.
                    assert_eq!(window.position(offset), Some(expected), "{start} {offset}");
                }
                assert_eq!(window.position(source.len() + 1), None);
                let names = ["", "<name", "<ab<cd"][start % 3];
                let place = window.names() + step.min(window.own().len());
                window.slide(place, names);
            }
        }
    }
}
