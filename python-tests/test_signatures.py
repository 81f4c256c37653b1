"""Signatures: what is signed is valid, what was changed is refused, and what is covered comes out."""

from __future__ import annotations

import datetime
import pickle
import threading
from pathlib import Path

import pytest

import wsse

KEYS = Path(__file__).resolve().parent.parent / "vectors" / "keys"
UTC = datetime.timezone.utc
NOON = datetime.datetime(2026, 5, 1, 12, tzinfo=UTC)
SOAP = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
SIGN = 'version = 1\norder = ["timestamp", "signature"]\nsignature = [{ parts = ["body"] }]\n'
REQUIRE = 'version = 1\nrequire = { signed = ["body"] }\n'
BARE = b'<r xmlns="urn:r"><a Id="first">1</a><b Id="second">2</b></r>'


def octets(name):
    return (KEYS / name).read_bytes()


def certificate(name="client"):
    return wsse.Certificate.from_pem(octets(f"{name}.crt.pem"))


def identity(name="client"):
    return wsse.Identity.from_pem(octets(f"{name}.key.pem"), octets(f"{name}.crt.pem"))


def envelope(version="1.1", text="text"):
    return (
        f'<s:Envelope xmlns:s="{SOAP[version]}"><s:Header><w:To xmlns:w="urn:w">urn:to</w:To>'
        f'</s:Header><s:Body><o:op xmlns:o="urn:o">{text}</o:op></s:Body></s:Envelope>'
    ).encode()


def outbound(policy=SIGN, **options):
    options.setdefault("now", lambda: NOON)
    if "secrets" not in options:
        options.setdefault("identities", identity())
    return wsse.Outbound(policy, **options)


def inbound(policy=REQUIRE, **options):
    options.setdefault("now", lambda: NOON)
    return wsse.Inbound(policy, **options)


def pinned(policy=REQUIRE, name="client"):
    return inbound(policy, certificates=certificate(name))


def refusal(receiver, message, *arguments):
    judge = receiver.validate_reply if arguments else receiver.validate
    with pytest.raises(wsse.Error) as raised:
        judge(message, *arguments)
    assert type(raised.value) is getattr(wsse, raised.value.category)
    return raised.value.category, raised.value.cause


def misuse(make, *arguments, **options):
    with pytest.raises(wsse.Misuse) as raised:
        make(*arguments, **options)
    return raised.value.cause


# --- Messages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["client", "ec256"])
def test_there_and_back(version, name):
    message = outbound(identities=identity(name)).protect(envelope(version)).bytes
    validated = pinned(name=name).validate(message)
    assert validated.certificate == certificate(name)
    assert [part.path for part in validated.signed] == ["/Envelope/Body"]
    part = validated.signed[0]
    assert message[part.start : part.end] == validated.body
    assert validated.body.endswith(b'<o:op xmlns:o="urn:o">text</o:op></s:Body>')
    assert validated.body in validated.document
    assert b"urn:to" not in validated.document
    assert validated.document is validated.document
    assert validated.body_child == ("urn:o", "op")
    assert repr(part) == f"<wsse.SignedPart /Envelope/Body {part.start}-{part.end}>"


def test_each_signer_is_told_with_what_is_signed(version):
    sign = (
        'version = 1\nsignature = [{ key = "a", parts = ["body", "headers"] }, '
        '{ key = "b", parts = ["signature", "addressing"] }]'
    )
    both = {"a": identity("client"), "b": identity("ec256")}
    message = outbound(sign, identities=both).protect(envelope(version)).bytes
    require = 'version = 1\nrequire = { signed = ["body", "signature"] }'
    known = [certificate("client"), certificate("ec256")]
    validated = inbound(require, certificates=known).validate(message)
    first, second = validated.signers
    assert (first.certificate, second.certificate) == tuple(known)
    assert [part.path for part in first.signed] == [part.path for part in validated.signed]
    assert [part.path for part in first.signed] == ["/Envelope/Body", "/Envelope/Header/{urn:w}To[1]"]
    (endorsed,) = second.signed
    assert endorsed.path.endswith("{http://www.w3.org/2000/09/xmldsig#}Signature[1]")
    assert message[endorsed.start : endorsed.end].endswith(b"</ds:Signature>")
    assert "client" in repr(first)
    assert refusal(pinned(require), outbound().protect(envelope(version)).bytes) == (
        "InvalidSecurity",
        "not-covered",
    )
    alone = wsse.Inbound("preset:timestamp", now=lambda: NOON)
    stamped = wsse.Outbound("preset:timestamp", now=lambda: NOON).protect(envelope(version)).bytes
    assert alone.validate(stamped).signers == ()


