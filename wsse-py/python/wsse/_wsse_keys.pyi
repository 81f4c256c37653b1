"""Keys, certificates, what is signed and what is not: a part of the stub of wsse._wsse. Import from wsse."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, Optional, Union, final

from typing_extensions import TypeAlias

# Types that exist for type checkers only.
_Octets: TypeAlias = Union[bytes, bytearray, memoryview]
_Password: TypeAlias = Union[str, bytes, bytearray, memoryview]

@final
class Certificate:
    """An X.509 certificate that was read. Nothing of it is believed before it is handed to a
    wsse.Inbound; what it is handed in as says what is believed.

    Made by from_pem() or from_der(); immutable, comparable, hashable.
    """

    @classmethod
    def from_pem(cls, pem: _Octets) -> Certificate:
        """Reads a PEM text that holds one certificate. Raises wsse.Misuse for another, also for one
        that holds several: a wsse.Inbound takes the octets of such a file as they are.
        """

    @classmethod
    def from_der(cls, der: _Octets) -> Certificate:
        """Reads one certificate in DER. Raises wsse.Misuse for what is none."""

    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    @property
    def subject(self) -> str:
        """Whose it is, as RFC 2253 writes names: CN=alice,O=Example."""

    @property
    def issuer(self) -> str:
        """Who issued it, written as the subject is."""

    @property
    def serial(self) -> str:
        """The serial number in decimal digits, as X509SerialNumber has it."""

    @property
    def sha1_thumbprint(self) -> bytes:
        """SHA-1 of the DER, 20 octets, as ThumbprintSHA1 has it; sha1_thumbprint.hex() is the text
        that other programs show.
        """

    @property
    def subject_key_identifier(self) -> Optional[bytes]:
        """The value of the extension SubjectKeyIdentifier, or None."""

    @property
    def not_before(self) -> datetime:
        """The first instant at which it is valid, aware, in UTC."""

    @property
    def not_after(self) -> datetime:
        """The last instant at which it is valid, aware, in UTC."""

    @property
    def der(self) -> bytes:
        """The certificate in DER."""

    @property
    def public_key(self) -> PublicKey:
        """The key that it certifies."""

@final
class PublicKey:
    """A public key that stands alone, for peers that have no certificate.

    Made by from_pem() or from_der(); immutable, comparable, hashable.
    """

    @classmethod
    def from_pem(cls, pem: _Octets) -> PublicKey:
        """Reads a PEM text that holds one PUBLIC KEY or RSA PUBLIC KEY. Raises wsse.Misuse for
        another.
        """

    @classmethod
    def from_der(cls, der: _Octets) -> PublicKey:
        """Reads one public key in DER. Raises wsse.Misuse for what is none."""

    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    @property
    def der(self) -> bytes:
        """The SubjectPublicKeyInfo in DER."""

@final
class Identity:
    """Who we are: a private key, the certificate that belongs to it, and those that lead upward.

    Made by read(), from_pem() or from_pkcs12(), or by remote() for a private key that is held elsewhere;
    immutable. The private key does not come out again.
    """

    @classmethod
    def from_pem(
        cls, key: _Octets, certificate: _Octets, *, password: Optional[_Password] = None
    ) -> Identity:
        """Reads a private key, and from another text its certificate and those that lead upward, in
        any order. One text that holds all may be given twice. password (str or bytes) opens what is
        encrypted.

        Raises wsse.Misuse for what cannot be read or does not belong together.
        """

    @classmethod
    def from_pkcs12(cls, octets: _Octets, *, password: Optional[_Password] = None) -> Identity:
        """Reads a PKCS#12, which often ends in .p12 or .pfx.

        Raises wsse.Misuse for what cannot be read, a wrong password included.
        """

    @classmethod
    def read(cls, octets: _Octets, *, password: Optional[_Password] = None) -> Identity:
        """Reads one file that holds all, PEM or PKCS#12: its content says which.

        Raises wsse.Misuse for what cannot be read, a wrong password included.
        """

    @classmethod
    def remote(
        cls,
        certificate: Union[Certificate, _Octets],
        sign: Callable[[SigningRequest], _Octets],
        *,
        chain: Union[Certificate, _Octets, Sequence[Union[Certificate, _Octets]], None] = None,
        decrypt: Optional[Callable[[DecryptionRequest], Optional[_Octets]]] = None,
    ) -> Identity:
        """An identity whose private key is held elsewhere, in a KMS, an HSM or a smart card; it stands
        wherever another one does.

        certificate: of the key, a wsse.Certificate or the octets of a PEM or DER file, in which it comes
        first. sign: a callable of a wsse.SigningRequest that returns the signature (bytes); of ECDSA as r
        and s, each of the length of the order, or as a sequence in DER. chain: the certificates above it,
        the issuer first. decrypt: a callable of a wsse.DecryptionRequest that returns the secret that was
        encrypted to the key (bytes), and None, or a ValueError, where the octets do not decrypt.

        Callables run while a message is protected or validated, in several threads at once, and have to
        end by themselves: what they raise, a TimeoutError for one, becomes wsse.Unavailable, whose
        __cause__ it is. A signature that does not hold under the certificate raises wsse.Misuse, and
        nothing is sent.
        """

    @property
    def certificate(self) -> Certificate:
        """The certificate of the key."""

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """The certificates above it, the issuer first, as far as they were there."""

@final
class SigningRequest:
    """What a key that is held elsewhere is asked to sign."""

    @property
    def method(self) -> str:
        """The method by its name in policies: "rsa-sha256", "ecdsa-sha256", "eddsa-ed25519"."""

    @property
    def octets(self) -> bytes:
        """The octets that are signed."""

    @property
    def digest(self) -> Optional[bytes]:
        """The digest of the octets that the method signs, for services that want it in place of them;
        None for EdDSA, which takes the octets as they are.
        """

    @property
    def digest_method(self) -> Optional[str]:
        """What the digest was made with: "sha256"; None for EdDSA."""

    @property
    def digest_info(self) -> Optional[bytes]:
        """The DigestInfo that RSASSA-PKCS1-v1_5 pads, which PKCS#11 signs with CKM_RSA_PKCS; None for
        every other method.
        """

    @property
    def salt_length(self) -> Optional[int]:
        """Octets of the salt of RSASSA-PSS; None for every other method."""

    @property
    def mask_digest(self) -> Optional[str]:
        """The digest in MGF1 of RSASSA-PSS: "sha256"; None for every other method."""

@final
class DecryptionRequest:
    """An EncryptedKey that a key that is held elsewhere is asked to decrypt."""

    @property
    def method(self) -> str:
        """"rsa-oaep" or "rsa-1.5"."""

    @property
    def octets(self) -> bytes:
        """The octets that were encrypted."""

    @property
    def digest(self) -> Optional[str]:
        """The digest of OAEP: "sha256"; None for rsa-1.5."""

    @property
    def mask_digest(self) -> Optional[str]:
        """The digest in MGF1 of OAEP: "sha256"; None for rsa-1.5."""

    @property
    def label(self) -> Optional[bytes]:
        """The label of OAEP, mostly empty; None for rsa-1.5."""

@final
class VerificationRequest:
    """What a key that is held elsewhere is asked to check."""

    @property
    def method(self) -> str:
        """The method by its name in policies: "hmac-sha256"."""

    @property
    def octets(self) -> bytes:
        """The octets that were signed."""

    @property
    def signature(self) -> bytes:
        """The octets of the SignatureValue."""

    @property
    def digest(self) -> Optional[bytes]:
        """The digest of the octets inside the method; None for EdDSA."""

    @property
    def digest_method(self) -> Optional[str]:
        """What the digest was made with: "sha256"; None for EdDSA."""

    @property
    def der(self) -> Optional[bytes]:
        """An ECDSA signature as a sequence in DER, as services want it; None for other methods."""

@final
class RemoteVerifier:
    """Checks signatures with a key that is held elsewhere: a shared secret in a KMS, above all.

    family: the methods that the key is for, "hmac", "rsa", "ecdsa", "ed25519", "ed448" or "dsa". A
    message that means the key with a method of another family is refused without asking. verify: a
    callable of a wsse.VerificationRequest that says True where the signature holds and False where it
    does not; nothing else is an answer. It runs while a message is validated, in several threads at
    once, and has to end by itself: what it raises, a TimeoutError for one, refuses the message with
    wsse.Unavailable. An HMAC that it computes itself is compared with hmac.compare_digest().

    Raises wsse.Misuse for an unknown family.
    """

    def __new__(
        cls,
        family: Literal["hmac", "rsa", "ecdsa", "ed25519", "ed448", "dsa"],
        verify: Callable[[VerificationRequest], bool],
    ) -> RemoteVerifier: ...
    @property
    def family(self) -> str:
        """The methods that the key is for."""

@final
class SignedPart:
    """A part of a message that a signature covers."""

    @property
    def path(self) -> str:
        """Where it stands: "/Envelope/Body", "/Envelope/Header/{urn:a}To[1]"."""

    @property
    def start(self) -> int:
        """Where its octets begin in the message as UTF-8."""

    @property
    def end(self) -> int:
        """Where its octets end."""

@final
class VerifiedSigner:
    """Somebody whose signatures of a message hold, and what they cover. Only ValidatedMessage has them."""

    @property
    def certificate(self) -> Optional[Certificate]:
        """The certificate of the signer; None for a shared secret, for a key without certificate, and for
        one who is not believed, which only a policy accepts that says so.
        """

    @property
    def key_name(self) -> Optional[str]:
        """The name of the key that is held elsewhere, where one checked the signatures; or None."""

    @property
    def signed(self) -> tuple[SignedPart, ...]:
        """The parts that the signer's signatures cover, in the order of their references."""

