"""Facts about how the application finds what answers a request."""

import logging
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from recording import Start, say

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import (
    BaseResponse,
)
from poorwsgi_core.state import (
    METHOD_ALL,
    METHOD_GET,
    METHOD_GET_POST,
    METHOD_OPTIONS,
    METHOD_POST,
    methods,
)
from poorwsgi_core.testing import Client, build_environ


def test_static_route(app: Application, client: Client) -> None:
    """A static route answers its exact path alone."""
    app.set_route("/a", say("a"))
    answers = [client.get(path).status_code for path in ("/a", "/a/", "/A", "/ab")]
    assert answers == [200, 404, 404, 404]


def test_static_route_that_is_not_ascii(app: Application, client: Client) -> None:
    """A route in any script is found by its UTF-8 path."""
    app.set_route("/ěšč/😀", say("found"))
    assert client.get("/%C4%9B%C5%A1%C4%8D/%F0%9F%98%80").text == "found"


def test_group_route(app: Application, client: Client) -> None:
    """A group route gets its converted values in order."""

    def handler(_: Request, a: int, b: str) -> dict[str, Any]:
        return {"a": a, "b": b}

    app.set_route("/<a:int>/<b>", handler)
    assert client.get("/7/%C4%8D").json() == {"a": 7, "b": "č"}


def test_missing_path_is_the_root(app: Application) -> None:
    """A server need not set PATH_INFO (PEP 3333, L7)."""
    app.set_route("/", say("root"))
    environ = build_environ(PATH_INFO=None)
    assert b"".join(app(environ, Start())) == b"root"


def test_missing_optional_variables(app: Application) -> None:
    """What PEP 3333 doesn't require may be missing (bar 24)."""
    app.set_route("/", say("root"))
    start = Start()
    environ = {"REQUEST_METHOD": "GET", "wsgi.input": BytesIO()}
    assert b"".join(app(environ, start)) == b"root"
    assert b"404" in b"".join(app({**environ, "PATH_INFO": "/none"}, start))


def test_path_that_is_none(app: Application, caplog: pytest.LogCaptureFixture) -> None:
    """A PATH_INFO of None is an error of the server: one 500 page (L7)."""
    start = Start()
    environ = build_environ()
    environ["PATH_INFO"] = None
    body = b"".join(app(environ, start))
    assert [call[0] for call in start.calls] == ["500 Internal Server Error"]
    assert b"<!DOCTYPE html>" in body
    assert "could not be built: ConnectionError" in caplog.text


def test_start_time(app: Application) -> None:
    """The environ gets the time when the request came."""
    app.set_route("/", lambda req: {"time": req.start_time})
    environ = build_environ()
    before = time.time()
    app(environ, Start())
    assert before <= environ["REQUEST_STARTTIME"] <= time.time()


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
@pytest.mark.parametrize("method", methods)
def test_each_method_finds_its_handler(
    app: Application, client: Client, method: str
) -> None:
    """The nine methods of ``state`` are routed."""
    app.set_route("/", lambda req: ("", 200, {"X-Method": req.method}), METHOD_ALL)
    answer = client.request(method)
    assert (answer.status_code, answer.headers["X-Method"]) == (200, method)


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
@pytest.mark.parametrize("method", ["BREW", "get", "GET ", "", "G\u00c9T"])
@pytest.mark.parametrize("path", ["/", "/7", "/nothing"])
def test_unknown_method(
    app: Application, client: Client, method: str, path: str
) -> None:
    """Any other method is 501, and no handler runs (bar 25)."""
    app.set_route("/", say("handled"), METHOD_ALL)
    app.set_route("/<x:int>", say("handled"), METHOD_ALL)
    app.set_default(say("handled"), METHOD_ALL)
    answer = client.request(method, path)
    assert (answer.status_code, "handled" in answer.text) == (501, False)


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
def test_unknown_method_after_before_handlers(app: Application, client: Client) -> None:
    """They run as for any path, and may answer, such as for WebDAV."""

    @app.before_response()
    def answer(req: Request) -> Any:
        return ("found", 207) if req.method == "PROPFIND" else None

    assert client.request("PROPFIND", "/").status_code == 207
    assert client.request("LOCK", "/").status_code == 501


