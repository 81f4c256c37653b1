"""A spyne service that demands signed requests, and signs its answers and faults.

    SERVICE_KEY=server.p12 SERVICE_KEY_PASSWORD=... PARTNERS=partners.pem \\
        python examples/spyne_signed_server.py [PORT]

SERVICE_KEY is a file with the private key of the service and its certificate, PEM or PKCS#12; where
the certificate is in a file of its own, that is SERVICE_CERTIFICATE. PARTNERS is a file of the
certificates that may call. SOAP 1.1 is served at /soap11, SOAP 1.2 at /soap12.
"""

import logging
import os
import sys
from pathlib import Path
from wsgiref.simple_server import make_server

# wsse.spyne comes before spyne: on Python 3.12 and later it makes spyne importable.
from wsse.spyne import OPEN, WsseSoap11, WsseSoap12, require_wsse

from spyne import Application, Service, Unicode, rpc
from spyne.server.wsgi import WsgiApplication

import spyne_server
from wsse import Identity, Inbound, Outbound

REQUESTS = """
version = 1
require = { timestamp = true, signed = ["body", "timestamp"] }
"""
ANSWERS = """
version = 1
order = ["timestamp", "signature-confirmation", "signature"]
signature = [{ parts = ["body", "timestamp", "signature-confirmation"] }]
"""


class OrderService(Service):
    @rpc(Unicode, _returns=Unicode)
    def order(ctx, item):
        return f"{item} for {ctx.wsse.certificate.subject}"

    @rpc(_returns=Unicode)
    def version(ctx):
        return "1.0"


def wsgi_application(inbound, outbound):
    """The service over SOAP 1.1 and 1.2. Both share `inbound`, and so its replay memory."""
    require_wsse(OrderService)
    rules = {"version": OPEN}
    by_path = {}
    for path, soap in {"/soap11": WsseSoap11, "/soap12": WsseSoap12}.items():
        by_path[path] = WsgiApplication(
            Application(
                [OrderService],
                "urn:order",
                "Order" + path[-2:],
                in_protocol=soap(inbound, operations=rules),
                out_protocol=soap(outbound=outbound),
            )
        )

    def serve(environ, start_response):
        application = by_path.get(environ["PATH_INFO"])
        if application is None:
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"the service is at /soap11 and /soap12\n"]
        return application(environ, start_response)

    return serve


def identity():
    """The key of the service, as the environment names it."""
    key = Path(os.environ["SERVICE_KEY"]).read_bytes()
    password = os.environ.get("SERVICE_KEY_PASSWORD")
    certificate = os.environ.get("SERVICE_CERTIFICATE")
    if certificate is None:
        return Identity.read(key, password=password)
    return Identity.from_pem(key, Path(certificate).read_bytes(), password=password)


def main():
    logging.basicConfig(format="%(name)s: %(message)s")
    inbound = Inbound(REQUESTS, certificates=Path(os.environ["PARTNERS"]).read_bytes())
    outbound = Outbound(ANSWERS, identities=identity())
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    application = wsgi_application(inbound, outbound)
    server = make_server("127.0.0.1", port, application, spyne_server.Server)
    print(f"http://127.0.0.1:{server.server_port}/soap11", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
