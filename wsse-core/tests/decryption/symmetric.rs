//! Signatures and encryption under keys of the message: an EncryptedKey, a DerivedKeyToken, a key
//! that is derived from a password.

use crate::encrypted::{Encrypting, content, find, in_security, inside, server, whole};
use crate::support::{envelope, inbound, outbound};
use wsse_core::crypto::{BlockEncryption, Hash, Secret, base64, p_sha1, username_token_key};
use wsse_core::password::PasswordTable;
use wsse_core::token::{DerivedKeyToken, SecurityTokenReference};
use wsse_core::xml::Markup;
use wsse_core::{Call, Cause, InboundBuilder, ValidatedMessage, ns};

const NONCE: &[u8] = b"0123456789abcdef";

fn text(markup: &Markup) -> String {
    let mut out = Vec::new();
    markup.write(&mut out, &[]).unwrap();
    String::from_utf8(out).unwrap()
}

/// A message that is signed with an HMAC, whose KeyInfo is this reference.
fn signed_with(secret: &Secret, key_info: &str, before: &str) -> String {
    let policy = "version = 1\norder = [\"signature\"]\nsignature = [{ method = \"hmac-sha256\", \
                  reference = \"key-name\", key-name = \"HERE\", parts = [\"body\"] }]";
    let outbound = outbound(policy).secret("", secret.clone()).build().unwrap();
    let envelope = envelope("1.1");
    let message = outbound.protect(envelope.as_bytes(), &Call::default()).unwrap().into_bytes();
    let message = String::from_utf8(message).unwrap();
    let name = whole(&message, "ds:KeyName");
    let message = format!("{}{key_info}{}", &message[..name.start], &message[name.end..]);
    in_security(&message, before)
}

fn direct(id: &str, value_type: &'static str) -> String {
    text(&SecurityTokenReference::direct_markup(id, value_type))
}

fn derived(id: &str, to: &str, length: usize) -> String {
    let reference = SecurityTokenReference::direct_markup(to, ns::ENCRYPTED_KEY_TOKEN);
    text(&DerivedKeyToken::markup(ns::WSC_2005_12, id, reference, length, NONCE))
}

fn derive(secret: &Secret, length: usize) -> Secret {
    let label = b"WS-SecureConversationWS-SecureConversation";
    p_sha1(secret, &[label.as_slice(), NONCE].concat(), 0, length).unwrap()
}

fn policy(signer: &str) -> String {
    format!("version = 1\nrequire = {{ signed = [\"body\"], signer = {signer} }}\n")
}

fn symmetric() -> InboundBuilder {
    server(&policy("\"symmetric\""))
}

fn validate(builder: InboundBuilder, message: &str) -> Result<ValidatedMessage, Cause> {
    builder.build().unwrap().validate(message.as_bytes()).map_err(|error| error.cause())
}

#[test]
fn an_hmac_under_an_encrypted_key_counts_where_the_policy_says_so() {
    let encrypting = Encrypting::new();
    let key = encrypting.order(&[]);
    let message = signed_with(&encrypting.secret, &direct("EK", ns::ENCRYPTED_KEY_TOKEN), &key);
    let valid = validate(symmetric(), &message).unwrap();
    assert_eq!(valid.signed()[0].path, "/Envelope/Body");
    assert_eq!(valid.certificate(), None);
    let list = server(&policy("[\"trusted\", \"symmetric\"]"));
    validate(list, &message).unwrap();
    for signer in ["\"trusted\"", "\"username\""] {
        let refused = validate(server(&policy(signer)), &message).unwrap_err();
        assert_eq!(refused, Cause::UnauthenticatedKey, "{signer}");
    }
    // Its replay is the same however the key was encrypted.
    let server = symmetric().build().unwrap();
    server.validate(message.as_bytes()).unwrap();
    let again = message.replace(&key, &encrypting.order(&[]));
    assert_ne!(again, message);
    assert_eq!(server.validate(again.as_bytes()).unwrap_err().cause(), Cause::Replay);
    let changed = message.replace("text &amp;", "TEXT &amp;");
    assert_eq!(validate(symmetric(), &changed).unwrap_err(), Cause::DigestMismatch);
    let other =
        signed_with(&Secret::new(vec![8; 32]), &direct("EK", ns::ENCRYPTED_KEY_TOKEN), &key);
    assert_eq!(validate(symmetric(), &other).unwrap_err(), Cause::SignatureMismatch);
    let twice = in_security(&message, &key);
    assert_eq!(validate(symmetric(), &twice).unwrap_err(), Cause::AmbiguousId);
}

