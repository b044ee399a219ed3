"""Facts of the security bar across modules, besides the invalid requests."""

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request
from poorwsgi_core.response import (
    RedirectResponse,
    Response,
    abort,
    redirect,
)
from poorwsgi_core.state import METHOD_ALL
from poorwsgi_core.testing import Answer, Client

CONTROLS = [chr(code) for code in [*range(9), *range(10, 32), 127]]


def fetch(app: Application, path: str, **variables: Any) -> Answer:
    """Get a path as it is on the wire, decoded."""
    return Client(app, validate=False).get(PATH_INFO=path, **variables)


@pytest.fixture
def site(app: Application, www: Path) -> Application:
    """Build an application that serves the files."""
    app.document_root = str(www)
    return app


# --- paths ---


@pytest.mark.parametrize("root", ["{}", "{}/", "{}/.", "{}/dir/..", "//{}"])
def test_no_spelling_of_the_root_opens_it(
    site: Application, www: Path, root: str
) -> None:
    """However the root is spelt, it is left by no path (bar 1, F2)."""
    site.document_root = root.format(www)
    for path in ("../secret.txt", "/../secret.txt", "x/secret.txt", "/./../secret.txt"):
        assert fetch(site, path).status_code == 404
    assert fetch(site, "/file.txt").data == b"0123456789"


def test_links_and_hidden_names_when_they_are_allowed(site: Application) -> None:
    """Both switches open what is closed by default (bar 3, 4)."""
    site.follow_symlinks = site.show_hidden = True
    for path in ("/link", "/parent/secret.txt", "/.htpasswd", "/.git/config"):
        assert fetch(site, path).data == b"classified"


def test_listing_without_a_way_out(site: Application, www: Path) -> None:
    """A listing shows nothing hidden, and no parent at the root (bar 6)."""
    site.document_index = True
    for root in (www, f"{www}/", f"{www}/dir/.."):
        site.document_root = str(root)
        page = fetch(site, "/").text
        assert "file.txt" in page
        assert not re.search(r'\.\./|htpasswd|\.git|"\./(link|parent)', page)


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("page.html", "text/html; charset=utf-8"),
        ("page.html.gz", "application/gzip"),
        ("data.unknown-suffix", "application/octet-stream"),
        ("no-suffix", "application/octet-stream"),
    ],
)
def test_content_types_of_files(
    site: Application, www: Path, file: str, kind: str
) -> None:
    """A type is known or opaque, and not to be guessed (bar 7)."""
    (www / file).write_text("x")
    headers = fetch(site, f"/{file}").headers
    assert headers["Content-Type"] == kind
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_ranges(site: Application, www: Path) -> None:
    """Several ranges are one multipart answer, no longer than twice the file (55)."""
    (www / "big.txt").write_bytes(b"0123456789" * 1000)
    answer = fetch(site, "/big.txt", HTTP_RANGE="bytes=0-1,5-6")
    assert answer.status_code == 206
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert answer.headers["Content-Type"].startswith("multipart/byteranges; boundary=")
    assert answer.data.count(b"Content-Range: bytes ") == 2
    assert b"\r\n\r\n56\r\n" in answer.data
    answer = fetch(site, "/big.txt", HTTP_RANGE="bytes=0-4,3-9,10-12")
    assert (answer.status_code, answer.data) == (206, b"0123456789012")
    assert answer.headers["Content-Range"] == "bytes 0-12/10000"
    many = ",".join(f"{number}-{number}" for number in range(0, 200, 2))
    answer = fetch(site, "/big.txt", HTTP_RANGE=f"bytes={many}")
    assert len(answer.data) <= 2 * 10_000
    assert answer.headers["Content-Length"] == str(len(answer.data))


@pytest.mark.parametrize(
    "date",
    [
        "Thu, 01 Jan 2099 00:00:00 GMT",
        "Thursday, 01-Jan-60 00:00:00 GMT",
        "Thu Jan  1 00:00:00 2099",
    ],
)
def test_dates(site: Application, date: str) -> None:
    """Three formats are read, IMF-fixdate is written (bar 56)."""
    answer = fetch(site, "/file.txt", HTTP_IF_MODIFIED_SINCE=date)
    assert answer.status_code == 304
    written = answer.headers["Last-Modified"]
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", written)


# --- response headers ---


@pytest.mark.parametrize("control", CONTROLS)
def test_no_control_character_in_a_response(
    app: Application, client: Client, control: str
) -> None:
    """Whichever setter gets it, it is a 500 and not on the wire (bar 10)."""
    evil = f"a{control}X-Evil: 1"
    handlers: list[Callable[[Request], Any]] = [
        lambda _: Response(headers={"X-A": evil}),
        lambda _: Response(headers={evil: "a"}),
        lambda _: Response(content_type=evil),
        lambda _: RedirectResponse(evil),
        lambda _: Response().add_header("X-A", evil),
        lambda _: Response().set_cookie("a", evil),
        lambda _: Response().set_cookie(evil, "a"),
        lambda _: Response().set_cookie("a", "b", path=evil),
        lambda _: Response().set_cookie("a", "b", domain=evil),
        lambda _: ("text", evil),
        lambda _: ("text", "text/plain", {"X-A": evil}),
        lambda _: redirect(evil),
    ]
    for number, handler in enumerate(handlers):
        app.set_route("/", handler)
        answer = client.get()
        assert (number, answer.status_code) == (number, 500)
        assert not any("Evil" in value for _, value in answer.headers)


def test_redirect_of_an_argument(app: Application, client: Client) -> None:
    """A query can't split the answer of a careless redirect (H1)."""
    app.set_route("/", lambda req: redirect(req.args.getfirst("u", "/")))
    assert client.get("/?u=/a%0d%0aX-Evil:%201").status_code == 500
    assert client.get("/?u=/a").headers["Location"] == "/a"