def test_the_unsigned_document_of_a_signed_message_names_the_other():
    validated = pinned().validate(outbound().protect(envelope()).bytes)
    with pytest.raises(wsse.Misuse, match="document, which holds what they cover") as raised:
        _ = validated.unsigned_document
    assert raised.value.cause == "invalid-argument"


def test_a_policy_without_signatures_knows_no_document():
    validated = inbound("preset:timestamp").validate(
        outbound("preset:timestamp", identities=None).protect(envelope()).bytes
    )
    assert (validated.document, validated.body, validated.certificate) == (None, None, None)
    assert validated.signed == ()
    assert b"urn:to" in validated.unsigned_document


def test_an_accepted_unsigned_fault_is_an_unsigned_document():
    fault = (
        f'<s:Envelope xmlns:s="{SOAP["1.1"]}"><s:Body><s:Fault><faultcode>s:Server</faultcode>'
        "<faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>"
    ).encode()
    accepting = REQUIRE + 'faults = { unsigned = "accept" }\n'
    validated = pinned(accepting).validate(fault)
    assert (validated.document, validated.signed) == (None, ())
    assert b"faultstring" in validated.unsigned_document
    assert refusal(pinned(), fault) == ("InvalidSecurity", "missing-security-header")


def test_refusals():
    signed = outbound().protect(envelope()).bytes
    receiver = pinned()
    receiver.validate(signed)
    assert refusal(receiver, signed) == ("InvalidSecurity", "replay")
    changed = signed.replace(b">text<", b">test<")
    assert refusal(pinned(), changed) == ("FailedCheck", "digest-mismatch")
    more = 'version = 1\nrequire = { signed = ["body", "{urn:w}To"] }\n'
    assert refusal(pinned(more), signed) == ("InvalidSecurity", "not-covered")
    stranger = refusal(pinned(name="server"), signed)
    assert stranger == ("FailedAuthentication", "untrusted-certificate")
    unsigned = outbound("preset:timestamp", identities=None).protect(envelope()).bytes
    assert refusal(pinned(), unsigned) == ("InvalidSecurity", "missing-signature")
    # A refused message leaves nothing behind.
    assert pinned().validate(signed).signed


def test_a_message_wrapped_around_the_signed_body_is_refused():
    signed = outbound().protect(envelope()).bytes
    start, end = signed.index(b"<s:Body"), signed.index(b"</s:Body>") + len(b"</s:Body>")
    moved = signed[start:end]
    wrapped = (
        signed[:start].replace(b"</s:Header>", b"<x>" + moved + b"</x></s:Header>")
        + b'<s:Body><o:op xmlns:o="urn:o">other</o:op></s:Body>'
        + signed[end:]
    )
    with pytest.raises(wsse.Error):
        pinned().validate(wrapped)


# --- Whom to believe --------------------------------------------------------------------------


def test_a_path_to_an_anchor():
    message = outbound().protect(envelope()).bytes
    root, intermediate = certificate("root"), certificate("intermediate")
    inbound(anchors=root, untrusted=intermediate).validate(message)
    inbound(anchors=[root], untrusted=[intermediate]).validate(message)
    inbound(anchors={"": [root, certificate("other-root")]}, untrusted=[intermediate]).validate(
        message
    )
    untrusted = ("FailedAuthentication", "untrusted-certificate")
    other = inbound(anchors=certificate("other-root"), untrusted=intermediate)
    assert refusal(other, message) == untrusted
    impostor = outbound(identities=identity("impostor")).protect(envelope()).bytes
    assert refusal(inbound(anchors=root, untrusted=intermediate), impostor) == untrusted


