"""Signed messages, the policies of a service that wants them, and ways to forge them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import wsse
from lxml import etree
from soap_messages import ENVELOPES, HELLO, NOW, WSSE, WSU, envelope

KEYS = Path(__file__).resolve().parent.parent / "vectors" / "keys"
DS = "http://www.w3.org/2000/09/xmldsig#"

SIGNED = '["body", "timestamp"]'
SIGN = f'version = 1\norder = ["timestamp", "signature"]\nsignature = [{{ parts = {SIGNED} }}]\n'
SIGN_WITH_USER = (
    'version = 1\norder = ["timestamp", "username-token", "signature"]\n'
    'signature = [{ parts = ["body", "timestamp", "username-token"] }]\n'
)
REQUIRE = f"version = 1\nrequire = {{ timestamp = true, signed = {SIGNED} }}\n"
REQUIRE_WITH_USER = REQUIRE.replace("require = {", 'require = { username-token = "digest",')
ANSWER = (
    'version = 1\norder = ["timestamp", "signature-confirmation", "signature"]\n'
    'signature = [{ parts = ["body", "timestamp", "signature-confirmation"] }]\n'
)
REQUIRE_ANSWER = (
    "version = 1\nrequire = { timestamp = true, signature-confirmation = true,"
    ' signed = ["body", "timestamp", "signature-confirmation"] }\n'
)


def octets(name):
    return (KEYS / name).read_bytes()


def identity(name="client"):
    return wsse.Identity.from_pem(octets(f"{name}.key.pem"), octets(f"{name}.crt.pem"))


def certificate(name="client"):
    return wsse.Certificate.from_pem(octets(f"{name}.crt.pem"))


def signing(policy=SIGN, name="client", *, late=0, **options):
    """Who signs, with a clock that is so many seconds late."""
    now = NOW - timedelta(seconds=late)
    return wsse.Outbound(policy, identities=identity(name), now=lambda: now, **options)


def requiring(policy=REQUIRE, name="client", **options):
    """Who demands signatures of one pinned certificate."""
    return wsse.Inbound(policy, certificates=certificate(name), now=lambda: NOW, **options)


def answering(policy=ANSWER, **options):
    """How the service signs its answers."""
    return signing(policy, "server", **options)


def receiving(policy=REQUIRE_ANSWER, **options):
    """How a client reads the answers of the service."""
    return requiring(policy, "server", **options)


def signed(version, body=HELLO, *headers, outbound=None):
    """The octets of a signed message."""
    sender = outbound or signing()
    return sender.protect(envelope(version, *headers, body=body).encode()).bytes


class Noting:
    """An Inbound that keeps the causes of its refusals."""

    def __init__(self, inbound):
        self._inbound = inbound
        self.replay = inbound.replay
        self.refusals = []

    def validate(self, message, *, charset=None):
        try:
            return self._inbound.validate(message, charset=charset)
        except wsse.Error as error:
            self.refusals.append((error.category, error.cause))
            raise


class Forged:
    """A signed message in parts, for an attacker to put together in another way."""

    def __init__(self, version, outbound=None):
        message = signed(version, outbound=outbound)
        self._body = message[message.index(b"<env:Body") : message.index(b"</env:Envelope>")]
        self.root = etree.fromstring(message)
        self.soap = f"{{{ENVELOPES[version]}}}"
        self.header = self.root.find(self.soap + "Header")
        self.body = self.root.find(self.soap + "Body")
        self.security = self.header.find(f"{{{WSSE}}}Security")
        self.timestamp = self.security.find(f"{{{WSU}}}Timestamp")
        self.signature = self.security.find(f"{{{DS}}}Signature")

    def another_body(self, keeps_id=False):
        """A Body of the attacker, with or without the Id of the signed one."""
        made = etree.Element(self.soap + "Body")
        if keeps_id:
            made.set(f"{{{WSU}}}Id", self.body.get(f"{{{WSU}}}Id"))
        made.append(etree.fromstring(HELLO.replace("Bob", "Eve")))
        return made

    def replace_body(self, keeps_id=False):
        """Puts the attacker's Body into the place of the signed one; returns that."""
        made = self.another_body(keeps_id)
        self.root.replace(self.body, made)
        return made

    def signed_body(self, name="{urn:attacker}Wrapper"):
        """An element that will hold the signed Body, octet for octet: lxml would choose another
        prefix for it in another place, which breaks the signature."""
        made = etree.Element(name)
        etree.SubElement(made, "{urn:place}body")
        return made

    def octets(self):
        place = rb'<(\w+):body xmlns:\1="urn:place"/>'
        return re.sub(place, lambda _: self._body, etree.tostring(self.root))
