"""What `make demo` shows: a zeep client calls spyne services that check its tokens and signatures.

    python examples/demo.py

Everything on the page is taken from what the peers really answered over sockets of the loopback.
The exit status is 0 only if every expectation held, 1 if one did not, 2 if something is missing.
"""

import logging
import os
import re
import sys
import threading
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

try:
    import spyne_server
    import spyne_signed_server
    import xwsse_server
    import zeep
    from lxml import etree
    from zeep.exceptions import Fault
    from zeep.transports import Transport

    from wsse import Certificate, Identity, Inbound, Outbound
    from wsse.http import HeaderCheck, create_header
    from wsse.zeep import Policy, UsernameToken
except ImportError as error:
    print(f"demo: {error}\ndemo: `make demo` installs all that it needs", file=sys.stderr)
    sys.exit(2)

USER, PASSWORD = "alice", "correct horse battery staple"
VERSIONS = {"SOAP 1.1": "/soap11", "SOAP 1.2": "/soap12"}
KEYS = Path(__file__).resolve().parent.parent / "vectors" / "keys"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


def main():
    page = Page(sys.stdout)
    quiet_logs = LastReason()
    runs = []
    for service in (spyne_server.HelloService, spyne_signed_server.OrderService):
        service.event_manager.add_listener(
            "method_return_object", lambda ctx: runs.append(ctx.method_name)
        )
    inbound = Inbound("preset:username-token", passwords={USER: PASSWORD})
    service = Service(spyne_server.wsgi_application(inbound))
    orders = Service(signed_application())
    check = HeaderCheck(passwords={USER: PASSWORD}, dialects=["atom"])
    notes = Service(xwsse_server.wsgi_application(check))
    try:
        page.heading("A spyne service demands a UsernameToken digest and a Timestamp")
        for version, path in VERSIONS.items():
            page.line(f"{version}  {service.url}{path}?wsdl")
        captured = show_accepted_calls(page, service)
        show_refused_calls(page, service, captured, quiet_logs, runs)
        show_signatures(page, orders, quiet_logs, runs)
        show_header(page, notes, quiet_logs)
    finally:
        service.close()
        orders.close()
        notes.close()
    return page.verdict()


def show_accepted_calls(page, service):
    """Calls the service in both versions; returns the octets that went over the wire."""
    captured = {}
    answers = {}
    for version, path in VERSIONS.items():
        wire = Wire()
        answers[version] = client(service.url + path, token(), wire).service.hello("Bob")
        (captured[version],) = wire.sent
    page.heading("The message on the wire, from a zeep client with wsse.zeep.UsernameToken")
    page.markup(captured["SOAP 1.1"])
    page.heading("Who was authenticated")
    for version in VERSIONS:
        page.check(
            f'{version}: the service answers "{answers[version]}"',
            answers[version] == f"Hello Bob, says {USER}",
        )
        page.check(f"{version}: the password is not in the message", is_absent(captured[version]))
    return captured


def show_refused_calls(page, service, captured, logs, runs):
    page.heading("What is refused, and with which category")
    refusals = {
        "wrong password": ("FailedAuthentication", wrong_password),
        "replayed message": ("InvalidSecurity", lambda url, seen: post(url, seen)),
        "stale Created": ("MessageExpired", stale_created),
        "Username removed": ("InvalidSecurity", username_removed),
    }
    accepted = list(runs)
    for title, (expected, refuse) in refusals.items():
        seen = {
            version: refuse(service.url + path, captured[version])
            for version, path in VERSIONS.items()
        }
        categories = {category for category, _ in seen.values()}
        page.check(
            f"{title:<18} {' / '.join(sorted(categories))}",
            categories == {expected} and runs == accepted,
        )
        page.detail("the client is told", seen["SOAP 1.1"][1])
        page.detail("the log of the service says", logs.reason)
    page.check(
        f"the operation ran {len(runs)} times: for the accepted messages only",
        runs == ["hello", "hello"],
    )


