//! Covered parts that are moved elsewhere, with something forged in their place (McIntosh and
//! Austel, XML Signature Element Wrapping Attacks and Countermeasures, 2005).
#![expect(clippy::print_stdout, reason = "a test says how much it did")]

use crate::messages::{self, Message};
use crate::reader;
use crate::signed::{Signed, Which};
use crate::tag::Tag;
use core::ops::Range;
use std::collections::BTreeMap;
use wsse_core::Cause;
use wsse_core::c14n::Mode;
use wsse_core::xml::{Event, Limits, NamespaceId, Scanner};

const FORGED: &str = "<forged xmlns=\"urn:forged\">forged</forged>";

/// Where things stand in a message.
#[derive(Default)]
struct Layout {
    envelope: Range<usize>,
    /// Start of the content, end of the content.
    header: Range<usize>,
    security: Range<usize>,
    signature_end: usize,
    body: Range<usize>,
    body_end: usize,
}

/// How a part is moved to a place, each with its name.
type Forms<'f> = &'f [(&'f str, &'f String)];

/// A part that is cut out.
struct Part {
    range: Range<usize>,
    id: String,
    /// The part with everything declared that it needs to stand elsewhere.
    moved: String,
    start_tag: Range<usize>,
    local: String,
    is_body: bool,
    is_certificate: bool,
    /// Whether it is signed through a reference to it.
    through_reference: bool,
    in_security: bool,
    inclusive: bool,
}

#[derive(Clone, Copy, Debug)]
enum ForgedId {
    None,
    Other,
    Same,
}

#[test]
fn no_covered_part_can_be_moved() {
    let mut causes: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut made, mut harmless, mut wrong) = (0, 0, Vec::new());
    let messages = messages::all();
    for message in &messages {
        let source = core::str::from_utf8(&message.octets).unwrap();
        let layout = layout(source);
        let parts: Vec<Part> =
            message.signed.iter().filter_map(|signed| Part::new(signed, source, &layout)).collect();
        for part in &parts {
            for (place, attack, enclosed) in attacks(source, &layout, part, &parts) {
                made += 1;
                let told = match reader::validate(&message.inbound, attack.as_bytes()) {
                    Ok(_) if part.is_required(message) => {
                        Some("accepted, though the policy requires the part".to_owned())
                    }
                    Ok(valid) => {
                        let shown = String::from_utf8_lossy(valid.document().unwrap()).into_owned();
                        harmless += 1;
                        shown.contains("forged").then(|| format!("handed out: {shown}"))
                    }
                    Err(error) => {
                        *causes.entry(error.cause().name()).or_default() += 1;
                        let expected = is_expected(error.cause(), part, enclosed);
                        (!expected).then(|| error.to_string())
                    }
                };
                let Message { name, .. } = message;
                wrong.extend(told.map(|told| format!("{name}: #{} {place}: {told}", part.id)));
            }
        }
    }
    println!(
        "{made} moves in {} messages: {harmless} accepted without anything forged in what is \
         handed out; refused {causes:?}; {} wrong",
        messages.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(made > 500);
}

fn is_expected(cause: Cause, part: &Part, enclosed: bool) -> bool {
    match cause {
        Cause::AmbiguousId
        | Cause::NotCovered
        | Cause::EnvelopeStructure
        | Cause::SignatureStructure
        | Cause::UnsupportedToken
        | Cause::MissingPart
        | Cause::UnexpectedContent
        | Cause::DuplicateElement => true,
        // The part now stands inside another that is covered, or sees other namespaces.
        Cause::DigestMismatch => enclosed || part.inclusive,
        // The certificate is no longer a token of the Security header.
        Cause::NoKey => part.is_certificate,
        _ => false,
    }
}

fn layout(source: &str) -> Layout {
    let mut scanner = Scanner::new(source.as_bytes(), &Limits::default()).unwrap();
    let mut layout = Layout::default();
    let mut open: Vec<(bool, String)> = Vec::new();
    loop {
        match scanner.next().unwrap() {
            Event::StartElement(element) => {
                let local = element.name.local;
                let range = &element.range;
                match (open.len(), local) {
                    (0, _) => layout.envelope.start = range.start,
                    (1, "Header") => layout.header.start = range.end,
                    (1, "Body") => layout.body.start = range.start,
                    (2, "Security") if layout.security.start == 0 => {
                        layout.security.start = range.end;
                    }
                    _ => {}
                }
                open.push((element.name.namespace == NamespaceId::DS, local.to_owned()));
            }
            Event::EndElement(element) => {
                let (signature, local) = open.pop().unwrap();
                let range = element.range;
                match (open.len(), local.as_str()) {
                    (0, _) => layout.envelope.end = range.end,
                    (1, "Header") => layout.header.end = range.start,
                    (1, "Body") => {
                        layout.body.end = range.end;
                        layout.body_end = range.start;
                    }
                    (2, "Security") if layout.security.end == 0 => {
                        layout.security.end = range.start;
                    }
                    (3, "Signature") if signature => layout.signature_end = range.start,
                    _ => {}
                }
            }
            Event::EndDocument => return layout,
            _ => {}
        }
    }
}

