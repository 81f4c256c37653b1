//! What is demanded of a signer beside a path, and who has the last word.

use crate::support::{PARTS, certificate, inbound, octets, sign};
use std::sync::{Arc, Mutex};
use wsse_core::crypto::{KeyMaterial, PublicKey};
use wsse_core::trust::{Candidate, TrustDecision};
use wsse_core::{Cause, Error, InboundBuilder, InboundPolicy};

fn message(name: &str) -> Vec<u8> {
    sign("binary-security-token", name, "1.1", "")
}

fn policy(more: &str) -> InboundBuilder {
    inbound(&format!("version = 1\nrequire = {{ signed = {PARTS} }}\n{more}"))
}

fn outcome(builder: &InboundBuilder, name: &str) -> Result<(), Cause> {
    let inbound = builder.clone().build().unwrap();
    inbound.validate(&message(name)).map(drop).map_err(|error| error.cause())
}

#[test]
fn an_authority_issues_only_the_names_that_it_may() {
    let from = |anchor: &str| {
        policy("").anchor("", certificate(anchor)).untrusted(certificate("constrained"))
    };
    assert_eq!(outcome(&from("root"), "inside"), Ok(()));
    assert_eq!(outcome(&from("root"), "outside"), Err(Cause::UntrustedCertificate));
    let error = from("root").build().unwrap().validate(&message("outside")).unwrap_err();
    assert!(error.reason().contains("permitted subtree violation"), "{error}");
    // OpenSSL honours the constraints of an anchor, too.
    assert_eq!(outcome(&from("constrained"), "inside"), Ok(()));
    assert_eq!(outcome(&from("constrained"), "outside"), Err(Cause::UntrustedCertificate));
    assert_eq!(outcome(&policy("").certificate("", certificate("outside")), "outside"), Ok(()));
}

#[test]
fn a_purpose_is_demanded_where_the_policy_names_one() {
    let demands = |purposes: &str| {
        let trust = format!("trust = {{ extended-key-usage = [{purposes}] }}");
        policy(&trust).anchor("", certificate("root")).untrusted(certificate("intermediate"))
    };
    for (purposes, critical, without) in [
        ("", Ok(()), Ok(())),
        ("\"clientAuth\"", Ok(()), Err(Cause::UntrustedCertificate)),
        ("\"1.3.6.1.5.5.7.3.2\"", Ok(()), Err(Cause::UntrustedCertificate)),
        ("\"serverAuth\", \"clientAuth\"", Ok(()), Err(Cause::UntrustedCertificate)),
        ("\"serverAuth\"", Err(Cause::UntrustedCertificate), Err(Cause::UntrustedCertificate)),
        (
            "\"1.3.6.1.5.5.7.3.20\"",
            Err(Cause::UntrustedCertificate),
            Err(Cause::UntrustedCertificate),
        ),
    ] {
        assert_eq!(outcome(&demands(purposes), "eku-critical"), critical, "{purposes}");
        assert_eq!(outcome(&demands(purposes), "client"), without, "{purposes}");
    }
    let pinned = policy("trust = { extended-key-usage = [\"serverAuth\"] }");
    let pinned = pinned.certificate("", certificate("eku-critical"));
    assert_eq!(outcome(&pinned, "eku-critical"), Err(Cause::UntrustedCertificate));
}

#[test]
fn what_is_demanded_is_written_as_it_was_read() {
    for trust in [
        "extended-key-usage = [\"clientAuth\", \"1.2.3\"], revocation = \"required\"",
        "revocation = \"off\"",
    ] {
        let policy =
            format!("version = 1\nrequire = {{ timestamp = true }}\ntrust = {{ {trust} }}");
        let policy = InboundPolicy::from_toml(&policy).unwrap();
        let written = policy.to_toml();
        assert!(written.contains(trust), "{written}");
        assert_eq!(InboundPolicy::from_toml(&written).unwrap().to_toml(), written);
    }
    for (trust, reason) in [
        ("extended-key-usage = [\"clientauth\"]", "one of anyExtendedKeyUsage, serverAuth,"),
        ("revocation = \"hard\"", "known: off, soft, required"),
    ] {
        let error =
            InboundPolicy::from_toml(&format!("version = 1\ntrust = {{ {trust} }}")).unwrap_err();
        assert_eq!(error.cause(), Cause::InvalidPolicy);
        assert!(error.reason().contains(reason), "{error}");
    }
}

