"""The peers of the matrix, and what they and we are known not to do."""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional, Tuple

from . import Order

TITLES = {
    "wss4j": "WSS4J",
    "xmlsec1": "xmlsec1",
    "xmlsec": "python-xmlsec",
    "signxml": "signxml",
    "xml-crypto": "xml-crypto",
}
PEERS = tuple(TITLES)
VERIFIES, SIGNS = "verifies", "signs"
"""What the peer does: it verifies what we signed, or signs what we verify."""


class Limit(NamedTuple):
    """What a peer does not do of itself, or what we do not do for it.

    Without `says` there is no way to ask it, and nothing is run. With it the peer is run, and must
    refuse to verify or to sign in these words; with `rules` as well it must accept without these rules
    of the Basic Security Profile. `ours` means that we refuse what the peer makes, in these words.
    """

    peer: str
    does: str
    when: Callable[[Order], bool]
    note: str
    says: Optional[str] = None
    rules: Tuple[str, ...] = ()
    ours: bool = False


def _inclusive(order: Order) -> bool:
    return order.canonicalization.startswith("inclusive")


def _comments(order: Order) -> bool:
    return order.canonicalization.endswith("with-comments")


def _through_reference(order: Order) -> bool:
    return "security-token-reference" in order.parts


def _of_xml_signature(order: Order) -> bool:
    names = ("key-name", "x509-ski", "x509-digest", "der-encoded-key-value")
    return order.reference in names


def _in_document(reference: str, key: Optional[str] = None) -> Callable[[Order], bool]:
    """Whether it is this reference in a document: in messages xmlsec1 is told the key."""
    return lambda order: (
        order.form is not None and order.reference == reference and key in (None, order.key)
    )


def _dsa(order: Order) -> bool:
    return order.method.startswith("dsa-")


def _md5(order: Order) -> bool:
    return order.method.endswith("-md5")


def _only_verified(order: Order) -> bool:
    return _dsa(order) or _md5(order)


def _eddsa(order: Order) -> bool:
    return order.method.startswith("eddsa-")


def _pss_or_sha3(order: Order) -> bool:
    return order.method.startswith("rsa-pss") or "-sha3-" in order.method


def _eddsa_or_written_pss(order: Order) -> bool:
    return _eddsa(order) or order.method == "rsa-pss"


def _unknown_to_xml_crypto(order: Order) -> bool:
    return (
        order.method not in ("rsa-sha1", "rsa-sha256", "rsa-sha512", "rsa-pss-sha256", "hmac-sha1")
        or order.canonicalization == "inclusive-1.1"
    )


def _modern(order: Order) -> bool:
    return _eddsa(order) or _pss_or_sha3(order)


_OLD = "this xmlsec1 has neither RSA-PSS nor SHA-3 nor EdDSA"
_KEEPS_COMMENTS = (
    "signxml keeps the comments of an element that a reference names, which XML Signature 1.1,"
    " section 4.4.3.3, leaves out"
)
_APART = "signxml canonicalizes the SignedInfo and what it signs apart from their ancestors"
_LOSES = _APART + ", and so loses a default namespace and xml:lang"

