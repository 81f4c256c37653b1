//! What `Inbound::validate` refuses, each for its own reason.

use crate::support::{
    NOON, SOAP11, clock, inbound, inbound_at, inbound_preset, outbound, outbound_preset,
};
use std::sync::Arc;
use wsse_core::crypto::Secret;
use wsse_core::error::{Category, Cause, Error};
use wsse_core::password::{PasswordTable, PasswordVerifier, Passwords};
use wsse_core::replay::{MemoryReplayStore, ReplayKey, ReplayStore};
use wsse_core::time::UnixTime;
use wsse_core::{Call, Inbound, InboundPolicy};

const DIGEST: &str = "version = 1\nrequire = { username-token = \"digest\" }";

fn protected(preset: &str) -> String {
    let protected = outbound_preset(preset).protect(SOAP11.as_bytes(), &Call::default()).unwrap();
    String::from_utf8(protected.into_bytes()).unwrap()
}

fn cause(inbound: &Inbound, message: &str) -> Cause {
    inbound.validate(message.as_bytes()).unwrap_err().cause()
}

#[test]
fn ages_are_exact_to_the_second() {
    let message = protected("username-token");
    let policy = InboundPolicy::preset("username-token").unwrap().to_toml();
    for (seconds, expected) in [
        (-61, Some(Cause::NotYetValid)),
        (-60, None),
        (0, None),
        (360, None),
        (361, Some(Cause::Expired)),
    ] {
        let inbound = inbound_at(&policy, NOON + seconds);
        let found = inbound.validate(message.as_bytes()).err();
        assert_eq!(found.as_ref().map(Error::cause), expected, "{seconds}");
        if let Some(error) = found {
            assert_eq!(error.category(), Category::MessageExpired);
        }
    }
}

#[test]
fn expires_bounds_below_the_ttl() {
    let sender = outbound("version = 1\ntimestamp = { ttl = 10, milliseconds = false }");
    let message = sender.protect(SOAP11.as_bytes(), &Call::default()).unwrap().into_bytes();
    let policy = InboundPolicy::preset("timestamp").unwrap().to_toml();
    assert!(inbound_at(&policy, NOON + 70).validate(&message).is_ok());
    let error = inbound_at(&policy, NOON + 71).validate(&message).unwrap_err();
    assert_eq!(error.cause(), Cause::Expired);
    assert!(error.reason().contains("expired 61 s ago"), "{error}");
}

#[test]
fn expires_can_be_required() {
    let sender = outbound("version = 1\ntimestamp = { ttl = 0 }");
    let message = sender.protect(SOAP11.as_bytes(), &Call::default()).unwrap().into_bytes();
    assert!(inbound_preset("timestamp").validate(&message).is_ok());
    let strict = inbound("version = 1\nrequire = { timestamp = true, expires = true }");
    assert_eq!(strict.validate(&message).unwrap_err().cause(), Cause::MissingPart);
}

#[test]
fn wrong_password_and_unknown_user_look_the_same() {
    let message = protected("username-token");
    let policy = || InboundPolicy::preset("username-token").unwrap();
    let refusal = |table: PasswordTable| {
        let inbound =
            Inbound::builder(policy()).passwords(table).clock(clock(NOON)).build().unwrap();
        inbound.validate(message.as_bytes()).unwrap_err()
    };
    let wrong = refusal(PasswordTable::new().with("alice", Secret::new("Secret")));
    let unknown = refusal(PasswordTable::new().with("bob", Secret::new("secret")));
    assert_eq!(wrong.category(), Category::FailedAuthentication);
    assert_eq!(wrong, unknown);
    assert!(!wrong.to_string().contains("Secret"));
}

#[test]
fn a_replay_is_refused_in_any_spelling() {
    let inbound = inbound_preset("username-token");
    let message = protected("username-token");
    assert!(inbound.validate(message.as_bytes()).is_ok());
    let spellings = [
        message.clone(),
        message.replace("AAECAwQFBgcICQoLDA0ODw==", "AAEC AwQFBgcI\nCQoLDA0ODw=="),
        message.replace("KDxlN4hTevOEnDfsQLvRVAw6d7I=", " KDxlN4hTevOEnDfsQLvRVAw6d7I=\t"),
        message.replace("KDxlN4hT", "&#75;DxlN4hT"),
        message.replace(">alice<", "><![CDATA[alice]]><"),
        message.replace("TS-2021", "TS-3021"),
    ];
    for (index, spelling) in spellings.iter().enumerate() {
        assert!(index == 0 || *spelling != message);
        let error = inbound.validate(spelling.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), Cause::Replay, "{spelling}");
        assert_eq!(error.category(), Category::InvalidSecurity);
    }
    // Octets moved from Created to the Nonce make the same hash, and no instant.
    let moved = message
        .replace("AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgcICQoLDA0ODzI=")
        .replace("<wsu:Created>2024-05-01T12:00:00Z", "<wsu:Created>024-05-01T12:00:00Z");
    assert_eq!(cause(&inbound, &moved), Cause::InvalidTokenValue);
}

