"""What wsse.zeep's signatures make of replies: whose signature, how old, and what zeep then reads."""

from __future__ import annotations

import datetime
import logging

import pytest
from freezegun import freeze_time
from lxml import etree
from zeep.exceptions import SignatureVerificationFailed
from zeep_messages import (
    KEYS,
    SOAP,
    TIMESTAMP,
    again,
    envelope,
    files,
    find,
    octets,
    octets_of,
    security,
)

import wsse
from wsse.zeep import (
    BinarySignature,
    MemorySignature,
    Policy,
    Signature,
    VerificationFailed,
    verify_envelope,
)

SERVER = octets_of("server")[1]
INTERMEDIATE = (KEYS / "intermediate.crt.pem").read_bytes()
FAULT = "<e:Fault><faultcode>e:Server</faultcode><faultstring>no</faultstring></e:Fault>"
SAME = {"signature_method": "rsa-sha256", "digest_method": "sha256"}


def reply(name="server", header=None, body="<answer/>", version="1.1", **options):
    tree = envelope(version, header, body)
    BinarySignature(*files(name), **{**SAME, **options}).apply(tree, {})
    return again(tree)


def client(**options):
    return Signature(*files(), **options)


def refused(signature, tree):
    """The cause, after a look at the tree, which must be as it was."""
    before = octets(tree)
    with pytest.raises(SignatureVerificationFailed) as raised:
        signature.verify(tree)
    assert type(raised.value) is VerificationFailed
    assert raised.value.message
    assert octets(tree) == before
    return raised.value.cause


class TestWhose:
    def test_our_own_certificate_is_zeep_s_default(self):
        client().verify(reply("client"))
        assert refused(client(), reply("server")) == "signature-mismatch"

    @pytest.mark.parametrize(
        "given",
        [
            SERVER,
            SERVER.decode(),
            bytearray(SERVER),
            wsse.Certificate.from_pem(SERVER),
            [SERVER],
            (octets_of("ec256")[1], wsse.Certificate.from_pem(SERVER)),
            (KEYS / "client.crt.pem").read_bytes() + SERVER,
        ],
    )
    def test_verify_cert(self, given):
        signature = client(verify_cert=given)
        validated = signature.verify(reply())
        assert validated.certificate.subject.startswith("CN=server,")
        assert refused(signature, reply("impostor")) in ("signature-mismatch", "untrusted-certificate")

    def test_verify_cert_takes_the_place_of_our_own(self):
        assert refused(client(verify_cert=SERVER), reply("client")) == "signature-mismatch"

    def test_verify_cert_does_not_need_key_info(self):
        """The one that is given decides, whatever the reply says of its key."""
        tree = reply(key_reference="issuer-serial")
        client(verify_cert=SERVER).verify(tree)

    def test_trust(self):
        signature = client(trust=INTERMEDIATE)
        for name in ("server", "client"):
            validated = signature.verify(reply(name))
            assert validated.certificate.subject.startswith(f"CN={name},")
        assert refused(signature, reply("impostor")) == "untrusted-certificate"
        assert refused(signature, reply("selfsigned")) == "untrusted-certificate"
        assert refused(signature, reply("expired")) == "certificate-validity"

    def test_both(self):
        signature = client(trust=INTERMEDIATE, verify_cert=octets_of("selfsigned")[1])
        for name in ("server", "selfsigned"):
            signature.verify(reply(name))
        assert refused(signature, reply("impostor")) == "untrusted-certificate"

    @pytest.mark.parametrize("keyword", ["verify_cert", "trust"])
    @pytest.mark.parametrize("given", [b"x", "", 5, [5], (KEYS / "client.public.pem").read_bytes(), []])
    def test_what_is_no_certificate(self, keyword, given):
        with pytest.raises(wsse.Misuse):
            client(**{keyword: given}).verify(reply())

    def test_attributes_may_be_changed(self):
        signature = client()
        assert refused(signature, reply()) == "signature-mismatch"
        signature.verify_cert = SERVER
        signature.verify(reply())
        signature.verify_cert = None
        assert refused(signature, reply()) == "signature-mismatch"


class TestAge:
    """zeep looks at no age; neither does the drop-in, until it is told whom to believe."""

    @pytest.mark.parametrize("name", ["expired", "notyet"])
    def test_certificates(self, name):
        Signature(*files(name)).verify(reply(name))
        verify_envelope(reply(name), files(name)[1])
        certificate = octets_of(name)[1]
        assert refused(client(verify_cert=certificate), reply(name)) == "certificate-validity"

    def test_timestamps(self):
        tree = reply("client", security(TIMESTAMP))
        client().verify(tree)
        verify_envelope(tree, files()[1])
        for options in ({"verify_cert": octets_of()[1]}, {"trust": INTERMEDIATE}):
            assert refused(client(**options), tree) == "expired"

    def test_a_fresh_timestamp(self):
        for options in ({"verify_cert": SERVER}, {"trust": INTERMEDIATE}):
            with freeze_time("2026-05-01 12:00:00"):
                tree = reply(timestamp=True)
                client(**options).verify(tree)
            with freeze_time("2026-05-01 12:06:01"):
                assert refused(client(**options), tree) == "expired"
                client(**options, clock_offset=datetime.timedelta(minutes=-5)).verify(tree)
            with freeze_time("2026-05-01 11:50:00"):
                assert refused(client(**options), tree) == "not-yet-valid"
                client(**options, clock_offset=600).verify(tree)

    def test_a_timestamp_that_nobody_signed(self):
        """zeep takes it for nothing; told whom to believe, we want it signed."""
        with freeze_time("2026-05-01 12:00:00"):
            tree = reply(timestamp=True, parts=["body"])
            Signature(*files("server")).verify(tree)
            assert refused(client(verify_cert=SERVER), tree) == "not-covered"

    def test_the_same_reply_twice(self):
        """A client asked for each of them; without a Timestamp two may well be alike."""
        for signature in (Signature(*files("server")), client(verify_cert=SERVER)):
            tree = reply()
            signature.verify(tree)
            signature.verify(again(tree))


class TestRequireSignature:
    UNSIGNED = {
        "no Header": None,
        "no Security": "",
        "no Signature": security(),
        "a Timestamp alone": security(TIMESTAMP),
        "Security for another": security("", f' xmlns:e="{SOAP["1.1"]}" e:actor="urn:o"'),
    }
    CAUSES = {
        "no Header": "missing-security-header",
        "no Security": "missing-security-header",
        "no Signature": "missing-signature",
        "a Timestamp alone": "missing-signature",
        "Security for another": "missing-security-header",
    }

    @pytest.mark.parametrize("name", UNSIGNED)
    @pytest.mark.parametrize("options", [{}, {"verify_cert": SERVER}, {"trust": INTERMEDIATE}])
    @freeze_time("2018-11-18 15:45:00")
    def test_each_setting(self, name, options):
        header, cause = self.UNSIGNED[name], self.CAUSES[name]
        for body, settings in (
            ("<answer/>", {True: False, "unless-fault": False, False: True}),
            (FAULT, {True: False, "unless-fault": True, False: True}),
        ):
            for setting, accepted in settings.items():
                signature = client(require_signature=setting, **options)
                tree = envelope(header=header, body=body)
                before = octets(tree)
                if accepted:
                    signature.verify(tree)
                    assert octets(tree) == before
                else:
                    assert refused(signature, tree) == cause

    def test_faults_of_both_versions(self, version):
        signature = client(require_signature="unless-fault")
        signature.verify(envelope(version, body="<e:Fault/>"))
        # A fault of the other version is none.
        other = {"1.1": "1.2", "1.2": "1.1"}[version]
        tree = envelope(version, body=f'<f:Fault xmlns:f="{SOAP[other]}"/>')
        assert refused(signature, tree) == "missing-security-header"
        tree = envelope(version, body="<answer/><e:Fault/>")
        assert refused(signature, tree) == "missing-security-header"

    @pytest.mark.parametrize("setting", [True, False, "unless-fault"])
    @pytest.mark.parametrize("body", ["<answer/>", FAULT])
    def test_a_signature_that_is_there_must_hold(self, setting, body):
        signature = client(require_signature=setting, verify_cert=SERVER)
        signature.verify(reply(body=body))
        tree = reply(body=body)
        find(tree, "e:Body")[0].text = "changed"
        assert refused(signature, tree) == "digest-mismatch"
        assert refused(signature, reply("impostor", body=body)) == "signature-mismatch"
        tree = reply(body=body, header='<w:To xmlns:w="urn:w">x</w:To>', parts=["{urn:w}To"])
        assert refused(signature, tree) == "not-covered"

    @pytest.mark.parametrize("setting", ["unless_fault", None, 2, "False"])
    def test_other_settings(self, setting):
        with pytest.raises(wsse.Misuse, match="require_signature"):
            client(require_signature=setting).verify(reply("client"))

    def test_what_is_returned(self):
        assert client(require_signature=False).verify(envelope()) is None
        assert client().verify(reply("client")).document is not None
        fault = client(require_signature="unless-fault").verify(envelope(body=FAULT))
        assert fault.document is None


