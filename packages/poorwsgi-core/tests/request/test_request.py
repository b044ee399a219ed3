"""Facts about requests: headers, arguments and cookies."""

from collections.abc import Callable
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any

import pytest

from poorwsgi_core import request as request_module
from poorwsgi_core.application import Application
from poorwsgi_core.request import Args, EmptyForm, Headers, HTTPException, Request
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client, build_environ

Build = Callable[..., Request]


@pytest.fixture
def build(app: Application) -> Build:
    """Build requests; ``None`` leaves a variable out."""

    def build(path: str = "/", **variables: Any) -> Request:
        environ = build_environ(path, **variables)
        environ["REQUEST_STARTTIME"] = 0.0
        return Request(environ, app)

    return build


def status_of(function: Callable[[], object]) -> tuple[int, str]:
    """Return status and reason of the HTTPException that a call raises."""
    with pytest.raises(HTTPException) as caught:
        function()
    return caught.value.status_code, str(caught.value.args[1].get("error"))


def test_documented_names() -> None:
    """The module hands on what the documentation imports from it (0.2)."""
    for name in request_module.__all__:
        assert hasattr(request_module, name)
    assert {"parse_header", "parse_negotiation"} < {*request_module.__all__}


def test_path_of_none(app: Application) -> None:
    """A PATH_INFO of None raises ConnectionError (L7)."""
    with pytest.raises(ConnectionError):
        Request({"PATH_INFO": None, "REQUEST_STARTTIME": 0.0}, app)
    assert Request({"REQUEST_STARTTIME": 0.0}, app).path == "/"


def test_nothing_is_parsed_before_it_is_asked_for(app: Application) -> None:
    """A handler that looks at nothing can't fail because of anything (decision 1)."""
    app.set_route("/", lambda _: "fine", METHOD_POST)
    app.strict_parsing = 1
    stream = BytesIO(b"12345")
    environ = build_environ(
        "/?bad",
        "POST",
        headers={"Authorization": "x" * 9999, "Cookie": "=;;", "Content-Type": ";;"},
        CONTENT_LENGTH="5",
    )
    environ["wsgi.input"] = stream
    body = app(environ, lambda _, __, ___=None, /: print)
    assert (b"".join(body), stream.tell()) == (b"fine", 0)


# --- headers ---


def test_headers(build: Build) -> None:
    """The headers are those of the environ, one object (5.3)."""
    req = build(
        HTTP_X_FOO="bar",
        HTTP_HOST="h",
        CONTENT_TYPE="text/plain",
        CONTENT_LENGTH="0",
        HTTP_X_UTF="\xc4\x8d",
    )
    assert req.headers is req.headers is req.headers_in
    assert isinstance(req.headers, Headers)
    expected = {"X-Foo", "Host", "Content-Type", "Content-Length", "X-Utf"}
    assert {*req.headers.names()} == expected
    assert req.headers["x-foo"] == "bar"
    assert Headers.utf8(req.headers["X-UTF"]) == "č"


@pytest.mark.parametrize(
    ("value", "mime_type", "charset"),
    [
        (None, "", "utf-8"),
        ("", "", "utf-8"),
        ("Text/HTML", "Text/HTML", "utf-8"),
        ('text/html; charset="ISO-8859-2"', "text/html", "ISO-8859-2"),
        (";;;", "", "utf-8"),
    ],
)
def test_content_type(
    build: Build, value: str | None, mime_type: str, charset: str
) -> None:
    """Type and charset come from Content-Type (5.3)."""
    req = build(CONTENT_TYPE=value)
    assert (req.mime_type, req.charset) == (mime_type, charset)


@pytest.mark.parametrize(
    ("value", "length", "is_body"),
    [
        (None, -1, False),
        ("", -1, False),
        ("0", 0, False),
        ("7", 7, True),
        ("007", 7, True),
        ("9" * 18, int("9" * 18), True),
    ],
)
def test_content_length(
    build: Build, value: str | None, length: int, is_body: bool
) -> None:
    """It is a number, -1 when it isn't sent (5.3)."""
    req = build(CONTENT_LENGTH=value)
    assert (req.content_length, req.is_body_request) == (length, is_body)


@pytest.mark.parametrize(
    "value", ["-1", "+5", "5 ", "0x5", "5,5", "٥", "9" * 19, "\n5"]
)
def test_bad_content_length(build: Build, value: str) -> None:
    """Anything but 1 to 18 digits is 400 (bar 30, 62)."""
    req = build(CONTENT_LENGTH=value)
    assert status_of(lambda: req.content_length) == (400, "Invalid Content-Length")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("chunked", True), (" Chunked ", True), ("gzip", False), (None, False)],
)
def test_is_chunked(build: Build, value: str | None, expected: bool) -> None:
    """Chunked is said by Transfer-Encoding, in any case (5.3)."""
    req = build(HTTP_TRANSFER_ENCODING=value)
    assert req.is_chunked is expected
    with pytest.warns(DeprecationWarning, match=r"is_chunked_request.*Use is_chunked"):
        assert req.is_chunked_request is expected