#[test]
fn an_encrypted_key_by_its_sha1() {
    let encrypting = Encrypting::new();
    let key = encrypting.order(&[]);
    let octets = wsse_core::crypto::base64_to_vec(&key[inside(&key, "xenc:CipherValue")]).unwrap();
    let sha1 = Hash::Sha1.digest(&[&octets]);
    let reference = SecurityTokenReference::encrypted_key_sha1_markup(sha1.octets());
    let message = signed_with(&encrypting.secret, &text(&reference), &key);
    validate(symmetric(), &message).unwrap();
    let without = message.replace(&key, "");
    assert_eq!(validate(symmetric(), &without).unwrap_err(), Cause::NoKey);
}

#[test]
fn derived_keys_sign_and_encrypt() {
    let encrypting = Encrypting::new();
    let tokens = format!("{}{}", encrypting.order(&[]), derived("DK-1", "EK", 24));
    let key = derive(&encrypting.secret, 24);
    let signed = signed_with(
        &key,
        &direct("DK-1", "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512/dk"),
        &tokens,
    );
    validate(symmetric(), &signed).unwrap();
    // And a part that is encrypted with another one.
    let data = Encrypting {
        with: None,
        secret: derive(&encrypting.secret, 16),
        data_key_info: vec![SecurityTokenReference::direct_markup("DK-2", ns::ENCRYPTED_KEY_TOKEN)],
        ..Encrypting::with_method(BlockEncryption::Aes128Gcm)
    };
    let message = data.encrypt(&signed, &[content(inside(&signed, "s:Body"))]);
    let message = in_security(&message, &derived("DK-2", "EK", 16));
    let valid = validate(symmetric(), &message).unwrap();
    assert_eq!(valid.encrypted()[0].path, "/Envelope/Body");
    let wrong = message.replace(&derived("DK-2", "EK", 16), &derived("DK-2", "EK", 20));
    assert_eq!(validate(symmetric(), &wrong).unwrap_err(), Cause::DecryptionFailed);
    let itself = message.replace(&derived("DK-2", "EK", 16), &derived("DK-2", "DK-2", 16));
    assert_eq!(validate(symmetric(), &itself).unwrap_err(), Cause::NoKey);
    let again = message.replace(&derived("DK-2", "EK", 16), &derived("DK-2", "DK-1", 16));
    assert_eq!(validate(symmetric(), &again).unwrap_err(), Cause::NoKey);
}

