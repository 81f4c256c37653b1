//! Validating a message that is read from a stream.
//!
//! The steps are those of a message that is at hand, in their order. What is handed out is written
//! while the Body goes by, before anything is proven: what the Signatures will cover if they hold is
//! known from their References and the head. It is committed only if in the end exactly that is what
//! is covered.

use super::Inbound;
use super::coverage::{Covered, Parts};
use super::decryption::{DecryptedKeys, Encryption};
use super::freshness::Freshness;
use super::judgement::{Judged, Settled};
use super::keyring::MessageKeys;
use super::layers::Carried;
use super::projection::{Projection, Selection, UNKNOWN};
use super::secrets::MessageSecrets;
use super::signatures::{self, Prepared};
use super::tokens::Tokens;
use super::validated::{ValidatedMessage, Verdict};
use super::validation::Validation;
use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::message::{
    Found, Head, Output, Reading, Remainder, Seek, Spool, Spooling, Tail, Walk, beginning, carriers,
};
use crate::ns;
use crate::pass::Pass;
use crate::policy::WhichPart;
use crate::xml::{Source, WindowSize, to_utf8};
use crate::xmldsig::{ReferencedPart, Signature, Trace};
use memchr::memmem;

/// How a message is read from a stream. Default: no charset, no exchange, the default window.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct StreamOptions<'o> {
    /// The character set that the transport names.
    pub charset: Option<&'o str>,
    /// What the message replies to.
    pub exchange: Option<&'o Exchange>,
    /// How much of the message is held at once.
    pub window: WindowSize,
}

impl Inbound {
    /// As [`Self::validate`], of a message that is read once, from its first octet to its last, in
    /// memory that does not depend on its size. Everything before its Body is held, within
    /// `limits.header`; `limits.message` may be as high as one likes.
    ///
    /// The content goes into `spool`, while it is read: what [`ValidatedMessage::document`] would be,
    /// or [`ValidatedMessage::unsigned_document`] where the policy requires no signature, as
    /// [`ValidatedMessage::spooled`] tells. It is committed if the message is accepted, else aborted,
    /// whatever goes wrong. The replay store is asked before: a message whose spool can't be
    /// committed was seen.
    ///
    /// What is wrong with the message is told in the order of the document, where [`Self::validate`]
    /// looks at size, encoding and characters first.
    ///
    /// An encrypted message, every message where the policy requires encrypted parts, and one in
    /// UTF-16 or ISO-8859-1 is held as a whole, within `limits.message`. Its content goes into the
    /// spool when it is accepted, and not before.
    ///
    /// # Errors
    /// As [`Self::validate`]; [`Cause::InputOutput`] where the stream can't be read, or the spool not
    /// be written; [`Cause::WindowSize`] for a tag that is longer than the window;
    /// [`Cause::NotStreamed`] where only the end of the message tells which of several signers is the
    /// one whose parts are handed out: it must be validated as a whole.
    pub fn validate_reader(
        &self,
        reader: impl Source,
        spool: &mut dyn Spool,
    ) -> Result<ValidatedMessage, Error> {
        self.validate_reader_traced(reader, &StreamOptions::default(), spool, &mut ())
    }

    /// The same for the reply to a protected message.
    ///
    /// # Errors
    /// As [`Self::validate_reader`].
    pub fn validate_reply_reader(
        &self,
        reader: impl Source,
        exchange: &Exchange,
        spool: &mut dyn Spool,
    ) -> Result<ValidatedMessage, Error> {
        let options = StreamOptions { exchange: Some(exchange), ..StreamOptions::default() };
        self.validate_reader_traced(reader, &options, spool, &mut ())
    }

    /// The same with everything that can be said about it, and with every step told to `trace`.
    ///
    /// # Errors
    /// As [`Self::validate_reader`].
    pub fn validate_reader_traced<T: Trace>(
        &self,
        reader: impl Source,
        options: &StreamOptions<'_>,
        spool: &mut dyn Spool,
        trace: &mut T,
    ) -> Result<ValidatedMessage, Error> {
        let spooling = Spooling::new(spool);
        let StreamOptions { charset, exchange, window: size } = *options;
        let reading = Reading { charset, limits: &self.policy.limits, size };
        self.memories.lend(|memory| {
            let decrypted = DecryptedKeys::default();
            let mut validation = Validation { inbound: self, exchange, trace, memory, decrypted };
            let verdict = validation.of_stream(reader, &reading, spooling)?;
            Ok(validation.conclude(verdict))
        })
    }

