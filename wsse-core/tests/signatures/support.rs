//! Keys, policies and messages of these tests.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use wsse_core::crypto::{Certificate, Crl, Identity, KeyMaterial};
use wsse_core::time::{FixedClock, TimeProvider, UnixTime, parse_date_time};
use wsse_core::{
    Call, Error, Inbound, InboundBuilder, InboundPolicy, Outbound, OutboundBuilder, OutboundPolicy,
};

pub(crate) const PARTS: &str = "[\"body\", \"timestamp\", \"{urn:addressing}To\"]";

pub(crate) fn octets(name: &str) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/keys").join(name);
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

pub(crate) fn certificate(name: &str) -> Certificate {
    let pem = octets(&format!("{name}.crt.pem"));
    Certificate::many_from_pem(&pem).unwrap().remove(0)
}

pub(crate) fn identity(name: &str) -> Identity {
    let key = KeyMaterial::read(&octets(&format!("{name}.key.pem")), None).unwrap();
    Identity::new(key.private_key.unwrap(), certificate(name), Vec::new()).unwrap()
}

pub(crate) fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock(parse_date_time("2026-05-01T12:00:00Z").unwrap()))
}

pub(crate) fn outbound(policy: &str) -> OutboundBuilder {
    Outbound::builder(OutboundPolicy::from_toml(policy).unwrap()).clock(clock())
}

pub(crate) fn inbound(policy: &str) -> InboundBuilder {
    Inbound::builder(InboundPolicy::from_toml(policy).unwrap()).clock(clock())
}

pub(crate) fn envelope(soap: &str) -> String {
    let namespace = match soap {
        "1.1" => wsse_core::ns::SOAP11,
        _ => wsse_core::ns::SOAP12,
    };
    format!(
        "<?xml version=\"1.0\"?><s:Envelope xmlns:s='{namespace}' xmlns:x='urn:x'>\
         <s:Header><w:To xmlns:w='urn:addressing'>urn:to</w:To><o xmlns='urn:o'/></s:Header>\
         <s:Body><op xmlns='urn:op' b='2'  a='x:1'>text &amp; more</op></s:Body></s:Envelope>"
    )
}

pub(crate) fn sign(reference: &str, name: &str, soap: &str, more: &str) -> Vec<u8> {
    let policy = format!(
        "version = 1\norder = [\"timestamp\", \"signature\"]\n\
         signature = [{{ reference = \"{reference}\", parts = {PARTS}{more} }}]"
    );
    let outbound = outbound(&policy).identity("", identity(name)).build().unwrap();
    outbound.protect(envelope(soap).as_bytes(), &Call::default()).unwrap().into_bytes()
}

pub(crate) fn crl(name: &str) -> Crl {
    Crl::many(&octets(&format!("{name}.crl.pem"))).unwrap().remove(0)
}

pub(crate) struct Movable(AtomicI64);

impl Movable {
    pub(crate) fn new(text: &str) -> Arc<Self> {
        let clock = Arc::new(Self(AtomicI64::new(0)));
        clock.move_to(text);
        clock
    }

    pub(crate) fn move_to(&self, text: &str) {
        self.0.store(parse_date_time(text).unwrap().seconds(), Ordering::Relaxed);
    }
}

impl TimeProvider for Movable {
    fn now(&self) -> Result<UnixTime, Error> {
        Ok(UnixTime::from_seconds(self.0.load(Ordering::Relaxed)))
    }
}
