//! Canonical XML: the octets that are signed.
