//! Where the parts of an envelope stand.

use crate::error::{Cause, Error};
use crate::ns;
use crate::xml::{
    Attribute, CheckedDocument, Event, Limits, NamespaceId, Outline, OutlineBudget, Scanner,
    ScannerMemory, StartElement, Zone, is_id,
};
use core::ops::Range;
use std::borrow::Cow;

/// A Security header of tokens and signatures has tens of elements; this leaves room for hundreds
/// of references and bounds the memory of the index.
const MOST_SECURITY_ELEMENTS: usize = 4096;

/// A SOAP message that was read once, from its first octet to its last: well-formed, within its
/// limits, an Envelope of at most one Header and exactly one Body.
///
/// Parts are found by their position from the root, never by search.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Envelope<'m> {
    /// The message.
    pub source: &'m [u8],
    /// The version of SOAP.
    pub soap: Soap,
    /// The prefix of the Envelope element.
    pub prefix: &'m str,
    /// The Envelope, from the `<` of its start tag to the `>` of its end tag.
    pub range: Range<usize>,
    /// The start tag of the Envelope.
    pub start_tag: Range<usize>,
    /// The Header.
    pub header: Option<Header>,
    /// The Security header for the actor that was asked for.
    pub security: Option<SecurityHeader<'m>>,
    /// The other header blocks, in document order.
    pub blocks: Vec<HeaderBlock<'m>>,
    /// The Body, from the `<` of its start tag to the `>` of its end tag.
    pub body: Range<usize>,
    /// Namespace name and local name of the first element in the Body: the operation, in most
    /// services.
    pub body_child: Option<(String, &'m str)>,
}

/// The version of SOAP, which the namespace of the Envelope tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there will be no third")]
pub enum Soap {
    /// SOAP 1.1.
    V11,
    /// SOAP 1.2.
    V12,
}

/// The Header element.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Header {
    /// From the `<` of its start tag to the `>` of its end tag.
    pub range: Range<usize>,
    /// Its start tag.
    pub start_tag: Range<usize>,
}

/// A header block that is not the Security header of this receiver.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HeaderBlock<'m> {
    /// Its namespace name.
    pub namespace: String,
    /// Its local name.
    pub local: &'m str,
    /// From the `<` of its start tag to the `>` of its end tag.
    pub range: Range<usize>,
    /// Its start tag.
    pub start_tag: Range<usize>,
    /// Its Id; of several the `wsu:Id`, or else the first.
    pub id: Option<String>,
}

/// Everything before the Body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Head<'m> {
    /// The version of SOAP.
    pub soap: Soap,
    /// The prefix of the Envelope element.
    pub prefix: &'m str,
    /// The start tag of the Envelope.
    pub start_tag: Range<usize>,
    /// The Header.
    pub header: Option<Header>,
    /// The Security header for the actor that was asked for.
    pub security: Option<SecurityHeader<'m>>,
    /// The other header blocks, in document order.
    pub blocks: Vec<HeaderBlock<'m>>,
    /// The start tag of the Body.
    pub body_start_tag: Range<usize>,
    /// The Id of the Body; of several the `wsu:Id`, or else the first.
    pub body_id: Option<String>,
}

/// The Body and what is behind it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tail<'m> {
    /// The Body, from the `<` of its start tag to the `>` of its end tag.
    pub body: Range<usize>,
    /// Namespace name and local name of the first element in the Body.
    pub body_child: Option<(String, Cow<'m, str>)>,
    /// Where the Envelope ends.
    pub end: usize,
}

/// A `wsse:Security` header block.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SecurityHeader<'m> {
    /// Everything in it.
    pub outline: Outline<'m>,
    /// What is in scope inside it: prefix and namespace name.
    pub scope: Vec<(String, String)>,
}

impl Soap {
    /// The namespace name.
    #[must_use]
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::V11 => ns::SOAP11,
            Self::V12 => ns::SOAP12,
        }
    }

    /// The attribute that names the receiver of a header block.
    #[must_use]
    pub const fn actor_attribute(self) -> &'static str {
        match self {
            Self::V11 => "actor",
            Self::V12 => "role",
        }
    }

    pub(super) const fn namespace_id(self) -> NamespaceId {
        match self {
            Self::V11 => NamespaceId::SOAP11,
            Self::V12 => NamespaceId::SOAP12,
        }
    }

    /// Whether a header block with this actor or role is meant for the receiver `wanted`.
    fn is_for(self, found: &str, wanted: &str) -> bool {
        let ultimate = |name: &str| {
            name.is_empty() || (self == Self::V12 && name == ns::SOAP12_ULTIMATE_RECEIVER)
        };
        found == wanted || (ultimate(found) && ultimate(wanted))
    }
}

