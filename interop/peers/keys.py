"""Keys and certificates, made anew for each run, so that none expires and none is kept."""

from __future__ import annotations

import datetime
import hashlib
import pathlib
from typing import Dict, List, NamedTuple, Tuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSWORD = "of the key"
"""Of the PKCS#12 files; the PEM files have none."""

PLAIN = [(NameOID.COMMON_NAME, "Interop CA"), (NameOID.ORGANIZATION_NAME, "wsse")]
HOSTILE = [
    (NameOID.COUNTRY_NAME, "CH"),
    (NameOID.ORGANIZATION_NAME, 'Müller, Söhne + "Co"; Ltd.'),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, " #1 <b> \\ /x=y "),
    (NameOID.COMMON_NAME, "Interop, CA=2"),
    (NameOID.EMAIL_ADDRESS, "ca@example.org"),
]
"""A name of which every character that the ways of writing it escape is part."""


class Identity(NamedTuple):
    """A private key, its certificate, and that of its issuer (`anchor`), in files. `pkcs12` has the first
    two in one, in PEM where it must."""

    key: pathlib.Path
    certificate: pathlib.Path
    pkcs12: pathlib.Path
    anchor: pathlib.Path
    der: bytes
    issuer: x509.Name
    serial: int
    subject_key_identifier: bytes
    public_der: bytes
    anchor_der: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.der).hexdigest()

    @property
    def sha1(self) -> bytes:
        return hashlib.sha1(self.der).digest()


class Keys(NamedTuple):
    """`identities`: rsa, its issuer PLAIN; hostile, its issuer HOSTILE; p256, p384, p521, ed25519, ed448,
    dsa1024, dsa2048; x25519, which signs nothing; stranger, whose issuer nobody trusts. Those with RSA
    may also be encrypted for, and with p256, p384, p521 and x25519 a key may be agreed on.
    `trusted`: a PEM file of the issuers and of every certificate but the stranger's. `secret`: a file of
    32 octets. `secrets`: files of 16, 24 and 32 octets, by the names secret16, secret24 and secret32."""

    identities: Dict[str, Identity]
    trusted: pathlib.Path
    secret: pathlib.Path
    secrets: Dict[str, pathlib.Path]


class _Issuer:
    def __init__(self, names: List[Tuple[x509.ObjectIdentifier, str]]) -> None:
        self.name = x509.Name([x509.NameAttribute(*pair) for pair in names])
        self.key = ec.generate_private_key(ec.SECP256R1())
        # Its first bit is set, so that DER puts a zero octet before it.
        self.serial = 0xFF << 120
        self.identifier = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        usage = x509.KeyUsage(*[False] * 5, True, True, False, False)
        self.certificate = (
            _certificate(self.name, self.name, self.key.public_key(), 1)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(self.identifier, critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def issue(self, folder: pathlib.Path, name: str, key) -> Identity:
        self.serial += 1
        public = key.public_key()
        identifier = x509.SubjectKeyIdentifier.from_public_key(public)
        authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier
        signs = not isinstance(key, x25519.X25519PrivateKey)
        encrypts = isinstance(key, rsa.RSAPrivateKey)
        agrees = isinstance(key, (ec.EllipticCurvePrivateKey, x25519.X25519PrivateKey))
        usage = x509.KeyUsage(signs, False, encrypts, False, agrees, *[False] * 4)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            _certificate(subject, self.name, public, self.serial)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(identifier, critical=False)
            .add_extension(authority(self.identifier), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        endings = (".key.pem", ".pem", ".p12", ".anchor.pem")
        files = [folder / f"{name}{ending}" for ending in endings]
        files[0].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        files[1].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
        if signs:
            files[2].write_bytes(
                # Under the name that interop/wss4j knows its key by.
                pkcs12.serialize_key_and_certificates(
                    b"key", key, certificate, [self.certificate], encryption
                )
            )
        else:
            # cryptography puts no such key into PKCS#12.
            files[2] = folder / f"{name}.own.pem"
            files[2].write_bytes(files[0].read_bytes() + files[1].read_bytes())
        files[3].write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        der = certificate.public_bytes(serialization.Encoding.DER)
        info = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        anchor = self.certificate.public_bytes(serialization.Encoding.DER)
        return Identity(*files, der, self.name, self.serial, identifier.digest, info, anchor)


def make_keys(folder: pathlib.Path) -> Keys:
    plain, hostile, unknown = _Issuer(PLAIN), _Issuer(HOSTILE), _Issuer(PLAIN)
    made = {
        "rsa": plain.issue(folder, "rsa", rsa.generate_private_key(65537, 2048)),
        "hostile": hostile.issue(folder, "hostile", rsa.generate_private_key(65537, 2048)),
        "p256": plain.issue(folder, "p256", ec.generate_private_key(ec.SECP256R1())),
        "p384": plain.issue(folder, "p384", ec.generate_private_key(ec.SECP384R1())),
        "p521": plain.issue(folder, "p521", ec.generate_private_key(ec.SECP521R1())),
        "ed25519": plain.issue(folder, "ed25519", ed25519.Ed25519PrivateKey.generate()),
        "ed448": plain.issue(folder, "ed448", ed448.Ed448PrivateKey.generate()),
        "x25519": plain.issue(folder, "x25519", x25519.X25519PrivateKey.generate()),
        "dsa1024": plain.issue(folder, "dsa1024", dsa.generate_private_key(1024)),
        "dsa2048": plain.issue(folder, "dsa2048", dsa.generate_private_key(2048)),
        "stranger": unknown.issue(folder, "stranger", rsa.generate_private_key(65537, 2048)),
    }
    trusted = folder / "trusted.pem"
    known = [each for name, each in made.items() if name != "stranger"]
    files = {each.anchor for each in known} | {each.certificate for each in known}
    trusted.write_bytes(b"".join(file.read_bytes() for file in sorted(files)))
    secret = folder / "secret.bin"
    secret.write_bytes(bytes(range(32)))
    secrets = {f"secret{length}": folder / f"secret{length}.bin" for length in (16, 24, 32)}
    for name, file in secrets.items():
        file.write_bytes(hashlib.sha256(name.encode()).digest()[: int(name[6:])])
    return Keys(made, trusted, secret, secrets)


def _certificate(subject, issuer, public, serial):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(serial)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
    )
