"""The identifiers of namespaces and algorithms, by the words of our policies."""

from __future__ import annotations

DS = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
DS11 = "http://www.w3.org/2009/xmldsig11#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = DS + "enveloped-signature"

_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = _OASIS + "wssecurity-secext-1.0.xsd"
WSU = _OASIS + "wssecurity-utility-1.0.xsd"
BASE64 = _OASIS + "soap-message-security-1.0#Base64Binary"
PKI_PATH = _OASIS + "x509-token-profile-1.0#X509PKIPathv1"
PKCS7 = _OASIS + "x509-token-profile-1.0#PKCS7"
X509V3 = _OASIS + "x509-token-profile-1.0#X509v3"
SUBJECT_KEY_IDENTIFIER = _OASIS + "x509-token-profile-1.0#X509SubjectKeyIdentifier"
THUMBPRINT = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"

_MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
_MORE_2021 = "http://www.w3.org/2021/04/xmldsig-more#"

SHA3 = ("sha3-224", "sha3-256", "sha3-384", "sha3-512")
DIGESTS = {
    "md5": MORE + "md5",
    "sha1": DS + "sha1",
    "sha224": MORE + "sha224",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": MORE + "sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
METHODS = {
    f"{family}-{digest}": MORE + f"{family}-{digest}"
    for family in ("rsa", "ecdsa", "hmac")
    for digest in DIGESTS
}
METHODS["rsa-sha1"] = DS + "rsa-sha1"
METHODS["hmac-sha1"] = DS + "hmac-sha1"
METHODS["dsa-sha1"] = DS + "dsa-sha1"
METHODS["dsa-sha256"] = "http://www.w3.org/2009/xmldsig11#dsa-sha256"
METHODS["eddsa-ed25519"] = _MORE_2021 + "eddsa-ed25519"
METHODS["eddsa-ed448"] = _MORE_2021 + "eddsa-ed448"
METHODS["rsa-pss"] = _MORE_2007 + "rsa-pss"
for _digest in (*DIGESTS, *SHA3):
    METHODS[f"rsa-pss-{_digest}"] = f"{_MORE_2007}{_digest}-rsa-MGF1"
for _digest in SHA3:
    DIGESTS[_digest] = _MORE_2007 + _digest
    METHODS[f"ecdsa-{_digest}"] = f"{_MORE_2021}ecdsa-{_digest}"

CANONICALIZATIONS = {
    "exclusive": EXCLUSIVE,
    "exclusive-with-comments": EXCLUSIVE + "WithComments",
    "inclusive": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "inclusive-with-comments": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    "inclusive-1.1": "http://www.w3.org/2006/12/xml-c14n11",
    "inclusive-1.1-with-comments": "http://www.w3.org/2006/12/xml-c14n11#WithComments",
}

ENC = "http://www.w3.org/2001/04/xmlenc#"
ENC11 = "http://www.w3.org/2009/xmlenc11#"
WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"

DATA = {f"aes{bits}-gcm": f"{ENC11}aes{bits}-gcm" for bits in (128, 192, 256)}
DATA.update((name, ENC + name) for name in ("aes128-cbc", "aes192-cbc", "aes256-cbc", "tripledes-cbc"))
TRANSPORTS = {
    "rsa-oaep": ENC11 + "rsa-oaep",
    "rsa-oaep-mgf1p": ENC + "rsa-oaep-mgf1p",
    "rsa-1.5": ENC + "rsa-1_5",
    **{f"kw-aes{bits}": f"{ENC}kw-aes{bits}" for bits in (128, 192, 256)},
    "kw-tripledes": ENC + "kw-tripledes",
}
AGREEMENTS = {"ecdh-es": ENC11 + "ECDH-ES", "x25519": _MORE_2021 + "x25519"}
DERIVATIONS = {"ecdh-es": ENC11 + "ConcatKDF", "x25519": _MORE_2021 + "hkdf"}
"""What derives a key from what is agreed on, as we write it."""
CONVERSATIONS = {
    "2005/02": "http://schemas.xmlsoap.org/ws/2005/02/sc",
    "2005/12": "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512",
}
MASKS = {name: f"{ENC11}mgf1{name}" for name in ("sha1", "sha224", "sha256", "sha384", "sha512")}
