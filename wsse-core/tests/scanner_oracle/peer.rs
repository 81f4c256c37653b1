//! quick-xml's side of the comparison, with every check that it has, and what it saw on the way:
//! the explanations are checked against that.

use crate::Item;
use core::ops::Range;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{PrefixDeclaration, ResolveResult};
use quick_xml::reader::NsReader;

pub(crate) struct Reading {
    pub(crate) items: Vec<Item>,
    pub(crate) pieces: Vec<Piece>,
    /// Elements that are open at the end.
    pub(crate) open: usize,
    pub(crate) max_depth: usize,
    pub(crate) max_declarations: usize,
}

/// A piece of the document as the peer divides it.
pub(crate) struct Piece {
    pub(crate) kind: Kind,
    pub(crate) range: Range<usize>,
    /// Elements that are open before it.
    pub(crate) depth: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Start,
    End,
    Text,
    Cdata,
    Reference,
    Comment,
    Instruction,
    Declaration,
    DocumentType,
}

pub(crate) fn read(source: &str) -> Result<Reading, String> {
    // The peer skips a byte order mark, and does not count it in its positions.
    let mark = if source.starts_with('\u{FEFF}') { 3 } else { 0 };
    let mut reader = NsReader::from_str(source);
    reader.config_mut().enable_all_checks(true);
    reader.resolver_mut().set_max_namespace_bindings(usize::MAX);
    let mut reading = Reading {
        items: Vec::new(),
        pieces: Vec::new(),
        open: 0,
        max_depth: 0,
        max_declarations: 0,
    };
    let mut declared: Vec<usize> = Vec::new();
    let mut text = String::new();
    let mut position = mark;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let end = mark + usize::try_from(reader.buffer_position()).expect("it fits in memory");
        let depth = declared.len();
        let mut piece = |kind| reading.pieces.push(Piece { kind, range: position..end, depth });
        match &event {
            Event::Text(_) => piece(Kind::Text),
            Event::GeneralRef(_) => piece(Kind::Reference),
            Event::Start(_) | Event::Empty(_) => piece(Kind::Start),
            Event::End(_) => piece(Kind::End),
            Event::CData(_) => piece(Kind::Cdata),
            Event::Comment(_) => piece(Kind::Comment),
            Event::PI(_) => piece(Kind::Instruction),
            Event::Decl(_) => piece(Kind::Declaration),
            Event::DocType(_) => piece(Kind::DocumentType),
            Event::Eof => {}
        }
        position = end;
        // A text is one, however many references are in it.
        match &event {
            Event::Text(part) => {
                text.push_str(&part.xml10_content());
                continue;
            }
            Event::GeneralRef(reference) => {
                match reference.resolve_char_ref().map_err(|error| error.to_string())? {
                    Some(character) => text.push(character),
                    None => text.push_str(
                        resolve_xml_entity(reference).ok_or("an entity that is not predefined")?,
                    ),
                }
                continue;
            }
            _ => {}
        }
        let items = &mut reading.items;
        let finished = core::mem::take(&mut text);
        if !finished.is_empty() && depth > 0 {
            items.push(Item::Text(finished));
        }
        match event {
            Event::Start(tag) => {
                let (item, declarations) = start(&reader, &tag)?;
                items.push(item);
                declared.push(declarations);
            }
            Event::Empty(tag) => {
                let (item, declarations) = start(&reader, &tag)?;
                items.extend([item, Item::End]);
                let in_scope = declared.iter().sum::<usize>() + declarations;
                reading.max_declarations = reading.max_declarations.max(in_scope);
                reading.max_depth = reading.max_depth.max(depth + 1);
            }
            Event::End(_) => {
                items.push(Item::End);
                declared.pop();
            }
            Event::CData(section) => items.push(Item::Cdata(section.xml10_content().into_owned())),
            Event::Comment(comment) => items.push(Item::Comment(comment.into_inner().into_owned())),
            Event::PI(found) => items.push(Item::Instruction(found.into_inner().into_owned())),
            Event::Decl(_) | Event::DocType(_) | Event::Text(_) | Event::GeneralRef(_) => {}
            Event::Eof => {
                reading.open = depth;
                return Ok(reading);
            }
        }
        reading.max_depth = reading.max_depth.max(declared.len());
        reading.max_declarations = reading.max_declarations.max(declared.iter().sum());
    }
}

fn start(reader: &NsReader<&[u8]>, tag: &BytesStart<'_>) -> Result<(Item, usize), String> {
    let resolver = reader.resolver();
    let (namespace, local) = resolver.resolve_element(tag.name());
    let prefix = tag.name().prefix().map_or(String::new(), |prefix| prefix.as_ref().to_owned());
    let name = (resolved(&namespace)?, prefix, local.as_ref().to_owned());
    let mut declarations = Vec::new();
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|error| error.to_string())?.into_owned();
        match attribute.key.as_namespace_binding() {
            Some(PrefixDeclaration::Default) => declarations.push((String::new(), value)),
            Some(PrefixDeclaration::Named(prefix)) => declarations.push((prefix.to_owned(), value)),
            None => {
                let (namespace, local) = resolver.resolve_attribute(attribute.key);
                let prefix = attribute.key.prefix();
                let prefix = prefix.map_or(String::new(), |prefix| prefix.as_ref().to_owned());
                let name = (resolved(&namespace)?, prefix, local.as_ref().to_owned());
                attributes.push((name, value));
            }
        }
    }
    let count = declarations.len();
    Ok((Item::Start { name, declarations, attributes }, count))
}

/// The namespace name. The peer keeps it as written, so references in it are resolved here.
fn resolved(namespace: &ResolveResult<'_>) -> Result<String, String> {
    match namespace {
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(prefix) => Err(format!("the prefix {prefix} is not declared")),
        ResolveResult::Bound(name) => Attribute::from(("x", "y"))
            .with_value(name.0)
            .normalized_value(XmlVersion::Implicit1_0)
            .map(std::borrow::Cow::into_owned)
            .map_err(|error| error.to_string()),
    }
}

trait WithValue<'a> {
    fn with_value(self, value: &'a str) -> Self;
}

impl<'a> WithValue<'a> for Attribute<'a> {
    fn with_value(mut self, value: &'a str) -> Self {
        self.value = value.into();
        self
    }
}
