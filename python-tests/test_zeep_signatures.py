"""wsse.zeep's signatures of requests: arguments, algorithms, keys, the live tree. Without xmlsec."""

from __future__ import annotations

import copy
import datetime
import inspect
import itertools
import pickle
import subprocess
import sys
import threading
import types

import pytest
from freezegun import freeze_time
from lxml import etree
from zeep_messages import (
    DIGEST_METHODS,
    ID,
    KEYS,
    SIGNATURE_METHODS,
    SOAP,
    TIMESTAMP,
    WSSE,
    again,
    envelope,
    files,
    find,
    octets,
    octets_of,
    security,
    text,
)

import wsse
from wsse.zeep import (
    BinaryMemorySignature,
    BinarySignature,
    MemorySignature,
    Signature,
    VerificationFailed,
    sign_envelope,
    verify_envelope,
)

CERTIFICATE = files()[1]
INBOUND = wsse.Inbound(
    "preset:zeep", certificates=octets_of()[1], replay=types.SimpleNamespace(
        insert_if_absent=lambda key, expires, now: True
    )
)


def algorithms(tree):
    return {
        node.tag.rpartition("}")[2]: node.get("Algorithm")
        for node in find(tree, ".//d:SignedInfo").iter()
        if node.get("Algorithm")
    }


def signed_paths(tree):
    return [part.path for part in INBOUND.validate(octets(tree)).signed]


class TestArguments:
    def test_they_are_zeep_s(self):
        import zeep.wsse
        from zeep.wsse import signature as theirs

        for name in ("Signature", "MemorySignature", "BinarySignature"):
            assert positional(globals()[name]) == positional(getattr(zeep.wsse, name))
        assert positional(BinaryMemorySignature) == positional(MemorySignature)
        assert positional(sign_envelope) == positional(theirs.sign_envelope)
        assert positional(verify_envelope) == positional(theirs.verify_envelope)
        assert issubclass(Signature, MemorySignature)
        assert issubclass(BinarySignature, Signature)

    def test_attributes_have_zeep_s_names(self):
        key, certificate = octets_of()
        signature = Signature(*files(), "password", "rsa-sha256", "sha256")
        assert (signature.key_data, signature.cert_data) == (key, certificate)
        assert signature.password == "password"
        assert (signature.signature_method, signature.digest_method) == ("rsa-sha256", "sha256")

    def test_they_are_read_when_a_request_is_made(self):
        signature = MemorySignature(*octets_of())
        tree = envelope()
        signature.apply(tree, {})
        assert algorithms(tree)["SignatureMethod"] == SIGNATURE_METHODS["rsa-sha1"]
        signature.key_data, signature.cert_data = octets_of("server")
        signature.signature_method = "rsa-sha512"
        signature.parts = ["body", f"{{{SOAP['1.1']}}}None?"]
        tree = envelope()
        signature.apply(tree, {})
        assert algorithms(tree)["SignatureMethod"] == SIGNATURE_METHODS["rsa-sha512"]
        verify_envelope(tree, files("server")[1])
        signature.verify(tree)
        signature.cert_data = octets_of()[1]
        with pytest.raises(VerificationFailed):
            signature.verify(tree)

    def test_keys_are_read_once(self, monkeypatch):
        from wsse.zeep import _signature

        read = []
        make = _signature._make_outbound
        monkeypatch.setattr(
            _signature, "_make_outbound", lambda *a: read.append(a) or make(*a)
        )
        signature = MemorySignature(*octets_of())
        for _ in range(3):
            signature.apply(envelope(), {})
        assert len(read) == 1
        # The same content again, in other objects.
        signature.key_data = bytes(bytearray(signature.key_data))
        signature.apply(envelope(), {})
        assert len(read) == 1
        signature.digest_method = "sha256"
        signature.apply(envelope(), {})
        assert len(read) == 2
        # What is changed in its place is noticed.
        signature.key_data = bytearray(octets_of()[0])
        signature.apply(envelope(), {})
        signature.key_data[:] = octets_of("server")[0]
        with pytest.raises(wsse.Misuse):
            signature.apply(envelope(), {})

    def test_the_files_are_read_by_the_constructor(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            Signature(tmp_path / "none.pem", CERTIFICATE)
        with pytest.raises(FileNotFoundError):
            Signature(files()[0], tmp_path / "none.pem")

    def test_str_is_as_good_as_bytes(self):
        key, certificate = octets_of()
        tree = envelope()
        MemorySignature(key.decode(), certificate.decode()).apply(tree, {})
        verify_envelope(tree, CERTIFICATE)

    def test_one_text_may_hold_both(self):
        key, certificate = octets_of()
        both = key + certificate
        tree = envelope()
        MemorySignature(both, both).apply(tree, {})
        MemorySignature(both, both).verify(tree)

    def test_there_is_no_length_and_no_truth(self):
        """zeep asks ``if client.wsse``."""
        for name in ("__len__", "__bool__"):
            assert not any(hasattr(one, name) for one in (Signature, BinaryMemorySignature))

    def test_without_key_or_certificate(self):
        for arguments in ((), (b"key",), (None, b"certificate")):
            with pytest.raises(wsse.Misuse, match="a key and its certificate, or else a pkcs12"):
                MemorySignature(*arguments)
        with pytest.raises(wsse.Misuse, match="or else a pkcs12"):
            Signature(*files(), pkcs12=KEYS / "client.p12")

    def test_a_copy_signs_and_verifies(self):
        signature = BinarySignature(*files())
        tree = envelope()
        signature.apply(tree, {})
        signature.verify(tree)
        for other in (copy.deepcopy(signature), pickle.loads(pickle.dumps(signature))):
            other.verify(tree)
            tree = envelope()
            other.apply(tree, {})
            signature.verify(tree)


def positional(function):
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(function).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind in kinds]


