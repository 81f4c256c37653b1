//! Start tags: attributes, namespace declarations, and what their prefixes mean.

use super::characters::is_space;
use super::event::{Attribute, NamespaceDeclaration};
use super::form::TagForm;
use super::held::{Held, Hold, Nothing};
use super::limits::Limits;
use super::names::{self, Found, Name, NamespaceId, RawName, Spelt, excerpt};
use super::references;
use super::scope::Scope;
use super::shape::Shapes;
use super::wide::Needles;
use crate::error::{Cause, Error};

/// Reads start tags, and keeps what the latest one held.
#[derive(Debug)]
pub(super) struct Tags<'a> {
    pub(super) scope: Scope,
    pub(super) held: Held<'a>,
    shapes: Shapes,
    attributes_limit: usize,
}

/// What [`Tags`] keep from one document to the next.
#[derive(Debug)]
pub(super) struct TagMemory {
    scope: Scope,
    shapes: Shapes,
    held: Held<'static>,
    attributes_limit: usize,
}

impl TagMemory {
    pub(super) fn new() -> Self {
        Self {
            scope: Scope::new(),
            shapes: Shapes::new(),
            held: Held { attributes: Vec::with_capacity(8), declarations: Vec::with_capacity(8) },
            attributes_limit: 0,
        }
    }
}

impl TagMemory {
    /// Octets of the names that are kept.
    pub(super) fn octets(&self) -> usize {
        self.scope.octets()
    }
}

/// What a start tag says besides its attributes.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) name: Spelt,
    /// The place behind the `>`.
    pub(super) end: usize,
    pub(super) empty: bool,
}

impl<'a> Tags<'a> {
    /// Begins a document.
    pub(super) fn new(limits: &Limits, memory: TagMemory) -> Self {
        let TagMemory { mut scope, mut shapes, held, attributes_limit } = memory;
        // All else that a shape was checked against is checked again.
        if attributes_limit != limits.attributes {
            shapes = Shapes::new();
        }
        scope.begin(limits);
        shapes.begin();
        Self { scope, held: held.emptied(), shapes, attributes_limit: limits.attributes }
    }

    /// Ends a part of a document, of which [`Self::resume`] reads the next one.
    pub(super) fn pause(self) -> TagMemory {
        let Self { scope, shapes, held, attributes_limit } = self;
        TagMemory { scope, shapes, held: held.emptied(), attributes_limit }
    }

    /// Goes on in the same document.
    pub(super) fn resume(memory: TagMemory) -> Self {
        let TagMemory { scope, shapes, held, attributes_limit } = memory;
        Self { scope, held: held.emptied(), shapes, attributes_limit }
    }

    /// What the next document can use, if it is little enough to be kept.
    pub(super) fn into_memory(self) -> Option<TagMemory> {
        self.scope.is_small().then(|| self.pause())
    }

    /// How the latest start tag is written, if its shape is remembered.
    #[inline]
    pub(super) fn form(&self) -> Option<&TagForm> {
        self.shapes.form()
    }

    /// Start tags that were recognised by their shape.
    pub(super) fn recognised(&self) -> usize {
        self.shapes.recognised()
    }

    /// Reads the start tag whose `<` stands at `start` (XML 1.0, productions 40 and 44), and
    /// takes its declarations into the scope.
    #[inline]
    pub(super) fn read(&mut self, text: &'a str, start: usize) -> Result<Tag, Error> {
        let Self { shapes, scope, held, .. } = self;
        if let Some(tag) = shapes.guess(text, start, scope, held) {
            return Ok(tag);
        }
        let name = names::read(text, start + 1)?;
        match shapes.find(text, start, name.end, scope, held) {
            Some(tag) => Ok(tag),
            None => self.read_unknown(text, &name),
        }
    }

    /// The same for a reader who does not ask what the tag holds.
    #[inline]
    pub(super) fn pass(&mut self, text: &'a str, start: usize) -> Result<Tag, Error> {
        let Self { shapes, scope, .. } = self;
        if let Some(tag) = shapes.guess(text, start, scope, &mut Nothing) {
            return Ok(tag);
        }
        let name = names::read(text, start + 1)?;
        match shapes.find(text, start, name.end, scope, &mut Nothing) {
            Some(tag) => Ok(tag),
            None => self.read_unknown(text, &name),
        }
    }