def show_signatures(page, orders, logs, runs):
    page.heading("A second service demands signatures, and signs its answers")
    captured = {}
    for version, path in VERSIONS.items():
        signature, wire = Signature(), Wire()
        answer = client(orders.url + path, signature, wire).service.order("a kettle")
        (captured[version],) = wire.sent
        page.check(f'{version}: the service answers "{answer}"', answer.endswith(subject("client")))
        signer = signature.answer.certificate.subject
        page.check(f"{version}: the answer is signed by {signer}", signer == subject("server"))
    page.heading("What is refused of signed messages")
    del runs[:]
    for title, (expected, attack) in {
        "wrapped message": ("InvalidSecurity", wrapped),
        "changed Body": ("FailedCheck", lambda message: message.replace(b"a kettle", b"kettles")),
        "signature removed": ("InvalidSecurity", signature_removed),
        "replayed message": ("InvalidSecurity", lambda message: message),
    }.items():
        seen = {
            version: post(orders.url + path, attack(captured[version]))
            for version, path in VERSIONS.items()
        }
        categories = {category for category, _ in seen.values()}
        page.check(
            f"{title:<18} {' / '.join(sorted(categories))}", categories == {expected} and not runs
        )
        page.detail("the client is told", seen["SOAP 1.1"][1])
        page.detail("the log of the service says", logs.reason)
    page.check("the operation ran for none of them", not runs)


def show_header(page, notes, logs):
    page.heading("An HTTP service demands an X-WSSE header")
    header = create_header(USER, PASSWORD)
    page.line(f"X-WSSE: {header}")
    status, text = get(notes.url, header)
    page.check(f'accepted           {status} "{text}"', (status, text) == (200, f"Hello {USER}"))
    for title, refused, category in [
        ("wrong password", create_header(USER, "guess"), "FailedAuthentication"),
        ("replayed header", header, "InvalidSecurity"),
    ]:
        status, text = get(notes.url, refused)
        page.check(
            f"{title:<18} {status} {logs.category}", (status, logs.category) == (401, category)
        )
        page.detail("the log of the service says", logs.reason)


# What is sent.


def token(password=PASSWORD, **options):
    return UsernameToken(USER, password, use_digest=True, timestamp_token=True, **options)


def client(url, security, transport=None):
    return zeep.Client(f"{url}?wsdl", wsse=security, transport=transport or Wire())


def called(url, security):
    """Calls the service; the category and text of the fault that comes back."""
    try:
        return "accepted", client(url, security).service.hello("Bob")
    except Fault as fault:
        code = fault.subcodes[0].localname if fault.subcodes else fault.code
        return code.rpartition(":")[2], fault.message


def wrong_password(url, _captured):
    return called(url, token("guess"))


def stale_created(url, _captured):
    return called(url, token(created=datetime.now(timezone.utc) - timedelta(hours=2)))


def username_removed(url, _captured):
    calling = client(url, token())
    message = calling.create_message(calling.service, "hello", "Bob")
    for username in list(message.iter(f"{{{WSSE}}}Username")):
        username.getparent().remove(username)
    return post(url, etree.tostring(message))


def wrapped(message):
    """The signed Body moves into a header block, and another takes its place. Whoever looks for
    the signed element by its Id finds it, and then reads the other."""
    start = message.index(b"<soap-env:Body")
    end = message.index(b"</soap-env:Body>") + len(b"</soap-env:Body>")
    header_end = message.index(b"</soap-env:Header>")
    evil = b'<soap-env:Body><order xmlns="urn:order"><item>a yacht</item></order></soap-env:Body>'
    hidden = b'<hidden xmlns="urn:x">' + message[start:end] + b"</hidden>"
    return message[:header_end] + hidden + message[header_end:start] + evil + message[end:]


def signature_removed(message):
    end = b"</ds:Signature>"
    return message[: message.index(b"<ds:Signature")] + message[message.index(end) + len(end) :]


class Signature(Policy):
    """What signs for zeep, checks the answer, and keeps what was checked."""

    def __init__(self):
        answers = (
            'version = 1\nrequire = { signed = ["body", "timestamp", "signature-confirmation"], '
            "timestamp = true, signature-confirmation = true }"
        )
        super().__init__(
            "preset:wss4j",
            answers,
            identities=identity("client"),
            certificates=certificate("server"),
        )
        self.answer = None

    def verify(self, envelope):
        self.answer = super().verify(envelope)
        return self.answer


