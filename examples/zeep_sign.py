"""Signs a request with zeep and prints it: to be sent, or to be judged, by somebody else.

    python examples/zeep_sign.py KEY CERTIFICATE [NAME] > request.xml
"""

import sys
from pathlib import Path

import zeep
from lxml import etree

from wsse.zeep import BinarySignature

WSDL = Path(__file__).parent / "hello.wsdl"


def main():
    key, certificate = sys.argv[1:3]
    name = sys.argv[3] if len(sys.argv) > 3 else "Bob"
    # Without the two algorithms it is SHA-1, as with zeep.
    signature = BinarySignature(
        key, certificate, signature_method="rsa-sha256", digest_method="sha256"
    )
    client = zeep.Client(str(WSDL), wsse=signature)
    request = client.create_message(client.service, "hello", name)
    sys.stdout.buffer.write(etree.tostring(request, xml_declaration=True, encoding="utf-8"))


if __name__ == "__main__":
    main()
