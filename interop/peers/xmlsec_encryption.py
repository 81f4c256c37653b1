"""xmlsec1 and python-xmlsec encrypting and decrypting. Both fill templates, in which an EncryptedKey stands
in the KeyInfo of its EncryptedData; they know no SecurityTokenReference. In SOAP messages the tests put it
into the Security header and back, and write its KeyInfo anew: nothing of that is encrypted. Where a key is
agreed on they are told both keys, the sender's by a name that begins with ORIGINATOR."""

from __future__ import annotations

import pathlib
from typing import List, Sequence, Union

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from lxml import etree

from . import Order, Refused
from .encryption import NAME, Encryption, Opened
from .keys import Keys
from .messages import ec_key_value, key_info_children, message, public_key, security_header
from .uris import AGREEMENTS, DATA, DERIVATIONS, DIGESTS, DS, ENC, ENC11, MASKS, TRANSPORTS
from .xmlsec1 import Xmlsec1
from .xmlsec_library import XmlsecLibrary, xmlsec

ORIGINATOR = "of "
_X = {"ds": DS, "xenc": ENC}
_CONTENT = f"content({NAME})"
_TYPES = {"element": ENC + "Element", "content": ENC + "Content"}
_WHERE = {"body-content": "Body", NAME: "name", _CONTENT: "name"}
"""The names of elements that a message has once."""


def encrypt(peer: Union[Xmlsec1, XmlsecLibrary], asked: Encryption) -> bytes:
    """Encrypts a SOAP message, whose Security header we write, or a document."""
    template = _template(asked, peer.keys)
    if asked.agrees:
        # Ours makes such a key for each message itself; here it is told.
        _make_originators(peer.keys, asked)
    if asked.form is not None:
        return _encrypt(peer, asked, template, message(asked.plain), "/*")
    (part,) = asked.parts
    path = f"//*[local-name()='{_WHERE[part]}']"
    root = etree.fromstring(_encrypt(peer, asked, template, message(asked.plain), path))
    return _as_message(root, asked, peer.keys)


def decrypt(peer: Union[Xmlsec1, XmlsecLibrary], encrypted: bytes, asked: Encryption) -> Opened:
    """Decrypts the one EncryptedData of a SOAP message, or a document."""
    root = etree.fromstring(encrypted)
    if asked.form is None:
        _as_document(root, asked, peer.keys)
    (data,) = root.iter(f"{{{ENC}}}EncryptedData")
    path, place = _path(data.getparent()) if data is not root else "", 0
    if data is not root:
        place = data.getparent().index(data)
    octets = _decrypt(peer, asked, etree.tostring(root))
    if asked.form == "octets":
        return Opened(frozenset(), octets=octets)
    if data.get("Type") == ENC + "Content":
        return Opened(frozenset([path + "/*"]), octets=octets)
    names = [step for step in path.split("/") if step]
    found = etree.fromstring(octets)
    if names:
        (found,) = found.xpath("/" + "/".join(f"*[local-name()='{name}']" for name in names))
        found = found[place]
    return Opened(frozenset([f"{path}/{etree.QName(found).localname}"]), octets=octets)


def _template(asked: Encryption, keys: Keys) -> "etree._Element":
    data = etree.Element(f"{{{ENC}}}EncryptedData", nsmap=_X, Id="ED-1")
    kind = asked.form or ("content" if asked.parts[0] in ("body-content", _CONTENT) else "element")
    if kind in _TYPES:
        data.set("Type", _TYPES[kind])
    etree.SubElement(data, f"{{{ENC}}}EncryptionMethod", Algorithm=DATA[asked.data])
    holder = etree.SubElement(data, f"{{{DS}}}KeyInfo")
    if asked.transport == "secret":
        etree.SubElement(holder, f"{{{DS}}}KeyName").text = asked.key
    else:
        for number, name in enumerate(_recipients(asked), 1):
            _encrypted_key(holder, number, name, asked, keys)
    _cipher(data)
    return data


def _recipients(asked: Encryption) -> Sequence[str]:
    return asked.recipients or (asked.key,)


def _encrypted_key(holder, number: int, name: str, asked: Encryption, keys: Keys) -> None:
    key = etree.SubElement(holder, f"{{{ENC}}}EncryptedKey", Id=f"EK-{number}")
    transport = TRANSPORTS[asked.wrap if asked.agrees else asked.transport]
    method = etree.SubElement(key, f"{{{ENC}}}EncryptionMethod", Algorithm=transport)
    if asked.transport.startswith("rsa-oaep"):
        etree.SubElement(method, f"{{{DS}}}DigestMethod", Algorithm=DIGESTS[asked.digest])
    if asked.transport == "rsa-oaep":
        etree.SubElement(method, f"{{{ENC11}}}MGF", nsmap={"xenc11": ENC11}, Algorithm=MASKS[asked.mgf])
    information = etree.SubElement(key, f"{{{DS}}}KeyInfo")
    if asked.agrees:
        information = _agreement(information, name, asked)
    if asked.form is not None and asked.reference != "key-name":
        order = Order(reference=asked.reference, key=name)
        information.extend(key_info_children(order, keys.identities[name]))
    else:
        _name(information, name)
    _cipher(key)


