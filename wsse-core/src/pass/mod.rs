//! One walk over a document that canonicalizes and digests everything that its references name,
//! and looks at the Ids on the way.
//!
//! The driver, who knows what kind of document it is, reads it with a scanner from the first event
//! to [`Event::EndDocument`] and shows each event to a [`Pass`]. The targets may be known by their
//! places or by their Ids, may lie in each other and may be the same element: each has a
//! canonicalizer of its own, so each additional one costs its own octets and no walk.
//!
//! ```
//! use wsse_core::c14n::{Method, PrefixList};
//! use wsse_core::pass::{Output, Pass, Select, Target};
//! use wsse_core::xml::{Event, Limits, Scanner, Zone};
//!
//! let source = b"<a><b Id='one'>1</b><c/></a>";
//! let target = Target::new(Select::Id("one".to_owned()), Method::EXCLUSIVE, Output::Octets);
//! let mut pass = Pass::new(vec![target]);
//! let mut scanner = Scanner::new(source, &Limits::default())?;
//! loop {
//!     let event = scanner.next()?;
//!     pass.event(&scanner, &event, Zone::Bare)?;
//!     if event == Event::EndDocument {
//!         break;
//!     }
//! }
//! let outcome = &pass.finish()?[0];
//! assert_eq!(outcome.octets, b"<b Id=\"one\">1</b>");
//! assert_eq!(outcome.range, 3..20);
//! # Ok::<(), wsse_core::Error>(())
//! ```

mod beside;
mod ids;
mod output;

#[cfg(test)]
mod tests;

use crate::c14n::{Ancestors, Canonicalizer, Method, Mode, PrefixList};
use crate::crypto::{Digest, DigestMethod};
use crate::error::{Cause, Error};
use crate::xml::{Event, Scanner, Step, Zone};
use core::ops::Range;
use ids::Watched;
use output::Writer;

/// What is canonicalized.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Select {
    /// The whole document with the processing instructions outside the root: `URI=""`.
    Document,
    /// The root element.
    Root,
    /// The element whose start tag begins after so many octets.
    Offset(usize),
    /// The one element that carries this Id, whatever its kind ([`crate::xml::is_id`]).
    Id(String),
}

/// What becomes of the canonical octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// They are digested.
    Digest(DigestMethod),
    /// They are kept.
    Octets,
}

/// What a reference names, and what is to be done with it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Target {
    /// What is canonicalized.
    pub select: Select,
    /// How it is canonicalized.
    pub method: Method,
    /// The PrefixList of exclusive canonicalization. Default: none.
    pub prefixes: PrefixList,
    /// What becomes of the octets.
    pub output: Output,
    /// Whether comments are written where the method has them. Default: no, as a same-document
    /// reference drops them before the first transform (XML Signature 1.1, section 4.4.3.3). What
    /// no reference names, a SignedInfo, keeps them.
    pub comments: bool,
    /// Where the Signature begins that the enveloped-signature transform removes. Its Ids count
    /// all the same. Default: none.
    pub exclude: Option<usize>,
    /// Whether the apex is given `xmlns=""` where it has no default namespace, as the
    /// STR-Transform demands (WSS SOAP Message Security 1.1.1, section 8.3). Default: no.
    pub empty_default: bool,
}

impl Target {
    /// A target with the defaults of the fields.
    #[must_use]
    pub fn new(select: Select, method: Method, output: Output) -> Self {
        Self {
            select,
            method,
            prefixes: PrefixList::new(),
            output,
            comments: false,
            exclude: None,
            empty_default: false,
        }
    }

    /// The target as the token that a SecurityTokenReference stands for (SOAP Message Security 1.1.1,
    /// section 8.3): its apex declares the default namespace, whether or not there is one.
    #[must_use]
    pub fn of_security_token(mut self) -> Self {
        self.empty_default = true;
        // Exclusive canonicalization would leave out a declaration that the token does not use.
        self.prefixes = self.prefixes.prefixes().chain([PrefixList::DEFAULT]).collect();
        self
    }
}

/// What became of a [`Target`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The element, from the `<` of its start tag to the `>` of its end tag; of
    /// [`Select::Document`] the root.
    pub range: Range<usize>,
    /// How many elements enclose it: 0 for the root.
    pub depth: usize,
    /// The digest, for [`Output::Digest`].
    pub digest: Option<Digest>,
    /// The canonical octets, for [`Output::Octets`].
    pub octets: Vec<u8>,
}

/// Places that are kept until somebody asks: only where an Id that is watched stands again and again
/// are there more.
const MOST_MET: usize = 2048;

/// Octets of attributes that are kept of what is gone, for those who inherit them.
const MOST_INHERITED: usize = 1 << 20;

