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
