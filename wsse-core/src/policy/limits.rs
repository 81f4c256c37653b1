//! What is the same for both directions: the limits of a message, and how it is hashed.

use super::document::{Table, write_size};
use crate::error::Error;
use crate::xml::Limits;

pub(super) fn read_limits(table: Option<Table<'_>>) -> Result<Limits, Error> {
    let mut limits = Limits::default();
    let Some(table) = table else { return Ok(limits) };
    table.check_keys(
        &["message", "header", "depth", "attributes", "namespaces", "distinct-namespaces"],
        &[],
    )?;
    for (key, field) in [("message", &mut limits.message), ("header", &mut limits.header)] {
        if let Some(octets) = table.size(key)? {
            *field = octets;
        }
    }
    for (key, field) in [
        ("depth", &mut limits.depth),
        ("attributes", &mut limits.attributes),
        ("namespaces", &mut limits.namespaces),
        ("distinct-namespaces", &mut limits.distinct_namespaces),
    ] {
        if let Some(count) = table.integer(key, 1..=1_000_000)? {
            *field = usize::try_from(count).unwrap_or(usize::MAX);
        }
    }
    Ok(limits)
}

pub(super) fn write_limits(limits: &Limits) -> String {
    format!(
        "{{ message = {}, header = {}, depth = {}, attributes = {}, namespaces = {}, \
         distinct-namespaces = {} }}",
        write_size(limits.message),
        write_size(limits.header),
        limits.depth,
        limits.attributes,
        limits.namespaces,
        limits.distinct_namespaces,
    )
}

pub(super) fn read_second_thread(table: Option<Table<'_>>) -> Result<bool, Error> {
    let Some(table) = table else { return Ok(false) };
    table.check_keys(&["second-thread"], &[])?;
    Ok(table.boolean("second-thread")?.unwrap_or(false))
}
