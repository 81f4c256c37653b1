//! A message that is read from a stream: everything before its Body is held, the rest goes by.

use super::envelope::{Head, Soap, Tail};
use super::trail::Trail;
use super::walk::Shape;
use crate::error::{Cause, Error};
use crate::pass::Pass;
use crate::xml::{
    Event, Limits, Notes, Prefix, Scanner, ScannerMemory, Source, Stream, Visit, WindowSize,
    is_cut, is_id, may_be_cut,
};
use core::ops::Range;
use std::collections::{HashMap, HashSet};

/// What comes behind the beginning of a message.
pub(crate) struct Remainder<S> {
    /// Octets of the beginning in which [`Head::parse`] finds the head and nothing wrong.
    pub(crate) sound: usize,
    /// Whether it is in an encoding that is not read from a stream; then nothing was looked at.
    pub(crate) is_transcoded: bool,
    source: S,
    /// Why there are no more octets: they ended, or can't be read.
    end: Option<Option<Error>>,
    notes: Notes,
}

/// How a message is read from a stream.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'r> {
    pub(crate) charset: Option<&'r str>,
    pub(crate) limits: &'r Limits,
    pub(crate) size: WindowSize,
}

/// What is looked for on the way.
pub(crate) struct Seek<'k> {
    /// Positions of elements.
    pub(crate) positions: Vec<&'k str>,
    /// Whether the positions of the targets of the pass are asked for that stand in the Body.
    pub(crate) targets: bool,
}

/// What was found on the way.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The elements at the positions that were looked for.
    pub(crate) elements: HashMap<String, Range<usize>>,
    /// The positions of the elements with Ids that are named, by where they begin.
    pub(crate) paths: HashMap<usize, String>,
}

/// Where octets of the message go that are read.
pub(crate) trait Output {
    /// Takes the octets that begin at `start`. `body` and `end` tell where the Body and the Envelope
    /// end, if they ended before.
    fn write(
        &mut self,
        octets: &[u8],
        start: usize,
        body: Option<usize>,
        end: Option<usize>,
    ) -> Result<(), Error>;
}

/// For those who want none.
impl Output for () {
    fn write(
        &mut self,
        _: &[u8],
        _: usize,
        _: Option<usize>,
        _: Option<usize>,
    ) -> Result<(), Error> {
        Ok(())
    }
}

/// Octets of the beginning that are read at first: most heads are in it.
const FIRST: usize = 64 << 10;

/// Reads the beginning of a message: as much as [`Head::parse`] needs, which finds nothing wrong with
/// the octets that are returned, and perhaps more. Of a message in another encoding nothing is looked
/// at.
///
/// # Errors
/// As [`Head::parse`], with line and column; [`Cause::HeaderSize`] where the Body does not begin
/// within the limit; what [`Stream::read`] says of encodings and of the source.
pub(crate) fn beginning<S: Source>(
    source: S,
    reading: &Reading<'_>,
    actor: &str,
    memory: &mut ScannerMemory,
) -> Result<(Vec<u8>, Remainder<S>), Error> {
    let mut octets = Vec::new();
    let notes = Notes::default();
    let mut remainder = Remainder { sound: 0, is_transcoded: false, source, end: None, notes };
    let most = reading.limits.header.saturating_add(reading.size.largest);
    let mut room = FIRST.min(most);
    loop {
        remainder.fill(&mut octets, room);
        match remainder.find_head(&octets, reading, actor, room == most, memory) {
            Ok(true) => return Ok((octets, remainder)),
            Ok(false) => room = room.saturating_mul(2).min(most),
            Err(error) if error.cause() == Cause::NotStreamed => {
                remainder.is_transcoded = true;
                return Ok((octets, remainder));
            }
            Err(error) => return Err(error.locate(&octets)),
        }
    }
}

impl<S: Source> Remainder<S> {
    /// The whole message, within its limit.
    pub(crate) fn whole(mut self, mut octets: Vec<u8>, limits: &Limits) -> Result<Vec<u8>, Error> {
        // One octet more, so that one too many is seen.
        let most = limits.message.saturating_add(1);
        let mut room = octets.len();
        while self.end.is_none() && octets.len() < most {
            room = room.saturating_mul(2).clamp(FIRST, most);
            self.fill(&mut octets, room);
        }
        if octets.len() > limits.message {
            let reason = format!("the message has more than {} octets", limits.message);
            return Err(Error::new(Cause::MessageSize, reason));
        }
        match self.end {
            Some(Some(error)) => Err(error),
            _ => Ok(octets),
        }
    }

