//! Protecting a message that is read from a stream, twice: the first time everything is found and
//! digested, the second time it is written out. That both times were the same is checked, over all
//! octets.

use super::message_key::MessageKey;
use super::signing::{Plan, Signing};
use super::splice::Splice;
use super::{Answered, Call, NewParts, Outbound};
use crate::c14n::PrefixList;
use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::message::{Head, Reading, Seek as Sought, Spool, Spooling, Walk, beginning};
use crate::pass::Pass;
use crate::xml::{ScannerMemory, Source, WindowSize};
use core::hash::{BuildHasher, Hasher};
use std::collections::hash_map::RandomState;
use std::hash::DefaultHasher;
use std::io::{Read, Seek, SeekFrom};

/// How a message is protected that is read from a stream. Default: it answers nothing, the default
/// window.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ProtectOptions<'o> {
    /// The validated request that it answers, as [`Outbound::protect_reply`] has it.
    pub exchange: Option<&'o Exchange>,
    /// Whether it answers a request of which nothing was verified, as
    /// [`Outbound::protect_reply_to_unverified`] has it.
    pub to_unverified: bool,
    /// How much of the message is held at once.
    pub window: WindowSize,
}

impl Outbound {
    /// As [`Self::protect`], of a message that is read from a stream, from where it stands to its
    /// end, in memory that does not depend on its size. It is read once for each round of Signatures,
    /// of which there is one unless they sign each other, and once more while it is written to
    /// `spool`. That is committed if nothing goes wrong, else aborted.
    ///
    /// # Errors
    /// As [`Self::protect`]; [`Cause::InputOutput`] where the stream can't be read, the spool not be
    /// written, or the message changes while it is read; [`Cause::InvalidArgument`] for a part of the
    /// policy that is a position in the Body.
    ///
    /// Where the policy encrypts, and where the message is in UTF-16 or ISO-8859-1, it is held as a
    /// whole, within `limits.message`.
    pub fn protect_reader(
        &self,
        reader: impl Read + Seek,
        call: &Call<'_>,
        spool: &mut dyn Spool,
    ) -> Result<Exchange, Error> {
        self.protect_reader_with(reader, call, &ProtectOptions::default(), spool)
    }

    /// What is in front of a part that is encrypted depends on it.
    fn protect_whole(
        &self,
        reader: impl Read,
        answered: Answered<'_>,
        call: &Call<'_>,
        mut spooling: Spooling<'_>,
    ) -> Result<Exchange, Error> {
        let mut octets = Vec::new();
        let most = u64::try_from(self.policy.limits.message).unwrap_or(u64::MAX);
        reader.take(most.saturating_add(1)).read_to_end(&mut octets).map_err(|error| {
            Error::new(Cause::InputOutput, format!("the message can't be read: {error}"))
        })?;
        let protected = self.protect_for(&octets, answered, call)?;
        drop(octets);
        spooling.write(protected.bytes())?;
        let exchange = protected.exchange().clone();
        spooling.commit()?;
        Ok(exchange)
    }

    /// The same with everything that can be said about it.
    ///
    /// # Errors
    /// As [`Self::protect_reader`].
    pub fn protect_reader_with(
        &self,
        reader: impl Read + Seek,
        call: &Call<'_>,
        options: &ProtectOptions<'_>,
        spool: &mut dyn Spool,
    ) -> Result<Exchange, Error> {
        let mut spooling = Spooling::new(spool);
        let answered = match (options.exchange, options.to_unverified) {
            (Some(exchange), _) => Answered::Validated(exchange),
            (None, true) => Answered::Unverified,
            (None, false) => Answered::Nothing,
        };
        if !self.encrypters.is_empty() {
            return self.protect_whole(reader, answered, call, spooling);
        }
        let reading = Reading { charset: None, limits: &self.policy.limits, size: options.window };
        let mut reader = Twice::new(reader)?;
        let mut front = Vec::new();
        let begun = self.memories.lend(|memory| {
            let octets = &mut front;
            self.protect_beginning(&mut reader, &reading, answered, call, octets, memory)
        });
        let (known, exchange) = match begun {
            Ok(begun) => begun,
            Err(error) if error.cause() == Cause::NotStreamed => {
                reader.rewind()?;
                return self.protect_whole(reader.reader, answered, call, spooling);
            }
            Err(error) => {
                return Err(match error.position() {
                    Some(position) if position.line == 0 => error.locate(&front),
                    _ => error,
                });
            }
        };
        reader.rewind()?;
        reader.skip(known)?;
        spooling.write(&front)?;
        reader.copy(&mut spooling)?;
        spooling.commit()?;
        Ok(exchange)
    }

