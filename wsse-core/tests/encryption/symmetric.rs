//! Signing and encrypting with one key of the message, with that of the request, with keys that are
//! derived from them, and signing with a key that is derived from a password.

use crate::reader::{Foreseen, element, encrypts, header, protect, server, shape, text};
use crate::support::{certificate, envelope, identity, inbound, outbound};
use std::sync::Arc;
use wsse_core::crypto::Secret;
use wsse_core::outbound::Form;
use wsse_core::password::PasswordTable;
use wsse_core::token::{KeyDerivation, ShownPassword, UsernameToken, UsernameTokenOptions};
use wsse_core::{
    Call, Cause, Error, Inbound, MemorySpool, Outbound, OutboundPolicy, Protected, ValidatedMessage,
};

const REQUIRE: &str = "require = { signed = [\"body\", \"timestamp\"], encrypted = [\"body-content\"], \
                       signer = \"symmetric\" }";
const KEY: &str = "encrypted-key = { recipient = \"server\" }\n";
const SIGN: &str =
    "signature = [{ reference = \"encrypted-key\", parts = [\"body\", \"timestamp\"] }]\n";
const ENCRYPT: &str = "encryption = [{ transport = \"encrypted-key\" }]\n";
const SIGN_FIRST: &str = "order = [\"timestamp\", \"signature\", \"encryption\"]\n";

fn both(key: &str) -> String {
    format!("{SIGN_FIRST}{key}{SIGN}{ENCRYPT}")
}

fn of_request(derived: &str) -> String {
    both(&format!("encrypted-key = {{ source = \"request\", derived = \"{derived}\" }}\n"))
}

fn answering(policy: &str) -> Outbound {
    outbound(&format!("version = 1\n{policy}")).build().unwrap()
}

#[test]
fn one_encrypted_key_signs_and_encrypts() {
    let message = text(&protect(encrypts(&both(KEY)), &envelope("1.1")));
    let names = ["EncryptedKey", "ReferenceList", "Timestamp", "Signature"];
    assert_eq!(header(&message), names);
    let shown = shape(&message);
    let key = "<xenc:EncryptedKey xmlns:xenc=\"[xenc]\" Id=\"EK-1-R\"><xenc:EncryptionMethod \
               Algorithm=\"[xenc11]rsa-oaep\">";
    assert!(shown.contains(key), "{shown}");
    let list = "</xenc:CipherData></xenc:EncryptedKey><xenc:ReferenceList xmlns:xenc=\"[xenc]\">\
                <xenc:DataReference URI=\"#ED-1-R\"/></xenc:ReferenceList><wsu:Timestamp";
    assert!(shown.contains(list), "{shown}");
    let method =
        "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256\"";
    assert!(shown.contains(method), "{shown}");
    // Signature and EncryptedData say the same of the key.
    let wsse = " xmlns:wsse=\"[wsse]\"";
    let reference = |declared: &str| {
        format!(
            "<wsse:SecurityTokenReference{declared} xmlns:wsse11=\"[wsse11]\" \
             wsse11:TokenType=\"[wss11]EncryptedKey\"><wsse:Reference URI=\"#EK-1-R\" \
             ValueType=\"[wss11]EncryptedKey\"/></wsse:SecurityTokenReference></ds:KeyInfo>"
        )
    };
    assert!(shown.contains(&format!("<ds:KeyInfo>{}</ds:Signature>", reference(""))), "{shown}");
    assert!(
        shown.contains(&format!("<ds:KeyInfo xmlns:ds=\"[ds]\">{}", reference(wsse))),
        "{shown}"
    );
    let inbound = server(REQUIRE).build().unwrap();
    let valid = inbound.validate(message.as_bytes()).unwrap();
    assert_eq!(valid.encrypted()[0].path, "/Envelope/Body");
    assert_eq!(valid.signed().len(), 2);
}

