//! One walk over a document that feeds all canonicalizers and digests at once.
