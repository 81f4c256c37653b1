//! Why we may refuse what the peer accepts. Each rule says what the peer does not check, and is
//! believed only if a check of its own, independent of the scanner, finds it in the document at
//! the place of the error.

use crate::Item;
use crate::peer::{Kind, Piece, Reading};
use wsse_core::xml::Limits;
use wsse_core::{Cause, Error};

pub(crate) fn explain(source: &str, error: &Error, peer: &Reading) -> Option<&'static str> {
    let at = error.position()?.offset;
    let limits = Limits::default();
    let piece = peer.pieces.iter().find(|piece| piece.range.contains(&at));
    let confirmed = |condition: bool, rule| condition.then_some(rule);
    match error.cause() {
        Cause::EmptyDocument => confirmed(
            source.trim_start_matches('\u{FEFF}').trim().is_empty(),
            "accepts an empty document",
        ),
        Cause::UnexpectedEnd => {
            let has_root = peer.items.iter().any(|item| matches!(item, Item::Start { .. }));
            confirmed(peer.open > 0 || !has_root, "does not ask whether all elements are closed")
        }
        Cause::Depth => confirmed(peer.max_depth > limits.depth, "has no limit of depth"),
        Cause::NamespaceCount => {
            confirmed(peer.max_declarations > limits.namespaces, "was given no limit of namespaces")
        }
        Cause::AttributeCount => {
            confirmed(most_attributes(peer) > limits.attributes, "has no limit of attributes")
        }
        Cause::InvalidCharacter => {
            let character = source.get(at..)?.chars().next()?;
            confirmed(is_refused(character), "does not check characters")
        }
        Cause::InvalidCharacterReference => {
            let body = source.get(at..)?.strip_prefix("&#")?.split_once(';')?.0;
            let code = match body.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => body.parse(),
            };
            let character = char::from_u32(code.ok()?)?;
            confirmed(is_refused(character), "does not check what a character reference stands for")
        }
        Cause::Encoding => {
            let declaration = piece.filter(|piece| piece.kind == Kind::Declaration)?;
            let text = source.get(declaration.range.clone())?;
            let pairs = pairs(text.strip_prefix("<?xml")?.strip_suffix("?>")?)?;
            let (_, name) = pairs.into_iter().find(|(name, _)| *name == "encoding")?;
            let is_ours = ["utf-8", "utf8"].iter().any(|ours| ours.eq_ignore_ascii_case(name));
            confirmed(!is_ours, "does not compare the declared encoding")
        }
        Cause::DocumentType => {
            let matches = piece.is_some_and(|piece| piece.kind == Kind::DocumentType);
            confirmed(matches, "accepts document type declarations")
        }
        Cause::ContentOutsideRoot => {
            let piece = piece?;
            let text = source.get(piece.range.clone())?;
            let outside = piece.depth == 0
                && match piece.kind {
                    Kind::Text => !text.trim_matches([' ', '\t', '\r', '\n']).is_empty(),
                    Kind::Cdata | Kind::Reference => true,
                    Kind::Start => is_second_root(peer, piece),
                    _ => false,
                };
            confirmed(outside, "accepts content outside the root")
        }
        Cause::DuplicateAttribute => confirmed(
            peer.items.iter().any(has_duplicate),
            "compares attributes before namespaces are resolved",
        ),
        Cause::InvalidNamespaceDeclaration => confirmed(
            peer.items.iter().any(has_invalid_declaration),
            "does not check this rule of declarations",
        ),
        Cause::InvalidName => explain_name(source, piece?),
        Cause::Syntax => explain_syntax(source, at, piece?),
        _ => None,
    }
}

/// What is wrong with a document that both accept, by the checks behind the rules above: nothing,
/// or we overlook what the peer overlooks.
pub(crate) fn objection(source: &str, peer: &Reading) -> Option<&'static str> {
    let limits = Limits::default();
    let objects = |condition: bool, objection| condition.then_some(objection);
    let roots = peer.pieces.iter().filter(|piece| piece.kind == Kind::Start && piece.depth == 0);
    objects(peer.open > 0 || roots.count() != 1, "elements are open, or the root is not one")
        .or(objects(peer.max_depth > limits.depth, "too deep"))
        .or(objects(peer.max_declarations > limits.namespaces, "too many declarations"))
        .or(objects(most_attributes(peer) > limits.attributes, "too many attributes"))
        .or(objects(source.chars().any(is_refused), "a character that is not allowed"))
        .or(objects(peer.items.iter().any(has_duplicate), "an attribute stands twice"))
        .or(objects(peer.items.iter().any(has_invalid_declaration), "an invalid declaration"))
        .or_else(|| peer.pieces.iter().find_map(|piece| objection_to_piece(source, piece)))
}

