//! Changes of covered octets.
#![expect(clippy::print_stdout, reason = "a test says how much it did")]

use crate::messages::{self, Message};
use crate::random::Random;
use crate::reader;
use crate::signed::Which;
use crate::tag::Tag;
use core::ops::Range;
use wsse_core::c14n::{Apex, Method, PrefixList, canonicalize};
use wsse_core::xml::{Event, Limits, Scanner};
use wsse_core::{Category, ValidatedMessage};

/// How a changed message was judged.
#[derive(Default)]
struct Counts {
    made: usize,
    refused: usize,
    refused_malformed: usize,
    /// Canonicalization removes the change, which was meant so.
    accepted_spellings: usize,
    /// Canonicalization removes the change, which was made at random.
    accepted_by_chance: usize,
    wrong: Vec<String>,
}

/// A valid message and what is known about it.
struct Subject<'m> {
    message: &'m Message,
    canonical: Vec<Vec<u8>>,
    ranges: Vec<Range<usize>>,
    content: Vec<u8>,
}

#[test]
fn a_change_is_refused_unless_canonicalization_removes_it() {
    let wanted =
        if std::env::var("WSSE_LONG").is_ok_and(|value| value == "1") { 100_000 } else { 2_500 };
    let messages = messages::all();
    let each = wanted / messages.len() + 1;
    let (mut random, mut counts) = (Random(4), Counts::default());
    for message in &messages {
        let subject = Subject::new(message);
        for number in 0..each {
            subject.mutate(number % 4 == 3, &mut random, &mut counts);
        }
    }
    let Counts { made, refused, refused_malformed, accepted_spellings, accepted_by_chance, wrong } =
        counts;
    println!(
        "{made} mutations of {} messages: {refused} refused, {refused_malformed} of them not \
         well-formed; {accepted_spellings} other spellings and {accepted_by_chance} changes that \
         canonicalization removes accepted with the same content; {} wrong",
        messages.len(),
        wrong.len()
    );
    println!("{} times a stream said something else, for a reason", reader::explained());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(made >= wanted && accepted_spellings > made / 5 && refused > made / 2);
}

/// What is handed out, in canonical form.
fn content(valid: &ValidatedMessage) -> Vec<u8> {
    let mut out = Vec::new();
    let (document, limits) = (valid.document().expect("it is signed"), Limits::default());
    let prefixes = PrefixList::new();
    canonicalize(document, &limits, Method::EXCLUSIVE, &prefixes, Apex::Document, &mut out)
        .expect("a document");
    out
}

impl<'m> Subject<'m> {
    fn new(message: &'m Message) -> Self {
        let Message { octets, signed, .. } = message;
        Self {
            message,
            canonical: signed.iter().map(|part| part.canonical(octets).unwrap()).collect(),
            ranges: signed.iter().map(|part| part.range(octets).unwrap()).collect(),
            content: content(&message.inbound.validate(octets).unwrap()),
        }
    }

    /// Changes one covered part and judges what becomes of it.
    fn mutate(&self, spelling_only: bool, random: &mut Random, counts: &mut Counts) {
        let octets = &self.message.octets;
        let part = random.below(self.ranges.len());
        let changed = loop {
            let changed = if spelling_only {
                respell(octets, &self.ranges[part], random)
            } else {
                damage(octets, &self.ranges[part], random)
            };
            if changed != *octets {
                break changed;
            }
        };
        counts.made += 1;
        let survives = self.survives(part, &changed);
        let mut wrong = |what: String| {
            let Message { name, signed, .. } = self.message;
            let place = match &signed[part].which {
                Which::Id(id) => format!("#{id}"),
                Which::SignedInfo(_) => "SignedInfo".to_owned(),
            };
            let shown = String::from_utf8_lossy(&changed[difference(octets, &changed)]);
            counts.wrong.push(format!("{name}: {place}: {what}: …{shown}…"));
        };
        match reader::validate(&self.message.inbound, &changed) {
            Ok(_) if survives => wrong("accepted, though it means something else".to_owned()),
            Ok(valid) if content(&valid) != self.content => {
                wrong("accepted with other content".to_owned());
            }
            Ok(_) if spelling_only => counts.accepted_spellings += 1,
            Ok(_) => counts.accepted_by_chance += 1,
            Err(error) if spelling_only => wrong(format!("refused: {error}")),
            Err(error) if matches!(error.category(), Category::Misuse | Category::Unavailable) => {
                wrong(format!("refused for a fault of ours: {error}"));
            }
            Err(error) => {
                counts.refused += 1;
                let malformed = error.category() == Category::Malformed;
                counts.refused_malformed += usize::from(malformed);
            }
        }
    }

    /// Whether the changed document is none, or any covered part has other canonical octets.
    fn survives(&self, part: usize, changed: &[u8]) -> bool {
        let differs = |index: usize| {
            let canonical = self.message.signed[index].canonical(changed);
            canonical.ok().as_ref() != Some(&self.canonical[index])
        };
        differs(part) || (0..self.canonical.len()).any(|index| index != part && differs(index))
    }
}

