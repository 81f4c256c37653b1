"""A service that demands signed requests and signs its answers, over a socket."""

from __future__ import annotations

import threading

import pytest
import wsse
import wsse.spyne  # before spyne: on Python 3.12 and later it makes spyne importable
from lxml import etree
from signed_messages import (
    REQUIRE,
    REQUIRE_WITH_USER,
    SIGN,
    SIGN_WITH_USER,
    answering,
    certificate,
    octets,
    receiving,
    requiring,
    signed,
    signing,
)
from soap_messages import CONTENT_TYPES, ENVELOPES, HELLO, NOW, WSSE, WSU, envelope
from soap_service import PATHS, SOAP, WSSE_SOAP, Server
from spyne import AnyXml, Application, ComplexModel, Service, Unicode, rpc
from spyne.server.wsgi import WsgiApplication

ALICE = {"alice": "secret"}


class Token(ComplexModel):
    """A header block that the service reads."""

    __namespace__ = "urn:hello"
    value = Unicode


class Pair(ComplexModel):
    __namespace__ = "urn:hello"
    first = Unicode
    second = Unicode


def whole_service():
    """A service that keeps everything it was handed."""
    calls = []

    class WholeService(Service):
        __in_header__ = Token

        @rpc(Unicode, _returns=Unicode)
        def hello(ctx, name):
            block = ctx.in_header and ctx.in_header.value
            calls.append((name, block, etree.tostring(ctx.in_document).decode(), ctx.wsse))
            return f"Hello {name}"

        @rpc(Pair, _returns=Unicode)
        def pair(ctx, pair):
            calls.append((pair.first, pair.second))
            return f"{pair.first} {pair.second}"

        @rpc(AnyXml, _returns=Unicode)
        def keep(ctx, document):
            calls.append(etree.tostring(document).decode())
            return "kept"

        @rpc(_returns=Unicode)
        def fail(ctx):
            raise wsse.spyne.fault("FailedAuthentication")

    return WholeService, calls


@pytest.fixture
def server(serve):
    return serve(requiring(), outbound=answering(), service=whole_service())


def call(server, version, body=HELLO, *headers, outbound=None):
    """Sends a signed message; the answer, and the exchange to check it with."""
    request = (outbound or signing()).protect(envelope(version, *headers, body=body).encode())
    return server.post(version, request.bytes), request.exchange


def test_request_and_answer_are_signed(server, version):
    answer, exchange = call(server, version)
    assert (answer.status, answer.fault) == (200, None)
    validated = receiving().validate_reply(answer.content, exchange)
    assert validated.certificate == certificate("server")
    assert validated.body_child == ("urn:hello", "helloResponse")
    assert b"Hello Bob" in validated.document
    assert [call[0] for call in server.calls] == ["Bob"]


def test_the_answer_answers_this_request_and_no_other(server, version):
    answer, _ = call(server, version)
    _, other = call(server, version)
    with pytest.raises(wsse.InvalidSecurity) as raised:
        receiving().validate_reply(answer.content, other)
    assert raised.value.cause == "signature-confirmation"


def test_the_service_learns_who_signed_what(server, version):
    call(server, version)
    ((_, _, _, caller),) = server.calls
    assert caller.operation == "{urn:hello}hello"
    assert caller.certificate == certificate("client")
    assert (caller.username, caller.authenticated) == (None, False)
    assert sorted(part.path for part in caller.signed) == [
        "/Envelope/Body",
        f"/Envelope/Header/{{{WSSE}}}Security[1]/{{{WSU}}}Timestamp[1]",
    ]


@pytest.mark.parametrize("name", ["client", "ec256"])
def test_a_path_to_an_anchor_is_believed(serve, version, name):
    inbound = wsse.Inbound(REQUIRE, anchors=octets("chain.pem"), now=lambda: NOW)
    server = serve(inbound)
    answer, _ = call(server, version, outbound=signing(SIGN, name))
    assert answer.fault is None