/// Refuses whoever has one of these names, and writes down whom it was asked about.
#[derive(Default)]
struct Asked {
    refused: Vec<&'static str>,
    seen: Mutex<Vec<(Option<String>, usize, bool)>>,
}

impl TrustDecision for Asked {
    fn decide(&self, candidate: &Candidate<'_>) -> Result<(), Error> {
        let name = candidate.certificate.map(|held| held.subject().to_rfc2253());
        self.seen.lock().unwrap().push((name.clone(), candidate.path.len(), candidate.trusted));
        if self.refused.iter().any(|refused| name.as_ref().is_some_and(|it| it.contains(refused))) {
            return Err(Error::new(Cause::RefusedSigner, "the account is closed"));
        }
        Ok(())
    }
}

#[test]
fn the_last_word_refuses_and_never_accepts() {
    let asked = |more: &str, refused: &[&'static str]| {
        let asked = Arc::new(Asked { refused: refused.to_vec(), ..Asked::default() });
        let decision = Arc::clone(&asked) as Arc<dyn TrustDecision>;
        let builder = policy(more).anchor("", certificate("root"));
        (builder.untrusted(certificate("intermediate")).decide(decision), asked)
    };
    let name = |name: &str| Some(format!("CN={name},OU=Tests,O=wsse,C=DE"));

    let (builder, seen) = asked("", &["CN=server"]);
    let inbound = builder.clone().build().unwrap();
    // A path that was found before is asked about again.
    for _ in 0..2 {
        inbound.validate(&message("client")).unwrap();
    }
    assert_eq!(*seen.seen.lock().unwrap(), vec![(name("client"), 3, true); 2]);
    assert_eq!(outcome(&builder, "server"), Err(Cause::RefusedSigner));
    seen.seen.lock().unwrap().clear();
    for (name, cause) in [
        ("selfsigned", Cause::UntrustedCertificate),
        ("impostor", Cause::UntrustedCertificate),
        ("expired", Cause::CertificateValidity),
    ] {
        assert_eq!(outcome(&builder, name), Err(cause));
    }
    assert!(seen.seen.lock().unwrap().is_empty(), "who is refused is not asked about");

    // Pins, and those whom only a switch lets in.
    let (builder, seen) = asked("legacy = { allow = [\"embedded-key\"] }", &["CN=server"]);
    let builder = builder.certificate("", certificate("server"));
    assert_eq!(outcome(&builder, "server"), Err(Cause::RefusedSigner));
    assert_eq!(outcome(&builder, "selfsigned"), Ok(()));
    let expected = vec![(name("server"), 0, true), (name("selfsigned"), 0, false)];
    assert_eq!(*seen.seen.lock().unwrap(), expected);
}

#[test]
fn a_key_without_a_certificate_is_asked_about_too() {
    struct Nobody(PublicKey);
    impl TrustDecision for Nobody {
        fn decide(&self, candidate: &Candidate<'_>) -> Result<(), Error> {
            assert!(candidate.certificate.is_none() && candidate.trusted);
            assert_eq!(*candidate.key, self.0);
            Err(Error::new(Cause::DecisionUnavailable, "the directory does not answer"))
        }
    }
    let key = KeyMaterial::read(&octets("client.public.pem"), None).unwrap().public_keys.remove(0);
    let builder = policy("").public_key("", key.clone()).decide(Arc::new(Nobody(key)));
    let message = sign("key-value", "client", "1.1", "");
    let error = builder.build().unwrap().validate(&message).unwrap_err();
    assert_eq!(error.cause(), Cause::DecisionUnavailable);
}