    /// What will be handed out of a message whose Signatures hold; None where it will be refused.
    fn selection(
        &self,
        head: &Head<'_>,
        beginning: &[u8],
        prepared: Option<(&Prepared, &[&Signature<'_, '_>], &MessageKeys<'_>)>,
    ) -> Result<Option<Selection>, Error> {
        let require = &self.policy.require;
        if require.signed.is_empty() {
            return Ok(Some(Selection::WithoutSecurity));
        }
        let Some((prepared, signatures, keys)) = prepared else {
            let unsigned = self.accepts_unsigned_fault(head.security.is_some());
            return Ok(unsigned.then_some(Selection::WithoutSecurity));
        };
        let named = signatures.iter().flat_map(|signature| &signature.references);
        let ids = named.filter_map(|reference| match &reference.part {
            ReferencedPart::Id(id) => Some(id.as_str()),
            ReferencedPart::Document => None,
        });
        let limits = &self.policy.limits;
        let places = carriers(beginning, limits, head.soap, &ids.collect())?;
        let root = head.start_tag.start..UNKNOWN;
        let assumed = prepared.assume(signatures, keys, &places, &root);
        let all = Covered::by_identity(&assumed);
        let tail = unread(head);
        let found = Some(&Found::default());
        let parts = Parts { source: beginning, policy: &self.policy, head, tail: &tail, found };
        // Where only the Body can tell, it is the first one until then.
        let chosen = match self.covered(&all, &parts) {
            Ok(Some(covered)) => Some(covered),
            _ => all.first(),
        };
        Ok(chosen.map(|covered| Selection::of_covered(head, &tail, covered)))
    }
}

impl<T: Trace> Validation<'_, T> {
    fn of_stream<S: Source>(
        &mut self,
        source: S,
        reading: &Reading<'_>,
        spooling: Spooling<'_>,
    ) -> Result<Verdict, Error> {
        let actor = &self.inbound.policy.actor;
        let (octets, mut remainder) = beginning(source, reading, actor, self.memory)?;
        if self.is_held_whole(&octets, &remainder, reading)? {
            return self.of_whole(&remainder.whole(octets, reading.limits)?, reading, spooling);
        }
        self.of_remainder(&octets, &mut remainder, reading, spooling)
            .map_err(|error| remainder.locate(error, &octets))
    }

    /// Whether a message is decrypted, which needs all of its ciphertext before anything of it is
    /// plaintext.
    fn is_held_whole<S: Source>(
        &mut self,
        octets: &[u8],
        remainder: &Remainder<S>,
        reading: &Reading<'_>,
    ) -> Result<bool, Error> {
        let policy = &self.inbound.policy;
        if !policy.require.encrypted.is_empty() || remainder.is_transcoded {
            return Ok(true);
        }
        if memmem::find(octets, ns::XENC.as_bytes()).is_none() {
            return Ok(false);
        }
        let source = octets.get(..remainder.sound).unwrap_or_default();
        let (head, rest) = Head::parse(source, reading.limits, &policy.actor, self.memory)
            .map_err(|error| error.locate(octets))?;
        rest.leave(self.memory);
        let Some(security) = &head.security else { return Ok(false) };
        let encryption = Encryption::read(security.outline.root());
        // What is wrong with it is told where it is read again.
        Ok(encryption.is_ok_and(|encryption| !encryption.steps.is_empty()))
    }

    fn of_whole(
        &mut self,
        octets: &[u8],
        reading: &Reading<'_>,
        mut spooling: Spooling<'_>,
    ) -> Result<Verdict, Error> {
        let source = to_utf8(octets, reading.charset).map_err(|error| error.locate(octets))?;
        let (Judged { verdict, projection }, decrypted) = self.of(&source)?;
        let (document, body) = match decrypted {
            Some(octets) => projection.write_in_place(octets),
            None => projection.write(&source),
        };
        spooling.write(&document)?;
        let length = spooling.length;
        spooling.commit()?;
        Ok(verdict.spooled(length, body))
    }

    fn of_remainder<S: Source>(
        &mut self,
        octets: &[u8],
        remainder: &mut Remainder<S>,
        reading: &Reading<'_>,
        spooling: Spooling<'_>,
    ) -> Result<Verdict, Error> {
        let inbound = self.inbound;
        let policy = &inbound.policy;
        let source = octets.get(..remainder.sound).unwrap_or_default();
        let (head, rest) = Head::parse(source, reading.limits, &policy.actor, self.memory)?;
        rest.leave(self.memory);
        let head = &head;
        let mut body = StreamedBody { octets, remainder, reading, head, spooling };
        let Some(security) = &head.security else {
            let selection = inbound.selection(head, source, None)?;
            let read = body.read(self, Pass::new(Vec::new()), selection)?;
            let judged = inbound.judge_without_security(head, &read.tail)?;
            return body.commit(judged, &read.content);
        };
        let tokens = Tokens::read(security, policy, inbound.passwords.is_some())?;
        let encryption = Encryption::read(security.outline.root())?;
        let unsigned = match tokens.signatures.is_empty() {
            true => {
                let selection = inbound.selection(head, source, None)?;
                Some(body.read(self, Pass::new(Vec::new()), selection)?)
            }
            false => None,
        };
        tokens.check_presence(&policy.require)?;
        let freshness = Freshness::new(&policy.clock, inbound.clock.now()?);
        if let Some(timestamp) = &tokens.timestamp {
            freshness.check_timestamp(timestamp)?;
        }
        let (read, signatures) = match unsigned {
            Some(read) => (read, Vec::new()),
            None => {
                let secrets = MessageSecrets {
                    encryption: &encryption,
                    derived: &tokens.derived,
                    username_token: tokens.username_token.as_ref(),
                    passwords: inbound.passwords.as_ref(),
                    form: policy.username.secret,
                    exchange: self.exchange,
                    decrypted: &self.decrypted,
                };
                let keys = MessageKeys {
                    keyring: &inbound.keyring,
                    tokens: &tokens.binary_security_tokens,
                    at: freshness.now(),
                    secrets: &secrets,
                };
                let signatures: &Vec<&Signature<'_, '_>> = &tokens.signatures.iter().collect();
                let root = security.outline.root();
                let mut prepared = Prepared::new(signatures, &keys, root, self.trace)?;
                let assumed = Some((&prepared, signatures.as_slice(), &keys));
                let selection = inbound.selection(head, source, assumed)?;
                let pass = prepared.pass(signatures, &keys).hashing_beside(policy.second_thread);
                let read = body.read(self, pass, selection)?;
                let verified = prepared.verify(signatures, &read.outcomes, self.trace)?;
                (read, verified)
            }
        };
        signatures::check_reply(&tokens, self.exchange, policy)?;
        let Read { tail, found, content, .. } = read;
        let (found, written) = (Some(&found), content.selection.as_ref());
        let carried = Carried { signatures, ..Carried::default() };
        let settled = Settled { source, head, tail, tokens, carried, found, written };
        let judged = inbound.judge(settled, &freshness)?;
        body.commit(judged, &content)
    }
}

