"""httplint, by the author of REDbot, has nothing against what is answered.

The built-in answers are looked at here; with ``POORWSGI_SCAN``, as ``nox -s scan`` has
it, those of all examples too.
"""

import os
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from crawling import Crawler
from linting import Exchange, lint
from scanned import SCANNED, run

from poorwsgi import Application, abort, redirect, state
from poorwsgi.digest import PasswordMap, check_digest, hexdigest
from poorwsgi.request import Request
from poorwsgi.response import FileResponse, Response
from poorwsgi.session import PoorSession
from poorwsgi_core.extensions.compression import Compression
from poorwsgi_core.extensions.cors import CORS
from poorwsgi_core.extensions.etags import ETags
from poorwsgi_core.extensions.security_headers import SecurityHeaders
from poorwsgi_core.extensions.static_cache import StaticCache
from poorwsgi_core.testing import Client

ASKED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("GET", "/text", {"Accept-Encoding": "gzip"}),
    ("GET", "/json", {"Accept": "application/json"}),
    ("GET", "/lines", {}),
    ("GET", "/empty", {}),
    ("GET", "/redirect", {}),
    ("GET", "/file", {}),
    ("GET", "/private", {}),
    ("GET", "/session", {}),
    ("GET", "/crash", {}),
    ("GET", "/files/", {}),
    ("GET", "/files/a.txt", {"If-None-Match": "*"}),
    ("GET", "/files/a.txt", {"Range": "bytes=0-3"}),
    ("GET", "/files/a.txt", {"Range": "bytes=0-3,8-9"}),
    ("GET", "/files/a.txt", {"Range": "bytes=99-"}),
    ("GET", "/files/a.txt", {"If-Match": '"other"'}),
    ("HEAD", "/files/a.txt", {}),
    ("GET", "/nowhere", {"Accept": "application/json"}),
    ("DELETE", "/text", {}),
    ("OPTIONS", "/text", {}),
    (
        "OPTIONS",
        "/text",
        {"Origin": "https://a.example", "Access-Control-Request-Method": "PUT"},
    ),
    ("GET", "/text", {"Origin": "https://a.example"}),
)
ANSWERS: dict[str, Callable[[Any], Any]] = {
    "/text": lambda _: "text" * 500,
    "/json": lambda _: {"a": [1, 2.5, None]},
    "/lines": lambda _: (f"line {number}\n" for number in range(9)),
    "/empty": lambda _: None,
    "/redirect": lambda _: redirect("/text"),
    "/crash": lambda _: 1 / 0,
}
STATUSES = sorted(
    code
    for name, code in vars(state).items()
    # A 401 needs more, see /private.
    if name.startswith("HTTP_") and 401 < code < 600
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Return a client of an application that answers in each way."""
    root = tmp_path_factory.mktemp("root")
    (root / "files").mkdir()
    (root / "files/a.txt").write_text("0123456789")
    app = Application("linted")
    app.document_root, app.document_index = root, True
    app.secret_key = b"k" * 32
    app.auth_type, app.auth_map = "Digest", PasswordMap()
    app.auth_map.set("realm", "ann", hexdigest("ann", "realm", "secret"))
    for extension in (
        *(Compression(), CORS(["https://a.example"]), ETags()),
        *(SecurityHeaders(), StaticCache(max_age=60)),
    ):
        app.install(extension)

    for path, answer in ANSWERS.items():
        app.set_route(path, answer)

    @app.route("/file")
    def send_file(_: Any) -> FileResponse:
        return FileResponse(root / "files/a.txt", headers={"Cache-Control": "no-cache"})

    @app.route("/private")
    @check_digest("realm")
    def show_private(_: Any) -> str:
        raise AssertionError("nobody has logged in")

    @app.route("/session")
    def start_session(req: Request) -> Response:
        session = PoorSession(app.secret_key)
        session.load(req.cookies)
        session.data["visits"] = 1
        response = Response("text")
        session.header(response)
        return response

    @app.route("/status/<code:int>")
    def fail(_: Any, code: int) -> None:
        abort(code)

    return Client(app)


def lint_answer(
    client: Client, method: str, path: str, headers: dict[str, str]
) -> list[str]:
    """Ask, and give the answer to httplint; a server adds the date."""
    answer = client.request(method, path, headers=headers)
    pairs = [*answer.headers.items(), ("Date", formatdate(usegmt=True))]
    code, body = answer.status_code, answer.data
    return [*lint(Exchange(method, path, headers, code, pairs, body))]


@pytest.mark.parametrize(("method", "path", "headers"), ASKED)
def test_answer(
    client: Client, method: str, path: str, headers: dict[str, str]
) -> None:
    """Values, files, ranges, conditions and refusals are as HTTP has them."""
    assert lint_answer(client, method, path, headers) == []


def test_error_pages(client: Client) -> None:
    """So is the page of each status that is an error, but that nothing asked for it."""
    assert len(STATUSES) > 30
    paths = [f"/status/{code}" for code in STATUSES]
    notes = [note for path in paths for note in lint_answer(client, "GET", path, {})]
    assert [note for note in notes if not note.startswith("STATUS_")] == []


def test_fault_is_found() -> None:
    """What is wrong is told, with the request and the answer."""
    pairs = [("Date", formatdate(usegmt=True)), ("Content-Length", "5")]
    (found,) = lint(Exchange("GET", "/", {"Range": "x"}, 404, pairs, b"1234"))
    assert found.startswith("CL_INCORRECT: ")
    assert found.endswith("GET / {'Range': 'x'} 404 {}")


@pytest.mark.skipif("POORWSGI_SCAN" not in os.environ, reason="nox -s scan does it")
@pytest.mark.parametrize("name", SCANNED)
def test_example(name: str, tmp_path: Path) -> None:
    """So are pages, files, redirects, errors and the API of each example."""
    with run(name, tmp_path) as example:
        crawler = Crawler(example.root, example.session)
        exchanges = list(crawler.crawl("/", *example.paths, "/nowhere"))
        assert len(exchanges) > 10
        assert [found for each in exchanges for found in lint(each)] == []