#[test]
fn every_order_and_every_layout_and_derivation() {
    let derived = |form: &str| {
        format!("encrypted-key = {{ recipient = \"server\", derived = \"{form}\" }}\n")
    };
    let encrypt_first = "order = [\"timestamp\", \"encryption\", \"signature\"]\n";
    let zeep = "header = { layout = \"signature-first\" }\n";
    let dkt = "DerivedKeyToken";
    for (order, more, names) in [
        (SIGN_FIRST, "", &["EncryptedKey", dkt, "ReferenceList", "Timestamp", dkt, "Signature"]),
        (encrypt_first, "", &["EncryptedKey", "Timestamp", dkt, "Signature", dkt, "ReferenceList"]),
        (SIGN_FIRST, zeep, &["EncryptedKey", dkt, "ReferenceList", dkt, "Signature", "Timestamp"]),
        (
            encrypt_first,
            zeep,
            &["EncryptedKey", dkt, "Signature", "Timestamp", dkt, "ReferenceList"],
        ),
    ] {
        for form in ["none", "2005-02", "2005-12"] {
            let policy = format!("{order}{more}{}{SIGN}{ENCRYPT}", derived(form));
            let message = text(&protect(
                encrypts(&policy).random(Arc::new(Numbers::default())),
                &envelope("1.2"),
            ));
            let names: Vec<&str> =
                names.iter().copied().filter(|name| form != "none" || *name != dkt).collect();
            assert_eq!(header(&message), names, "{policy}");
            let inbound = server(REQUIRE).build().unwrap();
            let valid = inbound.validate(message.as_bytes());
            valid.unwrap_or_else(|error| panic!("{policy}: {error}\n{message}"));
            // Who does not take keys that anybody can have made takes none of these.
            let trusted = server(&REQUIRE.replace("symmetric", "trusted")).build().unwrap();
            let error = trusted.validate(message.as_bytes()).unwrap_err();
            assert_eq!(error.cause(), Cause::UnauthenticatedKey);
        }
    }
}

/// Gives octets of which no two are the same for long.
#[derive(Debug, Default)]
struct Numbers(std::sync::Mutex<u32>);