def signed_application():
    inbound = Inbound(spyne_signed_server.REQUESTS, certificates=certificate("client"))
    outbound = Outbound(spyne_signed_server.ANSWERS, identities=identity("server"))
    return spyne_signed_server.wsgi_application(inbound, outbound)


def identity(name):
    files = (KEYS / f"{name}.key.pem", KEYS / f"{name}.crt.pem")
    return Identity.from_pem(*(file.read_bytes() for file in files))


def certificate(name):
    return Certificate.from_pem((KEYS / f"{name}.crt.pem").read_bytes())


def subject(name):
    return certificate(name).subject


def post(url, message):
    """Sends octets as they are; the category and text of the fault that comes back."""
    kind = "text/xml" if url.endswith("11") else "application/soap+xml"
    request = urllib.request.Request(
        url, message, {"Content-Type": f"{kind}; charset=utf-8", "SOAPAction": '""'}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return "accepted", answer.read().decode()
    except urllib.error.HTTPError as error:
        root = etree.fromstring(error.read())
        (code,) = root.xpath("//*[local-name()='Subcode']/*[local-name()='Value'] | //faultcode")
        (text,) = root.xpath("//faultstring | //*[local-name()='Reason']/*[local-name()='Text']")
        prefix, _, local = code.text.partition(":")
        return local if code.nsmap.get(prefix) == WSSE else code.text, text.text


def get(url, header):
    request = urllib.request.Request(url, headers={"X-WSSE": header})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode().strip()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode().strip()


def is_absent(message):
    return PASSWORD.encode() not in message


class Wire(Transport):
    """A transport that keeps what it sends."""

    def __init__(self):
        super().__init__(timeout=10, operation_timeout=10)
        self.sent = []

    def post(self, address, message, headers):
        self.sent.append(message)
        return super().post(address, message, headers)


class Service:
    """A WSGI application on a free port of the loopback."""

    def __init__(self, application):
        self._server = make_server(
            "127.0.0.1", 0, application, spyne_server.Server, QuietRequestHandler
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class QuietRequestHandler(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


class LastReason(logging.Handler):
    """Takes the log of the services from the screen, and keeps its last line."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.category = self.reason = ""
        for name in ("wsse.spyne", "xwsse_server"):
            logging.getLogger(name).addHandler(self)
            logging.getLogger(name).propagate = False
        logging.getLogger("spyne").addHandler(logging.NullHandler())
        logging.getLogger("spyne").propagate = False

    def emit(self, record):
        text = record.getMessage().removeprefix("message from 127.0.0.1 refused: ")
        self.category, _, self.reason = text.partition(": ")


class Page:
    """Text on a terminal, or without colours on anything else."""

    def __init__(self, stream):
        self._stream = stream
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR")
        self._held = 0
        self._failed = []

    def heading(self, text):
        self._write("\n" + self._colour("1", text))

    def line(self, text):
        self._write("  " + text)

    def detail(self, name, text):
        self._write(self._colour("2", f"      {name}: {text}"))

    def check(self, text, holds):
        if holds:
            self._held += 1
            self._write(f"  {self._colour('32', '✓')} {text}")
        else:
            self._failed.append(text)
            self._write(f"  {self._colour('1;31', '✗ ' + text)}")

    def markup(self, message):
        root = etree.fromstring(message, etree.XMLParser(remove_blank_text=True))
        for line in etree.tostring(root, pretty_print=True).decode().splitlines():
            indent = " " * (len(line) - len(line.lstrip()) + 4)
            if len(line) > 96:
                # One attribute to a line.
                line = re.sub(r' ([\w:.-]+=")', "\n" + indent + r"  \1", line)
            line = re.sub(r"(</?[\w:.-]+|/?>)", lambda tag: self._colour("36", tag[0]), line)
            self._write("  " + line)

    def verdict(self):
        if self._failed:
            self._write("\n" + self._colour("1;31", f"{len(self._failed)} expectations failed:"))
            for text in self._failed:
                self.line(text)
            return 1
        self._write("\n" + self._colour("1;32", f"All {self._held} expectations held."))
        return 0

    def _colour(self, code, text):
        return f"\x1b[{code}m{text}\x1b[0m" if self._coloured else text

    def _write(self, text):
        encoding = self._stream.encoding or "ascii"
        self._stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        self._stream.flush()


if __name__ == "__main__":
    sys.exit(main())
