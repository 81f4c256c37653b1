"""A spyne service on a socket, with a log of what it ran, for the tests."""

from __future__ import annotations

import http.client
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import wsse.spyne  # before spyne: on Python 3.12 and later it makes spyne importable
from lxml import etree
from soap_messages import CONTENT_TYPES, ENVELOPES, WSSE
from spyne import Application, Service, Unicode, rpc
from spyne.protocol.soap import Soap11, Soap12
from spyne.server.wsgi import WsgiApplication

SOAP = {"1.1": Soap11, "1.2": Soap12}
WSSE_SOAP = {"1.1": wsse.spyne.WsseSoap11, "1.2": wsse.spyne.WsseSoap12}
PATHS = {"1.1": "/soap11", "1.2": "/soap12"}


def hello_service():
    """A service class of its own, with the list of the calls that it ran."""
    calls = []

    class HelloService(Service):
        @rpc(Unicode, _returns=Unicode)
        def hello(ctx, name):
            caller = getattr(ctx, "wsse", None)
            calls.append(("hello", name, caller and caller.username))
            return f"Hello {name}"

        @rpc(_returns=Unicode)
        def ping(ctx):
            caller = getattr(ctx, "wsse", None)
            calls.append(("ping", caller and caller.username))
            return "pong"

        @rpc(_returns=Unicode)
        def fail(ctx):
            calls.append(("fail",))
            raise wsse.spyne.fault("FailedAuthentication")

    return HelloService, calls


def application(service, in_protocol, out_protocol):
    return Application([service], "urn:hello", in_protocol=in_protocol, out_protocol=out_protocol)


class Answer:
    """An HTTP answer, and the SOAP fault in it as an independent parser reads it."""

    def __init__(self, status, content):
        self.status = status
        self.content = content
        self.fault = None
        """"Client", "Server", a local name in the wsse namespace, or None: no fault."""
        self.fault_text = None
        if content.lstrip().startswith(b"<"):
            self._read_fault(etree.fromstring(content))

    def _read_fault(self, root):
        soap11, soap12 = (f"{{{namespace}}}" for namespace in ENVELOPES.values())
        for element in root.iter(soap11 + "Fault"):
            self.fault = self._code(element.find("faultcode"))
            self.fault_text = element.findtext("faultstring")
        for element in root.iter(soap12 + "Fault"):
            value = element.find(f"{soap12}Code/{soap12}Value")
            self.fault = {"Sender": "Client", "Receiver": "Server"}[self._code(value)]
            subcode = element.find(f"{soap12}Code/{soap12}Subcode/{soap12}Value")
            if subcode is not None:
                assert self.fault == "Client", "a security fault is the sender's"
                self.fault = self._code(subcode)
            self.fault_text = element.findtext(f"{soap12}Reason/{soap12}Text")

    @staticmethod
    def _code(element):
        prefix, colon, local = element.text.partition(":")
        if not colon:
            return prefix
        namespace = element.nsmap[prefix]
        assert namespace in (WSSE, *ENVELOPES.values()), namespace
        return local


class Server:
    """Serves WSGI applications by path on a free port of the loopback."""

    def __init__(self, by_path, calls=()):
        self.calls = calls
        self._by_path = by_path
        self._server = make_server("127.0.0.1", 0, self.wsgi, _ThreadingServer, _QuietHandler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def url(self, version):
        return f"http://127.0.0.1:{self.port}{PATHS[version]}"

    def post(self, version, message, content_type=None, method="POST", **more):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Content-Type": content_type or CONTENT_TYPES[version], **more}
            connection.request(method, PATHS[version], message, headers)
            response = connection.getresponse()
            return Answer(response.status, response.read())
        finally:
            connection.close()

    def wsgi(self, environ, start_response):
        return self._by_path[environ["PATH_INFO"]](environ, start_response)


def hello_server(
    inbound, *, operations=None, outbound=None, answering=None, service=None, **options
):
    """The service over SOAP 1.1 and 1.2, both with the same Inbound; `answering` are more keywords
    of the out_protocol. Another service is given with its list of calls."""
    service, calls = service or hello_service()
    by_path = {}
    for version, path in PATHS.items():
        out_protocol = (
            SOAP[version]()
            if outbound is None
            else WSSE_SOAP[version](outbound=outbound, **(answering or {}))
        )
        protocol = WSSE_SOAP[version](inbound, operations=operations, **options)
        by_path[path] = WsgiApplication(application(service, protocol, out_protocol))
    return Server(by_path, calls)


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass
