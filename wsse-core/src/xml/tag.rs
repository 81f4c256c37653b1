//! Start tags: attributes, namespace declarations, and what their prefixes mean.

use super::characters::is_space;
use super::event::{Attribute, NamespaceDeclaration};
use super::limits::Limits;
use super::names::{self, Found, Name, NamespaceId, RawName, excerpt};
use super::references;
use super::scope::Scope;
use super::shape::Shapes;
use super::wide::Needles;
use crate::error::{Cause, Error};

/// Reads start tags, and keeps what the latest one held.
#[derive(Debug)]
pub(super) struct Tags<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) declarations: Vec<NamespaceDeclaration<'a>>,
    shapes: Shapes<'a>,
    attributes_limit: usize,
}

/// What a start tag says besides its attributes.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    pub(super) name: Name<'a>,
    pub(super) name_end: usize,
    /// The place behind the `>`.
    pub(super) end: usize,
    pub(super) empty: bool,
}

impl<'a> Tags<'a> {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            scope: Scope::new(limits),
            attributes: Vec::with_capacity(8),
            declarations: Vec::with_capacity(8),
            shapes: Shapes::new(),
            attributes_limit: limits.attributes,
        }
    }

    /// Start tags that were recognised by their shape.
    pub(super) fn recognised(&self) -> usize {
        self.shapes.recognised()
    }

    /// Reads the start tag whose `<` stands at `start` (XML 1.0, productions 40 and 44), and
    /// takes its declarations into the scope.
    #[inline]
    pub(super) fn read(&mut self, text: &'a str, start: usize) -> Result<Tag<'a>, Error> {
        self.declarations.clear();
        let Self { shapes, scope, attributes, declarations, .. } = self;
        match shapes.guess(text, start, scope, attributes, declarations) {
            Some(tag) => Ok(tag),
            None => self.read_unexpected(text, start),
        }
    }

    fn read_unexpected(&mut self, text: &'a str, start: usize) -> Result<Tag<'a>, Error> {
        let name = names::read(text, start + 1)?;
        let Self { shapes, scope, attributes, declarations, .. } = self;
        if let Some(tag) = shapes.find(text, start, name.end, scope, attributes, declarations) {
            return Ok(tag);
        }
        let tag = self.read_in_full(text, &name)?;
        let Self { shapes, scope, attributes, declarations, .. } = self;
        shapes.learn(text, start, &tag, scope, attributes, declarations);
        Ok(tag)
    }

    fn read_in_full(&mut self, text: &'a str, name: &RawName) -> Result<Tag<'a>, Error> {
        let source = text.as_bytes();
        let mark = self.scope.mark();
        self.attributes.clear();
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
        let name_end = name.end;
        let name = self.resolve_element(text, name)?;
        if prefixed {
            self.resolve_attributes(text)?;
        }
        if self.attributes.len() > 1 {
            self.check_duplicates()?;
        }
        Ok(Tag { name, name_end, end: at + if empty { 2 } else { 1 }, empty })
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
        if self.attributes.len() + self.declarations.len() >= self.attributes_limit {
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
                self.declarations.push(NamespaceDeclaration { prefix, namespace, raw, range });
            }
            None => {
                *prefixed |= !prefix.is_empty();
                // The namespace follows when all declarations of the tag are known.
                let name = Name { namespace: NamespaceId::NONE, prefix, local };
                self.attributes.push(Attribute { name, raw, range });
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
        for attribute in &mut self.attributes {
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
        let mut rest = self.attributes.as_slice();
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