    fn read_unknown(&mut self, text: &'a str, name: &RawName) -> Result<Tag, Error> {
        let tag = self.read_in_full(text, name)?;
        let Self { shapes, scope, held, .. } = self;
        shapes.learn(text, name.start - 1, &tag, scope, held);
        Ok(tag)
    }

    fn read_in_full(&mut self, text: &'a str, name: &RawName) -> Result<Tag, Error> {
        let source = text.as_bytes();
        let mark = self.scope.mark();
        self.held.clear();
        let mut prefixed = false;
        let mut at = name.end;
        let empty = loop {
            let behind = at;
            at = skip_space(source, at);
            match source.get(at) {
                Some(b'>') => break false,
                Some(b'/') if source.get(at + 1) == Some(&b'>') => break true,
                Some(_) if at > behind => {
                    at = self.read_attribute(text, at, mark, &mut prefixed)?
                }
                _ => return Err(unexpected_in_tag(text, at)),
            }
        };
        let name = self.resolve_element(text, name)?;
        if prefixed {
            self.resolve_attributes(text)?;
        }
        if self.held.attributes.len() > 1 {
            self.check_duplicates()?;
        }
        Ok(Tag { name: Spelt::of(&name), end: at + if empty { 2 } else { 1 }, empty })
    }

    fn read_attribute(
        &mut self,
        text: &'a str,
        start: usize,
        mark: usize,
        prefixed: &mut bool,
    ) -> Result<usize, Error> {
        if matches!(text.as_bytes().get(start), Some(b'/' | b'<')) {
            return Err(unexpected_in_tag(text, start));
        }
        let name = names::read(text, start)?;
        let (opened, closed) = read_value(text, name.end)?;
        let raw = text.get(opened..closed).unwrap_or_default();
        let range = start..closed + 1;
        if self.held.attributes.len() + self.held.declarations.len() >= self.attributes_limit {
            return Err(Error::new(
                Cause::AttributeCount,
                format!("more than {} attributes in one start tag", self.attributes_limit),
            )
            .at(start));
        }
        let (prefix, local) = (name.prefix(text), name.local(text));
        match declared_prefix(prefix, local) {
            Some(prefix) => {
                let namespace =
                    self.scope.declare(prefix, raw, mark).map_err(|error| error.at(start))?;
                self.held.declarations.push(NamespaceDeclaration { prefix, namespace, raw, range });
            }
            None => {
                *prefixed |= !prefix.is_empty();
                // The namespace follows when all declarations of the tag are known.
                let name = Name { namespace: NamespaceId::NONE, prefix, local };
                self.held.attributes.push(Attribute { name, raw, range });
            }
        }
        Ok(closed + 1)
    }

    fn resolve_element(&mut self, text: &'a str, name: &RawName) -> Result<Name<'a>, Error> {
        let prefix = name.prefix(text);
        let namespace = if prefix.is_empty() {
            self.scope.default_namespace()
        } else if prefix == "xmlns" {
            let reason = "an element may not have the prefix xmlns";
            return Err(Error::new(Cause::InvalidName, reason).at(name.start));
        } else {
            let namespace = self.scope.look_up(text, name.start, prefix.len());
            namespace.ok_or_else(|| undeclared(prefix, name.start))?
        };
        Ok(Name { namespace, prefix, local: name.local(text) })
    }

    fn resolve_attributes(&mut self, text: &'a str) -> Result<(), Error> {
        for attribute in &mut self.held.attributes {
            let prefix = attribute.name.prefix;
            if !prefix.is_empty() {
                let start = attribute.range.start;
                let namespace = self.scope.look_up(text, start, prefix.len());
                attribute.name.namespace = namespace.ok_or_else(|| undeclared(prefix, start))?;
            }
        }
        Ok(())
    }

    /// Neither the same name twice (XML 1.0, section 3.1, Unique Att Spec) nor the same local
    /// name in the same namespace (Namespaces 1.0, section 6.3); the second includes the first.
    fn check_duplicates(&self) -> Result<(), Error> {
        /// Up to here comparing each with each is the fastest.
        const FEW: usize = 12;
        let meaning = |attribute: &Attribute<'a>| (attribute.name.namespace, attribute.name.local);
        let mut rest = self.held.attributes.as_slice();
        if rest.len() <= FEW {
            while let [first, others @ ..] = rest {
                if let Some(second) = others.iter().find(|other| meaning(other) == meaning(first)) {
                    return Err(duplicate(second));
                }
                rest = others;
            }
            return Ok(());
        }
        let mut sorted: Vec<&Attribute<'a>> = rest.iter().collect();
        let key = |attribute: &&Attribute<'a>| {
            let Name { namespace, local, .. } = attribute.name;
            (namespace.0, local, attribute.range.start)
        };
        sorted.sort_unstable_by_key(key);
        let mut pairs = sorted.iter().zip(sorted.iter().skip(1));
        match pairs.find(|(first, second)| meaning(first) == meaning(second)) {
            Some((_, second)) => Err(duplicate(second)),
            None => Ok(()),
        }
    }
}