impl wsse_core::crypto::SecureRandom for Numbers {
    fn fill(&self, out: &mut [u8]) -> Result<(), Error> {
        let mut number = self.0.lock().unwrap();
        for chunk in out.chunks_mut(4) {
            *number += 1;
            chunk.copy_from_slice(&number.to_be_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

#[test]
fn derived_keys_have_a_token_and_a_nonce_each() {
    for (form, namespace) in [
        ("2005-02", "http://schemas.xmlsoap.org/ws/2005/02/sc"),
        ("2005-12", "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512"),
    ] {
        let policy = both(&KEY.replace(" }", &format!(", derived = \"{form}\" }}")));
        let outbound = encrypts(&policy).random(Arc::new(Numbers::default()));
        let message = text(&protect(outbound, &envelope("1.1")));
        let mut nonces = Vec::new();
        let mut rest = message.as_str();
        while let Some(token) = element(rest, 0, "wsc:DerivedKeyToken") {
            assert!(token.contains(&format!("xmlns:wsc=\"{namespace}\"")), "{token}");
            assert!(token.contains("<wsse:Reference URI=\"#EK-1-"), "{token}");
            let from = "</wsse:SecurityTokenReference><wsc:Offset>0</wsc:Offset><wsc:Length>32\
                        </wsc:Length><wsc:Nonce>";
            let (_, nonce) = token.split_once(from).unwrap();
            nonces.push(nonce.split_once('<').unwrap().0.to_owned());
            rest = rest.split_once(token).unwrap().1;
        }
        assert_eq!(nonces.len(), 2, "{message}");
        assert_ne!(nonces[0], nonces[1]);
        let key_info = |id: &str| format!("<wsse:Reference URI=\"#DK-{id}-");
        let signature = element(&message, 0, "ds:Signature").unwrap();
        assert!(signature.contains(&key_info("1")), "{signature}");
        assert!(signature.contains(&format!("ValueType=\"{namespace}/dk\"/>")), "{signature}");
        assert!(!signature.contains("TokenType"), "{signature}");
        let data = element(&message, 0, "xenc:EncryptedData").unwrap();
        assert!(data.contains(&key_info("2")), "{data}");
        let inbound = server(REQUIRE).build().unwrap();
        inbound.validate(message.as_bytes()).unwrap();
    }
}

fn client(policy: &str) -> Inbound {
    let inbound = inbound(&format!("version = 1\n{policy}"));
    let inbound = inbound.certificate("", certificate("server"));
    inbound.decryption_identity("", &identity("client")).build().unwrap()
}

/// What a client sent, and what the server knows of it.
fn asked(policy: &str, random: u8) -> (Protected, ValidatedMessage) {
    let request = protect(encrypts(policy).random(Arc::new(Foreseen(random))), &envelope("1.1"));
    let require = "require = { signed = [\"timestamp\"], signer = \"any\" }";
    let server = server(require).build().unwrap();
    let valid = server.validate(request.bytes()).unwrap();
    (request, valid)
}

/// With no key of its own and nobody whom it believes.
fn request_alone() -> Inbound {
    let require = REQUIRE.replace("symmetric", "request");
    inbound(&format!("version = 1\n{require}\n")).build().unwrap()
}

#[test]
fn the_key_of_the_request_is_enough() {
    let (request, valid) = asked(&both(KEY), 0x11);
    let protect_reply = |policy: &str| {
        let envelope = envelope("1.1");
        answering(policy)
            .protect_reply(envelope.as_bytes(), valid.exchange(), &Call::default())
            .unwrap()
    };
    for derived in ["none", "2005-02", "2005-12"] {
        let reply = protect_reply(&of_request(derived));
        let replied = request_alone().validate_reply(reply.bytes(), request.exchange()).unwrap();
        assert_eq!(replied.signed().len(), 2);
        assert_eq!(replied.encrypted()[0].path, "/Envelope/Body");
        let error = request_alone().validate(reply.bytes()).unwrap_err();
        assert_eq!(error.cause(), Cause::NoKey);
    }
    // It has no other key, and believes nobody else.
    let encrypted = protect(encrypts(&both(KEY)), &envelope("1.1"));
    let error = request_alone().validate_reply(encrypted.bytes(), request.exchange()).unwrap_err();
    assert_eq!(error.cause(), Cause::NoKey, "{error}");
    let signs = "order = [\"timestamp\", \"signature\"]\nsignature = [{ parts = [\"body\", \"timestamp\"] }]\n";
    let signed = protect(encrypts(signs), &envelope("1.1"));
    let error = request_alone().validate_reply(signed.bytes(), request.exchange()).unwrap_err();
    assert_eq!(error.cause(), Cause::UntrustedCertificate, "{error}");
    // Other kinds of signers need their keys as before.
    for signer in ["trusted", "symmetric"] {
        let require = REQUIRE.replace("symmetric", signer);
        let error = inbound(&format!("version = 1\n{require}\n")).build().err().unwrap();
        assert_eq!(error.cause(), Cause::MissingCredential, "{error}");
    }
}

/// The content of the KeyInfo of a Signature.
fn key_info(message: &str) -> &str {
    let signature = &message[message.find("<ds:SignatureValue>").unwrap()..];
    let start = signature.find("<ds:KeyInfo>").unwrap() + "<ds:KeyInfo>".len();
    &signature[start..signature.find("</ds:KeyInfo>").unwrap()]
}

#[test]
fn a_key_that_others_made_is_worth_no_more_in_a_reply() {
    let (request, valid) = asked(&both(KEY), 0x11);
    let reply = answering(&of_request("none"));
    let envelope = envelope("1.1");
    let reply = reply.protect_reply(envelope.as_bytes(), valid.exchange(), &Call::default());
    let reply = reply.unwrap();
    client(&REQUIRE.replace("symmetric", "trusted"))
        .validate_reply(reply.bytes(), request.exchange())
        .unwrap();
    // The exchange of what was validated: whoever sent that has the key.
    for signer in ["trusted", "request"] {
        let inbound = client(&REQUIRE.replace("symmetric", signer));
        let error = inbound.validate_reply(reply.bytes(), valid.exchange()).unwrap_err();
        assert_eq!(error.cause(), Cause::UnauthenticatedKey, "{error}");
    }
    client(REQUIRE).validate_reply(reply.bytes(), valid.exchange()).unwrap();
}

/// Whoever is on the way names the key as replies do: KeyInfo is not signed.
#[test]
fn a_request_that_is_sent_back_under_its_key_is_no_reply() {
    let sign = format!("order = [\"timestamp\", \"signature\"]\n{KEY}{SIGN}");
    let (request, valid) = asked(&sign, 0x11);
    let source = "encrypted-key = { source = \"request\" }\n";
    let reply = answering(&format!("order = [\"timestamp\", \"signature\"]\n{source}{SIGN}"));
    let envelope = envelope("1.1");
    let reply = reply.protect_reply(envelope.as_bytes(), valid.exchange(), &Call::default());
    let reply = text(&reply.unwrap());
    let message = text(&request);
    let sent_back = message.replace(key_info(&message), key_info(&reply));
    assert_ne!(sent_back, message);
    let require = "require = { signed = [\"body\", \"timestamp\"], signer = \"symmetric\" }";
    server(require).build().unwrap().validate(sent_back.as_bytes()).unwrap();
    let require = require.replace("symmetric", "request");
    let client = || inbound(&format!("version = 1\n{require}\n")).build().unwrap();
    client().validate_reply(reply.as_bytes(), request.exchange()).unwrap();
    let error = client().validate_reply(sent_back.as_bytes(), request.exchange()).unwrap_err();
    assert_eq!(error.cause(), Cause::Replay, "{error}");
}

#[test]
fn a_reply_has_the_key_of_its_request() {
    let (request, valid) = asked(&both(KEY), 0x11);
    let (other, _) = asked(&both(KEY), 0x22);
    let trusted = REQUIRE.replace("symmetric", "trusted");
    for derived in ["none", "2005-02", "2005-12"] {
        let reply = answering(&of_request(derived));
        let message = reply
            .protect_reply(envelope("1.1").as_bytes(), valid.exchange(), &Call::default())
            .unwrap();
        let message = text(&message);
        assert!(!header(&message).iter().any(|name| name == "EncryptedKey"), "{message}");
        let identifier = "<wsse:KeyIdentifier EncodingType=\"[wss]Base64Binary\" \
                          ValueType=\"[wss11]EncryptedKeySHA1\">";
        let shown = shape(&message);
        assert_eq!(shown.matches(identifier).count(), 2, "{shown}");
        assert_eq!(shown.matches("wsse11:TokenType=\"[wss11]EncryptedKey\"").count(), 2, "{shown}");
        let replied = client(&trusted).validate_reply(message.as_bytes(), request.exchange());
        let replied = replied.unwrap_or_else(|error| panic!("{derived}: {error}\n{message}"));
        assert!(String::from_utf8_lossy(replied.document().unwrap()).contains("text &amp; more"));
        // Another request had another key, and a message that replies to nothing has none.
        let refused = client(&trusted).validate_reply(message.as_bytes(), other.exchange());
        assert_eq!(refused.unwrap_err().cause(), Cause::NoKey);
        let refused = client(&trusted).validate(message.as_bytes());
        assert_eq!(refused.unwrap_err().cause(), Cause::NoKey);
    }
    // Signed alone, and encrypted alone.
    for table in [SIGN, ENCRYPT] {
        let source = "encrypted-key = { source = \"request\" }\n";
        let order = "order = [\"timestamp\", \"signature\"]\n";
        let order = if table == SIGN { order } else { "" };
        let reply = answering(&format!("{order}{source}{table}"));
        let message = reply
            .protect_reply(envelope("1.1").as_bytes(), valid.exchange(), &Call::default())
            .unwrap();
        let require = match table {
            SIGN => "require = { signed = [\"body\", \"timestamp\"] }",
            _ => "require = { encrypted = [\"body-content\"] }",
        };
        client(require).validate_reply(message.bytes(), request.exchange()).unwrap();
    }
}

#[test]
fn a_reply_needs_the_one_key_of_a_validated_request() {
    let envelope = envelope("1.1");
    let reply = answering(&of_request("none"));
    let call = Call::default();
    let twice = "encryption = [{ recipient = \"server\", parts = [\"{urn:addressing}To\"] }, \
                 { transport = \"encrypted-key\" }]\n";
    let two = format!("{SIGN_FIRST}{KEY}{SIGN}{twice}");
    let small = both(KEY).replace("-key\" }]\n", "-key\", data = \"aes128-gcm\" }]\n");
    let exchange = |policy: &str| asked(policy, 0x11).1.exchange().clone();
    let plain = "order = [\"timestamp\", \"signature\"]";
    for (result, cause, reason) in [
        (
            reply.protect(envelope.as_bytes(), &call),
            Cause::MissingCredential,
            "replies to requests that were validated",
        ),
        (
            reply.protect_reply_to_unverified(envelope.as_bytes(), &call),
            Cause::MissingCredential,
            "replies to requests that were validated",
        ),
        (
            reply.protect_reply(envelope.as_bytes(), &exchange(plain), &call),
            Cause::MissingCredential,
            "brought no EncryptedKey",
        ),
        (
            reply.protect_reply(envelope.as_bytes(), &exchange(&two), &call),
            Cause::InvalidArgument,
            "brought several EncryptedKeys",
        ),
        (
            reply.protect_reply(envelope.as_bytes(), &exchange(&small), &call),
            Cause::KeyType,
            "the key has 16 octets, and aes256-gcm works with 32",
        ),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.cause(), cause, "{error}");
        assert!(error.reason().contains(reason), "{error}");
    }
    // A key of any length is one to derive others from.
    let derived = answering(&of_request("2005-12"));
    derived.protect_reply(envelope.as_bytes(), &exchange(&small), &call).unwrap();
}

#[test]
fn the_key_has_the_length_of_what_it_encrypts_with() {
    for (data, derived) in [
        ("aes128-gcm", "none"),
        ("aes192-gcm", "none"),
        ("aes128-gcm", "2005-12"),
        ("aes256-gcm", "2005-02"),
    ] {
        let policy = format!(
            "{SIGN_FIRST}encrypted-key = {{ recipient = \"server\", derived = \"{derived}\" }}\n{SIGN}\
             encryption = [{{ transport = \"encrypted-key\", data = \"{data}\" }}, {{ transport = \
             \"encrypted-key\", data = \"{data}\", parts = [\"signature\"] }}]\n"
        );
        let message = text(&protect(encrypts(&policy), &envelope("1.1")));
        let inbound = server(REQUIRE).build().unwrap();
        let valid = inbound.validate(message.as_bytes());
        valid.unwrap_or_else(|error| panic!("{data} {derived}: {error}\n{message}"));
        assert_eq!(header(&message)[0], "EncryptedKey", "{message}");
    }
}

#[test]
fn every_kind_of_recipient_and_every_door() {
    let bytes = envelope("1.1");
    let bytes = bytes.as_bytes();
    // A BinarySecurityToken stands in front of the EncryptedKey.
    let token = KEY.replace(" }", ", reference = \"binary-security-token\" }");
    let message = text(&protect(encrypts(&both(&token)), &envelope("1.1")));
    assert_eq!(header(&message)[..2], ["BinarySecurityToken", "EncryptedKey"]);
    server(REQUIRE).build().unwrap().validate(message.as_bytes()).unwrap();
    // A shared secret wraps it.
    let wrapped = "encrypted-key = { recipient = \"both\", transport = \"kw-aes256\" }\n";
    let secret = Secret::new(vec![7; 32]);
    let outbound = encrypts(&both(wrapped)).secret("both", secret.clone());
    let message = protect(outbound, &envelope("1.1"));
    let shared = server(REQUIRE).secret("both", secret).build().unwrap();
    shared.validate(message.bytes()).unwrap();
    // It is wrapped with a key that is agreed on.
    let agreed = "encrypted-key = { recipient = \"ec\", transport = \"ecdh-es\", wrap = \"kw-aes128\", \
                  reference = \"key-name\", derived = \"2005-12\" }\n";
    let key = certificate("ec256").public_key().clone();
    let message = protect(encrypts(&both(agreed)).recipient("ec", key), &envelope("1.1"));
    let receiver = inbound(&format!("version = 1\n{REQUIRE}"));
    let receiver = receiver.decryption_identity("ec", &identity("ec256"));
    receiver.build().unwrap().validate(message.bytes()).unwrap();
    // Whoever signed the request.
    let (_, valid) = asked("order = [\"timestamp\", \"signature\"]", 0x11);
    let signer = answering(&both("encrypted-key = { recipient = \"signer\" }\n"));
    let message = signer.protect_reply(bytes, valid.exchange(), &Call::default()).unwrap();
    let to_client = format!("version = 1\n{REQUIRE}");
    let to_client = inbound(&to_client).decryption_identity("", &identity("client"));
    to_client.build().unwrap().validate(message.bytes()).unwrap();
    let error = signer.protect(bytes, &Call::default()).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingCredential, "{error}");
    // A stream, and a tree.
    let signs = format!("order = [\"timestamp\", \"signature\"]\n{KEY}{SIGN}");
    let outbound = encrypts(&signs).build().unwrap();
    let reply = answering(&of_request("none"));
    let require = "require = { signed = [\"body\", \"timestamp\"], signer = \"symmetric\" }";
    let answered = |message: &[u8], exchange: &wsse_core::exchange::Exchange| {
        let valid = server(require).build().unwrap().validate(message).unwrap();
        let reply = reply.protect_reply(bytes, valid.exchange(), &Call::default()).unwrap();
        let trusted = client(&REQUIRE.replace("symmetric", "trusted"));
        trusted.validate_reply(reply.bytes(), exchange).unwrap();
    };
    let mut spool = MemorySpool::new(1 << 20);
    let reader = std::io::Cursor::new(bytes);
    let exchange = outbound.protect_reader(reader, &Call::default(), &mut spool).unwrap();
    answered(spool.octets().unwrap(), &exchange);
    let template = outbound.template(bytes, &Call::default(), Form::Own).unwrap();
    assert_eq!(template.first().len(), 1);
    // Documents that are no messages have no Security header for it.
    let error =
        outbound.sign_bare(b"<a/>", &wsse_core::xmldsig::bare::Form::Enveloped).unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidPolicy, "{error}");
    let encrypts = encrypts(&format!("{KEY}{ENCRYPT}")).build().unwrap();
    let part = wsse_core::xmlenc::bare::BarePart::Octets(None);
    let error = encrypts.encrypt_bare(b"octets", &part).unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidPolicy, "{error}");
}