class TestAlgorithms:
    @pytest.mark.parametrize("method", SIGNATURE_METHODS)
    @pytest.mark.parametrize("digest", DIGEST_METHODS)
    def test_every_notation(self, method, digest):
        method_uri, digest_uri = SIGNATURE_METHODS[method], DIGEST_METHODS[digest]
        for methods in (
            (method, digest),
            (method_uri, digest_uri),
            (types.SimpleNamespace(href=method_uri), types.SimpleNamespace(href=digest_uri)),
        ):
            tree = envelope()
            MemorySignature(*octets_of(), None, *methods).apply(tree, {})
            used = algorithms(tree)
            assert (used["SignatureMethod"], used["DigestMethod"]) == (method_uri, digest_uri)
            verify_envelope(again(tree), CERTIFICATE)

    def test_the_defaults_are_zeep_s(self):
        tree = envelope()
        Signature(*files()).apply(tree, {})
        used = algorithms(tree)
        assert used["SignatureMethod"] == SIGNATURE_METHODS["rsa-sha1"]
        assert used["DigestMethod"] == DIGEST_METHODS["sha1"]

    @pytest.mark.parametrize("bits", ["256", "384", "521"])
    def test_elliptic_curves(self, bits):
        names = files(f"ec{bits}")
        tree = envelope()
        Signature(*names, None, "ecdsa-sha256", "sha256").apply(tree, {})
        verify_envelope(again(tree), names[1])
        # zeep's default is a method of RSA.
        with pytest.raises(wsse.Error) as raised:
            Signature(*names).apply(envelope(), {})
        assert raised.value.cause == "key-type"

    @pytest.mark.parametrize(
        "name,method,digest",
        [
            ("client", "rsa-pss", "sha256"),
            ("client", "rsa-pss-sha3-512", "sha3-384"),
            ("rsa-pss", "rsa-pss-sha256", "sha3-256"),
            ("ed25519", "eddsa-ed25519", "sha512"),
            ("ed448", "eddsa-ed448", "sha512"),
        ],
    )
    def test_what_zeep_has_no_name_for(self, name, method, digest):
        names = files(name)
        tree = envelope()
        BinarySignature(*names, None, method, digest).apply(tree, {})
        verify_envelope(again(tree), names[1])
        find(tree, "e:Body")[0].text = "y"
        with pytest.raises(VerificationFailed):
            verify_envelope(again(tree), names[1])

    @pytest.mark.parametrize("value", ["rsa-sha3", "http://example.com/", 5, b"rsa-sha1", object()])
    def test_what_is_no_method(self, value):
        for place in ("signature_method", "digest_method"):
            tree = envelope()
            before = octets(tree)
            with pytest.raises(wsse.Misuse, match=place) as raised:
                MemorySignature(*octets_of(), **{place: value}).apply(tree, {})
            assert raised.value.cause == "invalid-argument"
            assert octets(tree) == before


