//! Whom we believe.