def test_head_without_a_route_of_its_own(app: Application, client: Client) -> None:
    """A route for GET alone serves HEAD: same headers, no body (decision 7)."""
    app.set_route("/a", say("text"), METHOD_GET)
    app.set_route("/<x>", say("text"), METHOD_GET)
    for path in ("/a", "/b"):
        answer = client.head(path)
        assert answer.status_code == 200
        assert answer.headers == client.get(path).headers
        assert answer.headers["Content-Length"] == "4"
        assert answer.data == b""


def test_405_of_a_static_route(app: Application, client: Client) -> None:
    """Another method on a static path is 405 with Allow, whatever else is there."""
    app.set_route("/a", say("a"), METHOD_GET)
    app.set_route("/<x>", say("pattern"), METHOD_POST)
    app.set_default(say("default"), METHOD_ALL ^ METHOD_OPTIONS)
    answer = client.post("/a")
    assert answer.status_code == 405
    assert answer.headers.get_all("Allow") == ("HEAD, GET, OPTIONS",)


def test_405_of_patterns(app: Application, client: Client) -> None:
    """Allow names the methods of all matching patterns (L10)."""
    app.set_route("/<x:int>", say("int"), METHOD_GET)
    app.set_route("/<x:word>", say("word"), METHOD_POST)
    answer = client.put("/7")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "HEAD, GET, POST, OPTIONS"
    assert client.post("/7").text == "word"


def test_default_handler_comes_before_405_of_patterns(
    app: Application, client: Client
) -> None:
    """Only what would be 404 is turned into 405 (L10)."""
    app.set_route("/<x:int>", say("int"), METHOD_GET)
    app.set_default(say("default"), METHOD_POST)
    assert client.post("/7").text == "default"


def test_options(app: Application, client: Client) -> None:
    """OPTIONS of a known path is 204 with Allow, without a body (decision 8)."""
    app.set_route("/a", say("a"), METHOD_GET_POST)
    app.set_route("/p/<x>", say("x"), METHOD_POST)
    known = client.options("/a")
    assert (known.status_code, known.data) == (204, b"")
    assert known.headers["Allow"] == "HEAD, GET, POST, OPTIONS"
    assert client.options("/p/1").headers["Allow"] == "POST, OPTIONS"
    assert client.options("/unknown").status_code == 404


def test_options_of_the_server(app: Application) -> None:
    """OPTIONS * asks whether the server is there (RFC 9110 §9.3.7)."""
    client = Client(app, validate=False)
    answer = client.options(PATH_INFO="*")
    assert (answer.status_code, answer.headers["Allow"]) == (204, "OPTIONS")
    assert client.get(PATH_INFO="*").status_code == 404


def test_default_header(app: Application, client: Client, tmp_path: Path) -> None:
    """What the framework answers by itself has the same header as all else."""
    (tmp_path / "file.txt").write_text("text")
    app.document_root, app.document_index, app.debug = tmp_path, True, True
    app.set_route("/a", say("a"))
    answers = {
        200: client.get("/file.txt"),
        204: client.options("/a"),
        404: client.get("/unknown"),
        405: client.post("/a"),
        416: client.get("/file.txt", headers={"Range": "bytes=9-"}),
    }
    assert [*answers] == [answer.status_code for answer in answers.values()]
    pages = [client.get("/"), client.get("/debug-info")]
    for answer in (*answers.values(), *pages):
        assert answer.headers["X-Powered-By"] == "Poor WSGI for Python"


def test_options_of_the_user(app: Application, client: Client) -> None:
    """A handler or a default handler answers OPTIONS itself (decision 8)."""
    app.set_route("/a", say("a"))
    app.set_route("/b", say("b"), METHOD_OPTIONS)
    app.set_default(say("default"), METHOD_OPTIONS)
    assert [client.options(path).text for path in ("/a", "/b", "/c")] == [
        "default",
        "b",
        "default",
    ]


