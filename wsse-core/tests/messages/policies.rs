//! Policies are read strictly, and say what is wrong with them.

use wsse_core::{Cause, InboundPolicy, OutboundPolicy};

const REQUIRE: &str = "version = 1\nrequire = { timestamp = true }\n";

#[test]
fn every_mistake_has_its_line_and_its_cure() {
    for (source, cause, line, text) in [
        (
            "require = { timestamp = true }",
            Cause::InvalidPolicy,
            None,
            "begin it with `version = 1`",
        ),
        ("version = 2", Cause::InvalidPolicy, Some(1), "version 1 of policies, not 2"),
        ("version = 1\n= 3", Cause::InvalidPolicy, Some(2), "no TOML"),
        ("version = 1\nversion = 1", Cause::InvalidPolicy, Some(2), "no TOML"),
        ("version = 1\n", Cause::InvalidPolicy, Some(1), "requires nothing"),
        ("version = 1\nrequire = {}", Cause::InvalidPolicy, Some(2), "requires nothing"),
        (
            "version = 1\nrequire = { timestmap = true }",
            Cause::InvalidPolicy,
            Some(2),
            "did you mean `timestamp`?",
        ),
        (
            "version = 1\nrequire = { username_token = \"digest\" }",
            Cause::InvalidPolicy,
            Some(2),
            "did you mean `username-token`?",
        ),
        (
            "version = 1\nrequire = { username-token = \"diggest\" }",
            Cause::InvalidPolicy,
            Some(2),
            "did you mean \"digest\"?",
        ),
        (
            "version = 1\nrequire = { username-token = true }",
            Cause::InvalidPolicy,
            Some(2),
            "must be a string",
        ),
        (
            "version = 1\nrequire = { expires = true, username-token = \"any\" }",
            Cause::InvalidPolicy,
            Some(2),
            "needs `require.timestamp`",
        ),
        (
            "version = 1\nrequire = { timestamp = true, signer = [] }",
            Cause::InvalidPolicy,
            Some(2),
            "names nobody",
        ),
        (
            "version = 1\nrequire = { timestamp = true, signer = [\"symetric\"] }",
            Cause::InvalidPolicy,
            Some(2),
            "did you mean \"symmetric\"?",
        ),
        (
            "version = 1\nrequire = { encrypted = [\"username-token?\"] }",
            Cause::InvalidPolicy,
            Some(2),
            "requires nothing",
        ),
        (
            "version = 1\nrequire = { signed = [\"body-content\"] }",
            Cause::InvalidPolicy,
            Some(2),
            "body-content: whole elements are signed",
        ),
        (
            "version = 1\nrequire = { signed = [\"body\", \"/Envelope/Body//{urn:a}b\"] }",
            Cause::InvalidPolicy,
            Some(2),
            "by their Id",
        ),
        (
            "version = 1\nrequire = { encrypted = [\"body\"] }",
            Cause::InvalidPolicy,
            Some(2),
            "encrypted as body-content",
        ),
        (
            "version = 1\nrequire = { encrypted = [\"headers\", \"body-content\"] }",
            Cause::InvalidPolicy,
            Some(2),
            "name each as {namespace}local",
        ),
        (
            "version = 1\nrequire = { encrypted = [\"signature[1]\"] }",
            Cause::InvalidPolicy,
            Some(2),
            "take signature",
        ),
        (
            "version = 1\nrequire = { encrypted = [\"content(username-token)\"] }",
            Cause::InvalidPolicy,
            Some(2),
            "no part of a message",
        ),
        (
            "version = 1\nrequire = { encrypted = [\"{urn:a}b\", \"content({urn:a}b)\"] }",
            Cause::InvalidPolicy,
            Some(2),
            "stands twice",
        ),
        (
            "version = 1\nrequire = { signed = [\"bodi\"] }",
            Cause::InvalidPolicy,
            Some(2),
            "no part of a message",
        ),
        (
            "version = 1\nrequire = { signed = [\"body\", \"body?\"] }",
            Cause::InvalidPolicy,
            Some(2),
            "stands twice",
        ),
        (
            "version = 1\nrequire = { signed = [\"timestamp?\"] }",
            Cause::InvalidPolicy,
            Some(2),
            "without a signature would pass",
        ),
        (
            "version = 1\nrequire = { timestamp = true, signature-confirmation = true }",
            Cause::InvalidPolicy,
            Some(2),
            "needs `require.signed`",
        ),
        ("version = 1\nrequire = true", Cause::InvalidPolicy, Some(2), "must be a table"),
        (
            "version = 1\nfoo = 1",
            Cause::InvalidPolicy,
            Some(2),
            "unknown key `foo`; known here: version, require",
        ),
        (
            &format!("{REQUIRE}clock = {{ ttl = -1 }}"),
            Cause::InvalidPolicy,
            Some(3),
            "must be from 0 to",
        ),
        (
            &format!("{REQUIRE}clock = {{ ttl = 99999999999999999999 }}"),
            Cause::InvalidPolicy,
            Some(3),
            "",
        ),
        (
            &format!("{REQUIRE}clock = {{ ttl = 1.5 }}"),
            Cause::InvalidPolicy,
            Some(3),
            "whole number",
        ),
        (
            &format!("{REQUIRE}limits = {{ message = \"64 MB\" }}"),
            Cause::InvalidPolicy,
            Some(3),
            "such as \"64 MiB\"",
        ),
        (
            &format!("{REQUIRE}limits = {{ message = 0 }}"),
            Cause::InvalidPolicy,
            Some(3),
            "is no size",
        ),
        (&format!("{REQUIRE}limits = {{ depth = 0 }}"), Cause::InvalidPolicy, Some(3), "from 1 to"),
        (
            &format!("{REQUIRE}username = {{ password = \"always\" }}"),
            Cause::InvalidPolicy,
            Some(3),
            "required, optional",
        ),
        (
            &format!("{REQUIRE}legacy = {{ allow = [\"sha-1\"] }}"),
            Cause::InvalidPolicy,
            Some(3),
            "did you mean \"sha1\"?",
        ),
        (
            &format!("{REQUIRE}trust = {{ anchor = \"x\" }}"),
            Cause::InvalidPolicy,
            Some(3),
            "did you mean `anchors`?",
        ),
    ] {
        let error = InboundPolicy::from_toml(source).unwrap_err();
        assert_eq!(error.cause(), cause, "{source}: {error}");
        assert_eq!(error.position().map(|position| position.line), line, "{source}: {error}");
        assert!(error.reason().contains(text), "{source}: {error}");
    }
    for (source, cause, line, text) in [
        ("version = 1", Cause::InvalidPolicy, Some(1), "puts nothing into a message"),
        ("version = 1\norder = []", Cause::InvalidPolicy, Some(2), "puts nothing into a message"),
        (
            "version = 1\norder = [\"timestamp\", \"timestamp\"]",
            Cause::InvalidPolicy,
            Some(2),
            "twice",
        ),
        (
            "version = 1\norder = [\"timestampp\"]",
            Cause::InvalidPolicy,
            Some(2),
            "did you mean \"timestamp\"?",
        ),
        ("version = 1\nencryption = []", Cause::InvalidPolicy, Some(2), "stands not in `order`"),
        (
            "version = 1\norder = [\"signature\"]\nencryption = [{}]",
            Cause::InvalidPolicy,
            Some(3),
            "stands not in `order`",
        ),
        (
            "version = 1\ntimestamp = {}\nlegacy = { allow = [\"cbc\"] }",
            Cause::InvalidPolicy,
            Some(1),
            "knows \"rsa1024\" only",
        ),
        ("version = 1\nsignature = []", Cause::InvalidPolicy, Some(2), "stands not in `order`"),
        (
            "version = 1\nsignature = [{ parts = [] }]",
            Cause::InvalidPolicy,
            Some(2),
            "needs the parts",
        ),
        (
            "version = 1\nsignature = [{ method = \"rsa-sha265\" }]",
            Cause::InvalidPolicy,
            Some(2),
            "did you mean \"rsa-sha256\"?",
        ),
        ("version = 1\norder = [1]", Cause::InvalidPolicy, Some(2), "array of strings"),
        (
            "version = 1\norder = [\"timestamp\"]\nusername-token = {}",
            Cause::InvalidPolicy,
            Some(3),
            "stands not in `order`",
        ),
        ("version = 1\ntimestamp = { ttl = -1 }", Cause::InvalidPolicy, Some(2), "from 0"),
        (
            "version = 1\ntimestamp = { zone = \"+0000\" }",
            Cause::InvalidPolicy,
            Some(2),
            "`timestamp.zone` can't be",
        ),
        (
            "version = 1\nusername-token = { nonce = \"yes\" }",
            Cause::InvalidPolicy,
            Some(2),
            "true or false",
        ),
        (
            "version = 1\nsignature = [{ key-name = \"a\" }]",
            Cause::InvalidPolicy,
            Some(2),
            "`key-name` belongs",
        ),
        (
            "version = 1\ntimestamp = {}\nheader = { layout = \"lax\" }",
            Cause::InvalidPolicy,
            Some(3),
            "layout",
        ),
    ] {
        let error = OutboundPolicy::from_toml(source).unwrap_err();
        assert_eq!(error.cause(), cause, "{source}: {error}");
        assert_eq!(error.position().map(|position| position.line), line, "{source}: {error}");
        assert!(error.reason().contains(text), "{source}: {error}");
    }
}

