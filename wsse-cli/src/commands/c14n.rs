//! `wsse c14n`.

use super::signature::read_document;
use crate::Streams;
use crate::arguments::Canonicalize;
use crate::files;
use wsse_core::c14n::{Apex, Method, Mode, PrefixList, canonicalize};
use wsse_core::xml::{Limits, to_utf8};
use wsse_core::{Cause, Error};

pub(super) fn write(options: &Canonicalize, streams: &mut Streams<'_>) -> Result<(), Error> {
    let method = Method { mode: options.method, with_comments: options.with_comments };
    let prefixes: PrefixList = options.prefixes.iter().map(String::as_str).collect();
    if method.mode != Mode::Exclusive && !prefixes.is_empty() {
        let reason = "--prefix belongs to exclusive canonicalization; the others write every \
                      prefix that is in scope";
        return Err(Error::new(Cause::InvalidArgument, reason));
    }
    let limits = Limits::default();
    let document = read_document(options.files.input.as_deref(), limits.message, streams)?;
    let source = to_utf8(&document, None)?;
    let apex = options.id.as_deref().map_or(Apex::Document, Apex::Id);
    let mut out = Vec::with_capacity(source.len() + source.len() / 4);
    canonicalize(&source, &limits, method, &prefixes, apex, &mut out)
        .map_err(|error| error.locate(&source))?;
    files::write(options.files.output.as_deref(), &out, streams)
}
