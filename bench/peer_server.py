"""What Python programs sign and check with, as a program that bench/run.py drives: ours, zeep with
python-xmlsec, or signxml. Octets in, octets or a verdict out. It speaks the protocol of
bench/src/serve.rs.

    python bench/peer_server.py wsse|zeep|signxml KEY.pem CERTIFICATE.pem
"""

from __future__ import annotations

import base64
import datetime
import gc
import pathlib
import sys
import time
from typing import Any, Callable, Dict, List, Optional

WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{WSS}wssecurity-secext-1.0.xsd"
WSU = f"{WSS}wssecurity-utility-1.0.xsd"
X509V3 = f"{WSS}x509-token-profile-1.0#X509v3"
BASE64 = f"{WSS}soap-message-security-1.0#Base64Binary"
DS = "http://www.w3.org/2000/09/xmldsig#"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XENC = "http://www.w3.org/2001/04/xmlenc#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
DAY = 86400

Call = Callable[[bytes], Any]


def ours(key: bytes, certificate: bytes) -> Dict[str, Call]:
    import wsse

    outbound = wsse.Outbound(
        'version = 1\norder = ["timestamp", "signature"]\n'
        f'timestamp = {{ ttl = {DAY} }}\nlimits = {{ message = "1 GiB" }}\n'
        'signature = [{ parts = ["body", "timestamp"], inclusive-prefixes = false }]',
        identities=wsse.Identity.from_pem(key, certificate),
    )

    class AlwaysNew:
        """The peers remember nothing."""

        def insert_if_absent(self, key: bytes, expires: Any, now: Any) -> bool:
            return True

    inbound = wsse.Inbound(
        'version = 1\nrequire = { signed = ["body", "timestamp"], timestamp = true }\n'
        f'clock = {{ ttl = {DAY} }}\nlimits = {{ message = "1 GiB" }}',
        certificates=certificate,
        replay=AlwaysNew(),
    )

    encrypting = wsse.Outbound(
        'version = 1\norder = ["encryption"]\nlimits = { message = "1 GiB" }\n'
        'encryption = [{ data = "aes256-gcm", transport = "rsa-oaep-mgf1p" }]',
        recipients=certificate,
    )
    decrypting = wsse.Inbound(
        'version = 1\nrequire = { encrypted = ["body-content"] }\n'
        'limits = { message = "1 GiB" }',
        decryption_keys=wsse.Identity.from_pem(key, certificate),
    )
    return {
        "sign": lambda message: outbound.protect(message).bytes,
        "verify": lambda message: inbound.validate(message).document,
        "encrypt": lambda message: encrypting.protect(message).bytes,
        "decrypt": lambda message: decrypting.validate(message).unsigned_document,
    }


def instants() -> "tuple[str, str]":
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)
    return f"{now.isoformat()}Z", f"{(now + datetime.timedelta(seconds=DAY)).isoformat()}Z"


def zeep(key: bytes, certificate: bytes) -> Dict[str, Call]:
    import xmlsec
    from lxml import etree
    from zeep.wsse import signature, utils

    parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
    method, digest = xmlsec.Transform.RSA_SHA256, xmlsec.Transform.SHA256
    # As zeep calls it, it reads the key from PEM for every message.
    plugin = signature.MemorySignature(key, certificate, None, method, digest)
    loaded = signature._make_sign_key(key, certificate, None)
    known = signature._make_verify_key(certificate)

    def prepared(message: bytes) -> Any:
        envelope = etree.fromstring(message, parser)
        created, expires = instants()
        security = utils.get_security_header(envelope)
        security.append(utils.WSU.Timestamp(utils.WSU.Created(created), utils.WSU.Expires(expires)))
        return envelope

    def sign(message: bytes) -> bytes:
        envelope = prepared(message)
        signature._sign_envelope_with_key_binary(envelope, loaded, method, digest)
        return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")

    def sign_as_zeep_does(message: bytes) -> bytes:
        envelope = prepared(message)
        signature.BinarySignature.apply(plugin, envelope, {})
        return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")

    def verify(message: bytes) -> None:
        signature._verify_envelope_with_key(etree.fromstring(message, parser), known)

    public, private = (xmlsec.KeysManager() for _ in range(2))
    public.add_key(xmlsec.Key.from_memory(certificate, xmlsec.KeyFormat.CERT_PEM))
    private.add_key(xmlsec.Key.from_memory(key, xmlsec.KeyFormat.PEM))

    def encrypt(message: bytes) -> bytes:
        envelope = etree.fromstring(message, parser)
        body = envelope.find(f"{{{SOAP}}}Body")
        data = xmlsec.template.encrypted_data_create(
            envelope, xmlsec.Transform.AES256_GCM, type=xmlsec.EncryptionType.CONTENT, ns="xenc"
        )
        xmlsec.template.encrypted_data_ensure_cipher_value(data)
        key_info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
        wrapped = xmlsec.template.add_encrypted_key(key_info, xmlsec.Transform.RSA_OAEP)
        xmlsec.template.encrypted_data_ensure_cipher_value(wrapped)
        context = xmlsec.EncryptionContext(public)
        context.key = xmlsec.Key.generate(
            xmlsec.constants.KeyDataAes, 256, xmlsec.KeyDataType.SESSION
        )
        data = context.encrypt_xml(data, body)
        # In a message it stands in the Security header.
        security = utils.get_security_header(envelope)
        security.append(data.find(f".//{{{XENC}}}EncryptedKey"))
        return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")

    def decrypt(message: bytes) -> bytes:
        envelope = etree.fromstring(message, parser)
        wrapped = envelope.find(f".//{{{XENC}}}EncryptedKey")
        data = envelope.find(f"{{{SOAP}}}Body/{{{XENC}}}EncryptedData")
        # It knows nothing of a SecurityTokenReference.
        for holder in (wrapped, data):
            info = holder.find(f"{{{DS}}}KeyInfo")
            if info is not None:
                holder.remove(info)
        octets = xmlsec.EncryptionContext(private).decrypt(wrapped)
        context = xmlsec.EncryptionContext()
        context.key = xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataAes, octets)
        context.decrypt(data)
        return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")

    return {
        "sign": sign,
        "sign-as-called": sign_as_zeep_does,
        "verify": verify,
        "encrypt": encrypt,
        "decrypt": decrypt,
    }