def test_default_handler(app: Application, client: Client) -> None:
    """A default handler answers what nothing else does; its rule is ``/*``."""
    app.set_default(lambda req: f"{req.uri_rule} {req.path}")
    assert client.get("/any/path").text == "/* /any/path"
    assert client.post("/any/path").status_code == 404


def test_404_is_logged_as_info(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A path that doesn't exist is no error of the server (L17)."""
    caplog.set_level(logging.INFO, "poorwsgi")
    assert client.get("/no%0Dne").status_code == 404
    assert caplog.record_tuples == [
        ("poorwsgi", logging.INFO, r"404 Not Found: GET '/no\rne'")
    ]


def test_path_that_is_not_utf_8(app: Application, client: Client) -> None:
    """Such a path is 400 with the reason, with debug and without (bar 24)."""
    app.set_route("/<x>", say("x"))
    for app.debug in (False, True):
        answer = client.get("/%ff")
        assert answer.status_code == 400
        assert "Invalid PATH_INFO encoding" in answer.text


def test_routing_attributes(app: Application, client: Client) -> None:
    """A handler sees its rule, itself and its path arguments."""

    def handler(req: Request, ident: int) -> dict[str, Any]:
        return {
            "rule": req.uri_rule,
            "is_handler": req.uri_handler is handler,
            "args": req.path_args,
            "groups": req.groups,
            "ident": ident,
        }

    app.set_route("/user/<ident:int>", handler)
    assert client.get("/user/7").json() == {
        "rule": "/user/<ident:int>",
        "is_handler": True,
        "args": {"ident": 7},
        "groups": {"ident": 7},
        "ident": 7,
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "rule", "has_handler"),
    [
        ("GET", "/a", 200, "/a", True),
        ("GET", "/g/1", 200, "/g/<x>", True),
        ("GET", "/r1", 200, "/r([0-9])", True),
        ("POST", "/a", 405, None, False),
        ("OPTIONS", "/a", 204, None, False),
        ("GET", "/none", 404, "/*", False),
        ("PUT", "/none", 200, "/*", True),
        ("GET", "/debug-info", 200, "/debug-info", True),
        ("GET", "/file.txt", 200, "/*", False),
        ("GET", "/dir/", 200, "/*", True),
        ("GET", "/dir", 301, "/*", False),
    ],
)
def test_rule_and_handler(
    app: Application,
    client: Client,
    tmp_path: Path,
    method: str,
    path: str,
    status: int,
    rule: str | None,
    has_handler: bool,
) -> None:
    """After handlers see what was found (5.1)."""
    (tmp_path / "file.txt").write_text("")
    (tmp_path / "dir").mkdir()
    app.document_root, app.document_index, app.debug = str(tmp_path), True, True
    app.set_route("/a", say("a"))
    app.set_route("/g/<x>", say("x"))
    app.set_regular_route("/r([0-9])", say("r"))
    app.set_default(say("default"), methods["PUT"])
    seen: list[SimpleRequest] = []

    def after(req: SimpleRequest, res: BaseResponse) -> BaseResponse:
        seen.append(req)
        return res

    app.add_after_response(after)
    assert client.request(method, path).status_code == status
    assert (seen[0].uri_rule, seen[0].uri_handler is not None) == (rule, has_handler)


@pytest.mark.parametrize(
    "value", ["-1", "+1", "1.0", "1_0", " 1", "0x1", "9" * 19, "٣"]
)
@pytest.mark.parametrize("debug", [False, True])
def test_bad_content_length(app: Application, value: str, debug: bool) -> None:
    """A Content-Length that isn't 1 to 18 digits is 400 (bar 30, 24)."""
    called: list[object] = []
    app.set_route("/", called.append, METHOD_POST)
    app.debug = debug
    answer = Client(app, validate=False).post("/", CONTENT_LENGTH=value)
    assert (answer.status_code, called) == (400, [])
    assert "Invalid Content-Length" in answer.text


