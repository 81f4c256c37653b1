"""gSOAP encrypting and decrypting: requests of its own, with a Timestamp in any case."""

from __future__ import annotations

from typing import Callable, List

from .encryption import Encryption, Opened, promised
from .encryption_matrix import DECRYPTS, ENCRYPTS, SHOWN, Case, Row, limited
from .gsoap import IDS, Gsoap
from .limits import Limit
from .messages import PASSWORD, USERNAME

PEERS = ("gsoap",)
_INVALID = "The signature or decryption was invalid"
_TAGS = {"body-content": "SOAP-ENV:Body", "username-token": "wsse:UsernameToken"}


def encrypt(peer: Gsoap, asked: Encryption) -> bytes:
    """Encrypts a request, and signs it if that is asked for."""
    recipient = peer.keys.identities.get(asked.key)
    if recipient is None:
        given = ["--shared", str(peer.keys.secrets[asked.key])]
    else:
        given = ["--recipient", str(recipient.certificate)]
    given += ["--data", asked.data, "--encrypt", " ".join(_TAGS[part] for part in asked.parts)]
    given += ["--oaep", "yes"] if asked.transport != "rsa-1.5" and recipient is not None else []
    if asked.signed:
        signer = peer.keys.identities[asked.signer]
        given += ["--sign", " ".join(IDS[part] for part in asked.signed)]
        given += ["--key", str(signer.key), "--certificate", str(signer.certificate)]
    if asked.has_token:
        given += ["--username", USERNAME, "--password", PASSWORD]
    given += ["--version", asked.version] if asked.version == "1.2" else []
    return peer.run(["send", *given], b"")


def decrypt(peer: Gsoap, encrypted: bytes, asked: Encryption) -> Opened:
    """Decrypts a request and checks what must be signed. What was encrypted it doesn't report."""
    given = ["--trusted", str(peer.keys.trusted), "--data", asked.data]
    given += ["--decryption-key", str(peer.keys.identities[asked.key].key)]
    given += ["--oaep", "yes"] if asked.transport != "rsa-1.5" else []
    if asked.signed:
        given += ["--certificate", str(peer.keys.identities[asked.signer].certificate)]
    if asked.has_token:
        given += ["--password", PASSWORD]
    said = peer.run(["receive", *given], encrypted).decode().splitlines()
    assert said[0] == "name=Müller & Söhne <€>"
    verified = {line.partition("=")[0] for line in said[1:] if not line.endswith("=0")}
    assert verified == set(asked.signed), said
    return promised(asked)


def _row(name: str, **words) -> Row:
    both = tuple(
        Encryption(**{**_USUAL, "version": version, **words}) for version in ("1.1", "1.2")
    )
    return Row(name, both, PEERS)


_USUAL = {
    "transport": "rsa-1.5",
    "reference": "x509-key-identifier",
    "signed": ("body", "timestamp"),
    "signer": "hostile",
    "small": True,
}
_REFERENCES = (
    ("IssuerSerial", "issuer-serial"),
    ("KeyIdentifier, X509SubjectKeyIdentifier", "subject-key-identifier"),
    ("KeyIdentifier, ThumbprintSHA1", "thumbprint-sha1"),
    ("BinarySecurityToken, X509v3", "binary-security-token"),
    ("X509Data with the certificate", "x509-data"),
    ("KeyName", "key-name"),
)


def _rows() -> List[Row]:
    rows = [_row(f"signed, then encrypted: {words}", data=name) for name, words in SHOWN.items()]
    rows += [_row(f"key: {words}", reference=name) for words, name in _REFERENCES]
    rows.append(_row("key: RSA-OAEP", transport="rsa-oaep-mgf1p"))
    both = ("body-content", "username-token")
    rows.append(_row("the UsernameToken, too", signed=("body", "timestamp", "username-token"), parts=both))
    rows.append(_row("encrypted, then signed", first="encryption"))
    rows.append(_row("encrypted, and not signed", signed=()))
    words = {"transport": "secret", "key": "secret32", "reference": "key-name", "signed": ()}
    rows.append(_row("a shared secret is the key; not signed", **words))
    return rows


def _never(asked: Encryption) -> bool:
    return asked.transport == "secret"


def _limit(does: str, when: Callable[[Encryption], bool], note: str, says=None, ours=False) -> Limit:
    return Limit("gsoap", does, when, note, says, ours=ours)


LIMITS = (
    _limit(DECRYPTS, _never, "its process ends where it decrypts with a shared secret"),
    _limit(
        DECRYPTS,
        lambda asked: not asked.signed,
        "where nothing is signed it decrypts nothing, not even what it encrypted itself",
        _INVALID,
    ),
    _limit(
        DECRYPTS,
        lambda asked: asked.first == "encryption",
        "it reads the plaintext, and digests that",
        _INVALID,
    ),
    _limit(
        DECRYPTS,
        lambda asked: asked.transport == "rsa-oaep-mgf1p",
        "what it calls RSA-OAEP is RSA 1.5, made and read",
        "soap_mec_upd_dec() failed",
    ),
    _limit(
        DECRYPTS,
        lambda asked: asked.reference == "binary-security-token",
        "it takes the first BinarySecurityToken for that of the signer",
        "Signature with SignedInfo and SignatureValue required",
    ),
    _limit(
        DECRYPTS,
        lambda asked: asked.has_token,
        "behind an encrypted UsernameToken it finds no Signature",
        "Signature with SignedInfo required",
    ),
    _limit(
        DECRYPTS,
        lambda asked: asked.version == "1.2" and asked.data.endswith("-cbc"),
        "in SOAP 1.2 it refuses what others encrypt with CBC",
        _INVALID,
    ),
    _limit(
        ENCRYPTS,
        lambda asked: asked.transport == "rsa-oaep-mgf1p",
        "what it calls RSA-OAEP is RSA 1.5, made and read",
        "does not decrypt to what belongs in its place",
        ours=True,
    ),
    _limit(
        ENCRYPTS,
        lambda asked: (
            asked.reference not in ("x509-key-identifier", "key-name")
            or asked.reference == "key-name" and asked.transport != "secret"
            or asked.first == "encryption"
        ),
        "it was not asked for",
    ),
)

ROWS = _rows()
CASES = [
    limited(Case(row, "gsoap", does, asked), LIMITS)
    for row in ROWS
    for does in (DECRYPTS, ENCRYPTS)
    for asked in row.asked
]
