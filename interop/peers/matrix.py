"""What is signed by whom for whom, and what the peers and we are known not to do."""

from __future__ import annotations

from typing import Callable, List, NamedTuple, Optional, Tuple

from . import TO, Order
from .uris import SHA3

TITLES = {
    "wss4j": "WSS4J",
    "xmlsec1": "xmlsec1",
    "xmlsec": "python-xmlsec",
    "signxml": "signxml",
    "xml-crypto": "xml-crypto",
}
PEERS = tuple(TITLES)
VERIFIES, SIGNS = "verifies", "signs"
"""What the peer does: it verifies what we signed, or signs what we verify."""


class Row(NamedTuple):
    """A line of the table: a signature is made and verified for each of its orders."""

    name: str
    orders: Tuple[Order, ...]


class Limit(NamedTuple):
    """What a peer does not do of itself, or what we do not do for it.

    Without `says` there is no way to ask it, and nothing is run. With it the peer is run, and must
    refuse to verify or to sign in these words; with `rules` as well it must accept without these rules
    of the Basic Security Profile. `ours` means that we refuse what the peer makes, in these words.
    """

    peer: str
    does: str
    when: Callable[[Order], bool]
    note: str
    says: Optional[str] = None
    rules: Tuple[str, ...] = ()
    ours: bool = False


class Case(NamedTuple):
    row: Row
    peer: str
    does: str
    order: Order

    def __str__(self) -> str:
        return f"{self.peer} {self.does}: {self.order}"

    @property
    def limit(self) -> Optional[Limit]:
        for limit in LIMITS:
            if (limit.peer, limit.does) == (self.peer, self.does) and limit.when(self.order):
                return limit
        return None


def _soap(name: str, **order) -> Row:
    """Over both versions of SOAP."""
    return Row(name, tuple(Order(version=version, **order) for version in ("1.1", "1.2")))


def _bare(name: str, **order) -> List[Row]:
    return [
        Row(f"{form}: {name}", (Order(form=form, parts=(), **order),))
        for form in ("enveloped", "enveloping", "detached")
    ]


def _rows() -> List[Row]:
    rows = [_soap("BinarySecurityToken, X509v3")]
    rows.append(_soap("BinarySecurityToken, X509PKIPathv1", reference="x509-pki-path"))
    rows.append(_soap("BinarySecurityToken, PKCS7", reference="pkcs7"))
    rows.append(_soap("embedded BinarySecurityToken, X509v3", reference="embedded"))
    rows += [_soap(words, reference=name) for words, name in _REFERENCES]
    rows.append(_soap(_HOSTILE, reference="issuer-serial", key="hostile"))
    rows.append(_soap("X509Data with the certificate", reference="x509-data"))
    rows += [_soap(words, reference=name) for words, name in _XML_SIGNATURE_REFERENCES]
    rows.append(_soap("KeyValue, RSA", reference="key-value"))
    rows.append(_soap("KeyValue, EC", reference="key-value", key="p256", method="ecdsa-sha256"))
    rows += [_method("RSA", "rsa", "rsa", digest) for digest in _DIGESTS]
    rows += [_method("ECDSA, P-256", "ecdsa", "p256", digest) for digest in _DIGESTS]
    rows.append(_method("ECDSA, P-384", "ecdsa", "p384", "sha384"))
    rows.append(_method("ECDSA, P-521", "ecdsa", "p521", "sha512"))
    rows += [_method("HMAC, shared secret", "hmac", "secret", digest) for digest in _DIGESTS]
    rows += [_method("RSA-PSS", "rsa-pss", "rsa", digest) for digest in (*_DIGESTS, *SHA3)]
    rows.append(_soap("RSA-PSS, parameters written out", method="rsa-pss"))
    rows += [_method("ECDSA, P-256", "ecdsa", "p256", digest) for digest in SHA3]
    rows.append(_soap("Ed25519", method="eddsa-ed25519", key="ed25519"))
    rows.append(_soap("Ed448", method="eddsa-ed448", key="ed448"))
    rows.append(_method("DSA, 1024 bits", "dsa", "dsa1024", "sha1"))
    rows.append(_method("DSA, 2048 bits", "dsa", "dsa2048", "sha256"))
    rows.append(_method("RSA", "rsa", "rsa", "md5"))
    rows.append(_method("HMAC, shared secret", "hmac", "secret", "md5"))
    rows.append(_soap("exclusive, PrefixList", prefixes=True, inherits=False))
    rows.append(_soap("exclusive, PrefixList with #default", prefixes=True))
    for name, words in _CANONICALIZATIONS:
        rows.append(_soap(words, canonicalization=name, inherits=False))
    for name, words in _CANONICALIZATIONS[1:]:
        rows.append(_soap(f"{words}, {_INHERITED}", canonicalization=name))
    rows.append(_soap("a processing instruction in the Body", instruction=True))
    for name, words in _CANONICALIZATIONS[1:]:
        words = f"{words}, a processing instruction in the Body"
        rows.append(_soap(words, canonicalization=name, instruction=True, inherits=False))
    every = ("body", "timestamp", "username-token", "binary-security-token", TO)
    for words, parts in (
        ("Body alone", ("body",)),
        ("Timestamp alone", ("timestamp",)),
        ("UsernameToken", ("body", "username-token")),
        ("the BinarySecurityToken itself", ("body", "binary-security-token")),
        ("a header block, wsa:To", ("body", TO)),
        ("all of these", every),
    ):
        rows.append(_soap(f"signed: {words}", parts=parts))
    for words, name in (("BinarySecurityToken, X509v3", "binary-security-token"), *_REFERENCES):
        parts = ("body", "security-token-reference")
        signed = f"signed: the token through its reference (STR-Transform), {words}"
        rows.append(_soap(signed, reference=name, parts=parts, inherits=False))
        if name == "binary-security-token":
            rows.append(_soap(f"{signed}, {_INHERITED}", reference=name, parts=parts))
    rows.append(_soap("SignatureConfirmation in a signed reply", confirms=True))
    rows += _bare("X509Data with the certificate, RSA", reference="x509-data")
    rows += _bare(
        "X509Data with the certificate, ECDSA",
        reference="x509-data",
        key="p256",
        method="ecdsa-sha256",
    )
    rows += _bare("X509Data with IssuerSerial", reference="x509-data-issuer-serial")
    rows += _bare(_HOSTILE, reference="x509-data-issuer-serial", key="hostile")
    for words, name in _XML_SIGNATURE_REFERENCES:
        rows += _bare(words, reference=name)
    rows += _bare("KeyValue, RSA", reference="key-value")
    rows += _bare("KeyValue, EC", reference="key-value", key="p256", method="ecdsa-sha256")
    rows += _bare("HMAC, shared secret", reference="secret", key="secret", method="hmac-sha256")
    rows += _bare("PrefixList", reference="x509-data", prefixes=True, inherits=False)
    for name, words in _CANONICALIZATIONS:
        rows += _bare(words, reference="x509-data", canonicalization=name, inherits=False)
    return rows


