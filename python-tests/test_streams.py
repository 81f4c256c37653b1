"""Messages that are read from streams: the same verdicts, and content only when it is accepted."""

from __future__ import annotations

import io
import os
import stat
import threading

import pytest
from signed_messages import SIGN, requiring, signing
from soap_messages import envelope

import wsse

LINES = b"<line number='1'><part>text &amp; more</part></line>\n" * 8000


def long(version="1.1"):
    """A message of more than one window."""
    return envelope(version, body=f'<o xmlns="urn:o">{LINES.decode()}</o>').encode()


def signed():
    return signing().protect(long()).bytes


class Told:
    """A spool that keeps what it is told, and raises where it shall."""

    def __init__(self, raising=None):
        self.octets, self.calls, self.raising = b"", [], raising

    def _called(self, name):
        self.calls.append(name)
        if name == self.raising:
            raise OSError(f"no {name}")

    def write(self, octets):
        self._called("write")
        self.octets += octets

    def commit(self):
        self._called("commit")

    def abort(self):
        self._called("abort")

    @property
    def ends(self):
        return [call for call in self.calls if call != "write"]


def test_a_stream_is_judged_as_the_message_is():
    message = signed()
    whole = requiring().validate(message)
    spool = Told()
    valid = requiring().validate_stream(io.BytesIO(message), spool)
    assert spool.ends == ["commit"] and spool.calls.count("write") > 2
    assert spool.octets == whole.document
    assert (valid.document, valid.body, whole.spooled) == (None, None, None)
    assert valid.spooled.signed and valid.spooled.length == len(whole.document)
    start, end = valid.spooled.body
    assert spool.octets[start:end] == whole.body
    assert [part.path for part in valid.signed] == [part.path for part in whole.signed]
    assert valid.certificate == whole.certificate and valid.body_child == whole.body_child
    with pytest.raises(wsse.Misuse, match="spool"):
        valid.unsigned_document
    for class_ in (wsse.Spooled, wsse.FileSpool):
        assert class_.__module__ == "wsse"


def test_what_no_signature_protects_says_so():
    inbound = requiring("version = 1\nrequire = { timestamp = true }")
    spool = Told()
    valid = inbound.validate_stream(io.BytesIO(signed()), spool)
    assert not valid.spooled.signed and b"Security" not in spool.octets


