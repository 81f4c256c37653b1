//! What several tests share.

use std::sync::Arc;
use wsse_core::crypto::{Secret, SecureRandom};
use wsse_core::password::PasswordTable;
use wsse_core::time::{FixedClock, UnixTime};
use wsse_core::{Error, Inbound, InboundPolicy, Outbound, OutboundPolicy};

/// 2024-05-01T12:00:00Z.
pub(crate) const NOON: i64 = 1_714_564_800;

pub(crate) const SOAP11: &str = r#"<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><m:Ping xmlns:m="urn:example"/></S:Body></S:Envelope>"#;

/// Randomness that is always the same.
pub(crate) struct Counting;

impl SecureRandom for Counting {
    fn fill(&self, octets: &mut [u8]) -> Result<(), Error> {
        for (index, octet) in octets.iter_mut().enumerate() {
            *octet = u8::try_from(index % 256).unwrap();
        }
        Ok(())
    }
}

pub(crate) fn clock(seconds: i64) -> Arc<FixedClock> {
    Arc::new(FixedClock(UnixTime::from_seconds(seconds)))
}

pub(crate) fn outbound(policy: &str) -> Outbound {
    Outbound::builder(OutboundPolicy::from_toml(policy).unwrap())
        .username("alice", Secret::new("secret"))
        .clock(clock(NOON))
        .random(Arc::new(Counting))
        .build()
        .unwrap()
}

pub(crate) fn outbound_preset(name: &str) -> Outbound {
    outbound(&OutboundPolicy::preset(name).unwrap().to_toml())
}

pub(crate) fn inbound_at(policy: &str, seconds: i64) -> Inbound {
    Inbound::builder(InboundPolicy::from_toml(policy).unwrap())
        .passwords(PasswordTable::new().with("alice", Secret::new("secret")))
        .clock(clock(seconds))
        .build()
        .unwrap()
}

pub(crate) fn inbound(policy: &str) -> Inbound {
    inbound_at(policy, NOON)
}

pub(crate) fn inbound_preset(name: &str) -> Inbound {
    inbound(&InboundPolicy::preset(name).unwrap().to_toml())
}

/// The folder of the conformance vectors, `WSSE_VECTORS` or beside the checkout. Without it the
/// test says that it is skipped.
pub(crate) fn vectors() -> Option<std::path::PathBuf> {
    let folder = match std::env::var_os("WSSE_VECTORS") {
        Some(folder) => folder.into(),
        None => std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors"),
    };
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: no conformance vectors at {}; set WSSE_VECTORS", folder.display());
    None
}
