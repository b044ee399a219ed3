"""Facts about tus 1.0."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from poorwsgi_core.http.dates import http_to_time
from poorwsgi_core.testing import Client

TUS = {"Tus-Resumable": "1.0.0"}
STREAM = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture(autouse=True)
def installed(install: Callable[..., None]) -> None:
    """Install uploads of up to 100 bytes."""
    install(max_size=100)


def _metadata(**values: str) -> dict[str, str]:
    pairs = (
        f"{key} {base64.b64encode(value.encode()).decode()}"
        for key, value in values.items()
    )
    return {"Upload-Metadata": ",".join(pairs)}


def _begin(client: Client, length: int = 5, **metadata: str) -> str:
    fields = {**TUS, "Upload-Length": str(length), **_metadata(**metadata)}
    answer = client.post("/uploads", headers=fields)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def test_type_has_no_controls(client: Client, got: list[dict[str, Any]]) -> None:
    """An application may send it in a field of its answer, which can have none."""
    _begin(client, 0, filename="a\r\nb", filetype="text/plain\r\nX-Own: 1")
    assert got[0]["content_type"] == "text/plainX-Own: 1"
    assert got[0]["filename"] == "ab"


def test_upload(client: Client, got: list[dict[str, Any]]) -> None:
    """It is complete when its length is reached."""
    path = _begin(client, filename="../n\u00e4h.txt", filetype="text/plain")
    answer = client.patch(path, body=b"hel", headers={**STREAM, "Upload-Offset": "0"})
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "3")
    assert http_to_time(answer.headers["Upload-Expires"]) > 0
    state = client.head(path, headers=TUS)
    assert (state.headers["Upload-Offset"], state.headers["Upload-Length"]) == (
        "3",
        "5",
    )
    assert state.headers["Tus-Resumable"] == "1.0.0"
    assert (
        state.headers["Upload-Metadata"]
        == (
            _metadata(filename="../n\u00e4h.txt", filetype="text/plain")[
                "Upload-Metadata"
            ]
        )
    )
    assert got == []
    answer = client.patch(path, body=b"lo", headers={**STREAM, "Upload-Offset": "3"})
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "5")
    assert [(each["filename"], each["content_type"]) for each in got] == [
        ("näh.txt", "text/plain")
    ]
    assert client.head(path, headers=TUS).headers["Upload-Offset"] == "5"


def test_first_request_may_have_content(
    client: Client, got: list[dict[str, Any]]
) -> None:
    """The answer is 201, with the address."""
    fields = {**STREAM, "Upload-Length": "5"}
    answer = client.post("/uploads", body=b"he", headers=fields)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "2")
    whole = client.post("/uploads", body=b"hello", headers=fields)
    assert (whole.status_code, len(got)) == (201, 1)
    assert whole.headers["Location"].startswith("/uploads/")
    empty = client.post("/uploads", headers={**TUS, "Upload-Length": "0"})
    assert (empty.status_code, len(got)) == (201, 2)


def test_length_may_come_late(client: Client, got: list[dict[str, Any]]) -> None:
    """Until it comes nothing is complete."""
    answer = client.post("/uploads", headers={**TUS, "Upload-Defer-Length": "1"})
    path = answer.headers["Location"]
    fields = {**STREAM, "Upload-Offset": "0"}
    assert client.patch(path, body=b"abc", headers=fields).status_code == 204
    state = client.head(path, headers=TUS).headers
    assert (state["Upload-Defer-Length"], "Upload-Length" in state) == ("1", False)
    fields = {**STREAM, "Upload-Offset": "3", "Upload-Length": "3"}
    assert client.patch(path, headers=fields).status_code == 204
    assert got[0]["content"] == b"abc"


@pytest.mark.parametrize("version", ["0.2.2", "1.0.1", ""])
def test_other_version(client: Client, version: str) -> None:
    """It is 412, with ours, for every method but OPTIONS."""
    fields = {"Tus-Resumable": version}
    path = _begin(client)
    for method, target in (
        ("POST", "/uploads"),
        ("HEAD", path),
        ("PATCH", path),
        ("DELETE", path),
    ):
        answer = client.request(method, target, headers=fields)
        assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")
    assert client.options("/uploads", headers=fields).status_code == 204


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"Upload-Length": "x"}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Defer-Length": "2"}, 400),
        ({"Upload-Length": "101"}, 413),
        ({"Upload-Length": "5", "Upload-Metadata": "filename !"}, 400),
        ({"Upload-Length": "5", "Upload-Metadata": "filename /w=="}, 400),
        ({"Upload-Length": "5", "Upload-Metadata": "n\xe4me eA=="}, 400),
        ({"Upload-Length": "5", "Upload-Metadata": "a eA==," * 33}, 400),
        ({"Upload-Length": "5", "Upload-Metadata": f"a {'eHh4' * 1024}"}, 400),
    ],
)
def test_malformed_creation(
    client: Client, fields: dict[str, str], status: int
) -> None:
    """It is refused."""
    answer = client.post("/uploads", headers={**TUS, **fields})
    assert answer.status_code == status


def test_content_of_another_type(client: Client) -> None:
    """It is 415, for the first request and the others."""
    fields = {**TUS, "Upload-Length": "5", "Content-Type": "text/plain"}
    answer = client.post("/uploads", body=b"hello", headers=fields)
    assert answer.status_code == 415
    path = _begin(client)
    fields = {**TUS, "Upload-Offset": "0", "Content-Type": "text/plain"}
    assert client.patch(path, body=b"hello", headers=fields).status_code == 415


def test_offset(client: Client) -> None:
    """A wrong one is 409, none is 400."""
    path = _begin(client)
    answer = client.patch(path, body=b"x", headers={**STREAM, "Upload-Offset": "1"})
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "0")
    assert client.patch(path, body=b"x", headers=STREAM).status_code == 400


def test_method_in_a_field(client: Client, got: list[dict[str, Any]]) -> None:
    """Where a network lets no PATCH through, POST says what is meant."""
    path = _begin(client)
    fields = {**STREAM, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert client.post(path, body=b"hello", headers=fields).status_code == 204
    assert got[0]["content"] == b"hello"
    fields = {**TUS, "X-HTTP-Method-Override": "HEAD"}
    assert client.post(path, headers=fields).headers["Upload-Offset"] == "5"
    fields = {**TUS, "X-HTTP-Method-Override": "DELETE"}
    assert client.post(path, headers=fields).status_code == 204
    assert client.head(path).status_code == 404


def test_method_of_a_form_is_not_overridden(client: Client) -> None:
    """Without tus, and for other methods, it is 405."""
    path = _begin(client)
    fields = {"X-HTTP-Method-Override": "DELETE"}
    assert client.post(path, headers=fields).status_code == 405
    fields = {**TUS, "X-HTTP-Method-Override": "GET"}
    assert client.post(path, headers=fields).status_code == 405
    assert client.head(path).status_code == 204


def test_protocols_may_change(client: Client, got: list[dict[str, Any]]) -> None:
    """One engine keeps the uploads of both."""
    path = _begin(client)
    fields = {"Upload-Complete": "?1", "Upload-Offset": "0"}
    kind = {"Content-Type": "application/partial-upload"}
    answer = client.patch(path, body=b"hello", headers={**fields, **kind})
    assert (answer.status_code, got[0]["content"]) == (204, b"hello")
