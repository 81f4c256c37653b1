"""What the peers sign, and the Security header for those that write none."""

from __future__ import annotations

import base64
import datetime
import hashlib
import os

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from lxml import etree

from . import PATHS, WSA, Order, Seen
from .keys import Identity, Keys
from .uris import (
    BASE64,
    CANONICALIZATIONS,
    DIGESTS,
    DS,
    DS11,
    ENVELOPED,
    EXCLUSIVE,
    METHODS,
    PKCS7,
    PKI_PATH,
    SUBJECT_KEY_IDENTIFIER,
    THUMBPRINT,
    WSSE,
    WSU,
    X509V3,
)

ENVELOPES = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
_TOKENS = {"binary-security-token": X509V3, "x509-pki-path": PKI_PATH, "pkcs7": PKCS7}
USERNAME, PASSWORD = "alice", "correct horse"
_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"


def message(order: Order) -> bytes:
    """What the order is about, unsigned: a message or a document on which the canonicalizations
    differ, with prefixes that only a value uses, one that changes its meaning inside, attributes
    that are inherited, comments, CDATA, references. Detached signatures sign the element with
    the Id `signed` of a document."""
    inherited = 'xmlns="urn:default" xml:lang="de"' if order.inherits else ""
    if order.form is not None:
        return _DOCUMENT.format(inherited=inherited).encode()
    instruction = "<?target  data ?>" if order.instruction else ""
    written = (_SMALL if order.small else _MESSAGE).format(
        inherited=inherited, instruction=instruction, soap=ENVELOPES[order.version], wsa=WSA
    )
    return written.encode()


_MESSAGE = """<env:Envelope xmlns:env="{soap}"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:unused="urn:unused"
  xmlns:xs="http://www.w3.org/2001/XMLSchema" {inherited}><env:Header><a:To xmlns:a="{wsa}" \
>urn:there</a:To><a:Action xmlns:a="{wsa}">urn:do</a:Action></env:Header>
<env:Body><p:order xmlns:p="urn:order"  z:b='2' a="1" xmlns:z="urn:a" >
  <p:name xsi:type="xs:string">M&#252;ller &amp; Söhne &lt;€&gt;</p:name><!-- why -->
  <p:text><![CDATA[1 < 2 && "3" > 2]]>\t&#9;&#10;&#13;</p:text>
  <item xmlns="" xml:space="preserve" note='"a"&#9;&lt;b' />{instruction}
  <p:again xmlns:p="urn:again"><p:deep xmlns:p="urn:order"/></p:again>
</p:order></env:Body></env:Envelope>"""

_SMALL = """<env:Envelope xmlns:env="{soap}" {inherited}><env:Header><a:To xmlns:a="{wsa}"\
>urn:there</a:To></env:Header>
<env:Body><p:order xmlns:p="urn:order" z:b='2'  a="1" xmlns:z="urn:a" >{instruction}
  <p:name>M&#252;ller &amp; Söhne &lt;€&gt;</p:name><!-- why -->
</p:order></env:Body></env:Envelope>"""

_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<!-- before --><r:root xmlns:r="urn:root" xmlns:unused="urn:unused"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {inherited}>
  <r:part Id="signed" xsi:type="r:it" ><!-- in --><b xmlns="urn:b" z='2' a="1">M&#252;ller &amp; \
