//! What goes from a request to its reply.

use pyo3::prelude::*;

/// What ties a reply to its request: from Outbound.protect() to Inbound.validate_reply().
#[pyclass(frozen, module = "wsse")]
pub(crate) struct Exchange(pub(crate) wsse_core::exchange::Exchange);