def test_files_stand_for_what_they_hold():
    message = outbound().protect(envelope()).bytes
    inbound(certificates=octets("client.crt.pem")).validate(message)
    inbound(certificates=bytearray(octets("client.crt.der"))).validate(message)
    inbound(certificates=[memoryview(octets("client.crt.der"))]).validate(message)
    inbound(anchors=octets("chain.pem")).validate(message)


def test_names_of_the_policy():
    policy = SIGN.replace("{ parts", '{ key = "partner", parts')
    named = outbound(policy, identities={"partner": identity(), "x": identity("server")})
    message = named.protect(envelope()).bytes
    trusting = REQUIRE + 'trust = { certificates = "partner" }\n'
    inbound(trusting, certificates={"partner": certificate()}).validate(message)
    others = {"partner": [certificate("server")], "x": certificate()}
    judged = refusal(inbound(trusting, certificates=others), message)
    assert judged == ("FailedAuthentication", "untrusted-certificate")
    assert misuse(outbound, policy, identities={"x": identity()}) == "missing-credential"


def test_a_public_key_alone():
    policy = SIGN.replace("{ parts", '{ reference = "key-value", parts')
    message = outbound(policy).protect(envelope()).bytes
    for key in [
        wsse.PublicKey.from_pem(octets("client.public.pem")),
        wsse.PublicKey.from_der(octets("client.public.der")),
        octets("client.public-pkcs1.pem"),
        [certificate().public_key],
        {"": certificate().public_key},
    ]:
        validated = inbound(public_keys=key).validate(message)
        assert validated.certificate is None and validated.document


def test_shared_secrets():
    policy = SIGN.replace("{ parts", '{ reference = "secret", parts')
    message = outbound(policy, secrets="a shared secret").protect(envelope()).bytes
    inbound(secrets=b"a shared secret").validate(message)
    inbound(secrets=["a shared secret"]).validate(message)
    # The message does not say which of several it means.
    several = refusal(inbound(secrets=["older", "a shared secret"]), message)
    assert several == ("SecurityTokenUnavailable", "no-key")
    assert refusal(inbound(secrets="older"), message) == ("FailedCheck", "signature-mismatch")
    named = policy.replace("{ ref", '{ key = "partner", ref')
    outbound(named, secrets={"partner": b"s"}).protect(envelope())
    by_name = named.replace('reference = "secret"', 'reference = "key-name", method = "hmac-sha256"')
    message = outbound(by_name, secrets={"partner": b"s"}).protect(envelope()).bytes
    inbound(secrets={"partner": b"s", "other": b"o"}).validate(message)
    swapped = inbound(secrets={"partner": b"o", "other": b"s"})
    assert refusal(swapped, message) == ("FailedCheck", "signature-mismatch")
    for make in (lambda: inbound(secrets=""), lambda: outbound(policy, secrets=b"")):
        assert misuse(make) == "invalid-argument"


def test_what_is_missing_is_told_at_once():
    assert misuse(inbound) == "missing-credential"
    assert misuse(outbound, identities=None) == "missing-credential"
    assert misuse(inbound, certificates=[]) == "missing-credential"


# --- Replies ----------------------------------------------------------------------------------


def test_a_reply_confirms_the_signature_of_its_request(version):
    client, server = outbound(), pinned()
    request = client.protect(envelope(version))
    received = server.validate(request.bytes)
    answering = outbound(
        'version = 1\norder = ["signature-confirmation", "signature"]\n'
        'signature = [{ parts = ["body", "signature-confirmation"] }]\n',
        identities=identity("server"),
    )
    answer = answering.protect_reply(envelope(version), received).bytes
    demand = (
        'version = 1\nrequire = { signed = ["body", "signature-confirmation"], '
        "signature-confirmation = true }\n"
    )

    validated = pinned(demand, "server").validate_reply(answer, request.exchange)
    assert validated.certificate == certificate("server")
    assert len(validated.signed) == 2
    other = client.protect(envelope(version, "another")).exchange
    wrong = ("InvalidSecurity", "signature-confirmation")
    assert refusal(pinned(demand, "server"), answer, other) == wrong
    assert refusal(pinned(demand, "server"), answer) == wrong
    assert misuse(answering.protect, envelope(version)) == "invalid-argument"


