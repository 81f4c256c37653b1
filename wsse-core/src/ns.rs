//! Namespace names and identifiers that the standards fix.

/// SOAP 1.1 envelope.
pub const SOAP11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// SOAP 1.2 envelope.
pub const SOAP12: &str = "http://www.w3.org/2003/05/soap-envelope";
/// The `wsse` namespace of WSS SOAP Message Security 1.0.
pub const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// The `wsse11` namespace of WSS SOAP Message Security 1.1.
pub const WSSE11: &str = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd";
/// The `wsu` namespace of WSS SOAP Message Security 1.0.
pub const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
/// WS-Addressing 1.0.
pub const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
/// WS-Addressing as it was submitted in August 2004.
pub const ADDRESSING_2004: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
/// XML Signature.
pub const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// XML Signature 1.1.
pub const DS11: &str = "http://www.w3.org/2009/xmldsig11#";
/// RFC 6931 and RFC 9231: the parameters of RSASSA-PSS.
pub const DSIG_MORE: &str = "http://www.w3.org/2007/05/xmldsig-more#";
/// RFC 9231: the parameters of HKDF.
pub const DSIG_MORE_2021: &str = "http://www.w3.org/2021/04/xmldsig-more#";
/// XML Encryption.
pub const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
/// XML Encryption 1.1.
pub const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
/// WS-SecureConversation of February 2005.
pub const WSC_2005_02: &str = "http://schemas.xmlsoap.org/ws/2005/02/sc";
/// WS-SecureConversation 1.3 and 1.4, of December 2005.
pub const WSC_2005_12: &str = "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512";
/// Exclusive XML Canonicalization 1.0, which is also the identifier of the algorithm.
pub const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// The namespace that the prefix `xml` is bound to, always.
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace that the prefix `xmlns` is bound to, always.
pub const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// `Password/@Type` of a password in clear text (UsernameToken Profile 1.1.1, section 3.1).
pub const PASSWORD_TEXT: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";
/// `Password/@Type` of a digested password (UsernameToken Profile 1.1.1, section 3.1).
pub const PASSWORD_DIGEST: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest";
/// `@EncodingType` of base64 (SOAP Message Security 1.1.1, section 6.3).
pub const BASE64_BINARY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";
/// The SOAP 1.2 role of the ultimate receiver.
pub const SOAP12_ULTIMATE_RECEIVER: &str =
    "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver";

/// `@ValueType` of an X.509 certificate (X.509 Token Profile 1.1.1, section 3.1).
pub const X509V3: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
/// `@ValueType` of a path of certificates in their order (X.509 Token Profile 1.1.1, section 3.1).
pub const X509_PKI_PATH: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1";
/// `@ValueType` of certificates in a PKCS#7 (X.509 Token Profile 1.1.1, section 3.1).
pub const PKCS7: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#PKCS7";
/// `@ValueType` of a KeyIdentifier that is a SubjectKeyIdentifier (X.509 Token Profile 1.1.1,
/// section 3.2.1).
pub const X509_SUBJECT_KEY_IDENTIFIER: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509SubjectKeyIdentifier";
/// `@ValueType` of a KeyIdentifier that is a SHA-1 of a token (SOAP Message Security 1.1.1,
/// section 7.3).
pub const THUMBPRINT_SHA1: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1";
/// The transform that a SecurityTokenReference stands for its token (SOAP Message Security 1.1.1,
/// section 8.3).
pub const STR_TRANSFORM: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform";
/// The transform that takes the Signature out of what it signs (XML Signature 1.1, section 6.6.4).
pub const ENVELOPED_SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// `RetrievalMethod/@Type` of an X509Data (XML Signature 1.1, section 4.5.4).
pub const TYPE_X509_DATA: &str = "http://www.w3.org/2000/09/xmldsig#X509Data";
/// `RetrievalMethod/@Type` of an RSAKeyValue (section 4.5.2.2).
pub const TYPE_RSA_KEY_VALUE: &str = "http://www.w3.org/2000/09/xmldsig#RSAKeyValue";
/// `RetrievalMethod/@Type` of an ECKeyValue (section 4.5.2.3).
pub const TYPE_EC_KEY_VALUE: &str = "http://www.w3.org/2009/xmldsig11#ECKeyValue";
/// `RetrievalMethod/@Type` of a DEREncodedKeyValue (section 4.5.7).
pub const TYPE_DER_ENCODED_KEY_VALUE: &str = "http://www.w3.org/2009/xmldsig11#DEREncodedKeyValue";
/// The ValueType and TokenType of an EncryptedKey (SOAP Message Security 1.1.1, section 7.3).
pub const ENCRYPTED_KEY: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKey";
/// `RetrievalMethod/@Type` of an EncryptedKey (XML Encryption 1.1, section 3.5.3).
pub const TYPE_ENCRYPTED_KEY: &str = "http://www.w3.org/2001/04/xmlenc#EncryptedKey";
/// `EncryptedData/@Type` of an element (XML Encryption 1.1, section 3.1).
pub const TYPE_ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";
/// `EncryptedData/@Type` of the content of an element (XML Encryption 1.1, section 3.1).
pub const TYPE_CONTENT: &str = "http://www.w3.org/2001/04/xmlenc#Content";
/// `@ValueType` of a KeyIdentifier that is the SHA-1 of an encrypted key (SOAP Message Security 1.1.1,
/// section 7.7).
pub const ENCRYPTED_KEY_SHA1: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKeySHA1";
/// `@ValueType` of a Reference to an EncryptedKey (SOAP Message Security 1.1.1, section 7.7).
pub const ENCRYPTED_KEY_TOKEN: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKey";
/// `@ValueType` of a Reference to a UsernameToken (UsernameToken Profile 1.1.1, section 3.1).
pub const USERNAME_TOKEN: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#UsernameToken";
/// `@ValueType` of a Reference to a DerivedKeyToken of February 2005.
pub const DERIVED_KEY_2005_02: &str = "http://schemas.xmlsoap.org/ws/2005/02/sc/dk";
/// `@ValueType` of a Reference to a DerivedKeyToken (WS-SecureConversation 1.4, section 7.2).
pub const DERIVED_KEY_2005_12: &str =
    "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512/dk";