def _method(words: str, family: str, key: str, digest: str) -> Row:
    reference = "secret" if key == "secret" else "binary-security-token"
    name = f"{words}, {_SHOWN[digest]}"
    return _soap(name, method=f"{family}-{digest}", digest=digest, key=key, reference=reference)


_INHERITED = "inherited default namespace and xml:lang"
_SHOWN = {"md5": "MD5", **{name: name.upper() for name in SHA3}}
_DIGESTS = ("sha1", "sha224", "sha256", "sha384", "sha512")
_SHOWN.update((name, "SHA-" + name[3:]) for name in _DIGESTS)
_HOSTILE = "IssuerSerial, a name with letters and signs of every kind"
_REFERENCES = (
    ("IssuerSerial", "issuer-serial"),
    ("KeyIdentifier, X509SubjectKeyIdentifier", "subject-key-identifier"),
    ("KeyIdentifier, ThumbprintSHA1", "thumbprint-sha1"),
    ("KeyIdentifier, X509v3", "x509-key-identifier"),
)
_XML_SIGNATURE_REFERENCES = (
    ("KeyName", "key-name"),
    ("X509Data with X509SKI", "x509-ski"),
    ("X509Data with X509Digest", "x509-digest"),
    ("DEREncodedKeyValue, RSA", "der-encoded-key-value"),
)
_CANONICALIZATIONS = (
    ("exclusive-with-comments", "exclusive with comments"),
    ("inclusive", "inclusive 1.0"),
    ("inclusive-1.1", "inclusive 1.1"),
)


def _inclusive(order: Order) -> bool:
    return order.canonicalization.startswith("inclusive")


def _comments(order: Order) -> bool:
    return order.canonicalization.endswith("with-comments")


def _through_reference(order: Order) -> bool:
    return "security-token-reference" in order.parts


def _of_xml_signature(order: Order) -> bool:
    return order.reference in {name for _, name in _XML_SIGNATURE_REFERENCES}


def _in_document(reference: str, key: Optional[str] = None) -> Callable[[Order], bool]:
    """Whether it is this reference in a document: in messages xmlsec1 is told the key."""
    return lambda order: (
        order.form is not None and order.reference == reference and key in (None, order.key)
    )


