"""Facts about the client for tests."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request
from poorwsgi_core.response import RedirectResponse, Response
from poorwsgi_core.state import METHOD_ALL, METHOD_POST
from poorwsgi_core.testing import Answer, Client, File, build_environ

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def send(
    *headers: tuple[str, str], body: Iterable[bytes] = (b"body",)
) -> Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]:
    """Build a WSGI application that always sends the same."""

    def application(
        _: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), *headers])
        return body

    return application


# --- environs ---


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", {"PATH_INFO": "/", "QUERY_STRING": "", "HTTP_HOST": "localhost"}),
        ("", {"PATH_INFO": "/"}),
        ("?a=1", {"PATH_INFO": "/", "QUERY_STRING": "a=1"}),
        ("/a%20b?c=%20", {"PATH_INFO": "/a b", "QUERY_STRING": "c=%20"}),
        ("/%C4%8D", {"PATH_INFO": "/\xc4\x8d"}),
        ("//a/../b", {"PATH_INFO": "//a/../b", "HTTP_HOST": "localhost"}),
        (
            "https://h:8443/p",
            {
                "PATH_INFO": "/p",
                "HTTP_HOST": "h:8443",
                "SERVER_NAME": "h",
                "SERVER_PORT": "8443",
                "wsgi.url_scheme": "https",
            },
        ),
        ("https://h/", {"SERVER_PORT": "443"}),
        ("http://h", {"SERVER_PORT": "80", "PATH_INFO": "/"}),
    ],
)
def test_path(path: str, expected: dict[str, str]) -> None:
    """A path is decoded once, an absolute URL gives host and scheme too."""
    environ = build_environ(path)
    assert {key: environ[key] for key in expected} == expected


def test_environ_is_complete() -> None:
    """It has what PEP 3333 requires."""
    environ = build_environ("/a", "PUT", body=b"abc")
    assert environ["REQUEST_METHOD"] == "PUT"
    assert environ["CONTENT_LENGTH"] == "3"
    assert environ["wsgi.input"].read() == b"abc"
    assert environ["wsgi.version"] == (1, 0)
    assert "CONTENT_LENGTH" not in build_environ()


@pytest.mark.parametrize("kind", [dict, list])
def test_headers(kind: Callable[[list[tuple[str, str]]], Any]) -> None:
    """Headers become variables; Content-Type and -Length have no prefix."""
    pairs = [("X-Foo", "1"), ("content-type", "a/b"), ("Content-Length", "0")]
    environ = build_environ(headers=kind(pairs))
    assert environ["HTTP_X_FOO"] == "1"
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("a/b", "0")
    assert "HTTP_CONTENT_TYPE" not in environ


def test_repeated_headers() -> None:
    """Headers of one name are joined, as servers do it; the first replaces."""
    pairs = [("Host", "a"), ("X-A", "1"), ("x-a", "2")]
    environ = build_environ(headers=pairs)
    assert (environ["HTTP_HOST"], environ["HTTP_X_A"]) == ("a", "1, 2")


def test_variables() -> None:
    """Variables come last, None removes one."""
    variables: dict[str, Any] = {"wsgi.input": BytesIO(b"mine")}
    environ = build_environ(HTTP_HOST=None, REMOTE_ADDR="::1", X=1, **variables)
    assert "HTTP_HOST" not in environ
    assert (environ["REMOTE_ADDR"], environ["X"]) == ("::1", 1)
    assert environ["wsgi.input"].read() == b"mine"


# --- answers ---


def test_answer() -> None:
    """An answer has status, headers and body in several forms."""
    answer = Answer("418 I'm a teapot", [("X-A", "b")], '{"č": 1}'.encode())
    assert (answer.status_code, answer.status) == (418, "418 I'm a teapot")
    assert (answer.text, answer.json()) == ('{"č": 1}', {"č": 1})
    assert (answer.headers["x-a"], answer.exc_info) == ("b", None)
    assert repr(answer) == "<Answer 418 I'm a teapot, 9 bytes>"


def test_answer_that_never_came() -> None:
    """An application that sends nothing gives no status of HTTP."""

    def application(_: "WSGIEnvironment", __: "StartResponse") -> Iterable[bytes]:
        return ()

    answer = Client(application, validate=False).get()
    assert (answer.status_code, answer.data) == (0, b"")


def test_written_data() -> None:
    """What an application writes comes before what it returns (PEP 3333)."""

    def application(
        _: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        write(b"written ")
        return [b"returned"]

    assert Client(application).get().data == b"written returned"


# --- the client ---


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
@pytest.mark.parametrize(
    "method", ["get", "head", "post", "put", "patch", "delete", "options"]
)
def test_methods(app: Application, client: Client, method: str) -> None:
    """There is a method for each one of HTTP."""
    app.set_route(
        "/a", lambda req: Response(headers={"X-M": req.method or ""}), METHOD_ALL
    )
    assert getattr(client, method)("/a").headers["X-M"] == method.upper()


def show(req: Request) -> dict[str, Any]:
    """Answer with what was sent."""
    return {
        "type": req.mime_type,
        "length": req.content_length,
        "data": (req.data or b"").decode(),
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"body": b"abc"}, {"type": "", "length": 3, "data": "abc"}),
        (
            {"json": {"a": 1}},
            {"type": "application/json", "length": 8, "data": '{"a": 1}'},
        ),
        (
            {"form": {"a": ["1", "č"], "b": "x y"}},
            {
                "type": "application/x-www-form-urlencoded",
                "length": 20,
                "data": "a=1&a=%C4%8D&b=x+y",
            },
        ),
        (
            {"json": [], "headers": {"Content-Type": "application/x"}},
            {"type": "application/x", "length": 2, "data": "[]"},
        ),
        (
            {"form": {"a": "1"}, "CONTENT_TYPE": "text/x"},
            {"type": "text/x", "length": 3, "data": "a=1"},
        ),
    ],
)
def test_bodies(
    app: Application, options: dict[str, Any], expected: dict[str, Any]
) -> None:
    """A body is bytes, JSON or a form; a content type of one's own is kept."""
    app.set_route("/", show, METHOD_ALL)
    answer = Client(app, validate=False).post(**options).json()
    assert answer == expected | {"length": len(expected["data"])}


