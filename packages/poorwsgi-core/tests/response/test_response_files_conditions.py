"""Facts about conditional requests and ranges of files."""

import io
import os
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core.response import BaseResponse, FileResponse, HTTPException
from poorwsgi_core.testing import Answer, Client

_DIGITS = b"0123456789"
_MODIFIED = 1767268800
_DATE = "Thu, 01 Jan 2026 12:00:00 GMT"
_ETAG = f'"{_MODIFIED * 10**9:x}-a"'


def _send(response: BaseResponse) -> Answer:
    """Send a response, through wsgiref.validate (bar 90)."""
    return Client(lambda _, start: response(start)).get()


def _answer(path: Path, method: str = "GET", **conditions: str) -> Answer:
    """Let a request have a file, as the application does."""
    response = FileResponse(path)
    environ = {f"HTTP_{name.upper()}": value for name, value in conditions.items()}
    environ["REQUEST_METHOD"] = method
    response.prepare(environ)
    return _send(response)


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


@pytest.mark.parametrize(
    "conditions",
    [
        {"if_none_match": _ETAG},
        {"if_none_match": f"W/{_ETAG}"},
        {"if_none_match": "*"},
        {"if_modified_since": _DATE},
        {"if_modified_since": "Fri, 02 Jan 2026 12:00:00 GMT"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_not_modified(path: Path, method: str, conditions: dict[str, str]) -> None:
    """304 has the validators and no header of the content (bar 8, 15)."""
    answer = _answer(path, method, **conditions, range="bytes=0-1")
    assert (answer.status_code, answer.data) == (304, b"")
    assert list(answer.headers) == [
        ("X-Powered-By", "Poor WSGI for Python"),
        ("Last-Modified", _DATE),
        ("ETag", _ETAG),
        ("Accept-Ranges", "bytes"),
    ]


@pytest.mark.parametrize(
    "conditions",
    [
        {"if_none_match": '"x"'},
        {"if_none_match": '"x"', "if_modified_since": _DATE},
        {"if_modified_since": "Wed, 31 Dec 2025 12:00:00 GMT"},
        {"if_match": _ETAG},
        {"if_unmodified_since": _DATE},
        *(
            {name: "junk"}
            for name in (
                *("if_match", "if_none_match", "if_range"),
                *("if_modified_since", "if_unmodified_since", "range"),
            )
        ),
    ],
)
def test_whole(path: Path, conditions: dict[str, str]) -> None:
    """What doesn't match, and junk, gives the whole file (bar 8)."""
    answer = _answer(path, **conditions)
    assert (answer.status_code, answer.data) == (200, _DIGITS)


@pytest.mark.parametrize(
    "conditions",
    [
        {"if_match": '"x"'},
        {"if_match": f"W/{_ETAG}"},
        {"if_unmodified_since": "Wed, 31 Dec 2025 12:00:00 GMT"},
    ],
)
def test_precondition_failed(path: Path, conditions: dict[str, str]) -> None:
    """It is a 412, and the file is closed (bar 8, 9)."""
    response = FileResponse(path)
    environ = {f"HTTP_{name.upper()}": value for name, value in conditions.items()}
    with pytest.raises(HTTPException) as caught:
        response.prepare({"REQUEST_METHOD": "GET", **environ})
    assert caught.value.args == (412, {})
    assert response.whole_file() is None


@pytest.mark.parametrize(
    ("value", "content_range", "data"),
    [
        ("bytes=0-0", "0-0", b"0"),
        ("bytes=2-5", "2-5", b"2345"),
        ("bytes=8-", "8-9", b"89"),
        ("bytes=-3", "7-9", b"789"),
        ("bytes=-30", "0-9", _DIGITS),
        ("bytes=5-100", "5-9", b"56789"),
        ("bytes=0-1,1-3", "0-3", b"0123"),
        ("Bytes=1-2,x", "1-2", b"12"),
    ],
)
@pytest.mark.parametrize("if_range", [None, _ETAG, _DATE])
def test_range(
    path: Path, value: str, content_range: str, data: bytes, if_range: str | None
) -> None:
    """206 with the bytes asked for, when If-Range matches (bar 8, 55)."""
    conditions = {} if if_range is None else {"if_range": if_range}
    answer = _answer(path, range=value, **conditions)
    assert (answer.status_code, answer.data) == (206, data)
    assert answer.headers["Content-Range"] == f"bytes {content_range}/10"
    assert answer.headers["Content-Length"] == str(len(data))
    assert (answer.headers["ETag"], answer.headers["Last-Modified"]) == (_ETAG, _DATE)
    assert "Accept-Ranges" not in answer.headers


@pytest.mark.parametrize("if_range", ['"x"', f"W/{_ETAG}", "junk", ""])
def test_range_of_another_version(path: Path, if_range: str) -> None:
    """The whole file is sent when If-Range doesn't match (bar 8)."""
    answer = _answer(path, range="bytes=0-1", if_range=if_range)
    assert (answer.status_code, answer.data) == (200, _DIGITS)


@pytest.mark.parametrize(
    "value",
    [
        *("bytes=5-2", "bytes=5-2,0-1", "bytes=0-1,5-2", "bytes=-1,5-2", "bytes=x"),
        *("lines=0-1", "junk", "", "bytes=" + "0-0," * 101),
    ],
)
def test_range_that_is_ignored(path: Path, value: str) -> None:
    """Inverted, junk, other units, and too many give the whole file (bar 55)."""
    answer = _answer(path, range=value)
    assert (answer.status_code, answer.data) == (200, _DIGITS)
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("value", ["bytes=10-", "bytes=20-30", "bytes=-0"])
def test_range_that_is_not_there(path: Path, value: str) -> None:
    """It is a 416 with the length, and the file is closed (bar 9, 55)."""
    response = FileResponse(path)
    with pytest.raises(HTTPException) as caught:
        response.prepare({"REQUEST_METHOD": "GET", "HTTP_RANGE": value})
    refusal = caught.value.response
    assert refusal is not None
    assert dict(refusal.headers) == {
        "Content-Range": "bytes */10",
        "X-Powered-By": "Poor WSGI for Python",
    }
    assert response.whole_file() is None


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT"])
@pytest.mark.parametrize("value", ["bytes=0-1", "bytes=10-"])
def test_range_is_for_get_alone(path: Path, method: str, value: str) -> None:
    """Other methods ignore Range (RFC 9110 §14.2, bar 55)."""
    answer = _answer(path, method, range=value)
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == "10"


def test_handler_that_cuts_itself(path: Path) -> None:
    """Ranges set by the handler are sent, the request's are not looked at."""
    response = FileResponse(path)
    response.make_partial([(2, 3)])
    response.prepare({"REQUEST_METHOD": "GET", "HTTP_RANGE": "bytes=8-"})
    assert _send(response).data == b"23"


def test_handler_that_cuts_to_nothing(path: Path) -> None:
    """An empty list is the handler's word as well."""
    response = FileResponse(path)
    response.make_partial([])
    response.prepare({"REQUEST_METHOD": "GET", "HTTP_IF_NONE_MATCH": _ETAG})
    assert _send(response).data == _DIGITS


def test_handler_that_offers_ranges(path: Path) -> None:
    """Without ranges make_partial leaves the answer to the request (P5)."""
    response = FileResponse(path)
    response.make_partial()
    response.prepare({"REQUEST_METHOD": "GET", "HTTP_RANGE": "bytes=8-"})
    answer = _send(response)
    assert (answer.status_code, answer.data) == (206, b"89")


@pytest.mark.parametrize("late", [False, True])
def test_handler_that_sets_a_status(path: Path, late: bool) -> None:
    """A status of its own means that the handler decides (decision 9)."""
    response = FileResponse(path, status_code=200 if late else 404)
    response.status_code = 404
    assert response.needs_request is late
    response.prepare({"REQUEST_METHOD": "GET", "HTTP_IF_NONE_MATCH": _ETAG})
    answer = _send(response)
    assert (answer.status_code, answer.data) == (404, _DIGITS)


def test_handler_with_its_own_etag(path: Path) -> None:
    """Conditions are compared with the headers that are sent."""
    response = FileResponse(path, headers={"ETag": 'W/"mine"'})
    response.prepare({"REQUEST_METHOD": "GET", "HTTP_IF_NONE_MATCH": 'W/"mine"'})
    assert _send(response).status_code == 304


def test_files_are_closed(path: Path, opened: list[io.IOBase]) -> None:
    """After any request the file is closed (bar 9)."""
    _answer(path)
    _answer(path, "HEAD")
    _answer(path, if_none_match="*")
    _answer(path, range="bytes=0-1")
    _answer(path, range="bytes=0-1,4-5")
    assert [file.closed for file in opened] == [True] * 5
