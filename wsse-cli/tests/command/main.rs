//! The built command against its contract.

mod common;
mod contract;
mod header;
mod message;
mod output;
mod token;
mod vectors;