@pytest.mark.parametrize(
    ("attribute", "variable"),
    [
        ("accept", "HTTP_ACCEPT"),
        ("accept_charset", "HTTP_ACCEPT_CHARSET"),
        ("accept_encoding", "HTTP_ACCEPT_ENCODING"),
        ("accept_language", "HTTP_ACCEPT_LANGUAGE"),
    ],
)
def test_negotiation(build: Build, attribute: str, variable: str) -> None:
    """Negotiation headers are pairs, parsed once; missing is one empty item (5.3)."""
    req = build(**{variable: "a, b; q=0.5"})
    assert getattr(req, attribute) == (("a", 1.0), ("b", 0.5))
    assert getattr(req, attribute) is getattr(req, attribute)
    assert getattr(build(), attribute) == (("", 1.0),)


@pytest.mark.parametrize(
    ("value", "html", "xhtml", "json"),
    [
        ("text/html", True, False, False),
        ("application/xhtml+xml", False, True, False),
        ("text/xhtml", False, True, False),
        ("Application/JSON;q=0.1", False, False, True),
        ("text/html;q=0", False, False, False),
        ("*/*", False, False, False),
        (None, False, False, False),
    ],
)
def test_accepted_types(
    build: Build, value: str | None, html: bool, xhtml: bool, json: bool
) -> None:
    """A type counts when it is named and not refused (Q3)."""
    req = build(HTTP_ACCEPT=value)
    assert (req.accept_html, req.accept_xhtml, req.accept_json) == (html, xhtml, json)


def test_authorization(build: Build) -> None:
    """It is a new dict at each access; none is an empty type (5.3)."""
    req = build(HTTP_AUTHORIZATION='Digest username="a\\"b", nc=00000001')
    expected = {"type": "Digest", "username": 'a"b', "nc": "00000001"}
    assert req.authorization == expected
    req.authorization.clear()
    assert req.authorization == expected
    assert build().authorization == {"type": ""}


def test_long_authorization(build: Build) -> None:
    """More than 8 KiB is 400 (bar 63)."""
    req = build(HTTP_AUTHORIZATION="Digest " + "a" * 8192)
    assert status_of(lambda: req.authorization)[0] == 400


@pytest.mark.parametrize(
    ("value", "expected"),
    [("XMLHttpRequest", True), ("xmlhttprequest", False), (None, False)],
)
def test_is_xhr(build: Build, value: str | None, expected: bool) -> None:
    """A script says so in exactly this way (5.3)."""
    assert build(HTTP_X_REQUESTED_WITH=value).is_xhr is expected


# --- arguments ---


def test_path_args(build: Build) -> None:
    """They are empty at first, and can be set once (5.3)."""
    req = build()
    assert req.path_args == {}
    req.path_args = {"x": 1}
    req.path_args = {"x": 2}
    req.uri_rule = "/<x>"
    req.uri_handler = print
    assert (req.path_args, req.groups) == ({"x": 1}, {"x": 1})
    req.path_args.clear()
    assert req.path_args == {"x": 1}


def test_older_names_are_free(build: Build) -> None:
    """2.x documented them, but had none, so applications may set their own."""
    req: Any = build()
    req.groups, req.headers_in = ["admins"], "own"
    assert (req.groups, req.headers_in) == (["admins"], "own")


def test_args(build: Build) -> None:
    """Query arguments are parsed once (5.3)."""
    req = build("/?a=1&b=%C4%8D&a=2&c=")
    assert req.args == {"a": ["1", "2"], "b": "č"}
    assert isinstance(req.args, Args)
    assert req.args is vars(req)["_args"]
    assert build("/").args == {}


def test_args_can_be_set_while_they_are_empty(build: Build, app: Application) -> None:
    """Arguments may be set when they were not parsed, once (5.3)."""
    app.auto_args = False
    req, mine = build("/?a=1"), Args(build("/?a=2"))
    assert isinstance(req.args, EmptyForm)
    req.args = mine
    req.args = EmptyForm()
    assert vars(req)["_args"] is mine
    app.auto_args = True
    other = build("/?a=1")
    other.args = mine
    assert other.args == {"a": "1"}


