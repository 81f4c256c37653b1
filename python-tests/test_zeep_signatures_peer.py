"""wsse.zeep beside zeep.wsse with python-xmlsec, in one process: what each of them sends, and what the
other one says to it."""

from __future__ import annotations

import copy
import os
import random

import pytest
from lxml import etree

xmlsec = pytest.importorskip("xmlsec", reason="requirements/interop-xmlsec.txt is not installed")

import zeep.wsse
from xmlsec_messages import T, signed, xpath_signed
from zeep.exceptions import SignatureVerificationFailed
from zeep.wsse.signature import sign_envelope as their_sign_envelope
from zeep.wsse.signature import verify_envelope as their_verify_envelope
from zeep_messages import (
    DS,
    EXC_C14N,
    ID,
    KEYS,
    SOAP,
    TIMESTAMP,
    WSSE,
    WSU,
    again,
    envelope,
    files,
    find,
    octets,
    security,
)

import wsse
from wsse import zeep as ours

CERTIFICATE = files()[1]
CLASSES = ["Signature", "BinarySignature"]
METHODS = ["SHA1", "SHA224", "SHA256", "SHA384", "SHA512"]
HEADERS = {
    "no header": None,
    "empty header": "",
    "a Security": security(),
    "a Timestamp": security(TIMESTAMP),
    "a token and a Timestamp": security("<s:UsernameToken/>" + TIMESTAMP),
    "another block": '<w:To xmlns:w="urn:w">x</w:To>',
    "a Timestamp with an Id": security(TIMESTAMP.replace("<u:Timestamp", '<u:Timestamp u:Id="t"')),
    "white space": security("\n  " + TIMESTAMP + "\n"),
}
# zeep takes the first Security header, whoever it is for; then nobody else can be meant to verify it.
FOR_ANOTHER = {
    "1.1": security(TIMESTAMP, ' e:actor="urn:other"'),
    "1.2": security(TIMESTAMP, ' e:role="urn:other"'),
}


def normalised(tree):
    """A tree without what has no meaning: white space that xmlsec adds, and values that differ."""
    tree = again(tree)
    ids = {}
    for element in tree.iter():
        signature_part = etree.QName(element).namespace in (DS, WSSE, WSU)
        if signature_part and (len(element) or not (element.text or "").strip()):
            element.text = None
        elif signature_part:
            element.text = "".join(element.text.split())
        if (element.tail or "").isspace():
            element.tail = None
        if element.tag in (f"{{{DS}}}DigestValue", f"{{{DS}}}SignatureValue"):
            element.text = "value"
        for name, value in element.attrib.items():
            if value.lstrip("#").startswith("id-"):
                plain = value.lstrip("#")
                assert len(plain) == len("id-") + 36
                number = ids.setdefault(plain, len(ids))
                element.set(name, value.replace(plain, f"id {number}"))
    return etree.tostring(tree).decode()


@pytest.mark.parametrize("header", [*HEADERS, "for another"])
@pytest.mark.parametrize("name", CLASSES)
def test_the_same_form(name, header, version):
    """Structure, order, positions, attributes, prefixes, and where namespaces are declared."""
    made = []
    for module in (zeep.wsse, ours):
        tree = envelope(version, {**HEADERS, "for another": FOR_ANOTHER[version]}[header])
        getattr(module, name)(*files()).apply(tree, {})
        made.append(normalised(tree))
    assert made[0] == made[1]


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("name", CLASSES)
def test_each_accepts_what_the_other_signs(name, header, version):
    for signer, verifier in ((zeep.wsse, ours), (ours, zeep.wsse)):
        tree = envelope(version, HEADERS[header])
        getattr(signer, name)(*files()).apply(tree, {})
        verify = getattr(verifier, name)(*files()).verify
        verify(tree)
        verify(again(tree))
        find(tree, "e:Body")[0].text = "y"
        with pytest.raises(SignatureVerificationFailed):
            verify(tree)


@pytest.mark.parametrize("signature", METHODS)
@pytest.mark.parametrize("digest", METHODS)
def test_algorithms_as_xmlsec_has_them(signature, digest):
    methods = {
        "signature_method": getattr(T, f"RSA_{signature}"),
        "digest_method": getattr(T, digest),
    }
    for module, verify in ((ours, their_verify_envelope), (zeep.wsse, ours.verify_envelope)):
        tree = envelope()
        module.BinarySignature(*files(), **methods).apply(tree, {})
        signed_info = find(tree, ".//d:SignedInfo")
        used = [node.get("Algorithm") for node in signed_info.iter("{*}SignatureMethod")]
        used += [node.get("Algorithm") for node in signed_info.iter("{*}DigestMethod")]
        assert used == [method.href for method in methods.values()]
        verify(again(tree), CERTIFICATE)


