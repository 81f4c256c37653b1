"""The Python library xmlsec, over libxmlsec1. It fills templates as the command xmlsec1 does, and brings
a newer libxmlsec1 than a distribution has."""

from __future__ import annotations

from lxml import etree

from . import Missing, Order, Refused, Seen
from .keys import Keys
from .messages import covered, message, with_template
from .uris import DS, WSU

try:
    import xmlsec
except Exception as failure:  # No ImportError where its libxml2 is not that of lxml.
    xmlsec, _missing = None, f"xmlsec can't be imported: requirements/interop-xmlsec.txt: {failure}"


class XmlsecLibrary:
    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        if xmlsec is None:
            raise Missing(_missing)
        native = ".".join(str(number) for number in xmlsec.get_libxmlsec_version())
        self.version = f"{xmlsec.__version__} (libxmlsec1 {native})"

    def sign(self, order: Order) -> bytes:
        """Signs a SOAP message, whose Security header we write, or a document."""
        tree = with_template(message(order), order, self.keys)
        context = xmlsec.SignatureContext()
        try:
            context.key = self._key(order, private=True)
            _register_ids(context, tree)
            context.sign(next(tree.iter(f"{{{DS}}}Signature")))
        except xmlsec.Error as refused:
            raise Refused(f"xmlsec.Error: {refused}") from refused
        return etree.tostring(tree)

    def verify(self, signed: bytes, order: Order) -> Seen:
        """Checks with the key that the order names, or that the KeyInfo of a document names."""
        tree = etree.fromstring(signed).getroottree()
        identity = self.keys.identities.get(order.key)
        try:
            if identity is None or order.form is None:
                context = xmlsec.SignatureContext()
                context.key = self._key(order, private=False)
            else:
                context = xmlsec.SignatureContext(self._manager(order))
                if order.reference == "key-value":
                    data = xmlsec.KeyData
                    context.set_enabled_key_data([data.VALUE, data.RSA, data.ECDSA])
            _register_ids(context, tree)
            context.verify(next(tree.iter(f"{{{DS}}}Signature")))
        except xmlsec.Error as refused:
            raise Refused(f"xmlsec.Error: {refused}") from refused
        return covered(signed)

    def _key(self, order: Order, private: bool) -> "xmlsec.Key":
        identity = self.keys.identities.get(order.key)
        if identity is None:
            return xmlsec.Key.from_binary_data(xmlsec.KeyData.HMAC, self.keys.secret.read_bytes())
        if private:
            key = xmlsec.Key.from_file(str(identity.key), xmlsec.KeyFormat.PEM)
            key.load_cert_from_file(str(identity.certificate), xmlsec.KeyFormat.PEM)
        else:
            key = xmlsec.Key.from_file(str(identity.certificate), xmlsec.KeyFormat.CERT_PEM)
        if order.reference == "key-name":
            key.name = order.key
        return key

    def _manager(self, order: Order) -> "xmlsec.KeysManager":
        """What a KeyInfo is looked up in."""
        manager = xmlsec.KeysManager()
        if order.reference == "key-name":
            manager.add_key(self._key(order, private=False))
        identity = self.keys.identities[order.key]
        formats, trusted = xmlsec.KeyFormat.PEM, xmlsec.KeyDataType.TRUSTED
        manager.load_cert(str(identity.anchor), formats, trusted)
        if order.reference not in ("x509-data", "key-value", "der-encoded-key-value"):
            manager.load_cert(str(identity.certificate), formats, xmlsec.KeyDataType.NONE)
        return manager


def _register_ids(context: "xmlsec.SignatureContext", tree: "etree._ElementTree") -> None:
    """It must be told which attributes are Ids."""
    for element in tree.iter("*"):
        for namespace in (WSU, None):
            if element.get(f"{{{namespace}}}Id" if namespace else "Id") is not None:
                context.register_id(element, id_attr="Id", id_ns=namespace)
