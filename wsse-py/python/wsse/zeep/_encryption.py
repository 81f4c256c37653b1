"""Encryption beside zeep's classes."""

from __future__ import annotations

from typing import Any, Optional, Union

from lxml import etree

from wsse import _wsse
from wsse.errors import Error
from wsse.zeep._replies import VerificationFailed, put_in, received_or
from wsse.zeep._tree import WSSE, encrypt

XENC = "http://www.w3.org/2001/04/xmlenc#"
_DECRYPT = 'version = 1\nrequire = { encrypted = ["body-content"] }\n'
_ENCRYPT = 'version = 1\norder = ["encryption"]\nencryption = [{ recipient = "default" }]\n'


class Encryption:
    """Encrypts requests, or decrypts replies, in a list beside classes that sign. Lists are applied and
    verified in the same order, so it stands last for the one and first for the other::

        wsse=Compose([
            Encryption(decryption_keys=ours),
            BinarySignature(key, certificate, verify_cert=theirs),
            Encryption(recipients=theirs),
        ])

    Requests are then signed and encrypted, and replies decrypted before the signature is verified.
    :class:`wsse.zeep.Policy` does everything in one, over the octets, and is the one to take where a
    signature covers the ciphertext or stands under a key of the message.

    :param recipients: whom requests are encrypted for, as :class:`wsse.Outbound` takes them; None:
        requests are left as they are
    :param decryption_keys: our private keys, as :class:`wsse.Inbound` takes them; None: replies are left
        as they are
    :param outbound: another policy of what is encrypted, with nothing in it but ``encryption``; default:
        the content of the Body, with AES-256-GCM and RSA-OAEP
    :param required: whether a reply in which nothing is encrypted is refused; default True

    What does not decrypt is refused as :exc:`wsse.zeep.VerificationFailed`, always in the same words. CBC
    is not accepted: nothing has been verified when it is decrypted here.
    """

    def __init__(
        self,
        recipients: Any = None,
        decryption_keys: Any = None,
        *,
        outbound: Union[_wsse.OutboundPolicy, str] = _ENCRYPT,
        required: bool = True,
    ) -> None:
        self.required = required
        self._outbound: Optional[_wsse.Outbound] = None
        self._inbound: Optional[_wsse.Inbound] = None
        if recipients is not None:
            self._outbound = _wsse.Outbound(outbound, recipients=recipients)
        if decryption_keys is not None:
            self._inbound = _wsse.Inbound(_DECRYPT, decryption_keys=decryption_keys)

    def apply(
        self, envelope: etree._Element, headers: dict[str, str]
    ) -> tuple[etree._Element, dict[str, str]]:
        """Encrypts a request; what it returns is sent, as with :meth:`wsse.zeep.Policy.apply`."""
        if self._outbound is not None:
            envelope, _ = encrypt(envelope, self._outbound)
        return envelope, headers

    def verify(self, envelope: etree._Element) -> Optional[_wsse.DecryptedMessage]:
        """Decrypts a reply in place, and judges nothing else of it.

        Returns what was decrypted; None where that is nothing and may be. Raises
        :exc:`wsse.zeep.VerificationFailed`.
        """
        if self._inbound is None:
            return None
        try:
            decrypted = self._inbound.decrypt(received_or(envelope))
        except Error as error:
            if not self.required and error.cause in ("missing-part", "missing-security-header"):
                return None
            raise VerificationFailed(
                str(error), category=error.category, cause=error.cause
            ) from error
        put_in(envelope, decrypted.octets)
        # Everything was decrypted, so what told how to is done with: it names what is no longer there.
        for security in envelope.iterfind(f"{{*}}Header/{{{WSSE}}}Security"):
            for name in ("EncryptedKey", "ReferenceList"):
                for done in security.findall(f"{{{XENC}}}{name}"):
                    security.remove(done)
        return decrypted