Söhne<![CDATA[ < ]]></b>\t&#13;</r:part>
</r:root><!-- after -->
"""


def with_template(unsigned: bytes, order: Order, keys: Keys) -> "etree._ElementTree":
    """The message, or the document, with a Signature of which the values are missing: the digests,
    the SignatureValue, and what xmlsec1 fills into the KeyInfo."""
    root = etree.fromstring(unsigned)
    if order.form is not None:
        return _document_with_template(root, order, keys)
    security = security_header(root)
    _tokens(security, order)
    _binary_security_token(security, order, keys)
    references = []
    for part in order.parts:
        element = _find(root, PATHS[part])
        name = etree.QName(element).localname
        if element.get(f"{{{WSU}}}Id") is None:
            element.set(f"{{{WSU}}}Id", f"{name}-1")
        references.append("#" + element.get(f"{{{WSU}}}Id"))
    security.append(signature_template(order, references, keys))
    return root.getroottree()


def with_token(unsigned: bytes, order: Order, keys: Keys) -> bytes:
    """The message with the BinarySecurityToken that its KeyInfo will refer to, if it will."""
    if order.reference not in _TOKENS:
        return unsigned
    root = etree.fromstring(unsigned)
    _binary_security_token(security_header(root), order, keys)
    return etree.tostring(root)


def key_info(order: Order, keys: Keys) -> bytes:
    """The KeyInfo for those who take it as it is given."""
    element = etree.Element(f"{{{DS}}}KeyInfo", nsmap={"ds": DS})
    element.extend(key_info_children(order, keys.identities.get(order.key)))
    return etree.tostring(element)


def covered(signed: bytes) -> Seen:
    """What the references of a signature name, for peers that accept a message only as a whole."""
    root = etree.fromstring(signed)
    paths = set()
    references = root.findall(f".//{{{DS}}}SignedInfo/{{{DS}}}Reference")
    if root.tag == f"{{{DS}}}Signature":
        references = root.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")
    for reference in references:
        uri = reference.get("URI")
        (element,) = root.xpath("//*[@*[local-name()='Id']=$id]", id=uri[1:]) if uri else (root,)
        steps = [element, *element.iterancestors()]
        paths.add("".join("/" + etree.QName(step).localname for step in reversed(steps)))
    return Seen(frozenset(paths), len(references))


def signature_template(order: Order, references, keys: Keys) -> "etree._Element":
    """A Signature without values."""
    signature = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS}, Id="Signature-1")
    information = etree.SubElement(signature, f"{{{DS}}}SignedInfo")
    canonicalization = CANONICALIZATIONS[order.canonicalization]
    method = etree.SubElement(
        information, f"{{{DS}}}CanonicalizationMethod", Algorithm=canonicalization
    )
    _prefixes(method, order, "env" if order.form is None else "r")
    etree.SubElement(information, f"{{{DS}}}SignatureMethod", Algorithm=METHODS[order.method])
    for uri in references:
        reference = etree.SubElement(information, f"{{{DS}}}Reference", URI=uri)
        transforms = etree.SubElement(reference, f"{{{DS}}}Transforms")
        if order.form == "enveloped":
            etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=ENVELOPED)
        transform = etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=canonicalization)
        _prefixes(transform, order, _listed(order))
        etree.SubElement(reference, f"{{{DS}}}DigestMethod", Algorithm=DIGESTS[order.digest])
        etree.SubElement(reference, f"{{{DS}}}DigestValue")
    etree.SubElement(signature, f"{{{DS}}}SignatureValue")
    if order.reference == "x509-data-issuer-serial":
        # Without a name: xmlsec1 writes it in its own spelling.
        children = [etree.Element(f"{{{DS}}}X509Data")]
        etree.SubElement(children[0], f"{{{DS}}}X509IssuerSerial")
    else:
        children = key_info_children(order, keys.identities.get(order.key))
    if children:
        etree.SubElement(signature, f"{{{DS}}}KeyInfo").extend(children)
    return signature


def key_info_children(order: Order, identity: "Identity | None") -> "list[etree._Element]":
    """What stands in the KeyInfo. xmlsec1 fills an empty X509Certificate or KeyValue."""
    reference = order.reference
    if reference == "secret":
        return []
    if reference == "key-name":
        name = etree.Element(f"{{{DS}}}KeyName")
        name.text = order.key
        return [name]
    assert identity is not None
    if reference == "der-encoded-key-value":
        value = etree.Element(f"{{{DS11}}}DEREncodedKeyValue", nsmap={"dsig11": DS11})
        value.text = base64.b64encode(identity.public_der).decode()
        return [value]
    if reference == "x509-ski":
        data = etree.Element(f"{{{DS}}}X509Data")
        identifier = etree.SubElement(data, f"{{{DS}}}X509SKI")
        identifier.text = base64.b64encode(identity.subject_key_identifier).decode()
        return [data]
    if reference == "x509-digest":
        data = etree.Element(f"{{{DS}}}X509Data")
        digest = etree.SubElement(
            data, f"{{{DS11}}}X509Digest", nsmap={"dsig11": DS11}, Algorithm=DIGESTS["sha256"]
        )
        digest.text = base64.b64encode(hashlib.sha256(identity.der).digest()).decode()
        return [data]
    if reference == "key-value":
        return [etree.Element(f"{{{DS}}}KeyValue")]
    if reference == "x509-data":
        data = etree.Element(f"{{{DS}}}X509Data")
        certificate = etree.SubElement(data, f"{{{DS}}}X509Certificate")
        certificate.text = base64.b64encode(identity.der).decode()
        return [data]
    if reference == "x509-data-issuer-serial":
        return [_issuer_serial(identity)]
    token_reference = etree.Element(f"{{{WSSE}}}SecurityTokenReference", nsmap={"wsse": WSSE})
    if reference in _TOKENS:
        etree.SubElement(
            token_reference, f"{{{WSSE}}}Reference", URI="#Token-1", ValueType=_TOKENS[reference]
        )
    elif reference == "embedded":
        _token(etree.SubElement(token_reference, f"{{{WSSE}}}Embedded"), X509V3, identity.der)
    elif reference == "issuer-serial":
        token_reference.append(_issuer_serial(identity))
    else:
        value_type, octets = {
            "subject-key-identifier": (SUBJECT_KEY_IDENTIFIER, identity.subject_key_identifier),
            "thumbprint-sha1": (THUMBPRINT, identity.sha1),
            "x509-key-identifier": (X509V3, identity.der),
        }[reference]
        identifier = etree.SubElement(
            token_reference,
            f"{{{WSSE}}}KeyIdentifier",
            ValueType=value_type,
            EncodingType=BASE64,
        )
        identifier.text = base64.b64encode(octets).decode()
    return [token_reference]


def rsa_key_value(identity: Identity) -> "etree._Element":
    """The KeyValue of an RSA key, for those who don't fill it."""
    numbers = serialization.load_der_public_key(identity.public_der).public_numbers()
    value = etree.Element(f"{{{DS}}}KeyValue", nsmap={"ds": DS})
    inside = etree.SubElement(value, f"{{{DS}}}RSAKeyValue")
    for name, number in (("Modulus", numbers.n), ("Exponent", numbers.e)):
        octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
        etree.SubElement(inside, f"{{{DS}}}{name}").text = base64.b64encode(octets).decode()
    return value