def test_variables_of_the_client(app: Application) -> None:
    """Variables hold for each request, those of the request win; None removes."""
    app.set_route(
        "/", lambda req: [req.remote_addr, req.environ.get("X"), req.hostname]
    )
    client = Client(app, REMOTE_ADDR="1.2.3.4", X="client")
    assert client.get().json() == ["1.2.3.4", "client", "localhost"]
    answer = client.get(X="request", REMOTE_ADDR=None)
    assert answer.json() == [None, "request", "localhost"]


def test_cookies() -> None:
    """Cookies are kept, sent back, and dropped when the application says so."""
    client = Client(
        send(
            ("Set-Cookie", 'a="x y"; Path=/; HttpOnly'),
            ("Set-Cookie", "b=2; Partitioned; Secure"),
            ("Set-Cookie", "c=3"),
        )
    )
    client.get()
    assert client.cookies == {"a": '"x y"', "b": "2", "c": "3"}


def test_dropped_cookies(app: Application, client: Client) -> None:
    """A cookie goes with Max-Age=0 or an empty value."""
    app.set_route("/", lambda req: req.environ.get("HTTP_COOKIE", ""))

    @app.route("/drop")
    def drop(_: Request) -> Response:
        response = Response()
        response.set_cookie("a", "gone", max_age=0)
        response.set_cookie("b", "")
        response.delete_cookie("unknown")
        return response

    client.cookies.update(a="1", b="2", c="3")
    assert client.get().text == "a=1; b=2; c=3"
    assert client.get(HTTP_COOKIE="mine=1").text == "mine=1"
    client.get("/drop")
    assert client.get().text == "c=3"


def test_validation() -> None:
    """An application that breaks PEP 3333 fails, unless validation is off."""

    def application(
        _: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        start_response("200 OK", [])
        return ()

    with pytest.raises(AssertionError):
        Client(application).get()
    assert Client(application, validate=False).get().status_code == 200


def test_body_is_closed() -> None:
    """The client closes the body, also when reading it fails."""

    class Failing:
        closed = 0

        def __iter__(self) -> "Failing":
            return self

        def __next__(self) -> bytes:
            raise LookupError

        def close(self) -> None:
            self.closed += 1

    body = Failing()
    with pytest.raises(LookupError):
        Client(send(body=body), validate=False).get()
    assert body.closed == 1


# --- files, redirects, unknown options ---------------------------------------------


@pytest.mark.parametrize("build", [dict, list])
def test_files(app: Application, client: Client, build: Callable[..., Any]) -> None:
    """Files go as multipart, with the fields beside them and names escaped."""

    def echo(req: Request) -> tuple[bytes, str]:
        return req.data or b"", req.headers["Content-Type"]

    app.set_route("/", echo, METHOD_POST)
    files: list[tuple[str, File | list[File]]] = [
        ("one", ('a"b\r\n.txt', "text", "text/plain")),
        ("many", [("x", b"\xff", "image/png"), ("y", b"", "image/png")]),
    ]
    form = build([("field", ["1", 2]), ("other", "3")])
    answer = client.post("/", form=form, files=build(files))
    kind, _, boundary = answer.headers["Content-Type"].partition("; boundary=")
    assert kind == "multipart/form-data"
    field = 'Content-Disposition: form-data; name="{}"'
    file = field + '; filename="{}"\r\nContent-Type: {}'
    expected = [
        (field.format("field"), b"1"),
        (field.format("field"), b"2"),
        (field.format("other"), b"3"),
        (file.format("one", "a%22b%0D%0A.txt", "text/plain"), b"text"),
        (file.format("many", "x", "image/png"), b"\xff"),
        (file.format("many", "y", "image/png"), b""),
    ]
    start = f"--{boundary}".encode()
    parts = [b"\r\n" + x.encode() + b"\r\n\r\n" + y + b"\r\n" for x, y in expected]
    assert answer.data == b"".join(start + part for part in parts) + start + b"--\r\n"


@pytest.mark.parametrize(
    "files",
    [
        {"name": b"content"},
        {"name": ("a.txt", b"content")},
        [("a.txt", b"content", "text/plain")],
        [b"content"],
        [("name", "text")],
        {"name": [BytesIO(b"content")]},
    ],
)
def test_what_is_no_file(client: Client, files: Any) -> None:
    """Whatever else is given, the error shows how a file is written."""
    with pytest.raises(TypeError, match=r"is no file; write \{'name': \('file.txt',"):
        client.post("/", files=files)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"a": "1 2"}, b"a=1+2"),
        ([("a", "1"), ("a", "2")], b"a=1&a=2"),
        (b"raw", b"raw"),
        ("é", b"\xc3\xa9"),
    ],
)
def test_data(app: Application, client: Client, data: Any, expected: bytes) -> None:
    """``data`` is a form, or the body itself."""
    app.set_route("/", lambda req: (req.data, "text/plain"), METHOD_POST)
    assert client.post("/", data=data).data == expected


