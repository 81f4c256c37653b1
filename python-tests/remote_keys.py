"""Keys that are held elsewhere: a KMS that knows an RSA key, and one that knows a secret."""

from __future__ import annotations

import hashlib
import hmac

from signed_messages import octets


def numbers(der):
    """The integers of a SEQUENCE in DER."""

    def value(at):
        length, start = der[at + 1], at + 2
        if length >= 0x80:
            length, start = int.from_bytes(der[start : start + (length & 0x7F)], "big"), start + (
                length & 0x7F
            )
        return start, start + length

    found = []
    at, _ = value(0)
    while at < len(der):
        start, end = value(at)
        found.append(int.from_bytes(der[start:end], "big"))
        at = end
    return found


class RsaKms:
    """Signs the DigestInfo, and keeps what it was asked."""

    def __init__(self):
        _, self._modulus, _, self._exponent, *_ = numbers(octets("client.pkcs1.der"))
        self.asked = []

    def __call__(self, request):
        self.asked.append(request)
        length = (self._modulus.bit_length() + 7) // 8
        info = request.digest_info
        padded = b"\0\1" + b"\xff" * (length - 3 - len(info)) + b"\0" + info
        power = pow(int.from_bytes(padded, "big"), self._exponent, self._modulus)
        return power.to_bytes(length, "big")


class HmacKms:
    """Checks HMACs under one secret, and keeps what it was asked."""

    def __init__(self, secret=b"the secret that stays there"):
        self.secret = secret
        self.asked = []

    def __call__(self, request):
        self.asked.append(request)
        code = hmac.new(self.secret, request.octets, getattr(hashlib, request.digest_method))
        return hmac.compare_digest(code.digest(), request.signature)