class TestKeys:
    @pytest.mark.parametrize(
        "file", ["client.pkcs1-3des.pem", "client.pkcs1-aes256.pem", "client.pkcs8-aes256.pem"]
    )
    @pytest.mark.parametrize("password", ["changeit", b"changeit"])
    def test_encrypted(self, file, password):
        tree = envelope()
        Signature(KEYS / file, CERTIFICATE, password).apply(tree, {})
        verify_envelope(tree, CERTIFICATE)

    def test_a_certificate_beside_an_encrypted_key(self, tmp_path):
        """As zeep's own test has it: one file for signing and, without a password, for verifying."""
        both = tmp_path / "both.pem"
        both.write_bytes((KEYS / "client.pkcs1-3des.pem").read_bytes() + octets_of()[1])
        tree = envelope()
        sign_envelope(tree, both, both, "changeit")
        verify_envelope(tree, both)
        Signature(both, both, "changeit").verify(tree)

    @pytest.mark.parametrize("password,cause", [(None, "wrong-key-password"), ("x", "wrong-key-password")])
    def test_a_wrong_password(self, password, cause):
        tree = envelope()
        before = octets(tree)
        with pytest.raises(wsse.Misuse) as raised:
            Signature(KEYS / "client.pkcs1-3des.pem", CERTIFICATE, password).apply(tree, {})
        assert raised.value.cause == cause
        assert octets(tree) == before

    def test_a_key_of_another_certificate(self):
        """zeep signs with it, and nobody can verify."""
        with pytest.raises(wsse.Misuse) as raised:
            Signature(files("server")[0], CERTIFICATE).apply(envelope(), {})
        assert raised.value.cause == "key-pair-mismatch"

    @pytest.mark.parametrize("garbage", [b"", b"no key", "no key"])
    def test_what_is_no_key(self, garbage):
        for key, certificate in ((garbage, octets_of()[1]), (octets_of()[0], garbage)):
            with pytest.raises(wsse.Misuse):
                MemorySignature(key, certificate).apply(envelope(), {})
        with pytest.raises(wsse.Misuse):
            MemorySignature(octets_of()[0], garbage).verify(envelope())

    @pytest.mark.parametrize("kind", [Signature, MemorySignature, BinarySignature, BinaryMemorySignature])
    def test_pkcs12(self, kind):
        file = KEYS / "client.p12"
        for given in (file, str(file), file.read_bytes(), bytearray(file.read_bytes())):
            tree = envelope()
            signature = kind(pkcs12=given, password="changeit")
            signature.apply(tree, {})
            signature.verify(tree)
            verify_envelope(again(tree), CERTIFICATE)
        for name in ("client-3des.p12", "client-rc2.p12"):
            tree = envelope()
            kind(pkcs12=KEYS / name, password="changeit").apply(tree, {})
            verify_envelope(again(tree), CERTIFICATE)
        with pytest.raises(wsse.Misuse) as raised:
            kind(pkcs12=file, password="wrong").apply(envelope(), {})
        assert raised.value.cause == "wrong-key-password"

    def test_from_memory_with_a_token(self):
        trees = [envelope(), envelope()]
        BinarySignature(*files()).apply(trees[0], {})
        BinaryMemorySignature(*octets_of()).apply(trees[1], {})
        tags = [[element.tag for element in tree.iter()] for tree in trees]
        assert tags[0] == tags[1]


