"""What is signed by whom for whom."""

from __future__ import annotations

from typing import List, NamedTuple, Optional, Tuple

from . import TO, Order
from .limits import LIMITS, PEERS, SIGNS, VERIFIES, Limit
from .uris import SHA3


class Row(NamedTuple):
    """A line of the table: a signature is made and verified for each of its orders."""

    name: str
    orders: Tuple[Order, ...]


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


ROWS = _rows()
CASES = [
    Case(row, peer, does, order)
    for row in ROWS
    for peer in PEERS
    for does in (VERIFIES, SIGNS)
    for order in row.orders
    if not (peer == "wss4j" and order.form)
]
