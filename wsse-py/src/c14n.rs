//! Canonical XML.

use crate::error::{compute, misuse};
use crate::octets::octets;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use wsse_core::c14n::{Apex, Method, Mode, PrefixList};
use wsse_core::xml::{Limits, is_ncname, to_utf8};

/// The canonical form of an XML document, or of one element with everything in it.
///
/// `method` is "exclusive" (Exclusive XML Canonicalization 1.0, the default), "inclusive"
/// (Canonical XML 1.0) or "inclusive-1.1" (Canonical XML 1.1). `prefixes` is the PrefixList of
/// exclusive canonicalization, "#default" for the default namespace. `id` is the Id of the element
/// (wsu:Id, xml:id, Id, ID or id); None is the document, what stands outside the root included.
///
/// The document may be in UTF-8, UTF-16 or ISO-8859-1; the form is in UTF-8. Raises wsse.Malformed
/// for what is no XML, has a document type declaration, or a namespace name without a scheme;
/// wsse.LimitExceeded; wsse.InvalidSecurity where none or several elements carry the Id;
/// wsse.Misuse for arguments that make no sense.
#[pyfunction]
#[pyo3(signature = (document, *, method = "exclusive", with_comments = false, prefixes = None, id = None))]
pub(crate) fn canonicalize<'py>(
    py: Python<'py>,
    document: &Bound<'py, PyAny>,
    method: &str,
    with_comments: bool,
    prefixes: Option<Vec<String>>,
    id: Option<&str>,
) -> PyResult<Bound<'py, PyBytes>> {
    let document = octets("document", document)?;
    let Some(mode) = Mode::from_name(method) else {
        let names = Mode::ALL.map(Mode::name).join(", ");
        return Err(misuse(py, format!("no method is named {method:?}; there are {names}")));
    };
    let prefixes = prefixes.unwrap_or_default();
    if mode != Mode::Exclusive && !prefixes.is_empty() {
        let reason = "prefixes belong to exclusive canonicalization; the other methods write \
                      every prefix that is in scope";
        return Err(misuse(py, reason));
    }
    let known = |prefix: &&String| is_ncname(prefix) || *prefix == PrefixList::DEFAULT;
    if let Some(prefix) = prefixes.iter().find(|prefix| !known(prefix)) {
        return Err(misuse(py, format!("{prefix:?} is neither a prefix nor #default")));
    }
    let prefixes: PrefixList = prefixes.iter().map(String::as_str).collect();
    let apex = id.map_or(Apex::Document, Apex::Id);
    let canonical = compute(py, || {
        let source = to_utf8(&document, None)?;
        let mut out = Vec::with_capacity(source.len() + source.len() / 4);
        let method = Method { mode, with_comments };
        wsse_core::c14n::canonicalize(
            &source,
            &Limits::default(),
            method,
            &prefixes,
            apex,
            &mut out,
        )
        .map_err(|error| error.locate(&source))?;
        Ok(out)
    })?;
    Ok(PyBytes::new(py, &canonical))
}
