"""What was encrypted, and the key that decrypts: a part of the stub of wsse._wsse. Import from wsse."""

from typing import Optional, Union, final

from typing_extensions import TypeAlias

from wsse._wsse_keys import PublicKey

# Types that exist for type checkers only.
_Octets: TypeAlias = Union[bytes, bytearray, memoryview]
_Password: TypeAlias = Union[str, bytes, bytearray, memoryview]

@final
class PrivateKey:
    """A private key that stands alone: what was encrypted for its owner it decrypts. A key with its
    certificate is a wsse.Identity.

    Made by read(); immutable. The key does not come out again.
    """

    @classmethod
    def read(cls, octets: _Octets, *, password: Optional[_Password] = None) -> PrivateKey:
        """Reads a file with one private key, PEM or DER: its content says which. password (str or
        bytes) opens what is encrypted. A certificate in the file is passed over.

        Raises wsse.Misuse for what cannot be read, a wrong password included.
        """

    @property
    def public_key(self) -> PublicKey:
        """The public key that belongs to it."""

@final
class EncryptedPart:
    """A part of a message that was encrypted."""

    @property
    def path(self) -> str:
        """Where it stands: "/Envelope/Body", "/Envelope/Header/{urn:a}To[1]"."""

    @property
    def content(self) -> bool:
        """Whether the content of the element was encrypted, and not the element itself."""

    @property
    def start(self) -> int:
        """Where its octets begin in the message as it is when everything is decrypted, in UTF-8."""

    @property
    def end(self) -> int:
        """Where its octets end."""

@final
class DecryptedMessage:
    """A message whose parts were decrypted. Nothing else of it was checked: neither its signatures, nor
    its tokens, nor its age. Only Inbound.decrypt() makes it.
    """

    @property
    def octets(self) -> bytes:
        """The message with each EncryptedData replaced by what was in it, in UTF-8. Its Security header
        is still there.
        """

    @property
    def encrypted(self) -> tuple[EncryptedPart, ...]:
        """The parts that were encrypted, in the order of the document."""

    @property
    def legacy(self) -> tuple[str, ...]:
        """Which algorithms were accepted only because the policy allows them by name, as legacy.allow
        spells them.
        """

    def __bytes__(self) -> bytes: ...