class TestTheTree:
    def test_it_is_changed_in_place(self, version):
        tree = envelope(version)
        body, operation = find(tree, "e:Body"), find(tree, "e:Body")[0]
        headers = {"SOAPAction": '""'}
        result = Signature(*files()).apply(tree, headers)
        assert result[0] is tree and result[1] is headers
        assert find(tree, "e:Body") is body and body[0] is operation
        assert sign_envelope(envelope(), *files()) is None

    def test_an_id_is_kept(self):
        tree = envelope(header=security(TIMESTAMP.replace("<u:Timestamp", '<u:Timestamp u:Id="t"')))
        find(tree, "e:Body").set(ID, "our-own")
        Signature(*files()).apply(tree, {})
        uris = [node.get("URI") for node in find(tree, ".//d:SignedInfo").iter("{*}Reference")]
        assert uris == ["#our-own", "#t"]
        verify_envelope(again(tree), CERTIFICATE)

    def test_ids_are_uuids_that_differ(self):
        seen = set()
        for _ in range(50):
            tree = envelope(header=security(TIMESTAMP))
            BinarySignature(*files()).apply(tree, {})
            ids = [element.get(ID) for element in tree.iter() if element.get(ID)]
            assert len(ids) == 3
            for identifier in ids:
                groups = identifier.split("-")
                assert groups[0] == "id"
                assert [len(group) for group in groups[1:]] == [8, 4, 4, 4, 12]
            seen.update(ids)
        assert len(seen) == 150

    def test_what_stands_in_the_header_stays(self):
        content = "<!-- c --><s:UsernameToken><s:Username>u</s:Username></s:UsernameToken>" + TIMESTAMP
        tree = envelope(header=f'<w:To xmlns:w="urn:w">x</w:To>{security(content)}<w:X xmlns:w="urn:w"/>')
        held = list(find(tree, "e:Header/s:Security"))
        blocks = list(find(tree, "e:Header"))
        Signature(*files()).apply(tree, {})
        children = list(find(tree, "e:Header/s:Security"))
        assert children[1:] == held
        assert list(find(tree, "e:Header")) == blocks
        verify_envelope(again(tree), CERTIFICATE)

    def test_processing_instructions_and_comments_around(self):
        tree = etree.fromstring(
            f'<?p a?><!-- b --><e:Envelope xmlns:e="{SOAP["1.1"]}"><!-- c --><e:Header><?q d?></e:Header>'
            "<!-- e --><e:Body><!-- f -->x<?r g?></e:Body><!-- h --></e:Envelope>"
        )
        BinarySignature(*files()).apply(tree, {})
        verify_envelope(again(tree), CERTIFICATE)

    @pytest.mark.parametrize(
        "content",
        ["\r\n\t\u00a0\U0001f511]]&gt;", "&#13;&#10;&#9;", "<a b='&#13;&#10;&#9; \"&lt;'/>", "<![CDATA[<&>]]>"],
    )
    def test_whatever_the_body_holds(self, content):
        tree = envelope(body=f"<op>{content}</op>")
        Signature(*files()).apply(tree, {})
        verify_envelope(again(tree), CERTIFICATE)
        verify_envelope(etree.fromstring(etree.tostring(tree)), CERTIFICATE)

    def test_elements_that_were_built_by_a_program(self):
        """A child without namespace under a default namespace becomes another one on the wire."""
        tree = envelope()
        etree.SubElement(find(tree, "e:Body")[0], "bare").text = "x"
        Signature(*files()).apply(tree, {})
        verify_envelope(again(tree), CERTIFICATE)

    def test_a_signature_of_its_own_for_each_time(self):
        """As with zeep: whoever applies twice has two of them."""
        tree = envelope()
        for name in ("client", "server"):
            Signature(*files(name)).apply(tree, {})
        assert len(tree.findall(".//{*}Signature")) == 2
        both = wsse.Inbound(
            "preset:zeep", certificates=[octets_of()[1], octets_of("server")[1]]
        )
        assert [part.path for part in both.validate(octets(tree)).signed] == ["/Envelope/Body"]

    @pytest.mark.parametrize(
        "document,error",
        [
            ("<a/>", wsse.Malformed),
            ('<e:Envelope xmlns:e="{soap}"/>', wsse.Malformed),
            ('<e:Envelope xmlns:e="{soap}"><e:Header/></e:Envelope>', wsse.Malformed),
            ('<e:Envelope xmlns:e="{soap}"><e:Body/><e:Body/></e:Envelope>', wsse.Malformed),
            (
                '<e:Envelope xmlns:e="{soap}"><e:Header><s:Security xmlns:s="{wsse}"/>'
                '<s:Security xmlns:s="{wsse}"/></e:Header><e:Body/></e:Envelope>',
                wsse.InvalidSecurity,
            ),
        ],
    )
    def test_what_is_no_message_is_left_alone(self, document, error):
        tree = etree.fromstring(document.format(soap=SOAP["1.1"], wsse=WSSE))
        before = octets(tree)
        with pytest.raises(error):
            Signature(*files()).apply(tree, {})
        assert octets(tree) == before

    def test_an_ambiguous_id_is_found_before_it_is_sent(self):
        tree = envelope(header=security())
        find(tree, "e:Body").set(ID, "twice")
        find(tree, "e:Body")[0].set(ID, "twice")
        tags = [element.tag for element in tree.iter()]
        with pytest.raises(wsse.InvalidSecurity) as raised:
            BinarySignature(*files(), must_understand=True).apply(tree, {})
        assert raised.value.cause == "ambiguous-id"
        assert [element.tag for element in tree.iter()] == tags
        assert not find(tree, "e:Header/s:Security").attrib

    def test_a_tree_that_is_mangled_is_refused(self, monkeypatch):
        """What lxml made of the elements is compared with what was handed out."""
        from wsse.zeep import _tree

        serialise = _tree.etree_to_string
        changes = {
            "another algorithm": (b"xmldsig#sha1", b"xmldsig#sha2"),
            "another prefix": (b"<Transforms>", b'<Transforms xmlns="urn:x">'),
            "another place": (b"<SignedInfo>", b"<!-- x --><SignedInfo>"),
            "one element more": (b"<KeyInfo>", b"<KeyInfo><KeyName/>"),
            "one element less": (b"<DigestValue>", b"<DigestValue/><DigestValue>"),
            "another Id": (b'URI="#id-', b'URI="#ix-'),
        }
        for old, new in changes.values():
            monkeypatch.setattr(
                _tree, "etree_to_string", lambda tree: serialise(tree).replace(old, new)
            )
            tree = envelope()
            tags = [element.tag for element in tree.iter()]
            with pytest.raises(wsse.Error):
                Signature(*files()).apply(tree, {})
            assert [element.tag for element in tree.iter()] == tags


