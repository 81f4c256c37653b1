//! The syntax of KeyInfo.
