"""Messages signed by python-xmlsec, of every shape that zeep's verify() may meet."""

from __future__ import annotations

import xmlsec
from lxml import etree
from zeep_messages import DS, ID, WSSE, WSU, envelope, find, octets_of, security

T = xmlsec.Transform


def signed(
    *targets,
    tree=None,
    key="client",
    transforms=(T.EXCL_C14N,),
    signature_method=T.RSA_SHA256,
    digest_method=T.SHA256,
    c14n=T.EXCL_C14N,
    key_info=None,
    uris=None,
    prefixes=None,
    register=True,
):
    """A message whose Security header begins with a Signature over the targets, elements that get an
    Id where they have none; the Body by default. key_info is markup; uris replace the references."""
    tree = envelope(header=security()) if tree is None else tree
    header = find(tree, "e:Header/s:Security")
    signature = xmlsec.template.create(tree, c14n, signature_method)
    header.insert(0, signature)
    targets = targets or (find(tree, "e:Body"),)
    context = xmlsec.SignatureContext()
    references = []
    for number, target in enumerate(targets):
        if not target.get(ID):
            target.set(ID, f"id-{number}")
        if register:
            context.register_id(target, "Id", WSU)
        references.append("#" + target.get(ID))
    for uri in uris if uris is not None else references:
        reference = xmlsec.template.add_reference(signature, digest_method, uri=uri)
        for transform in transforms:
            node = xmlsec.template.add_transform(reference, transform)
            if prefixes is not None:
                xmlsec.template.transform_add_c14n_inclusive_namespaces(node, prefixes)
    private, certificate = octets_of(key)
    context.key = xmlsec.Key.from_memory(private, xmlsec.KeyFormat.PEM, None)
    if key_info is not None:
        parsed = etree.fromstring(f'<KeyInfo xmlns="{DS}" xmlns:s="{WSSE}">{key_info}</KeyInfo>')
        signature.append(parsed)
    context.sign(signature)
    return tree


def xpath_signed(expression):
    """A Signature whose Reference has an XPath transform, so that it covers what that selects."""
    tree = envelope(header=security())
    header = find(tree, "e:Header/s:Security")
    body = find(tree, "e:Body")
    body.set(ID, "body")
    signature = xmlsec.template.create(tree, T.EXCL_C14N, T.RSA_SHA256)
    header.insert(0, signature)
    reference = xmlsec.template.add_reference(signature, T.SHA256, uri="#body")
    transform = xmlsec.template.add_transform(reference, T.XPATH)
    etree.SubElement(transform, f"{{{DS}}}XPath").text = expression
    xmlsec.template.add_transform(reference, T.EXCL_C14N)
    context = xmlsec.SignatureContext()
    context.register_id(body, "Id", WSU)
    context.key = xmlsec.Key.from_memory(octets_of()[0], xmlsec.KeyFormat.PEM, None)
    context.sign(signature)
    return tree
