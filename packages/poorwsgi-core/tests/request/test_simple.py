"""Facts about what a request tells without its content."""

import logging
import os
from collections.abc import Callable
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request
from poorwsgi_core.request.simple import SimpleRequest
from poorwsgi_core.response import HTTPException
from poorwsgi_core.state import METHOD_GET, METHOD_POST
from poorwsgi_core.testing import build_environ

Build = Callable[..., SimpleRequest]


@pytest.fixture(params=[SimpleRequest, Request])
def build(request: pytest.FixtureRequest, app: Application) -> Build:
    """Build requests of both classes; ``None`` leaves a variable out."""
    kind: type[SimpleRequest] = request.param

    def build(path: str = "/", **variables: Any) -> SimpleRequest:
        environ = build_environ(path, **variables)
        environ["REQUEST_STARTTIME"] = 12.5
        return kind(environ, app)

    return build


def test_start_time_is_needed(app: Application) -> None:
    """The environ has to have the time of the start (5.1)."""
    for kind in (SimpleRequest, Request):
        with pytest.raises(KeyError):
            kind(build_environ(), app)


def test_times(build: Build) -> None:
    """Start and end of the construction are seconds (5.1)."""
    req = build()
    assert (req.start_time, type(req.end_time)) == (12.5, float)
    assert req.end_time >= req.start_time


def test_app_and_free_attributes(build: Build, app: Application) -> None:
    """A request knows its application and takes attributes of the user."""
    req = build()
    assert req.app is app
    assert (req.user, req.api, req.db) == (None, None, None)
    req.user = "me"
    req.app_login = "x"  # type: ignore[attr-defined]
    assert (req.user, vars(req)["app_login"]) == ("me", "x")


def test_environ_is_a_copy(build: Build) -> None:
    """Changing the environ that a request gives changes no request (5.1)."""
    req = build()
    req.environ["REQUEST_METHOD"] = "POST"
    assert (req.method, req.environ is req.environ) == ("GET", False)


