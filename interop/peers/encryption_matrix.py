"""What is encrypted by whom for whom."""

from __future__ import annotations

from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

from . import TO
from .encryption import NAME, Encryption
from .limits import TITLES as ALL_TITLES
from .limits import Limit

PEERS = ("wss4j", "xmlsec1", "xmlsec")
LIBXMLSEC = PEERS[1:]
TITLES = {peer: ALL_TITLES[peer] for peer in PEERS}
DECRYPTS, ENCRYPTS = "decrypts", "encrypts"
"""What the peer does: it decrypts what we encrypted, or encrypts what we decrypt."""


class Row(NamedTuple):
    """A line of the table: something is encrypted and decrypted for each of `asked`. Only `peers` are
    asked for it: the others have nothing that comes near."""

    name: str
    asked: Tuple[Encryption, ...]
    peers: Tuple[str, ...] = PEERS


class Case(NamedTuple):
    row: Row
    peer: str
    does: str
    asked: Encryption
    limit: Optional[Limit] = None

    def __str__(self) -> str:
        return f"{self.peer} {self.does}: {self.asked}"


def limited(case: Case, limits: Tuple[Limit, ...]) -> Case:
    """The case with the first of the limits that is for it."""
    for limit in limits:
        if (limit.peer, limit.does) == (case.peer, case.does) and limit.when(case.asked):
            return case._replace(limit=limit)
    return case


def _soap(name: str, **words) -> Row:
    """Over both versions of SOAP."""
    return Row(name, tuple(Encryption(version=version, **words) for version in ("1.1", "1.2")))


def _wss4j(name: str, **words) -> Row:
    """The same, with what libxmlsec1 knows nothing of."""
    return _soap(name, **words)._replace(peers=("wss4j",))


_SIGNED = ("body", "timestamp")
_ORDERS = (("signature", "signed, then encrypted"), ("encryption", "encrypted, then signed"))
_MODERN = {"transport": "rsa-oaep", "digest": "sha256", "mgf": "sha256"}
_CONTENT = f"content({NAME})"
_DIGESTS = ("sha1", "sha224", "sha256", "sha384", "sha512")
SHOWN = {
    **{f"aes{bits}-gcm": f"AES-{bits}-GCM" for bits in (128, 192, 256)},
    **{f"aes{bits}-cbc": f"AES-{bits}-CBC" for bits in (128, 192, 256)},
    "tripledes-cbc": "Triple DES",
}
_REFERENCES = (
    ("BinarySecurityToken, X509v3", "binary-security-token"),
    ("IssuerSerial", "issuer-serial"),
    ("IssuerSerial, its name quoted", "issuer-serial-quoted"),
    ("IssuerSerial with the certificate beside it", "issuer-serial-certificate"),
    ("KeyIdentifier, X509SubjectKeyIdentifier", "subject-key-identifier"),
    ("KeyIdentifier, ThumbprintSHA1", "thumbprint-sha1"),
    ("KeyIdentifier, X509v3", "x509-key-identifier"),
    ("EncryptedKeySHA1, of the data to its key", "encrypted-key-sha1"),
    ("X509Data with the certificate", "x509-data"),
    ("X509Data with X509SKI", "x509-ski"),
    ("X509Data with X509Digest", "x509-digest"),
    ("KeyName", "key-name"),
    ("KeyValue, RSA", "key-value"),
    ("DEREncodedKeyValue, RSA", "der-encoded-key-value"),
)
_PARTS = (
    ("an element in the Body", (NAME,)),
    ("the content of an element in the Body", (_CONTENT,)),
    ("a header block, wsa:To, as EncryptedHeader", (TO,)),
    ("the content of the Body, and wsa:To", ("body-content", TO)),
    ("UsernameToken", ("username-token",)),
    ("the content of the Body, and the UsernameToken", ("body-content", "username-token")),
    ("Timestamp", ("timestamp",)),
)


