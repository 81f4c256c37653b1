//! Encryption of documents that are no messages.