fn objection_to_piece(source: &str, piece: &Piece) -> Option<&'static str> {
    let text = source.get(piece.range.clone())?;
    let outside = piece.depth == 0;
    let start = if source.starts_with('\u{FEFF}') { 3 } else { 0 };
    let is_xml = || target(text).is_some_and(|target| target.eq_ignore_ascii_case("xml"));
    let sound = match piece.kind {
        Kind::Start => is_tag(text),
        Kind::End => is_end_tag(text),
        Kind::Text => !text.contains("]]>") && (!outside || text.trim_matches(SPACE).is_empty()),
        Kind::Cdata | Kind::Reference => !outside,
        Kind::Comment => true,
        Kind::Instruction => !is_xml() && target(text).is_some_and(is_part_of_name),
        Kind::Declaration => piece.range.start == start && is_declaration(text),
        Kind::DocumentType => false,
    };
    (!sound).then_some("markup that is against the grammar")
}

fn is_refused(character: char) -> bool {
    let code = u32::from(character);
    code < 32 && ![9, 10, 13].contains(&code) || [0xFFFE, 0xFFFF].contains(&code)
}

fn explain_name(source: &str, piece: &Piece) -> Option<&'static str> {
    let text = source.get(piece.range.clone())?;
    let refused = match piece.kind {
        Kind::Start => !is_tag(text),
        Kind::End => !is_end_tag(text),
        Kind::Instruction => !target(text).is_some_and(is_part_of_name),
        _ => false,
    };
    refused.then_some("does not check names")
}

fn explain_syntax(source: &str, at: usize, piece: &Piece) -> Option<&'static str> {
    let text = source.get(piece.range.clone())?;
    let rest = source.get(at..)?;
    match piece.kind {
        Kind::Text if rest.starts_with("]]>") => Some("accepts `]]>` in text"),
        Kind::Start if !is_tag(text) => Some("does not check the grammar of start tags"),
        Kind::End if !is_end_tag(text) => Some("does not check the grammar of end tags"),
        Kind::Instruction | Kind::Declaration => {
            let is_xml = target(text).is_some_and(|target| target.eq_ignore_ascii_case("xml"));
            let start = if source.starts_with('\u{FEFF}') { 3 } else { 0 };
            if is_xml && piece.range.start != start {
                Some("accepts an XML declaration in the middle")
            } else if is_xml && !is_declaration(text) {
                Some("does not check the grammar of the XML declaration")
            } else if !target(text).is_some_and(is_part_of_name) {
                Some("does not check what stands behind a target")
            } else {
                None
            }
        }
        _ => None,
    }
}

fn most_attributes(peer: &Reading) -> usize {
    let counts = peer.items.iter().map(|item| match item {
        Item::Start { attributes, declarations, .. } => attributes.len() + declarations.len(),
        _ => 0,
    });
    counts.max().unwrap_or_default()
}

fn is_second_root(peer: &Reading, piece: &Piece) -> bool {
    let before = peer.pieces.iter().take_while(|other| other.range.start < piece.range.start);
    before.filter(|other| other.kind == Kind::Start).count() > 0
}

fn has_duplicate(item: &Item) -> bool {
    let Item::Start { attributes, .. } = item else { return false };
    attributes.iter().enumerate().any(|(at, ((namespace, _, local), _))| {
        let same = |((other, _, name), _): &((String, String, String), String)| {
            other == namespace && name == local
        };
        attributes.iter().skip(at + 1).any(same)
    })
}