    /// Makes of the beginning of the message what stands in its place; how many octets it has, and
    /// what the reply must answer.
    fn protect_beginning<R: Read + Seek>(
        &self,
        reader: &mut Twice<R>,
        reading: &Reading<'_>,
        answered: Answered<'_>,
        call: &Call<'_>,
        front: &mut Vec<u8>,
        memory: &mut ScannerMemory,
    ) -> Result<(usize, Exchange), Error> {
        let actor = &self.policy.header.actor;
        let (octets, mut remainder) = beginning(&mut *reader, reading, actor, memory)?;
        if remainder.is_transcoded {
            return Err(Error::new(Cause::NotStreamed, "the message is in another encoding"));
        }
        front.clone_from(&octets);
        let source = octets.get(..remainder.sound).unwrap_or_default();
        let known = octets.len();
        let (head, rest) = Head::parse(source, reading.limits, actor, memory)?;
        let prefixes: PrefixList = rest.prefixes().collect();
        rest.leave(memory);
        self.check_absent(&head)?;
        let NewParts { tokens, made, signing_at, key, .. } = self.new_parts(answered, call)?;
        let new_security = self.new_security(head.soap);
        let mut rounds = 0;
        let mut read = |bytes: &[u8], pass: &mut Pass| {
            if rounds > 0 {
                remainder.rewind(|reader| {
                    reader.rewind()?;
                    reader.skip(known)
                })?;
            }
            rounds += 1;
            let sought = Sought { positions: Vec::new(), targets: false };
            let mut nothing = ();
            let mut walk = Walk::new(head.soap, pass, &sought, &mut nothing);
            remainder.walk([bytes, &[]], reading, head.soap, &mut walk, memory)?;
            remainder.reader().finish()
        };
        let Some(signing_at) = signing_at else {
            read(&octets, &mut Pass::new(Vec::new()))?;
            let splice = Splice::new(&octets, &head, &tokens, new_security, &[])?;
            *front = splice.apply(&octets, 0).bytes;
            return Ok((known, Exchange::default()));
        };
        let ids = self.random_octets()?;
        let signing = Signing { is_whole: false, ..self.signing(&ids, prefixes, key.as_deref()) };
        let Plan { tokens, ids, signatures } =
            signing.plan(&octets, &head, &made, tokens, signing_at)?;
        let splice = Splice::new(&octets, &head, &tokens, new_security, &ids)?;
        let mut spliced = splice.apply(&octets, 0);
        let values = signing.fill_by(&mut spliced, &signatures, head.soap, read)?;
        *front = spliced.bytes;
        Ok((known, self.exchange(values, MessageKey::made(key.as_deref()))))
    }
}

/// A stream that is read several times, and must be the same each time.
struct Twice<R> {
    reader: R,
    start: u64,
    keys: RandomState,
    fingerprint: Fingerprint,
    /// What it was the first time.
    first: Option<(u64, u64)>,
    buffer: Vec<u8>,
}

/// Octets that are copied at once.
const COPIED: usize = 128 << 10;

impl<R: Read + Seek> Twice<R> {
    fn new(mut reader: R) -> Result<Self, Error> {
        let start = reader.stream_position().map_err(|error| failed(&error))?;
        let keys = RandomState::new();
        let fingerprint = Fingerprint::new(&keys);
        Ok(Self { reader, start, keys, fingerprint, first: None, buffer: Vec::new() })
    }

    /// Begins anew.
    fn rewind(&mut self) -> Result<(), Error> {
        self.reader.seek(SeekFrom::Start(self.start)).map_err(|error| failed(&error))?;
        self.fingerprint = Fingerprint::new(&self.keys);
        Ok(())
    }