class TestOurKeywords:
    def test_parts(self):
        to = "{urn:w}To"
        tree = envelope(header='<w:To xmlns:w="urn:w">x</w:To>')
        Signature(*files(), parts=["body", to, "timestamp?"]).apply(tree, {})
        assert signed_paths(tree) == ["/Envelope/Body", "/Envelope/Header/{urn:w}To[1]"]
        tree = envelope()
        before = octets(tree)
        with pytest.raises(wsse.Error) as raised:
            Signature(*files(), parts=["body", to]).apply(tree, {})
        assert raised.value.cause == "missing-part"
        assert octets(tree) == before

    @pytest.mark.parametrize("parts", ["body", ["nobody"], [5], 5, []])
    def test_what_are_no_parts(self, parts):
        with pytest.raises(wsse.Misuse, match="parts"):
            Signature(*files(), parts=parts).apply(envelope(), {})

    @pytest.mark.parametrize(
        "reference",
        [
            "binary-security-token",
            "issuer-serial",
            "issuer-serial-certificate",
            "subject-key-identifier",
            "thumbprint-sha1",
            "x509-key-identifier",
            "x509-data",
        ],
    )
    def test_key_reference(self, reference):
        for kind in (Signature, BinarySignature):
            tree = envelope()
            kind(*files(), key_reference=reference).apply(tree, {})
            assert signed_paths(again(tree)) == ["/Envelope/Body"]
            has_token = tree.find(".//{*}BinarySecurityToken") is not None
            assert has_token == (reference == "binary-security-token")

    def test_an_unknown_key_reference(self):
        with pytest.raises(wsse.Misuse, match="key_reference"):
            Signature(*files(), key_reference="by-name").apply(envelope(), {})

    @pytest.mark.parametrize(
        "given,seconds", [(True, 300), (60, 60), (datetime.timedelta(minutes=2), 120)]
    )
    def test_timestamp(self, given, seconds):
        with freeze_time("2026-05-01 12:00:00"):
            tree = envelope()
            Signature(*files(), timestamp=given, clock_offset=3600).apply(tree, {})
        assert text(tree, ".//u:Created") == "2026-05-01T13:00:00Z"
        expires = datetime.datetime(2026, 5, 1, 13) + datetime.timedelta(seconds=seconds)
        assert text(tree, ".//u:Expires") == expires.strftime("%Y-%m-%dT%H:%M:%SZ")
        verify_envelope(again(tree), CERTIFICATE)
        references = [node.get("URI") for node in tree.iter("{*}Reference")]
        assert references[1] == "#" + find(tree, ".//u:Timestamp").get(ID)

    @pytest.mark.parametrize("given", [0, -5, "60", 1.5, datetime.timedelta(0)])
    def test_what_is_no_lifetime(self, given):
        with pytest.raises(wsse.Misuse, match="timestamp must be True"):
            Signature(*files(), timestamp=given).apply(envelope(), {})

    def test_a_second_timestamp_is_refused(self):
        tree = envelope(header=security(TIMESTAMP))
        before = octets(tree)
        with pytest.raises(wsse.Misuse, match="already has a Timestamp"):
            Signature(*files(), timestamp=True).apply(tree, {})
        assert octets(tree) == before

    def test_must_understand(self, version):
        mark = f"{{{SOAP[version]}}}mustUnderstand"
        for header in (None, security()):
            tree = envelope(version, header)
            Signature(*files(), must_understand=True).apply(tree, {})
            assert find(tree, "e:Header/s:Security").get(mark) == "1"
            tree = envelope(version, header)
            Signature(*files()).apply(tree, {})
            assert not find(tree, "e:Header/s:Security").attrib

    def test_inclusive_prefixes(self):
        tree = envelope(body='<op xmlns="urn:o" xmlns:q="urn:q" kind="q:name"/>')
        Signature(*files(), inclusive_prefixes=True).apply(tree, {})
        lists = [node.get("PrefixList") for node in tree.iter("{*}InclusiveNamespaces")]
        assert lists == ["e", "e"]
        verify_envelope(again(tree), CERTIFICATE)
        tree = envelope()
        Signature(*files()).apply(tree, {})
        assert tree.find(".//{*}InclusiveNamespaces") is None