#[test]
fn a_certificate_endorses_what_one_key_signed() {
    let endorsing = "signature = [{ reference = \"encrypted-key\", parts = [\"body\", \"timestamp\"] }, \
                     { parts = [\"signature\"] }]\n";
    let key = KEY.replace(" }", ", derived = \"2005-12\" }");
    let policy = format!("{SIGN_FIRST}{key}{endorsing}{ENCRYPT}");
    let message = text(&protect(encrypts(&policy), &envelope("1.1")));
    let dkt = "DerivedKeyToken";
    let names = ["EncryptedKey", dkt, "ReferenceList", "Timestamp", dkt, "Signature"];
    assert_eq!(header(&message)[..6], names);
    assert_eq!(header(&message)[6..], ["BinarySecurityToken", "Signature"]);
    let require = REQUIRE
        .replace("\"timestamp\"]", "\"timestamp\", \"signature\"]")
        .replace("\"symmetric\"", "[\"trusted\", \"symmetric\"]");
    let valid = server(&require).build().unwrap().validate(message.as_bytes()).unwrap();
    assert_eq!(valid.signers().len(), 2);
}

const USERNAME: &str = "username-token = { password = \"none\", iterations = 1001 }\n\
                        signature = [{ reference = \"username-token\", parts = [\"body\", \
                        \"username-token\"] }]\n";

