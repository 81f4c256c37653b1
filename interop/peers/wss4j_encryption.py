"""WSS4J encrypting and decrypting."""

from __future__ import annotations

import base64
from typing import Dict, Iterable, List, Tuple

from . import TO
from .encryption import NAME, Encryption, Opened
from .keys import PASSWORD as KEY_PASSWORD
from .messages import ENVELOPES, USERNAME, message
from .uris import (
    AGREEMENTS,
    CONVERSATIONS,
    DATA,
    DERIVATIONS,
    DIGESTS,
    DS,
    MASKS,
    METHODS,
    TRANSPORTS,
    WSSE,
    WSU,
)
from .wss4j import Wss4j

REFERENCES = {
    "binary-security-token": "DirectReference",
    "issuer-serial": "IssuerSerial",
    "issuer-serial-quoted": "IssuerSerialQuoteFormat",
    "subject-key-identifier": "SKIKeyIdentifier",
    "thumbprint-sha1": "Thumbprint",
    "x509-key-identifier": "X509KeyIdentifier",
    "encrypted-key-sha1": "EncryptedKeySHA1",
    "key-value": "KeyValue",
    "key-name": "EmbeddedKeyName",
}
"""By our words, the words of its configuration. encrypted-key-sha1 is how data names the EncryptedKey."""

_SIGNATURES = {None: "Signature", "symmetric": "Signature", "derived": "SignatureDerived"}
_SIGNATURES["username"] = "UsernameTokenSignature"


def encrypt(peer: Wss4j, asked: Encryption, **more: str) -> bytes:
    """Encrypts a SOAP message, and signs it if that is asked for; `more` are options of WSS4J."""
    options = {
        "action": _actions(asked),
        "encryptionKeyIdentifier": REFERENCES.get(asked.reference, "IssuerSerial"),
        "encryptionSymAlgorithm": DATA[asked.data],
        "encryptionKeyTransportAlgorithm": _transport(asked),
        "encryptionParts": ";".join(_part(part, asked.version, True) for part in asked.parts),
        "signatureKeyIdentifier": "DirectReference",
        "signatureAlgorithm": METHODS[_method(asked)],
        "signatureDigestAlgorithm": DIGESTS["sha256"],
        "signatureParts": ";".join(_part(part, asked.version, False) for part in asked.signed),
    }
    if asked.transport.startswith("rsa-oaep"):
        options["encryptionDigestAlgorithm"] = DIGESTS[asked.digest]
    if asked.transport == "rsa-oaep":
        options["encryptionMGFAlgorithm"] = MASKS[asked.mgf]
    if asked.binding == "derived":
        # Else it looks for a certificate to derive from.
        del options["encryptionKeyIdentifier"]
        options["derivedTokenReference"] = "EncryptedKey"
        options["use200512Namespace"] = str(asked.detail != "2005/02").lower()
    if asked.binding == "username":
        options["useDerivedKeyForMAC"] = str("mac" in asked.detail).lower()
        options["derivedKeyIterations"] = asked.detail.split()[0]
    signer = peer.keys.identities[asked.signer]
    recipients = asked.recipients or (asked.key,)
    given: Dict[str, object] = {
        "username": USERNAME,
        "recipient": [str(peer.keys.identities[name].certificate) for name in recipients],
        "key": str(signer.pkcs12),
        "key-password": KEY_PASSWORD,
    }
    if asked.agrees:
        options["encryptionKeyAgreementMethod"] = AGREEMENTS[asked.transport]
        function = {"ConcatKDF": "ecdh-es", "HKDF": "x25519"}.get(asked.detail, asked.transport)
        options["encryptionKeyDerivationFunction"] = DERIVATIONS[function]
        # With SHA-256 all is as it is by default.
        if asked.digest != "sha256":
            digests = METHODS if function == "x25519" else DIGESTS
            name = f"hmac-{asked.digest}" if function == "x25519" else asked.digest
            given["derivation-digest"] = digests[name]
    if asked.binding == "symmetric":
        given["binding"] = asked.binding
    options.update(more)
    answer = peer.ask("send", message(asked.plain), asked.plain, options, given, None)
    return base64.b64decode(answer["message"][0])


