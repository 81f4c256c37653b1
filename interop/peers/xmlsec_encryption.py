"""xmlsec1 and python-xmlsec encrypting and decrypting. Both fill templates, in which an EncryptedKey stands
in the KeyInfo of its EncryptedData; they know no SecurityTokenReference. In SOAP messages the tests put it
into the Security header and back, and write its KeyInfo anew: nothing of that is encrypted."""

from __future__ import annotations

from typing import List, Union

from lxml import etree

from . import Order, Refused
from .encryption import NAME, Encryption, Opened
from .keys import Keys
from .messages import key_info_children, message, security_header
from .uris import DATA, DIGESTS, DS, ENC, ENC11, MASKS, TRANSPORTS
from .xmlsec1 import Xmlsec1
from .xmlsec_library import XmlsecLibrary, xmlsec

_X = {"ds": DS, "xenc": ENC}
_CONTENT = f"content({NAME})"
_TYPES = {"element": ENC + "Element", "content": ENC + "Content"}
_WHERE = {"body-content": "Body", NAME: "name", _CONTENT: "name"}
"""The names of elements that a message has once."""


def encrypt(peer: Union[Xmlsec1, XmlsecLibrary], asked: Encryption) -> bytes:
    """Encrypts a SOAP message, whose Security header we write, or a document."""
    template = _template(asked, peer.keys)
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
        _as_document(root, asked)
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
        _encrypted_key(holder, asked, keys)
    _cipher(data)
    return data


def _encrypted_key(holder, asked: Encryption, keys: Keys) -> None:
    key = etree.SubElement(holder, f"{{{ENC}}}EncryptedKey", Id="EK-1")
    method = etree.SubElement(key, f"{{{ENC}}}EncryptionMethod", Algorithm=TRANSPORTS[asked.transport])
    if asked.transport.startswith("rsa-oaep"):
        etree.SubElement(method, f"{{{DS}}}DigestMethod", Algorithm=DIGESTS[asked.digest])
    if asked.transport == "rsa-oaep":
        etree.SubElement(method, f"{{{ENC11}}}MGF", nsmap={"xenc11": ENC11}, Algorithm=MASKS[asked.mgf])
    information = etree.SubElement(key, f"{{{DS}}}KeyInfo")
    if asked.form is not None and asked.reference != "key-name":
        order = Order(reference=asked.reference, key=asked.key)
        information.extend(key_info_children(order, keys.identities[asked.key]))
    else:
        etree.SubElement(information, f"{{{DS}}}KeyName").text = asked.key
    _cipher(key)


def _cipher(parent) -> None:
    data = etree.SubElement(parent, f"{{{ENC}}}CipherData")
    etree.SubElement(data, f"{{{ENC}}}CipherValue")


def _as_message(root, asked: Encryption, keys: Keys) -> bytes:
    """With the EncryptedKey in a Security header, and a KeyInfo as the reference that is asked for."""
    (data,) = root.iter(f"{{{ENC}}}EncryptedData")
    information = data.find(f"{{{DS}}}KeyInfo")
    key = information.find(f"{{{ENC}}}EncryptedKey")
    header = security_header(root)
    if key is None:
        header.append(_reference_list())
        return etree.tostring(root)
    data.remove(information)
    order = Order(reference=asked.reference, key=asked.key)
    identity = keys.identities.get(asked.key)
    if identity is not None:
        own = key.find(f"{{{DS}}}KeyInfo")
        own[:] = key_info_children(order, identity)
    key.append(_reference_list())
    header.append(key)
    return etree.tostring(root)


def _reference_list() -> "etree._Element":
    made = etree.Element(f"{{{ENC}}}ReferenceList", nsmap=_X)
    etree.SubElement(made, f"{{{ENC}}}DataReference", URI="#ED-1")
    return made


def _as_document(root, asked: Encryption) -> None:
    """The EncryptedKey goes from the Security header to where xmlsec1 looks for it."""
    (data,) = root.iter(f"{{{ENC}}}EncryptedData")
    keys = list(root.iter(f"{{{ENC}}}EncryptedKey"))
    if not keys:
        return
    (key,) = keys
    key.remove(key.find(f"{{{ENC}}}ReferenceList"))
    own = key.find(f"{{{DS}}}KeyInfo")
    own[:] = [etree.Element(f"{{{DS}}}KeyName")]
    own[0].text = asked.key
    information = data.find(f"{{{DS}}}KeyInfo")
    if information is None:
        information = etree.Element(f"{{{DS}}}KeyInfo", nsmap=_X)
        data.insert(1, information)
    information[:] = [key]


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


def _keys(keys: Keys, asked: Encryption, private: bool) -> List[str]:
    identity = keys.identities.get(asked.key)
    if identity is None:
        kind = "des" if "tripledes" in (asked.transport + asked.data) else "aes"
        return [f"--{kind}key:{asked.key}", str(keys.secrets[asked.key])]
    if private:
        return [f"--privkey-pem:{asked.key}", str(identity.key)]
    return [f"--pubkey-cert-pem:{asked.key}", str(identity.certificate)]


def _secret(keys: Keys, asked: Encryption):
    kind = xmlsec.KeyData.DES if "tripledes" in (asked.transport + asked.data) else xmlsec.KeyData.AES
    key = xmlsec.Key.from_binary_data(kind, keys.secrets[asked.key].read_bytes())
    key.name = asked.key
    return key


def _manager(keys: Keys, asked: Encryption, private: bool):
    manager = xmlsec.KeysManager()
    identity = keys.identities.get(asked.key)
    if identity is None:
        manager.add_key(_secret(keys, asked))
        return manager
    if private:
        key = xmlsec.Key.from_file(str(identity.key), xmlsec.KeyFormat.PEM)
    else:
        key = xmlsec.Key.from_file(str(identity.certificate), xmlsec.KeyFormat.CERT_PEM)
    key.name = asked.key
    manager.add_key(key)
    return manager