#[test]
fn derived_keys_are_bounded_before_anything_is_computed() {
    let encrypting = Encrypting::new();
    let token = derived("DK-1", "EK", 24);
    let key = derive(&encrypting.secret, 24);
    let tokens = format!("{}{token}", encrypting.order(&[]));
    let message = signed_with(&key, &direct("DK-1", ns::ENCRYPTED_KEY_TOKEN), &tokens);
    validate(symmetric(), &message).unwrap();
    let length = "<wsc:Length>24<";
    let offset = "<wsc:Offset>0</wsc:Offset>";
    find(&message, length);
    find(&message, offset);
    for (from, to, cause) in [
        (length, "<wsc:Length>0<", Cause::InvalidTokenValue),
        (length, "<wsc:Length>-1<", Cause::InvalidTokenValue),
        (length, "<wsc:Length>1e3<", Cause::InvalidTokenValue),
        (length, "<wsc:Length>1025<", Cause::InvalidTokenValue),
        (length, "<wsc:Length>2147483647<", Cause::InvalidTokenValue),
        (length, "<wsc:Length>99999999999999999999<", Cause::InvalidTokenValue),
        (length, "<wsc:Length><", Cause::InvalidTokenValue),
        (offset, "<wsc:Offset>1001</wsc:Offset>", Cause::InvalidTokenValue),
        (offset, "<wsc:Offset>18446744073709551615</wsc:Offset>", Cause::InvalidTokenValue),
        (offset, "<wsc:Generation>999999999</wsc:Generation>", Cause::InvalidTokenValue),
        (
            offset,
            "<wsc:Offset>0</wsc:Offset><wsc:Generation>0</wsc:Generation>",
            Cause::InvalidTokenValue,
        ),
        (offset, "<wsc:Offset>0</wsc:Offset><wsc:Offset>0</wsc:Offset>", Cause::DuplicateElement),
        (offset, "<wsc:Other/>", Cause::UnexpectedContent),
        (offset, "<wsse:Other/>", Cause::UnexpectedContent),
        (&format!("<wsc:Nonce>{}</wsc:Nonce>", base64(NONCE)), "", Cause::MissingPart),
        ("<wsc:Nonce>", "<wsc:Nonce>*", Cause::InvalidTokenValue),
        (
            "<wsc:DerivedKeyToken ",
            "<wsc:DerivedKeyToken Algorithm='urn:other' ",
            Cause::UnsupportedAlgorithm,
        ),
    ] {
        let changed = message.replace(from, to);
        assert_ne!(changed, message, "{from}");
        assert_eq!(validate(symmetric(), &changed).unwrap_err(), cause, "{to}");
    }
    // What says the same.
    for (from, to) in [
        (offset, "<wsc:Generation>0</wsc:Generation>"),
        (offset, ""),
        (length, "<wsc:Length> 24\n<"),
    ] {
        validate(symmetric(), &message.replace(from, to)).unwrap();
    }
    // The other version of the namespace, from its own default length.
    let older = message.replace(ns::WSC_2005_12, ns::WSC_2005_02);
    validate(symmetric(), &older).unwrap();
}

fn username_token(more: &str) -> String {
    format!(
        "<wsse:UsernameToken xmlns:u='{}' xmlns:e='{}' u:Id='UT'><wsse:Username>bob</wsse:Username>\
         {more}</wsse:UsernameToken>",
        ns::WSU,
        ns::WSSE11
    )
}

const SALT: &str = "<e:Salt>AQECAwQFBgcICQoLDA0ODw==</e:Salt><e:Iteration>1000</e:Iteration>";

fn password_key(password: &str) -> Secret {
    let salt = wsse_core::crypto::base64_to_vec("AQECAwQFBgcICQoLDA0ODw==").unwrap();
    username_token_key(&Secret::new(password), &salt, 1000)
}

fn users() -> PasswordTable {
    PasswordTable::new().with("bob", Secret::new("security"))
}

#[test]
fn a_key_of_a_password_authenticates_its_user() {
    let key = password_key("security");
    let reference = direct("UT", ns::USERNAME_TOKEN);
    let message = signed_with(&key, &reference, &username_token(SALT));
    let by = |policy: &str| inbound(policy).passwords(users());
    let signer = policy("\"username\"");
    let valid = validate(by(&signer), &message).unwrap();
    assert_eq!(valid.username(), Some("bob"));
    assert!(valid.is_authenticated());
    let required = signer.replace("signer", "username-token = \"any\", signer");
    let valid = validate(by(&required), &message).unwrap();
    assert!(valid.is_authenticated());
    let digest = signer.replace("signer", "username-token = \"digest\", signer");
    assert_eq!(validate(by(&digest), &message).unwrap_err(), Cause::MissingPart);
    let trusted = inbound(&policy("\"any\"").replace("any", "trusted"))
        .passwords(users())
        .secret("other", Secret::new("other"));
    assert_eq!(validate(trusted, &message).unwrap_err(), Cause::UnauthenticatedKey);
    // Unknown users, and wrong passwords.
    for table in [PasswordTable::new(), PasswordTable::new().with("bob", Secret::new("wrong"))] {
        let builder = inbound(&signer).passwords(table);
        assert_eq!(validate(builder, &message).unwrap_err(), Cause::SignatureMismatch);
    }
    assert_eq!(validate(inbound(&signer), &message).unwrap_err(), Cause::NoKey);
    // A token from which a key could be made, and none was.
    let unused = in_security(&envelope("1.1"), &username_token(SALT));
    let token = "version = 1\nrequire = { username-token = \"any\" }\n";
    assert_eq!(validate(by(token), &unused).unwrap_err(), Cause::MissingPart);
}