impl<'m> Envelope<'m> {
    /// Reads a message in UTF-8.
    ///
    /// `actor` is the `S11:actor` or `S12:role` of the Security header that is wanted; empty for
    /// the ultimate receiver. Security headers for others are left alone.
    ///
    /// # Errors
    /// Everything that the scanner refuses; [`Cause::NotAnEnvelope`],
    /// [`Cause::EnvelopeStructure`], [`Cause::HeaderSize`], [`Cause::DuplicateSecurityHeader`],
    /// [`Cause::TokenCount`].
    pub fn parse(source: &'m [u8], limits: &Limits, actor: &str) -> Result<Self, Error> {
        Self::parse_with_memory(source, limits, actor, &mut ScannerMemory::new())
    }

    /// The same with the memory of messages that were read before, which makes it faster and
    /// changes nothing else.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_with_memory(
        source: &'m [u8],
        limits: &Limits,
        actor: &str,
        memory: &mut ScannerMemory,
    ) -> Result<Self, Error> {
        let scanner = Scanner::with_memory(source, limits, memory)?;
        let mut reader = Reader { scanner, limits, actor };
        let envelope = Self::read(source, &mut reader);
        *memory = reader.scanner.into_memory();
        envelope
    }

    fn read(source: &'m [u8], reader: &mut Reader<'m, '_>) -> Result<Self, Error> {
        let (head, body) = Head::read(reader)?;
        let (body, body_child, end) = reader.rest(&body)?;
        let Head { soap, prefix, start_tag, header, security, blocks, .. } = head;
        Ok(Self {
            source,
            soap,
            prefix,
            range: start_tag.start..end,
            start_tag,
            header,
            security,
            blocks,
            body,
            body_child,
        })
    }
}

impl<'m> Head<'m> {
    /// Reads a message up to the start tag of its Body. What follows is not looked at: the message
    /// is judged by [`super::walk`], or by a [`Rest`].
    ///
    /// # Errors
    /// As [`Envelope::parse`], as far as it reads.
    pub fn parse<'l>(
        source: &'m [u8],
        limits: &'l Limits,
        actor: &'l str,
        memory: &mut ScannerMemory,
    ) -> Result<(Self, Rest<'m, 'l>), Error> {
        let scanner = Scanner::with_memory(source, limits, memory)?;
        Self::parse_by(Reader { scanner, limits, actor }, memory)
    }

    /// The same for a document whose octets were looked at.
    pub(crate) fn of<'l>(
        document: CheckedDocument<'m>,
        limits: &'l Limits,
        actor: &'l str,
        memory: &mut ScannerMemory,
    ) -> Result<(Self, Rest<'m, 'l>), Error> {
        let scanner = Scanner::of(document, limits, memory);
        Self::parse_by(Reader { scanner, limits, actor }, memory)
    }

    fn parse_by<'l>(
        mut reader: Reader<'m, 'l>,
        memory: &mut ScannerMemory,
    ) -> Result<(Self, Rest<'m, 'l>), Error> {
        match Self::read(&mut reader) {
            Ok((head, body)) => Ok((head, Rest { reader, body })),
            Err(error) => {
                *memory = reader.scanner.into_memory();
                Err(error)
            }
        }
    }

    fn read(reader: &mut Reader<'m, '_>) -> Result<(Self, StartElement<'m>), Error> {
        let (soap, start) = reader.root()?;
        let mut found = HeaderParts::default();
        loop {
            match reader.scanner.next()? {
                Event::StartElement(child) => {
                    let is = |local| child.name.is(soap.namespace_id(), local);
                    if is("Header") && found.header.is_none() {
                        found = reader.header(soap, &child)?;
                    } else if is("Body") {
                        reader.check_header_size(child.range.start)?;
                        let head = Self {
                            soap,
                            prefix: start.name.prefix,
                            start_tag: start.range,
                            header: found.header,
                            security: found.security,
                            blocks: found.blocks,
                            body_start_tag: child.range.clone(),
                            body_id: reader.id(&child),
                        };
                        return Ok((head, child));
                    } else {
                        return Err(misplaced(&child, false));
                    }
                }
                Event::Text(text) => {
                    check_white_space(&text.value(), text.range.start, "Envelope")?
                }
                Event::EndElement(end) => {
                    let reason = "the Envelope has no Body";
                    return Err(Error::new(Cause::EnvelopeStructure, reason).at(end.range.start));
                }
                Event::Comment(_) | Event::ProcessingInstruction(_) => {}
                Event::EndDocument => return Err(unexpected_end(&[])),
            }
        }
    }
}