def _rows() -> List[Row]:
    rows = [_soap(f"data: {words}", data=name) for name, words in SHOWN.items()]
    rows.append(_soap("key: RSA 1.5", transport="rsa-1.5"))
    for digest in _DIGESTS:
        words = f"key: RSA-OAEP of XML Encryption 1.0, SHA-{digest[3:]}"
        rows.append(_soap(words, digest=digest))
    for digest in _DIGESTS:
        # Every pair is made, and once is enough.
        asked = tuple(Encryption(transport="rsa-oaep", digest=digest, mgf=mask) for mask in _DIGESTS)
        rows.append(Row(f"key: RSA-OAEP of 1.1, SHA-{digest[3:]}, each of 5 masks", asked))
    rows += _shared(_soap)
    rows += [_wss4j(f"key: {words}", reference=name) for words, name in _REFERENCES]
    rows += [_soap(f"encrypted: {words}", parts=parts) for words, parts in _PARTS[:2]]
    rows += [_wss4j(f"encrypted: {words}", parts=parts) for words, parts in _PARTS[2:]]
    for first, shown in _ORDERS:
        for words, more in (
            ("the Body", {}),
            ("an element in the Body", {"parts": (NAME,)}),
            ("the Body and wsa:To", {"signed": ("body", TO), "parts": ("body-content", TO)}),
            (
                "the Body and the UsernameToken",
                {"signed": ("body", "username-token"), "parts": ("body-content", "username-token")},
            ),
            ("the Body, AES-128-CBC", {"data": "aes128-cbc"}),
        ):
            rows.append(_wss4j(f"{shown}: {words}", **{"signed": _SIGNED, "first": first, **more}))
    words = "signed, then encrypted: the Body, Signature included"
    rows.append(_wss4j(words, signed=_SIGNED, parts=("body-content", "signature")))
    return rows + _bindings() + _agreements() + _recipients() + _documents()


def _shared(row: Callable[..., Row]) -> List[Row]:
    rows = []
    for length, bits in ((32, 256), (24, 192), (16, 128)):
        words = f"key: AES-{bits} key wrap, shared secret named by KeyName"
        key = f"secret{length}"
        rows.append(row(words, transport=f"kw-aes{bits}", key=key, reference="key-name"))
    words = "key: Triple DES key wrap, shared secret named by KeyName"
    rows.append(row(words, transport="kw-tripledes", key="secret24", reference="key-name"))
    for name, key in (("aes256-gcm", "secret32"), ("aes128-cbc", "secret16"), ("tripledes-cbc", "secret24")):
        words = f"no key: {SHOWN[name]}, shared secret named by KeyName"
        rows.append(row(words, data=name, transport="secret", key=key, reference="key-name"))
    return [each._replace(peers=LIBXMLSEC) for each in rows]


def _documents() -> List[Row]:
    def bare(name: str, **words) -> Row:
        asked = tuple(Encryption(form=form, parts=(), **words) for form in ("element", "content", "octets"))
        return Row(f"document, its content, octets: {name}", asked, LIBXMLSEC)

    named = {"reference": "key-name"}
    rows = [bare(f"data: {words}", data=name, **named) for name, words in SHOWN.items()]
    rows.append(bare("key: RSA 1.5", transport="rsa-1.5", **named))
    rows.append(bare("key: RSA-OAEP of 1.1, SHA-256 twice", **_MODERN, **named))
    for words, name in (
        ("X509Data with the certificate", "x509-data"),
        ("X509Data with IssuerSerial", "issuer-serial"),
        ("KeyValue, RSA", "key-value"),
    ):
        rows.append(bare(f"key: {words}", reference=name))
    return rows + _shared(bare)


def _bindings() -> List[Row]:
    rows = []
    derived = {"binding": "derived", "detail": "2005/12"}
    password = {"binding": "username", "signed": ("body",), "detail": "1000 mac"}
    for first, shown in _ORDERS:
        for words, reference in (("its Id", "issuer-serial"), ("EncryptedKeySHA1", "encrypted-key-sha1")):
            name = f"one EncryptedKey signs and encrypts, by {words}; {shown}"
            rows.append(
                _wss4j(name, signed=_SIGNED, first=first, binding="symmetric", reference=reference)
            )
        for detail in ("2005/12", "2005/02"):
            name = f"both keys are DerivedKeyTokens of {detail}; {shown}"
            rows.append(_wss4j(name, signed=_SIGNED, first=first, binding="derived", detail=detail))
    both = {"signed": _SIGNED, "parts": ("body-content", "signature")}
    name = "one EncryptedKey signs and encrypts, Signature included"
    rows.append(_wss4j(name, binding="symmetric", **both))
    for data, words in SHOWN.items():
        kinds = ({"binding": "symmetric"}, derived)
        name = f"one EncryptedKey, and keys derived from it: {words}"
        rows.append(_several(name, ("wss4j",), kinds, signed=_SIGNED, data=data))
    for digest in _DIGESTS:
        kinds = ({"binding": "symmetric", "signed": _SIGNED}, {**derived, "signed": _SIGNED}, password)
        name = f"HMAC with SHA-{digest[3:]}: by an EncryptedKey, a key derived from it, the password"
        rows.append(_several(name, ("wss4j",), kinds, mac=f"hmac-{digest}"))
    for iterations in ("1000", "1500"):
        for words, detail in (("for a MAC", "mac"), ("not for a MAC", "")):
            detail = f"{iterations} {detail}".strip()
            name = f"signed by the password, {iterations} iterations, {words}; then encrypted"
            rows.append(_wss4j(name, **{**password, "detail": detail}))
    rows.append(_wss4j("encrypted, then signed by the password", **password, first="encryption"))
    name = "signed by the password, the UsernameToken, too; then encrypted"
    rows.append(_wss4j(name, **{**password, "signed": ("body", "username-token")}))
    return rows