def test_max_content_length(app: Application, client: Client) -> None:
    """A larger body is refused by its header, before any handler (bar 43)."""
    app.max_content_length = 10
    app.set_route("/", lambda req: req.data or b"", METHOD_POST)
    assert client.post("/", body=b"x" * 10).text == "x" * 10
    answer = client.post("/", body=b"x" * 11)
    assert answer.status_code == 413
    assert "max_content_length = 10" in answer.text


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("example.com", 200),
        ("EXAMPLE.com:8080", 200),
        ("[::1]:8080", 200),
        ("evil.com", 400),
        ("example.com.evil.com", 400),
        ("example.com@evil.com", 400),
        ("example.com:99999", 400),
        ("", 400),
        (None, 400),
    ],
)
def test_trusted_hosts(
    app: Application, client: Client, host: str | None, status: int
) -> None:
    """Only the named hosts are served, when they are set (bar 20)."""
    app.trusted_hosts = ["Example.com", "[::1]"]
    app.set_route("/", say("served"))
    assert client.get(HTTP_HOST=host).status_code == status


@pytest.mark.parametrize(
    ("host", "fields", "status"),
    [
        ("a.example", {"X_FORWARDED_HOST": "a.example"}, 200),
        ("a.example", {"X_FORWARDED_HOST": "B.example:8443"}, 200),
        ("a.example", {"X_FORWARDED_HOST": "evil.example, b.example"}, 200),
        ("a.example", {"X_FORWARDED_HOST": "not a host"}, 200),
        ("a.example", {"X_FORWARDED_PROTO": "https"}, 200),
        ("a.example", {"X_FORWARDED_HOST": "evil.example"}, 400),
        ("a.example", {"X_FORWARDED_HOST": "b.example, evil.example"}, 400),
        ("a.example", {"FORWARDED": "host=evil.example"}, 400),
        ("a.example", {"FORWARDED": "host=b.example"}, 200),
        (
            "a.example",
            {"X_FORWARDED_HOST": "a.example", "FORWARDED": "host=evil.example"},
            400,
        ),
        ("a.example,a.example", {"X_FORWARDED_HOST": "a.example,a.example"}, 400),
        ("inner", {"X_FORWARDED_HOST": "b.example"}, 400),
    ],
)
def test_trusted_hosts_behind_a_proxy(
    app: Application, client: Client, host: str, fields: dict[str, str], status: int
) -> None:
    """The host that a trusted proxy tells has to be one of them too (bar 20)."""
    app.trusted_hosts = ["a.example", "b.example"]
    app.trusted_proxies = ["10.0.0.1"]
    app.trusted_fields = [*app.trusted_fields, "Forwarded"]
    app.set_route("/", say("served"))
    told = {f"HTTP_{name}": value for name, value in fields.items()}
    answer = client.get(HTTP_HOST=host, REMOTE_ADDR="10.0.0.1", **told)
    assert answer.status_code == status
    assert client.get(HTTP_HOST="a.example", **told).status_code == 200


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"HTTP_HOST": "10.0.0.5:80"}, "Host '10.0.0.5' not served here"),
        ({"HTTP_HOST": "a\nb"}, "Host 'a\\nb' not served here"),
        (
            {"HTTP_HOST": "a.example", "HTTP_X_FORWARDED_HOST": "b.example"},
            "Host 'b.example' of the proxy's fields not served here",
        ),
    ],
)
def test_log_of_a_foreign_host(
    app: Application,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    variables: dict[str, str],
    reason: str,
) -> None:
    """The log says which host it was, and what was asked for."""
    app.trusted_hosts = ["a.example"]
    app.trusted_proxies = ["127.0.0.1"]
    assert client.get("/livez", **variables).status_code == 400
    assert caplog.messages == [f"400 - Bad Request: {reason}: GET /livez"]


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("PUT", 405)])
def test_empty_path_is_the_root(app: Application, method: str, status: int) -> None:
    """A server may leave PATH_INFO empty for the root (PEP 3333)."""
    app.set_route("/", lambda _: "root")
    assert Client(app).request(method, PATH_INFO="").status_code == status


def test_empty_path_without_a_root(app: Application) -> None:
    """Without a route for the root it is not found."""
    assert Client(app).get(PATH_INFO="").status_code == 404