def test_username_token_timestamp_and_signature_together(serve, version):
    inbound = requiring(REQUIRE_WITH_USER, passwords=ALICE)
    server = serve(inbound, outbound=answering(), service=whole_service())

    def client(policy=SIGN_WITH_USER, password="secret"):
        return signing(policy, username="alice", password=password)

    answer, exchange = call(server, version, outbound=client())
    receiving().validate_reply(answer.content, exchange)
    ((name, _, _, caller),) = server.calls
    assert (name, caller.username, caller.authenticated) == ("Bob", "alice", True)
    assert caller.certificate == certificate("client")
    assert len(caller.signed) == 3
    for outbound, category in [
        (client(password="guess"), "FailedAuthentication"),
        (signing(), "InvalidSecurity"),
        # A token that is not signed could come from another message.
        (client(SIGN_WITH_USER.replace(', "username-token"] }', "] }")), "InvalidSecurity"),
    ]:
        answer, _ = call(server, version, outbound=outbound)
        assert (answer.status, answer.fault) == (500, category)
    assert len(server.calls) == 1


def test_a_token_that_nobody_demands_and_nobody_signed_names_no_one(serve, version):
    server = serve(requiring(passwords=ALICE), service=whole_service())
    policy = SIGN_WITH_USER.replace(', "username-token"] }', "] }")
    answer, _ = call(server, version, outbound=signing(policy, username="alice", password="secret"))
    assert answer.fault is None
    ((_, _, _, caller),) = server.calls
    assert (caller.username, caller.authenticated) == (None, False)


# Faults.


def test_faults_of_the_service_are_signed(server, version):
    answer, exchange = call(server, version, '<h:fail xmlns:h="urn:hello"/>')
    assert (answer.status, answer.fault) == (500, "FailedAuthentication")
    validated = receiving().validate_reply(answer.content, exchange)
    assert validated.body_child == (ENVELOPES[version], "Fault")
    assert b"wsse:FailedAuthentication" in validated.document


@pytest.mark.parametrize("body", ['<h:other xmlns:h="urn:hello"/>', "<x/>"])
def test_faults_of_spyne_to_a_verified_message_are_signed(server, version, body):
    answer, exchange = call(server, version, body)
    assert answer.status == 500
    assert answer.fault.endswith("ResourceNotFound")
    receiving().validate_reply(answer.content, exchange)
    assert server.calls == []


def test_a_fault_to_what_could_not_be_verified_is_not_signed(server, version):
    changed = signed(version).replace(b">Bob<", b">Eve<")
    answer = server.post(version, changed)
    assert (answer.status, answer.fault) == (500, "FailedCheck")
    assert b"Security" not in answer.content
    with pytest.raises(wsse.InvalidSecurity) as raised:
        receiving(REQUIRE).validate(answer.content)
    assert raised.value.cause == "missing-security-header"
    accepting = REQUIRE + 'faults = { unsigned = "accept" }\n'
    assert receiving(accepting).validate(answer.content).document is None


def test_a_fault_to_what_could_not_be_verified_is_signed_where_it_is_said(serve, version):
    server = serve(requiring(), outbound=answering(), answering={"protect_refusals": True})
    answer = server.post(version, signed(version).replace(b">Bob<", b">Eve<"))
    assert (answer.status, answer.fault) == (500, "FailedCheck")
    validated = receiving(REQUIRE).validate(answer.content)
    assert validated.certificate == certificate("server")
    # Nobody knows what the request was signed with, so nothing is confirmed.
    assert b"SignatureConfirmation" not in answer.content


def test_the_fault_tells_no_more_than_the_category(server, version):
    texts = {
        "FailedCheck": "The signature or decryption was invalid",
        "FailedAuthentication": "The security token could not be authenticated or authorized",
        "InvalidSecurity": "An error was discovered processing the <wsse:Security> header",
    }
    for message in (
        signed(version).replace(b">Bob<", b">Eve<"),
        signed(version, outbound=signing(SIGN, "server")),
        envelope(version).encode(),
    ):
        answer = server.post(version, message)
        assert answer.fault_text == texts[answer.fault]


# The service reads what is signed, and nothing else.


def block(value):
    return f'<h:Token xmlns:h="urn:hello"><h:value>{value}</h:value></h:Token>'


def test_header_blocks_that_nobody_signed_do_not_reach_the_service(server, version):
    call(server, version, HELLO, block("unsigned"))
    call(
        server,
        version,
        HELLO,
        block("signed"),
        outbound=signing(SIGN.replace('"body",', '"body", "{urn:hello}Token",')),
    )
    assert [value for _, value, _, _ in server.calls] == [None, "signed"]
    for _, _, document, _ in server.calls:
        assert "unsigned" not in document
        assert WSSE not in document