#[test]
fn every_mistake_of_an_encryption_has_its_cure() {
    for (table, text) in [
        ("parts = []", "needs the parts"),
        ("recipient = []", "`encryption.recipient` is empty"),
        ("recipients = \"a\"", "did you mean `recipient`?"),
        ("recipient = [\"a\", \"a\"]", "stands twice"),
        ("recipient = [\"a\", \"b\"], reference = \"key-name\", key-name = \"c\"", "several"),
        ("key-name = \"c\"", "belongs to the reference \"key-name\""),
        ("data = \"aes-256-gcm\"", "did you mean \"aes256-gcm\"?"),
        ("data = \"3des\"", "tripledes-cbc"),
        ("transport = \"rsa-1_5\"", "did you mean \"rsa-1.5\"?"),
        ("transport = \"rsa-1.5\", digest = \"sha1\"", "`encryption.digest` belongs to RSA-OAEP"),
        ("transport = \"kw-aes256\", mgf = \"mgf1-sha1\"", "`encryption.mgf` belongs to RSA-OAEP"),
        ("transport = \"rsa-oaep-mgf1p\", mgf = \"mgf1-sha256\"", "take \"rsa-oaep\""),
        ("mgf = \"sha256\"", "known: mgf1-sha1"),
        ("mgf = \"mgf1-sha3-256\"", "known: mgf1-sha1"),
        ("digest = \"sha3-256\"", "give `encryption.mgf`"),
        ("digest = \"md5\"", "`encryption.digest` can't be"),
        ("reference = \"x509-pki-path\"", "take \"binary-security-token\""),
        ("reference = \"secret\"", "belongs to a shared secret"),
        ("transport = \"secret\", reference = \"issuer-serial\"", "has no certificate"),
        ("transport = \"secret\", recipient = [\"a\", \"b\"]", "there is one recipient"),
        ("transport = \"kw-aes128\", recipient = \"signer\"", "public key in his certificate"),
        ("parts = [\"body\"]", "encrypted as body-content"),
        ("parts = [\"addressing\"]", "name each"),
        ("parts = [\"security-token-reference\"]", "a way to sign"),
        (
            "parts = [\"{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}Security\"]",
            "how to decrypt",
        ),
        ("parts = [\"content(body)\"]", "body-content"),
        ("parts = [\"/Envelope/Body//b\"]", "no part of a message"),
    ] {
        let source = format!("version = 1\nencryption = [{{ {table} }}]");
        let error = OutboundPolicy::from_toml(&source).unwrap_err();
        assert_eq!(error.cause(), Cause::InvalidPolicy, "{table}: {error}");
        assert_eq!(error.position().map(|position| position.line), Some(2), "{table}: {error}");
        assert!(error.reason().contains(text), "{table}: {error}");
    }
    let many: Vec<String> = (0..17).map(|number| format!("\"{number}\"")).collect();
    let source = format!("version = 1\nencryption = [{{ recipient = [{}] }}]", many.join(", "));
    let error = OutboundPolicy::from_toml(&source).unwrap_err();
    assert!(error.reason().contains("at most 16"), "{error}");
}

