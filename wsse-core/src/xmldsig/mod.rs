//! XML Signature.