impl Part {
    fn new(signed: &Signed, source: &str, layout: &Layout) -> Option<Self> {
        let Which::Id(id) = &signed.which else { return None };
        let range = signed.range(source.as_bytes()).unwrap();
        let mut scanner = Scanner::new(source.as_bytes(), &Limits::default()).unwrap();
        let start_tag = loop {
            if let Event::StartElement(element) = scanner.next().unwrap()
                && element.range.start == range.start
            {
                break element.range;
            }
        };
        let mut tag = Tag::parse(&source[start_tag.clone()]);
        let is_certificate = tag.name.ends_with("BinarySecurityToken");
        let empty = tag.empty;
        let mut scope: Vec<(String, String)> = scanner
            .in_scope()
            .map(|(prefix, namespace)| (prefix.to_owned(), namespace))
            .map(|(prefix, namespace)| (prefix, scanner.namespace_name(namespace).to_owned()))
            .collect();
        if !scope.iter().any(|(prefix, _)| prefix.is_empty()) {
            scope.push((String::new(), String::new()));
        }
        scope.sort();
        for (prefix, namespace) in scope {
            let name = if prefix.is_empty() { "xmlns".into() } else { format!("xmlns:{prefix}") };
            if !tag.has(&name) {
                let mut value = Vec::new();
                wsse_core::xml::push_attribute(&mut value, &namespace).unwrap();
                tag.attributes.push((name, String::from_utf8(value).unwrap()));
            }
        }
        let rest = &source[start_tag.end..range.end];
        let moved =
            if empty { tag.opened() + &tag.closed() } else { format!("{}{rest}", tag.opened()) };
        Some(Self {
            local: tag.name.rsplit(':').next().unwrap().to_owned(),
            is_body: range == layout.body,
            in_security: layout.security.start <= range.start && range.end <= layout.security.end,
            inclusive: signed.method.mode != Mode::Exclusive,
            id: id.clone(),
            range,
            moved,
            start_tag,
            is_certificate,
            through_reference: signed.through_reference,
        })
    }

    /// Whether a message without this part, signed, must be refused whatever it hands out. All
    /// tokens count: no policy of these messages takes one that was signed from elsewhere. But one
    /// that is signed through its reference may stand anywhere in Security, beside others that mean
    /// nothing.
    fn is_required(&self, message: &Message) -> bool {
        let required = &message.inbound.policy().require.signed;
        let is_named = |part: &wsse_core::policy::Part| matches!(&part.which, wsse_core::policy::WhichPart::Block { local, .. } if *local == self.local);
        self.is_body || self.in_security && !self.through_reference || required.iter().any(is_named)
    }

    /// What is put in place of the part, with `inside` at the end of its content. A token keeps
    /// its content, so that it is refused for nothing else.
    fn forged(&self, source: &str, forged_id: ForgedId, inside: &str) -> String {
        let mut tag = Tag::parse(&source[self.start_tag.clone()]);
        match forged_id {
            ForgedId::None => tag.attributes.retain(|(_, value)| *value != self.id),
            ForgedId::Other => {
                let ids = tag.attributes.iter_mut().filter(|(_, value)| *value == self.id);
                ids.for_each(|(_, value)| *value = "another".to_owned());
            }
            ForgedId::Same => {}
        }
        let whole = &source[self.start_tag.end..self.range.end];
        let content = match whole.rfind("</") {
            Some(end) if self.in_security => &whole[..end],
            _ if self.in_security => "",
            _ => FORGED,
        };
        format!("{}{content}{inside}{}", tag.opened(), tag.closed())
    }
}

/// Every message that a part can be moved in: where to, the message, and whether the new place is
/// inside another covered part.
fn attacks(
    source: &str,
    layout: &Layout,
    part: &Part,
    parts: &[Part],
) -> Vec<(String, String, bool)> {
    let bare = part.moved.clone();
    let wrapped = format!("<w:Wrapper xmlns:w=\"urn:wrapper\">{bare}</w:Wrapper>");
    let object = format!("<Object xmlns=\"{}\">{bare}</Object>", wsse_core::ns::DS);
    let envelope = &source[layout.envelope.clone()];
    let envelope = format!("<w:Wrapper xmlns:w=\"urn:wrapper\">{envelope}</w:Wrapper>");
    let both = [("bare", &bare), ("wrapped", &wrapped)];
    let objects = [("bare", &bare), ("in an Object", &object)];
    let whole = [("the whole Envelope", &envelope)];
    let places: [(&str, usize, Forms<'_>); 11] = [
        ("first in Header", layout.header.start, &both),
        ("last in Header", layout.header.end, &both),
        ("first in Security", layout.security.start, &both),
        ("last in Security", layout.security.end, &both),
        ("an Object in Security", layout.security.end, &objects[1..]),
        ("last in Signature", layout.signature_end, &objects),
        ("in front of Body", layout.body.start, &both),
        ("behind Body", layout.body.end, &both),
        ("last in Body", layout.body_end, &both),
        ("first in Header", layout.header.start, &whole),
        ("last in Header", layout.header.end, &whole),
    ];
    let mut all = Vec::new();
    for (place, offset, forms) in places {
        for (form, moved) in forms {
            for forged_id in [ForgedId::None, ForgedId::Other, ForgedId::Same] {
                let Range { start, end } = part.range;
                let (before, behind) = (&source[..start], &source[end..]);
                let forged = |inside| part.forged(source, forged_id, inside);
                let attack = if start < offset && offset < end {
                    assert!(part.is_body, "only the Body has a place inside it");
                    format!("{before}{}{behind}", forged(moved))
                } else if offset <= start {
                    let (first, between) = before.split_at(offset);
                    format!("{first}{moved}{between}{}{behind}", forged(""))
                } else {
                    let (between, last) = behind.split_at(offset - end);
                    format!("{before}{}{between}{moved}{last}", forged(""))
                };
                let enclosed = parts.iter().any(|other| {
                    other.id != part.id && other.range.start < offset && offset < other.range.end
                });
                all.push((format!("{place}, {form}, Id {forged_id:?}"), attack, enclosed));
            }
        }
    }
    all
}
