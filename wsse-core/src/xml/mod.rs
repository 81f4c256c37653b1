//! A strict XML scanner, the one reader of markup in this library.
//!
//! [`Scanner`] reads a document of UTF-8 octets and hands out [`Event`]s that borrow from it.
//! There is no tree, no copy of the document and no recursion; the state is as deep as the
//! elements that are open. It accepts exactly the documents that are well-formed by Extensible
//! Markup Language (XML) 1.0 (fifth edition) and Namespaces in XML 1.0 (third edition), have no
//! document type declaration, declare version 1.0, and stay within the [`Limits`].
//!
//! NOTE where this departs from the recommendations:
//! - A document type declaration is refused, before anything in it is read: SOAP forbids it, and
//!   entities and default attributes let what is signed differ from what is read.
//! - Version numbers other than 1.0 are refused, though a processor of the fifth edition may read
//!   them: canonical XML is defined for 1.0 alone.
//! - Relative namespace names are accepted here, as Namespaces 1.0 has it; canonicalization
//!   refuses them.
//!
//! How it is fast, in the order of what it gives:
//! - Start tags that repeat an earlier one but for the values are recognised, not read (`shape`).
//! - Encoding and characters are checked once, over the whole document, in loops that the compiler
//!   turns into vector instructions (`characters`), and once only where a document is read twice
//!   (`document`); behind that, only delimiters are searched.
//! - Delimiters are searched eight octets at a time, and from 32 on by `memchr` (`wide`).
//! - Prefixes and namespace names are numbers, and a change of scope is undone from a log, so an
//!   element costs the same however many namespaces are in scope (`scope`).
//! - Nothing is copied, and values are normalised only when they are asked for (`event`); an event
//!   is made where it is used, and not at all where it is only shown to a canonicalizer (`scanner`).
//!
//! The way through the files: `scanner` is the walk; `tag` reads start tags, `shape` recognises
//! those that repeat; `scope` knows which prefix means what, `interner` numbers its strings;
//! `held` is what a tag holds, `form` how it is written, `memory` what outlives a document; `names`, `characters` and `references` are the small
//! grammars; `event` is what comes out. Beside the scanner stand [`to_utf8`], the door for documents in
//! other encodings, [`IdIndex`], which knows what an Id is, and [`push_text`] and
//! [`push_attribute`], which write. [`Outline`] indexes the one small part of a message that is
//! looked at more than once, and [`Markup`] is an element to be written.

mod characters;
mod declaration;
mod document;
mod encoding;
mod escape;
mod event;
mod form;
mod held;
mod ids;
mod interner;
mod limits;
mod markup;
mod memory;
mod names;
mod outline;
mod part;
mod references;
mod scanner;
mod scope;
mod shape;
mod stream;
mod tag;
mod wide;
mod window;

#[cfg(test)]
mod tests;

pub use characters::is_ncname;
pub use document::CheckedDocument;
pub use encoding::to_utf8;
pub use escape::{push_attribute, push_text};
pub use event::{Attribute, EndElement, Event, NamespaceDeclaration, StartElement, Text};
pub(crate) use form::TagForm;
pub(crate) use ids::may_be_id;
pub use ids::{IdIndex, Zone, is_id};
pub use limits::Limits;
pub use markup::{Markup, MarkupAttribute};
pub(crate) use memory::MemoryPool;
pub use memory::ScannerMemory;
pub(crate) use names::is_absolute;
pub use names::{Name, NamespaceId};
pub(crate) use outline::OutlineBuilder;
pub use outline::{Element, Outline, OutlineBudget};
pub(crate) use part::{Long, Piece, is_cut, may_be_cut};
pub(crate) use references::{attribute_value, read as read_reference};
pub use scanner::Scanner;
pub(crate) use scanner::Step;
pub(crate) use stream::{Notes, Prefix};
pub use stream::{Stream, Visit};
pub use window::{Source, WindowSize};