/// A message whose head was read, to be read to its end.
pub struct Rest<'m, 'l> {
    reader: Reader<'m, 'l>,
    body: StartElement<'m>,
}

impl<'m> Rest<'m, '_> {
    /// Reads the Body and what is behind it.
    ///
    /// # Errors
    /// As [`Envelope::parse`].
    pub fn read(mut self, memory: &mut ScannerMemory) -> Result<Tail<'m>, Error> {
        let tail = self.reader.tail(&self.body);
        *memory = self.reader.scanner.into_memory();
        tail
    }

    /// The prefixes in scope in the Body, its own declarations included, empty for the default
    /// namespace: what a PrefixList for it can name.
    pub fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.reader.scanner.in_scope().map(|(prefix, _)| prefix)
    }

    /// Leaves the rest to others, who read the whole message again.
    pub fn leave(self, memory: &mut ScannerMemory) -> CheckedDocument<'m> {
        let document = self.reader.scanner.document();
        *memory = self.reader.scanner.into_memory();
        document
    }
}

#[derive(Default)]
struct HeaderParts<'m> {
    header: Option<Header>,
    security: Option<SecurityHeader<'m>>,
    blocks: Vec<HeaderBlock<'m>>,
}

struct Reader<'m, 'l> {
    scanner: Scanner<'m>,
    limits: &'l Limits,
    actor: &'l str,
}