fn has_invalid_declaration(item: &Item) -> bool {
    let Item::Start { declarations, .. } = item else { return false };
    declarations.iter().any(|(prefix, value)| {
        let reserved = value == "http://www.w3.org/XML/1998/namespace" && prefix != "xml"
            || value == "http://www.w3.org/2000/xmlns/";
        reserved || value.is_empty() && !prefix.is_empty()
    })
}

/// The target of a processing instruction: all before the first white space or the end.
fn target(instruction: &str) -> Option<&str> {
    let inside = instruction.strip_prefix("<?")?.strip_suffix("?>")?;
    inside.split([' ', '\t', '\r', '\n']).next()
}

/// `<name (S name S? = S? "value")* S? /?>`, by cutting instead of scanning.
fn is_tag(tag: &str) -> bool {
    let Some(inside) = tag.strip_prefix('<').and_then(|tag| tag.strip_suffix('>')) else {
        return false;
    };
    let inside = inside.strip_suffix('/').unwrap_or(inside);
    let (name, rest) = inside.split_at(inside.find(SPACE).unwrap_or(inside.len()));
    is_qualified_name(name) && !name.starts_with("xmlns:") && pairs(rest).is_some()
}

/// Names and values of `(S name S? = S? "value")* S?`, if it is that.
fn pairs(attributes: &str) -> Option<Vec<(&str, &str)>> {
    let mut pairs = Vec::new();
    let mut rest = attributes;
    while !rest.trim_matches(SPACE).is_empty() {
        let trimmed = rest.trim_start_matches(SPACE);
        let (name, value) = trimmed.split_once('=')?;
        let name = name.trim_end_matches(SPACE);
        let value = value.trim_start_matches(SPACE);
        let quote = value.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
        let (value, behind) = value[1..].split_once(quote)?;
        if trimmed.len() == rest.len() || !is_qualified_name(name) || value.contains('<') {
            return None;
        }
        pairs.push((name, value));
        rest = behind;
    }
    Some(pairs)
}

fn is_end_tag(tag: &str) -> bool {
    let inside = tag.strip_prefix("</").and_then(|tag| tag.strip_suffix('>'));
    inside.is_some_and(|name| is_qualified_name(name.trim_end_matches(SPACE)))
}

fn is_declaration(text: &str) -> bool {
    let inside = text.strip_prefix("<?xml").and_then(|text| text.strip_suffix("?>"));
    let Some(pairs) = inside.and_then(pairs) else { return false };
    let is_encoding = |value: &str| {
        value.starts_with(|first: char| first.is_ascii_alphabetic())
            && value.chars().all(|one| one.is_ascii_alphanumeric() || "._-".contains(one))
    };
    match pairs.as_slice() {
        [("version", "1.0")] | [("version", "1.0"), ("standalone", "yes" | "no")] => true,
        [("version", "1.0"), ("encoding", name)]
        | [("version", "1.0"), ("encoding", name), ("standalone", "yes" | "no")] => {
            is_encoding(name)
        }
        _ => false,
    }
}

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

fn is_qualified_name(name: &str) -> bool {
    let parts: Vec<&str> = name.split(':').collect();
    parts.len() <= 2 && parts.iter().all(|part| is_part_of_name(part))
}

/// Production 4 of Namespaces 1.0 by a table of its own.
fn is_part_of_name(part: &str) -> bool {
    const START: [(u32, u32); 15] = [
        (0x41, 0x5A),
        (0x5F, 0x5F),
        (0x61, 0x7A),
        (0xC0, 0xD6),
        (0xD8, 0xF6),
        (0xF8, 0x2FF),
        (0x370, 0x37D),
        (0x37F, 0x1FFF),
        (0x200C, 0x200D),
        (0x2070, 0x218F),
        (0x2C00, 0x2FEF),
        (0x3001, 0xD7FF),
        (0xF900, 0xFDCF),
        (0xFDF0, 0xFFFD),
        (0x10000, 0xEFFFF),
    ];
    const MORE: [(u32, u32); 5] =
        [(0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)];
    let within = |ranges: &[(u32, u32)], character: char| {
        let code = u32::from(character);
        ranges.iter().any(|(first, last)| (*first..=*last).contains(&code))
    };
    part.starts_with(|first| within(&START, first))
        && part.chars().all(|one| within(&START, one) || within(&MORE, one))
}
