"""WS-Security for zeep clients: ``from wsse.zeep import Signature``, and nothing else changes.

What is sent has the form that ``zeep.wsse`` gives it; keywords of our own add what it lacks.
``Client(wsdl, wsse=…)`` takes each of these classes. Neither xmlsec nor another libxml2 than that of
lxml is needed.
"""

from wsse.zeep._compose import Chain, Compose, WsseObject
from wsse.zeep._encryption import Encryption
from wsse.zeep._policy import Policy
from wsse.zeep._replies import VerificationFailed
from wsse.zeep._signature import (
    BinaryMemorySignature,
    BinarySignature,
    MemorySignature,
    Signature,
    sign_envelope,
    verify_envelope,
)
from wsse.zeep._transport import AsyncTransport, Transport
from wsse.zeep._username_token import UsernameToken

__all__ = [
    "AsyncTransport",
    "BinaryMemorySignature",
    "BinarySignature",
    "Chain",
    "Compose",
    "Encryption",
    "MemorySignature",
    "Policy",
    "Signature",
    "Transport",
    "UsernameToken",
    "VerificationFailed",
    "WsseObject",
    "sign_envelope",
    "verify_envelope",
]