def decrypt(
    peer: Wss4j, encrypted: bytes, asked: Encryption, ignored_rules: Iterable[str] = ()
) -> Opened:
    """Decrypts and checks a SOAP message by all rules of the Basic Security Profile but those given."""
    options = {"action": _received(asked), "allowUsernameTokenNoPassword": "true"}
    if asked.transport == "rsa-1.5":
        options["allowRSA15KeyTransportAlgorithm"] = "true"
    given: Dict[str, object] = {
        "trusted": str(peer.keys.trusted),
        "decryption-key": str(peer.keys.identities[asked.key].pkcs12),
        "decryption-key-password": KEY_PASSWORD,
        "ignore": list(ignored_rules),
    }
    answer = peer.ask("receive", encrypted, asked.plain, options, given, None)
    assert set(answer["data"]) == {DATA[asked.data]}
    assert answer["transport"] == [_transport(asked)]
    assert len(answer["encrypted"]) == len(set(answer["encrypted"]))
    if asked.binding is not None:
        _check_binding(answer, asked)
    if asked.has_token:
        assert answer["username"] == [USERNAME]
    # What was signed as ciphertext it reports as that, without its place, which the plaintext has.
    ciphertext = {
        "/EncryptedHeader": "/Envelope/Header/To",
        "/EncryptedData": "/Envelope/Header/Security/UsernameToken",
    }
    signed = answer.get("signed", [])
    if asked.first == "encryption":
        signed = [ciphertext.get(path, path) for path in signed]
    octets = base64.b64decode(answer["message"][0])
    return Opened(frozenset(answer["encrypted"]), frozenset(signed), octets)


def _actions(asked: Encryption) -> str:
    words = ["Timestamp"] if "timestamp" in asked.signed + asked.parts else []
    words += ["UsernameToken"] if asked.has_token and asked.binding != "username" else []
    steps = ["EncryptionDerived" if asked.binding == "derived" else "Encryption"]
    if not asked.parts:
        steps = []
    if asked.signed:
        signature = _SIGNATURES[asked.binding]
        steps = [signature, *steps] if asked.first == "signature" else [*steps, signature]
    return " ".join(words + steps)


def _received(asked: Encryption) -> str:
    """What it must find in a message: of a derived key the token, too."""
    if asked.binding == "username":
        return _actions(asked) + " UsernameTokenNoPassword"
    if asked.binding == "derived":
        return _actions(asked).replace("Derived", "") + " DerivedKeyToken" * 2
    return _actions(asked)


def _check_binding(answer: Dict[str, List[str]], asked: Encryption) -> None:
    """That the key which signed is the one that was to sign."""
    assert answer["method"] == [METHODS[asked.mac]]
    if asked.binding == "username":
        assert (answer["secret"], answer["username"]) == (["UsernameToken"], [USERNAME])
        assert answer["iterations"] == asked.detail.split()[:1]
    elif asked.binding == "derived":
        assert answer["secret"] == ["derived EncryptedKey"]
        assert answer["derived"] == [CONVERSATIONS[asked.detail]] * 2
    else:
        assert answer["secret"] == ["EncryptedKey"] and "derived" not in answer


def _transport(asked: Encryption) -> str:
    return TRANSPORTS[asked.wrap if asked.agrees else asked.transport]


def _method(asked: Encryption) -> str:
    return "ecdsa-sha256" if asked.binding is None else asked.mac


def _part(part: str, version: str, encrypted: bool) -> str:
    """As its options encryptionParts and signatureParts write it."""
    names: Dict[str, Tuple[str, str, str]] = {
        "body": ("Element", ENVELOPES[version], "Body"),
        "body-content": ("Content", ENVELOPES[version], "Body"),
        "timestamp": ("Element", WSU, "Timestamp"),
        "username-token": ("Element", WSSE, "UsernameToken"),
        "binary-security-token": ("Element", WSSE, "BinarySecurityToken"),
        "signature": ("Element", DS, "Signature"),
        NAME: ("Element", "urn:order", "name"),
        f"content({NAME})": ("Content", "urn:order", "name"),
        TO: ("Header" if encrypted else "Element", *TO.strip("{").split("}", 1)),
    }
    what, namespace, name = names[part]
    return f"{{{what}}}{{{namespace}}}{name}"
