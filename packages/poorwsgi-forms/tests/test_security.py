"""Facts of the security bar about bodies, seen from outside.

Each test is named after what it shows, with the item of the bar in brackets.
"""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core.state import METHOD_ALL
from poorwsgi_core.testing import Answer, Client
from poorwsgi_forms import Application, FieldStorageParser

Encode = Callable[..., bytes]
Send = Callable[..., Answer]

URLENCODED = "application/x-www-form-urlencoded"
JSON = "application/json"
HEAD = b'--Boundary7\r\nContent-Disposition: form-data; name="a"\r\n'
FLOODS = {
    "CR": b"\r",
    "LF": b"\n",
    "CRLF": b"\r\n",
    "dashes": b"-",
    "boundary without CR": b"\n--Boundary7",
    "boundary without LF": b"\r--Boundary7",
    "boundary without dash": b"\r\n-Boundary7",
    "all but one": b"\r\n--Boundary",
    "another last": b"\r\n--Boundary8",
    "CR before": b"\r\r\n--Boundary",
    "text": b"plain text ",
}


class Endless:
    """A stream of a head and then zeros, which counts what it gave."""

    def __init__(self, head: bytes, size: int, tail: bytes = b"") -> None:
        self._head = head
        self._left = size
        self._tail = tail
        self.given = 0

    def read(self, size: int) -> bytes:
        """Give the next bytes."""
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
        elif self._left:
            data = bytes(min(size, self._left))
            self._left -= len(data)
        else:
            data, self._tail = self._tail[:size], self._tail[size:]
        self.given += len(data)
        return data


class Stalled:
    """A stream whose client sends nothing."""

    def read(self, size: int) -> bytes:
        """Give up waiting, as a server does."""
        raise TimeoutError(f"no {size} bytes came")


class Lost:
    """A stream whose client is gone."""

    def read(self, size: int) -> bytes:
        """Fail as a socket does."""
        raise ConnectionResetError("the client is gone")


def _read_body(req: Any) -> str:
    if req.path == "/parts":
        return repr([part.read() for part in req.form_parts()])
    return repr((req.form, req.json))


@pytest.fixture
def send(app: Application, multipart_type: str) -> Send:
    """Send a body to a handler that reads it: in the test's own client."""
    app.set_route("/", _read_body, METHOD_ALL)
    app.set_route("/parts", _read_body, METHOD_ALL)

    def send(
        body: bytes = b"", kind: str = multipart_type, path: str = "/", **variables: Any
    ) -> Answer:
        source = variables.pop("stream", None)
        if source is not None:
            variables["wsgi.input"] = source
        client = Client(app, validate=source is None)
        return client.post(path, body=body, CONTENT_TYPE=kind, **variables)

    return send