#[test]
fn a_password_signs() {
    let signs = |policy: &str| encrypts(policy).username("bob", Secret::new("security"));
    let message = text(&protect(signs(USERNAME), &envelope("1.1")));
    assert_eq!(header(&message), ["UsernameToken", "Signature"]);
    let shown = shape(&message);
    // The first octet of a Salt for signatures is 1.
    let token = "<wsse11:Salt xmlns:wsse11=\"[wsse11]\">AREREREREREREREREREREQ==</wsse11:Salt>\
                 <wsse11:Iteration xmlns:wsse11=\"[wsse11]\">1001</wsse11:Iteration>\
                 </wsse:UsernameToken>";
    assert!(shown.contains(token), "{shown}");
    assert!(!shown.contains("Password"), "{shown}");
    let reference = "#UsernameToken\"><wsse:Reference URI=\"#UT-R\" ValueType=\"http://docs.oasis-open.\
                     org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#UsernameToken\"/>";
    assert!(shown.contains(reference), "{shown}");
    let require = "require = { signed = [\"body\", \"username-token\"], signer = \"username\" }";
    let knows = |secret: &str| {
        let table = PasswordTable::new().with("bob", Secret::new(secret));
        server(require).passwords(table).build().unwrap()
    };
    let valid = knows("security").validate(message.as_bytes()).unwrap();
    assert_eq!(valid.username(), Some("bob"));
    assert!(valid.is_authenticated());
    let error = knows("wrong").validate(message.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::SignatureMismatch);
    // What it signs, and the token itself, may be encrypted afterwards.
    let encrypted = format!(
        "order = [\"username-token\", \"signature\", \"encryption\"]\n{USERNAME}encryption = [{{ \
         recipient = \"server\", parts = [\"body-content\", \"username-token\"] }}]\n"
    );
    let message = protect(signs(&encrypted), &envelope("1.1"));
    knows("security").validate(message.bytes()).unwrap();
    let none = encrypts(USERNAME).build().unwrap();
    let mut call = Call::default();
    call.username = Some("bob");
    let error = none.protect(envelope("1.1").as_bytes(), &call).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingCredential, "{error}");
    assert!(error.reason().contains("derived from the password"), "{error}");
}

