"""The Python library signxml. It makes Signature elements; where they go in a SOAP message, and the
SecurityTokenReference in them, is up to its caller."""

from __future__ import annotations

from lxml import etree

from . import Missing, Order, Refused, Seen
from .keys import Keys
from .messages import covered, key_info_children, message, with_template
from .uris import CANONICALIZATIONS, DIGESTS, DS, METHODS, WSSE

try:
    import signxml
    from signxml import exceptions
except ImportError:
    signxml = None


class Signxml:
    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        if signxml is None:
            raise Missing("signxml is not installed: requirements/interop.txt")
        from importlib.metadata import version

        self.version = version("signxml")

    def sign(self, order: Order) -> bytes:
        """Signs a SOAP message, whose other tokens we write, or a document."""
        tree = with_template(message(order), order, self.keys)
        root = tree.getroot()
        template = root if order.form == "enveloping" else next(root.iter(f"{{{DS}}}Signature"))
        uris = [reference.get("URI") for reference in template.iter(f"{{{DS}}}Reference")]
        parent = template.getparent()
        if parent is None:
            root = etree.fromstring(message(order))
        else:
            parent.remove(template)
        identity = self.keys.identities.get(order.key)
        key = self.keys.secret.read_bytes() if identity is None else identity.key.read_bytes()
        certificate, key_info = None, None
        if order.reference == "x509-data":
            certificate = identity.certificate.read_text()
        elif order.reference not in ("key-value", "secret"):
            key_info = etree.Element(f"{{{DS}}}KeyInfo")
            key_info.extend(key_info_children(order, identity))
        canonicalization = CANONICALIZATIONS[order.canonicalization]
        prefixes = ["xs", "xsi", "unused"] if order.prefixes else None
        # Of the references alone: the SignedInfo is canonicalized before it has its place.
        references = [
            signxml.SignatureReference(URI=uri, inclusive_ns_prefixes=prefixes) for uri in uris
        ]
        try:
            made = _Signer(
                method=signxml.SignatureConstructionMethod[order.form or "detached"],
                signature_algorithm=METHODS[order.method],
                digest_algorithm=DIGESTS[order.digest],
                c14n_algorithm=canonicalization,
            ).sign(
                root,
                key=key,
                cert=certificate,
                key_info=key_info,
                reference_uri=references if order.form in (None, "detached") else None,
            )
        except (exceptions.SignXMLException, ValueError) as refused:
            raise Refused(f"{type(refused).__name__}: {refused}") from refused
        if order.form in (None, "detached"):
            (root if order.form else next(root.iter(f"{{{WSSE}}}Security"))).append(made)
            made = root
        return etree.tostring(made)

    def verify(self, signed: bytes, order: Order) -> Seen:
        """Checks with the order's certificate, or with the one that a document's KeyInfo names."""
        identity = self.keys.identities.get(order.key)
        given = {}
        if identity is None:
            given["hmac_key"] = self.keys.secret.read_bytes()
        elif order.form is None or order.reference in ("key-name", "x509-digest", "x509-ski"):
            given["x509_cert"] = identity.certificate.read_text()
        elif order.reference == "x509-data":
            given["ca_pem_file"] = str(identity.anchor)
        elif order.reference == "x509-data-issuer-serial":
            given["ca_pem_file"] = str(identity.anchor)
            given["cert_resolver"] = lambda **named: [identity.certificate.read_text()]
        config = signxml.SignatureConfiguration(
            require_x509=identity is not None and not order.reference.endswith("key-value"),
            location="./" if order.form == "enveloping" else ".//",
            expect_references=True,
            signature_methods=frozenset([signxml.SignatureMethod(METHODS[order.method])]),
            digest_algorithms=frozenset([signxml.DigestAlgorithm(DIGESTS[order.digest])]),
        )
        try:
            results = signxml.XMLVerifier().verify(
                signed,
                expect_config=config,
                # Its schema knows no InclusiveNamespaces, and judges what an Object holds.
                validate_schema=not order.prefixes and order.form != "enveloping",
                **given,
            )
        except (exceptions.SignXMLException, etree.LxmlError, ValueError) as refused:
            raise Refused(f"{type(refused).__name__}: {refused}") from refused
        seen = covered(signed)
        assert len(results) == seen.references
        return seen


if signxml is not None:

    class _Signer(signxml.XMLSigner):
        def check_deprecated_methods(self) -> None:
            """SHA-1 is refused by default; its documentation says to do this."""
