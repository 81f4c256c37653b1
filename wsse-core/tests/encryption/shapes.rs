//! What is written, to the octet.

use crate::reader::{
    Key, decrypt, element, encrypts, header, protect, protected, shape, text, without_keys,
};
use crate::support::{certificate, envelope, identity};
use wsse_core::crypto::{BlockEncryption, Secret};

const ISSUER_SERIAL: &str = "<wsse:SecurityTokenReference><ds:X509Data><ds:X509IssuerSerial>\
     <ds:X509IssuerName>CN=wsse test intermediate,O=wsse,C=DE</ds:X509IssuerName>\
     <ds:X509SerialNumber>502794049188182515573354476930674871655481665115</ds:X509SerialNumber>\
     </ds:X509IssuerSerial></ds:X509Data></wsse:SecurityTokenReference>";

const OF_KEY: &str = "<ds:KeyInfo xmlns:ds=\"[ds]\"><wsse:SecurityTokenReference \
     xmlns:wsse=\"[wsse]\" xmlns:wsse11=\"[wsse11]\" wsse11:TokenType=\"[wss11]EncryptedKey\">\
     <wsse:Reference URI=\"#EK-2-R\" ValueType=\"[wss11]EncryptedKey\"/>\
     </wsse:SecurityTokenReference></ds:KeyInfo>";

#[test]
fn the_content_of_the_body_for_one_recipient() {
    let message = protected("encryption = [{ recipient = \"server\" }]", &envelope("1.1"));
    let expected = format!(
        "<?xml version=\"1.0\"?><s:Envelope xmlns:s='[soap]' xmlns:x='urn:x'><s:Header>\
         <wsse:Security xmlns:wsse=\"[wsse]\" xmlns:soap=\"[soap]\" xmlns:wsu=\"[wsu]\" \
         soap:mustUnderstand=\"1\"><xenc:EncryptedKey xmlns:xenc=\"[xenc]\" Id=\"EK-2-R\">\
         <xenc:EncryptionMethod Algorithm=\"[xenc11]rsa-oaep\"><ds:DigestMethod xmlns:ds=\"[ds]\" \
         Algorithm=\"[xenc]sha256\"/><xenc11:MGF xmlns:xenc11=\"[xenc11]\" \
         Algorithm=\"[xenc11]mgf1sha256\"/></xenc:EncryptionMethod><ds:KeyInfo xmlns:ds=\"[ds]\">\
         {ISSUER_SERIAL}</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>*</xenc:CipherValue>\
         </xenc:CipherData><xenc:ReferenceList><xenc:DataReference URI=\"#ED-1-R\"/>\
         </xenc:ReferenceList></xenc:EncryptedKey></wsse:Security><w:To xmlns:w='urn:addressing'>\
         urn:to</w:To><o xmlns='urn:o'/></s:Header><s:Body><xenc:EncryptedData \
         xmlns:xenc=\"[xenc]\" Id=\"ED-1-R\" Type=\"[xenc]Content\"><xenc:EncryptionMethod \
         Algorithm=\"[xenc11]aes256-gcm\"/>{OF_KEY}<xenc:CipherData><xenc:CipherValue>*\
         </xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></s:Body></s:Envelope>"
    );
    assert_eq!(shape(&message), expected);
}

#[test]
fn a_header_block_becomes_an_encrypted_header() {
    let policy = "header = { actor = \"urn:me\" }\n\
                  encryption = [{ recipient = \"server\", parts = [\"{urn:addressing}To\"] }]";
    let message = shape(&protected(policy, &envelope("1.1")));
    let expected = format!(
        "</wsse:Security><wsse11:EncryptedHeader xmlns:wsse11=\"[wsse11]\" xmlns:soap=\"[soap]\" \
         xmlns:wsu=\"[wsu]\" soap:mustUnderstand=\"1\" soap:actor=\"urn:me\" wsu:Id=\"EH-3-R\">\
         <xenc:EncryptedData xmlns:xenc=\"[xenc]\" Id=\"ED-1-R\" Type=\"[xenc]Element\">\
         <xenc:EncryptionMethod Algorithm=\"[xenc11]aes256-gcm\"/>{OF_KEY}<xenc:CipherData>\
         <xenc:CipherValue>*</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>\
         </wsse11:EncryptedHeader><o xmlns='urn:o'/></s:Header><s:Body><op xmlns='urn:op' b='2'  \
         a='x:1'>text &amp; more</op></s:Body></s:Envelope>"
    );
    assert!(message.ends_with(&expected), "{message}");
    let soap12 = protected(policy, &envelope("1.2"));
    let header = element(&soap12, 0, "wsse11:EncryptedHeader").unwrap();
    assert!(header.contains(" soap:mustUnderstand=\"1\" soap:role=\"urn:me\" wsu:Id="), "{header}");
    let bare = protected(
        "header = { must-understand = false }\n\
         encryption = [{ recipient = \"server\", parts = [\"{urn:addressing}To\"] }]",
        &envelope("1.2"),
    );
    let header = element(&bare, 0, "wsse11:EncryptedHeader").unwrap();
    assert!(!header.contains("soap:"), "{header}");
}