def test_the_functions():
    for sign, verify in (
        (ours.sign_envelope, their_verify_envelope),
        (their_sign_envelope, ours.verify_envelope),
    ):
        tree = envelope(header=security(TIMESTAMP))
        assert sign(tree, *files(), None, T.RSA_SHA512, T.SHA384) is None
        assert verify(tree, CERTIFICATE) is None


NAMESPACES = [DS, WSSE, WSU, EXC_C14N, "urn:a", "urn:b"]
PREFIXES = ["", "ds", "wsse", "wsu", "ns0", "ns1", "ec", "soap", "a"]


def random_envelope(source):
    """An envelope whose elements declare what they like: prefixes that are ours, bound to anything."""

    def declarations(default=True):
        chosen = {}
        for _ in range(source.randrange(4)):
            chosen[source.choice(PREFIXES)] = source.choice(NAMESPACES)
        names = {(f"xmlns:{prefix}" if prefix else "xmlns"): uri for prefix, uri in chosen.items()}
        if not default:
            names.pop("xmlns", None)
        return "".join(f' {name}="{uri}"' for name, uri in names.items())

    timestamp = (
        f'<u0:Timestamp xmlns:u0="{WSU}"{declarations()}>'
        "<u0:Created>2024-01-01T00:00:00Z</u0:Created></u0:Timestamp>"
    )
    token = f"<s0:UsernameToken{declarations()}><s0:Username>u</s0:Username></s0:UsernameToken>"
    content = source.choice(["", timestamp, token, token + timestamp])
    header = source.choice(["", f'<s0:Security xmlns:s0="{WSSE}"{declarations()}>{content}</s0:Security>'])
    block = source.choice(["", f'<b0:Block xmlns:b0="urn:b"{declarations()}/>'])
    blocks = source.choice([header + block, block + header])
    whole = source.choice(["", f"<e:Header{declarations()}>{blocks}</e:Header>"])
    soap = source.choice(sorted(SOAP.values()))
    return etree.fromstring(
        f'<e:Envelope xmlns:e="{soap}"{declarations()}>{whole}<e:Body{declarations()}>'
        f'<op xmlns="urn:o"{declarations(default=False)}>x</op></e:Body></e:Envelope>'
    )


CONTEXTS = 6000 if os.environ.get("WSSE_LONG") == "1" else 600


def test_whatever_namespaces_are_in_scope():
    """lxml chooses prefixes of its own: what is signed is what it chose, and real xmlsec says so."""
    identity = wsse.Identity.read((KEYS / "client.p12").read_bytes(), password="changeit")
    signers = [
        ours.Signature(*files()),
        ours.BinarySignature(*files(), inclusive_prefixes=True),
        ours.Signature(*files(), parts=["body", "timestamp?", "{urn:b}Block?"]),
        ours.Policy(
            'version = 1\nsignature = [{ parts = ["body", "timestamp?"] }]', identities=identity
        ),
    ]
    for seed in range(CONTEXTS):
        tree = random_envelope(random.Random(seed))
        content = etree.tostring(find(tree, "e:Body")[0], method="c14n", exclusive=True)
        signers[seed % len(signers)].apply(tree, {})
        wire = again(tree)
        their_verify_envelope(wire, CERTIFICATE)
        ours.verify_envelope(wire, CERTIFICATE)
        inside = find(wire, "e:Body")[0]
        assert etree.tostring(inside, method="c14n", exclusive=True) == content, seed


# What zeep 4.3.3 accepts although somebody else than the signer wrote what the client then reads.


def wrapped():
    tree = signed()
    body = find(tree, "e:Body")
    forged = etree.SubElement(tree, body.tag)
    etree.SubElement(forged, "{urn:o}op").text = "forged"
    wrapper = etree.SubElement(find(tree, "e:Header"), "{urn:w}Wrapper")
    wrapper.append(body)
    return tree


def duplicate_id():
    tree = signed()
    body = find(tree, "e:Body")
    forged = copy.deepcopy(body)
    forged[0].text = "forged"
    etree.SubElement(find(tree, "e:Header"), "{urn:w}Wrapper").append(body)
    tree.append(forged)
    return tree


def timestamp_alone():
    tree = envelope(header=security(TIMESTAMP))
    tree = signed(find(tree, ".//u:Timestamp"), tree=tree)
    find(tree, "e:Body")[0].text = "forged"
    return tree


def xpath_false():
    tree = xpath_signed("false()")
    find(tree, "e:Body")[0].text = "forged"
    return tree


def local_file(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"of this machine")
    uri = f"file://{secret}"
    tree = envelope(header=security() + "<decoy/>")
    find(tree, "e:Header")[1].set(ID, uri[1:])
    tree = signed(tree=tree, uris=[uri], transforms=())
    find(tree, "e:Body")[0].text = "forged"
    return tree