impl<'m> Reader<'m, '_> {
    fn root(&mut self) -> Result<(Soap, StartElement<'m>), Error> {
        loop {
            match self.scanner.next()? {
                Event::StartElement(start) => {
                    let soap = if start.name.is(NamespaceId::SOAP11, "Envelope") {
                        Soap::V11
                    } else if start.name.is(NamespaceId::SOAP12, "Envelope") {
                        Soap::V12
                    } else {
                        let name = start.name.qualified().to_string();
                        let namespace = self.scanner.namespace_name(start.name.namespace);
                        return Err(Error::new(
                            Cause::NotAnEnvelope,
                            format!(
                                "the root element is {name} in the namespace {namespace:?}, not a \
                                 SOAP 1.1 or 1.2 Envelope"
                            ),
                        )
                        .at(start.range.start));
                    };
                    return Ok((soap, start));
                }
                Event::EndDocument => {
                    return Err(Error::new(Cause::EmptyDocument, "the message is empty"));
                }
                _ => self.check_header_size(self.scanner.position())?,
            }
        }
    }

    fn header(&mut self, soap: Soap, start: &StartElement<'m>) -> Result<HeaderParts<'m>, Error> {
        let mut security = None;
        let mut blocks = Vec::new();
        loop {
            match self.scanner.next()? {
                Event::StartElement(block) => {
                    if !block.name.is(NamespaceId::WSSE, "Security") || !self.is_for_us(soap) {
                        blocks.push(self.block(&block)?);
                    } else if security.is_none() {
                        security = Some(self.security(&block)?);
                    } else {
                        return Err(Error::new(
                            Cause::DuplicateSecurityHeader,
                            "two Security headers are meant for the same receiver (SOAP Message \
                             Security 1.1.1, section 5)",
                        )
                        .at(block.range.start));
                    }
                }
                Event::Text(text) => check_white_space(&text.value(), text.range.start, "Header")?,
                Event::EndElement(end) => {
                    let range = start.range.start..end.range.end;
                    let header = Some(Header { range, start_tag: start.range.clone() });
                    return Ok(HeaderParts { header, security, blocks });
                }
                Event::Comment(_) | Event::ProcessingInstruction(_) => {}
                Event::EndDocument => return Err(unexpected_end(&[])),
            }
            self.check_header_size(self.scanner.position())?;
        }
    }

    fn is_for_us(&self, soap: Soap) -> bool {
        let found = self
            .scanner
            .attribute(soap.namespace_id(), soap.actor_attribute())
            .map_or(Cow::Borrowed(""), Attribute::value);
        soap.is_for(&found, self.actor)
    }

    fn block(&mut self, start: &StartElement<'m>) -> Result<HeaderBlock<'m>, Error> {
        let namespace = self.scanner.namespace_name(start.name.namespace).to_owned();
        let id = self.id(start);
        let range = self.scanner.skip_element()?;
        let start_tag = start.range.clone();
        Ok(HeaderBlock { namespace, local: start.name.local, range, start_tag, id })
    }

    fn id(&self, start: &StartElement<'m>) -> Option<String> {
        let held = self.scanner.attributes();
        // Of several, the one that every receiver knows.
        let id = held
            .iter()
            .find(|held| held.name.is(NamespaceId::WSU, "Id"))
            .or_else(|| held.iter().find(|held| is_id(Zone::Structure, &start.name, &held.name)))?;
        Some(id.value().into_owned())
    }

    fn scope(&self) -> Vec<(String, String)> {
        let name = |(prefix, namespace): (&str, NamespaceId)| {
            (prefix.to_owned(), self.scanner.namespace_name(namespace).to_owned())
        };
        self.scanner.in_scope().map(name).collect()
    }

    fn security(&mut self, start: &StartElement<'m>) -> Result<SecurityHeader<'m>, Error> {
        let scope = self.scope();
        let budget = OutlineBudget { elements: MOST_SECURITY_ELEMENTS, end: self.limits.header };
        let outline = Outline::read(&mut self.scanner, start, &budget)?;
        Ok(SecurityHeader { outline, scope })
    }

    #[expect(clippy::type_complexity, reason = "the two facts about a Body, used once")]
    fn body(
        &mut self,
        start: &StartElement<'m>,
    ) -> Result<(Range<usize>, Option<(String, &'m str)>), Error> {
        let mut first = None;
        loop {
            match self.scanner.next()? {
                Event::StartElement(child) => {
                    if first.is_none() {
                        let namespace = self.scanner.namespace_name(child.name.namespace);
                        first = Some((namespace.to_owned(), child.name.local));
                    }
                    self.scanner.skip_element()?;
                }
                Event::EndElement(end) => return Ok((start.range.start..end.range.end, first)),
                Event::EndDocument => return Err(unexpected_end(&[])),
                _ => {}
            }
        }
    }

    fn tail(&mut self, body: &StartElement<'m>) -> Result<Tail<'m>, Error> {
        let (body, body_child, end) = self.rest(body)?;
        let body_child = body_child.map(|(namespace, local)| (namespace, Cow::Borrowed(local)));
        Ok(Tail { body, body_child, end })
    }

    /// The Body, the first element in it, and where the Envelope ends.
    #[expect(clippy::type_complexity, reason = "the three facts about a rest, used twice")]
    fn rest(
        &mut self,
        body: &StartElement<'m>,
    ) -> Result<(Range<usize>, Option<(String, &'m str)>, usize), Error> {
        let (body, body_child) = self.body(body)?;
        let mut end = body.end;
        loop {
            match self.scanner.next()? {
                Event::StartElement(child) => return Err(misplaced(&child, true)),
                Event::Text(text) => {
                    check_white_space(&text.value(), text.range.start, "Envelope")?
                }
                Event::EndElement(element) => end = element.range.end,
                Event::Comment(_) | Event::ProcessingInstruction(_) => {}
                Event::EndDocument => return Ok((body, body_child, end)),
            }
        }
    }

    fn check_header_size(&self, position: usize) -> Result<(), Error> {
        if position <= self.limits.header {
            return Ok(());
        }
        Err(Error::new(
            Cause::HeaderSize,
            format!("more than {} octets stand before the Body", self.limits.header),
        )
        .at(position))
    }
}

pub(super) fn misplaced(child: &StartElement<'_>, after_body: bool) -> Error {
    let name = child.name.qualified().to_string();
    let reason = if after_body {
        format!("the element {name} stands after the Body; nothing may")
    } else {
        format!("the element {name} stands in the Envelope; expected one Header, then one Body")
    };
    Error::new(Cause::EnvelopeStructure, reason).at(child.range.start)
}

pub(super) fn check_white_space(text: &str, offset: usize, within: &str) -> Result<(), Error> {
    if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
        return Ok(());
    }
    let reason = format!("text stands directly in the {within}, which holds elements only");
    Err(Error::new(Cause::EnvelopeStructure, reason).at(offset))
}

/// The scanner reports an element that is still open at the end, so this is never reached by it.
fn unexpected_end(source: &[u8]) -> Error {
    Error::new(Cause::UnexpectedEnd, "the message ends inside the Envelope").at(source.len())
}