def test_one_object_for_many_threads():
    signature = BinarySignature(*files(), timestamp=True)
    made, failures = [], []

    def work(number):
        try:
            for turn in range(25):
                tree = envelope(body=f"<op>{number}-{turn}</op>")
                signature.apply(tree, {})
                wire = again(tree)
                signature.verify(wire)
                made.append(octets(wire))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(set(made)) == 200


def test_neither_xmlsec_nor_another_libxml2_is_imported():
    program = (
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'xmlsec': raise ImportError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "from lxml import etree\n"
        "from wsse.zeep import BinarySignature, verify_envelope\n"
        f"tree = etree.fromstring({octets(envelope()).decode().partition('?>')[2]!r})\n"
        f"BinarySignature(*{files()!r}).apply(tree, {{}})\n"
        f"verify_envelope(tree, {CERTIFICATE!r})\n"
        "assert 'xmlsec' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_subclasses_as_users_write_them():
    """zeep's users add a Timestamp before they sign, and do without verification."""
    from zeep.wsse import utils

    class WithTimestamp(BinarySignature):
        def apply(self, envelope, headers):
            header = utils.get_security_header(envelope)
            timestamp = utils.WSU("Timestamp")
            timestamp.append(utils.WSU("Created", "2024-05-01T12:00:00Z"))
            header.append(timestamp)
            super().apply(envelope, headers)
            return envelope, headers

        def verify(self, envelope):
            return envelope

    tree = envelope()
    WithTimestamp(*files()).apply(tree, {})
    references = list(itertools.islice(tree.iter("{*}Reference"), 2))
    assert references[1].get("URI") == "#" + find(tree, ".//u:Timestamp").get(ID)
    verify_envelope(again(tree), CERTIFICATE)