def _dsa(order: Order) -> bool:
    return order.method.startswith("dsa-")


def _md5(order: Order) -> bool:
    return order.method.endswith("-md5")


def _only_verified(order: Order) -> bool:
    return _dsa(order) or _md5(order)


def _eddsa(order: Order) -> bool:
    return order.method.startswith("eddsa-")


def _pss_or_sha3(order: Order) -> bool:
    return order.method.startswith("rsa-pss") or "-sha3-" in order.method


def _eddsa_or_written_pss(order: Order) -> bool:
    return _eddsa(order) or order.method == "rsa-pss"


def _unknown_to_xml_crypto(order: Order) -> bool:
    return (
        order.method not in ("rsa-sha1", "rsa-sha256", "rsa-sha512", "rsa-pss-sha256", "hmac-sha1")
        or order.canonicalization == "inclusive-1.1"
    )


def _modern(order: Order) -> bool:
    return _eddsa(order) or _pss_or_sha3(order)


_OLD = "this xmlsec1 has neither RSA-PSS nor SHA-3 nor EdDSA"
_KEEPS_COMMENTS = (
    "signxml keeps the comments of an element that a reference names, which XML Signature 1.1,"
    " section 4.4.3.3, leaves out"
)
_APART = "signxml canonicalizes the SignedInfo and what it signs apart from their ancestors"
_LOSES = _APART + ", and so loses a default namespace and xml:lang"