def test_a_message_is_signed_from_one_file_into_another(tmp_path):
    source, target = tmp_path / "source.xml", tmp_path / "target.xml"
    source.write_bytes(b"before\n" + long())
    target.write_bytes(b"old")
    target.chmod(0o640)
    with source.open("rb") as file:
        file.readline()
        exchange = signing().protect_stream(file, wsse.FileSpool(target))
    assert isinstance(exchange, wsse.Exchange)
    assert sorted(os.listdir(tmp_path)) == ["source.xml", "target.xml"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    spool = wsse.FileSpool()
    with target.open("rb") as file:
        valid = requiring().validate_stream(file, spool)
    with spool.file() as content:
        assert content.read() == requiring().validate(target.read_bytes()).document
    assert valid.spooled.length > len(LINES)
    with pytest.raises(wsse.Misuse):
        spool.file()


def test_a_new_file_is_private(tmp_path):
    target = tmp_path / "target.xml"
    requiring().validate_stream(io.BytesIO(signed()), wsse.FileSpool(str(target)))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_file_object_gets_everything_when_it_is_accepted_and_nothing_before():
    message = signed()
    out = io.BytesIO()
    requiring().validate_stream(io.BytesIO(message), out)
    assert out.getvalue() == requiring().validate(message).document
    at = message.rindex(b"more")
    changed = message[:at] + b"mare" + message[at + 4 :]
    out = io.BytesIO()
    with pytest.raises(wsse.FailedCheck):
        requiring().validate_stream(io.BytesIO(changed), out)
    assert out.getvalue() == b""


def test_a_refusal_aborts_and_leaves_files_as_they_are(tmp_path):
    message = signed()
    at = message.rindex(b"more")
    changed = message[:at] + b"mare" + message[at + 4 :]
    spool = Told()
    with pytest.raises(wsse.FailedCheck) as caught:
        requiring().validate_stream(io.BytesIO(changed), spool)
    assert spool.ends == ["abort"]
    with pytest.raises(wsse.FailedCheck) as whole:
        requiring().validate(changed)
    assert (str(caught.value), caught.value.cause, caught.value.line, caught.value.column) == (
        str(whole.value),
        whole.value.cause,
        whole.value.line,
        whole.value.column,
    )
    target = tmp_path / "target.xml"
    target.write_bytes(b"old")
    for spool in (wsse.FileSpool(target), wsse.FileSpool()):
        with pytest.raises(wsse.FailedCheck):
            requiring().validate_stream(io.BytesIO(changed), spool)
        with pytest.raises(wsse.Misuse):
            spool.file()
    assert target.read_bytes() == b"old" and os.listdir(tmp_path) == ["target.xml"]


@pytest.mark.parametrize("raising, ends", [("write", ["abort"]), ("commit", ["commit"])])
def test_what_a_spool_raises_is_the_cause(raising, ends):
    spool = Told(raising)
    with pytest.raises(wsse.Io) as caught:
        requiring().validate_stream(io.BytesIO(signed()), spool)
    assert spool.ends == ends
    assert isinstance(caught.value.__cause__, OSError)
    assert str(caught.value.__cause__) == f"no {raising}"
    spool = Told(raising)
    with pytest.raises(wsse.Io):
        signing().protect_stream(io.BytesIO(long()), spool)
    assert spool.ends == ends


def test_what_abort_raises_hides_nothing(monkeypatch):
    shown = []
    monkeypatch.setattr("sys.unraisablehook", shown.append)
    with pytest.raises(wsse.Malformed):
        requiring().validate_stream(io.BytesIO(b"<a"), Told("abort"))
    assert [str(one.exc_value) for one in shown] == ["no abort"]


def test_what_a_source_raises_is_the_cause():
    class Breaks(io.BytesIO):
        def read(self, size):
            if self.tell() > 100_000:
                raise ConnectionResetError("gone")
            return super().read(min(size, 50_000))

    spool = Told()
    with pytest.raises(wsse.Io, match="ConnectionResetError") as caught:
        requiring().validate_stream(Breaks(signed()), spool)
    assert isinstance(caught.value.__cause__, ConnectionResetError)
    assert spool.ends == ["abort"]

    class Interrupted(io.BytesIO):
        def read(self, size):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        requiring().validate_stream(Interrupted(), spool := Told())
    assert spool.ends == ["abort"]


def test_sources_of_every_kind(tmp_path):
    message = signed()
    document = requiring().validate(message).document

    class OnlyReadinto:
        def __init__(self):
            self.inner = io.BytesIO(message)

        def readinto(self, buffer):
            return self.inner.readinto(buffer)

    class Chunks:
        def __init__(self, kind):
            self.inner, self.kind = io.BytesIO(message), kind

        def read(self, size):
            return self.kind(self.inner.read(min(size, 777)))

    (tmp_path / "message.xml").write_bytes(message)
    with open(tmp_path / "message.xml", "rb", buffering=0) as raw:
        sources = [raw, OnlyReadinto(), Chunks(bytes), Chunks(bytearray), Chunks(memoryview)]
        for source in sources:
            out = io.BytesIO()
            requiring().validate_stream(source, out)
            assert out.getvalue() == document
    for source, cause in [
        (io.StringIO(message.decode()), TypeError),
        (Chunks(lambda octets: None), TypeError),
    ]:
        with pytest.raises(wsse.Io) as caught:
            requiring().validate_stream(source, Told())
        assert isinstance(caught.value.__cause__, cause)
    with pytest.raises(TypeError, match="source"):
        requiring().validate_stream(message, Told())
    with pytest.raises(TypeError, match="spool"):
        requiring().validate_stream(io.BytesIO(message), None)

    class TooMuch:
        def read(self, size):
            return b"x" * (size + 1)

    with pytest.raises(wsse.Io, match="more octets"):
        requiring().validate_stream(TooMuch(), Told())


def test_a_file_that_takes_little_at_a_time_and_one_that_says_nothing():
    class Slow:
        def __init__(self, says):
            self.octets, self.says = b"", says

        def write(self, octets):
            taken = octets[:1000] if self.says else octets
            self.octets += taken
            return len(taken) if self.says else None

    document = requiring().validate(message := signed()).document
    for says in (True, False):
        out = Slow(says)
        requiring().validate_stream(io.BytesIO(message), out)
        assert out.octets == document


def test_a_source_that_changes_and_one_that_can_not_seek():
    class Changes(io.BytesIO):
        def seek(self, offset, whence=0):
            self.getbuffer()[-1:] = b" "
            return super().seek(offset, whence)

    spool = Told()
    with pytest.raises(wsse.Io, match="changed"):
        signing().protect_stream(Changes(long() + b"\n"), spool)
    assert spool.ends == ["abort"]

    class Pipe(io.BytesIO):
        def tell(self):
            raise io.UnsupportedOperation("seek")

    with pytest.raises(wsse.Io) as caught:
        signing().protect_stream(Pipe(long()), Told())
    assert isinstance(caught.value.__cause__, io.UnsupportedOperation)


def test_a_reply_is_tied_to_its_request():
    request = signing().protect(long())
    valid = requiring().validate(request.bytes)
    policy = SIGN.replace('"timestamp", "sig', '"timestamp", "signature-confirmation", "sig', 1)
    reply = io.BytesIO()
    signing(policy.replace('"body"', '"body", "signature-confirmation"')).protect_stream(
        io.BytesIO(long()), reply, request=valid
    )
    reply.seek(0)
    demanding = 'version = 1\nrequire = { signed = ["body"], signature-confirmation = true }\n'
    requiring(demanding).validate_stream(reply, Told(), exchange=request.exchange)
    reply.seek(0)
    other = signing().protect(long()).exchange
    with pytest.raises(wsse.InvalidSecurity):
        requiring(demanding).validate_stream(reply, Told(), exchange=other)
    unverified = io.BytesIO()
    signing(policy).protect_stream(io.BytesIO(long()), unverified, to_unverified=True)
    with pytest.raises(wsse.Misuse):
        signing(policy).protect_stream(io.BytesIO(long()), Told())


def test_the_charset_of_the_transport_and_other_encodings():
    message = signed()
    requiring().validate_stream(io.BytesIO(message), Told(), charset="utf-8")
    with pytest.raises(wsse.Malformed):
        requiring().validate_stream(io.BytesIO(message), Told(), charset="utf-16")
    out = io.BytesIO()
    requiring().validate_stream(io.BytesIO(message.decode().encode("utf-16")), out)
    assert out.getvalue() == requiring().validate(message).document


def test_a_spool_is_used_once(tmp_path):
    spool = wsse.FileSpool(tmp_path / "target.xml")
    requiring().validate_stream(io.BytesIO(signed()), spool)
    with pytest.raises(wsse.Io):
        requiring().validate_stream(io.BytesIO(signed()), spool)
    with pytest.raises(wsse.Misuse):
        spool.file()
    with pytest.raises(wsse.Io):
        wsse.FileSpool(tmp_path / "absent" / "target.xml")
    with pytest.raises(wsse.Io):
        wsse.FileSpool(tmp_path)
    with pytest.raises(TypeError):
        wsse.FileSpool(5)


def test_other_threads_run_while_a_stream_is_waited_for():
    """One thread reads what the other writes: neither gets on where the first holds the interpreter."""
    message, (reading, writing) = signed(), os.pipe()

    def write():
        with open(writing, "wb") as file:
            file.write(message)

    thread = threading.Thread(target=write)
    thread.start()
    out = io.BytesIO()
    with open(reading, "rb") as file:
        requiring().validate_stream(file, out)
    thread.join()
    assert out.getvalue() == requiring().validate(message).document
