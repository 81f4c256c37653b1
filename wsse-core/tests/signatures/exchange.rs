//! A reply answers its request.

use crate::support::{certificate, envelope, identity, inbound, outbound};
use wsse_core::crypto::{Secret, base64, base64_to_vec};
use wsse_core::{Call, Cause, MemorySpool};

#[test]
fn a_reply_confirms_the_signature_of_its_request() {
    let sign = "version = 1\nsignature = [{ parts = [\"body\"] }]";
    let client = outbound(sign).identity("", identity("client")).build().unwrap();
    let request = client.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap();
    let require = "version = 1\nrequire = { signed = [\"body\"] }";
    let server = inbound(require).certificate("", certificate("client")).build().unwrap();
    let received = server.validate(request.bytes()).unwrap();
    assert_eq!(received.exchange().certificate(), Some(&certificate("client")));
    let reply = "version = 1\norder = [\"signature-confirmation\", \"signature\"]\n\
                 signature = [{ parts = [\"body\", \"signature-confirmation\"] }]";
    let answering = outbound(reply).identity("", identity("server")).build().unwrap();
    let answer = answering
        .protect_reply(envelope("1.1").as_bytes(), received.exchange(), &Call::default())
        .unwrap();
    let demand = "version = 1\nrequire = { signed = [\"body\", \"signature-confirmation\"], \
                  signature-confirmation = true }";
    let receiving = || inbound(demand).certificate("", certificate("server")).build().unwrap();
    receiving().validate_reply(answer.bytes(), request.exchange()).unwrap();
    let other = client.protect(envelope("1.2").as_bytes(), &Call::default()).unwrap();
    let error = receiving().validate_reply(answer.bytes(), other.exchange()).unwrap_err();
    assert_eq!(error.cause(), Cause::SignatureConfirmation);
    let error = receiving().validate(answer.bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::SignatureConfirmation);
    let error = answering.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidArgument);
}

#[test]
fn a_reply_to_what_was_not_verified_confirms_nothing() {
    let policy = "version = 1\norder = [\"timestamp\", \"signature-confirmation\", \"signature\"]\n\
                  signature = [{ parts = [\"timestamp\", \"signature-confirmation\"] }]";
    let answering = outbound(policy).identity("", identity("server")).build().unwrap();
    let fault = answering
        .protect_reply_to_unverified(envelope("1.1").as_bytes(), &Call::default())
        .unwrap();
    assert!(!String::from_utf8_lossy(fault.bytes()).contains("SignatureConfirmation"));
    let require = "version = 1\nrequire = { signed = [\"timestamp\"] }";
    let receiver = inbound(require).certificate("", certificate("server")).build().unwrap();
    assert_eq!(receiver.validate(fault.bytes()).unwrap().signed().len(), 1);
    // The part is still demanded where there is something to confirm.
    let other = "version = 1\norder = [\"timestamp\", \"signature\"]\n\
                 signature = [{ parts = [\"timestamp\", \"signature-confirmation\"] }]";
    let forgetful = outbound(other).identity("", identity("server")).build().unwrap();
    let error = forgetful
        .protect_reply_to_unverified(envelope("1.1").as_bytes(), &Call::default())
        .unwrap_err();
    assert_eq!(error.cause(), Cause::MissingPart);
}

/// The message with another SignatureValue.
fn with_value(message: &[u8], change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let text = std::str::from_utf8(message).unwrap();
    let start = text.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let end = start + text[start..].find('<').unwrap();
    let value = base64(&change(base64_to_vec(&text[start..end]).unwrap()));
    format!("{}{value}{}", &text[..start], &text[end..]).into_bytes()
}

/// The other one of the two signatures by ECDSA that anybody can make of either: the order of P-256
/// less the second half.
fn negated(mut value: Vec<u8>) -> Vec<u8> {
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63,
        0x25, 0x51,
    ];
    let mut borrow = 0;
    for (octet, of_order) in value[32..].iter_mut().zip(ORDER).rev() {
        let difference = i16::from(of_order) - i16::from(*octet) - borrow;
        borrow = i16::from(difference < 0);
        *octet = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    value
}

#[test]
fn a_request_that_is_sent_back_is_no_reply() {
    let require = "version = 1\nrequire = { signed = [\"body\"] }";
    for (name, method) in [("client", "rsa-sha256"), ("ec256", "ecdsa-sha256")] {
        let sign =
            format!("version = 1\nsignature = [{{ method = \"{method}\", parts = [\"body\"] }}]");
        let client = outbound(&sign).identity("", identity(name)).build().unwrap();
        let request = client.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap();
        let mut spellings = vec![request.bytes().to_vec()];
        if name == "ec256" {
            spellings.push(with_value(request.bytes(), negated));
        }
        for sent_back in spellings {
            // Whoever believes an authority believes his own certificate, too.
            let receiver = || inbound(require).certificate("", certificate(name)).build().unwrap();
            receiver().validate(&sent_back).unwrap();
            let error = receiver().validate_reply(&sent_back, request.exchange()).unwrap_err();
            assert_eq!(error.cause(), Cause::Replay, "{method}: {error}");
            let mut spool = MemorySpool::new(1 << 20);
            let error = receiver()
                .validate_reply_reader(sent_back.as_slice(), request.exchange(), &mut spool)
                .unwrap_err();
            assert_eq!(error.cause(), Cause::Replay, "{method}: {error}");
            assert!(spool.octets().is_none());
        }
    }
    let sign = "version = 1\nsignature = [{ reference = \"key-name\", key = \"both\", method = \
                \"hmac-sha256\", parts = [\"body\"] }]";
    let secret = || Secret::new("a secret that both of them have");
    let client = outbound(sign).secret("both", secret()).build().unwrap();
    let request = client.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap();
    let receiver = || inbound(require).secret("both", secret()).build().unwrap();
    receiver().validate(request.bytes()).unwrap();
    let error = receiver().validate_reply(request.bytes(), request.exchange()).unwrap_err();
    assert_eq!(error.cause(), Cause::Replay, "{error}");
    // Another message under the same secret is a reply.
    let reply = client.protect(envelope("1.2").as_bytes(), &Call::default()).unwrap();
    receiver().validate_reply(reply.bytes(), request.exchange()).unwrap();
}