#[test]
fn a_token_shows_no_password_beside_a_salt() {
    for iterations in [999, 100_001] {
        let error = KeyDerivation::new([1; 16], iterations).unwrap_err();
        assert_eq!(error.cause(), Cause::InvalidArgument);
    }
    let derivation = KeyDerivation::new([1; 16], 1000).unwrap();
    let secret = Secret::new("secret");
    let mut options = UsernameTokenOptions::new("bob");
    options.derivation = Some(&derivation);
    UsernameToken::markup(&options).unwrap();
    options.password = ShownPassword::Text(&secret);
    let error = UsernameToken::markup(&options).unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidArgument);
}

#[test]
fn a_policy_that_mixes_keys_is_refused_with_the_cure() {
    let steps = "order = [\"username-token\", \"signature\"]";
    for (policy, reason) in [
        (SIGN.to_owned(), "add it, such as `encrypted-key = {"),
        (ENCRYPT.to_owned(), "add it, such as `encrypted-key = {"),
        (format!("{KEY}timestamp = {}", "{}"), "nothing uses `encrypted-key`"),
        (
            format!("{KEY}encryption = [{{ transport = \"encrypted-key\", recipient = \"a\" }}]"),
            "move `recipient`",
        ),
        (
            format!("{KEY}encryption = [{{ reference = \"encrypted-key\" }}]"),
            "take the transport \"encrypted-key\"",
        ),
        (
            format!("{KEY}signature = [{{ reference = \"encrypted-key\", key = \"a\" }}]"),
            "leave out `key`",
        ),
        (
            format!(
                "{KEY}signature = [{{ reference = \"encrypted-key\", method = \"rsa-sha256\" }}]"
            ),
            "take a method such as \"hmac-sha256\"",
        ),
        (
            format!(
                "{KEY}encryption = [{{ transport = \"encrypted-key\", parts = [\"#a\"] }}, {{ transport = \
                 \"encrypted-key\", data = \"aes128-gcm\" }}]"
            ),
            "derive keys with `encrypted-key.derived`",
        ),
        (
            format!("encrypted-key = {{ source = \"request\", recipient = \"a\" }}\n{SIGN}"),
            "nothing beside it but `derived`",
        ),
        (
            format!("encrypted-key = {{ transport = \"secret\" }}\n{SIGN}"),
            "`encrypted-key.transport` can't be \"secret\"",
        ),
        (
            format!("encrypted-key = {{ transport = \"encrypted-key\" }}\n{SIGN}"),
            "`encrypted-key.transport` can't be \"encrypted-key\"",
        ),
        (
            format!("encrypted-key = {{ reference = \"username-token\" }}\n{SIGN}"),
            "belong to a `signature`",
        ),
        (
            format!("encrypted-key = {{ transport = \"rsa-1.5\", mgf = \"mgf1-sha1\" }}\n{SIGN}"),
            "`encrypted-key.mgf` belongs to RSA-OAEP",
        ),
        (
            format!("encrypted-key = {{ derived = \"2005-2\" }}\n{SIGN}"),
            "did you mean \"2005-02\"?",
        ),
        (
            "signature = [{ reference = \"username-token\" }]".to_owned(),
            "needs the step \"username-token\" in front",
        ),
        (
            format!("order = [\"signature\", \"username-token\"]\n{USERNAME}"),
            "needs the step \"username-token\" in front",
        ),
        (
            format!("{steps}\nsignature = [{{ reference = \"username-token\" }}]"),
            "set `username-token = { password = \"none\", id = true }`",
        ),
        (
            USERNAME.replace("1001", "1001, id = false"),
            "set `username-token = { password = \"none\", id = true }`",
        ),
        (USERNAME.replace("1001", "999"), "must be from 1000 to 100000"),
        (USERNAME.replace("1001", "100001"), "must be from 1000 to 100000"),
        (
            format!(
                "order = [\"username-token\", \"encryption\", \"signature\"]\n{USERNAME}encryption = [{{ \
                 parts = [\"username-token\"] }}]"
            ),
            "put \"signature\" in front of \"encryption\"",
        ),
    ] {
        let error = OutboundPolicy::from_toml(&format!("version = 1\n{policy}")).unwrap_err();
        assert_eq!(error.cause(), Cause::InvalidPolicy, "{policy}: {error}");
        assert!(error.reason().contains(reason), "{policy}: {error}");
    }
}