def test_threads_share_an_inbound_and_an_outbound():
    sender, receiver = outbound(), pinned()
    failures, accepted = [], []
    again = sender.protect(envelope(text="once")).bytes

    def work(number):
        try:
            for turn in range(5):
                text = f"{number}-{turn}"
                validated = receiver.validate(sender.protect(envelope(text=text)).bytes)
                assert text.encode() in validated.document
            try:
                receiver.validate(again)
                accepted.append(number)
            except wsse.InvalidSecurity as error:
                assert error.cause == "replay"
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(accepted) == 1


# --- Documents that are no messages -----------------------------------------------------------


def test_a_bare_document():
    receiver = pinned()
    whole = outbound().sign_bare(BARE)
    verified = receiver.verify_bare(whole)
    (reference,) = verified.references
    assert (reference.id, reference.start, reference.end) == (None, 0, len(whole))
    start, end = reference.without
    assert whole[:start] + whole[end:] == BARE
    assert verified.certificates == (certificate(),)

    around = outbound().sign_bare(BARE, "enveloping")
    (reference,) = receiver.verify_bare(around).references
    assert BARE in around[reference.start : reference.end]
    assert reference.without is None

    for ids in (["second", "first"], ("second",)):
        detached = outbound().sign_bare(BARE, form="detached", ids=ids)
        references = receiver.verify_bare(detached).references
        assert [reference.id for reference in references] == list(ids)
        second = references[0]
        assert detached[second.start : second.end] == b'<b Id="second">2</b>'


def test_a_bare_document_is_refused():
    whole = outbound().sign_bare(BARE)
    for receiver, document, cause in [
        (pinned(), whole.replace(b">1<", b">3<"), "digest-mismatch"),
        (pinned(name="server"), whole, "untrusted-certificate"),
        (pinned(), BARE, "missing-signature"),
        (pinned(), b"", "empty-document"),
    ]:
        with pytest.raises(wsse.Error) as raised:
            receiver.verify_bare(document)
        assert raised.value.cause == cause


def test_a_bare_document_that_cannot_be_signed():
    sign = outbound().sign_bare
    assert misuse(sign, BARE, "detached") == "invalid-argument"
    assert misuse(sign, BARE, "inside") == "invalid-argument"
    assert misuse(sign, BARE, ids=["first"]) == "invalid-argument"
    assert misuse(outbound("preset:timestamp").sign_bare, BARE) == "invalid-policy"
    for ids in ("first", b"first", [1], 1):
        with pytest.raises(TypeError, match="ids"):
            sign(BARE, "detached", ids=ids)
    for document in ("<r/>", None):
        with pytest.raises(TypeError, match="document must be bytes"):
            sign(document)
        with pytest.raises(TypeError, match="document must be bytes"):
            pinned().verify_bare(document)


# --- Keys and certificates --------------------------------------------------------------------


def test_a_certificate():
    held = certificate()
    assert held.der == octets("client.crt.der")
    assert held == wsse.Certificate.from_der(held.der) != certificate("server")
    assert len({held, wsse.Certificate.from_der(held.der)}) == 1
    assert held.subject == "CN=client,OU=Tests,O=wsse,C=DE"
    assert repr(held) == '<wsse.Certificate of "CN=client,OU=Tests,O=wsse,C=DE">'
    assert held.issuer == certificate("intermediate").subject
    assert held.serial.isdecimal() and held.serial == certificate("impostor").serial
    assert len(held.sha1_thumbprint) == 20
    assert held.sha1_thumbprint.hex() != certificate("server").sha1_thumbprint.hex()
    assert len(held.subject_key_identifier) == 20
    assert certificate("selfsigned").subject_key_identifier is None
    assert held.not_before == datetime.datetime(2020, 1, 1, tzinfo=UTC)
    assert held.not_after == datetime.datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert held.public_key == wsse.PublicKey.from_pem(octets("client.public.pem"))
    assert pickle.loads(pickle.dumps(held)) == held
    assert pickle.loads(pickle.dumps(held.public_key)) == held.public_key


