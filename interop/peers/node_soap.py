"""The requests that clients of node-soap are asked for, and what becomes of each."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, Optional

from . import TO, Order
from .uris import DIGESTS, EXCLUSIVE, METHODS

CERTIFICATE = "WSSecurityCert"
WITH_TOKEN = "WSSecurityCertWithToken"
PLUS = "WSSecurityPlusCert"


@dataclasses.dataclass(frozen=True)
class Request:
    """A class of node-soap with its options, what must be signed, and by which method. `named` says
    whether a user is named, `times` how often the client has called when the request is taken.

    `says` are the words in which we refuse it; or node-soap refuses to make it, where `made` is
    false. `note` says why.
    """

    name: str
    security: str = CERTIFICATE
    options: Dict[str, Any] = dataclasses.field(default_factory=dict)
    user_options: Dict[str, Any] = dataclasses.field(default_factory=dict)
    order: Order = Order()
    named: bool = True
    times: int = 1
    made: bool = True
    says: Optional[str] = None
    note: Optional[str] = None

    def __str__(self) -> str:
        return self.name


def _method(method: str, digest: str) -> Dict[str, str]:
    return {"signatureAlgorithm": METHODS[method], "digestAlgorithm": DIGESTS[digest]}


_DIGEST = {"passwordType": "PasswordDigest", "hasTimeStamp": False}
_EVERY = ("body", "timestamp", "username-token", "binary-security-token", TO)

REQUESTS = (
    Request(f"{CERTIFICATE}, as it is"),
    Request(f"{CERTIFICATE}, the second request of a client", times=2),
    Request(f"{CERTIFICATE}, `idMode` wssecurity", options={"signerOptions": {"idMode": "wssecurity"}}),
    Request(
        f"{CERTIFICATE}, `signatureTransformations` exclusive canonicalization alone",
        options={"signatureTransformations": [EXCLUSIVE]},
    ),
    Request(
        f"{CERTIFICATE}, `signatureTransformations` of none",
        options={"signatureTransformations": []},
        made=False,
        says="transforms must contain at least one transform algorithm",
        note="it demands a transform",
    ),
    Request(f"{CERTIFICATE}, `prefix` ds", options={"signerOptions": {"prefix": "ds"}}),
    Request(
        f"{CERTIFICATE}, without `hasTimeStamp`",
        options={"hasTimeStamp": False},
        order=Order(parts=("body",)),
    ),
    Request(
        f"{CERTIFICATE}, `excludeReferencesFromSigning` Timestamp",
        options={"excludeReferencesFromSigning": ["Timestamp"]},
        order=Order(parts=("body",)),
    ),
    Request(
        f"{CERTIFICATE}, `excludeReferencesFromSigning` Body",
        options={"excludeReferencesFromSigning": ["Body"]},
        order=Order(parts=("timestamp",)),
    ),
    Request(
        f"{CERTIFICATE}, `additionalReferences` wsa:To and the BinarySecurityToken",
        options={"additionalReferences": ["wsa:To", "wsse:BinarySecurityToken"]},
        order=Order(parts=("body", "timestamp", "binary-security-token", TO)),
    ),
    Request(f"{CERTIFICATE}, RSA, SHA-256 by name", options=_method("rsa-sha256", "sha256")),
    Request(
        f"{CERTIFICATE}, RSA, SHA-1",
        options=_method("rsa-sha1", "sha1"),
        order=Order(method="rsa-sha1", digest="sha1"),
    ),
    Request(
        f"{CERTIFICATE}, RSA, SHA-512",
        options=_method("rsa-sha512", "sha512"),
        order=Order(method="rsa-sha512", digest="sha512"),
    ),
    Request(
        f"{CERTIFICATE}, RSA-PSS, SHA-256",
        options=_method("rsa-pss-sha256", "sha256"),
        made=False,
        says="keys must be strings or buffers",
        note="it gives xml-crypto the key in a form that this method there doesn't take",
    ),
    Request(
        f"{PLUS}, one Timestamp, the UsernameToken signed",
        security=PLUS,
        user_options=_DIGEST,
        options={"additionalReferences": ["wsse:UsernameToken"]},
        order=Order(parts=("body", "timestamp", "username-token")),
    ),
    Request(
        f"{PLUS}, one Timestamp, everything signed",
        security=PLUS,
        user_options=_DIGEST,
        options={
            "additionalReferences": ["wsse:UsernameToken", "wsa:To", "wsse:BinarySecurityToken"]
        },
        order=Order(parts=_EVERY),
    ),
    Request(
        f"{PLUS}, as it is",
        security=PLUS,
        says="the Security header holds more than one Timestamp",
        note="it writes two Timestamps, which Basic Security Profile R3227 forbids",
    ),
    Request(
        f"{WITH_TOKEN}, as it is",
        security=WITH_TOKEN,
        says="the Password has no Type",
        note="its Password has no Type, which Basic Security Profile R4201 forbids",
    ),
    Request(
        f"{WITH_TOKEN}, without a user",
        security=WITH_TOKEN,
        named=False,
        says="a Signature may not hold the element wsse:SecurityTokenReference there",
        note="its SecurityTokenReference stands in the Signature itself, without a KeyInfo",
    ),
)
