"""Facts about answers that are compressed, and those that aren't."""

import gzip
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from recording import Start, say

from poorwsgi_core.application import Application
from poorwsgi_core.extensions import codings
from poorwsgi_core.extensions.compression import Compression
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import (
    BaseResponse,
    Declined,
    FileObjResponse,
    FileResponse,
    GeneratorResponse,
    PartialResponse,
    Response,
)
from poorwsgi_core.testing import Client, build_environ

GZIP = {"Accept-Encoding": "gzip"}
TEXT = "a text that is sent again and again. " * 50


@pytest.fixture
def site(app: Application) -> Application:
    """Build an application that compresses."""
    app.install(Compression(codings=["gzip"]))
    app.set_route("/", lambda _: TEXT)
    return app


def answer_with(
    app: Application, response: BaseResponse, **headers: str
) -> dict[str, str]:
    """Send a response once, and return its headers."""
    app.set_route("/once", lambda _: response)
    options = GZIP | {name.replace("_", "-"): text for name, text in headers.items()}
    return dict(Client(app).get("/once", headers=options).headers.items())


@pytest.mark.usefixtures("site")
def test_text_is_compressed(client: Client) -> None:
    """Who accepts gzip gets it, with a length; caches know that others don't."""
    answer = client.get("/", headers=GZIP)
    assert gzip.decompress(answer.data).decode() == TEXT
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert len(answer.data) < 200


@pytest.mark.usefixtures("site")
def test_head_is_that_of_get(client: Client) -> None:
    """HEAD says what GET would."""
    head = client.head("/", headers=GZIP)
    assert head.data == b""
    assert head.headers.items() == client.get("/", headers=GZIP).headers.items()


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "accept", ["", "identity", "gzip;q=0", "br", "gzip;q=0.5, identity", "*;q=0"]
)
def test_who_does_not_want_it(client: Client, accept: str) -> None:
    """Who doesn't ask for it, or not as much as for the text, gets the text."""
    answer = client.get("/", headers={"Accept-Encoding": accept})
    assert answer.text == TEXT
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert client.get("/").text == TEXT


def test_qualities_choose(app: Application, client: Client) -> None:
    """The client's qualities come before our order."""
    app.install(Compression())
    app.set_route("/", lambda _: TEXT)
    answer = client.get("/", headers={"Accept-Encoding": "br;q=0.1, gzip, *;q=0.2"})
    assert answer.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "response",
    [
        Response("short"),
        Response(TEXT, "image/png"),
        Response(TEXT, "application/zip"),
        Response(TEXT, headers={"Content-Encoding": "br"}),
        Response(TEXT, headers={"Cache-Control": "no-transform"}),
        PartialResponse(TEXT),
        Response(TEXT, status_code=204),
        FileObjResponse(BytesIO(b"short"), "text/plain"),
    ],
)
def test_not_worth_it(site: Application, response: BaseResponse) -> None:
    """What is small, compressed, part of something or not to be changed stays."""
    headers = answer_with(site, response)
    assert headers.get("Content-Encoding") in (None, "br")
    assert "Vary" not in headers


@pytest.mark.parametrize(
    "kind", ["application/json", "image/svg+xml", "application/ld+json", "TEXT/CSS"]
)
def test_types(site: Application, kind: str) -> None:
    """Text of any kind is worth it."""
    headers = answer_with(site, Response(TEXT, kind))
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Content-Type"] == kind


