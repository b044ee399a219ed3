"""Facts about Resumable Uploads for HTTP (the draft of the IETF)."""

from collections.abc import Callable
from typing import Any

import pytest

from poorwsgi_core.testing import Answer, Client
from poorwsgi_forms import Application

LAST, MORE = {"Upload-Complete": "?1"}, {"Upload-Complete": "?0"}
PARTIAL = {"Content-Type": "application/partial-upload"}
TYPES = "https://iana.org/assignments/http-problem-types#"


@pytest.fixture(autouse=True)
def installed(install: Callable[..., None]) -> None:
    """Install uploads of up to 100 bytes."""
    install(max_size=100, max_append_size=60)


def _begin(client: Client, body: bytes = b"", **headers: str) -> str:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.post("/uploads", body=body, headers={**MORE, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def _patch(
    client: Client, path: str, body: bytes, offset: int, **headers: str
) -> Answer:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {**PARTIAL, **LAST, "Upload-Offset": str(offset), **fields}
    return client.patch(path, body=body, headers=given)


def test_upload_in_one_request(client: Client, got: list[dict[str, Any]]) -> None:
    """The answer is that of the application, to a request that is whole."""
    disposition = 'inline; filename="../na\u00efve.txt"'.encode().decode("latin-1")
    answer = client.put(
        "/uploads",
        body=b"hello",
        headers={
            **LAST,
            "Upload-Length": "5",
            "Content-Type": "text/plain",
            "Content-Disposition": disposition,
        },
    )
    assert answer.status_code == 201
    assert answer.headers["Upload-Complete"] == "?1"
    assert got == [
        {
            "filename": "naïve.txt",
            "content_type": "text/plain",
            "content": b"hello",
            "owner": "",
        }
    ]


def test_upload_in_pieces(client: Client, got: list[dict[str, Any]]) -> None:
    """Each answer tells the offset; the last request may be empty."""
    path = _begin(client, b"he", Upload_Length="5")
    answer = _patch(client, path, b"ll", 2, Upload_Complete="?0")
    assert (answer.status_code, answer.headers["Upload-Complete"]) == (204, "?0")
    assert answer.headers["Upload-Offset"] == "4"
    state = client.head(path)
    assert state.status_code == 204
    names = ("Upload-Offset", "Upload-Complete", "Upload-Length", "Cache-Control")
    assert [state.headers.get(name) for name in names] == ["4", "?0", "5", "no-store"]
    assert _patch(client, path, b"o", 4, Upload_Complete="?0").status_code == 204
    assert got == []
    answer = _patch(client, path, b"", 5)
    assert (answer.status_code, answer.headers["Upload-Complete"]) == (204, "?1")
    assert [each["content"] for each in got] == [b"hello"]
    assert client.head(path).headers["Upload-Complete"] == "?1"


def test_length_may_come_late(client: Client) -> None:
    """It is unknown until a client tells it, or ends."""
    path = _begin(client)
    assert "Upload-Length" not in client.head(path).headers
    _patch(client, path, b"a", 0, Upload_Complete="?0", Upload_Length="3;x=1")
    assert client.head(path).headers["Upload-Length"] == "3"
    assert _patch(client, path, b"bc", 1).headers["Upload-Length"] == "3"


def test_empty_upload(client: Client, got: list[dict[str, Any]]) -> None:
    """It is complete at once."""
    assert client.post("/uploads", headers=LAST).headers["Upload-Offset"] == "0"
    assert got[0]["content"] == b""


def test_wrong_offset(client: Client) -> None:
    """It is 409, with the right one."""
    path = _begin(client, b"abc")
    for offset in (0, 2, 4):
        answer = _patch(client, path, b"x", offset)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "3")
        problem = answer.json()
        assert problem["type"] == f"{TYPES}mismatching-upload-offset"
        assert problem["expected-offset"] == 3
        assert problem["provided-offset"] == offset
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_complete_upload_takes_no_more(
    client: Client, got: list[dict[str, Any]]
) -> None:
    """Neither content nor another end; the application gets it once."""
    path = _begin(client, b"abc")
    _patch(client, path, b"", 3)
    answer = _patch(client, path, b"", 3)
    assert (answer.status_code, answer.json()["type"]) == (
        400,
        f"{TYPES}completed-upload",
    )
    answer = _patch(client, path, b"x", 3)
    assert answer.json()["type"] == f"{TYPES}inconsistent-upload-length"
    assert len(got) == 1


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        (LAST, "4"),
        (LAST, "2"),
        (MORE, "2"),
        ({**LAST, "Transfer-Encoding": "chunked"}, "2"),
        ({**LAST, "Transfer-Encoding": "chunked"}, "4"),
    ],
)
def test_lengths_that_differ(
    client: Client, fields: dict[str, str], length: str
) -> None:
    """They are 400: of one request, and of two."""
    headers = {**fields, "Upload-Length": length}
    options: dict[str, Any] = {"body": b"abc"}
    if "Transfer-Encoding" in fields:
        options = {"body": b"3\r\nabc\r\n0\r\n\r\n", "CONTENT_LENGTH": None}
    answer = client.post("/uploads", headers=headers, **options)
    assert answer.status_code in (400, 413)
    path = _begin(client, Upload_Length=length)
    answer = client.patch(
        path, headers={**PARTIAL, **fields, "Upload-Offset": "0"}, **options
    )
    assert answer.status_code in (400, 413)
    path = _begin(client, Upload_Length="9")
    assert _patch(client, path, b"x", 0, Upload_Length="8").status_code == 400