    fn fill(&mut self, octets: &mut Vec<u8>, room: usize) {
        let mut filled = octets.len();
        octets.resize(room, 0);
        while self.end.is_none()
            && let Some(free) = octets.get_mut(filled..).filter(|free| !free.is_empty())
        {
            match self.source.read(free) {
                Ok(0) => self.end = Some(None),
                Ok(count) => filled += count.min(free.len()),
                Err(error) => self.end = Some(Some(error)),
            }
        }
        octets.truncate(filled);
    }

    /// Whether the head lies in these octets; an error where no others can say otherwise.
    fn find_head(
        &mut self,
        octets: &[u8],
        reading: &Reading<'_>,
        actor: &str,
        full: bool,
        memory: &mut ScannerMemory,
    ) -> Result<bool, Error> {
        let limits = reading.limits;
        let last = matches!(self.end, Some(None));
        let Prefix { sound, wrong } = Prefix::of(octets, last, reading.charset, limits)?;
        let error = match Head::parse(sound, limits, actor, memory) {
            Ok((_, rest)) => {
                rest.leave(memory);
                self.sound = sound.len();
                return Ok(true);
            }
            Err(error) => error,
        };
        let text = core::str::from_utf8(sound).unwrap_or_default();
        match wrong.or_else(|| self.end.clone().flatten()) {
            Some(wrong) if is_cut(&error, text) => Err(wrong),
            None if !last && may_be_cut(&error, text) && !full => Ok(false),
            None if !last && is_cut(&error, text) => {
                let reason = format!("more than {} octets stand before the Body", limits.header);
                Err(Error::new(Cause::HeaderSize, reason).at(limits.header))
            }
            _ => Err(error),
        }
    }

    /// Reads a message that begins with `beginning` and goes on with what was not read yet, as
    /// [`super::walk`] does.
    ///
    /// # Errors
    /// As [`super::walk`], with line and column; what [`Stream::read`] says.
    pub(crate) fn walk(
        &mut self,
        beginning: [&[u8]; 2],
        reading: &Reading<'_>,
        soap: Soap,
        visitor: &mut Walk<'_, impl Output>,
        memory: &mut ScannerMemory,
    ) -> Result<Tail<'static>, Error> {
        let Self { source, end, notes, .. } = self;
        let replay = Replay { beginning, end, source };
        let Reading { charset, limits, size } = *reading;
        let mut stream = Stream::new(replay, charset, limits, size, memory);
        let outcome = stream.read(visitor);
        (*memory, *notes) = stream.finish();
        outcome?;
        core::mem::replace(&mut visitor.shape, Shape::new(soap)).tail()
    }

    /// Goes back to where the beginning ends, as `rewind` does it.
    pub(crate) fn rewind(
        &mut self,
        rewind: impl FnOnce(&mut S) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if self.end.take().is_some_and(|end| end.is_some()) {
            let reason = "a stream that can't be read is read again";
            return Err(Error::new(Cause::InvalidArgument, reason));
        }
        rewind(&mut self.source)
    }

    /// What is read.
    pub(crate) fn reader(&mut self) -> &mut S {
        &mut self.source
    }

    /// The error with line and column, as far as they are known.
    pub(crate) fn locate(&self, error: Error, beginning: &[u8]) -> Error {
        match error.position() {
            Some(position) if position.line > 0 => error,
            Some(position) if position.offset <= beginning.len() => error.locate(beginning),
            _ => self.notes.locate(error),
        }
    }
}

/// Where the elements before the Body, the Body and the Envelope stand that carry one of these Ids; of
/// several that carry the same, the last one. What does not end there ends [`usize::MAX`] octets in.
///
/// # Errors
/// None where [`Head::parse`] found nothing wrong with the beginning.
pub(crate) fn carriers(
    beginning: &[u8],
    limits: &Limits,
    soap: Soap,
    ids: &HashSet<&str>,
) -> Result<HashMap<String, Range<usize>>, Error> {
    let mut found: HashMap<String, Range<usize>> = HashMap::new();
    let mut open: Vec<Vec<String>> = Vec::new();
    let mut scanner = Scanner::new(beginning, limits)?;
    let mut shape = Shape::new(soap);
    while !shape.in_body {
        let event = scanner.next()?;
        let zone = shape.event(&scanner, &event)?;
        match event {
            Event::StartElement(element) => {
                let carried = scanner.attributes().iter().filter(|attribute| {
                    is_id(zone, &element.name, &attribute.name)
                        && ids.contains(attribute.value().as_ref())
                });
                let carried: Vec<String> =
                    carried.map(|attribute| attribute.value().into_owned()).collect();
                for id in &carried {
                    found.insert(id.clone(), element.range.start..usize::MAX);
                }
                open.push(carried);
            }
            Event::EndElement(element) => {
                for id in open.pop().unwrap_or_default() {
                    if let Some(range) = found.get_mut(&id) {
                        range.end = element.range.end;
                    }
                }
            }
            Event::EndDocument => break,
            _ => {}
        }
    }
    Ok(found)
}