/// A message whose head was read.
struct StreamedBody<'b, 's, S> {
    octets: &'b [u8],
    remainder: &'b mut Remainder<S>,
    reading: &'b Reading<'b>,
    head: &'b Head<'b>,
    spooling: Spooling<'s>,
}

/// A message that was read to its end.
struct Read {
    tail: Tail<'static>,
    outcomes: Vec<crate::pass::Outcome>,
    found: Found,
    content: Content,
}

/// What is handed out while it is read.
#[derive(Default)]
struct Content {
    selection: Option<Selection>,
    /// Where the next octet stands that is handed out, of the part that is not at hand.
    next: Option<usize>,
    /// What comes behind that.
    behind: Vec<u8>,
}

/// Writes what is handed out.
struct Writing<'w, 's> {
    content: &'w mut Content,
    spooling: &'w mut Spooling<'s>,
}

impl<S: Source> StreamedBody<'_, '_, S> {
    /// Reads everything, and writes the parts that are selected.
    fn read<T: Trace>(
        &mut self,
        validation: &mut Validation<'_, T>,
        mut pass: Pass,
        selection: Option<Selection>,
    ) -> Result<Read, Error> {
        let Self { octets, remainder, reading, head, spooling } = self;
        let mut content = Content::default();
        if let Some(selection) = &selection {
            let projection = Projection::of(octets, head, &unread(head), selection);
            let (before, next, behind) = projection.around(octets);
            spooling.write(&before)?;
            (content.next, content.behind) = (next, behind);
        }
        content.selection = selection;
        let signed = &validation.inbound.policy.require.signed;
        let positions = signed.iter().filter_map(|part| match &part.which {
            WhichPart::Position(path) => Some(path.as_str()),
            _ => None,
        });
        let seek = Seek { positions: positions.collect(), targets: pass.is_waiting() };
        let mut writing = Writing { content: &mut content, spooling };
        let mut walk = Walk::new(head.soap, &mut pass, &seek, &mut writing);
        let beginning = [*octets, &[]];
        let tail = remainder.walk(beginning, reading, head.soap, &mut walk, validation.memory)?;
        let found = core::mem::take(&mut walk.found);
        Ok(Read { tail, outcomes: pass.finish()?, found, content })
    }

    /// Hands over what was written, which must be what is accepted.
    fn commit(mut self, judged: Judged, content: &Content) -> Result<Verdict, Error> {
        let Judged { verdict, projection } = judged;
        self.spooling.write(&content.behind)?;
        let length = self.spooling.length;
        if u64::try_from(projection.len()) != Ok(length) {
            let reason = "other octets were written out than those that are accepted";
            return Err(Error::new(Cause::NotCovered, reason));
        }
        self.spooling.commit()?;
        Ok(verdict.spooled(length, projection.body()))
    }
}

impl Output for Writing<'_, '_> {
    fn write(
        &mut self,
        octets: &[u8],
        start: usize,
        body: Option<usize>,
        end: Option<usize>,
    ) -> Result<(), Error> {
        let Content { selection, next: Some(next), .. } = self.content else { return Ok(()) };
        let part = match selection {
            Some(Selection::WithoutSecurity) => end,
            _ => body,
        };
        let here = start + octets.len();
        let until = part.unwrap_or(here).min(here);
        let place = next.checked_sub(start).zip(until.checked_sub(start));
        if let Some(octets) = place.and_then(|(from, to)| octets.get(from..to)) {
            self.spooling.write(octets)?;
            *next = until;
        }
        Ok(())
    }
}

/// What is known of the rest of a message before it is read.
fn unread(head: &Head<'_>) -> Tail<'static> {
    Tail { body: head.body_start_tag.start..UNKNOWN, body_child: None, end: UNKNOWN }
}