FORGERIES = {
    "wrapped": (wrapped, "not-covered"),
    "duplicate Id": (duplicate_id, "ambiguous-id"),
    "Timestamp alone": (timestamp_alone, "not-covered"),
    "XPath": (xpath_false, "unsupported-transform"),
    "local file": (local_file, "unsupported-reference"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_zeep_accepts_and_should_not(name, tmp_path):
    make, cause = FORGERIES[name]
    tree = again(make(tmp_path) if make is local_file else make())
    their_verify_envelope(tree, CERTIFICATE)
    for verify in (
        lambda: ours.verify_envelope(tree, CERTIFICATE),
        lambda: ours.Signature(*files()).verify(tree),
        lambda: ours.Signature(*files(), require_signature=False).verify(tree),
        lambda: ours.Signature(*files(), verify_cert=open(CERTIFICATE, "rb").read()).verify(tree),
    ):
        with pytest.raises(ours.VerificationFailed) as raised:
            verify()
        expected = cause
        if name == "Timestamp alone" and raised.value.cause == "expired":
            expected = "expired"
        assert raised.value.cause == expected


def second_signature():
    """A Signature of a stranger behind ours: what can't be checked is refused, which zeep leaves out."""
    tree = signed()
    other = signed(tree=envelope(header=security()), key="impostor")
    find(tree, "e:Header/s:Security").append(find(other, ".//d:Signature"))
    return tree


def test_a_second_signature_must_hold_as_well():
    tree = again(second_signature())
    their_verify_envelope(tree, CERTIFICATE)
    with pytest.raises(ours.VerificationFailed) as raised:
        ours.verify_envelope(tree, CERTIFICATE)
    assert raised.value.category == "FailedCheck"


# What zeep accepts and a client may read: so does the drop-in.

BINARY = (
    '<s:SecurityTokenReference><s:Reference URI="#token" ValueType="urn:unknown"/>'
    "</s:SecurityTokenReference>"
)
ISSUER_SERIAL = (
    "<s:SecurityTokenReference><X509Data><X509IssuerSerial><X509IssuerName>CN=unknown"
    "</X509IssuerName><X509SerialNumber>1</X509SerialNumber></X509IssuerSerial></X509Data>"
    "</s:SecurityTokenReference>"
)
TOKENS = (
    f'<s:BinarySecurityToken xmlns:u="{WSU}" u:Id="token" ValueType="urn:path">AAAA'
    "</s:BinarySecurityToken>"
)


def beside(content, **options):
    return lambda: signed(tree=envelope(header=security(content)), **options)


def pretty():
    tree = signed(tree=envelope(header=security(TIMESTAMP)))
    return etree.fromstring(octets(tree).replace(b"</s:Security>", b"\n  </s:Security>\n"))


ACCEPTED = {
    "plain": signed,
    "inclusive": lambda: signed(c14n=T.C14N, transforms=(T.C14N,)),
    "inclusive 1.1": lambda: signed(c14n=T.C14N11, transforms=(T.C14N11,)),
    "with comments": lambda: signed(c14n=T.EXCL_C14N_COMMENTS),
    "PrefixList": lambda: signed(prefixes=["e"]),
    "no transform": lambda: signed(transforms=()),
    "SHA-1": lambda: signed(signature_method=T.RSA_SHA1, digest_method=T.SHA1),
    "SHA-512": lambda: signed(signature_method=T.RSA_SHA512, digest_method=T.SHA512),
    "KeyName": lambda: signed(key_info="<KeyName>whatever</KeyName>"),
    "unknown certificate": lambda: signed(key_info=ISSUER_SERIAL),
    "no such token": lambda: signed(key_info=BINARY),
    "token of another kind": beside(TOKENS, key_info=BINARY),
    "UsernameToken": beside("<s:UsernameToken><s:Username>u</s:Username></s:UsernameToken>"),
    "unknown token": beside('<a:Assertion xmlns:a="urn:saml"><a:Subject/></a:Assertion>'),
    "old Timestamp": beside(TIMESTAMP),
    "another header block": lambda: signed(
        tree=envelope(header='<w:To xmlns:w="urn:w">x</w:To>' + security())
    ),
    "SOAP 1.2": lambda: signed(tree=envelope("1.2", security())),
    "pretty": pretty,
    "processing instruction": lambda: signed(
        tree=envelope(header=security(), body="<op xmlns='urn:o'><?p q?>x</op>")
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_zeep_accepts_is_accepted(name):
    tree = again(ACCEPTED[name]())
    their_verify_envelope(tree, CERTIFICATE)
    ours.verify_envelope(tree, CERTIFICATE)
    ours.BinarySignature(*files()).verify(tree)


@pytest.mark.parametrize("key", ["expired", "notyet", "selfsigned", "small1024", "eku-critical", "dsa1024"]
)
def test_whatever_the_certificate_is_like(key):
    method = T.DSA_SHA1 if key.startswith("dsa") else T.RSA_SHA256
    tree = again(signed(key=key, signature_method=method))
    private, certificate = files(key)
    their_verify_envelope(tree, certificate)
    ours.verify_envelope(tree, certificate)
    ours.Signature(private, certificate).verify(tree)


def test_md5_is_refused():
    """zeep takes it, where xmlsec was built with it. Whoever can make two documents of one MD5 could
    have one of them signed and send the other."""
    for methods in ({"signature_method": T.RSA_MD5}, {"digest_method": T.MD5}):
        tree = again(signed(**methods))
        their_verify_envelope(tree, CERTIFICATE)
        with pytest.raises(ours.VerificationFailed) as raised:
            ours.verify_envelope(tree, CERTIFICATE)
        assert raised.value.category == "UnsupportedAlgorithm"


# What ends in another exception than zeep's own, there.


def without_header():
    return envelope()


def without_security():
    return envelope(header="")


def without_signature():
    return envelope(header=security())


def timestamp_removed():
    tree = envelope(header=security(TIMESTAMP))
    tree = signed(find(tree, "e:Body"), find(tree, ".//u:Timestamp"), tree=tree)
    timestamp = find(tree, ".//u:Timestamp")
    timestamp.getparent().remove(timestamp)
    return tree


def with_uri(uri):
    def make():
        tree = signed()
        reference = find(tree, ".//d:Reference")
        if uri is None:
            del reference.attrib["URI"]
        else:
            reference.set("URI", uri)
        return tree

    return make


def without(path):
    def make():
        tree = signed(key_info="<KeyName>x</KeyName>")
        element = find(tree, path)
        element.getparent().remove(element)
        return tree

    return make


REFUSED = {
    "no Header": (without_header, SignatureVerificationFailed, "missing-security-header"),
    "no Security": (without_security, AttributeError, "missing-security-header"),
    "no Signature": (without_signature, AttributeError, "missing-signature"),
    "Timestamp removed": (timestamp_removed, IndexError, "ambiguous-id"),
    "unknown Id": (with_uri("#nobody"), IndexError, "ambiguous-id"),
    "empty URI": (with_uri(""), IndexError, "signature-mismatch"),
    "no URI": (with_uri(None), TypeError, "unsupported-reference"),
    "quote in URI": (with_uri("#a'b"), Exception, "ambiguous-id"),
    "no SignedInfo": (without(".//d:SignedInfo"), Exception, "signature-structure"),
    "no SignatureValue": (without(".//d:SignatureValue"), Exception, "signature-structure"),
    "no Reference": (without(".//d:Reference"), Exception, "signature-structure"),
    "no DigestValue": (without(".//d:DigestValue"), Exception, "signature-structure"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_every_refusal_is_one_exception(name):
    make, theirs, cause = REFUSED[name]
    tree = again(make())
    with pytest.raises(theirs):
        their_verify_envelope(tree, CERTIFICATE)
    before = octets(tree)
    for verify in (
        lambda: ours.verify_envelope(tree, CERTIFICATE),
        lambda: ours.Signature(*files()).verify(tree),
    ):
        with pytest.raises(ours.VerificationFailed) as raised:
            verify()
        assert isinstance(raised.value, SignatureVerificationFailed)
        assert raised.value.cause == cause
        assert raised.value.message == str(raised.value) == str(raised.value.__cause__)
        assert isinstance(raised.value.__cause__, wsse.Error)
        assert raised.value.category == raised.value.__cause__.category
    assert octets(tree) == before


def test_a_security_header_for_another_in_front():
    """zeep looks into it and fails; it is for somebody else."""
    tree = signed()
    find(tree, "e:Header").insert(0, etree.fromstring(security("", ' e:actor="urn:o"').replace(
        "<s:Security", f'<s:Security xmlns:e="{SOAP["1.1"]}"'
    )))
    with pytest.raises(AttributeError):
        their_verify_envelope(tree, CERTIFICATE)
    ours.verify_envelope(tree, CERTIFICATE)


def test_another_certificate(version):
    tree = envelope(version)
    zeep.wsse.BinarySignature(*files("server")).apply(tree, {})
    for verify in (their_verify_envelope, ours.verify_envelope):
        with pytest.raises(SignatureVerificationFailed):
            verify(tree, CERTIFICATE)
        verify(tree, files("server")[1])


def test_a_legacy_encrypted_key():
    """zeep's own test has such a file: PKCS#1 in the PEM of former days."""
    file = str(KEYS / "client.pkcs1-3des.pem")
    for password in ("changeit", b"changeit"):
        tree = envelope()
        ours.Signature(file, CERTIFICATE, password).apply(tree, {})
        their_verify_envelope(again(tree), CERTIFICATE)
