"""Facts about responses that send a file."""

import errno
import gzip
import io
import logging
import os
import time
from io import BufferedReader, BytesIO, FileIO, RawIOBase, StringIO
from pathlib import Path
from typing import IO, Any, cast
from wsgiref.util import FileWrapper

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recording import Start, count_descriptors

from poorwsgi_core.http.dates import http_to_time
from poorwsgi_core.response import (
    BaseResponse,
    FileObjResponse,
    FileResponse,
    HTTPException,
)
from poorwsgi_core.response.bodies import FileBlocks, close_body
from poorwsgi_core.testing import Answer, Client

_DIGITS = b"0123456789"
_MODIFIED = 1767268800
_DATE = "Thu, 01 Jan 2026 12:00:00 GMT"
_ETAG = f'"{_MODIFIED * 10**9:x}-a"'


def _send(response: BaseResponse) -> Answer:
    """Send a response, through wsgiref.validate (bar 90)."""
    return Client(lambda _, start: response(start)).get()


def _wrap(file: IO[bytes]) -> IO[bytes]:
    """Be the wrapper of a server."""
    return file


def _start(*_: Any) -> Any:
    return None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Write a file of ten bytes and of a known age."""
    path = tmp_path / "digits.txt"
    path.write_bytes(_DIGITS)
    os.utime(path, (0, _MODIFIED))
    return path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[io.IOBase]:
    """Collect the files that are opened."""
    files: list[io.IOBase] = []
    real_open: Any = open

    def open_file(*args: Any, **kwargs: Any) -> Any:
        file: io.IOBase = real_open(*args, **kwargs)
        files.append(file)
        return file

    monkeypatch.setattr("builtins.open", open_file)
    return files


class _Pipe(RawIOBase):
    """A stream that can't seek, and has a descriptor."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._file = BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(size)

    def fileno(self) -> int:
        return 0


# --- FileObjResponse -----------------------------------------------------------------


def test_buffer() -> None:
    """A file in memory is sent with its length, and closed."""
    file = BytesIO(_DIGITS)
    response = FileObjResponse(file)
    assert response.content_length == 10
    answer = _send(response)
    assert (answer.status_code, answer.data) == (200, _DIGITS)
    assert list(answer.headers) == [
        ("X-Powered-By", "Poor WSGI for Python"),
        ("Content-Type", "application/octet-stream"),
        ("Content-Length", "10"),
    ]
    assert file.closed


@pytest.mark.parametrize("buffering", [0, -1])
def test_open_file(path: Path, buffering: int) -> None:
    """The length is that of the file."""
    file = cast("FileIO | BufferedReader", path.open("rb", buffering=buffering))
    response = FileObjResponse(file)
    assert response.content_length == 10
    assert _send(response).data == _DIGITS
    assert file.closed


def test_keywords() -> None:
    """The names of the arguments are documented."""
    response = FileObjResponse(
        file_obj=BytesIO(b"x"),
        content_type="text/css",
        headers={"A": "1"},
        status_code=404,
    )
    answer = _send(response)
    assert answer.status_code == 404
    assert list(answer.headers) == [
        ("A", "1"),
        ("Content-Type", "text/css"),
        ("Content-Length", "1"),
    ]


def test_text_stream() -> None:
    """A text stream is refused by an AssertionError (P11)."""
    file: Any = StringIO("text")
    with pytest.raises(AssertionError, match="binary"):
        FileObjResponse(file)


def test_file_that_is_not_readable(path: Path) -> None:
    """A file open for writing is refused by an AssertionError (P11)."""
    with (
        path.open("ab") as file,
        pytest.raises(AssertionError, match="reading"),
    ):
        FileObjResponse(file)


@pytest.mark.parametrize("given", ["file.bin", b"bytes", Path("file.bin"), None])
def test_what_is_no_file(given: Any) -> None:
    """The error says which response is meant."""
    with pytest.raises(TypeError, match="a path is for FileResponse, and bytes are"):
        FileObjResponse(given)


@pytest.mark.parametrize(("position", "told"), [(0, False), (9, False), (10, True)])
def test_file_at_its_end(
    caplog: pytest.LogCaptureFixture, position: int, told: bool
) -> None:
    """Who has written it and sends nothing of it is told to go back."""
    file = BytesIO(_DIGITS)
    file.seek(position)
    FileObjResponse(file)
    assert ("seek(0) first" in caplog.text) is told
    caplog.clear()
    FileObjResponse(BytesIO())
    assert caplog.text == ""