_CURVES = {
    "urn:oid:1.2.840.10045.3.1.7": ec.SECP256R1(),
    "urn:oid:1.3.132.0.34": ec.SECP384R1(),
    "urn:oid:1.3.132.0.35": ec.SECP521R1(),
}


def ec_key_value(key: ec.EllipticCurvePublicKey) -> "etree._Element":
    """The KeyValue of an EC key."""
    value = etree.Element(f"{{{DS}}}KeyValue", nsmap={"ds": DS})
    inside = etree.SubElement(value, f"{{{DS11}}}ECKeyValue", nsmap={"dsig11": DS11})
    (uri,) = (uri for uri, curve in _CURVES.items() if curve.name == key.curve.name)
    etree.SubElement(inside, f"{{{DS11}}}NamedCurve", URI=uri)
    point = key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    etree.SubElement(inside, f"{{{DS11}}}PublicKey").text = base64.b64encode(point).decode()
    return value


def public_key(value: "etree._Element"):
    """The key of a KeyValue, if it is EC, or of a DEREncodedKeyValue."""
    if value.tag == f"{{{DS11}}}DEREncodedKeyValue":
        return serialization.load_der_public_key(base64.b64decode(value.text))
    curve = _CURVES[value.find(f".//{{{DS11}}}NamedCurve").get("URI")]
    point = base64.b64decode(value.findtext(f".//{{{DS11}}}PublicKey"))
    return ec.EllipticCurvePublicKey.from_encoded_point(curve, point)


def _document_with_template(root, order: Order, keys: Keys) -> "etree._ElementTree":
    uri = {"enveloped": "", "enveloping": "#object", "detached": "#signed"}[order.form]
    signature = signature_template(order, [uri], keys)
    if order.form == "enveloping":
        etree.SubElement(signature, f"{{{DS}}}Object", Id="object").append(root)
        return signature.getroottree()
    root.append(signature)
    return root.getroottree()