def _agreements() -> List[Row]:
    rows = []
    ecdh = {"transport": "ecdh-es", "digest": "sha256", "key": "p256"}
    x25519 = {"transport": "x25519", "digest": "sha256", "key": "x25519"}
    for curve in ("384", "521"):
        rows.append(_soap(f"key agreed on: ECDH-ES, P-{curve}", **{**ecdh, "key": f"p{curve}"}))
    for shown, kind in (("ECDH-ES, P-256, ConcatKDF", ecdh), ("X25519, HKDF", x25519)):
        for digest in _DIGESTS:
            name = f"key agreed on: {shown} with SHA-{digest[3:]}"
            rows.append(_soap(name, **{**kind, "digest": digest}))
    for shown, kind, other in (("ECDH-ES", ecdh, "HKDF"), ("X25519", x25519, "ConcatKDF")):
        for bits in ("128", "192"):
            rows.append(
                _soap(f"key agreed on: {shown}, AES-{bits} key wrap", **kind, wrap=f"kw-aes{bits}")
            )
        rows.append(_wss4j(f"key agreed on: {shown}, {other}", **kind, detail=other))
        for words, reference in _REFERENCES[:1] + _REFERENCES[4:7]:
            rows.append(_wss4j(f"key agreed on: {shown}, {words}", **kind, reference=reference))
    return rows


def _recipients() -> List[Row]:
    """Each of the recipients decrypts."""
    rows = []
    for words, names, more in (
        ("RSA-OAEP", ("rsa", "hostile"), {}),
        ("RSA 1.5", ("rsa", "hostile"), {"transport": "rsa-1.5"}),
        ("ECDH-ES, three curves", ("p256", "p384", "p521"), {"transport": "ecdh-es", "digest": "sha256"}),
    ):
        kinds = tuple({"key": name} for name in names)
        count = {2: "two", 3: "three"}[len(names)]
        name = f"for {count} recipients: {words}"
        rows.append(_several(name, PEERS, kinds, recipients=names, **more))
    forms = ("element", "content", "octets")
    names = ("rsa", "hostile")
    asked = tuple(
        Encryption(form=form, parts=(), key=name, recipients=names, reference="key-name")
        for form in forms
        for name in names
    )
    return [*rows, Row("document, its content, octets: for two recipients", asked, LIBXMLSEC)]


def _several(name: str, peers: Tuple[str, ...], kinds: Sequence[dict], **words) -> Row:
    """Of each of the kinds, over both versions of SOAP."""
    asked = [
        Encryption(version=version, **kind, **words) for kind in kinds for version in ("1.1", "1.2")
    ]
    return Row(name, tuple(asked), peers)


def _with(reference: str) -> Callable[[Encryption], bool]:
    return lambda asked: asked.reference == reference


