//! A reply answers its request.

use crate::support::{certificate, envelope, identity, inbound, outbound};
use wsse_core::{Call, Cause};

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