#[test]
fn an_encryption_is_written_and_read_back() {
    for (table, written) in [
        (
            "",
            "{ recipient = \"default\", reference = \"issuer-serial\", data = \"aes256-gcm\", transport = \"rsa-oaep\", digest = \"sha256\", mgf = \"mgf1-sha256\", parts = [\"body-content\"] }",
        ),
        ("digest = \"sha512\"", "digest = \"sha512\", mgf = \"mgf1-sha512\""),
        (
            "digest = \"sha3-256\", mgf = \"mgf1-sha1\"",
            "digest = \"sha3-256\", mgf = \"mgf1-sha1\"",
        ),
        ("transport = \"rsa-oaep-mgf1p\"", "digest = \"sha1\", mgf = \"mgf1-sha1\""),
        (
            "transport = \"rsa-oaep-mgf1p\", digest = \"sha256\"",
            "digest = \"sha256\", mgf = \"mgf1-sha1\"",
        ),
        (
            "transport = \"rsa-1.5\", data = \"tripledes-cbc\"",
            "data = \"tripledes-cbc\", transport = \"rsa-1.5\", parts",
        ),
        (
            "transport = \"secret\"",
            "reference = \"key-name\", data = \"aes256-gcm\", transport = \"secret\", parts",
        ),
        ("transport = \"kw-aes128\", reference = \"secret\"", "reference = \"secret\", data"),
        (
            "recipient = [\"a\", \"signer\"], reference = \"x509-data\", security-token-reference = true",
            "{ recipient = [\"a\", \"signer\"], reference = \"x509-data\", security-token-reference = true, data",
        ),
        ("reference = \"key-name\", key-name = \"n\"", "key-name = \"n\", data"),
        (
            "parts = [\"body-content?\", \"{urn:a}b\", \"content({urn:a}c)?\", \"#d\", \"content(#e)\", \"/Envelope/Body/{urn:a}f[1]\", \"content(/Envelope/Body/{urn:a}g[2])?\", \"/Envelope/Body//{urn:a}h\", \"content(/Envelope/Body//{urn:a}i)?\", \"signature[2]\", \"timestamp?\"]",
            "parts = [\"body-content?\", \"{urn:a}b\", \"content({urn:a}c)?\", \"#d\", \"content(#e)\", \"/Envelope/Body/{urn:a}f[1]\", \"content(/Envelope/Body/{urn:a}g[2])?\", \"/Envelope/Body//{urn:a}h\", \"content(/Envelope/Body//{urn:a}i)?\", \"signature[2]\", \"timestamp?\"] }",
        ),
    ] {
        let source = format!(
            "version = 1\nencryption = [{{ {table} }}]\nlegacy = {{ allow = [\"rsa1024\"] }}"
        );
        let policy = OutboundPolicy::from_toml(&source).unwrap();
        assert!(policy.to_toml().contains(written), "{}", policy.to_toml());
        assert_eq!(OutboundPolicy::from_toml(&policy.to_toml()).unwrap(), policy);
    }
}