def _find(root: "etree._Element", path: str) -> "etree._Element":
    """The one element at a path of local names."""
    steps = "".join(f"/*[local-name()='{name}']" for name in path.strip("/").split("/"))
    (element,) = root.getroottree().xpath(steps)
    return element


def security_header(root: "etree._Element") -> "etree._Element":
    """A Security header at the end of the Header."""
    soap = f"{{{etree.QName(root).namespace}}}"
    header = root.find(soap + "Header")
    security = etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE, "wsu": WSU})
    security.set(soap + "mustUnderstand", "1")
    return security


def _tokens(security, order: Order) -> None:
    """The Timestamp and the UsernameToken, if they are to be signed."""
    now = datetime.datetime.now(datetime.timezone.utc)
    if "timestamp" in order.parts:
        stamp = etree.SubElement(security, f"{{{WSU}}}Timestamp")
        for name, instant in (("Created", now), ("Expires", now + datetime.timedelta(minutes=5))):
            etree.SubElement(stamp, f"{{{WSU}}}{name}").text = _written(instant)
    if "username-token" in order.parts:
        nonce, created = os.urandom(16), _written(now)
        digest = hashlib.sha1(nonce + created.encode() + PASSWORD.encode()).digest()
        token = etree.SubElement(security, f"{{{WSSE}}}UsernameToken")
        etree.SubElement(token, f"{{{WSSE}}}Username").text = USERNAME
        password = etree.SubElement(
            token, f"{{{WSSE}}}Password", Type=_PROFILE + "#PasswordDigest"
        )
        password.text = base64.b64encode(digest).decode()
        etree.SubElement(
            token, f"{{{WSSE}}}Nonce", EncodingType=BASE64
        ).text = base64.b64encode(nonce).decode()
        etree.SubElement(token, f"{{{WSU}}}Created").text = created


def _binary_security_token(security, order: Order, keys: Keys) -> None:
    """What the KeyInfo refers to, if it does."""
    if order.reference in _TOKENS:
        identity = keys.identities[order.key]
        octets = {"x509-pki-path": _path, "pkcs7": _pkcs7}.get(order.reference, lambda of: of.der)
        _token(security, _TOKENS[order.reference], octets(identity)).set(f"{{{WSU}}}Id", "Token-1")


def _token(parent, value_type: str, octets: bytes) -> "etree._Element":
    name = f"{{{WSSE}}}BinarySecurityToken"
    token = etree.SubElement(parent, name, ValueType=value_type, EncodingType=BASE64)
    token.text = base64.b64encode(octets).decode()
    return token


def _path(identity: Identity) -> bytes:
    """A PkiPath: who is nearest to the anchor comes first."""
    octets = identity.anchor_der + identity.der
    length = len(octets)
    return bytes([0x30, 0x82, length >> 8, length & 0xFF]) + octets


def _pkcs7(identity: Identity) -> bytes:
    """The certificates in a PKCS#7 without content and signatures."""
    certificates = [x509.load_der_x509_certificate(der) for der in (identity.der, identity.anchor_der)]
    return pkcs7.serialize_certificates(certificates, serialization.Encoding.DER)


def _prefixes(parent, order: Order, prefixes: str) -> None:
    if order.prefixes:
        etree.SubElement(
            parent,
            f"{{{EXCLUSIVE}}}InclusiveNamespaces",
            nsmap={"ec": EXCLUSIVE},
            PrefixList=prefixes,
        )


def _listed(order: Order) -> str:
    if order.form is not None:
        return "xsi r"
    # In any order, with any white space (Basic Security Profile 1.1, R5414 and R5415).
    return "xs \n xsi  unused" + (" #default" if order.inherits else "")


def _issuer_serial(identity: Identity) -> "etree._Element":
    data = etree.Element(f"{{{DS}}}X509Data")
    both = etree.SubElement(data, f"{{{DS}}}X509IssuerSerial")
    name = identity.issuer.rfc4514_string()
    etree.SubElement(both, f"{{{DS}}}X509IssuerName").text = name
    etree.SubElement(both, f"{{{DS}}}X509SerialNumber").text = str(identity.serial)
    return data


def _written(instant: datetime.datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