/// The walk.
#[derive(Debug)]
pub struct Pass {
    targets: Vec<Running>,
    /// The targets that have begun and not ended.
    active: Vec<usize>,
    /// Places where targets begin, the next one last.
    offsets: Vec<(usize, usize)>,
    watched: Watched,
    /// Kept where a target needs it.
    ancestors: Option<Ancestors>,
    /// Where targets have begun, and Ids were met.
    met: Vec<usize>,
    complete: bool,
}

#[derive(Debug)]
struct Running {
    target: Target,
    canonicalizer: Canonicalizer,
    writer: Writer,
    range: Range<usize>,
    depth: usize,
    begun: bool,
}

impl Pass {
    /// A walk for these targets.
    #[must_use]
    pub fn new(targets: Vec<Target>) -> Self {
        let mut offsets = Vec::new();
        let mut watched = Watched::default();
        let mut active = Vec::new();
        for (index, target) in targets.iter().enumerate() {
            match &target.select {
                Select::Document => active.push(index),
                Select::Root => {}
                Select::Offset(offset) => offsets.push((*offset, index)),
                Select::Id(id) => watched.add(id, Some(index)),
            }
        }
        offsets.sort_unstable_by(|one, two| two.cmp(one));
        let inclusive = |target: &Target| {
            target.method.mode != Mode::Exclusive && target.select != Select::Document
        };
        let ancestors = targets.iter().any(inclusive).then(Ancestors::new);
        let targets = targets.into_iter().map(Running::new).collect();
        let met = Vec::new();
        Self { targets, active, offsets, watched, ancestors, met, complete: false }
    }

    /// Computes the digests of long targets on a thread beside this one, which each of them starts.
    #[must_use]
    pub fn hashing_beside(mut self, beside: bool) -> Self {
        if beside {
            self.targets.iter_mut().for_each(|running| running.writer.beside());
        }
        self
    }

    /// Also demands that exactly one element carries this Id, as one must that a
    /// SecurityTokenReference names.
    pub fn watch(&mut self, id: &str) {
        self.watched.add(id, None);
    }

