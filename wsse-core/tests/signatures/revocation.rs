//! Certificates that their issuers revoked.

use crate::support::{Movable, certificate, crl, envelope, identity, inbound, octets, outbound};
use std::sync::Arc;
use wsse_core::crypto::Crl;
use wsse_core::time::TimeProvider;
use wsse_core::xmldsig::Step;
use wsse_core::{Call, Cause, Inbound, InboundBuilder};

const GOOD: Outcome = Ok(0);
const REVOKED: Outcome = Err(Cause::RevokedCertificate);
const UNKNOWN: Outcome = Err(Cause::RevocationUnknown);

/// How much was not known of who is believed; or why a message was refused.
type Outcome = Result<usize, Cause>;

fn message(name: &str) -> Vec<u8> {
    let outbound = outbound("version = 1\nsignature = [{ parts = [\"body\"] }]");
    let outbound = outbound.identity("", identity(name)).build().unwrap();
    outbound.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap().into_bytes()
}

fn policy(revocation: &str) -> InboundBuilder {
    inbound(&format!(
        "version = 1\nrequire = {{ signed = [\"body\"] }}\ntrust = {{ {revocation} }}"
    ))
}

fn with(mut builder: InboundBuilder, crls: &[&str]) -> InboundBuilder {
    for name in crls {
        builder = builder.crl(crl(name));
    }
    builder
}

fn outcome(inbound: &Inbound, name: &str) -> Outcome {
    let mut unknown = 0;
    let mut trace = |step: &Step<'_>| {
        if let Step::Unknown { reason, .. } = step {
            assert!(reason.starts_with("whether the certificate of CN="), "{reason}");
            unknown += 1;
        }
    };
    let outcome = inbound.validate_traced(&message(name), None, None, &mut trace);
    outcome.map(|_| unknown).map_err(|error| error.cause())
}

/// What comes of `client` and of `server` with these CRLs, softly and strictly; each twice, so that
/// the second one finds the path.
#[track_caller]
fn expect(anchor: &str, between: &str, crls: &[&str], soft: [Outcome; 2], required: [Outcome; 2]) {
    for (setting, expected) in [("", soft), ("revocation = \"required\"", required)] {
        let builder = policy(setting).anchor("", certificate(anchor));
        let inbound = with(builder.untrusted(certificate(between)), crls).build().unwrap();
        for (name, expected) in ["client", "server"].into_iter().zip(expected) {
            for _ in 0..2 {
                assert_eq!(outcome(&inbound, name), expected, "{name} {crls:?} {setting:?}");
            }
        }
    }
}

#[test]
fn a_list_of_every_issuer_says_who_was_revoked() {
    let anchored = |crls: &[&str], soft, required| {
        expect("root", "intermediate", crls, soft, required);
    };
    anchored(&["root", "intermediate"], [GOOD, REVOKED], [GOOD, REVOKED]);
    // One is missing: softly that is told, once for each certificate.
    anchored(&["intermediate"], [Ok(1), REVOKED], [UNKNOWN, REVOKED]);
    anchored(&["root"], [Ok(1), Ok(1)], [UNKNOWN, UNKNOWN]);
    // The intermediate is revoked, and so is whoever it issued.
    anchored(&["root-revoked", "intermediate"], [REVOKED, REVOKED], [REVOKED, REVOKED]);
    anchored(&["root-revoked"], [REVOKED, REVOKED], [UNKNOWN, UNKNOWN]);
    // The list of somebody else who has the issuer's name.
    anchored(&["root", "impostor"], [Ok(1), Ok(1)], [UNKNOWN, UNKNOWN]);
    anchored(&["root", "impostor", "intermediate"], [GOOD, REVOKED], [GOOD, REVOKED]);
    anchored(&["root", "intermediate", "impostor"], [GOOD, REVOKED], [GOOD, REVOKED]);
    // Stale: nobody is known to be good, and who was revoked stays so.
    anchored(&["root", "intermediate-expired"], [Ok(1), REVOKED], [UNKNOWN, REVOKED]);
    anchored(&["root", "intermediate-notyet"], [Ok(1), REVOKED], [UNKNOWN, REVOKED]);
}

