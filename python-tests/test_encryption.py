"""Decrypting messages, and what broken ciphertexts are told."""

from __future__ import annotations

import base64
import random
import re
from datetime import datetime, timezone
from pathlib import Path

import pytest

import wsse
from signed_messages import certificate, identity, octets

ENCRYPTED = Path(__file__).resolve().parent.parent / "vectors" / "encrypted"
NOW = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)
REQUIRE = (
    'version = 1\nrequire = { signed = ["body", "timestamp"], encrypted = ["body-content"] }\n'
)
LEGACY = REQUIRE + 'legacy = { allow = ["cbc", "rsa15"] }\n'
CONTENT = b"<op xmlns='urn:op' b='2'  a='x:1'>text &amp; more</op>"
GCM = (ENCRYPTED / "aes256-gcm.xml").read_bytes()
CBC = (ENCRYPTED / "aes128-cbc-rsa15.xml").read_bytes()


def receiving(policy=REQUIRE, keys=None, **options):
    return wsse.Inbound(
        policy,
        certificates=certificate("client"),
        decryption_keys=identity("server") if keys is None else keys,
        now=lambda: NOW,
        **options,
    )


def private_key(name="server"):
    return wsse.PrivateKey.read(octets(f"{name}.key.pem"))


def shown(parts):
    return [(part.path, part.content) for part in parts]


class TestDecrypting:
    def test_a_validated_message_says_what_was_encrypted(self):
        validated = receiving().validate(GCM)
        assert shown(validated.encrypted) == [("/Envelope/Body", True)]
        assert CONTENT in validated.body
        assert b"EncryptedData" not in validated.document
        assert {part.path for part in validated.signed} >= {"/Envelope/Body"}

    def test_everything_is_decrypted_and_nothing_judged(self):
        changed = GCM.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA")
        decrypted = receiving().decrypt(changed)
        assert isinstance(decrypted, wsse.DecryptedMessage)
        (part,) = decrypted.encrypted
        assert (part.path, part.content) == ("/Envelope/Body", True)
        assert decrypted.octets[part.start : part.end] == CONTENT
        assert b"<ds:SignatureValue>AAAA" in decrypted.octets
        assert bytes(decrypted) == decrypted.octets
        assert decrypted.legacy == ()
        assert repr(part) == f"<wsse.EncryptedPart content of /Envelope/Body {part.start}-{part.end}>"

    @pytest.mark.parametrize(
        "keys",
        [
            identity("server"),
            private_key(),
            [private_key("client"), identity("server")][1:],
            {"server": identity("server")},
            {"server": [private_key()]},
        ],
        ids=["identity", "key", "sequence", "mapping", "mapping of sequences"],
    )
    def test_keys_in_every_form_decrypt(self, keys):
        assert receiving(keys=keys).decrypt(GCM).encrypted

    def test_keys_that_are_none_are_refused(self):
        for keys in (octets("server.key.pem"), {"server": 7}, certificate("server")):
            with pytest.raises(TypeError, match="decryption_keys must be a wsse.Identity or a"):
                receiving(keys=keys)
        with pytest.raises(wsse.Misuse, match="requires encrypted parts"):
            receiving(keys=[])
        with pytest.raises(wsse.Misuse, match="no private key"):
            wsse.PrivateKey.read(octets("server.crt.pem"))
        with pytest.raises(wsse.Misuse):
            wsse.PrivateKey.read(octets("client.pkcs8-aes256.pem"), password="wrong")
        key = wsse.PrivateKey.read(octets("client.pkcs8-aes256.pem"), password="changeit")
        assert key.public_key == certificate("client").public_key
        assert repr(key) == "<wsse.PrivateKey>"

    def test_a_key_that_is_held_elsewhere_decrypts(self):
        asked = []

        def decrypt(request):
            asked.append(request)
            raise TimeoutError("the HSM is away")

        remote = wsse.Identity.remote(certificate("server"), lambda request: b"", decrypt=decrypt)
        with pytest.raises(wsse.Unavailable) as raised:
            receiving(keys=remote).validate(GCM)
        assert isinstance(raised.value.__cause__, TimeoutError)
        assert len(asked) == 1

    def test_what_was_not_encrypted_is_refused(self):
        plain = receiving().decrypt(GCM).octets
        plain = re.sub(rb"<xenc:EncryptedKey.*</xenc:EncryptedKey>", b"", plain)
        with pytest.raises(wsse.InvalidSecurity) as raised:
            receiving().validate(plain)
        assert raised.value.cause == "not-encrypted"
        with pytest.raises(wsse.InvalidSecurity, match="nothing in the message is encrypted"):
            receiving().decrypt(plain)

    def test_weak_encryption_is_told(self):
        with pytest.raises(wsse.UnsupportedAlgorithm) as raised:
            receiving().validate(CBC)
        assert raised.value.cause == "legacy-algorithm"
        validated = receiving(LEGACY).validate(CBC)
        assert set(validated.legacy) == {"cbc", "rsa15"}