@final
class VerifiedDocument:
    """A document all of whose Signatures hold, under keys that are believed. Only
    Inbound.verify_bare() makes it.
    """

    @property
    def references(self) -> tuple[SignedReference, ...]:
        """The parts that are signed. Read nothing of the document outside of them."""

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The certificate of each Signature that has one, in the order of the Signatures."""

@final
class SignedReference:
    """A part of a document that a Signature covers."""

    @property
    def id(self) -> Optional[str]:
        """The Id by which it was named; None for the whole document."""

    @property
    def start(self) -> int:
        """Where its octets begin in the document as UTF-8."""

    @property
    def end(self) -> int:
        """Where its octets end."""

    @property
    def without(self) -> Optional[tuple[int, int]]:
        """Start and end of the Signature inside, which does not sign itself; or None."""

@final
class Candidate:
    """A signer of whom a callable decides, before his signature is checked."""

    @property
    def public_key(self) -> PublicKey:
        """His public key."""

    @property
    def certificate(self) -> Optional[Certificate]:
        """The certificate of the key; or None."""

    @property
    def path(self) -> tuple[Certificate, ...]:
        """The path to the anchor: the end entity first, the anchor last. Empty where the certificate or
        the key is pinned, or nobody vouches for it.
        """

    @property
    def trusted(self) -> bool:
        """Whether the policy believes him; only the legacy switch embedded-key and signer = "any" let
        others come so far.
        """

    @property
    def at(self) -> datetime:
        """The time of the validation, in UTC."""

@final
class UnvalidatedEnvelope:
    """A well-formed envelope of which nothing is known."""

    @property
    def document(self) -> bytes:
        """The whole message, in UTF-8 without XML declaration."""

    @property
    def body_child(self) -> Optional[tuple[str, str]]:
        """Namespace name and local name of the first element in the Body, or None."""

    @property
    def soap_version(self) -> Literal["1.1", "1.2"]:
        """"1.1" or "1.2"."""
