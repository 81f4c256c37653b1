//! Whom an Inbound believes.

use crate::support::{
    Movable, PARTS, certificate, envelope, identity, inbound, octets, outbound, sign,
};
use std::sync::Arc;
use wsse_core::crypto::{Identity, KeyMaterial};
use wsse_core::time::TimeProvider;
use wsse_core::{Call, Cause};

#[test]
fn trust_is_decided_by_the_policy() {
    let message = |name: &str| sign("binary-security-token", name, "1.1", "");
    let require = format!("version = 1\nrequire = {{ signed = {PARTS} }}");
    let anchored = |at: &str| {
        let builder = inbound(&require).anchor("", certificate(at));
        builder.untrusted(certificate("intermediate")).build().unwrap()
    };
    for name in ["client", "ec256", "eku-critical", "names"] {
        for anchor in ["root", "intermediate"] {
            let outcome = anchored(anchor).validate(&message(name));
            if name != "names" {
                outcome.unwrap_or_else(|error| panic!("{name} {anchor}: {error}"));
            }
        }
    }
    for (name, cause) in [
        ("impostor", Cause::UntrustedCertificate),
        ("selfsigned", Cause::UntrustedCertificate),
        ("expired", Cause::CertificateValidity),
        ("notyet", Cause::CertificateValidity),
        ("small1024", Cause::KeyTooSmall),
    ] {
        let error = anchored("root").validate(&message(name)).unwrap_err();
        assert_eq!(error.cause(), cause, "{name}: {error}");
    }
    let other = anchored("other-root").validate(&message("client")).unwrap_err();
    assert_eq!(other.cause(), Cause::UntrustedCertificate);
}

#[test]
fn a_path_that_was_found_ends_with_its_certificates() {
    let policy = "version = 1\nsignature = [{ parts = [\"body\"] }]";
    let outbound = outbound(policy).identity("", identity("expired")).build().unwrap();
    let message =
        || outbound.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap().into_bytes();
    let clock = Movable::new("2020-01-01T00:00:00Z");
    let inbound = inbound("version = 1\nrequire = { signed = [\"body\"] }")
        .anchor("", certificate("root"))
        .untrusted(certificate("intermediate"))
        .clock(Arc::clone(&clock) as Arc<dyn TimeProvider>)
        .build()
        .unwrap();
    for _ in 0..2 {
        for (at, cause) in [
            ("2020-01-01T00:00:00Z", None),
            ("2020-06-01T00:00:00Z", None),
            ("2020-12-31T23:59:58Z", None),
            ("2021-01-01T00:00:00Z", Some(Cause::CertificateValidity)),
            ("2019-12-31T23:59:59Z", Some(Cause::CertificateValidity)),
            ("2020-06-02T00:00:00Z", None),
        ] {
            clock.move_to(at);
            let found = inbound.validate(&message()).err().map(|error| error.cause());
            assert_eq!(found, cause, "{at}");
        }
    }
}

#[test]
fn a_path_that_was_found_holds_for_the_certificates_that_it_was_found_for() {
    let key = KeyMaterial::read(&octets("client.key.pem"), None).unwrap().private_key.unwrap();
    let with = |chain| Identity::new(key.clone(), certificate("client"), chain).unwrap();
    let message = |identity: Identity| {
        let policy = "version = 1\nsignature = [{ reference = \"x509-data\", parts = [\"body\"] }]";
        let outbound = outbound(policy).identity("", identity).build().unwrap();
        outbound.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap().into_bytes()
    };
    let inbound = inbound("version = 1\nrequire = { signed = [\"body\"] }")
        .anchor("", certificate("root"))
        .build()
        .unwrap();
    for _ in 0..2 {
        inbound.validate(&message(with(vec![certificate("intermediate")]))).unwrap();
        let error = inbound.validate(&message(with(Vec::new()))).unwrap_err();
        assert_eq!(error.cause(), Cause::UntrustedCertificate);
        let impostor = message(with(vec![certificate("impostor-intermediate")]));
        let error = inbound.validate(&impostor).unwrap_err();
        assert_eq!(error.cause(), Cause::UntrustedCertificate);
    }
}
