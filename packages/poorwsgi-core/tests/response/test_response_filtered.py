"""Facts about responses whose body a function changes."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request
from poorwsgi_core.response import (
    BaseResponse,
    FilteredResponse,
    GeneratorResponse,
    Response,
)
from poorwsgi_core.testing import Client


def shout(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Write all in capital letters."""
    for piece in pieces:
        yield piece.upper()


@pytest.fixture
def loud(app: Application) -> Application:
    """Build an application whose answers are all in capital letters."""

    @app.after_response()
    def change(_: Request, response: BaseResponse) -> BaseResponse:
        return FilteredResponse(response, shout)

    return app


def test_body_is_changed(loud: Application, client: Client) -> None:
    """Status and headers stay but for the length; an ETag becomes weak."""

    @loud.route("/")
    def index(_: Request) -> Response:
        headers = {"ETag": '"1"', "X-Kept": "x", "Content-MD5": "x"}
        return Response("text", "text/plain", headers, 201)

    answer = client.get("/")
    assert (answer.status_code, answer.text) == (201, "TEXT")
    assert answer.headers.items() == (
        ("X-Kept", "x"),
        ("ETag", 'W/"1"'),
        ("Content-Type", "text/plain"),
    )
    assert client.head("/").headers.items() == answer.headers.items()


def test_streams_are_closed(loud: Application, client: Client) -> None:
    """What a filter reads is closed behind it."""
    seen: list[str] = []

    def pieces() -> Iterator[bytes]:
        try:
            yield b"one "
            yield b"two"
        finally:
            seen.append("closed")

    loud.set_route("/", lambda _: GeneratorResponse(pieces()))
    assert client.get("/").text == "ONE TWO"
    assert seen == ["closed"]


def test_ranges_are_given_up(loud: Application, client: Client, tmp_path: Path) -> None:
    """A part can't be changed as the whole is, so the whole is sent."""
    (tmp_path / "file.txt").write_text("0123abcd")
    loud.document_root = str(tmp_path)
    answer = client.get("/file.txt", headers={"Range": "bytes=2-5"})
    assert (answer.status_code, answer.text) == (200, "0123ABCD")
    assert "Content-Range" not in answer.headers
    assert "Accept-Ranges" not in answer.headers


def test_a_filter_that_fails(loud: Application, client: Client) -> None:
    """What fails before the first piece is answered as everywhere."""

    def fail(pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            yield piece.decode()  # type: ignore[misc]

    @loud.after_response()
    def change(_: Request, response: BaseResponse) -> BaseResponse:
        return FilteredResponse(response, fail)

    loud.set_route("/", lambda _: "text")
    assert client.get("/").status_code == 500