#[test]
fn an_anchor_needs_no_list() {
    expect("intermediate", "root", &["intermediate"], [GOOD, REVOKED], [GOOD, REVOKED]);
    // One that lists the anchor itself is heeded where it can be checked.
    let both = [REVOKED, REVOKED];
    expect("intermediate", "root", &["intermediate", "root-revoked"], both, both);
    let unchecked = ["intermediate", "root-revoked"];
    expect("intermediate", "server", &unchecked, [GOOD, REVOKED], [GOOD, REVOKED]);
}

#[test]
fn an_issuer_that_may_not_sign_lists_has_none() {
    let crls = ["root", "intermediate"];
    expect("root", "no-crl-sign", &crls, [Ok(1), Ok(1)], [UNKNOWN, UNKNOWN]);
}

#[test]
fn pins_heed_the_lists_that_are_given() {
    let pinned = |setting: &str, issuer: Option<&str>, crls: &[&str]| {
        let mut builder = policy(setting).certificate("", certificate("client"));
        builder = builder.certificate("", certificate("server"));
        if let Some(issuer) = issuer {
            builder = builder.untrusted(certificate(issuer));
        }
        let inbound = with(builder, crls).build().unwrap();
        [outcome(&inbound, "client"), outcome(&inbound, "server")]
    };
    let required = "revocation = \"required\"";
    for setting in ["", required] {
        assert_eq!(pinned(setting, Some("intermediate"), &["intermediate"]), [GOOD, REVOKED]);
        // Nobody's list is owed for a pin.
        assert_eq!(pinned(setting, Some("intermediate"), &["root"]), [GOOD, GOOD]);
    }
    for (issuer, crls) in [
        (None, ["intermediate"]),
        (Some("impostor-intermediate"), ["impostor"]),
        (Some("intermediate"), ["impostor"]),
    ] {
        assert_eq!(pinned("", issuer, &crls), [Ok(1), Ok(1)], "{issuer:?}");
        assert_eq!(pinned(required, issuer, &crls), [UNKNOWN, UNKNOWN], "{issuer:?}");
    }
    let stale = ["intermediate-expired"];
    assert_eq!(pinned("", Some("intermediate"), &stale), [Ok(1), REVOKED]);
    assert_eq!(pinned(required, Some("intermediate"), &stale), [UNKNOWN, REVOKED]);
}

#[test]
fn a_path_that_was_found_ends_with_its_lists() {
    let clock = Movable::new("2020-06-01T00:00:00Z");
    for (setting, crls, steps) in [
        (
            "",
            ["root", "intermediate-expired"],
            [
                ("2020-06-01T00:00:00Z", Ok(0)),
                ("2021-12-31T23:59:59Z", Ok(0)),
                ("2022-01-01T00:00:00Z", Ok(1)),
                ("2030-01-01T00:00:00Z", Ok(1)),
            ],
        ),
        (
            "revocation = \"required\"",
            ["root", "intermediate-expired"],
            [
                ("2020-06-01T00:00:00Z", Ok(0)),
                ("2021-12-31T23:59:59Z", Ok(0)),
                ("2022-01-01T00:00:00Z", UNKNOWN),
                ("2030-01-01T00:00:00Z", UNKNOWN),
            ],
        ),
        (
            "",
            ["root", "intermediate-notyet"],
            [
                ("2020-06-01T00:00:00Z", Ok(1)),
                ("2097-12-31T23:59:59Z", Ok(1)),
                ("2098-01-01T00:00:00Z", Ok(0)),
                ("2098-06-01T00:00:00Z", Ok(0)),
            ],
        ),
    ] {
        let builder = policy(setting).anchor("", certificate("root"));
        let builder = builder.untrusted(certificate("intermediate"));
        let clock_of = Arc::clone(&clock) as Arc<dyn TimeProvider>;
        let inbound = with(builder, &crls).clock(clock_of).build().unwrap();
        for _ in 0..2 {
            for (at, expected) in steps {
                clock.move_to(at);
                assert_eq!(outcome(&inbound, "client"), expected, "{at} {crls:?} {setting:?}");
            }
        }
    }
    // A list that is not yet valid tells of the day on which a certificate was revoked.
    let builder = policy("").anchor("", certificate("intermediate"));
    let builder = with(builder, &["intermediate-notyet"]).clock(Arc::clone(&clock) as _);
    let inbound = builder.build().unwrap();
    for _ in 0..2 {
        for (at, expected) in [("2020-12-31T23:59:59Z", Ok(1)), ("2021-01-01T00:00:00Z", REVOKED)] {
            clock.move_to(at);
            assert_eq!(outcome(&inbound, "server"), expected, "{at}");
        }
    }
}