def test_a_block_that_is_added_on_the_way_does_not_reach_the_service(server, version):
    message = signed(version, outbound=signing())
    added = message.replace(b"<env:Header>", b"<env:Header>" + block("added").encode())
    assert added != message
    assert server.post(version, added).fault is None
    ((_, value, document, _),) = server.calls
    assert value is None
    assert "added" not in document


def test_a_comment_that_is_put_into_a_signed_text_changes_nothing(server, version):
    # Canonicalization drops comments: they can be added without breaking a signature.
    message = signed(version).replace(b">Bob<", b">B<!-- x -->o<!---->b<")
    assert server.post(version, message).fault is None
    assert [call[0] for call in server.calls] == ["Bob"]


@pytest.mark.parametrize(
    "option", [{"remove_pis": False}, {"recover": True}, {"encoding": "utf-16"}]
)
def test_options_of_the_parser_do_not_change_what_is_read(serve, version, option):
    server = serve(requiring(), service=whole_service(), **option)
    message = signed(version, HELLO.replace("Bob", "Zoë")).replace(
        "Zoë".encode(), "Z<!---->oë".encode()
    )
    assert server.post(version, message).fault is None
    assert [call[0] for call in server.calls] == ["Zoë"]


def test_a_processing_instruction_is_signed(server, version):
    message = signed(version)
    assert server.post(version, message.replace(b">Bob<", b">B<?x?>ob<")).fault == "FailedCheck"
    assert server.calls == []


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1"])
def test_a_signature_holds_in_every_charset(server, version, charset):
    markup = signed(version, HELLO.replace("Bob", "Zoë")).decode()
    encoded = f'<?xml version="1.0" encoding="{charset}"?>{markup}'.encode(charset)
    kind = CONTENT_TYPES[version].partition(";")[0]
    answer = server.post(version, encoded, content_type=f"{kind}; charset={charset}")
    assert answer.fault is None
    assert [call[0] for call in server.calls] == ["Zoë"]


@pytest.mark.parametrize(
    ("declared", "charset"),
    [("iso-8859-1", "utf-8"), ("utf-8", "iso-8859-1"), ("utf-16", "utf-8"), ("utf-8", "utf-16")],
)
def test_a_charset_that_lies_is_refused(server, version, declared, charset):
    markup = signed(version, HELLO.replace("Bob", "Zoë"))
    encoded = f'<?xml version="1.0" encoding="{declared}"?>'.encode() + markup
    kind = CONTENT_TYPES[version].partition(";")[0]
    answer = server.post(version, encoded, content_type=f"{kind}; charset={charset}")
    assert (answer.status, answer.fault) == (500, "Client")
    assert server.calls == []


REFERRING = '<h:hello xmlns:h="urn:hello"><h:name href="#z"/><x id="z">substituted</x></h:hello>'


def test_a_multi_reference_in_a_signed_document_is_refused(server, version, caplog):
    # spyne would fill what is signed from elsewhere.
    answer, exchange = call(server, version, REFERRING)
    assert (answer.status, answer.fault) == (500, "Client")
    receiving().validate_reply(answer.content, exchange)
    assert server.calls == []
    assert "refers to another element" in caplog.text


@pytest.mark.parametrize("place", ["Envelope", "Header", "block"])
def test_an_id_that_is_added_outside_does_not_fill_what_is_signed(server, version, place):
    body = '<h:hello xmlns:h="urn:hello"><h:name href="#z">Bob</h:name></h:hello>'
    message = signed(version, body)
    if place == "block":
        changed = message.replace(b"<env:Header>", b'<env:Header><x id="z">substituted</x>')
    else:
        changed = message.replace(f"<env:{place}".encode(), f'<env:{place} id="z"'.encode(), 1)
    assert changed != message
    answer = server.post(version, changed)
    names = [call[0] for call in server.calls]
    # What stands on the start tag of the Envelope is seen, and refused; the Header is not handed
    # on where no block of it is signed.
    assert (answer.fault, names) == (("Client", []) if place == "Envelope" else (None, ["Bob"]))


