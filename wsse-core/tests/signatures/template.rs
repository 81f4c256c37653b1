//! A message that stands in somebody else's tree: what is handed out, put there and filled is valid.

use crate::support::{certificate, envelope, identity, inbound, outbound};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use wsse_core::crypto::{Identity, RemoteKey, SigningRequest};
use wsse_core::outbound::{Form, Place, SecurityPlace, Template};
use wsse_core::xml::Markup;
use wsse_core::{Call, Cause, Error, Outbound, ns};

const POLICY: &str = "version = 1\norder = [\"timestamp\", \"signature\"]\n\
    signature = [{ parts = [\"body\", \"timestamp\", \"{urn:addressing}To?\"] }]";
const REQUIRE: &str = "version = 1\nrequire = { signed = [\"body\", \"timestamp\"] }";
const OURS: Form<'static> = Form::Own;
const ZEEP: Form<'static> = Form::Zeep { actor: "" };

/// The owner of a tree, in the place of which stands text: a Header with these blocks, a Body.
struct Owner {
    blocks: Vec<String>,
    tokens: Vec<String>,
    body: &'static str,
}

impl Owner {
    fn new() -> Self {
        Self {
            blocks: vec!["<a:To xmlns:a='urn:addressing'>x?</a:To>".to_owned()],
            tokens: Vec::new(),
            body: "<op xmlns='urn:o'>????????????????????????????</op>",
        }
    }

    fn head(&self) -> String {
        self.document(&self.blocks, "", false)
    }

    fn document(&self, blocks: &[String], id: &str, with_body: bool) -> String {
        let body = if with_body { self.body } else { "" };
        format!(
            "<e:Envelope xmlns:e='{}' xmlns:q='urn:what?'><e:Header>{}</e:Header><e:Body{id}>{body}\
             </e:Body></e:Envelope>",
            ns::SOAP11,
            blocks.concat()
        )
    }

    /// The message with everything of the template in it.
    fn write(&self, template: &Template) -> String {
        let mut blocks = self.blocks.clone();
        let mut body_id = String::new();
        for (place, id) in template.ids() {
            let id = format!(" xmlns:i='{}' i:Id='{id}'", ns::WSU);
            match place {
                Place::Body => body_id = id,
                Place::Block(index) => blocks[*index].insert_str("<a:To".len(), &id),
                Place::Token(_) => unreachable!("there are none without an Id here"),
            }
        }
        let mut content = String::new();
        template.first().iter().for_each(|token| content += &text(token));
        self.tokens.iter().for_each(|token| content += token);
        template.last().iter().for_each(|token| content += &text(token));
        let security = format!("<s:Security xmlns:s='{}'>{content}</s:Security>", ns::WSSE);
        match template.security() {
            SecurityPlace::Block(index) => blocks[*index] = security,
            SecurityPlace::First(_) => blocks.insert(0, security),
            SecurityPlace::Last(_) => blocks.push(security),
        }
        self.document(&blocks, &body_id, true)
    }
}

fn text(token: &Markup) -> String {
    let mut out = Vec::new();
    token.write(&mut out, &[]).unwrap();
    // The writer has no default namespace to declare.
    String::from_utf8(out).unwrap().replace("xmlns:=", "xmlns=")
}

/// The message with the texts in the place of what stands for them.
fn fill(written: &str, texts: &[String]) -> String {
    let mut rest = written;
    let mut filled = String::new();
    for text in texts {
        let place = rest.find(&format!(">{}<", "?".repeat(text.len()))).unwrap() + 1;
        filled.push_str(&rest[..place]);
        filled.push_str(text);
        rest = &rest[place + text.len()..];
    }
    filled + rest
}

fn signer() -> Outbound {
    outbound(POLICY).identity("", identity("client")).build().unwrap()
}

#[test]
fn what_is_put_into_a_tree_is_signed_where_it_stands() {
    for form in [OURS, ZEEP] {
        let outbound = signer();
        let owner = Owner::new();
        let template = outbound.template(owner.head().as_bytes(), &Call::default(), form).unwrap();
        assert_eq!(template.takes_prefixes(), form == ZEEP);
        let written = owner.write(&template);
        let filled = outbound.fill(&template, written.as_bytes()).unwrap();
        assert_eq!(filled.texts.len(), 4, "three digests and a signature");
        let message = fill(&written, &filled.texts);
        let inbound = inbound(REQUIRE).certificate("", certificate("client")).build().unwrap();
        let valid = inbound.validate(message.as_bytes()).unwrap();
        let paths: Vec<&str> = valid.signed().iter().map(|part| part.path.as_str()).collect();
        assert_eq!(paths[0], "/Envelope/Body");
        assert_eq!(paths[2], "/Envelope/Header/{urn:addressing}To[1]");
        assert_eq!(valid.exchange().signature_values(), filled.exchange.signature_values());
        assert_eq!(filled.exchange.certificate(), Some(&certificate("client")));
    }
}