LIMITS = (
    *(
        Limit(
            peer,
            VERIFIES,
            lambda order: order.reference in ("pkcs7", "embedded"),
            "we write neither PKCS7 tokens nor embedded ones",
        )
        for peer in PEERS
    ),
    Limit(
        "wss4j",
        VERIFIES,
        _of_xml_signature,
        "WSS4J reads none of these without a SecurityTokenReference (BSP R5417)",
        says="R5417",
    ),
    Limit(
        "wss4j",
        SIGNS,
        lambda order: (
            _through_reference(order)
            and order.inherits
            and order.reference == "binary-security-token"
        ),
        "WSS4J signs the token before it has its place, and so loses a default namespace; itself it"
        " doesn't verify that either",
        says="was changed",
        ours=True,
    ),
    Limit(
        "xmlsec1",
        VERIFIES,
        _in_document("x509-data-issuer-serial", "hostile"),
        "xmlsec1 does not read the escapes of such a name",
        says="xmlSecOpenSSLX509NameRead",
    ),
    *(
        Limit("xmlsec1", VERIFIES, when, f"xmlsec1 1.2 knows no {name}", says="FindKey")
        for when, name in (
            (_in_document("x509-digest"), "X509Digest"),
            (_in_document("der-encoded-key-value"), "DEREncodedKeyValue"),
            (_in_document("key-value", "p256"), "ECKeyValue"),
        )
    ),
    Limit(
        "xmlsec1",
        SIGNS,
        lambda order: order.reference == "key-value" and order.key == "p256",
        "xmlsec1 1.2 knows no ECKeyValue",
    ),
    *(
        Limit(peer, VERIFIES, _only_verified, "we sign nothing with DSA and MD5")
        for peer in PEERS
    ),
    Limit("wss4j", SIGNS, _md5, "WSS4J signs nothing with MD5"),
    Limit("signxml", SIGNS, _md5, "signxml signs nothing with MD5"),
    Limit("xmlsec1", SIGNS, _modern, _OLD),
    Limit("xmlsec1", VERIFIES, _pss_or_sha3, _OLD, says="xmlSecTransformIdListFindByHref"),
    Limit("xmlsec1", VERIFIES, _eddsa, _OLD, says="invalid type for 'evp key type'"),
    *(
        Limit(
            "signxml",
            does,
            _eddsa_or_written_pss,
            "signxml knows neither EdDSA nor RSA-PSS whose parameters are written out",
        )
        for does in (VERIFIES, SIGNS)
    ),
    *(
        Limit(peer, does, _through_reference, f"{TITLES[peer]} knows no STR-Transform")
        for peer in PEERS[1:]
        for does in (VERIFIES, SIGNS)
    ),
    *(
        Limit(
            peer,
            VERIFIES,
            lambda order: order.prefixes and order.form is not None,
            "we write no PrefixList into signatures of documents",
        )
        for peer in PEERS[1:]
    ),
    *(
        Limit(peer, VERIFIES, _comments, "we write no canonicalization with comments")
        for peer in PEERS
    ),
    *(
        Limit(
            peer, does, lambda order: order.confirms, f"{TITLES[peer]} knows no SignatureConfirmation"
        )
        for peer in PEERS[1:]
        for does in (VERIFIES, SIGNS)
    ),
    Limit(
        "wss4j",
        VERIFIES,
        lambda order: order.reference == "secret",
        "we write no KeyInfo for a shared secret, and WSS4J finds its keys by the KeyInfo alone",
        says="Unsupported KeyInfo type",
    ),
    Limit(
        "wss4j",
        VERIFIES,
        lambda order: order.reference == "x509-data",
        "WSS4J reads no X509Data without a SecurityTokenReference (BSP R5417)",
        says="R5417",
    ),
    Limit(
        "wss4j",
        VERIFIES,
        lambda order: order.reference == "key-value",
        "without BSP R5417, which wants a SecurityTokenReference in the KeyInfo",
        says="R5417",
        rules=("R5417",),
    ),
    Limit(
        "wss4j",
        VERIFIES,
        lambda order: order.canonicalization != "exclusive",
        "without BSP R5404, R5412 and R5423, which only allow exclusive canonicalization without"
        " comments",
        says="R5404",
        rules=("R5404", "R5412", "R5423"),
    ),
    Limit("signxml", SIGNS, _comments, _KEEPS_COMMENTS, says="was changed", ours=True),
    Limit(
        "signxml",
        VERIFIES,
        lambda order: _inclusive(order) and order.inherits,
        _LOSES,
        says="Signature verification failed",
    ),
    Limit(
        "signxml",
        VERIFIES,
        lambda order: order.prefixes and order.inherits,
        _LOSES,
        says="Signature verification failed",
    ),
    Limit(
        "signxml",
        SIGNS,
        lambda order: _inclusive(order) and order.form != "enveloping",
        _APART + "; only exclusive canonicalization survives the way into the message",
    ),
    Limit(
        "signxml",
        SIGNS,
        lambda order: order.prefixes and order.form in ("enveloped", "enveloping"),
        "signxml writes a PrefixList for detached signatures only",
    ),
    *(
        Limit("xmlsec", does, _eddsa, "this libxmlsec1 knows no EdDSA", says="cannot read key")
        for does in (VERIFIES, SIGNS)
    ),
    *(
        Limit(
            "xmlsec",
            does,
            lambda order: order.method == "rsa-pss",
            "this libxmlsec1 knows no RSA-PSS whose parameters are written out",
            says=says,
        )
        for does, says in ((VERIFIES, "failed to verify"), (SIGNS, "failed to sign"))
    ),
    Limit(
        "xmlsec",
        VERIFIES,
        _in_document("x509-data-issuer-serial", "hostile"),
        "libxmlsec1 does not read the escapes of such a name",
        says="failed to verify",
    ),
    Limit(
        "xmlsec",
        VERIFIES,
        _in_document("der-encoded-key-value"),
        "libxmlsec1 1.3 reads no DEREncodedKeyValue unless told to, and python-xmlsec has no word for it",
        says="failed to verify",
    ),
    Limit(
        "xmlsec",
        SIGNS,
        lambda order: order.reference == "key-value",
        "libxmlsec1 1.3 fills no KeyValue unless told to, and python-xmlsec can't tell it",
        says="KeyValue holds exactly one element",
        ours=True,
    ),
    *(
        Limit(
            "xml-crypto",
            does,
            _unknown_to_xml_crypto,
            "xml-crypto knows RSA with SHA-1, SHA-256 and SHA-512, RSA-PSS with SHA-256 and HMAC with"
            " SHA-1, and no Canonical XML 1.1",
            says="is not supported",
        )
        for does in (VERIFIES, SIGNS)
    ),
    *(
        limit
        for when, note in (
            (
                lambda order: order.prefixes and order.inherits,
                "xml-crypto passes over #default in a PrefixList",
            ),
            (
                lambda order: _inclusive(order) and order.inherits,
                "xml-crypto's Canonical XML loses an inherited xml:lang",
            ),
            (
                lambda order: order.instruction,
                "xml-crypto canonicalizes a processing instruction as text",
            ),
        )
        for limit in (
            Limit("xml-crypto", VERIFIES, when, note, says="calculated digest is"),
            Limit("xml-crypto", SIGNS, when, note, says="FailedCheck", ours=True),
        )
    ),
    Limit(
        "xml-crypto",
        SIGNS,
        lambda order: order.prefixes and order.form == "enveloped",
        "xml-crypto writes the PrefixList into the transform enveloped-signature, too",
        says="Transform may not hold the element InclusiveNamespaces",
        ours=True,
    ),
)

ROWS = _rows()
CASES = [
    Case(row, peer, does, order)
    for row in ROWS
    for peer in PEERS
    for does in (VERIFIES, SIGNS)
    for order in row.orders
    if not (peer == "wss4j" and order.form)
]