/// What a message has been encrypted with, by the KeyInfo of its EncryptedKey.
fn key_info(message: &str) -> String {
    let key = element(message, 0, "xenc:EncryptedKey").unwrap();
    let key_info = element(key, 0, "ds:KeyInfo").unwrap();
    let content = key_info.split_once('>').unwrap().1;
    shape(content.strip_suffix("</ds:KeyInfo>").unwrap())
}

#[test]
fn every_reference_names_the_recipient() {
    let reference = |content: &str| {
        format!("<wsse:SecurityTokenReference>{content}</wsse:SecurityTokenReference>")
    };
    let identifier = |of: &str, encoded: &str| {
        reference(&format!(
            "<wsse:KeyIdentifier EncodingType=\"[wss]Base64Binary\" ValueType=\"{of}\">{encoded}\
             </wsse:KeyIdentifier>"
        ))
    };
    let base64 = wsse_core::crypto::base64;
    let server = certificate("server");
    let der = base64(server.der());
    let ski = base64(server.subject_key_identifier().unwrap());
    let x509_data = |content: &str| format!("<ds:X509Data>{content}</ds:X509Data>");
    for (name, more, expected) in [
        ("issuer-serial", "", ISSUER_SERIAL.to_owned()),
        (
            "binary-security-token",
            "",
            reference("<wsse:Reference URI=\"#X509-2-R\" ValueType=\"[x509]X509v3\"/>"),
        ),
        ("subject-key-identifier", "", identifier("[x509]X509SubjectKeyIdentifier", &ski)),
        ("x509-key-identifier", "", identifier("[x509]X509v3", &der)),
        ("x509-data", "", x509_data(&format!("<ds:X509Certificate>{der}</ds:X509Certificate>"))),
        ("x509-ski", "", x509_data(&format!("<ds:X509SKI>{ski}</ds:X509SKI>"))),
        ("key-name", "", "<ds:KeyName>server</ds:KeyName>".to_owned()),
        ("key-name", ", key-name = \"a & b\"", "<ds:KeyName>a &amp; b</ds:KeyName>".to_owned()),
        (
            "key-name",
            ", security-token-reference = true",
            reference("<ds:KeyName>server</ds:KeyName>"),
        ),
    ] {
        let message = protected(
            &format!("encryption = [{{ recipient = \"server\", reference = \"{name}\"{more} }}]"),
            &envelope("1.1"),
        );
        assert_eq!(key_info(&message), expected, "{name}");
        let token: &[&str] = if name == "binary-security-token" {
            &["BinarySecurityToken", "EncryptedKey"]
        } else {
            &["EncryptedKey"]
        };
        assert_eq!(header(&message), token);
        assert!(decrypt(&message, &Key::server()).contains("text &amp; more"));
    }
    for (name, held) in [
        ("issuer-serial-certificate", "</ds:X509IssuerSerial><ds:X509Certificate>"),
        ("thumbprint-sha1", "ValueType=\"[wss11]ThumbprintSHA1\">"),
        ("x509-digest", "X509Digest"),
        ("key-value", "<ds:KeyValue><ds:RSAKeyValue>"),
        ("der-encoded-key-value", "DEREncodedKeyValue"),
    ] {
        let policy = format!("encryption = [{{ recipient = \"server\", reference = \"{name}\" }}]");
        let message = protected(&policy, &envelope("1.1"));
        assert!(key_info(&message).contains(held), "{name}: {}", key_info(&message));
    }
}