def test_an_identity():
    password = "changeit"
    for held in [
        identity(),
        wsse.Identity.from_pem(
            octets("client.pkcs8-aes256.pem"), octets("client.crt.pem"), password=password
        ),
        wsse.Identity.from_pkcs12(octets("client.p12"), password=password),
        wsse.Identity.read(octets("client.p12"), password=password.encode()),
        wsse.Identity.read(octets("client.bundle.pem")),
    ]:
        assert held.certificate == certificate()
        assert repr(held) == '<wsse.Identity of "CN=client,OU=Tests,O=wsse,C=DE">'
    assert held.chain == (certificate("intermediate"), certificate("root"))
    with pytest.raises(TypeError):
        pickle.dumps(held)


def test_keys_that_cannot_be_read():
    read, store = wsse.Identity.read, octets("client.p12")
    for make, arguments, options, cause in [
        (read, [store], {"password": "wrong"}, "wrong-key-password"),
        (read, [store], {}, "wrong-key-password"),
        (read, [b"rubbish"], {}, "unreadable-key"),
        (read, [b""], {}, "unreadable-key"),
        (read, [octets("client.crt.pem")], {}, "missing-credential"),
        (read, [octets("chain.p12")], {"password": "changeit"}, "missing-credential"),
        (
            wsse.Identity.from_pem,
            [octets("client.key.pem"), octets("server.crt.pem")],
            {},
            "key-pair-mismatch",
        ),
        (wsse.Certificate.from_pem, [octets("chain.pem")], {}, "unreadable-key"),
        (wsse.Certificate.from_pem, [octets("client.key.pem")], {}, "unreadable-key"),
        (wsse.Certificate.from_pem, [octets("client.crt.der")], {}, "unreadable-key"),
        (wsse.Certificate.from_der, [octets("client.crt.pem")], {}, "unreadable-key"),
        (wsse.Certificate.from_der, [octets("client.crt.der")[:-1]], {}, "unreadable-key"),
        (wsse.PublicKey.from_pem, [octets("client.crt.pem")], {}, "unreadable-key"),
        (wsse.PublicKey.from_der, [octets("client.crt.der")], {}, "unreadable-key"),
        (inbound, [], {"certificates": octets("client.public.pem")}, "unreadable-key"),
        (inbound, [], {"public_keys": octets("client.crt.pem")}, "unreadable-key"),
        (inbound, [], {"anchors": [b"rubbish"]}, "unreadable-key"),
    ]:
        assert misuse(make, *arguments, **options) == cause, (make, cause)


@pytest.mark.parametrize("argument", ["certificates", "anchors", "untrusted", "public_keys"])
@pytest.mark.parametrize("wrong", [1, "text", [1], ["text"], object()])
def test_no_certificates(argument, wrong):
    with pytest.raises(TypeError, match=argument):
        inbound(**{argument: wrong})


def test_other_wrong_types():
    held = certificate()
    for options in [
        {"certificates": {1: held}},
        {"certificates": {"a": None}},
        {"certificates": identity()},
        {"untrusted": {"a": held}},
        {"secrets": {"a": 1}},
        {"secrets": {1: "secret"}},
        {"secrets": 1},
        {"secrets": [1]},
    ]:
        with pytest.raises(TypeError, match=next(iter(options))):
            inbound(**options)
    for wrong in (held, [identity()], {"a": held}, {1: identity()}, b"", "text"):
        with pytest.raises(TypeError, match="identities"):
            outbound(identities=wrong)
    for wrong in (["secret"], 1, {1: "secret"}, {"a": 1}):
        with pytest.raises(TypeError, match="secrets"):
            outbound(secrets=wrong)
    for make in (wsse.Certificate.from_pem, wsse.PublicKey.from_der, wsse.Identity.read):
        with pytest.raises(TypeError, match="must be bytes"):
            make("text")
    with pytest.raises(TypeError, match="password"):
        wsse.Identity.read(octets("client.p12"), password=1)
    for positional in (wsse.Certificate, wsse.Identity, wsse.PublicKey, wsse.SignedPart, wsse.VerifiedSigner):
        with pytest.raises(TypeError):
            positional()