def test_length_below_the_offset(client: Client) -> None:
    """What has come can't be taken back."""
    path = _begin(client, b"abc")
    answer = _patch(client, path, b"", 3, Upload_Length="2", Upload_Complete="?0")
    assert answer.json()["type"] == f"{TYPES}inconsistent-upload-length"


def test_chunked_body(client: Client, got: list[dict[str, Any]]) -> None:
    """Its length is known at its end."""
    answer = client.post(
        "/uploads",
        headers={**LAST, "Transfer-Encoding": "chunked"},
        body=b"3\r\nabc\r\n0\r\n\r\n",
        CONTENT_LENGTH=None,
    )
    assert (answer.status_code, got[0]["content"]) == (201, b"abc")


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({**MORE, "Upload-Length": "101"}, b""),
        (LAST, b"x" * 101),
        (MORE, b"x" * 61),
        ({**MORE, "Upload-Length": "90"}, b"x" * 61),
    ],
)
def test_what_is_too_large(client: Client, fields: dict[str, str], body: bytes) -> None:
    """It is 413 before it is read, with the limits."""
    answer = client.post("/uploads", body=body, headers=fields)
    assert answer.status_code == 413
    assert answer.headers["Upload-Limit"] == (
        "max-size=100, max-append-size=60, max-age=86400"
    )


def test_pieces_that_are_too_large_together(client: Client) -> None:
    """The limit holds for their sum."""
    path = _begin(client, b"x" * 60)
    answer = _patch(client, path, b"x" * 41, 60, Upload_Complete="?0")
    assert answer.status_code == 413
    assert client.head(path).headers["Upload-Offset"] == "60"


@pytest.mark.parametrize(("size", "left"), [(61, 204), (30, 404)])
def test_chunked_body_that_is_too_large(client: Client, size: int, left: int) -> None:
    """Too much for a request can be sent again; for the upload, it ends."""
    path, offset = _begin(client), 0
    if size < 60:
        _patch(client, path, b"x" * 50, 0, Upload_Complete="?0")
        _patch(client, path, b"x" * 30, 50, Upload_Complete="?0")
        offset = 80
    answer = client.patch(
        path,
        headers={**PARTIAL, **MORE, "Upload-Offset": str(offset)},
        body=f"{size:x}\r\n{'x' * size}\r\n0\r\n\r\n".encode(),
        CONTENT_LENGTH=None,
        HTTP_TRANSFER_ENCODING="chunked",
    )
    assert (answer.status_code, client.head(path).status_code) == (413, left)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"Upload-Offset": ""}, 400),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "1" * 16}, 400),
        ({"Upload-Offset": "\u0661".encode().decode("latin-1")}, 400),
        ({"Upload-Offset": "0, 0"}, 400),
        ({"Upload-Complete": "1"}, 400),
        ({"Upload-Complete": ""}, 400),
        ({"Content-Type": "application/octet-stream"}, 415),
    ],
)
def test_malformed_request(client: Client, fields: dict[str, str], status: int) -> None:
    """It is refused, and nothing is appended."""
    path = _begin(client)
    headers = {**PARTIAL, **LAST, "Upload-Offset": "0", **fields}
    answer = client.patch(path, body=b"abc", headers=headers)
    assert answer.status_code == status
    if status == 415:
        assert answer.headers["Accept-Patch"] == "application/partial-upload"
    assert client.head(path).headers["Upload-Offset"] == "0"


def test_request_of_neither_protocol(client: Client) -> None:
    """A form of another page can't begin an upload: its fields are missing."""
    answer = client.post("/uploads", form={"a": "b"})
    assert answer.status_code == 400
    assert "Tus-Resumable" in answer.json()["title"]


def test_name_that_is_too_long(client: Client) -> None:
    """It is 400."""
    headers = {**LAST, "Content-Disposition": f"inline; filename={'x' * 4096}"}
    assert client.post("/uploads", headers=headers).status_code == 400


def test_cancelled_upload(client: Client) -> None:
    """It is gone, for every method."""
    path = _begin(client, b"abc")
    assert client.delete(path).status_code == 204
    assert client.head(path).status_code == 404
    assert client.delete(path).status_code == 404
    assert _patch(client, path, b"x", 3).status_code == 404


@pytest.mark.parametrize("path", ["/uploads", f"/uploads/{1:032x}"])
def test_options(client: Client, path: str) -> None:
    """They tell both protocols and their limits."""
    answer = client.options(path)
    assert answer.status_code == 204
    assert answer.headers["Accept-Patch"] == "application/partial-upload"
    assert "max-size=100" in answer.headers["Upload-Limit"]
    assert answer.headers["Tus-Version"] == "1.0.0"


def test_limit_of_the_application(app: Application, client: Client) -> None:
    """A request may be as large as any of the application."""
    app.max_content_length = 10
    assert "max-append-size=10," in client.options("/uploads").headers["Upload-Limit"]