@pytest.fixture
def redirecting(app: Application) -> Application:
    """Redirect by the status in the path; /end tells method and body."""

    def lead(req: Request, code: int) -> RedirectResponse:
        return RedirectResponse(req.query or "../end", code)

    def end(req: Request) -> str:
        return f"{req.method} {req.mime_type} {req.data!r}"

    app.set_route("/to/<code:int>", lead, METHOD_ALL)
    app.set_route("/end", end, METHOD_ALL)
    app.set_route("/circle", lambda _: RedirectResponse("/circle"))
    return app


@pytest.mark.parametrize(
    ("code", "method", "expected"),
    [
        (303, "POST", "GET  b''"),
        (302, "POST", "GET  b''"),
        (301, "PUT", "GET  b''"),
        (307, "POST", "POST application/json b'1'"),
        (308, "PUT", "PUT application/json b'1'"),
        (302, "HEAD", ""),
    ],
)
def test_redirect(
    redirecting: Application, client: Client, code: int, method: str, expected: str
) -> None:
    """It is followed as browsers do, if told to."""
    path = f"/to/{code}"
    answer = client.request(method, path, json=1, follow_redirects=True)
    assert (answer.status_code, answer.text) == (200, expected)
    assert client.request(method, path, json=1).status_code == code
    assert redirecting.name


def test_redirect_to_another_host(redirecting: Application, client: Client) -> None:
    """What leads to somebody else is the answer."""
    answer = client.get("/to/302?http://example.com/", follow_redirects=True)
    assert (answer.status_code, redirecting.debug) == (302, False)
    assert answer.headers["Location"] == "http://example.com/"


def test_circle_of_redirects(redirecting: Application, client: Client) -> None:
    """A circle ends, with where it led."""
    with pytest.raises(RuntimeError, match="more than 20 redirects, the last to http"):
        client.get("/circle", follow_redirects=True)
    assert redirecting.name


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (
            "file",
            "no option 'file': did you mean 'files'\\?; a variable of the environ is",
        ),
        ("follow_redirect", "did you mean 'follow_redirects'"),
        ("cookies", "no option 'cookies': set them in client.cookies; a variable"),
        ("args", "no option 'args': write the query behind the path"),
        ("query", "no option 'query': write the query behind the path"),
        (
            "xyzzy",
            "no option 'xyzzy': there are \\('path', 'method', 'headers', 'body'",
        ),
    ],
)
def test_unknown_option(client: Client, option: str, told: str) -> None:
    """A misspelt option is refused by its name, with the nearest one."""
    with pytest.raises(TypeError, match=told):
        client.get("/", **{option: "x"})


def test_unknown_option_elsewhere(app: Application) -> None:
    """The client and the environ have their own options."""
    with pytest.raises(TypeError, match="did you mean 'validate'"):
        Client(app, validates=False)
    with pytest.raises(TypeError, match="did you mean 'headers'"):
        build_environ(header={})


@pytest.mark.parametrize("app", [None, 5, "shop:app"])
def test_client_of_no_application(app: Any) -> None:
    """It is told where the client is made."""
    with pytest.raises(TypeError, match="A client asks a WSGI application, not"):
        Client(app)


@pytest.mark.parametrize(
    "bodies",
    [{"body": b"x", "json": {}}, {"form": {}, "json": 1}, {"data": "x", "files": {}}],
)
def test_two_bodies(bodies: dict[str, Any]) -> None:
    """None of them is dropped without a word."""

    def answer(*_: Any) -> list[bytes]:
        return []

    client = Client(answer)
    with pytest.raises(TypeError, match="A request has one body"):
        client.post("/", **bodies)
