//! Documents that are encrypted as a policy says.

use crate::support::{DOCUMENT, builder, decrypt, identity, name, secret};
use std::sync::Arc;
use wsse_core::time::{FixedClock, parse_date_time};
use wsse_core::xmlenc::bare::BarePart;
use wsse_core::{Cause, Inbound, Outbound, OutboundBuilder, OutboundPolicy};

fn outbound(encryption: &str) -> OutboundBuilder {
    let text =
        format!("version = 1\norder = [\"encryption\"]\nencryption = [{{ {encryption} }}]\n");
    let policy = OutboundPolicy::from_toml(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    Outbound::builder(policy).recipient("", identity("server").certificate().clone())
}

fn server() -> Inbound {
    let other = identity("client");
    let builder = builder("").decryption_identity("server", &identity("server"));
    let builder = builder.decryption_identity("other", &other);
    builder.secret(name(32), secret(32)).secret("other", secret(24)).build().unwrap()
}

#[test]
fn a_policy_says_for_whom_and_how() {
    let part = BarePart::Content(Some("card".to_owned()));
    for reference in [
        "binary-security-token",
        "issuer-serial",
        "subject-key-identifier",
        "x509-data",
        "key-value",
        "issuer-serial-certificate",
    ] {
        let text = format!("recipient = \"server\", reference = \"{reference}\"");
        let document = outbound(&text).build().unwrap();
        let document = document.encrypt_bare(DOCUMENT.as_bytes(), &part).unwrap();
        let document = String::from_utf8(document).unwrap();
        assert!(
            document.contains("xmlenc11#aes256-gcm\"") && document.contains("xmlenc11#rsa-oaep\"")
        );
        assert!(!document.contains("SecurityTokenReference"), "{document}");
        assert_eq!(decrypt(&server(), &document).as_deref(), Ok(DOCUMENT), "{reference}");
    }
    for text in [
        "recipient = \"secret of 32\", transport = \"kw-aes256\"",
        "recipient = \"secret of 32\", transport = \"secret\"",
        "recipient = \"secret of 32\", transport = \"secret\", data = \"aes256-gcm\", reference = \"key-name\"",
    ] {
        let outbound = outbound(text).secret(name(32), secret(32)).build().unwrap();
        let document = outbound.encrypt_bare(DOCUMENT.as_bytes(), &part).unwrap();
        let document = String::from_utf8(document).unwrap();
        assert_eq!(decrypt(&server(), &document).as_deref(), Ok(DOCUMENT), "{text}");
    }
    let octets = outbound("recipient = \"server\"").build().unwrap();
    let octets = octets.encrypt_bare(&[0, 255, 7], &BarePart::Octets(None)).unwrap();
    assert_eq!(server().decrypt_bare(&octets).unwrap().octets(), [0, 255, 7]);
}

#[test]
fn what_cannot_be_is_refused() {
    let part = BarePart::Content(None);
    let cause = |outbound: OutboundBuilder, document: &str| {
        outbound.build().unwrap().encrypt_bare(document.as_bytes(), &part).unwrap_err().cause()
    };
    let server = "recipient = \"server\"";
    assert_eq!(cause(outbound(server), "<a"), Cause::UnexpectedEnd);
    assert_eq!(cause(outbound("recipient = \"signer\""), "<a/>"), Cause::MissingCredential);
    let later = FixedClock(parse_date_time("2199-01-01T00:00:00Z").unwrap());
    assert_eq!(cause(outbound(server).clock(Arc::new(later)), "<a/>"), Cause::CertificateValidity);
    let nothing = OutboundPolicy::preset("timestamp").unwrap();
    assert_eq!(cause(Outbound::builder(nothing), "<a/>"), Cause::InvalidPolicy);
    let outbound = outbound(server).build().unwrap();
    let nowhere = BarePart::Element(Some("nowhere".to_owned()));
    let error = outbound.encrypt_bare(DOCUMENT.as_bytes(), &nowhere).unwrap_err();
    assert_eq!(error.cause(), Cause::AmbiguousId);
}