#[test]
fn a_signature_in_a_tree_signs_another() {
    let policy = "version = 1\norder = [\"timestamp\", \"signature\"]\n\
         signature = [{ key = \"one\", parts = [\"body\", \"timestamp\"] }, \
         { key = \"two\", parts = [\"signature\"] }]";
    let require = "version = 1\nrequire = { signed = [\"body\", \"timestamp\", \"signature\"] }";
    for form in [OURS, ZEEP] {
        let outbound = outbound(policy).identity("one", identity("client"));
        let outbound = outbound.identity("two", identity("ec256")).build().unwrap();
        let owner = Owner::new();
        let template = outbound.template(owner.head().as_bytes(), &Call::default(), form).unwrap();
        let written = owner.write(&template);
        let filled = outbound.fill(&template, written.as_bytes()).unwrap();
        assert_eq!(filled.texts.len(), 5, "three digests and two signatures");
        let message = fill(&written, &filled.texts);
        let inbound = inbound(require).certificate("", certificate("client"));
        let inbound = inbound.certificate("", certificate("ec256")).build().unwrap();
        let valid = inbound.validate(message.as_bytes()).unwrap();
        assert_eq!(valid.signers().len(), 2);
        assert_eq!(valid.exchange().signature_values(), filled.exchange.signature_values());
    }
}

#[test]
fn a_signature_of_the_tree_must_have_an_id_to_be_signed() {
    let policy = "version = 1\nsignature = [{ parts = [\"signature\"] }]";
    let outbound = outbound(policy).identity("", identity("client")).build().unwrap();
    for (id, outcome) in [("", Err(Cause::InvalidArgument)), (" Id='own'", Ok(()))] {
        let mut owner = Owner::new();
        owner.blocks.push(format!(
            "<s:Security xmlns:s='{}'><d:Signature xmlns:d='{}'{id}/></s:Security>",
            ns::WSSE,
            ns::DS
        ));
        let made = outbound.template(owner.head().as_bytes(), &Call::default(), OURS);
        assert_eq!(made.map(|_| ()).map_err(|error| error.cause()), outcome);
    }
}

#[test]
fn the_form_of_zeep() {
    let owner = Owner::new();
    let policy = "version = 1\norder = [\"signature\"]\n\
                  header = { must-understand = false, layout = \"signature-first\" }\n\
                  signature = [{ inclusive-prefixes = false }]";
    let outbound = outbound(policy).identity("", identity("client")).build().unwrap();
    let template = outbound.template(owner.head().as_bytes(), &Call::default(), ZEEP).unwrap();
    assert!(template.last().is_empty());
    let [signature, token] = template.first() else { panic!("{:?}", template.first()) };
    assert_eq!((signature.prefix, signature.namespace), ("", ns::DS));
    let names = token.attributes.iter().map(|held| held.local).collect::<Vec<_>>();
    assert_eq!(names, ["ValueType", "EncodingType", "Id"]);
    let SecurityPlace::Last(security) = template.security() else { panic!() };
    assert!(security.attributes.is_empty() && security.declarations.is_empty());
    let [(Place::Body, id)] = template.ids() else { panic!("{:?}", template.ids()) };
    let groups: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(groups, [2, 8, 4, 4, 4, 12]);
    assert_eq!(&id[17..18], "4", "{id} is no random UUID");
    assert!("89ab".contains(&id[22..23]), "{id}");
    assert_ne!(token.attributes[2].value, *id);
}

#[test]
fn the_security_header_that_is_there_is_used_and_its_tokens_get_ids() {
    let timestamp = format!(
        "<u:Timestamp xmlns:u='{}'><u:Created>2026-05-01T12:00:00Z</u:Created></u:Timestamp>",
        ns::WSU
    );
    let security = |attributes: &str| {
        format!("<s:Security xmlns:s='{}'{attributes}>{timestamp}</s:Security>", ns::WSSE)
    };
    let mut owner = Owner::new();
    owner.blocks.push(security(" e:actor='urn:hub'"));
    owner.blocks.push(security(""));
    let policy = "version = 1\nsignature = [{ parts = [\"body\", \"timestamp\"] }]";
    let outbound = outbound(policy).identity("", identity("client")).build().unwrap();
    for (form, place) in [(OURS, 2), (ZEEP, 2), (Form::Zeep { actor: "urn:hub" }, 1)] {
        let template = outbound.template(owner.head().as_bytes(), &Call::default(), form).unwrap();
        assert!(matches!(template.security(), SecurityPlace::Block(index) if *index == place));
        let places: Vec<Place> = template.ids().iter().map(|(place, _)| *place).collect();
        assert_eq!(places, [Place::Body, Place::Token(0)]);
    }
    // In a message of octets as well.
    let message =
        outbound.protect(owner.document(&owner.blocks, "", true).as_bytes(), &Call::default());
    let inbound = inbound(REQUIRE).certificate("", certificate("client")).build().unwrap();
    assert_eq!(inbound.validate(message.unwrap().bytes()).unwrap().signed().len(), 2);
}