def test_what_lxml_cannot_read_to_its_end_is_refused(serve, version):
    # It stops below 256 elements by itself, and "recovers" by leaving out the rest.
    policy = REQUIRE + "limits = { depth = 1000 }\n"
    server = serve(requiring(policy), service=whole_service(), recover=True)
    deep = "<a>" * 300 + "</a>" * 300
    body = f'<h:keep xmlns:h="urn:hello"><h:document>{deep}</h:document></h:keep>'
    sender = signing(SIGN + "limits = { depth = 1000 }\n")
    assert server.post(version, signed(version, body, outbound=sender)).fault == "Client"
    assert server.calls == []


def test_a_reference_that_is_data_stays_data(server, version):
    body = (
        '<h:keep xmlns:h="urn:hello"><h:document><p xmlns=""><b id="z"/><a href="#other">text</a></p>'
        "</h:document></h:keep>"
    )
    answer, _ = call(server, version, body)
    assert answer.fault is None
    (kept,) = server.calls
    assert 'href="#other">text<' in kept


class Impostor(ComplexModel):
    """A class of the application with the local name of another."""

    __namespace__ = "urn:other"
    __type_name__ = "Pair"
    first = Unicode


@pytest.mark.parametrize("follows", [True, False])
def test_a_prefix_that_is_bound_anew_selects_another_class_only_where_types_are_followed(
    version, follows
):
    # A limit of exclusive canonicalization without PrefixList, and the way around it.
    service, calls = whole_service()
    protocol = WSSE_SOAP[version](requiring(), parse_xsi_type=follows)
    built = Application(
        [service],
        "urn:hello",
        in_protocol=protocol,
        out_protocol=SOAP[version](),
        classes=[Impostor],
    )
    server = Server({PATHS[version]: WsgiApplication(built)}, calls)
    typed = (
        '<h:pair xmlns:h="urn:hello"><h:pair xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
        ' i:type="a:Pair"><h:first>1</h:first><h:second>2</h:second></h:pair></h:pair>'
    )
    plain = envelope(version, body=typed).replace("xmlns:env", 'xmlns:a="urn:hello" xmlns:env')
    bare = SIGN.replace("{ parts", "{ inclusive-prefixes = false, parts")
    message = signing(bare).protect(plain.encode()).bytes
    listed = signing().protect(plain.encode()).bytes
    try:
        server.post(version, message.replace(b'a="urn:hello"', b'a="urn:other"'))
        answer = server.post(version, listed.replace(b'a="urn:hello"', b'a="urn:other"'))
    finally:
        server.close()
    assert answer.fault == "FailedCheck"
    assert calls == ([] if follows else [("1", "2")])


@pytest.mark.parametrize(
    "content_type",
    ['x";multipart/related"; boundary=b', 'text/xml";Multipart/Related;"; boundary=b'],
)
def test_a_content_type_does_not_make_parts_of_what_was_validated(server, version, content_type):
    # cgi.parse_header, by which spyne would decide, reads past a semicolon in quotes.
    evil = envelope(version, body=HELLO.replace("Bob", "Eve"))
    body = f"<?x \n--b\nContent-Type: text/xml\n\n{evil}\n--b--\n?>{HELLO}"
    answer = server.post(version, signed(version, body), content_type=content_type)
    assert answer.fault is None
    assert [call[0] for call in server.calls] == ["Bob"]


# Together.


def test_threads_share_the_service(server, version):
    failures = []

    def work(number):
        try:
            sender, receiver = signing(), receiving()
            for turn in range(4):
                name = f"Bob{number}-{turn}"
                request = sender.protect(
                    envelope(version, body=HELLO.replace("Bob", name)).encode()
                )
                answer = server.post(version, request.bytes)
                validated = receiver.validate_reply(answer.content, request.exchange)
                assert f"Hello {name}".encode() in validated.document
                wrong = server.post(version, request.bytes.replace(b">Bob", b">Eve"))
                assert wrong.fault == "FailedCheck"
                assert server.post(version, request.bytes).fault == "InvalidSecurity"
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(call[0] for call in server.calls) == sorted(
        f"Bob{number}-{turn}" for number in range(8) for turn in range(4)
    )


def test_of_equal_signed_messages_at_once_exactly_one_passes(server, version):
    captured = signed(version)
    answers = []
    together = threading.Barrier(8)

    def send():
        together.wait()
        answers.append(server.post(version, captured))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(answer.fault) for answer in answers) == ["InvalidSecurity"] * 7 + ["None"]
    assert len(server.calls) == 1