LIMITS = (
    *(
        Limit(
            peer,
            VERIFIES,
            lambda order: order.reference in ("pkcs7", "embedded"),
            "we write neither PKCS7 tokens nor embedded ones",
        )
        for peer in PEERS
    ),
    Limit(
        "wss4j",
        VERIFIES,
        _of_xml_signature,
        "WSS4J reads none of these without a SecurityTokenReference (BSP R5417)",
        says="R5417",
    ),
    Limit(
        "wss4j",
        SIGNS,
        lambda order: (
            _through_reference(order)
            and order.inherits
            and order.reference == "binary-security-token"
        ),
        "WSS4J signs the token before it has its place, and so loses a default namespace; itself it"
        " doesn't verify that either",
        says="was changed",
        ours=True,
    ),
    Limit(
        "xmlsec1",
        VERIFIES,
        _in_document("x509-data-issuer-serial", "hostile"),
        "xmlsec1 does not read the escapes of such a name",
        says="xmlSecOpenSSLX509NameRead",
    ),
    *(
        Limit("xmlsec1", VERIFIES, when, f"xmlsec1 1.2 knows no {name}", says="FindKey")
        for when, name in (
            (_in_document("x509-digest"), "X509Digest"),
            (_in_document("der-encoded-key-value"), "DEREncodedKeyValue"),
            (_in_document("key-value", "p256"), "ECKeyValue"),
        )
    ),
    Limit(
        "xmlsec1",
        SIGNS,
        lambda order: order.reference == "key-value" and order.key == "p256",
        "xmlsec1 1.2 knows no ECKeyValue",
    ),
    *(
        Limit(peer, VERIFIES, _only_verified, "we sign nothing with DSA and MD5")
        for peer in PEERS
    ),
    Limit("wss4j", SIGNS, _md5, "WSS4J signs nothing with MD5"),
    Limit("signxml", SIGNS, _md5, "signxml signs nothing with MD5"),
    Limit("xmlsec1", SIGNS, _modern, _OLD),
    Limit("xmlsec1", VERIFIES, _pss_or_sha3, _OLD, says="xmlSecTransformIdListFindByHref"),
    Limit("xmlsec1", VERIFIES, _eddsa, _OLD, says="invalid type for 'evp key type'"),
    *(
        Limit(
            "signxml",
            does,
            _eddsa_or_written_pss,
            "signxml knows neither EdDSA nor RSA-PSS whose parameters are written out",
        )
        for does in (VERIFIES, SIGNS)
    ),
    *(
        Limit(peer, does, _through_reference, f"{TITLES[peer]} knows no STR-Transform")
        for peer in PEERS[1:]
        for does in (VERIFIES, SIGNS)
    ),
    *(
        Limit(
            peer,
            VERIFIES,
            lambda order: order.prefixes and order.form is not None,
            "we write no PrefixList into signatures of documents",
        )
        for peer in PEERS[1:]
    ),
    *(
        Limit(peer, VERIFIES, _comments, "we write no canonicalization with comments")
        for peer in PEERS
    ),
    *(
        Limit(
            peer, does, lambda order: order.confirms, f"{TITLES[peer]} knows no SignatureConfirmation"
        )
        for peer in PEERS[1:]
        for does in (VERIFIES, SIGNS)
    ),
    Limit(
        "wss4j",
        VERIFIES,
        lambda order: order.reference == "secret",
        "we write no KeyInfo for a shared secret, and WSS4J finds its keys by the KeyInfo alone",
        says="Unsupported KeyInfo type",
    ),
    Limit(
        "wss4j",
        VERIFIES,
        lambda order: order.reference == "x509-data",
        "WSS4J reads no X509Data without a SecurityTokenReference (BSP R5417)",
        says="R5417",
    ),
    Limit(
        "wss4j",
        VERIFIES,
        lambda order: order.reference == "key-value",
        "without BSP R5417, which wants a SecurityTokenReference in the KeyInfo",
        says="R5417",
        rules=("R5417",),
    ),
    Limit(
        "wss4j",
        VERIFIES,
        lambda order: order.canonicalization != "exclusive",
        "without BSP R5404, R5412 and R5423, which only allow exclusive canonicalization without"
        " comments",
        says="R5404",
        rules=("R5404", "R5412", "R5423"),
    ),
    Limit("signxml", SIGNS, _comments, _KEEPS_COMMENTS, says="was changed", ours=True),
    Limit(
        "signxml",
        VERIFIES,
        lambda order: _inclusive(order) and order.inherits,
        _LOSES,
        says="Signature verification failed",
    ),
    Limit(
        "signxml",
        VERIFIES,
        lambda order: order.prefixes and order.inherits,
        _LOSES,
        says="Signature verification failed",
    ),
    Limit(
        "signxml",
        SIGNS,
        lambda order: _inclusive(order) and order.form != "enveloping",
        _APART + "; only exclusive canonicalization survives the way into the message",
    ),
    Limit(
        "signxml",
        SIGNS,
        lambda order: order.prefixes and order.form in ("enveloped", "enveloping"),
        "signxml writes a PrefixList for detached signatures only",
    ),
    *(
        Limit("xmlsec", does, _eddsa, "this libxmlsec1 knows no EdDSA", says="cannot read key")
        for does in (VERIFIES, SIGNS)
    ),
    *(
        Limit(
            "xmlsec",
            does,
            lambda order: order.method == "rsa-pss",
            "this libxmlsec1 knows no RSA-PSS whose parameters are written out",
            says=says,
        )
        for does, says in ((VERIFIES, "failed to verify"), (SIGNS, "failed to sign"))
    ),
    Limit(
        "xmlsec",
        VERIFIES,
        _in_document("x509-data-issuer-serial", "hostile"),
        "libxmlsec1 does not read the escapes of such a name",
        says="failed to verify",
    ),
    Limit(
        "xmlsec",
        VERIFIES,
        _in_document("der-encoded-key-value"),
        "libxmlsec1 1.3 reads no DEREncodedKeyValue unless told to, and python-xmlsec has no word for it",
        says="failed to verify",
    ),
    Limit(
        "xmlsec",
        SIGNS,
        lambda order: order.reference == "key-value",
        "libxmlsec1 1.3 fills no KeyValue unless told to, and python-xmlsec can't tell it",
        says="KeyValue holds exactly one element",
        ours=True,
    ),
    *(
        Limit(
            "xml-crypto",
            does,
            _unknown_to_xml_crypto,
            "xml-crypto knows RSA with SHA-1, SHA-256 and SHA-512, RSA-PSS with SHA-256 and HMAC with"
            " SHA-1, and no Canonical XML 1.1",
            says="is not supported",
        )
        for does in (VERIFIES, SIGNS)
    ),
    *(
        limit
        for when, note in (
            (
                lambda order: order.prefixes and order.inherits,
                "xml-crypto passes over #default in a PrefixList",
            ),
            (
                lambda order: _inclusive(order) and order.inherits,
                "xml-crypto's Canonical XML loses an inherited xml:lang",
            ),
            (
                lambda order: order.instruction,
                "xml-crypto canonicalizes a processing instruction as text",
            ),
        )
        for limit in (
            Limit("xml-crypto", VERIFIES, when, note, says="calculated digest is"),
            Limit("xml-crypto", SIGNS, when, note, says="FailedCheck", ours=True),
        )
    ),
    Limit(
        "xml-crypto",
        SIGNS,
        lambda order: order.prefixes and order.form == "enveloped",
        "xml-crypto writes the PrefixList into the transform enveloped-signature, too",
        says="Transform may not hold the element InclusiveNamespaces",
        ours=True,
    ),
)