/// Reads `="…"` (productions 10 and 25); the places behind the opening and of the closing quote.
#[inline]
fn read_value(text: &str, start: usize) -> Result<(usize, usize), Error> {
    let source = text.as_bytes();
    let syntax = |expected: &str, at: usize| {
        let found = Found(text, at);
        let cause = if at >= source.len() { Cause::UnexpectedEnd } else { Cause::Syntax };
        Err(Error::new(cause, format!("{expected} expected, found {found}")).at(at))
    };
    let equals = skip_space(source, start);
    if source.get(equals) != Some(&b'=') {
        return syntax("`=` and a value in quotes", equals);
    }
    let quoted = skip_space(source, equals + 1);
    let quote = match source.get(quoted) {
        Some(quote @ (b'"' | b'\'')) => *quote,
        _ => return syntax("a value in quotes", quoted),
    };
    let needles = Needles::value(quote);
    let mut at = quoted + 1;
    loop {
        let Some(found) = needles.find(source, at) else {
            let reason = "the document ends inside the value of an attribute";
            return Err(Error::new(Cause::UnexpectedEnd, reason).at(source.len()));
        };
        match source.get(found) {
            Some(b'&') => at = references::read(source, found)?.1,
            Some(b'<') => {
                let reason = "'<' in the value of an attribute; write `&lt;`, or close the quote";
                return Err(Error::new(Cause::Syntax, reason).at(found));
            }
            _ => return Ok((quoted + 1, found)),
        }
    }
}

#[inline]
pub(super) fn skip_space(source: &[u8], start: usize) -> usize {
    let mut at = start;
    while source.get(at).is_some_and(|octet| is_space(*octet)) {
        at += 1;
    }
    at
}

/// The prefix that an attribute of this name declares, if it is a namespace declaration.
fn declared_prefix<'a>(prefix: &'a str, local: &'a str) -> Option<&'a str> {
    match (prefix, local) {
        ("xmlns", _) => Some(local),
        ("", "xmlns") => Some(""),
        _ => None,
    }
}

fn unexpected_in_tag(text: &str, at: usize) -> Error {
    if at >= text.len() {
        return Error::new(Cause::UnexpectedEnd, "the document ends inside a start tag").at(at);
    }
    let found = Found(text, at);
    let reason = format!("white space and an attribute, `>` or `/>` expected, found {found}");
    Error::new(Cause::Syntax, reason).at(at)
}

fn undeclared(prefix: &str, at: usize) -> Error {
    let prefix = excerpt(prefix);
    let reason = format!("the prefix {prefix} is not declared here; add `xmlns:{prefix}`");
    Error::new(Cause::UndeclaredPrefix, reason).at(at)
}

fn duplicate(second: &Attribute<'_>) -> Error {
    let name = excerpt(&second.name.qualified().to_string());
    let reason = format!("the attribute `{name}` repeats one of the same namespace and local name");
    Error::new(Cause::DuplicateAttribute, reason).at(second.range.start)
}