def test_poor_environ(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the process's environ with that of the request over it (decision 14)."""
    monkeypatch.setenv("POOR_ONE", "process")
    monkeypatch.setenv("POOR_TWO", "process")
    poor = build(POOR_TWO="request").poor_environ
    assert (poor["POOR_ONE"], poor["POOR_TWO"]) == ("process", "request")
    poor["POOR_ONE"] = "x"
    assert os.environ["POOR_ONE"] == "process"


# --- variables of the server ---


@pytest.mark.parametrize(
    ("variable", "attribute"),
    [("poor_Debug", "debug"), ("poor_DocumentIndex", "document_index")],
)
@pytest.mark.parametrize("where", ["environ", "process"])
@pytest.mark.parametrize(
    ("value", "setting", "expected"),
    [
        ("On", False, True),
        ("on", False, True),
        ("ON", False, True),
        ("Off", True, False),
        ("junk", True, False),
        ("", True, True),
        ("", False, False),
    ],
)
def test_flags(
    build: Build,
    app: Application,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    attribute: str,
    where: str,
    value: str,
    setting: bool,
    expected: bool,
) -> None:
    """A variable overrides the setting, an empty one doesn't (10, decision 14)."""
    setattr(app, attribute, setting)
    if where == "process":
        monkeypatch.setenv(variable, value)
        req = build()
    else:
        req = build(**{variable: value})
    assert getattr(req, attribute) is expected


def test_unset_flags(build: Build, app: Application) -> None:
    """Without a variable the setting counts."""
    app.debug = app.document_index = True
    req = build()
    assert (req.debug, req.document_index) == (True, True)


@pytest.mark.parametrize(
    ("variable", "attribute"),
    [("poor_DocumentRoot", "document_root"), ("poor_SecretKey", "secret_key")],
)
def test_texts(
    build: Build,
    app: Application,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    attribute: str,
) -> None:
    """A variable overrides the setting, an empty one too (5.1)."""
    setattr(app, attribute, "setting")
    assert getattr(build(), attribute) == "setting"
    assert getattr(build(**{variable: "environ"}), attribute) == "environ"
    assert getattr(build(**{variable: ""}), attribute) == ""
    monkeypatch.setenv(variable, "process")
    assert getattr(build(), attribute) == "process"
    assert getattr(build(**{variable: "environ"}), attribute) == "environ"


def test_get_options(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """The method is deprecated, one warning for each call (14)."""
    monkeypatch.setenv("APP_ONE", " 1 ")
    req = build(app_Two="2")
    with pytest.warns(DeprecationWarning, match=r"get_options.*Application") as caught:
        options = req.get_options()
    assert len(caught) == 1
    assert (options["one"], options["two"]) == ("1", "2")


# --- what was routed ---


def test_unrouted_request(build: Build) -> None:
    """Before routing there is neither rule nor handler."""
    req = build()
    assert (req.uri_rule, req.uri_handler, req.error_handler) == (None, None, None)
    with pytest.raises(RuntimeError, match="has not been routed"):
        req.routed_to.call(req)


@pytest.mark.parametrize("name", ["uri_rule", "uri_handler", "error_handler"])
def test_what_is_set_once(build: Build, name: str) -> None:
    """The first value stays, later ones are ignored (5.1)."""
    req = build()
    for value in (None, print, repr, None):
        setattr(req, name, value)
    assert getattr(req, name) is print


def test_rule_and_handler_are_apart(build: Build) -> None:
    """Setting one leaves the other."""
    req = build()
    req.uri_handler = print
    req.uri_rule = "/a"
    assert (req.uri_rule, req.uri_handler) == ("/a", print)


# --- method and path ---


@pytest.mark.parametrize(
    ("method", "number"),
    [
        ("GET", METHOD_GET),
        ("POST", METHOD_POST),
        ("BREW", METHOD_GET),
        (None, METHOD_GET),
    ],
)
def test_method(build: Build, method: str | None, number: int) -> None:
    """The number of an unknown or missing method is that of GET (L9)."""
    req = build(REQUEST_METHOD=method)
    assert (req.method, req.method_number) == (method, number)


@pytest.mark.parametrize(
    ("raw", "path"),
    [("/a", "/a"), ("", "/"), (None, "/"), ("/\xc4\x8d", "/č"), ("/%41", "/%41")],
)
def test_path(build: Build, raw: str | None, path: str) -> None:
    """The path is UTF-8 in latin-1 text; none is the root (5.1)."""
    req = build(PATH_INFO=raw)
    assert (req.path, req.uri, req.full_path) == (path, path, path)


@pytest.mark.parametrize("raw", ["/\xff", "/\xc4", "/\u010d"])
def test_path_that_is_not_utf_8(
    build: Build, caplog: pytest.LogCaptureFixture, raw: str
) -> None:
    """It is 400 with a WARNING, in one line (5.1)."""
    req = build(PATH_INFO=raw + "\r\n")
    with pytest.raises(HTTPException) as caught:
        _ = req.path
    assert caught.value.status_code == 400
    assert "Invalid PATH_INFO encoding" in caught.value.args[1]["error"]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "\n" not in caplog.messages[0]


def test_path_of_none(app: Application) -> None:
    """A request of a server that sets it to None has a path for its pages (L7)."""
    environ = {"PATH_INFO": None, "REQUEST_STARTTIME": 0.0}
    assert SimpleRequest(environ, app).path == "/"


def test_query(build: Build) -> None:
    """The query is as it was sent; the full path has it (5.1)."""
    req = build("/%C4%8D?a=%20b", QUERY_STRING=" a=%20b ")
    assert (req.query, req.full_path) == ("a=%20b", "/č?a=%20b")
    assert build(QUERY_STRING=None).query == ""


# --- host and client ---


@pytest.mark.parametrize(
    ("host", "scheme", "hostname", "port"),
    [
        ("example.com", "http", "example.com", 80),
        ("example.com", "https", "example.com", 443),
        ("example.com:8080", "https", "example.com", 8080),
        ("example.com:", "http", "example.com", 80),
        ("[::1]", "http", "[::1]", 80),
        ("[::1]:8080", "http", "[::1]", 8080),
        (None, "http", "server", 80),
        ("", "http", "server", 80),
        ("example.com:port", "http", "server", 80),
        ("example.com:65536", "http", "server", 80),
        ("a@b", "http", "server", 80),
        ("a/b", "http", "server", 80),
        ("[::1", "http", "server", 80),
        ("a b", "http", "server", 80),
        ("a\r\nb", "http", "server", 80),
        ("a:1:2", "http", "server", 80),
        ("a:٣", "http", "server", 80),
    ],
)
def test_host(
    build: Build, host: str | None, scheme: str, hostname: str, port: int
) -> None:
    """A malformed Host header counts as none (Q1, bar 20)."""
    variables = {"HTTP_HOST": host, "SERVER_NAME": "server", "SERVER_PORT": "9"}
    req = build(**variables, **{"wsgi.url_scheme": scheme})
    assert (req.hostname, req.host_port) == (hostname, port)


@pytest.mark.parametrize(
    ("attribute", "variable", "default"),
    [
        ("remote_host", "REMOTE_HOST", ""),
        ("remote_addr", "REMOTE_ADDR", None),
        ("referer", "HTTP_REFERER", None),
        ("user_agent", "HTTP_USER_AGENT", None),
        ("server_software", "SERVER_SOFTWARE", "Unknown"),
        ("server_hostname", "SERVER_NAME", None),
        ("server_protocol", "SERVER_PROTOCOL", None),
        ("protocol", "SERVER_PROTOCOL", None),
        ("scheme", "wsgi.url_scheme", "http"),
        ("server_scheme", "wsgi.url_scheme", "http"),
        ("forwarded_for", "HTTP_X_FORWARDED_FOR", None),
        ("forwarded_proto", "HTTP_X_FORWARDED_PROTO", None),
    ],
)
def test_plain_attributes(
    build: Build, attribute: str, variable: str, default: str | None
) -> None:
    """They are the variable as it is, or the default (5.1, bar 24)."""
    assert getattr(build(**{variable: "value"}), attribute) == "value"
    assert getattr(build(**{variable: None}), attribute) == default


def test_server_software_of_uwsgi(build: Build) -> None:
    """A uWSGI server doesn't tell its name (5.1)."""
    assert build(**{"uwsgi.version": b"2"}).server_software == "uWsgi"


def test_server_admin(build: Build) -> None:
    """The admin is told by the server, or the webmaster of the host (5.1)."""
    assert build(SERVER_ADMIN="me@example.com").server_admin == "me@example.com"
    assert build(HTTP_HOST="h:80").server_admin == "webmaster@h"


@pytest.mark.parametrize(
    ("value", "port"),
    [("80", 80), (8080, 8080), (None, None), ("x", None), ("٣", None)],
)
def test_server_port(build: Build, value: object, port: int | None) -> None:
    """It is a number, or None when there is none (Q9, bar 62)."""
    req = build(SERVER_PORT=value)
    assert (req.server_port, req.port) == (port, port)


# --- proxies ---


@pytest.mark.parametrize(
    ("host", "proto", "expected"),
    [
        ("example.com", None, ("example.com", None)),
        ("example.com:8080", "https", ("example.com", 8080)),
        ("a.example:1, b.example:2", "https, http", ("a.example", 1)),
        ("example.com", "https", ("example.com", 443)),
        (None, "http", (None, 80)),
        (None, "ftp", (None, None)),
        (None, None, (None, None)),
        ("junk junk", "https", (None, 443)),
        ("a:99999", None, (None, None)),
        ("a/../b", None, (None, None)),
        ("", "", (None, None)),
    ],
)
def test_forwarded_host(
    build: Build,
    host: str | None,
    proto: str | None,
    expected: tuple[str | None, int | None],
) -> None:
    """The first element counts, junk is None (Q2, bar 22)."""
    req = build(HTTP_X_FORWARDED_HOST=host, HTTP_X_FORWARDED_PROTO=proto)
    assert (req.forwarded_host, req.forwarded_port) == expected


def test_forwarded_port(build: Build) -> None:
    """X-Forwarded-Port is asked where the host names no port."""
    variables = {"HTTP_X_FORWARDED_PORT": "8443", "HTTP_X_FORWARDED_PROTO": "https"}
    assert build(**variables).forwarded_port == 8443
    assert build(HTTP_X_FORWARDED_HOST="p:81", **variables).forwarded_port == 81
    variables["HTTP_X_FORWARDED_PORT"] = "99999"
    assert build(**variables).forwarded_port == 443


def test_forwarded_for(build: Build) -> None:
    """The first element of a list is the client (Q2)."""
    assert build(HTTP_X_FORWARDED_FOR=" 1.2.3.4 , 5.6.7.8").forwarded_for == "1.2.3.4"


FORWARDED = {
    "HTTP_X_FORWARDED_HOST": "public.example",
    "HTTP_X_FORWARDED_PROTO": "https",
}


@pytest.mark.parametrize(
    ("variables", "uri", "expected"),
    [
        ({"HTTP_HOST": "h"}, "/x", "http://h/x"),
        ({"HTTP_HOST": "h:80"}, "/x", "http://h/x"),
        ({"HTTP_HOST": "h:8080"}, "/x?a=b", "http://h:8080/x?a=b"),
        ({"HTTP_HOST": "h:443", "wsgi.url_scheme": "https"}, "/x", "https://h/x"),
        ({"HTTP_HOST": "h:80", "wsgi.url_scheme": "https"}, "/x", "https://h:80/x"),
        ({"HTTP_HOST": "[::1]:8080"}, "/x", "http://[::1]:8080/x"),
        ({"HTTP_HOST": "evil/@x", "SERVER_NAME": "h"}, "/x", "http://h/x"),
        ({}, "http://else.where/x", "http://else.where/x"),
        ({}, "https://else.where/x", "https://else.where/x"),
        ({"HTTP_HOST": "h"}, "HTTP://x", "http://hHTTP://x"),
        ({"HTTP_HOST": "h", **FORWARDED}, "/x", "http://h/x"),
        ({"HTTP_HOST": "h:1", **FORWARDED, "REMOTE_ADDR": None}, "/", "http://h:1/"),
    ],
)
def test_construct_url(
    build: Build, variables: dict[str, Any], uri: str, expected: str
) -> None:
    """It is built of the Host header, and of no proxy's that isn't trusted (bar 21)."""
    assert build(**variables).construct_url(uri) == expected


def test_client_behind_a_trusted_proxy(app: Application) -> None:
    """It is who such a proxy names, and else who the server knows."""
    environ = {
        "REQUEST_STARTTIME": 0.0,
        "REMOTE_ADDR": "10.0.0.1",
        "HTTP_X_FORWARDED_FOR": "6.6.6.6, 198.51.100.4",
    }
    assert SimpleRequest(environ, app).client_addr == "10.0.0.1"
    app.trusted_proxies = ["10.0.0.0/8"]
    assert SimpleRequest(environ, app).client_addr == "198.51.100.4"
    unnamed = environ | {"HTTP_X_FORWARDED_FOR": "unknown"}
    assert SimpleRequest(unnamed, app).client_addr == "10.0.0.1"
    stranger = environ | {"REMOTE_ADDR": "203.0.113.9"}
    assert SimpleRequest(stranger, app).client_addr == "203.0.113.9"
    assert SimpleRequest({"REQUEST_STARTTIME": 0.0}, app).client_addr is None
    request = SimpleRequest(environ, app)
    request.client_addr = "an attribute of one's own"
    assert request.client_addr == "an attribute of one's own"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (FORWARDED, "https://public.example/x"),
        ({"HTTP_X_FORWARDED_PROTO": "https"}, "https://h/x"),
        ({"HTTP_X_FORWARDED_PROTO": "ftp"}, "http://h:8080/x"),
        ({"HTTP_X_FORWARDED_PROTO": "javascript:"}, "http://h:8080/x"),
        ({"HTTP_X_FORWARDED_HOST": "p:81"}, "http://p:81/x"),
        ({"HTTP_X_FORWARDED_HOST": "p/evil"}, "http://h:8080/x"),
        ({"HTTP_X_FORWARDED_HOST": "evil, p"}, "http://p/x"),
        ({"HTTP_X_FORWARDED_PREFIX": "/app"}, "http://h:8080/x"),
        ({"HTTP_FORWARDED": "host=evil"}, "http://h:8080/x"),
        ({}, "http://h:8080/x"),
    ],
)
def test_construct_url_behind_a_trusted_proxy(
    build: Build, app: Application, variables: dict[str, Any], expected: str
) -> None:
    """A trusted proxy's headers count, as far as they make sense (decision 12)."""
    app.trusted_proxies = ["10.0.0.1"]
    req = build(HTTP_HOST="h:8080", REMOTE_ADDR="10.0.0.1", **variables)
    assert req.construct_url("/x") == expected
    assert (req.hostname, req.scheme) == ("h", "http")


def test_settings_of_proxies(build: Build, app: Application) -> None:
    """Networks, hops and fields are those of the application."""
    app.trusted_proxies = ["10.0.0.0/8"]
    app.trusted_hops = 2
    app.trusted_fields = ["X-Forwarded-Host", "X-Forwarded-Prefix"]
    variables = {
        "HTTP_X_FORWARDED_HOST": "evil, a, b",
        "HTTP_X_FORWARDED_PREFIX": "/app",
        "HTTP_X_FORWARDED_PROTO": "https",
    }
    inside = build(REMOTE_ADDR="10.9.8.7", **variables)
    outside = build(REMOTE_ADDR="11.0.0.1", HTTP_HOST="h", **variables)
    assert inside.construct_url("/x") == "http://a/app/x"
    assert inside.construct_url("") == "http://a"
    assert outside.construct_url("/x") == "http://h/x"