/// The beginning once more, then what comes behind it.
struct Replay<'r, S> {
    beginning: [&'r [u8]; 2],
    end: &'r mut Option<Option<Error>>,
    source: &'r mut S,
}

impl<S: Source> Source for Replay<'_, S> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Error> {
        for part in &mut self.beginning {
            if !part.is_empty() {
                return Source::read(part, into);
            }
        }
        match self.end {
            Some(None) => Ok(0),
            Some(Some(error)) => Err(error.clone()),
            None => self.source.read(into),
        }
    }
}

/// A walk over a message that is read from a stream.
pub(crate) struct Walk<'w, O> {
    shape: Shape,
    pass: &'w mut Pass,
    seek: &'w Seek<'w>,
    /// Where it is, as long as anybody asks.
    trail: Option<Trail>,
    pub(crate) found: Found,
    /// The elements that were looked for and are open, with the number of those that enclose them.
    open: Vec<(String, usize)>,
    places: Vec<usize>,
    output: &'w mut O,
}

impl<'w, O: Output> Walk<'w, O> {
    pub(crate) fn new(
        soap: Soap,
        pass: &'w mut Pass,
        seek: &'w Seek<'w>,
        output: &'w mut O,
    ) -> Self {
        let asks = seek.targets || !seek.positions.is_empty();
        Self {
            shape: Shape::new(soap),
            pass,
            seek,
            trail: asks.then(|| Trail::new(soap)),
            found: Found::default(),
            open: Vec::new(),
            places: Vec::new(),
            output,
        }
    }

    fn track(&mut self, scanner: &Scanner<'_>, event: &Event<'_>) -> Result<(), Error> {
        let Some(trail) = &mut self.trail else { return Ok(()) };
        match event {
            Event::StartElement(element) => {
                trail.enter(scanner, element);
                let start = scanner.absolute(element.range.start);
                for position in &self.seek.positions {
                    if trail.is(position) {
                        let range = start..scanner.absolute(element.range.end);
                        self.found.elements.insert((*position).to_owned(), range);
                        self.open.push(((*position).to_owned(), trail.depth()));
                        self.places.push(start);
                    }
                }
                if trail.held() > MOST_HELD {
                    let reason = format!(
                        "the positions of elements of so many names can't be told of a stream: \
                         they need more than {MOST_HELD} octets"
                    );
                    return Err(Error::new(Cause::WindowSize, reason).at(start));
                }
            }
            Event::EndElement(element) => {
                while let Some((position, _)) =
                    self.open.pop_if(|(_, depth)| *depth == trail.depth())
                {
                    if let Some(found) = self.found.elements.get_mut(&position) {
                        found.end = scanner.absolute(element.range.end);
                    }
                }
                trail.leave();
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes in that a target has begun, or an Id was met that is watched.
    #[cold]
    fn meet(&mut self) {
        for place in self.pass.met() {
            if let Some(trail) = &self.trail
                && self.found.paths.len() < MOST_PATHS
            {
                self.found.paths.insert(place, trail.path());
            }
            self.places.push(place);
        }
    }
}

/// Octets that are held of names, to tell positions.
const MOST_HELD: usize = 1 << 20;
/// Positions that are told: a policy, and the Signatures of a message, ask for fewer.
const MOST_PATHS: usize = 2048;

impl<O: Output> Visit for Walk<'_, O> {
    #[inline(always)]
    fn event(&mut self, scanner: &Scanner<'_>, event: &Event<'_>) -> Result<(), Error> {
        let zone = self.shape.event(scanner, event)?;
        if self.trail.is_some() {
            self.track(scanner, event)?;
        }
        self.pass.event(scanner, event, zone)?;
        if let Event::StartElement(_) = event {
            let met = self.pass.has_met();
            if met {
                self.meet();
            }
            // Inside the Body there are many elements, and mostly nothing that is looked for.
            if self.trail.is_some() && self.shape.in_body && (met || scanner.depth() == 2) {
                let sought = self.seek.targets && self.pass.is_waiting();
                if !sought && self.seek.positions.is_empty() {
                    self.trail = None;
                }
            }
        }
        Ok(())
    }

    fn pass(&mut self, scanner: &Scanner<'_>, octets: &[u8], start: usize) -> Result<(), Error> {
        self.pass.pause(scanner)?;
        let body = self.shape.body.as_ref().filter(|_| !self.shape.in_body);
        let body = body.map(|body| body.end);
        let end = (self.shape.end > 0).then_some(self.shape.end);
        self.output.write(octets, start, body, end)
    }

    fn places(&mut self) -> Vec<usize> {
        core::mem::take(&mut self.places)
    }
}