def assert_refused(
    answer: Answer, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Check the status, and that it was a WARNING without a traceback."""
    assert answer.status_code == status
    assert answer.exc_info is None
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
    assert not any(record.exc_info for record in caplog.records)


# --- every kind of refusal -------------------------------------------------------

BROKEN_MULTIPART = {
    "empty": b"\r\n",
    "no boundary": b"text",
    "only the first boundary": b"--Boundary7\r\n",
    "no end": HEAD + b"\r\n1\r\n",
    "no name": b"--Boundary7\r\n\r\n1\r\n--Boundary7--\r\n",
    "LF only": (HEAD + b"\r\n1\r\n--Boundary7--").replace(b"\r\n", b"\n"),
    "header without colon": HEAD + b"junk\r\n\r\n1\r\n--Boundary7--",
    "long name": HEAD.replace(b'"a"', b"a" * 4100) + b"\r\n1\r\n--Boundary7--",
}


@pytest.mark.parametrize("body", BROKEN_MULTIPART.values(), ids=BROKEN_MULTIPART.keys())
def test_broken_multipart_is_400(
    send: Send, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """A multipart body that is none is refused with a WARNING (bar 44, 51)."""
    assert_refused(send(body), 400, caplog)


@pytest.mark.parametrize(
    "options",
    [
        "",
        "; boundary=",
        '; boundary="a\x7f"',
        "; boundary=" + "x" * 201,
        "; boundary=" + "x" * 100_000,
    ],
    ids=["none", "empty", "control", "201", "100 000"],
)
@pytest.mark.parametrize("path", ["/", "/parts"])
def test_bad_boundary_is_400(
    send: Send, options: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """No boundary, a long one, or one with controls is refused (bar 44)."""
    assert_refused(
        send(b"x", f"multipart/form-data{options}", path, stream=Endless(b"x", 0)),
        400,
        caplog,
    )


@pytest.mark.needs("stack")
@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"NaN",
        b"[Infinity]",
        b"[" * 1_000_000,
        b'{"":' * 500_000,
        b"1" * 100_000,
        b'"\xff"',
        b"\x00",
        "[1]".encode("utf-16"),
    ],
    ids=[
        "cut",
        "NaN",
        "Infinity",
        "deep",
        "deeper",
        "digits",
        "bytes",
        "NUL",
        "UTF-16",
    ],
)
def test_bad_json_is_400(
    send: Send, raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Deep nesting, digits, NaN and bad UTF-8 are refused (bar 54)."""
    assert_refused(send(raw, JSON), 400, caplog)


@pytest.mark.parametrize(
    "charset", ["utf-16", "iso-8859-1", "utf-7", "zlib", "x" * 999]
)
def test_json_in_another_charset_is_415(
    send: Send, charset: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Only UTF-8 and ASCII are decoded (bar 54)."""
    assert_refused(send(b"[]", f"{JSON}; charset={charset}"), 415, caplog)


@pytest.mark.parametrize(
    "length", ["-1", "abc", "1 1", "+1", "0x1", "9" * 19, "1" * 9999]
)
@pytest.mark.parametrize("kind", [URLENCODED, JSON])
def test_bad_length_is_400(
    send: Send, length: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A Content-Length that is no number is refused (bar 30)."""
    answer = send(kind=kind, stream=Endless(b"", 9), CONTENT_LENGTH=length)
    assert_refused(answer, 400, caplog)


@pytest.mark.parametrize("missing", [1, 10**12])
@pytest.mark.parametrize("kind", [URLENCODED, JSON, None])
def test_body_shorter_than_its_length_is_400(
    app: Application,
    send: Send,
    multipart_type: str,
    kind: str | None,
    missing: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The end of the stream is seen, whatever the length says (bar 31)."""
    app.max_json_size = app.max_form_memory_size = None
    body = HEAD + b"\r\n1\r\n--Boundary7--"
    answer = send(
        kind=kind or multipart_type,
        stream=Endless(body, 0),
        CONTENT_LENGTH=str(len(body) + missing),
    )
    assert_refused(answer, 400, caplog)


@pytest.mark.parametrize(("source", "status"), [(Stalled, 408), (Lost, 400)])
@pytest.mark.parametrize("kind", [URLENCODED, JSON, None])
@pytest.mark.parametrize("length", [100, 100_000])
def test_client_that_stalls_or_is_gone(
    send: Send,
    multipart_type: str,
    source: Any,
    status: int,
    kind: str | None,
    length: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A client that sends nothing is 408, one that is gone 400 (bar 24)."""
    answer = send(
        kind=kind or multipart_type, stream=source(), CONTENT_LENGTH=str(length)
    )
    assert_refused(answer, status, caplog)


@pytest.mark.parametrize("kind", [URLENCODED, JSON, None])
@pytest.mark.parametrize("body", [b"", b"3\r\na=1", b"3\r\na=1\r\n", b"3\na=1\r\n"])
def test_broken_chunks_are_400(
    send: Send,
    multipart_type: str,
    kind: str | None,
    body: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Chunks that break off, or are malformed, are no body (RFC 9112 §7.1)."""
    answer = send(
        kind=kind or multipart_type,
        stream=BytesIO(body),
        HTTP_TRANSFER_ENCODING="chunked",
    )
    assert_refused(answer, 400, caplog)


@pytest.mark.parametrize("path", ["/", "/parts"])
@pytest.mark.parametrize(
    "headers",
    [
        b"".join(b"X-%d: 1\r\n" % i for i in range(9)),
        b"X: " + b"x" * 5000 + b"\r\n",
        b"X: " + b"x" * 1_000_000,
    ],
    ids=["nine", "long", "endless"],
)
def test_headers_of_a_part_are_limited(
    send: Send, headers: bytes, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Too many or too long headers of a part are 431 (bar 42)."""
    body = HEAD + headers + b"\r\n1\r\n--Boundary7--\r\n"
    assert_refused(send(body, path=path), 431, caplog)


# --- limits, each by its name ----------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "kind", "path"),
    [
        ("max_form_parts", None, "/"),
        ("max_form_parts", None, "/parts"),
        ("max_form_parts", URLENCODED, "/"),
        ("max_form_files", None, "/"),
        ("max_form_files", None, "/parts"),
        ("max_form_memory_size", None, "/"),
        ("max_form_memory_size", None, "/parts"),
        ("max_form_memory_size", URLENCODED, "/"),
        ("max_json_size", JSON, "/"),
        ("max_content_length", None, "/"),
        ("max_content_length", URLENCODED, "/"),
        ("max_content_length", JSON, "/"),
    ],
)
def test_limit_is_named(
    app: Application,
    send: Send,
    encode: Encode,
    multipart_type: str,
    setting: str,
    kind: str | None,
    path: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What exceeds a limit is 413, and the page names it (bar 40, 41, 43, 54)."""
    bodies = {
        None: encode(("a", b"12"), ("b", b"3"), ("f", "x", b""), ("g", "y", b"")),
        URLENCODED: b"a=12&b=3",
        JSON: b"[1, 2]",
    }
    assert send(bodies[kind], kind or multipart_type, path).status_code == 200
    setattr(app, setting, 1)
    answer = send(bodies[kind], kind or multipart_type, path)
    assert_refused(answer, 413, caplog)
    assert f"{setting} = 1" in answer.text


def test_limit_of_the_length_holds_without_one(
    app: Application, send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    """A chunked body is counted while it comes (bar 43)."""
    app.max_content_length = 1_000_000
    source = Endless(HEAD[:-2] + b"; filename=x\r\n\r\n", 10**12)
    answer = send(
        stream=source,
        HTTP_TRANSFER_ENCODING="chunked",
        **{"wsgi.input_terminated": True},
    )
    assert_refused(answer, 413, caplog)
    assert source.given < 2_000_000


@pytest.mark.parametrize("path", ["/", "/parts"])
def test_hundred_thousand_parts_are_refused_early(
    send: Send, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Of 100 000 parts not more than the limit are looked at (bar 40)."""
    parts = (HEAD + b"\r\n\r\n") * 100_000
    source = Endless(parts + b"--Boundary7--", 0)
    answer = send(path=path, stream=source, CONTENT_LENGTH=str(len(parts) + 13))
    assert_refused(answer, 413, caplog)
    assert source.given < len(parts) / 10


@pytest.mark.parametrize("body", [b"&" * 60_000, b"a=1&" * 15_000])
def test_urlencoded_fields_are_counted_before_they_are_split(
    send: Send, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Separators are counted too (bar 40)."""
    assert_refused(send(body, URLENCODED), 413, caplog)


def test_text_field_is_refused_before_it_is_buffered(
    send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    """A gigabyte of text is refused after the limit's bytes (bar 41)."""
    source = Endless(HEAD + b"\r\n", 2**30)
    answer = send(stream=source, CONTENT_LENGTH=str(2**30))
    assert_refused(answer, 413, caplog)
    assert source.given < 700_000


def test_ordinary_forms_pass_the_limits(send: Send, encode: Encode) -> None:
    """A form of 900 fields and 100 files is ordinary (bar 94)."""
    fields = [(f"n{i}", b"x" * 500) for i in range(900)]
    files = [(f"f{i}", f"{i}.png", bytes(1000)) for i in range(100)]
    assert send(encode(*fields, *files)).status_code == 200


# --- floods are parsed exactly ---------------------------------------------------


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS.keys())
@pytest.mark.parametrize("as_file", [True, False])
def test_floods_are_content(
    app: Application, encode: Encode, multipart_type: str, flood: bytes, as_file: bool
) -> None:
    """A megabyte of what looks like a delimiter comes out bit by bit (bar 45)."""
    content = flood * (1_000_000 // len(flood))
    got: list[Any] = []
    app.max_form_memory_size = None
    app.set_route("/", lambda req: got.append(req.form.getvalue("a")), METHOD_ALL)
    part = ("a", "x", content) if as_file else ("a", content)
    body = encode(part, ("b", b"2"))
    Client(app).post("/", body=body, CONTENT_TYPE=multipart_type)
    assert got == [content if as_file else content.decode()]


def test_text_before_the_parts_is_refused(
    send: Send, encode: Encode, caplog: pytest.LogCaptureFixture
) -> None:
    """10 MB before the first boundary are refused, in one line (bar 46)."""
    assert_refused(send(b"\r\n" * 5_000_000 + encode(("a", b"1"))), 400, caplog)
    assert len(caplog.records) == 1


def test_text_behind_the_parts_is_dropped(
    send: Send, encode: Encode, caplog: pytest.LogCaptureFixture
) -> None:
    """10 MB behind the last boundary are dropped, without a line (bar 46)."""
    answer = send(encode(("a", b"1")) + b"\r\n" * 5_000_000)
    assert (answer.status_code, caplog.records) == (200, [])


def test_nested_multipart_never_recurses(send: Send) -> None:
    """A hundred levels of multipart are one value (bar 47)."""
    inner = b"".join(
        b"--B%d\r\nContent-Type: multipart/mixed; boundary=B%d\r\n\r\n" % (i, i + 1)
        for i in range(100)
    )
    body = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=B0\r\n\r\n"
        + inner
        + b"\r\n--Boundary7--"
    )
    assert send(body).status_code == 200


# --- names -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "filename",
    [
        b"../../etc/passwd",
        b"/etc/passwd",
        rb"..\\..\\passwd",
        rb"C:\\dir\\passwd",
        b"dir/passwd",
        b"%2e%2e%0D%0Apasswd",
    ],
)
def test_no_directory_gets_to_the_callback(
    app: Application, send: Send, filename: bytes, tmp_path: Path
) -> None:
    """The callback gets a base name without controls (bar 48)."""
    names: list[str] = []

    def store(name: str) -> Any:
        names.append(name)
        return (tmp_path / name).open("w+b")

    app.file_callback = store
    disposition = b'; filename="' + filename + b'"\r\n\r\n1\r\n--Boundary7--'
    assert send(HEAD[:-2] + disposition).status_code == 200
    assert [path.name for path in tmp_path.iterdir()] == names
    assert not set("/\\\r\n").intersection(names[0])


@pytest.mark.parametrize("extra", [b"*=UTF-8''evil.sh", b"*0=evil; filename*1=.sh"])
def test_extended_parameters_do_not_win(
    app: Application, send: Send, extra: bytes
) -> None:
    """No other spelling of filename wins (bar 49)."""
    names: list[str] = []

    def store(name: str) -> Any:
        names.append(name)
        return tempfile.TemporaryFile()

    app.file_callback = store
    head = HEAD[:-2] + b'; filename="good.txt"; filename' + extra
    assert send(head + b"\r\n\r\n1\r\n--Boundary7--").status_code == 200
    assert names == ["good.txt"]


def test_fields_are_found_by_a_table(
    app: Application, encode: Encode, multipart_type: str
) -> None:
    """To look 900 names up, the table is built once (bar 53)."""
    forms: list[Any] = []
    app.set_route("/", lambda req: forms.append(req.form), METHOD_ALL)
    body = encode(*[(f"n{i}", str(i).encode()) for i in range(900)])
    Client(app).post("/", body=body, CONTENT_TYPE=multipart_type)
    table = forms[0]._by_name()
    assert [forms[0].getfirst(f"n{i}", func=int) for i in range(900)] == [*range(900)]
    assert forms[0]._by_name() is table


# --- memory and files ------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/parts"])
def test_large_upload_takes_little_memory(
    app: Application, multipart_type: str, path: str
) -> None:
    """64 MiB go through in less than 2 MiB (bar 52)."""
    size = 2**26
    sizes: list[int] = []

    def measure(req: Any) -> None:
        if req.path == "/parts":
            sizes.extend(sum(map(len, part)) for part in req.form_parts())
        else:
            sizes.append(req.form["a"].file.seek(0, os.SEEK_END))

    app.set_route(path, measure, METHOD_ALL)
    head = HEAD[:-2] + b"; filename=x\r\n\r\n"
    tail = b"\r\n--Boundary7--\r\n"
    client = Client(app, validate=False)
    tracemalloc.start()
    client.post(
        path,
        CONTENT_TYPE=multipart_type,
        CONTENT_LENGTH=str(len(head) + size + len(tail)),
        **{"wsgi.input": Endless(head, size, tail)},
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (sizes, peak < 2**21) == ([size], True)


def _count_descriptors() -> int:
    folder = Path("/dev/fd")  # not on every system
    return len([*folder.iterdir()]) if folder.is_dir() else 0


BREAKS: dict[str, Callable[[bytes], bytes]] = {
    "end": lambda body: body[:-20],
    "middle": lambda body: body[: len(body) // 2],
    "boundary": lambda body: body.replace(b"--Boundary7--", b"--Boundary7x"),
    "name": lambda body: body.replace(b'name="last"', b"last"),
}


@pytest.mark.parametrize("break_body", BREAKS.values(), ids=BREAKS.keys())
def test_broken_uploads_leave_no_file(
    send: Send,
    encode: Encode,
    break_body: Callable[[bytes], bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After 100 broken uploads, no file is there and none is open (bar 52)."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    body = encode(("f", "x", bytes(20_000)), ("g", "y", bytes(200_000)), ("last", b"1"))
    assert send(body).status_code == 200
    before = _count_descriptors()
    statuses = {send(break_body(body)).status_code for _ in range(100)}
    assert (statuses, _count_descriptors(), [*tmp_path.iterdir()]) == (
        {400},
        before,
        [],
    )


def test_good_uploads_leave_no_file(
    send: Send, encode: Encode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 100 good uploads, no file is there and none is open (bar 9, 52)."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    body = encode(("f", "x", bytes(200_000)))
    before = _count_descriptors()
    statuses = {send(body).status_code for _ in range(100)}
    assert (statuses, _count_descriptors(), [*tmp_path.iterdir()]) == (
        {200},
        before,
        [],
    )


@pytest.mark.parametrize("size", [2, 8192, 70_000])
def test_bare_line_feeds_are_refused_at_any_size(
    send: Send, encode: Encode, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Lines that end in LF alone are refused, however long the body is (bar 51)."""
    body = encode(("a", b"x" * size)).replace(b"\r\n", b"\n")
    assert_refused(send(body), 400, caplog)


@pytest.mark.parametrize("size", [2, 8192, 70_000])
def test_line_feed_inside_of_a_header_is_refused_at_any_size(
    send: Send, encode: Encode, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A header can't be smuggled in behind a bare LF (bar 51)."""
    body = encode(("a", b"x" * size)).replace(b'"a"', b'"a"\nX: 1')
    assert_refused(send(body), 400, caplog)


def test_reads_ask_for_no_more_than_is_left(encode: Encode, stream: Any) -> None:
    """No read goes beyond the length, and none is without a size (bar 32)."""
    body = encode(("f", "x", bytes(200_000)))
    source = stream(body + b"next request", 70_000)
    headers = {
        "Content-Type": "multipart/form-data; boundary=Boundary7",
        "Content-Length": str(len(body)),
    }
    parser = FieldStorageParser(source, headers)
    parser.parse()
    assert (parser.bytes_read, source.read(100)) == (len(body), b"next request")
    assert min(source.sizes) > 0
    assert max(source.sizes) <= 98_304


# --- the library that parses, and another one of its name -------------------------

SHIM = """
import sys
from importlib.util import module_from_spec, spec_from_file_location
from time import sleep

spec = spec_from_file_location("multipart", {file!r})
sys.modules["multipart"] = module = module_from_spec(spec)
sleep(0.2)  # whoever imports it meanwhile gets an empty module
spec.loader.exec_module(module)
"""
USE = """
import sys
from io import BytesIO
from threading import Barrier, Thread

def parse():
    start.wait()
    from poorwsgi_forms import FieldStorageParser

    head = b'--B\\r\\nContent-Disposition: form-data; name="a"\\r\\n\\r\\n'
    body = BytesIO(head + b"1\\r\\n--B--")
    kind = "multipart/form-data; boundary=B"
    values.append(FieldStorageParser(body, {"Content-Type": kind}).parse()["a"].value)

values, start = [], Barrier(16)
threads = [Thread(target=parse) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(values == ["1"] * 16, sys.modules["multipart"].__file__)
"""


@pytest.mark.needs("processes")
def test_shim_of_python_multipart_does_no_harm(tmp_path: Path) -> None:
    """Installed beside it, python-multipart shadows the name by a package.

    That one puts the real module in its own place while it is imported, which
    breaks for threads that import it at that time: so all wait for one import.
    """
    real: Any = import_module("multipart").__file__
    shutil.copy(real, tmp_path / "multipart.py")
    (tmp_path / "multipart").mkdir()
    copy = str(tmp_path / "multipart.py")
    (tmp_path / "multipart" / "__init__.py").write_text(SHIM.format(file=copy))
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", USE],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=False,
        text=True,
    )
    assert (answer.stdout, answer.stderr) == (f"True {copy}\n", "")