    /// Whether no target is open: then nothing but Ids and places of start tags is looked at.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.active.is_empty()
    }

    /// Takes in `event`, which `scanner` has just returned. `zone` is where the element of a start
    /// tag stands; with other events it has no meaning.
    ///
    /// # Errors
    /// [`Cause::RelativeNamespace`] in what is canonicalized.
    #[inline(always)]
    pub fn event(
        &mut self,
        scanner: &Scanner<'_>,
        event: &Event<'_>,
        zone: Zone,
    ) -> Result<(), Error> {
        // Nothing else is asked of the event, so that a driver who does not look at it either
        // need not have it made.
        match event {
            Event::StartElement(_) => self.begin(scanner, zone),
            Event::EndDocument => self.complete = true,
            _ => {}
        }
        if self.active.is_empty() && self.ancestors.is_none() {
            return Ok(());
        }
        self.feed(scanner)
    }

    #[inline(never)]
    fn feed(&mut self, scanner: &Scanner<'_>) -> Result<(), Error> {
        let Self { targets, active, ancestors, .. } = self;
        const NONE: &Ancestors = &Ancestors::new();
        let known = ancestors.as_ref().unwrap_or(NONE);
        if let [index] = active[..]
            && let Some(running) = targets.get_mut(index)
        {
            running.event(scanner, known)?;
            if running.is_done(scanner) {
                active.clear();
            }
        } else {
            Self::feed_all(targets, active, scanner, known)?;
        }
        if let Some(ancestors) = ancestors {
            ancestors.event(scanner);
        }
        Ok(())
    }

    #[inline(never)]
    fn feed_all(
        targets: &mut [Running],
        active: &mut Vec<usize>,
        scanner: &Scanner<'_>,
        ancestors: &Ancestors,
    ) -> Result<(), Error> {
        let mut done = false;
        for index in active.iter() {
            if let Some(running) = targets.get_mut(*index) {
                running.event(scanner, ancestors)?;
                done |= running.is_done(scanner);
            }
        }
        if done {
            active.retain(|index| {
                targets.get(*index).is_some_and(|running| !running.canonicalizer.is_done())
            });
        }
        Ok(())
    }

    /// Takes in that the octets of [`Scanner::source`] are given up, all of which were read.
    ///
    /// # Errors
    /// [`Cause::WindowSize`] where elements inherit more than is kept of what is gone.
    pub fn pause(&mut self, scanner: &Scanner<'_>) -> Result<(), Error> {
        for index in &self.active {
            if let Some(Running { canonicalizer, writer, .. }) = self.targets.get_mut(*index) {
                canonicalizer.pause(scanner.source(), writer);
            }
        }
        match &self.ancestors {
            Some(ancestors) if ancestors.octets() > MOST_INHERITED => {
                let reason = format!(
                    "the attributes that elements inherit have more than {MOST_INHERITED} octets"
                );
                Err(Error::new(Cause::WindowSize, reason))
            }
            _ => Ok(()),
        }
    }

    /// Where in the document targets have begun, and Ids were met that are watched, since this was
    /// called before.
    pub fn met(&mut self) -> Vec<usize> {
        core::mem::take(&mut self.met)
    }

    /// Whether there are such places.
    #[inline]
    #[must_use]
    pub fn has_met(&self) -> bool {
        !self.met.is_empty()
    }

    /// Whether there are targets that have not begun.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.targets.iter().any(|running| !running.begun)
    }

    #[inline]
    fn begin(&mut self, scanner: &Scanner<'_>, zone: Zone) {
        let start = scanner.absolute(scanner.latest().1.start);
        let depth = scanner.depth() - 1;
        let is_waited_for = self.offsets.last().is_some_and(|(offset, _)| *offset <= start);
        let may_have_id = scanner.form().is_none_or(|form| form.ids);
        if depth == 0 || is_waited_for || may_have_id && !self.watched.is_empty() {
            self.begin_targets(scanner, start, zone);
        }
    }

    #[inline(never)]
    fn begin_targets(&mut self, scanner: &Scanner<'_>, start: usize, zone: Zone) {
        let depth = scanner.depth() - 1;
        let (active, mut met) = (self.active.len(), false);
        if depth == 0 {
            for (index, running) in self.targets.iter_mut().enumerate() {
                match running.target.select {
                    Select::Document => running.begin(start, depth),
                    Select::Root => {
                        running.begin(start, depth);
                        self.active.push(index);
                    }
                    _ => {}
                }
            }
        }
        while let Some((_, index)) = self.offsets.pop_if(|(offset, _)| *offset <= start) {
            if let Some(running) = self.targets.get_mut(index)
                && running.target.select == Select::Offset(start)
            {
                running.begin(start, depth);
                self.active.push(index);
            }
        }
        if !self.watched.is_empty() {
            let Self { targets, active, watched, .. } = self;
            met = watched.meet(scanner, start, zone, |index| {
                if let Some(running) = targets.get_mut(index) {
                    running.begin(start, depth);
                    active.push(index);
                }
            });
        }
        if (met || self.active.len() > active) && self.met.len() < MOST_MET {
            self.met.push(start);
        }
    }

    /// What became of the targets, in their order.
    ///
    /// # Errors
    /// [`Cause::AmbiguousId`] where none or several elements carry an Id that is watched;
    /// [`Cause::InvalidArgument`] where no start tag begins at an offset, and before
    /// [`Event::EndDocument`] came; [`Cause::UnsupportedAlgorithm`] where OpenSSL refuses to
    /// compute a digest.
    pub fn finish(self) -> Result<Vec<Outcome>, Error> {
        if !self.complete {
            let reason = "the walk is judged before the document is read to its end";
            return Err(Error::new(Cause::InvalidArgument, reason));
        }
        self.watched.check()?;
        let mut outcomes = Vec::with_capacity(self.targets.len());
        for running in self.targets {
            if !running.begun {
                let reason = format!("no start tag begins where {:?} is", running.target.select);
                return Err(Error::new(Cause::InvalidArgument, reason));
            }
            let (digest, octets) = running.writer.finish()?;
            outcomes.push(Outcome { range: running.range, depth: running.depth, digest, octets });
        }
        Ok(outcomes)
    }
}

impl Running {
    fn new(target: Target) -> Self {
        let method = Method {
            with_comments: target.method.with_comments && target.comments,
            ..target.method
        };
        let mut canonicalizer = Canonicalizer::new(method, target.prefixes.clone())
            .accepting_relative_namespaces()
            .excluding(target.exclude)
            .with_empty_default(target.empty_default);
        if target.select == Select::Document {
            canonicalizer = canonicalizer.whole_document();
        }
        let writer = Writer::new(target.output);
        Self { target, canonicalizer, writer, range: 0..0, depth: 0, begun: false }
    }

    /// Takes in an event.
    #[inline(always)]
    fn event(&mut self, scanner: &Scanner<'_>, ancestors: &Ancestors) -> Result<(), Error> {
        self.canonicalizer.event(scanner, ancestors, &mut self.writer)?;
        if scanner.depth() == self.depth
            && self.begun
            && let (Step::EndElement, range) = scanner.latest()
        {
            self.range.end = scanner.absolute(range.end);
        }
        Ok(())
    }

    /// Whether that was the last one.
    #[inline(always)]
    fn is_done(&self, scanner: &Scanner<'_>) -> bool {
        scanner.depth() <= self.depth && self.canonicalizer.is_done()
    }

    fn begin(&mut self, start: usize, depth: usize) {
        self.range = start..start;
        self.depth = depth;
        self.begun = true;
    }
}