def _agreement(information, name: str, asked: Encryption) -> "etree._Element":
    """Writes an AgreementMethod; what says who the recipient is goes into the element that is returned."""
    agreement = etree.SubElement(
        information, f"{{{ENC}}}AgreementMethod", Algorithm=AGREEMENTS[asked.transport]
    )
    derivation = etree.SubElement(
        agreement,
        f"{{{ENC11}}}KeyDerivationMethod",
        nsmap={"xenc11": ENC11},
        Algorithm=DERIVATIONS[asked.transport],
    )
    told = {"AlgorithmID": "0000", "PartyUInfo": "0003D8", "PartyVInfo": "0003D0"}
    parameters = etree.SubElement(derivation, f"{{{ENC11}}}ConcatKDFParams", told)
    etree.SubElement(parameters, f"{{{DS}}}DigestMethod", Algorithm=DIGESTS[asked.digest])
    _name(etree.SubElement(agreement, f"{{{ENC}}}OriginatorKeyInfo"), ORIGINATOR + name)
    return etree.SubElement(agreement, f"{{{ENC}}}RecipientKeyInfo")


def _name(information, name: str) -> None:
    """The key has this name, whatever was said before."""
    information[:] = [etree.Element(f"{{{DS}}}KeyName")]
    information[0].text = name


def _cipher(parent) -> None:
    data = etree.SubElement(parent, f"{{{ENC}}}CipherData")
    etree.SubElement(data, f"{{{ENC}}}CipherValue")


def _as_message(root, asked: Encryption, keys: Keys) -> bytes:
    """With the EncryptedKey in a Security header, and a KeyInfo as the reference that is asked for."""
    (data,) = root.iter(f"{{{ENC}}}EncryptedData")
    information = data.find(f"{{{DS}}}KeyInfo")
    encrypted_keys = information.findall(f"{{{ENC}}}EncryptedKey")
    header = security_header(root)
    if not encrypted_keys:
        header.append(_reference_list())
        return etree.tostring(root)
    data.remove(information)
    for key, name in zip(encrypted_keys, _recipients(asked)):
        order = Order(reference=asked.reference, key=name)
        identity = keys.identities.get(name)
        own = key.find(f"{{{DS}}}KeyInfo")
        if asked.agrees:
            originator = own.find(f".//{{{ENC}}}OriginatorKeyInfo")
            key_file = _originator(keys, name).read_bytes()
            originator[:] = [ec_key_value(serialization.load_pem_private_key(key_file, None).public_key())]
            own = own.find(f".//{{{ENC}}}RecipientKeyInfo")
        if identity is not None:
            own[:] = key_info_children(order, identity)
        key.append(_reference_list())
        header.append(key)
    return etree.tostring(root)


def _reference_list() -> "etree._Element":
    made = etree.Element(f"{{{ENC}}}ReferenceList", nsmap=_X)
    etree.SubElement(made, f"{{{ENC}}}DataReference", URI="#ED-1")
    return made


def _as_document(root, asked: Encryption, keys: Keys) -> None:
    """Each EncryptedKey goes from the Security header to where xmlsec1 looks for it."""
    (data,) = root.iter(f"{{{ENC}}}EncryptedData")
    encrypted_keys = list(root.iter(f"{{{ENC}}}EncryptedKey"))
    if not encrypted_keys:
        return
    assert len(encrypted_keys) == len(_recipients(asked))
    for key, name in zip(encrypted_keys, _recipients(asked)):
        key.remove(key.find(f"{{{ENC}}}ReferenceList"))
        own = key.find(f"{{{DS}}}KeyInfo")
        if asked.agrees:
            originator = own.find(f".//{{{ENC}}}OriginatorKeyInfo")
            _originator(keys, name).write_bytes(_pem(public_key(originator[0])))
            _name(originator, ORIGINATOR + name)
            own = own.find(f".//{{{ENC}}}RecipientKeyInfo")
        _name(own, name)
    information = data.find(f"{{{DS}}}KeyInfo")
    if information is None:
        information = etree.Element(f"{{{DS}}}KeyInfo", nsmap=_X)
        data.insert(1, information)
    information[:] = encrypted_keys


def _path(element) -> str:
    steps = [element, *element.iterancestors()]
    return "".join("/" + etree.QName(step).localname for step in reversed(steps))