def broken(message, number, randomness):
    """The message with another CipherValue, of the key or of the data."""
    values = list(re.finditer(rb"CipherValue>([A-Za-z0-9+/=]+)<", message))
    value = values[number % 2]
    ciphertext = bytearray(base64.b64decode(value[1]))
    way = number % 5
    if way == 0:
        del ciphertext[randomness.randrange(len(ciphertext)) :]
    elif way == 1:
        ciphertext += bytes(16)
    elif way == 2:
        ciphertext = bytearray(octet ^ 0x55 for octet in ciphertext)
    else:
        # Most of the last octets mean nothing in the padding of CBC.
        at = randomness.randrange(len(ciphertext) - 16)
        ciphertext[at] ^= 1 << randomness.randrange(8)
    return message[: value.start(1)] + base64.b64encode(ciphertext) + message[value.end(1) :]


class TestOracles:
    @pytest.mark.parametrize("message", [GCM, CBC], ids=["gcm", "cbc and rsa15"])
    def test_every_broken_ciphertext_is_told_the_same(self, message):
        inbound = receiving(LEGACY)
        inbound.decrypt(message)
        randomness = random.Random(7)
        seen, refused = set(), 0
        for number in range(400):
            with pytest.raises(wsse.Error) as raised:
                inbound.validate(broken(message, number, randomness))
            error = raised.value
            refused += 1
            seen.add(
                (
                    type(error),
                    str(error),
                    repr(error),
                    error.category,
                    error.cause,
                    error.reason,
                    error.line,
                    error.column,
                    error.offset,
                    str(error.__cause__),
                    str(error.__context__),
                )
            )
        assert refused == 400
        ((kind, _, _, category, cause, _, line, column, offset, *_),) = seen
        assert (kind, category, cause) == (wsse.FailedCheck, "FailedCheck", "decryption-failed")
        assert (line, column, offset) == (None, None, None)


class TestEncrypting:
    POLICY = 'version = 1\norder = ["encryption"]\nencryption = [{ recipient = "server" }]\n'
    ENVELOPE = (
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><a>secret</a></e:Body>'
        b"</e:Envelope>"
    )
    DECRYPT = 'version = 1\nrequire = { encrypted = ["body-content"] }\n'

    @pytest.mark.parametrize(
        "recipients",
        [
            certificate("server"),
            octets("server.crt.pem"),
            {"server": certificate("server")},
            {"server": octets("server.crt.pem"), "": certificate("client")},
        ],
        ids=["certificate", "file", "mapping", "mapping of a file"],
    )
    def test_recipients_in_every_form(self, recipients):
        outbound = wsse.Outbound(self.POLICY, recipients=recipients, now=lambda: NOW)
        assert outbound.encrypts
        message = outbound.protect(self.ENVELOPE).bytes
        assert b"secret" not in message
        inbound = wsse.Inbound(self.DECRYPT, decryption_keys=identity("server"), now=lambda: NOW)
        assert b"<a>secret</a>" in inbound.validate(message).unsigned_document

    def test_a_bare_public_key_is_a_recipient(self):
        policy = self.POLICY.replace('"server"', '"server", reference = "key-value"')
        key = certificate("server").public_key
        message = wsse.Outbound(policy, recipients=key).protect(self.ENVELOPE).bytes
        assert receiving(self.DECRYPT).decrypt(message).encrypted

    def test_the_file_of_a_key_that_agrees_is_a_recipient(self):
        agreed = 'transport = "x25519", reference = "der-encoded-key-value"'
        policy = self.POLICY.replace('"server"', f'"server", {agreed}')
        message = wsse.Outbound(policy, recipients=octets("x25519.public.pem")).protect(self.ENVELOPE)
        key = wsse.PrivateKey.read(octets("x25519.key.pem"))
        decrypted = wsse.Inbound(self.DECRYPT, decryption_keys=key).decrypt(message.bytes)
        assert b"<a>secret</a>" in decrypted.octets

    def test_recipients_that_are_none_are_refused(self):
        with pytest.raises(TypeError, match="recipients must be a wsse.Certificate"):
            wsse.Outbound(self.POLICY, recipients="server.crt.pem")
        for recipients in (None, {"other": certificate("server")}):
            with pytest.raises(wsse.Misuse) as raised:
                wsse.Outbound(self.POLICY, recipients=recipients)
            assert raised.value.cause == "missing-credential"
        assert not wsse.Outbound("preset:timestamp").encrypts