    /// Reads so many octets, which are known.
    fn skip(&mut self, octets: usize) -> Result<(), Error> {
        self.buffer.resize(COPIED, 0);
        let mut left = octets;
        let mut buffer = core::mem::take(&mut self.buffer);
        while left > 0 {
            let most = left.min(buffer.len());
            let count = self.read(buffer.get_mut(..most).unwrap_or_default())?;
            if count == 0 {
                return Err(changed());
            }
            left -= count;
        }
        self.buffer = buffer;
        Ok(())
    }

    /// Writes what comes next, and checks that it is what came the first time.
    fn copy(&mut self, spooling: &mut Spooling<'_>) -> Result<(), Error> {
        let mut buffer = core::mem::take(&mut self.buffer);
        buffer.resize(COPIED, 0);
        loop {
            let count = self.read(&mut buffer)?;
            if count == 0 {
                return self.finish();
            }
            if self.first.is_some_and(|(_, length)| self.fingerprint.length > length) {
                return Err(changed());
            }
            spooling.write(buffer.get(..count).unwrap_or_default())?;
        }
    }

    /// Takes in that it was read to its end.
    fn finish(&mut self) -> Result<(), Error> {
        let found = self.fingerprint.finish();
        match self.first.get_or_insert(found) {
            first if *first == found => Ok(()),
            _ => Err(changed()),
        }
    }

    fn read(&mut self, into: &mut [u8]) -> Result<usize, Error> {
        let count = Source::read(&mut self.reader, into)?.min(into.len());
        self.fingerprint.take(into.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl<R: Read + Seek> Source for &mut Twice<R> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Error> {
        Twice::read(self, into)
    }
}

/// A hash of octets under keys that nobody knows.
///
/// What is signed is digested once. That the octets are the same the second time needs no hash that
/// everybody can compute; and where somebody changes a file just then, a signature that does not hold
/// is all that he can get.
struct Fingerprint {
    hasher: DefaultHasher,
    /// A hasher may tell pieces apart, so all but the last have one length.
    gathered: Vec<u8>,
    length: u64,
}

const GATHERED: usize = 4 << 10;

impl Fingerprint {
    fn new(keys: &RandomState) -> Self {
        Self { hasher: keys.build_hasher(), gathered: Vec::with_capacity(GATHERED), length: 0 }
    }

    fn take(&mut self, octets: &[u8]) {
        self.length += u64::try_from(octets.len()).unwrap_or(u64::MAX);
        let mut rest = octets;
        while !rest.is_empty() {
            if self.gathered.is_empty()
                && let Some((block, behind)) = rest.split_at_checked(GATHERED)
            {
                self.hasher.write(block);
                rest = behind;
                continue;
            }
            let free = GATHERED - self.gathered.len();
            let (now, later) = rest.split_at(free.min(rest.len()));
            self.gathered.extend_from_slice(now);
            if self.gathered.len() == GATHERED {
                self.hasher.write(&self.gathered);
                self.gathered.clear();
            }
            rest = later;
        }
    }

    fn finish(&mut self) -> (u64, u64) {
        self.hasher.write(&self.gathered);
        self.gathered.clear();
        (self.hasher.finish(), self.length)
    }
}

fn failed(error: &std::io::Error) -> Error {
    Error::new(Cause::InputOutput, format!("the message can't be read again: {error}"))
}

fn changed() -> Error {
    Error::new(Cause::InputOutput, "the message changed while it was being protected")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However it is cut, and whatever is read at once.
    #[test]
    fn a_fingerprint_is_that_of_all_octets() {
        let keys = RandomState::new();
        let of = |octets: &[u8], piece: usize| {
            let mut fingerprint = Fingerprint::new(&keys);
            octets.chunks(piece).for_each(|piece| fingerprint.take(piece));
            fingerprint.finish()
        };
        for length in [0, 1, 4095, 4096, 4097, 10_000] {
            let octets = vec![b'x'; length];
            let whole = of(&octets, usize::MAX);
            for piece in [1, 7, 4095, 4096, 4097, 9000] {
                assert_eq!(of(&octets, piece), whole, "{length} {piece}");
            }
            for place in [0, 1, length / 2, length.saturating_sub(1)] {
                let mut other = octets.clone();
                if let Some(octet) = other.get_mut(place) {
                    *octet = b'y';
                    assert_ne!(of(&other, 4097), whole, "{length} {place}");
                }
            }
            assert_ne!(of(&[&octets[..], b"x"].concat(), 11), whole, "{length}");
        }
    }
}