@pytest.mark.parametrize(
    ("own", "request_headers"),
    [
        ({}, {"Cookie": "a=b"}),
        ({}, {"Authorization": "Bearer x"}),
        ({"Set-Cookie": "a=b"}, {}),
        ({"Cache-Control": "private"}, {}),
        ({"Cache-Control": "max-age=1, no-store"}, {}),
        ({"Vary": "Accept, Cookie"}, {}),
        ({"Vary": "X-Api-Key"}, {}),
        ({}, {"Cookie": "a=b", "Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_answers_for_one_person(
    site: Application, own: dict[str, str], request_headers: dict[str, str]
) -> None:
    """Their length could tell secrets, so they aren't compressed."""
    headers = answer_with(site, Response(TEXT, headers=own), **request_headers)
    assert "Content-Encoding" not in headers


@pytest.mark.parametrize("private", [True, say("yes")])
def test_answers_for_one_person_when_told(
    app: Application, client: Client, private: Any
) -> None:
    """Who says that nothing secret is in them has them compressed."""
    app.install(Compression(private=private))
    app.set_route("/", lambda _: TEXT)
    answer = client.get("/", headers=GZIP | {"Cookie": "a=b"})
    assert answer.headers["Content-Encoding"] == "gzip"


def test_answers_that_depend_on_a_session(site: Application, client: Client) -> None:
    """What a handler says of Vary by the request counts as well."""

    def show(req: Request) -> str:
        req.vary += ("Cookie",)
        return TEXT

    site.set_route("/session", show)
    answer = client.get("/session", headers=GZIP)
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Vary"] == "Cookie, Accept-Encoding"


def test_own_pages_may_ask(site: Application) -> None:
    """What one's own pages ask for can't have been asked for by another site."""
    own = {"Cookie": "a=b", "Sec_Fetch_Site": "same-origin"}
    assert answer_with(site, Response(TEXT), **own)["Content-Encoding"] == "gzip"


def test_streams_stay_streams(site: Application) -> None:
    """Each piece can be read by the client before the next one is made."""
    produced: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(3):
            produced.append(number)
            yield b"piece %d\n" % number

    site.set_route("/stream", lambda _: GeneratorResponse(pieces(), "text/plain"))
    start = Start()
    body = iter(site(build_environ("/stream", headers=GZIP), start))
    decoder = zlib.decompressobj(31)
    assert produced == [0]
    assert decoder.decompress(next(body)) == b"piece 0\n"
    assert produced == [0]
    assert decoder.decompress(next(body)) == b"piece 1\n"
    assert produced == [0, 1]
    rest = b"".join(body)
    assert decoder.decompress(rest) == b"piece 2\n"
    assert decoder.eof
    assert "Content-Length" not in dict(start.calls[0][1])


def test_files(site: Application, client: Client, tmp_path: Path) -> None:
    """A file is compressed with a weak ETag, and its ranges are left alone."""
    path = tmp_path / "file.txt"
    path.write_text(TEXT)
    site.document_root = str(tmp_path)
    strong = client.get("/file.txt").headers["ETag"]
    answer = client.get("/file.txt", headers=GZIP | {"Cookie": "a=b"})
    assert gzip.decompress(answer.data).decode() == TEXT
    assert answer.headers["ETag"] == f"W/{strong}"
    assert "Accept-Ranges" not in answer.headers
    part = client.get("/file.txt", headers=GZIP | {"Range": "bytes=0-9"})
    assert (part.status_code, part.text) == (206, TEXT[:10])
    head = client.head("/file.txt", headers=GZIP)
    assert head.headers.items() == answer.headers.items()


def test_304_has_the_etag_that_the_client_has(
    site: Application, client: Client, tmp_path: Path
) -> None:
    """Who got the weak ETag reads it again, who got the strong one that."""
    (tmp_path / "file.txt").write_text(TEXT)
    site.document_root = str(tmp_path)
    strong = client.get("/file.txt").headers["ETag"]
    for etag in (strong, f"W/{strong}"):
        answer = client.get("/file.txt", headers=GZIP | {"If-None-Match": etag})
        assert (answer.status_code, answer.headers["ETag"]) == (304, etag)
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_file_objects(site: Application, tmp_path: Path) -> None:
    """A file by its path from a handler is compressed too."""
    path = tmp_path / "file.txt"
    path.write_text(TEXT)
    headers = answer_with(site, FileResponse(path))
    assert headers["Content-Encoding"] == "gzip"


def test_declined_is_left_alone(site: Application) -> None:
    """What a server answers itself stays the server's."""
    site.set_route("/declined", lambda _: Declined())
    called: list[Any] = []
    body = site(build_environ("/declined", headers=GZIP), called.append)  # type: ignore[arg-type]
    assert ([*body], called) == ([], [])


def test_requests_that_could_not_be_built(site: Application) -> None:
    """They have no fields that could be asked."""
    extension = Compression()
    request = SimpleRequest({"REQUEST_STARTTIME": 0.0}, site)
    response = Response(TEXT)
    assert extension._compress(request, response) is response  # pyright: ignore[reportPrivateUsage]


def test_unknown_codings() -> None:
    """A coding that isn't there is refused when it is made."""
    with pytest.raises(ValueError, match="brotli and zstandard are packages"):
        Compression(codings=["gzip", "lzma"])


def test_all_codings_are_offered(
    app: Application, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without names all codings that there are are used, the best first."""
    monkeypatch.setattr(codings, "CODERS", codings.CODERS[-1:])
    app.install(Compression(minimum=0))
    app.set_route("/", lambda _: "x")
    answer = client.get("/", headers={"Accept-Encoding": "*"})
    assert gzip.decompress(answer.data) == b"x"