#[test]
fn salt_and_iteration_are_bounded() {
    let key = password_key("security");
    let reference = direct("UT", ns::USERNAME_TOKEN);
    let signer = policy("\"username\"");
    let of = |more: &str| {
        let message = signed_with(&key, &reference, &username_token(more));
        validate(inbound(&signer).passwords(users()), &message)
    };
    of(SALT).unwrap();
    of("<e:Salt>AQECAwQFBgcICQoLDA0ODw==</e:Salt>").unwrap();
    let salt = "<e:Salt>AQECAwQFBgcICQoLDA0ODw==</e:Salt>";
    for (more, cause) in [
        (format!("{salt}<e:Iteration>0</e:Iteration>"), Cause::InvalidTokenValue),
        (format!("{salt}<e:Iteration>999</e:Iteration>"), Cause::InvalidTokenValue),
        (format!("{salt}<e:Iteration>1e3</e:Iteration>"), Cause::InvalidTokenValue),
        (format!("{salt}<e:Iteration>+1000</e:Iteration>"), Cause::InvalidTokenValue),
        (format!("{salt}<e:Iteration>100001</e:Iteration>"), Cause::InvalidTokenValue),
        (format!("{salt}<e:Iteration>2147483648</e:Iteration>"), Cause::InvalidTokenValue),
        (format!("{salt}<e:Iteration>1001</e:Iteration>"), Cause::SignatureMismatch),
        (format!("{salt}{salt}"), Cause::DuplicateElement),
        ("<e:Iteration>1000</e:Iteration>".to_owned(), Cause::InvalidTokenValue),
        ("<e:Salt>AQI=</e:Salt>".to_owned(), Cause::InvalidTokenValue),
        ("<e:Salt>*</e:Salt>".to_owned(), Cause::InvalidTokenValue),
        (String::new(), Cause::NoKey),
        (
            format!("<wsse:Password Type='{}'>security</wsse:Password>{SALT}", ns::PASSWORD_TEXT),
            Cause::UnexpectedContent,
        ),
    ] {
        assert_eq!(of(&more).unwrap_err(), cause, "{more}");
    }
}

/// WSS4J names a secret that both sides have so, though it was never encrypted.
#[test]
fn an_encrypted_key_sha1_may_name_a_shared_secret() {
    let secret = Secret::new([7; 32]);
    let reference = |of: &Secret| {
        let hash = Hash::Sha1.digest(&[of.octets()]);
        text(&SecurityTokenReference::encrypted_key_sha1_markup(hash.octets()))
    };
    let signed = signed_with(&secret, &reference(&secret), "");
    let by = |given: &Secret| {
        let other = Secret::new([8; 32]);
        let builder = inbound(&policy("\"trusted\"")).secret("one", other);
        validate(builder.secret("two", given.clone()), &signed)
    };
    assert_eq!(by(&secret).expect("it is signed").signed().len(), 1);
    assert_eq!(by(&Secret::new([9; 32])).expect_err("another secret"), Cause::NoKey);
    let named = signed_with(&secret, &reference(&Secret::new([8; 32])), "");
    let builder = inbound(&policy("\"trusted\"")).secret("", secret);
    assert_eq!(validate(builder, &named).expect_err("named otherwise"), Cause::NoKey);
}
