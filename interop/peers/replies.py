"""Requests and replies between this project and WSS4J, of which the reply is encrypted."""

from __future__ import annotations

import base64
import re
from typing import Dict, FrozenSet

import wsse

from . import Order, Refused, Talk
from .keys import PASSWORD as KEY_PASSWORD
from .keys import Identity
from .messages import USERNAME, message
from .uris import CONVERSATIONS, DATA, DIGESTS, METHODS, TRANSPORTS
from .wss4j import Wss4j, part_name

_STEP = re.compile(r"(?<=/)\{[^}]*\}|\[[0-9]+\]")
_DEMANDED = 'timestamp = true, signed = ["body", "timestamp"]'
_ENCRYPTED = ', encrypted = ["body-content"]'


class Replies:
    """The asker is the identity rsa, and who replies is hostile."""

    def __init__(self, peer: Wss4j) -> None:
        self.peer = peer
        self.asker, self.replier = (peer.keys.identities[name] for name in ("rsa", "hostile"))

    def ours_to_the_signer(self, version: str) -> FrozenSet[str]:
        """WSS4J signs a request, and decrypts our reply to whoever signed it: the paths it reports."""
        order, talk = Order(version=version), Talk(f"ours to the signer {version}", False)
        request = self._send(order, {"action": "Timestamp Signature"}, talk, key=self.asker)
        reply = self._protect_reply(request, order, by=self.replier, of=self.asker).bytes
        return self._receive(reply, order, talk._replace(reply=True), key=self.asker)

    def to_our_signer(self, version: str) -> FrozenSet[str]:
        """We sign a request, and decrypt the reply of WSS4J to whoever signed it."""
        order, talk = Order(version=version), Talk(f"to our signer {version}", False)
        asked = self._ask_signed(order, talk)
        options = {"action": "Timestamp Signature Encryption", "encryptionUser": "useReqSigCert"}
        options["encryptionKeyIdentifier"] = "Thumbprint"
        reply = self._send(order, options, talk._replace(reply=True), key=self.replier)
        return self._validate_reply(reply, asked, "trusted")

    def under_the_key_of_the_request(self, version: str, first: str) -> FrozenSet[str]:
        """We encrypt a request; WSS4J signs and encrypts its reply with the key that came in it."""
        order, talk = Order(version=version), Talk(f"one key {version} {first}", False)
        # Encrypted for whoever signed an earlier message, who is asked now.
        before = self._send(order, {"action": "Timestamp Signature"}, None, key=self.replier)
        asked = self._protect_reply(before, order, by=self.asker, of=self.replier)
        self._receive(asked.bytes, order, talk, key=self.replier)
        return self._answer_under_the_key(asked, order, talk, first)

    def under_the_key_that_signed(self, version: str, first: str, derived: str) -> FrozenSet[str]:
        """The same where our request is signed and encrypted with its one key, or what is derived from it."""
        order, talk = Order(version=version), Talk(f"its key {version} {first} {derived}", False)
        outbound = wsse.Outbound(
            _of_the_key("recipient", "server", first, derived),
            recipients={"server": self.replier.certificate.read_bytes()},
        )
        asked = outbound.protect(message(order))
        given = {"decryption-key": str(self.replier.pkcs12), "decryption-key-password": KEY_PASSWORD}
        self._check_key(asked.bytes, order, talk, derived, "EncryptedKey", given)
        return self._answer_under_the_key(asked, order, talk, first)

    def ours_under_the_key_of_the_request(self, version: str, first: str, derived: str) -> FrozenSet[str]:
        """WSS4J signs and encrypts a request with its one key, and reads our reply under that key."""
        order, talk = Order(version=version), Talk(f"ours, one key {version} {first} {derived}", False)
        request = self._send(
            order,
            {"action": "Signature Encryption", "signatureAlgorithm": METHODS["hmac-sha256"]},
            talk,
            binding="symmetric",
            recipient=str(self.asker.certificate),
        )
        inbound = wsse.Inbound(
            _policy(f'{_DEMANDED}{_ENCRYPTED}, signer = "symmetric"'),
            decryption_keys=_identity(self.asker),
        )
        outbound = wsse.Outbound(_of_the_key("source", "request", first, derived))
        reply = outbound.protect_reply(message(order), inbound.validate(request)).bytes
        assert b"EncryptedKeySHA1" in reply and b"xenc:EncryptedKey " not in reply
        talk = talk._replace(reply=True)
        return self._check_key(reply, order, talk, derived, "key of the request", {})

    def _check_key(
        self, octets: bytes, order: Order, talk: Talk, derived: str, key: str, given: Dict[str, str]
    ) -> FrozenSet[str]:
        """WSS4J reads what this key signed, and what is derived from it; the paths it reports."""
        action = "Timestamp Signature Encryption"
        action += "" if derived == "none" else " DerivedKeyToken" * 2
        given = {"trusted": str(self.peer.keys.trusted), **given}
        answer = self.peer.ask("receive", octets, order, {"action": action}, given, talk)
        namespace = CONVERSATIONS.get(derived.replace("-", "/"))
        assert answer.get("derived", []) == ([] if namespace is None else [namespace] * 2)
        assert answer["secret"] == [key if namespace is None else f"derived {key}"]
        paths = answer["signed"] + answer["encrypted"]
        assert len(paths) == len(set(paths))
        return frozenset(paths)

    def _answer_under_the_key(
        self, asked: wsse.Protected, order: Order, talk: Talk, first: str
    ) -> FrozenSet[str]:
        steps = ["Signature", "Encryption"] if first == "signature" else ["Encryption", "Signature"]
        options = {"action": " ".join(steps), "signatureAlgorithm": METHODS["hmac-sha256"]}
        reply = self._send(order, options, talk._replace(reply=True), binding="symmetric")
        return self._validate_reply(reply, asked, "symmetric")

    def _protect_reply(self, request: bytes, order: Order, by: Identity, of: Identity) -> wsse.Protected:
        """Signed by one, and encrypted for the other, who signed the request."""
        inbound = wsse.Inbound(_policy(_DEMANDED), anchors=of.anchor.read_bytes())
        outbound = wsse.Outbound(
            'version = 1\ntimestamp = {}\nsignature = [{}]\nencryption = [{ recipient = "signer" }]',
            identities=_identity(by),
        )
        return outbound.protect_reply(message(order), inbound.validate(request))

    def _ask_signed(self, order: Order, talk: Talk) -> wsse.Protected:
        outbound = wsse.Outbound(
            "version = 1\nsignature = [{}]\ntimestamp = {}", identities=_identity(self.asker)
        )
        asked = outbound.protect(message(order))
        options = {"action": "Timestamp Signature"}
        given = {"trusted": str(self.peer.keys.trusted)}
        self.peer.ask("receive", asked.bytes, order, options, given, talk)
        return asked

    def _validate_reply(self, reply: bytes, asked: wsse.Protected, signer: str) -> FrozenSet[str]:
        inbound = wsse.Inbound(
            _policy(f'{_DEMANDED}{_ENCRYPTED}, signer = "{signer}"'),
            anchors=self.replier.anchor.read_bytes(),
            decryption_keys=_identity(self.asker),
        )
        try:
            valid = inbound.validate_reply(reply, asked.exchange)
        except wsse.Error as refused:
            raise Refused(str(refused)) from refused
        paths = [part.path for part in valid.signed]
        paths += [part.path + ("/*" if part.content else "") for part in valid.encrypted]
        return frozenset(_STEP.sub("", path) for path in paths)

    def _send(self, order, options, talk, key: "Identity | None" = None, **given: str) -> bytes:
        options = {
            "signatureKeyIdentifier": "DirectReference",
            "signatureDigestAlgorithm": DIGESTS["sha256"],
            "signatureAlgorithm": METHODS["rsa-sha256"],
            "signatureParts": ";".join(part_name(part, order.version) for part in order.parts),
            "encryptionSymAlgorithm": DATA["aes256-gcm"],
            "encryptionKeyTransportAlgorithm": TRANSPORTS["rsa-oaep-mgf1p"],
            **options,
        }
        given["username"] = USERNAME
        if key is not None:
            given.update({"key": str(key.pkcs12), "key-password": KEY_PASSWORD})
        answer = self.peer.ask("send", message(order), order, options, given, talk)
        return base64.b64decode(answer["message"][0])

    def _receive(self, octets: bytes, order: Order, talk: Talk, key: Identity) -> FrozenSet[str]:
        options = {"action": "Timestamp Signature Encryption"}
        given = {
            "trusted": str(self.peer.keys.trusted),
            "decryption-key": str(key.pkcs12),
            "decryption-key-password": KEY_PASSWORD,
        }
        answer = self.peer.ask("receive", octets, order, options, given, talk)
        return frozenset(answer["signed"] + answer["encrypted"])


REPORTED = frozenset(
    {"/Envelope/Body", "/Envelope/Body/*", "/Envelope/Header/Security/Timestamp"}
)
"""What each reply protects."""


def _policy(demanded: str) -> str:
    return f"version = 1\nrequire = {{ {demanded} }}"


def _of_the_key(word: str, value: str, first: str, derived: str) -> str:
    """An outbound policy of one key, of which these words say where it is from."""
    second = "encryption" if first == "signature" else "signature"
    return f"""version = 1
order = ["timestamp", "{first}", "{second}"]
encrypted-key = {{ {word} = "{value}", derived = "{derived}" }}
signature = [{{ reference = "encrypted-key", parts = ["body", "timestamp"] }}]
encryption = [{{ transport = "encrypted-key", parts = ["body-content"] }}]
"""


def _identity(identity: Identity) -> wsse.Identity:
    return wsse.Identity.from_pem(identity.key.read_bytes(), identity.certificate.read_bytes())
