//! Markup that breaks the schema.

use crate::support::{content_of, encrypted, for_server, server, transport};
use wsse_core::Cause;
use wsse_core::crypto::BlockEncryption;
use wsse_core::xmlenc::bare::BarePart;

#[test]
fn what_breaks_the_schema_is_refused() {
    let part = BarePart::Content(Some("card".to_owned()));
    let plain = encrypted(&part, BlockEncryption::Aes128Gcm, &for_server(transport("rsa-oaep")));
    let server = server("");
    let data_method =
        "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#aes128-gcm\"/>";
    let value = &plain[content_of(&plain, "<xenc:CipherValue>", 1)];
    let data =
        format!("<xenc:CipherData><xenc:CipherValue>{value}</xenc:CipherValue></xenc:CipherData>");
    let oaep = "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>";
    let properties = |inside: &str| {
        format!("{data}<xenc:EncryptionProperties>{inside}</xenc:EncryptionProperties>")
    };
    for (old, new, cause) in [
        (data_method, "", Cause::EncryptionStructure),
        (data_method, "<xenc:EncryptionMethod/>", Cause::EncryptionStructure),
        ("aes128-gcm\"/>", "aes128-gcm\">x</xenc:EncryptionMethod>", Cause::EncryptionStructure),
        ("aes128-gcm\"/>", "aes128-gcm\"><x/></xenc:EncryptionMethod>", Cause::EncryptionStructure),
        (
            "aes128-gcm\"/>",
            "aes128-gcm\"><xenc:KeySize>256</xenc:KeySize></xenc:EncryptionMethod>",
            Cause::EncryptionStructure,
        ),
        (
            "aes128-gcm\"/>",
            "aes128-gcm\"><xenc:OAEPparams>AAAA</xenc:OAEPparams></xenc:EncryptionMethod>",
            Cause::EncryptionStructure,
        ),
        ("xmlenc11#aes128-gcm", "xmlenc11#aes512-gcm", Cause::UnsupportedAlgorithm),
        ("xmlenc11#aes128-gcm", "xmlenc11#rsa-oaep", Cause::UnsupportedAlgorithm),
        ("xmlenc11#rsa-oaep", "xmlenc11#aes128-gcm", Cause::UnsupportedAlgorithm),
        ("xmlenc11#mgf1sha256", "xmlenc11#mgf1md5", Cause::UnsupportedAlgorithm),
        (oaep, &format!("{oaep}{oaep}"), Cause::EncryptionStructure),
        ("xmlenc#sha256\"/>", "xmlenc#sha256\">x</ds:DigestMethod>", Cause::EncryptionStructure),
        (data.as_str(), "", Cause::EncryptionStructure),
        (data.as_str(), &format!("{data}{data}"), Cause::EncryptionStructure),
        (data.as_str(), "<xenc:CipherData/>", Cause::EncryptionStructure),
        (
            data.as_str(),
            "<xenc:CipherData><xenc:CipherReference URI=\"#card\"/></xenc:CipherData>",
            Cause::UnsupportedReference,
        ),
        (
            data.as_str(),
            &data.replace("</xenc:CipherValue>", "</xenc:CipherValue><x/>"),
            Cause::EncryptionStructure,
        ),
        (
            data.as_str(),
            &data.replace("</xenc:CipherValue>", "<!-- --></xenc:CipherValue>"),
            Cause::EncryptionStructure,
        ),
        (
            data.as_str(),
            &data.replace("</xenc:CipherValue>", "<x/></xenc:CipherValue>"),
            Cause::EncryptionStructure,
        ),
        (
            data.as_str(),
            &data.replace("</xenc:CipherValue>", "!</xenc:CipherValue>"),
            Cause::InvalidTokenValue,
        ),
        (
            data.as_str(),
            &data.replace("</xenc:CipherValue>", "A</xenc:CipherValue>"),
            Cause::InvalidTokenValue,
        ),
        (data.as_str(), &format!("x{data}"), Cause::EncryptionStructure),
        (data.as_str(), &format!("{data}<x/>"), Cause::EncryptionStructure),
        (data.as_str(), &properties(""), Cause::EncryptionStructure),
        (data.as_str(), &properties("<x/>"), Cause::EncryptionStructure),
        (
            data.as_str(),
            &properties(&"<xenc:EncryptionProperty/>".repeat(17)),
            Cause::ReferenceCount,
        ),
        (
            "<xenc:EncryptedData ",
            "<xenc:EncryptedData Recipient=\"x\" ",
            Cause::EncryptionStructure,
        ),
        ("<xenc:EncryptedKey>", "<xenc:EncryptedKey id=\"x\">", Cause::EncryptionStructure),
        (
            "</xenc:EncryptedKey>",
            "<xenc:ReferenceList/></xenc:EncryptedKey>",
            Cause::EncryptionStructure,
        ),
        (
            "</xenc:EncryptedKey>",
            "<xenc:CarriedKeyName/></xenc:EncryptedKey>",
            Cause::EncryptionStructure,
        ),
        (
            "</xenc:EncryptedKey>",
            "<xenc:CarriedKeyName>a</xenc:CarriedKeyName><xenc:ReferenceList><xenc:DataReference URI=\"#a\"/></xenc:ReferenceList></xenc:EncryptedKey>",
            Cause::EncryptionStructure,
        ),
        (
            "</xenc:EncryptedKey>",
            "<xenc:ReferenceList><xenc:DataReference/></xenc:ReferenceList></xenc:EncryptedKey>",
            Cause::EncryptionStructure,
        ),
        (
            "</xenc:EncryptedKey>",
            "<xenc:ReferenceList><xenc:DataReference URI=\"a\"/></xenc:ReferenceList></xenc:EncryptedKey>",
            Cause::UnsupportedReference,
        ),
        (
            "</xenc:EncryptedKey>",
            "<xenc:ReferenceList><xenc:DataReference URI=\"#a\"><x/></xenc:DataReference></xenc:ReferenceList></xenc:EncryptedKey>",
            Cause::UnsupportedTransform,
        ),
        (
            "</xenc:EncryptedKey>",
            "<xenc:ReferenceList><xenc:DataReference URI=\"#a\"/><xenc:KeyReference URI=\"#a\"/></xenc:ReferenceList></xenc:EncryptedKey>",
            Cause::AmbiguousId,
        ),
    ] {
        assert!(plain.contains(old), "{old}\n{plain}");
        let at = plain.rfind(old).unwrap();
        let changed = format!("{}{new}{}", &plain[..at], &plain[at + old.len()..]);
        let error = server.decrypt_bare(changed.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), cause, "{error}\n{old}\n{new}");
        assert!(error.position().is_some(), "{error}");
    }
}

#[test]
fn there_are_budgets() {
    let part = BarePart::Content(Some("card".to_owned()));
    let plain = encrypted(&part, BlockEncryption::Aes128Gcm, &for_server(transport("rsa-oaep")));
    let server = server("");
    let start = plain.find("<xenc:EncryptedData").unwrap();
    let end = plain.find("</xenc:EncryptedData>").unwrap() + "</xenc:EncryptedData>".len();
    let many = format!("{}{}{}", &plain[..start], plain[start..end].repeat(65), &plain[end..]);
    let error = server.decrypt_bare(many.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::ReferenceCount);
    let label =
        format!("<xenc:OAEPparams>{}</xenc:OAEPparams></xenc:EncryptionMethod>", "AAAA".repeat(86));
    let long = plain.replacen("</xenc:EncryptionMethod>", &label, 1);
    assert_eq!(server.decrypt_bare(long.as_bytes()).unwrap_err().cause(), Cause::ReferenceCount);
    let nothing = server.decrypt_bare(b"<a/>").unwrap_err();
    assert_eq!(nothing.cause(), Cause::NotEncrypted);
}