@pytest.mark.parametrize("position", [0, 3, 10, 15])
def test_file_is_sent_from_its_position(path: Path, position: int) -> None:
    """What lies before the current position doesn't count."""
    for file in (BytesIO(_DIGITS), path.open("rb")):
        file.seek(position)
        response = FileObjResponse(file)
        assert response.content_length == len(_DIGITS[position:])
        assert response.data == _DIGITS[position:]
        answer = _send(response)
        assert answer.data == _DIGITS[position:]
        assert answer.headers["Content-Length"] == str(len(answer.data))


@given(
    st.binary(max_size=40),
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(0, 40) | st.none(),
)
def test_range_counts_from_the_position(
    data: bytes, position: int, first: int, last: int | None
) -> None:
    """Positions of ranges are relative to where the response starts (P7)."""
    file = BytesIO(data)
    file.seek(position)
    response = FileObjResponse(file)
    content = data[position:]
    response.make_partial([(first, last)])
    if first >= len(content) and (last is None or first <= last):
        with pytest.raises(HTTPException):
            _send(response)
        assert file.closed
        return
    answer = _send(response)
    whole = last is not None and last < first
    stop = None if last is None else last + 1
    assert answer.data == (content if whole else content[first:stop])
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_several_ranges() -> None:
    """They are cut of the file one after another (bar 55)."""
    file = BytesIO(b"." + _DIGITS * 100)
    file.seek(1)
    response = FileObjResponse(file, "text/plain")
    response.make_partial([(0, 9), (500, 509)])
    answer = _send(response)
    assert answer.status_code == 206
    assert answer.data.count(_DIGITS) == 2
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_data_leaves_the_body_alone() -> None:
    """Looking at the data doesn't change what is sent."""
    response = FileObjResponse(BytesIO(_DIGITS))
    assert response.data == response.data == _DIGITS
    assert _send(response).data == _DIGITS


def test_closed_file(caplog: pytest.LogCaptureFixture) -> None:
    """Its data are gone with a WARNING, its body is empty with an ERROR."""
    response = FileObjResponse(BytesIO(_DIGITS))
    response.close()
    assert response.data == b""
    assert b"".join(response.__end_of_response__()) == b""
    assert response.whole_file() is None
    levels = [record.levelno for record in caplog.records]
    assert levels == [logging.WARNING, logging.ERROR]


def test_closed_file_is_not_sent() -> None:
    """It is a mistake that says so before the head is sent."""
    with BytesIO(_DIGITS) as file:
        response = FileObjResponse(file)
    start = Start()
    with pytest.raises(ValueError, match="without a with block"):
        response(start)
    assert start.calls == []


def test_close_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged: the client has nothing to do with it."""

    class Broken(BytesIO):
        def close(self) -> None:
            if not self.closed:  # the collector closes it again
                super().close()
                raise OSError("full")

    FileObjResponse(Broken(_DIGITS)).close()
    assert caplog.messages == ["Closing Broken failed"]


@pytest.mark.parametrize(("size", "count"), [(1 << 20, 0), ((1 << 20) + 1, 1)])
def test_data_of_a_large_file(
    size: int, count: int, caplog: pytest.LogCaptureFixture
) -> None:
    """They are read when asked for; more than 1 MiB is logged."""
    response = FileObjResponse(BytesIO(b"x" * size))
    assert caplog.messages == []
    assert len(response.data) == size
    assert len(caplog.messages) == count


def test_pipe(caplog: pytest.LogCaptureFixture) -> None:
    """A stream that can't seek has no known length (P6)."""
    caplog.set_level(logging.DEBUG)
    response = FileObjResponse(cast("Any", _Pipe(_DIGITS)))
    assert response.content_length == 0
    assert response.data == b""
    levels = [record.levelno for record in caplog.records]
    assert levels == [logging.DEBUG, logging.INFO]
    answer = _send(response)
    assert answer.data == _DIGITS
    assert "Content-Length" not in answer.headers


def test_range_of_a_pipe() -> None:
    """It can't be satisfied, and the stream is closed."""
    pipe = _Pipe(_DIGITS)
    response = FileObjResponse(cast("Any", pipe))
    response.make_partial([(0, 1)])
    with pytest.raises(HTTPException) as caught:
        _send(response)
    assert caught.value.status_code == 416
    assert pipe.closed


def test_file_that_cannot_tell_its_end(caplog: pytest.LogCaptureFixture) -> None:
    """One that can't seek to its end has no known length."""

    class Archived(_Pipe):
        def seekable(self) -> bool:
            return True

        def tell(self) -> int:
            return self._file.tell()

        def seek(self, offset: int, whence: int = 0, /) -> int:
            if whence:
                raise io.UnsupportedOperation("from the end")
            return self._file.seek(offset)

    caplog.set_level(logging.DEBUG)
    archived = Archived(_DIGITS)
    archived.seek(2)
    response = FileObjResponse(cast("Any", archived))
    assert response.content_length == 0
    assert [record.levelno for record in caplog.records] == [logging.DEBUG]
    answer = _send(response)
    assert answer.data == _DIGITS[2:]
    assert "Content-Length" not in answer.headers
    assert response.whole_file() is None


def test_compressed_file_is_sent_as_it_reads(tmp_path: Path) -> None:
    """Length and content are those of what the file object reads."""
    path = tmp_path / "digits.gz"
    path.write_bytes(gzip.compress(_DIGITS))
    response = FileObjResponse(cast("Any", gzip.open(path)))  # noqa: SIM115 - it closes
    assert response.content_length == len(_DIGITS)
    assert response.whole_file() is None
    assert _send(response).data == _DIGITS


def test_body_has_blocks_of_a_bounded_size(path: Path) -> None:
    """Neither lines nor the whole at once (P15)."""
    path.write_bytes(b"\n" * 150_000)
    body = FileResponse(path)(_start)
    assert isinstance(body, FileBlocks)
    assert [len(block) for block in body] == [65536, 65536, 18928]
    close_body(body)


def test_file_that_grows_while_it_is_sent(path: Path) -> None:
    """The length is what is sent (bar 55)."""
    response = FileResponse(path)
    with path.open("ab") as file:
        file.write(b"more")
    assert _send(response).data == _DIGITS


# --- for wsgi.file_wrapper -----------------------------------------------------------


def test_whole_file(path: Path) -> None:
    """A file that is sent whole is given to the server from its start."""
    response = FileResponse(path)
    assert response.data == _DIGITS
    file = response.whole_file()
    assert file is not None
    assert file.tell() == 0
    assert file.read() == _DIGITS
    response.close()


def test_part_of_a_file_is_not_given_away(path: Path) -> None:
    """Servers send from where they like, so parts are sent by blocks."""
    ranged = FileResponse(path)
    ranged.make_partial([(0, 8)])
    ranged.resolve_ranges()
    file = path.open("rb")
    file.seek(1)
    responses = [ranged, FileObjResponse(file), FileObjResponse(BytesIO(_DIGITS))]
    assert [response.whole_file() for response in responses] == [None, None, None]
    for response in responses:
        response.close()


def test_empty_file_is_not_given_away(path: Path) -> None:
    """There is nothing for the server to send."""
    path.write_bytes(b"")
    response = FileResponse(path)
    assert response.whole_file() is None
    answer = _send(response)
    assert (answer.data, answer.headers["Content-Length"]) == (b"", "0")


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"wsgi.file_wrapper": FileWrapper},
        {"wsgi.file_wrapper": BytesIO, "uwsgi.version": b"2.0"},
    ],
)
def test_servers_that_send_to_the_end(path: Path, variables: dict[str, Any]) -> None:
    """They get the blocks, which end at the length that the head tells."""
    response = FileResponse(path)
    with path.open("ab") as file:
        file.write(b"more")
    body = response.wrap(variables, response(_start))
    assert b"".join(body) == _DIGITS
    close_body(body)


def test_servers_that_mind_the_length(path: Path) -> None:
    """They get the file itself, but no part of one."""
    environ: dict[str, Any] = {"wsgi.file_wrapper": _wrap}
    response = FileResponse(path)
    wrapped: Any = response.wrap(environ, response(_start))
    assert wrapped.read() == _DIGITS
    wrapped.close()
    ranged = FileResponse(path)
    ranged.make_partial([(0, 1)])
    body = ranged(_start)
    assert ranged.wrap(environ, body) is body
    ranged.close()


# --- FileResponse --------------------------------------------------------------------