/// Where two documents differ, and a little around it, in the second.
fn difference(one: &[u8], other: &[u8]) -> Range<usize> {
    let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    same.saturating_sub(30)..(same + 60).min(other.len())
}

fn replace(octets: &[u8], range: Range<usize>, with: &[u8]) -> Vec<u8> {
    [&octets[..range.start], with, &octets[range.end..]].concat()
}

/// Changes octets without a look at what they mean.
fn damage(octets: &[u8], part: &Range<usize>, random: &mut Random) -> Vec<u8> {
    const MARKUP: [&str; 14] = [
        "<x/>",
        "<!-- c -->",
        "<?p i?>",
        "<![CDATA[]]>",
        "<![CDATA[c]]>",
        "&#65;",
        "&amp;",
        "&e;",
        " ",
        "\r",
        "\n",
        " id='d'",
        " xmlns:s='urn:s'",
        "]]>",
    ];
    let at = part.start + random.below(part.len());
    let run = at..(at + 1 + random.below(12)).min(part.end);
    let printable = [u8::try_from(0x20 + random.below(0x5f)).unwrap()];
    match random.below(9) {
        0 => replace(octets, at..at + 1, &printable),
        1 => replace(octets, at..at + 1, &[octets[at] ^ (1 << random.below(8))]),
        2 => replace(octets, at..at + 1, b""),
        3 => replace(octets, run, b""),
        4 => replace(octets, at..at, &printable),
        5 => replace(octets, at..at, &octets[run]),
        6 => {
            let reversed: Vec<u8> = octets[run.clone()].iter().rev().copied().collect();
            replace(octets, run, &reversed)
        }
        7 => {
            // Letters and digits, so that the document mostly stays one.
            let is_word = |at: &usize| octets[*at].is_ascii_alphanumeric();
            let Some(at) = (at..part.end).find(is_word) else { return octets.to_vec() };
            replace(octets, at..at + 1, &[random.one_of(b"0aZ7qXe")])
        }
        _ => {
            let at = (at..part.end).find(|at| octets[*at] == b'<').unwrap_or(at);
            replace(octets, at..at, random.one_of(&MARKUP).as_bytes())
        }
    }
}

/// Spells a tag of the part, or all its start tags, in another way.
fn respell(octets: &[u8], part: &Range<usize>, random: &mut Random) -> Vec<u8> {
    let (starts, ends) = tags(octets, part);
    let text = |range: &Range<usize>| core::str::from_utf8(&octets[range.clone()]).unwrap();
    let respelt = |range: &Range<usize>, random: &mut Random| {
        let tag = Tag::parse(text(range));
        let close = if tag.empty { "/>" } else { ">" };
        tag.respelt(random) + close
    };
    match random.below(8) {
        0 => starts.iter().rev().fold(octets.to_vec(), |octets, range| {
            let with = respelt(range, random);
            replace(&octets, range.clone(), with.as_bytes())
        }),
        1 if !ends.is_empty() => {
            let range = &ends[random.below(ends.len())];
            let space = random.one_of(&[" ", "\n", "\t\t"]);
            replace(octets, range.end - 1..range.end - 1, space.as_bytes())
        }
        2 | 3 => {
            let empty = |range: &&Range<usize>| {
                text(range).ends_with("/>") || octets[range.end..].starts_with(b"</")
            };
            let empty: Vec<&Range<usize>> = starts.iter().filter(empty).collect();
            if empty.is_empty() {
                return octets.to_vec();
            }
            let range = empty[random.below(empty.len())];
            let tag = Tag::parse(text(range));
            let (was_empty, closed) = (tag.empty, tag.closed());
            let open = if random.coin() {
                tag.respelt(random)
            } else {
                let opened = tag.opened();
                opened[..opened.len() - 1].to_owned()
            };
            if was_empty {
                return replace(octets, range.clone(), format!("{open}>{closed}").as_bytes());
            }
            let end = ends.iter().find(|end| end.start == range.end).expect("its end tag");
            replace(octets, range.start..end.end, format!("{open}/>").as_bytes())
        }
        _ => {
            let range = &starts[random.below(starts.len())];
            let with = respelt(range, random);
            replace(octets, range.clone(), with.as_bytes())
        }
    }
}

/// The start tags and the end tags of the part.
fn tags(octets: &[u8], part: &Range<usize>) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let mut scanner = Scanner::new(octets, &Limits::default()).unwrap();
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    loop {
        let (range, all) = match scanner.next().unwrap() {
            Event::StartElement(element) => (element.range, &mut starts),
            Event::EndElement(element) => (element.range, &mut ends),
            Event::EndDocument => return (starts, ends),
            _ => continue,
        };
        // An empty element has an event for its end, and no tag.
        let is_tag = octets[range.clone()].starts_with(b"<");
        if is_tag && part.start <= range.start && range.end <= part.end {
            all.push(range);
        }
    }
}