LIMITS = (
    Limit(
        "wss4j",
        DECRYPTS,
        lambda asked: asked.binding == "symmetric" and asked.reference == "encrypted-key-sha1",
        "we name a key so in replies alone",
    ),
    Limit(
        "wss4j",
        DECRYPTS,
        lambda asked: asked.binding == "username" and not asked.detail.endswith("mac"),
        "what we derive from a password to sign with is for a MAC",
    ),
    Limit(
        "wss4j",
        ENCRYPTS,
        lambda asked: asked.binding == "username" and "username-token" in asked.signed,
        "WSS4J signs before this UsernameToken has its place, and does not find it",
        says="Element to encrypt/sign not found",
    ),
    Limit(
        "wss4j",
        DECRYPTS,
        lambda asked: asked.agrees and asked.detail != "",
        "we write none of these",
    ),
    Limit(
        "wss4j",
        DECRYPTS,
        lambda asked: asked.transport == "x25519" and asked.digest != "sha256",
        "WSS4J looks for the PRF of HKDF in another namespace than the one it writes it in, and takes"
        " SHA-256 (`Integrity check failed`); nor does it read its own",
        says="Integrity check failed",
    ),
    Limit(
        "wss4j",
        DECRYPTS,
        lambda asked: len(asked.recipients) > 1,
        "WSS4J refuses a message with an EncryptedKey for somebody else (`No certificates were found for"
        " decryption`)",
        says="No certificates were found for decryption",
    ),
    Limit(
        "wss4j",
        DECRYPTS,
        lambda asked: asked.reference in ("issuer-serial-quoted", "encrypted-key-sha1"),
        "we write none of these",
    ),
    Limit(
        "wss4j",
        DECRYPTS,
        lambda asked: asked.data.startswith("aes192-"),
        "without BSP R5620, which names no AES with 192 bits",
        says="R5620",
        rules=("R5620",),
    ),
    *(
        Limit("wss4j", DECRYPTS, _with(name), f"WSS4J reads no {words} of an EncryptedKey", says=says)
        for name, words, says in (
            ("key-name", "KeyName", "Unsupported KeyInfo type"),
            ("der-encoded-key-value", "DEREncodedKeyValue", "Unsupported KeyInfo type"),
            ("x509-digest", "X509Digest", "R5426"),
        )
    ),
    Limit(
        "wss4j",
        DECRYPTS,
        lambda asked: asked.reference in ("x509-data", "x509-ski"),
        "without BSP R5426, which wants a SecurityTokenReference in the KeyInfo",
        says="R5426",
        rules=("R5426",),
    ),
    *(
        Limit("wss4j", ENCRYPTS, _with(name), note, says=says)
        for name, note, says in (
            ("key-name", "WSS4J encrypts with no KeyName", "unknown key identification"),
            ("key-value", "WSS4J encrypts with no KeyValue", "illegal key identification"),
        )
    ),
    Limit(
        "wss4j",
        ENCRYPTS,
        lambda asked: asked.reference
        in ("issuer-serial-certificate", "x509-data", "x509-ski", "x509-digest", "der-encoded-key-value"),
        "WSS4J has no word for it",
    ),
    Limit(
        "wss4j",
        ENCRYPTS,
        lambda asked: (
            asked.first == "encryption" and not {TO, "username-token"}.isdisjoint(asked.parts)
        ),
        "WSS4J looks for what it signs by its name, and finds it no more once it is encrypted",
        says="Element to encrypt/sign not found",
    ),
    *(
        Limit("xmlsec1", does, when, note, says=says)
        for does in (DECRYPTS, ENCRYPTS)
        for when, note, says in (
            (
                lambda asked: asked.transport == "rsa-oaep",
                "xmlsec1 1.2 knows no RSA-OAEP of XML Encryption 1.1",
                "xmlSecTransformIdListFindByHref",
            ),
            (
                lambda asked: asked.transport == "rsa-oaep-mgf1p" and asked.digest != "sha1",
                "xmlsec1 1.2 knows RSA-OAEP with SHA-1 only",
                "is not supported for rsa/oaep",
            ),
        )
    ),
    *(
        Limit(peer, does, lambda asked, it=transport: asked.transport == it, note, says=says)
        for does in (DECRYPTS, ENCRYPTS)
        for peer, transport, note, says in (
            (
                "xmlsec1",
                "ecdh-es",
                "xmlsec1 1.2 knows no AgreementMethod (`key is not found`)",
                "key is not found:encMethod=kw-aes",
            ),
            (
                "xmlsec1",
                "x25519",
                "xmlsec1 1.2 reads no keys of X25519 (`invalid type for 'evp key type'`)",
                "invalid type for 'evp key type'",
            ),
            (
                "xmlsec",
                "x25519",
                "this libxmlsec1 reads no keys of X25519 (`cannot read key`)",
                "cannot read key",
            ),
        )
    ),
    Limit(
        "xmlsec1",
        DECRYPTS,
        _with("key-value"),
        "xmlsec1 1.2 decrypts with the key that the KeyValue holds, which is the public one",
        says="EVP_PKEY_decrypt",
    ),
    Limit(
        "xmlsec",
        DECRYPTS,
        lambda asked: asked.transport == "rsa-1.5" and asked.key in asked.recipients[1:],
        "this libxmlsec1 tries its key on the EncryptedKey in front, which is for another, and about every"
        " second time takes what comes out of RSA 1.5",
    ),
    Limit(
        "xmlsec",
        ENCRYPTS,
        lambda asked: asked.reference == "key-value" and asked.form != "content",
        "libxmlsec1 1.3 fills no KeyValue unless told to, and python-xmlsec can't tell it",
        says="KeyValue holds exactly one element",
        ours=True,
    ),
    Limit(
        "xmlsec",
        ENCRYPTS,
        lambda asked: asked.form == "content" or _CONTENT in asked.parts,
        "python-xmlsec raises an AssertionError or ends the process where it encrypts content that"
        " begins with text",
    ),
)

ROWS = _rows()
CASES = [
    limited(Case(row, peer, does, asked), LIMITS)
    for row in ROWS
    for peer in row.peers
    for does in (DECRYPTS, ENCRYPTS)
    for asked in row.asked
]
