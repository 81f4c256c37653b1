//! `wsse c14n`.

use crate::Streams;
use crate::arguments::Canonicalize;
use crate::files;
use wsse_core::Error;
use wsse_core::c14n::{Apex, Method, PrefixList, canonicalize};
use wsse_core::xml::{Limits, to_utf8};

pub(super) fn run(options: &Canonicalize, streams: &mut Streams<'_>) -> Result<(), Error> {
    let files = &options.files;
    let limits = Limits::default();
    let document = files::read(files.input.as_deref(), limits.message, "the document", streams)?;
    let source = to_utf8(&document, None)?;
    let method = Method { mode: options.method.mode(), with_comments: options.with_comments };
    let prefixes: PrefixList = options.prefixes.iter().map(String::as_str).collect();
    let apex = options.id.as_deref().map_or(Apex::Document, Apex::Id);
    let mut out = Vec::with_capacity(source.len());
    canonicalize(&source, &limits, method, &prefixes, apex, &mut out)
        .map_err(|error| error.locate(&source))?;
    files::write(files.output.as_deref(), &out, streams)
}