#[test]
fn every_transport_and_every_method_says_what_it_is() {
    for (transport, expected) in [
        ("\"rsa-oaep-mgf1p\"", "<xenc:EncryptionMethod Algorithm=\"[xenc]rsa-oaep-mgf1p\"/>"),
        (
            "\"rsa-oaep-mgf1p\", digest = \"sha256\"",
            "<xenc:EncryptionMethod Algorithm=\"[xenc]rsa-oaep-mgf1p\"><ds:DigestMethod \
             xmlns:ds=\"[ds]\" Algorithm=\"[xenc]sha256\"/></xenc:EncryptionMethod>",
        ),
        (
            "\"rsa-oaep\", digest = \"sha1\", mgf = \"mgf1-sha512\"",
            "<xenc:EncryptionMethod Algorithm=\"[xenc11]rsa-oaep\"><xenc11:MGF \
             xmlns:xenc11=\"[xenc11]\" Algorithm=\"[xenc11]mgf1sha512\"/></xenc:EncryptionMethod>",
        ),
        ("\"rsa-1.5\"", "<xenc:EncryptionMethod Algorithm=\"[xenc]rsa-1_5\"/>"),
    ] {
        let policy =
            format!("encryption = [{{ recipient = \"server\", transport = {transport} }}]");
        let message = protected(&policy, &envelope("1.1"));
        assert!(shape(&message).contains(expected), "{}", shape(&message));
        assert!(decrypt(&message, &Key::server()).contains("text &amp; more"), "{transport}");
    }
    for method in BlockEncryption::ALL {
        let name = method.name();
        let policy = format!("encryption = [{{ recipient = \"server\", data = \"{name}\" }}]");
        let message = protected(&policy, &envelope("1.1"));
        let data = element(&message, 0, "xenc:EncryptedData").unwrap();
        assert!(data.contains(method.uri()), "{data}");
        assert!(decrypt(&message, &Key::server()).contains("text &amp; more"), "{name}");
    }
}

#[test]
fn a_shared_secret_wraps_the_key_or_is_the_key() {
    for (transport, data, octets) in [
        ("kw-aes128", "aes256-gcm", 16),
        ("kw-aes192", "aes128-cbc", 24),
        ("kw-aes256", "aes192-gcm", 32),
        ("kw-tripledes", "tripledes-cbc", 24),
    ] {
        let secret = Secret::new(vec![9; octets]);
        let policy = format!(
            "encryption = [{{ recipient = \"both\", transport = \"{transport}\", data = \"{data}\" }}]"
        );
        let outbound = encrypts(&policy).secret("both", secret.clone());
        let message = text(&protect(outbound, &envelope("1.1")));
        assert_eq!(key_info(&message), "<ds:KeyName>both</ds:KeyName>");
        assert!(decrypt(&message, &Key::Secret(secret)).contains("text &amp; more"));
    }
    let secret = Secret::new(vec![9; 32]);
    for (more, key_info) in [
        ("", "<ds:KeyInfo xmlns:ds=\"[ds]\"><ds:KeyName>both</ds:KeyName></ds:KeyInfo>"),
        (
            ", key-name = \"other\"",
            "<ds:KeyInfo xmlns:ds=\"[ds]\"><ds:KeyName>other</ds:KeyName></ds:KeyInfo>",
        ),
        (", reference = \"secret\"", ""),
    ] {
        let policy =
            format!("encryption = [{{ recipient = \"both\", transport = \"secret\"{more} }}]");
        let outbound = encrypts(&policy).secret("", secret.clone());
        let message = text(&protect(outbound, &envelope("1.1")));
        let list = "soap:mustUnderstand=\"1\"><xenc:ReferenceList xmlns:xenc=\"[xenc]\">\
                    <xenc:DataReference URI=\"#ED-1-R\"/></xenc:ReferenceList></wsse:Security>";
        assert!(shape(&message).contains(list), "{}", shape(&message));
        let data = format!(
            "<xenc:EncryptionMethod Algorithm=\"[xenc11]aes256-gcm\"/>{key_info}<xenc:CipherData>"
        );
        assert!(shape(&message).contains(&data), "{}", shape(&message));
        assert!(decrypt(&message, &Key::Secret(secret.clone())).contains("text &amp; more"));
    }
}

