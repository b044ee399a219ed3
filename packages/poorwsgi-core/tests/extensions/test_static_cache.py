"""Facts about how long files are fresh, and about compressed ones beside them."""

import gzip
import os
import re
from pathlib import Path

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.static_cache import Precompressed, StaticCache
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import BaseResponse, Response, abort
from poorwsgi_core.testing import Answer, Client

GZIP = {"Accept-Encoding": "gzip, br;q=0.5"}
YEAR = "max-age=31536000, immutable"


@pytest.fixture
def site(app: Application, tmp_path: Path) -> Application:
    """Build an application with a style sheet and ready-made smaller ones."""
    style = tmp_path / "style.css"
    style.write_text("body { color: red }")
    (tmp_path / "style.css.gz").write_bytes(gzip.compress(style.read_bytes()))
    (tmp_path / "style.css.br").write_bytes(b"brotli")
    app.document_root = str(tmp_path)
    return app


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("style.css", "max-age=60"),
        ("app.3f2a91bc.js", YEAR),
        ("app-3f2a91bc3f2a91bc.min.js", YEAR),
        ("report-20260101.pdf", "max-age=60"),
        ("facadecafe.js", "max-age=60"),
        ("word-decadeda.js", "max-age=60"),
        ("app.3F2A91BC.js", "max-age=60"),
    ],
)
def test_files_are_fresh(
    site: Application, client: Client, tmp_path: Path, name: str, expected: str
) -> None:
    """Files with a hash in their name never change, others are asked for again."""
    site.install(StaticCache(60))
    (tmp_path / name).touch()
    assert client.get(f"/{name}").headers["Cache-Control"] == expected


def test_conditions_and_parts_are_fresh(site: Application, client: Client) -> None:
    """304 and 206 say so as well."""
    site.install(StaticCache(0))
    etag = client.get("/style.css").headers["ETag"]
    for name, value in (("If-None-Match", etag), ("Range", "bytes=0-3")):
        answer = client.get("/style.css", headers={name: value})
        assert answer.headers["Cache-Control"] == "max-age=0"


def test_what_is_no_file_is_left_alone(site: Application, client: Client) -> None:
    """Routes, directories and refused files say nothing of it."""
    site.install(StaticCache())
    site.set_route("/route", lambda _: "")

    @site.before_response()
    def refuse(req: Request) -> None:
        if req.args:
            abort(403)

    for path in ("/route", "/nowhere", "/style.css?refused=1"):
        assert "Cache-Control" not in client.get(path).headers


@pytest.mark.parametrize("name", ["Set-Cookie", "Cache-Control"])
def test_files_of_one_person(site: Application, client: Client, name: str) -> None:
    """A file whose answer sets a cookie isn't marked, nor one that is already."""

    @site.after_response()
    def add(_: SimpleRequest, response: BaseResponse) -> BaseResponse:
        response.headers[name] = "private"
        return response

    site.install(StaticCache())
    found = client.get("/style.css").headers.get("Cache-Control")
    assert found == (None if name == "Set-Cookie" else "private")


def test_a_link_has_its_own_name(
    site: Application, client: Client, tmp_path: Path
) -> None:
    """A link to a file with a hash may lead to another one tomorrow."""
    site.install(StaticCache(60))
    (tmp_path / "app.3f2a91bc.js").touch()
    (tmp_path / "app.js").symlink_to("app.3f2a91bc.js")
    assert client.get("/app.js").headers["Cache-Control"] == "max-age=60"


def test_bad_settings() -> None:
    """What can't work is refused when it is made."""
    with pytest.raises(ValueError, match="max_age: takes a number"):
        StaticCache(-1)
    with pytest.raises(re.error):
        StaticCache(hashed="(")
    with pytest.raises(ValueError, match="No coding 'lzma'"):
        Precompressed(["lzma"])


def read(answer: Answer) -> tuple[int, str | None, bytes]:
    """Return status, coding and body of an answer."""
    coding = answer.headers.get("Content-Encoding")
    return answer.status_code, coding, answer.data


def test_ready_made_files(site: Application, client: Client) -> None:
    """Who takes a coding gets the file that is there, with its type and ETag."""
    plain = client.get("/style.css")
    site.install(Precompressed())
    answer = client.get("/style.css", headers=GZIP)
    assert gzip.decompress(answer.data) == plain.data
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == plain.headers["Content-Type"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["ETag"] != plain.headers["ETag"]
    assert answer.headers["Vary"] == "Accept-Encoding"
    any_coding = client.get("/style.css", headers={"Accept-Encoding": "*"})
    assert read(any_coding) == (200, "br", b"brotli")
    same = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/style.css", headers=GZIP | same).status_code == 304


def test_who_takes_no_coding(site: Application, client: Client) -> None:
    """Others get the file, with the same Vary."""
    site.install(Precompressed(["br"]))
    for headers in ({}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "br;q=0"}):
        answer = client.get("/style.css", headers=headers)
        assert read(answer) == (200, None, b"body { color: red }")
        assert answer.headers["Vary"] == "Accept-Encoding"
    part = client.get("/style.css", headers=GZIP | {"Range": "bytes=0-3"})
    assert read(part) == (206, None, b"body")


def test_old_and_foreign_files_are_not_sent(
    site: Application, client: Client, tmp_path: Path
) -> None:
    """What is older than the file, or a link, isn't its smaller one."""
    site.install(Precompressed(["gzip"]))
    os.utime(tmp_path / "style.css.gz", (1, 1))
    assert read(client.get("/style.css", headers=GZIP))[1] is None
    (tmp_path / "style.css.gz").unlink()
    assert read(client.get("/style.css", headers=GZIP))[1] is None
    (tmp_path / "style.css.gz").symlink_to("style.css.br")
    assert read(client.get("/style.css", headers=GZIP))[1] is None


def test_routes_are_left_alone(site: Application, client: Client) -> None:
    """Only files below the document root have smaller ones beside them."""
    site.install(Precompressed())
    site.set_route("/route", lambda _: Response("x"))
    assert "Vary" not in client.get("/route", headers=GZIP).headers

    @site.before_response()
    def refuse(_: Request) -> None:
        abort(403)

    assert "Vary" not in client.get("/style.css", headers=GZIP).headers