def test_file(path: Path) -> None:
    """It has validators and offers ranges (decision 9, bar 8)."""
    answer = _send(FileResponse(path))
    assert (answer.status_code, answer.data) == (200, _DIGITS)
    assert list(answer.headers) == [
        ("X-Powered-By", "Poor WSGI for Python"),
        ("Last-Modified", _DATE),
        ("ETag", _ETAG),
        ("Accept-Ranges", "bytes"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", "10"),
    ]


def test_file_takes_keywords(path: Path) -> None:
    """The names of the arguments are documented; own validators stay."""
    headers = {"Last-Modified": "x", "etag": '"y"'}
    response = FileResponse(
        path=str(path), content_type="text/css", headers=headers, status_code=404
    )
    assert response.path == str(path)
    answer = _send(response)
    assert answer.status_code == 404
    assert list(answer.headers) == [
        *headers.items(),
        ("Content-Type", "text/css"),
        ("Content-Length", "10"),
    ]


@pytest.mark.needs("files")
def test_etag_knows_nanoseconds_and_size(path: Path) -> None:
    """A change within the same second makes another tag (bar 8)."""
    tags: set[str] = set()
    for nanoseconds, data in ((1, b"a"), (2, b"a"), (2, b"ab")):
        path.write_bytes(data)
        os.utime(path, ns=(0, _MODIFIED * 10**9 + nanoseconds))
        tags.add(_send(FileResponse(path)).headers["ETag"])
    assert len(tags) == 3


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.html", "text/html; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.xml", "text/xml"),
        ("a.html.gz", "application/gzip"),
        ("a", "application/octet-stream"),
    ],
)
def test_type_is_guessed(tmp_path: Path, name: str, kind: str) -> None:
    """Text that has no say of its own is UTF-8, unless the user gives the type."""
    (tmp_path / name).write_bytes(b"x")
    assert _send(FileResponse(tmp_path / name)).headers["Content-Type"] == kind
    given = FileResponse(tmp_path / name, "text/html")
    assert _send(given).headers["Content-Type"] == "text/html"


def test_modified_in_the_future(path: Path) -> None:
    """Last-Modified is never later than now (RFC 9110 §8.8.2.1)."""
    os.utime(path, (0, 4e9))
    answer = _send(FileResponse(path))
    assert http_to_time(answer.headers["Last-Modified"]) <= time.time()


def test_length_and_tag_are_of_one_moment(path: Path) -> None:
    """A file that grows between has the size that its tag tells."""

    class Growing(FileResponse):
        def _measure(self) -> int | None:
            with path.open("ab") as file:
                file.write(b"more")
            return super()._measure()

    response = Growing(path)
    assert (response.content_length, response.headers["ETag"]) == (10, _ETAG)
    response.close()


@pytest.mark.parametrize("name", ["nothing", "digits.txt/x", "x" * 5000, "a\0b"])
def test_file_that_is_not_there(path: Path, name: str) -> None:
    """It is an OSError that says so."""
    with pytest.raises(OSError, match="Could not stat file"):
        FileResponse(path.parent / name)


def test_kinds_of_failures(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error has the class and the number of what happened."""
    with pytest.raises(FileNotFoundError) as raised:
        FileResponse(path.parent / "nothing")
    assert raised.value.errno == errno.ENOENT

    def refuse(_: str, __: int) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PermissionError, match="Could not stat file"):
        FileResponse(path)


def test_directory(tmp_path: Path) -> None:
    """It is an IsADirectoryError."""
    with pytest.raises(IsADirectoryError):
        FileResponse(tmp_path)


@pytest.mark.needs("files")
@pytest.mark.parametrize("kind", ["directory", "fifo"])
def test_what_is_opened_is_checked(path: Path, kind: str) -> None:
    """Something else may have taken the place of the file since it was looked at."""

    def exchange(name: str, flags: int) -> int:
        path.unlink()
        if kind == "directory":
            path.mkdir()
        else:
            os.mkfifo(path)
        return os.open(name, flags | os.O_NONBLOCK)

    before = count_descriptors()
    with pytest.raises(OSError, match="Could not stat file"):
        FileResponse(path, opener=exchange)
    assert count_descriptors() == before


def test_opener(path: Path) -> None:
    """The file may be opened in another way, as by that of open()."""
    folder = os.open(path.parent, os.O_RDONLY)

    def open_there(name: str, flags: int) -> int:
        return os.open(name, flags, dir_fd=folder)

    answer = _send(FileResponse("digits.txt", opener=open_there))
    os.close(folder)
    assert answer.data == _DIGITS


@pytest.mark.needs("files")
def test_fifo_is_not_opened(tmp_path: Path) -> None:
    """Opening one would wait for a writer (bar 5)."""
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="no regular file"):
        FileResponse(tmp_path / "fifo")


@pytest.mark.parametrize(
    "options", [{"content_type": "a\nb"}, {"headers": {"A": "\n"}}, {"status_code": 9}]
)
def test_bad_argument_leaves_nothing_open(
    path: Path, options: dict[str, Any], opened: list[io.IOBase]
) -> None:
    """The file is closed when the response can't be built (bar 9)."""
    with pytest.raises(ValueError, match=r"control|status"):
        FileResponse(path, **options)
    assert [file.closed for file in opened] == [True]