#[test]
fn every_recipient_has_a_key_that_lists_everything() {
    let policy = "encryption = [{ recipient = [\"server\", \"other\"], parts = [\"body-content\", \
                  \"{urn:addressing}To\"], reference = \"binary-security-token\" }]";
    let outbound = encrypts(policy).recipient("other", certificate("client"));
    let message = text(&protect(outbound, &envelope("1.1")));
    let tokens = ["BinarySecurityToken", "EncryptedKey", "BinarySecurityToken", "EncryptedKey"];
    assert_eq!(header(&message), tokens);
    let list = "<xenc:ReferenceList><xenc:DataReference URI=\"#ED-1-R\"/><xenc:DataReference \
                URI=\"#ED-2-R\"/></xenc:ReferenceList></xenc:EncryptedKey>";
    assert_eq!(shape(&message).matches(list).count(), 2);
    let no_key_info = "Type=\"[xenc]Content\"><xenc:EncryptionMethod \
                       Algorithm=\"[xenc11]aes256-gcm\"/><xenc:CipherData>";
    assert!(shape(&message).contains(no_key_info), "{}", shape(&message));
    for name in ["server", "client"] {
        let inbound = crate::support::inbound(
            "version = 1\nrequire = { encrypted = [\"body-content\", \"{urn:addressing}To\"] }",
        );
        let inbound = inbound.decryption_identity("", &identity(name)).build().unwrap();
        let decrypted = inbound.decrypt(message.as_bytes()).unwrap();
        let decrypted = String::from_utf8(decrypted.into_octets()).unwrap();
        assert!(decrypted.ends_with(
            "<w:To xmlns:w='urn:addressing'>urn:to</w:To><o xmlns='urn:o'/></s:Header><s:Body>\
             <op xmlns='urn:op' b='2'  a='x:1'>text &amp; more</op></s:Body></s:Envelope>"
        ));
    }
}

#[test]
fn an_empty_body_is_encrypted_too() {
    for (body, opened) in [
        ("<s:Body/>", "<s:Body></s:Body>"),
        ("<s:Body id='a' />", "<s:Body id='a' ></s:Body>"),
        ("<s:Body></s:Body>", "<s:Body></s:Body>"),
        ("<s:Body\n>\n</s:Body \n>", "<s:Body\n>\n</s:Body \n>"),
    ] {
        let envelope =
            format!("<s:Envelope xmlns:s='{}'>{body}</s:Envelope>\n", wsse_core::ns::SOAP11);
        let message = protected("encryption = [{ recipient = \"server\" }]", &envelope);
        assert_eq!(header(&message), ["EncryptedKey"]);
        assert!(message.contains("#Content"), "{message}");
        let decrypted = decrypt(&message, &Key::server());
        assert!(decrypted.ends_with(&format!("{opened}</s:Envelope>\n")), "{decrypted}");
    }
}

#[test]
fn every_shape_of_header_takes_the_key() {
    let wsse = wsse_core::ns::WSSE;
    for (given, written) in [
        ("", "<s:Header><wsse:Security @></wsse:Security></s:Header>".to_owned()),
        ("<s:Header/>", "<s:Header><wsse:Security @></wsse:Security></s:Header>".to_owned()),
        (
            "<s:Header><a/></s:Header>",
            "<s:Header><wsse:Security @></wsse:Security><a/></s:Header>".to_owned(),
        ),
        (
            "<s:Header><o:Security xmlns:o='@'/></s:Header>",
            "<s:Header><o:Security xmlns:o='@'></o:Security></s:Header>".to_owned(),
        ),
        (
            "<s:Header><o:Security xmlns:o='@' > <b/></o:Security ></s:Header>",
            "<s:Header><o:Security xmlns:o='@' > <b/></o:Security ></s:Header>".to_owned(),
        ),
    ] {
        let soap = wsse_core::ns::SOAP11;
        let rest = "<s:Body><a/></s:Body></s:Envelope>";
        let given = given.replace('@', wsse);
        let envelope = format!("<s:Envelope xmlns:s='{soap}'>{given}{rest}");
        let message = protected("encryption = [{ recipient = \"server\" }]", &envelope);
        assert_eq!(header(&message)[0], "EncryptedKey", "{message}");
        let decrypted = without_keys(&decrypt(&message, &Key::server()));
        let wsu = wsse_core::ns::WSU;
        let attributes = format!(
            "xmlns:wsse=\"{wsse}\" xmlns:soap=\"{soap}\" xmlns:wsu=\"{wsu}\" soap:mustUnderstand=\"1\""
        );
        let written = written.replace("Security @", &format!("Security {attributes}"));
        let expected = format!("<s:Envelope xmlns:s='{soap}'>{}{rest}", written.replace('@', wsse));
        assert_eq!(decrypted, expected);
    }
}