#[test]
fn what_is_written_is_read_back() {
    let outbound = r#"
        version = 1
        order = ["username-token", "timestamp"]
        header = { actor = "urn:a\"b\\\u0001", must-understand = false }
        timestamp = { ttl = 7, milliseconds = false, zone = "+00:00" }
        username-token = { password = "none", id = false, nonce = false, created = false, secret = "sha1-base64", milliseconds = true, zone = "+00:00" }
        clock = { offset = -5 }
    "#;
    let policy = OutboundPolicy::from_toml(outbound).unwrap();
    assert_eq!(OutboundPolicy::from_toml(&policy.to_toml()).unwrap(), policy);
    let signing = r#"
        version = 1
        signature = [{ reference = "key-name", key-name = "a \"name\"", security-token-reference = true, parts = ["body", "security-token-reference?"] }]
    "#;
    let policy = OutboundPolicy::from_toml(signing).unwrap();
    assert_eq!(OutboundPolicy::from_toml(&policy.to_toml()).unwrap(), policy);
    for names in ["\"one\"", "[\"one\", \"two\"]"] {
        let text = format!(
            "version = 1\nrequire = {{ signed = [\"body\"] }}\ntrust = {{ certificates = {names} }}"
        );
        let policy = InboundPolicy::from_toml(&text).unwrap();
        assert!(policy.to_toml().contains(&format!("certificates = {names}")));
        assert_eq!(InboundPolicy::from_toml(&policy.to_toml()).unwrap(), policy);
    }
    let inbound = r#"
        version = 1
        require = { username-token = "any", timestamp = true, expires = true, signed = [], encrypted = [] }
        header = { actor = "urn:a" }
        clock = { ttl = 1, skew = 2, future = 3, offset = 4 }
        username = { nonce = "always", created = "optional", password = "optional", secret = "lower", types = "lenient" }
        replay = { store = "fleet" }
        legacy = { allow = [] }
        limits = { message = "1 GiB", header = "3 KiB", depth = 4, attributes = 5, namespaces = 1_000 }
    "#;
    let policy = InboundPolicy::from_toml(inbound).unwrap();
    assert_eq!(policy.limits.message, 1 << 30);
    assert_eq!(InboundPolicy::from_toml(&policy.to_toml()).unwrap(), policy);
}
