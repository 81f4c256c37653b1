//! The crate bergshamra as a peer: octets in, octets or a verdict out, keys loaded once. It speaks the
//! protocol of `bench/src/serve.rs`.
//!
//! ```text
//! wsse-bench-bergshamra KEY.pem CERTIFICATE.pem
//! ```

#[path = "../../src/serve.rs"]
mod serve;

use bergshamra::c14n::{C14nMode, canonicalize};
use bergshamra::{DsigContext, Key, KeyUsage, KeysManager, sign, verify};
use serve::{Case, Prepared};
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match serve::serve("0.11.1", find, |file| {
        std::fs::read(file).map_err(|error| error.to_string())
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!("error {reason}");
            ExitCode::from(2)
        }
    }
}

fn find(name: &str) -> Option<Case> {
    match name {
        "sign" => Some(|message, _| sign_message(text(message))),
        "verify" | "verify-part" | "verify-parts" => Some(|message, _| {
            let (context, message) = (context(2, KeyUsage::Verify), text(message));
            Prepared::new(message.len(), move || {
                let verdict = verify(&context, black_box(&message)).expect("it can be checked");
                assert!(verdict.is_valid(), "{verdict:?}");
            })
        }),
        "c14n" => Some(|message, _| {
            let message = text(message);
            Prepared::new(message.len(), move || {
                let none: [&str; 0] = [];
                let written = canonicalize(black_box(&message), C14nMode::Exclusive, None, &none);
                black_box(written.expect("it can be canonicalized"));
            })
        }),
        _ => None,
    }
}

/// It fills templates. Putting one into the message is all that its caller has to do, and is counted.
fn sign_message(message: String) -> Prepared {
    let context = context(1, KeyUsage::Sign);
    let certificate = certificate();
    Prepared::with_output(message.len(), move || {
        let header = header(&certificate);
        let (before, rest) = message.split_once("<soapenv:Header/>").expect("a Header");
        let (between, behind) = rest.split_once("<soapenv:Body>").expect("a Body");
        let wsu = "xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/\
                   oasis-200401-wss-wssecurity-utility-1.0.xsd\"";
        let body = format!("<soapenv:Body {wsu} wsu:Id=\"id-1\">");
        let template = [before, &header, between, &body, behind].concat();
        black_box(sign(&context, &template).expect("it can be signed")).len()
    })
}

fn header(certificate: &str) -> String {
    let wss = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss";
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let reference = |id: &str| {
        format!(
            "<ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform Algorithm=\"{exclusive}\"/>\
             </ds:Transforms><ds:DigestMethod \
             Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue/>\
             </ds:Reference>"
        )
    };
    format!(
        "<soapenv:Header><wsse:Security xmlns:wsse=\"{wss}-wssecurity-secext-1.0.xsd\" \
         xmlns:wsu=\"{wss}-wssecurity-utility-1.0.xsd\"><wsu:Timestamp wsu:Id=\"TS-1\">\
         <wsu:Created>2026-01-01T00:00:00Z</wsu:Created>\
         <wsu:Expires>2026-01-01T00:05:00Z</wsu:Expires></wsu:Timestamp>\
         <wsse:BinarySecurityToken wsu:Id=\"X509-1\" \
         ValueType=\"{wss}-x509-token-profile-1.0#X509v3\" \
         EncodingType=\"{wss}-soap-message-security-1.0#Base64Binary\">{certificate}\
         </wsse:BinarySecurityToken><ds:Signature \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>\
         <ds:CanonicalizationMethod Algorithm=\"{exclusive}\"/><ds:SignatureMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>{}{}</ds:SignedInfo>\
         <ds:SignatureValue/><ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference \
         URI=\"#X509-1\" ValueType=\"{wss}-x509-token-profile-1.0#X509v3\"/>\
         </wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security>\
         </soapenv:Header>",
        reference("id-1"),
        reference("TS-1"),
    )
}

fn context(argument: usize, usage: KeyUsage) -> DsigContext {
    let pem = file(argument);
    let mut key: Key = if usage == KeyUsage::Sign {
        bergshamra::keys::loader::load_rsa_private_pem(&pem).expect("it is a private key")
    } else {
        bergshamra::keys::loader::load_x509_cert_pem(&pem).expect("it is a certificate")
    };
    key.usage = usage;
    let mut keys = KeysManager::new();
    keys.add_key(key);
    // Strict, it refuses a Signature that stands beside what it signs.
    DsigContext::new(keys).with_strict_verification(false)
}

/// In base64, as it stands in the BinarySecurityToken.
fn certificate() -> String {
    let pem = text(file(2));
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}

fn file(argument: usize) -> Vec<u8> {
    let name = std::env::args().nth(argument).expect("usage: KEY.pem CERTIFICATE.pem");
    std::fs::read(Path::new(&name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn text(octets: Vec<u8>) -> String {
    String::from_utf8(octets).expect("the message is UTF-8")
}