def _encrypt(peer, asked: Encryption, template, octets: bytes, path: str) -> bytes:
    if isinstance(peer, Xmlsec1):
        file, plain = peer.folder / "template.xml", peer.folder / "plain.xml"
        file.write_bytes(etree.tostring(template))
        plain.write_bytes(octets)
        what = ["--xml-data", str(plain), "--node-xpath", path]
        if asked.form == "octets":
            what = ["--binary-data", str(plain)]
        session = [] if asked.transport == "secret" else ["--session-key", _session(asked)]
        return peer.run(["--encrypt", *_keys(peer.keys, asked, False), *session, *what, str(file)]).stdout
    context = xmlsec.EncryptionContext(_manager(peer.keys, asked, False))
    try:
        if asked.transport == "secret":
            context.key = _secret(peer.keys, asked)
        else:
            kind, bits = _session(asked).split("-")
            kinds = {"aes": xmlsec.KeyData.AES, "des": xmlsec.KeyData.DES}
            context.key = xmlsec.Key.generate(kinds[kind], int(bits), xmlsec.KeyDataType.SESSION)
        if asked.form == "octets":
            context.encrypt_binary(template, octets)
            return etree.tostring(template)
        tree = etree.fromstring(octets).getroottree()
        (node,) = tree.xpath(path)
        made = context.encrypt_xml(template, node)
        # Where it replaced the root, the tree keeps the old one.
        return etree.tostring(made if node is tree.getroot() else tree)
    except xmlsec.Error as refused:
        raise Refused(f"xmlsec.Error: {refused}") from refused


def _decrypt(peer, asked: Encryption, octets: bytes) -> bytes:
    if isinstance(peer, Xmlsec1):
        file = peer.folder / "encrypted.xml"
        file.write_bytes(octets)
        return peer.run(["--decrypt", *_keys(peer.keys, asked, True), str(file)]).stdout
    root = etree.fromstring(octets)
    (data,) = root.iter(f"{{{ENC}}}EncryptedData")
    context = xmlsec.EncryptionContext(_manager(peer.keys, asked, True))
    try:
        made = context.decrypt(data)
    except xmlsec.Error as refused:
        raise Refused(f"xmlsec.Error: {refused}") from refused
    if isinstance(made, bytes):
        return made
    return etree.tostring(made if data is root else root)


def _session(asked: Encryption) -> str:
    return "des-192" if asked.data == "tripledes-cbc" else f"aes-{asked.data[3:6]}"


def _originator(keys: Keys, name: str) -> pathlib.Path:
    """The sender's key for a recipient: the private one where the peer encrypts, else the public one."""
    return keys.secret.with_name(f"originator.{name}.pem")


def _make_originators(keys: Keys, asked: Encryption) -> None:
    curves = {"p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1}
    form, unencrypted = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    for name in _recipients(asked):
        made = x25519.X25519PrivateKey.generate()
        if name in curves:
            made = ec.generate_private_key(curves[name]())
        pem = made.private_bytes(serialization.Encoding.PEM, form, unencrypted)
        _originator(keys, name).write_bytes(pem)


def _pem(key) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form)


def _keys(keys: Keys, asked: Encryption, private: bool) -> List[str]:
    if asked.key in keys.secrets:
        kind = "des" if "tripledes" in (asked.transport + asked.data) else "aes"
        return [f"--{kind}key:{asked.key}", str(keys.secrets[asked.key])]
    given = []
    for name in _recipients(asked) if asked.agrees else ():
        option = f"--{'pub' if private else 'priv'}key-pem:{ORIGINATOR}{name}"
        given += [option, str(_originator(keys, name))]
    if private:
        return [*given, f"--privkey-pem:{asked.key}", str(keys.identities[asked.key].key)]
    for name in _recipients(asked):
        given += [f"--pubkey-cert-pem:{name}", str(keys.identities[name].certificate)]
    return given


def _secret(keys: Keys, asked: Encryption):
    kind = xmlsec.KeyData.DES if "tripledes" in (asked.transport + asked.data) else xmlsec.KeyData.AES
    key = xmlsec.Key.from_binary_data(kind, keys.secrets[asked.key].read_bytes())
    key.name = asked.key
    return key


def _manager(keys: Keys, asked: Encryption, private: bool):
    manager = xmlsec.KeysManager()
    if asked.key in keys.secrets:
        manager.add_key(_secret(keys, asked))
        return manager
    pem, certificate = xmlsec.KeyFormat.PEM, xmlsec.KeyFormat.CERT_PEM
    files = []
    for name in _recipients(asked) if asked.agrees else ():
        files.append((ORIGINATOR + name, _originator(keys, name), pem))
    if private:
        files.append((asked.key, keys.identities[asked.key].key, pem))
    else:
        files += [(name, keys.identities[name].certificate, certificate) for name in _recipients(asked)]
    for name, file, form in files:
        try:
            key = xmlsec.Key.from_file(str(file), form)
        except xmlsec.Error as refused:
            raise Refused(f"xmlsec.Error: {refused}") from refused
        key.name = name
        manager.add_key(key)
    return manager
