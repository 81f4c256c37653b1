"""Envelopes, keys and Signatures for the tests of wsse.zeep."""

from __future__ import annotations

import pathlib

from lxml import etree

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEYS = ROOT / "vectors" / "keys"
SOAP = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
DS = "http://www.w3.org/2000/09/xmldsig#"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
XMLDSIG_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
XMLENC = "http://www.w3.org/2001/04/xmlenc#"
ID = f"{{{WSU}}}Id"

SIGNATURE_METHODS = {
    "rsa-sha1": DS + "rsa-sha1",
    "rsa-sha224": XMLDSIG_MORE + "rsa-sha224",
    "rsa-sha256": XMLDSIG_MORE + "rsa-sha256",
    "rsa-sha384": XMLDSIG_MORE + "rsa-sha384",
    "rsa-sha512": XMLDSIG_MORE + "rsa-sha512",
}
DIGEST_METHODS = {
    "sha1": DS + "sha1",
    "sha224": XMLDSIG_MORE + "sha224",
    "sha256": XMLENC + "sha256",
    "sha384": XMLDSIG_MORE + "sha384",
    "sha512": XMLENC + "sha512",
}
TIMESTAMP = (
    f'<u:Timestamp xmlns:u="{WSU}"><u:Created>2018-11-18T15:44:27Z</u:Created>'
    "<u:Expires>2018-11-18T15:54:27Z</u:Expires></u:Timestamp>"
)


def files(name="client"):
    """The names of the files of a key and its certificate."""
    return str(KEYS / f"{name}.key.pem"), str(KEYS / f"{name}.crt.pem")


def octets_of(name="client"):
    return tuple(pathlib.Path(file).read_bytes() for file in files(name))


def envelope(version="1.1", header=None, body='<op xmlns="urn:o">x</op>'):
    header = "" if header is None else f"<e:Header>{header}</e:Header>"
    return etree.fromstring(
        f'<e:Envelope xmlns:e="{SOAP[version]}">{header}<e:Body>{body}</e:Body></e:Envelope>'
    )


def security(content="", attributes=""):
    return f'<s:Security xmlns:s="{WSSE}"{attributes}>{content}</s:Security>'


def octets(tree):
    """What zeep's transports send."""
    return etree.tostring(tree, pretty_print=False, xml_declaration=True, encoding="utf-8")


def again(tree):
    """The tree as the other side reads it."""
    return etree.fromstring(octets(tree))


def find(tree, path):
    return tree.find(path, {"d": DS, "s": WSSE, "u": WSU, "e": etree.QName(tree).namespace})


def text(tree, path):
    return find(tree, path).text