#[test]
fn what_was_mangled_is_refused() {
    let outbound = signer();
    let owner = Owner::new();
    let template = outbound.template(owner.head().as_bytes(), &Call::default(), OURS).unwrap();
    let written = owner.write(&template);
    let id = &template.ids()[0].1;
    for (old, new, cause) in [
        ("<ds:SignedInfo>", "<ds:SignedInfo Id=\"x\">", Cause::InvalidArgument),
        ("<ds:Transforms>", "<ds:Transforms>x", Cause::InvalidArgument),
        ("<ds:Transforms>", "<ds:Transforms><!-- x -->", Cause::InvalidArgument),
        ("<ds:Transforms>", "<ds:Transforms xmlns:ds='urn:x'>", Cause::InvalidArgument),
        ("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName>x</ds:KeyName>", Cause::InvalidArgument),
        ("xmlenc#sha256", "xmlenc#sha512", Cause::InvalidArgument),
        ("<wsu:Created>2", "<wsu:Created>1", Cause::InvalidArgument),
        ("<s:Security", "<s:Security e:actor='urn:x'", Cause::InvalidArgument),
        ("</s:Security>", "<x/></s:Security>", Cause::InvalidArgument),
        ("????????????????????????????????????????????<", "?<", Cause::InvalidArgument),
        (&format!("'{id}'"), "'another'", Cause::AmbiguousId),
        ("<op ", &format!("<op i:Id='{id}' "), Cause::AmbiguousId),
        ("</e:Body>", "</e:Body><x/>", Cause::EnvelopeStructure),
        ("</e:Body>", "", Cause::MismatchedTag),
    ] {
        assert!(written.contains(old), "{old}");
        let changed = written.replacen(old, new, 1);
        let error = outbound.fill(&template, changed.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), cause, "{old} -> {new}: {error}");
    }
    // One of another message, and one of another Outbound.
    let error = outbound.fill(&template, envelope("1.1").as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidArgument);
    let other = crate::support::outbound("version = 1\norder = [\"timestamp\"]").build().unwrap();
    let error = other.fill(&template, written.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidArgument);
    outbound.fill(&template, written.as_bytes()).unwrap();
}

#[test]
fn a_template_is_refused_where_the_message_would_be() {
    let outbound = signer();
    let head = |text: &str| {
        let head = format!("<e:Envelope xmlns:e='{}'>{text}</e:Envelope>", ns::SOAP11);
        outbound.template(head.as_bytes(), &Call::default(), ZEEP).unwrap_err().cause()
    };
    assert_eq!(head(""), Cause::EnvelopeStructure);
    assert_eq!(head("<e:Body/><e:Body/>"), Cause::EnvelopeStructure);
    let timestamp = format!(
        "<e:Header><s:Security xmlns:s='{}' xmlns:u='{}'><u:Timestamp/></s:Security></e:Header>\
         <e:Body/>",
        ns::WSSE,
        ns::WSU
    );
    assert_eq!(head(&timestamp), Cause::InvalidArgument);
}

/// A key elsewhere, which answers in time for the first Signature of a message alone.
struct Once(wsse_core::crypto::PrivateKey, AtomicBool);

impl RemoteKey for Once {
    fn sign(&self, request: &SigningRequest<'_>) -> Result<Vec<u8>, Error> {
        if self.1.swap(true, Ordering::Relaxed) {
            return Err(Error::new(Cause::RemoteKeyUnavailable, "no answer"));
        }
        self.0.sign(request.method, request.octets)
    }
}

#[test]
fn a_key_elsewhere_fills_a_template() {
    let key = identity("ec384").key().clone();
    let key: Arc<dyn RemoteKey> = Arc::new(Once(key, AtomicBool::default()));
    let identity = Identity::remote(key, certificate("ec384"), Vec::new());
    let outbound = outbound(POLICY).identity("", identity).build().unwrap();
    let owner = Owner::new();
    let template = outbound.template(owner.head().as_bytes(), &Call::default(), OURS).unwrap();
    let written = owner.write(&template);
    let filled = outbound.fill(&template, written.as_bytes()).unwrap();
    let inbound = inbound(REQUIRE).certificate("", certificate("ec384")).build().unwrap();
    inbound.validate(fill(&written, &filled.texts).as_bytes()).unwrap();
    let error = outbound.fill(&template, written.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::RemoteKeyUnavailable);
}
