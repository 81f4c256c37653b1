"""A spyne service whose callers must send a UsernameToken digest and a Timestamp.

    ALICE_PASSWORD=... python examples/spyne_server.py [PORT]

SOAP 1.1 is served at /soap11, SOAP 1.2 at /soap12; the WSDL is at /soap11?wsdl and /soap12?wsdl.
The password of "alice" is read from ALICE_PASSWORD. Call it with examples/zeep_client.py.
"""

import logging
import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server

# wsse.spyne comes before spyne: on Python 3.12 and later it makes spyne importable.
from wsse.spyne import OPEN, WsseSoap11, WsseSoap12, require_wsse

from spyne import Application, Service, Unicode, rpc
from spyne.protocol.soap import Soap11, Soap12
from spyne.server.wsgi import WsgiApplication

from wsse import Inbound


class HelloService(Service):
    @rpc(Unicode, _returns=Unicode)
    def hello(ctx, name):
        return f"Hello {name}, says {ctx.wsse.username}"

    @rpc(_returns=Unicode)
    def version(ctx):
        return "1.0"


def wsgi_application(inbound):
    """The service over SOAP 1.1 and 1.2. Both share `inbound`, and so its replay memory."""
    require_wsse(HelloService)
    rules = {"version": OPEN}
    by_path = {
        "/soap11": soap("Hello11", WsseSoap11(inbound, operations=rules), Soap11()),
        "/soap12": soap("Hello12", WsseSoap12(inbound, operations=rules), Soap12()),
    }

    def serve(environ, start_response):
        application = by_path.get(environ["PATH_INFO"])
        if application is None:
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"the service is at /soap11 and /soap12\n"]
        return application(environ, start_response)

    return serve


def soap(name, in_protocol, out_protocol):
    application = Application(
        [HelloService], "urn:hello", name, in_protocol=in_protocol, out_protocol=out_protocol
    )
    return WsgiApplication(application)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def main():
    logging.basicConfig(format="%(name)s: %(message)s")
    inbound = Inbound("preset:username-token", passwords={"alice": os.environ["ALICE_PASSWORD"]})
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    server = make_server("127.0.0.1", port, wsgi_application(inbound), Server)
    print(f"http://127.0.0.1:{server.server_port}/soap11", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