#[test]
fn where_validity_is_not_asked_for_lists_have_no_age() {
    let builder = policy("validity = false, revocation = \"required\"");
    let builder = builder.anchor("", certificate("intermediate"));
    let inbound = with(builder, &["intermediate-notyet"]).build().unwrap();
    assert_eq!(outcome(&inbound, "client"), GOOD);
    assert_eq!(outcome(&inbound, "server"), REVOKED);
}

#[test]
fn anybody_may_sign_but_who_was_revoked() {
    let policy = "version = 1\nrequire = { signed = [\"body\"], signer = \"any\" }";
    let builder = inbound(policy).anchor("", certificate("intermediate"));
    let inbound = with(builder, &["intermediate"]).build().unwrap();
    assert_eq!(outcome(&inbound, "selfsigned"), GOOD);
    assert_eq!(outcome(&inbound, "server"), REVOKED);
}

#[test]
fn lists_that_are_given_are_used_and_those_that_are_required_are_given() {
    let build = |setting: &str, crls: &[&str]| {
        let builder = policy(setting).anchor("", certificate("root"));
        with(builder, crls).build().map(drop).map_err(|error| error.cause())
    };
    assert_eq!(build("revocation = \"off\"", &[]), Ok(()));
    assert_eq!(build("revocation = \"off\"", &["root"]), Err(Cause::InvalidArgument));
    assert_eq!(build("revocation = \"required\"", &[]), Err(Cause::MissingCredential));
    assert_eq!(build("revocation = \"required\"", &["root"]), Ok(()));
    assert_eq!(build("", &["root"; 64]), Ok(()));
    assert_eq!(build("", &["root"; 65]), Err(Cause::InvalidArgument));
}

#[test]
fn files_of_lists_are_read_and_others_are_not() {
    let pem = octets("intermediate.crl.pem");
    let root = octets("root.crl.pem");
    let der = octets("intermediate.crl.der");
    let read = |octets: &[u8]| Crl::many(octets).map(|all| all.len());
    assert_eq!(read(&pem).unwrap(), 1);
    assert_eq!(read(&der).unwrap(), 1);
    assert_eq!(read(&[pem.clone(), root].concat()).unwrap(), 2);
    for (what, octets, reason) in [
        ("delta", octets("intermediate-delta.crl.pem"), "delta CRL"),
        ("indirect", octets("intermediate-indirect.crl.pem"), "issuingDistributionPoint"),
        ("users", octets("intermediate-users.crl.pem"), "issuingDistributionPoint"),
        ("unknown", octets("intermediate-unknown.crl.pem"), "1.3.6.1.4.1.99999.1 is not known"),
        ("certificate", octets("client.crt.pem"), "\"CERTIFICATE\", which is no CRL"),
        ("certificate in DER", octets("client.crt.der"), "no X.509 CRL"),
        ("both", [pem.clone(), octets("client.crt.pem")].concat(), "which is no CRL"),
        ("more octets", [&der[..], &[0]].concat(), "or there are more"),
        ("fewer octets", der[..der.len() - 1].to_vec(), "no X.509 CRL"),
        ("nothing", Vec::new(), "no X.509 CRL"),
        ("too many", pem.repeat(65), "more than 64"),
        ("too large", vec![0x30; (8 << 20) + 1], "more than 8388608 octets"),
    ] {
        let error = Crl::many(&octets).unwrap_err();
        assert_eq!(error.cause(), Cause::UnreadableCrl, "{what}: {error}");
        assert!(error.reason().contains(reason), "{what}: {error}");
    }
}

#[test]
fn no_octet_of_a_list_can_be_changed() {
    let der = octets("intermediate.crl.der");
    let issuer = certificate("intermediate");
    for place in 0..der.len() {
        let mut changed = der.clone();
        changed[place] ^= 1;
        if let Ok(crl) = Crl::from_der(&changed) {
            assert!(!crl.is_signed_by(issuer.public_key()), "octet {place}");
        }
    }
    assert!(Crl::from_der(&der).unwrap().is_signed_by(issuer.public_key()));
}