#[test]
fn exactly_one_of_eight_threads_passes() {
    let inbound = inbound_preset("username-token");
    let message = protected("username-token");
    let passed: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| usize::from(inbound.validate(message.as_bytes()).is_ok())))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(passed, 1);
}

#[test]
fn the_replay_insert_is_the_last_act() {
    struct Counting(std::sync::atomic::AtomicUsize);
    impl ReplayStore for Counting {
        fn insert_if_absent(&self, _: &ReplayKey, _: UnixTime, _: UnixTime) -> Result<bool, Error> {
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Ok(true)
        }
    }
    let store = Arc::new(Counting(std::sync::atomic::AtomicUsize::new(0)));
    let inbound = Inbound::builder(InboundPolicy::preset("username-token").unwrap())
        .passwords(PasswordTable::new().with("alice", Secret::new("secret")))
        .replay_store("default", store.clone())
        .clock(clock(NOON))
        .build()
        .unwrap();
    let message = protected("username-token");
    for broken in [
        message.replace("KDxl", "KDxm"),
        message
            .replace("<wsu:Timestamp", "<wsse:Timestamp")
            .replace("</wsu:Timestamp", "</wsse:Timestamp"),
        message.replace("2024-05-01T12:05:00.000Z", "2024-05-01T11:05:00.000Z"),
        message.replace("</S:Body>", "</S:Body><S:Body/>"),
        format!("{message}<"),
    ] {
        assert!(inbound.validate(broken.as_bytes()).is_err());
        assert_eq!(store.0.load(std::sync::atomic::Ordering::SeqCst), 0, "{broken}");
    }
    assert!(inbound.validate(message.as_bytes()).is_ok());
    assert_eq!(store.0.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[test]
fn a_store_without_room_refuses() {
    let store = Arc::new(MemoryReplayStore::with_capacity(1));
    for number in 0_u32..64 {
        let key = ReplayKey::of_password_digest(&number.to_be_bytes());
        let _ = store.insert_if_absent(
            &key,
            UnixTime::from_seconds(NOON + 1000),
            UnixTime::from_seconds(NOON),
        );
    }
    let inbound = Inbound::builder(InboundPolicy::from_toml(DIGEST).unwrap())
        .passwords(PasswordTable::new().with("alice", Secret::new("secret")))
        .replay_store("default", store)
        .clock(clock(NOON))
        .build()
        .unwrap();
    let error = inbound.validate(protected("onvif").as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::ReplayStoreUnavailable);
    assert_eq!(error.category(), Category::Unavailable);
}

#[test]
fn a_verifier_serves_text_and_refuses_digests() {
    struct Stored;
    impl PasswordVerifier for Stored {
        fn verify(&self, username: &str, password: &Secret) -> Result<bool, Error> {
            Ok((username, password.octets()) == ("alice", b"secret".as_slice()))
        }
    }
    let build = |policy: &str| {
        Inbound::builder(InboundPolicy::from_toml(policy).unwrap())
            .passwords(Passwords::Verifier(Arc::new(Stored)))
            .clock(clock(NOON))
            .build()
    };
    let any = build("version = 1\nrequire = { username-token = \"any\" }").unwrap();
    assert!(any.validate(protected("username-text").as_bytes()).unwrap().is_authenticated());
    let digest = protected("onvif");
    assert_eq!(cause(&any, &digest), Cause::UnsupportedPasswordType);
    let error = build(DIGEST).err().unwrap();
    assert_eq!(error.cause(), Cause::MissingCredential);
}

#[test]
fn the_kind_of_password_is_the_policys_choice() {
    let text = protected("username-text");
    let digest = protected("onvif");
    let wants_digest = inbound(DIGEST);
    let wants_text = inbound("version = 1\nrequire = { username-token = \"text\" }");
    assert_eq!(cause(&wants_digest, &text), Cause::MissingPart);
    assert_eq!(cause(&wants_text, &digest), Cause::MissingPart);
    assert!(wants_text.validate(text.as_bytes()).is_ok());
    assert!(wants_text.validate(text.as_bytes()).is_ok(), "text without nonce has no replay key");
    let always = inbound(
        "version = 1\nrequire = { username-token = \"text\" }\nusername = { nonce = \"always\" }",
    );
    assert_eq!(cause(&always, &text), Cause::MissingPart);
    let sender = outbound("version = 1\nusername-token = { password = \"text\" }");
    let with_nonce = sender.protect(SOAP11.as_bytes(), &Call::default()).unwrap().into_bytes();
    assert!(always.validate(&with_nonce).is_ok());
    assert_eq!(always.validate(&with_nonce).unwrap_err().cause(), Cause::Replay);
}

#[test]
fn what_is_present_is_checked_even_where_it_is_not_required() {
    let timestamp_only = Inbound::builder(InboundPolicy::preset("timestamp").unwrap())
        .clock(clock(NOON))
        .build()
        .unwrap();
    let message = protected("username-token");
    let error = timestamp_only.validate(message.as_bytes()).unwrap_err();
    assert_eq!(error.category(), Category::SecurityTokenUnavailable);
    let stale = message.replace("2024-05-01T12:00:00.000Z", "2024-05-01T11:00:00.000Z");
    assert_eq!(cause(&inbound(DIGEST), &stale), Cause::Expired);
}

#[test]
fn hostile_structures() {
    let inbound = inbound_preset("username-token");
    let message = protected("username-token");
    let security_at = message.find("<wsse:Security").unwrap();
    let security_end = message.find("</wsse:Security>").unwrap() + "</wsse:Security>".len();
    let security = &message[security_at..security_end];
    let token_at = message.find("<wsse:UsernameToken").unwrap();
    let token_end = message.find("</wsse:UsernameToken>").unwrap() + "</wsse:UsernameToken>".len();
    let token = &message[token_at..token_end];
    let username = "<wsse:Username>alice</wsse:Username>";
    let cases: Vec<(String, Cause)> = vec![
        (message.replace(security, ""), Cause::MissingSecurityHeader),
        (message.replace(security, &format!("{security}{security}")), Cause::DuplicateSecurityHeader),
        (message.replace(token, ""), Cause::MissingPart),
        (message.replace(token, &format!("{token}{token}")), Cause::DuplicateElement),
        (message.replace(username, ""), Cause::MissingPart),
        (message.replace(username, &username.repeat(2)), Cause::DuplicateElement),
        (message.replace(">alice<", "><"), Cause::InvalidTokenValue),
        (message.replace(">alice<", ">al<!-- -->ice<"), Cause::UnexpectedContent),
        (message.replace(">alice<", ">al<?p i?>ice<"), Cause::UnexpectedContent),
        (message.replace(">alice<", ">al<b/>ice<"), Cause::UnexpectedContent),
        (message.replace(">alice<", ">Alice<"), Cause::FailedAuthentication),
        (message.replace(">alice<", ">alice <"), Cause::FailedAuthentication),
        (message.replace(token, &format!("x{token}")), Cause::UnexpectedContent),
        (message.replace(username, &format!("{username}x")), Cause::UnexpectedContent),
        (message.replace(username, &format!("{username}<x xmlns=\"urn:x\"/>")), Cause::UnexpectedContent),
        (
            message.replace(username, &format!("{username}<s:Salt xmlns:s=\"http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd\">AA==</s:Salt>")),
            Cause::InvalidTokenValue,
        ),
        (message.replace("#Base64Binary", "#HexBinary"), Cause::UnsupportedEncoding),
        (message.replace(">AAECAwQFBgcICQoLDA0ODw==<", "><"), Cause::InvalidTokenValue),
        (message.replace("#PasswordDigest", "#PasswordOther"), Cause::UnsupportedPasswordType),
        (message.replace(token, &format!("{token}<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>")), Cause::SignatureStructure),
        (message.replace(token, &format!("{token}<x:EncryptedKey xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"/>")), Cause::EncryptionStructure),
        (message.replace(token, &format!("{token}<wsse:BinarySecurityToken/>")), Cause::UnsupportedToken),
        (message.replace("<S:Body>", "<S:Body/><S:Body>"), Cause::EnvelopeStructure),
        (message.replace("</S:Body>", "</S:Body><x/>"), Cause::EnvelopeStructure),
        (message.replace("</S:Body>", "</S:Body>x"), Cause::EnvelopeStructure),
        (message.replace("</S:Header>", "</S:Header><S:Header/>"), Cause::EnvelopeStructure),
        (message.replace("</S:Header>", "x</S:Header>"), Cause::EnvelopeStructure),
        (message.replace("<S:Envelope", "<!DOCTYPE x><S:Envelope"), Cause::DocumentType),
        (message.replace("S:Envelope", "S:Envelop"), Cause::NotAnEnvelope),
        (message.replace("soap/envelope/", "soap/envelope"), Cause::NotAnEnvelope),
        (format!("{message}{message}"), Cause::ContentOutsideRoot),
        (message.replace("urn:example", "urn:\u{0}"), Cause::InvalidCharacter),
    ];
    for (case, expected) in &cases {
        assert_ne!(*case, message, "the case changes nothing");
        let error = inbound.validate(case.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), *expected, "{error}\n{case}");
    }
    // Security elements elsewhere are not headers: in the Body, and nested in another block.
    let in_body = message.replace(security, "").replace("<S:Body>", &format!("<S:Body>{security}"));
    assert_eq!(cause(&inbound, &in_body), Cause::MissingSecurityHeader);
    let nested = message.replace(security, &format!("<x>{security}</x>"));
    assert_eq!(cause(&inbound, &nested), Cause::MissingSecurityHeader);
    assert!(inbound.validate(message.as_bytes()).is_ok(), "none of them used the nonce up");
}

#[test]
fn limits_hold_before_anything_is_checked() {
    let small = "version = 1\nrequire = { timestamp = true }\nlimits = { message = 3000, header = \
                 2000, depth = 5, attributes = 8, namespaces = 8 }";
    let inbound = inbound(small);
    let message = protected("timestamp");
    assert!(inbound.validate(message.as_bytes()).is_ok());
    let grow = |text: &str| message.replace("<S:Body>", &format!("<S:Body>{text}"));
    assert_eq!(cause(&inbound, &grow(&"x".repeat(3000))), Cause::MessageSize);
    assert_eq!(cause(&inbound, &grow("<a><b><c><d/></c></b></a>")), Cause::Depth);
    let header = message.replace("<S:Header>", &format!("<S:Header><x>{}</x>", "y".repeat(1500)));
    assert_eq!(cause(&inbound, &header), Cause::HeaderSize);
    let padding = "y".repeat(1500);
    let security =
        message.replace("<wsu:Timestamp", &format!("<x y=\"{padding}\"/><wsu:Timestamp"));
    assert_eq!(cause(&inbound, &security), Cause::HeaderSize);
    let attributes: String = (0..9).map(|n| format!(" a{n}=\"\"")).collect();
    assert_eq!(cause(&inbound, &grow(&format!("<a{attributes}/>"))), Cause::AttributeCount);
    let tokens = "<a/>".repeat(5000);
    let flooded = message.replace("<wsu:Timestamp", &format!("{tokens}<wsu:Timestamp"));
    let roomy = crate::support::inbound("version = 1\nrequire = { timestamp = true }");
    assert_eq!(cause(&roomy, &flooded), Cause::TokenCount);
}

#[test]
fn a_message_in_another_encoding_is_read_once_and_lies_are_refused() {
    let inbound = inbound_preset("username-token");
    let message = protected("username-token");
    let declared = format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{message}");
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(declared.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let validated = inbound.validate(&utf16).unwrap();
    assert_eq!(validated.username(), Some("alice"));
    let lie = format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{message}");
    assert_eq!(cause(&inbound, &lie), Cause::Encoding);
    let latin = format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>{message}");
    let error = inbound.validate_with_charset(latin.as_bytes(), Some("utf-8")).unwrap_err();
    assert_eq!(error.cause(), Cause::Encoding);
    let mut broken = message.into_bytes();
    let at = broken.iter().position(|octet| *octet == b'm').unwrap();
    broken[at] = 0xC3;
    assert_eq!(inbound.validate(&broken).unwrap_err().cause(), Cause::Encoding);
}

#[test]
fn a_policy_that_can_not_be_met_is_refused_when_it_is_built() {
    let build = |policy: &str| {
        Inbound::builder(InboundPolicy::from_toml(policy).unwrap()).build().err().unwrap()
    };
    assert_eq!(build(DIGEST).cause(), Cause::MissingCredential);
    let error =
        build("version = 1\nrequire = { timestamp = true }\nreplay = { store = \"fleet\" }");
    assert_eq!(error.cause(), Cause::MissingCredential);
    assert!(error.reason().contains("fleet"));
    let nothing = InboundPolicy::from_toml("version = 1").unwrap_err();
    assert_eq!(nothing.cause(), Cause::InvalidPolicy);
}