def signxml(key: bytes, certificate: bytes) -> Dict[str, Call]:
    import signxml as library
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from lxml import etree

    parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
    private = serialization.load_pem_private_key(key, None)
    known = x509.load_pem_x509_certificate(certificate)
    token = base64.b64encode(known.public_bytes(serialization.Encoding.DER)).decode()
    signer = library.XMLSigner(
        method=library.SignatureConstructionMethod.detached,
        signature_algorithm=library.SignatureMethod.RSA_SHA256,
        digest_algorithm=library.DigestAlgorithm.SHA256,
        c14n_algorithm=library.CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    config = library.SignatureConfiguration(require_x509=True, location=".//", expect_references=2)

    def element(parent: Any, namespace: str, name: str, text: Optional[str] = None) -> Any:
        made = etree.SubElement(parent, f"{{{namespace}}}{name}")
        made.text = text
        return made

    def sign(message: bytes) -> bytes:
        envelope = etree.fromstring(message, parser)
        security = etree.SubElement(
            envelope.find(f"{{{SOAP}}}Header"),
            f"{{{WSSE}}}Security",
            nsmap={"wsse": WSSE, "wsu": WSU},
        )
        timestamp = element(security, WSU, "Timestamp")
        for name, instant in zip(("Created", "Expires"), instants()):
            element(timestamp, WSU, name, instant)
        timestamp.set(f"{{{WSU}}}Id", "TS-1")
        envelope.find(f"{{{SOAP}}}Body").set(f"{{{WSU}}}Id", "id-1")
        binary = element(security, WSSE, "BinarySecurityToken", token)
        binary.set("ValueType", X509V3)
        binary.set("EncodingType", BASE64)
        binary.set(f"{{{WSU}}}Id", "X509-1")
        key_info = etree.Element(f"{{{DS}}}KeyInfo")
        direct = element(element(key_info, WSSE, "SecurityTokenReference"), WSSE, "Reference")
        direct.set("URI", "#X509-1")
        direct.set("ValueType", X509V3)
        made = signer.sign(
            envelope, key=private, key_info=key_info, reference_uri=["#id-1", "#TS-1"]
        )
        security.append(made)
        return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")

    def verify(message: bytes) -> None:
        envelope = etree.fromstring(message, parser)
        # Its schema does not know the KeyInfo of WS-Security.
        library.XMLVerifier().verify(
            envelope, x509_cert=known, expect_config=config, validate_schema=False
        )

    return {"sign": sign, "verify": verify}


def measure(call: Call, message: bytes, calls: int) -> int:
    repeat = range(calls)
    start = time.perf_counter_ns()
    for _ in repeat:
        call(message)
    return time.perf_counter_ns() - start


def memory(what: str) -> int:
    """Octets of memory as Linux counts them."""
    status = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split(what)[1].split()[0]) * 1024


def peak(call: Call, message: bytes) -> "tuple[int, int]":
    gc.collect()
    pathlib.Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = memory("VmRSS:")
    written = call(message)
    return memory("VmHWM:") - before, len(written) if written is not None else 0


def versions(library: str) -> List[str]:
    """Of what stands behind a library and has a version of its own."""
    if library != "zeep":
        return []
    import xmlsec

    numbers = ".".join(map(str, xmlsec.get_libxmlsec_version()))
    return [f"libxmlsec1 {numbers}"]


def main() -> None:
    library, key, certificate = sys.argv[1:]
    make = {"wsse": ours, "zeep": zeep, "signxml": signxml}[library]
    try:
        cases = make(pathlib.Path(key).read_bytes(), pathlib.Path(certificate).read_bytes())
    except ImportError as error:
        print(f"error {error}", flush=True)
        raise SystemExit(2) from None
    for line in sys.stdin:
        case, wanted, calls = line.split()
        if case == "version":
            print("version", *versions(library), flush=True)
            continue
        message = pathlib.Path(wanted).read_bytes()
        if calls == "peak":
            first, second = peak(cases[case], message)
        else:
            first, second = measure(cases[case], message, int(calls)), len(message)
        print(first, second, flush=True)


if __name__ == "__main__":
    main()