@pytest.mark.parametrize(
    "name,method,kind",
    [
        ("client", "rsa-pss", "RSA"),
        ("client", "rsa-pss-sha3-512", "RSA"),
        ("rsa-pss", "rsa-pss-sha384", "RSA"),
        ("ec384", "ecdsa-sha3-384", "EC"),
        ("ed25519", "eddsa-ed25519", "Ed25519"),
        ("ed448", "eddsa-ed448", "Ed448"),
    ],
)
def test_methods_have_their_names(name, method, kind):
    signature = f'{{ method = "{method}", digest = "sha3-256", parts = ["body"] }}'
    policy = f"version = 1\nsignature = [{signature}]\n"
    signed = outbound(policy, identities=identity(name)).protect(envelope()).bytes
    assert pinned(name=name).validate(signed).certificate == certificate(name)
    assert repr(certificate(name).public_key) == f"<wsse.PublicKey, {kind}>"
    with pytest.raises(wsse.Error) as refused:
        pinned(name=name).validate(signed.replace(b">text<", b">test<"))
    assert refused.value.cause == "digest-mismatch"


def test_a_method_that_does_not_fit_the_key_is_refused():
    policy = 'version = 1\nsignature = [{ method = "rsa-sha256" }]\n'
    for name in ("ed25519", "rsa-pss", "ec256"):
        with pytest.raises(wsse.Error) as refused:
            outbound(policy, identities=identity(name))
        assert refused.value.cause == "key-type"
    with pytest.raises(wsse.Error, match="DSA of 2048 bits, with which signatures are only"):
        identity("dsa2048")
    with pytest.raises(wsse.Error, match="X25519, which agrees on keys and signs nothing"):
        identity("x25519")


def trusting(policy=REQUIRE, **options):
    options.setdefault("anchors", certificate("root"))
    return inbound(policy, untrusted=certificate("intermediate"), **options)


def signed_by(name):
    return bytes(outbound(identities=identity(name)).protect(envelope()))


def test_revocation_lists_are_heeded():
    revoked = ("FailedAuthentication", "revoked-certificate")
    lists = [octets("root.crl.pem"), octets("intermediate.crl.der")]
    required = REQUIRE + 'trust = { revocation = "required" }\n'
    for judge in (trusting(crls=lists), trusting(required, crls=lists)):
        judge.validate(signed_by("client"))
        assert refusal(judge, signed_by("server")) == revoked
    one = trusting(crls=bytearray(octets("root-revoked.crl.pem")))
    assert refusal(one, signed_by("client")) == revoked
    unknown = trusting(required, crls=lists[0])
    assert refusal(unknown, signed_by("client")) == ("Unavailable", "revocation-unknown")
    for crls, cause in [
        (octets("intermediate-delta.crl.pem"), "unreadable-crl"),
        (octets("client.crt.pem"), "unreadable-crl"),
    ]:
        with pytest.raises(wsse.Misuse) as raised:
            trusting(crls=crls)
        assert raised.value.cause == cause
    with pytest.raises(wsse.Misuse):
        trusting(required)
    for wrong in ("text", [1], {"a": lists[0]}):
        with pytest.raises(TypeError, match="crls"):
            trusting(crls=wrong)


def test_the_last_word_is_the_callers():
    asked = []

    def decide(candidate):
        asked.append(candidate)
        return "server" not in candidate.certificate.subject

    judge = trusting(decide=decide)
    judge.validate(signed_by("client"))
    assert refusal(judge, signed_by("server")) == ("FailedAuthentication", "refused-signer")
    assert refusal(judge, signed_by("impostor")) == (
        "FailedAuthentication",
        "untrusted-certificate",
    )
    client, server = asked
    path = (certificate("client"), certificate("intermediate"), certificate("root"))
    assert client.path == path
    assert (client.certificate, client.at, client.trusted) == (path[0], NOON, True)
    assert client.public_key == path[0].public_key
    assert server.certificate == certificate("server")

    boom = RuntimeError("the directory is down")

    def raises(_):
        raise boom

    with pytest.raises(wsse.Unavailable) as raised:
        trusting(decide=raises).validate(signed_by("client"))
    assert (raised.value.cause, raised.value.__cause__) == ("decision-unavailable", boom)
    for answer in (None, 1, "yes"):
        with pytest.raises(wsse.Unavailable) as raised:
            trusting(decide=lambda _, answer=answer: answer).validate(signed_by("client"))
        assert isinstance(raised.value.__cause__, TypeError)
    with pytest.raises(TypeError, match="decide"):
        trusting(decide=True)
