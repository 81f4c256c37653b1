//! Pages of docs/ show defaults, presets and dialects as the code has them.

#[path = "support/page.rs"]
mod page;

use page::assert_shown;
use std::fmt::Write as _;
use wsse_core::crypto::{
    BlockEncryption, DigestMethod, KeyAgreement, KeyEncryption, KeyFamily, LegacySet, Secret,
    SignatureMethod, SystemRandom,
};
use wsse_core::http::{self, CreateOptions};
use wsse_core::policy::{DataKeyTransport, PRESETS};
use wsse_core::time::SystemClock;
use wsse_core::{InboundPolicy, OutboundPolicy};

const POLICIES: &str = "docs/policies.md";
const DIALECTS: &str = "docs/guide/x-wsse.md";

#[test]
fn policies_shows_every_outbound_default() {
    let least =
        "version = 1\norder = [\"timestamp\", \"username-token\", \"signature\", \"encryption\"]";
    let policy = OutboundPolicy::from_toml(least).unwrap();
    assert_shown(POLICIES, "outbound", &fenced("toml", &policy.to_toml()));
}

#[test]
fn policies_shows_every_inbound_default() {
    let least = "version = 1\nrequire = { username-token = \"digest\", timestamp = true }";
    let policy = InboundPolicy::from_toml(least).unwrap();
    assert_shown(POLICIES, "inbound", &fenced("toml", &policy.to_toml()));
}

#[test]
fn policies_shows_every_preset() {
    let mut shown = String::new();
    for preset in PRESETS {
        let (outbound, inbound) = (fenced("toml", preset.outbound), fenced("toml", preset.inbound));
        write!(shown, "### {}\n\nOutbound:\n\n{outbound}\nInbound:\n\n{inbound}\n", preset.name)
            .unwrap();
    }
    assert_shown(POLICIES, "presets", &shown);
}

#[test]
fn policies_shows_every_method() {
    let mut table =
        String::from("| `method` | `Algorithm` | key | | needs |\n|---|---|---|---|---|\n");
    for method in SignatureMethod::all() {
        let key = match method.family() {
            KeyFamily::Rsa if method.pss().is_some() => "RSA, also for RSASSA-PSS alone",
            KeyFamily::Rsa => "RSA",
            KeyFamily::Ecdsa => "EC",
            KeyFamily::Dsa => "DSA",
            KeyFamily::Ed25519 => "Ed25519",
            KeyFamily::Ed448 => "Ed448",
            KeyFamily::Hmac => "shared secret",
            other => panic!("{other:?}"),
        };
        let needs: Vec<_> = method.legacy().iter().map(|one| format!("`{}`", one.name())).collect();
        let does = if method.signs() { "" } else { "only verified" };
        let (name, uri, needs) = (method.name(), method.uri(), needs.join(" and "));
        writeln!(table, "| `{name}` | `{uri}` | {key} | {does} | {needs} |").unwrap();
    }
    table += "\n| `digest` | `Algorithm` | | needs |\n|---|---|---|---|\n";
    for digest in DigestMethod::ALL {
        let needs = digest.legacy().map(|one| format!("`{}`", one.name())).unwrap_or_default();
        let does = if digest.signs() { "" } else { "only verified" };
        writeln!(table, "| `{}` | `{}` | {does} | {needs} |", digest.name(), digest.uri()).unwrap();
    }
    assert_shown(POLICIES, "methods", &table);
}

#[test]
fn policies_shows_every_method_of_encryption() {
    let needed = |needed: LegacySet| {
        let names: Vec<_> = needed.iter().map(|one| format!("`{}`", one.name())).collect();
        names.join(" and ")
    };
    let mut table =
        String::from("| `data` | `Algorithm` | octets of the key | needs |\n|---|---|---|---|\n");
    for method in BlockEncryption::ALL {
        let (name, uri, octets) = (method.name(), method.uri(), method.key_length());
        writeln!(table, "| `{name}` | `{uri}` | {octets} | {} |", needed(method.legacy())).unwrap();
    }
    table += "\n| `transport` | `Algorithm` | key | needs |\n|---|---|---|---|\n";
    for method in KeyEncryption::all() {
        let key = match method {
            KeyEncryption::Transport(_) => "RSA".to_owned(),
            KeyEncryption::Wrap(wrap) => format!("shared secret of {} octets", wrap.key_length()),
            other => panic!("{other:?}"),
        };
        let (name, uri) = (method.name(), method.uri());
        writeln!(table, "| `{name}` | `{uri}` | {key} | {} |", needed(method.legacy())).unwrap();
    }
    for method in KeyAgreement::ALL {
        let key = match method {
            KeyAgreement::EcdhEs => "EC on P-256, P-384 or P-521",
            KeyAgreement::X25519 => "X25519",
            other => panic!("{other:?}"),
        };
        writeln!(table, "| `{}` | `{}` | {key} |  |", method.name(), method.uri()).unwrap();
    }
    assert_eq!(DataKeyTransport::Secret.name(), "secret");
    table += "| `secret` | | shared secret, as long as `data` needs |  |\n";
    assert_eq!(DataKeyTransport::Common.name(), "encrypted-key");
    table += "| `encrypted-key` | | that of the table `encrypted-key` |  |\n";
    assert_shown(POLICIES, "encryption methods", &table);
}

#[test]
fn x_wsse_shows_every_dialect() {
    let mut table =
        String::from("| name | who speaks it, and what is peculiar to it |\n|---|---|\n");
    for preset in http::PRESETS {
        writeln!(table, "| `{}` | {} |", preset.name(), preset.description()).unwrap();
    }
    assert_shown(DIALECTS, "dialects", &table);
}

#[test]
fn x_wsse_shows_what_every_dialect_writes() {
    let password = Secret::new("taadtaadpstcsm");
    let options = CreateOptions {
        nonce: Some(b"d36e316282959a9ed4c89851497a717f"),
        created: Some("2003-12-15T14:43:07Z"),
        ..CreateOptions::default()
    };
    let mut headers = String::new();
    for preset in http::PRESETS {
        let dialect = preset.dialect();
        let value = http::create(&dialect, "bob", &password, &options, &SystemClock, &SystemRandom)
            .unwrap();
        writeln!(headers, "{}: {value}", preset.name()).unwrap();
    }
    assert_shown(DIALECTS, "headers", &fenced("text", &headers));
}

fn fenced(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n", text.replace("\r\n", "\n").trim_end())
}