def test_no_redirect_to_a_host_of_the_client(site: Application, www: Path) -> None:
    """No path makes the framework redirect to another host (bar 14)."""
    site.document_index = True
    (www / "evil.example").mkdir()
    host = "evil.example"
    for path in (f"//{host}", f"///{host}", f"/{host}", f"//{host}/."):
        location = fetch(site, path).headers.get("Location", "./")
        assert location.startswith("./")


def test_cookie_that_comes_back(app: Application, client: Client) -> None:
    """A value that was read can be set again without splitting (bar 65, 66)."""

    @app.route("/")
    def echo(req: Request) -> Response:
        response = Response(str(req.cookies["a"].value))
        response.set_cookie("a", req.cookies["a"].value)
        return response

    for raw in (r'"x\073 y\015"', r'"q\"u\\o, t e"', "plain", "č"):
        wire = raw.encode().decode("latin-1")
        first = client.get(HTTP_COOKIE=f"a={wire}")
        assert first.status_code == 200
        again = client.get()
        assert again.data == first.data
        assert "\\073" in first.text or "073" not in raw


# --- pages and logs ---


def _fail_with_path(req: Request, _: str) -> None:
    abort(500, error=req.path)


@pytest.mark.parametrize("debug", [False, True])
def test_markup_is_escaped(site: Application, www: Path, debug: bool) -> None:
    """Nothing that a client sends is markup on any page (bar 28)."""
    evil = "<script>alert('x')</script>"
    site.debug, site.document_index = debug, True
    (www / "<script>").mkdir()
    site.set_route("/fail/<x>", _fail_with_path)
    site.set_route("/raise", lambda req: int(req.query))
    site.set_route("/400", lambda req: abort(400, error=req.charset))
    variables: dict[str, Any] = {
        "HTTP_HOST": evil,
        "SERVER_NAME": evil,
        "REMOTE_HOST": evil,
        "REMOTE_ADDR": evil,
        "SERVER_SOFTWARE": evil,
        "QUERY_STRING": evil,
        "HTTP_X_EVIL": evil,
        "HTTP_COOKIE": evil,
        "CONTENT_TYPE": f'text/html; charset="{evil}"',
        "app_evil": evil,
    }
    for path in (
        f"/{evil}",
        f"/fail/{evil[:8]}",
        "/raise",
        "/400",
        "/",
        "/<script>/",
        "/debug-info",
        "/\xff<script>",
    ):
        for method in ("GET", "DELETE", evil):
            answer = fetch(site, path, REQUEST_METHOD=method, **variables)
            assert answer.status_code != 0
            assert "<script>" not in answer.text


def test_failure_shows_nothing_without_debug(app: Application, client: Client) -> None:
    """A 500 page without debug has nothing of the exception (bar 29)."""

    def handler(_: Request) -> None:
        raise ValueError("the reason")

    app.set_route("/", handler)
    page = client.get().text
    assert not re.search("the reason|ValueError|Traceback|handler|\\.py", page)
    app.debug = True
    assert "the reason" in client.get().text


def test_secrets_are_masked_and_never_logged(
    app: Application,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The debug page masks what sounds like a secret, the log has none (bar 29)."""
    caplog.set_level(logging.DEBUG)
    app.debug, app.secret_key = True, "hush-setting"
    names = ["app_DB_PASSWORD", "app_Api_Token", "app_key", "app_my_Secret"]
    for name in names:
        monkeypatch.setenv(name, "hush-process")
    answer = client.get(
        "/debug-info",
        headers={"Authorization": "Basic hush-header", "Cookie": "a=hush-cookie"},
        poor_SecretKey="hush-variable",
    )
    assert answer.status_code == 200
    assert "hush" not in answer.text
    assert "masked" in answer.text
    assert "hush" not in caplog.text


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 500, 501, 503])
def test_pages_name_their_charset_and_do_not_sniff(
    app: Application, client: Client, code: int
) -> None:
    """A page is UTF-8, and not to be guessed at (bar 7, 27)."""
    app.set_route("/", lambda _: abort(code), METHOD_ALL)
    headers = client.get().headers
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_crashes_everywhere_are_one_page(app: Application, client: Client) -> None:
    """A crash in each handler of a request ends in one 500 page (bar 24)."""

    def crash(*_: object) -> None:
        raise RuntimeError

    app.set_route("/", crash)
    app.set_error_handler(RuntimeError, crash)
    app.set_http_state(500, crash)
    app.add_after_response(crash)
    answer = client.get()
    assert (answer.status_code, answer.text.count("<!DOCTYPE html>")) == (500, 1)


def test_client_errors_are_no_failures(app: Application, client: Client) -> None:
    """An HTTPException of the framework reaches no exception handler."""
    app.set_route("/", lambda req: req.args and "")
    app.set_error_handler(Exception, lambda _, __: "never")
    app.max_form_parts = 1
    assert client.get("/?a=1&b=2").status_code == 413


# --- ordinary traffic ---


def test_ordinary_traffic_is_untouched(app: Application, client: Client) -> None:
    """The limits are far from what browsers send (bar 94)."""
    app.set_route("/", lambda req: [len(req.args), len(req.cookies), req.accept[0][0]])
    query = "&".join(f"field{number}=value+{number}" for number in range(900))
    answer = client.get(
        f"/?{query}",
        headers={
            "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
            "Cookie": "; ".join(f"c{number}=v" for number in range(50)),
            "Authorization": "Bearer " + "a" * 4000,
        },
    )
    assert answer.json() == [900, 50, "text/html"]