@pytest.mark.parametrize(
    ("variables", "settings", "expected"),
    [
        ({}, {}, {"a": "1"}),
        ({}, {"keep_blank_values": 1}, {"a": "1", "b": ""}),
        ({"poor_KeepBlankValues": "On"}, {}, {"a": "1", "b": ""}),
        ({"poor_KeepBlankValues": "Off"}, {"keep_blank_values": 1}, {"a": "1"}),
        ({"poor_AutoArgs": "Off"}, {}, {}),
        ({"poor_AutoArgs": "On"}, {"auto_args": False}, {"a": "1"}),
        ({"poor_StrictParsing": "Off"}, {"strict_parsing": 1}, {"a": "1"}),
    ],
)
def test_settings_of_args(
    build: Build,
    app: Application,
    variables: dict[str, str],
    settings: dict[str, int],
    expected: dict[str, str],
) -> None:
    """The variables override the settings (decision 13)."""
    for name, value in settings.items():
        setattr(app, name, value)
    assert build("/?a=1&b", **variables).args == expected


def test_strict_parsing(build: Build, app: Application) -> None:
    """A malformed query is 400, when it is asked for (bar 50)."""
    assert build("/?bad&a=1").args == {"a": "1"}
    app.strict_parsing = 1
    req = build("/?bad&a=1")
    status, reason = status_of(lambda: req.args)
    assert (status, reason.startswith("Bad query: ")) == (400, True)


def test_number_of_args(build: Build, app: Application) -> None:
    """More than ``max_form_parts`` arguments are 413 (bar 40)."""
    query = "&".join(f"a{number}=1" for number in range(1001))
    status, reason = status_of(lambda: build(f"/?{query}").args)
    assert (status, "max_form_parts = 1000" in reason) == (413, True)
    app.max_form_parts = None
    assert len(build(f"/?{query}").args) == 1001
    app.max_form_parts = 2
    assert build("/?a=1&b=2").args == {"a": "1", "b": "2"}
    assert status_of(lambda: build("/?a=1&b=2&c=3").args)[0] == 413


# --- cookies ---


def test_cookies(build: Build, app: Application) -> None:
    """They are a SimpleCookie, empty when there are none (decision 3)."""
    req = build(HTTP_COOKIE='a=1; b="x y"; b@d=2; c=3')
    assert isinstance(req.cookies, SimpleCookie)
    values = {name: morsel.value for name, morsel in req.cookies.items()}
    assert values == {"a": "1", "b": "x y", "c": "3"}
    assert not build().cookies
    assert "a" not in build().cookies
    app.auto_cookies = False
    assert not build(HTTP_COOKIE="a=1").cookies


# --- early hints -------------------------------------------------------------------

LINK = ("Link", "</style.css>; rel=preload; as=style")


def test_early_hints(app: Application, client: Client) -> None:
    """They are handed to a server that takes them; elsewhere nothing happens."""
    sent: list[Any] = []
    app.set_route("/", lambda req: str(req.early_hints([LINK])))
    assert client.get("/").text == "False"
    hints = {"wsgi.early_hints": sent.append}
    assert client.get("/", **hints).text == "True"
    assert sent == [[LINK]]


def test_early_hints_that_cannot_be_sent(app: Application, client: Client) -> None:
    """What would split an answer is refused, on all servers."""
    app.propagate_exceptions = True
    app.set_route("/", lambda req: str(req.early_hints([("Link", "a\r\nb")])))
    with pytest.raises(ValueError):
        client.get("/")


# --- what wasn't sent --------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [("headers", "The field a is missing"), ("cookies", "The cookie 'a' is missing")],
)
def test_what_was_not_sent(build: Build, name: str, told: str) -> None:
    """A field or a cookie that is missing is 400 with its name, and a KeyError."""
    values = getattr(build(), name)
    assert status_of(lambda: values["a"]) == (400, told)
    with pytest.raises(KeyError):
        values["a"]
    assert "a" not in values
    assert values.get("a") is None
    sent = getattr(build(headers={"A": "1", "Cookie": "a=2"}), name)
    assert getattr(sent["a"], "value", sent["a"]) in ("1", "2")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("form", "it comes with Application of poorwsgi_forms, or of poorwsgi"),
        ("session", r"make one, such as PoorSession\(req.secret_key\)"),
        ("params", "write req.args"),
        ("stream", "write req.input"),
    ],
)
def test_names_of_others(app: Application, name: str, told: str) -> None:
    """What others have at a request is answered with ours; one's own may be set."""
    req: Any = Request(build_environ("/") | {"REQUEST_STARTTIME": 0.0}, app)
    with pytest.raises(AttributeError, match=f"has no attribute {name!r}: {told}"):
        getattr(req, name)
    setattr(req, name, 1)
    assert getattr(req, name) == 1