class TestUnsignedHeaders:
    HEADER = '<w:A xmlns:w="urn:w">a</w:A>{}<w:B xmlns:w="urn:w">b</w:B><w:A xmlns:w="urn:w">c</w:A>'

    def names(self, tree):
        return [
            (etree.QName(block).localname, block.text)
            for block in find(tree, "e:Header")
            if isinstance(block.tag, str)
        ]

    def test_they_are_taken_out_of_the_tree(self, version):
        tree = reply("client", self.HEADER.format(security()), version=version, parts=["body", "{urn:w}B"])
        find(tree, "e:Header").insert(0, etree.Comment("x"))
        before = self.names(tree)
        assert [name for name, _ in before] == ["A", "Security", "B", "A"]
        client(keep_unsigned_headers=True).verify(tree)
        assert self.names(tree) == before
        client().verify(tree)
        assert [name for name, _ in self.names(tree)] == ["Security", "B"]
        # Once more: as in a Chain of two.
        client().verify(tree)

    def test_signed_ones_stay(self):
        parts = ["body", "{urn:w}A", "{urn:w}B"]
        tree = reply("client", self.HEADER.format(""), parts=parts)
        before = self.names(tree)
        client().verify(tree)
        assert self.names(tree) == before

    def test_the_function_changes_nothing(self):
        """As zeep's: what it is given is a message, and no reply that somebody reads on."""
        tree = reply("client", self.HEADER.format(""))
        before = octets(tree)
        verify_envelope(tree, files()[1])
        assert octets(tree) == before

    def test_nothing_is_taken_out_where_nothing_is_signed(self):
        tree = envelope(header=self.HEADER.format(""))
        before = octets(tree)
        client(require_signature=False).verify(tree)
        assert octets(tree) == before

    def test_a_body_that_no_signature_covers(self):
        """Where a policy does not ask for it, it is empty, as ValidatedMessage.document has it."""
        inbound = 'version = 1\nrequire = { signed = ["{urn:w}A"] }'
        policy = Policy(None, inbound, certificates=SERVER)
        tree = reply(header='<w:A xmlns:w="urn:w">a</w:A>', parts=["{urn:w}A"])
        validated = policy.verify(tree)
        assert len(find(tree, "e:Body")) == 0
        assert b"<answer" not in validated.document
        assert self.names(tree)[0] == ("A", "a")


def test_sha1_is_told_once(caplog):
    signature = client()
    with caplog.at_level(logging.INFO, logger="wsse.zeep"):
        for _ in range(3):
            signature.verify(reply("client", signature_method=None, digest_method=None))
        assert [record.name for record in caplog.records] == ["wsse.zeep"]
        assert "sha1" in caplog.text
        caplog.clear()
        client().verify(reply("client"))
        assert caplog.records == []


def test_a_reply_that_has_more_than_zeep_looks_at():
    """Tokens that nobody asked for are not looked at, and nothing of them is believed."""
    content = (
        "<s:UsernameToken><s:Username>admin</s:Username></s:UsernameToken>"
        '<a:Assertion xmlns:a="urn:saml"/><s:BinarySecurityToken ValueType="urn:x">AAAA'
        "</s:BinarySecurityToken>"
    )
    for signature in (client(), client(verify_cert=octets_of()[1])):
        assert signature.verify(reply("client", security(content))).username is None


def test_entities_are_not_resolved():
    """zeep's parser leaves references to entities where they are; nothing that is one is accepted."""
    message = octets(reply("client")).partition(b"?>")[2]
    parser = etree.XMLParser(remove_comments=True, resolve_entities=False)
    document = b'<!DOCTYPE a [<!ENTITY x "<forged/>">]>' + message
    client().verify(etree.fromstring(document, parser))
    tree = etree.fromstring(document.replace(b"<answer/>", b"<answer>&x;</answer>"), parser)
    assert refused(client(), tree) == "undefined-entity"


def test_elements_behind_the_body():
    """zeep reads past them; SOAP 1.2 has none, and nobody signed them."""
    tree = reply("client")
    etree.SubElement(tree, "{urn:x}Trailer")
    assert refused(client(), tree) == "envelope-structure"


def test_memory_and_pkcs12_verify_with_their_certificate():
    tree = reply("client")
    MemorySignature(*octets_of()).verify(tree)
    Signature(pkcs12=KEYS / "client.p12", password="changeit").verify(tree)
    assert refused(MemorySignature(*octets_of("ec256")), tree) == "key-type"


def test_an_exception_can_be_pickled_and_read():
    import pickle

    with pytest.raises(VerificationFailed) as raised:
        client().verify(envelope())
    other = pickle.loads(pickle.dumps(raised.value))
    assert (other.message, other.cause, other.category) == (
        raised.value.message,
        "missing-security-header",
        "InvalidSecurity",
    )
    assert isinstance(raised.value.__cause__, wsse.InvalidSecurity)