#[test]
fn the_tables_are_written_and_read_back() {
    let oaep = "transport = \"rsa-oaep\", digest = \"sha256\", mgf = \"mgf1-sha256\" }";
    for (policy, written) in [
        (
            both(KEY),
            format!(
                "encrypted-key = {{ source = \"message\", derived = \"none\", recipient = \"server\", \
                 reference = \"issuer-serial\", {oaep}"
            ),
        ),
        (
            both("encrypted-key = { reference = \"key-name\", key-name = \"n\" }\n"),
            format!("reference = \"key-name\", key-name = \"n\", {oaep}"),
        ),
        (
            both(
                "encrypted-key = { reference = \"x509-data\", security-token-reference = true }\n",
            ),
            format!("security-token-reference = true, {oaep}"),
        ),
        (
            both("encrypted-key = { transport = \"kw-aes128\" }\n"),
            "reference = \"key-name\", transport = \"kw-aes128\" }".to_owned(),
        ),
        (
            of_request("2005-02"),
            "encrypted-key = { source = \"request\", derived = \"2005-02\" }\n".to_owned(),
        ),
        (both(KEY), "signature = [{ reference = \"encrypted-key\", digest".to_owned()),
        (
            both(KEY),
            "encryption = [{ data = \"aes256-gcm\", transport = \"encrypted-key\", parts"
                .to_owned(),
        ),
        (USERNAME.to_owned(), "zone = \"Z\", iterations = 1001 }".to_owned()),
    ] {
        let policy = OutboundPolicy::from_toml(&format!("version = 1\n{policy}")).unwrap();
        assert!(policy.to_toml().contains(&written), "{}", policy.to_toml());
        assert_eq!(OutboundPolicy::from_toml(&policy.to_toml()).unwrap(), policy);
    }
}
