"""Facts about the debug page."""

import io
import os
import re
import warnings
from types import SimpleNamespace
from typing import Any

import pytest

from poorwsgi_core import state
from poorwsgi_core.results.debug import debug_info

SECRETS = [
    "poor_SecretKey",
    "DB_PASSWORD",
    "db_passwd",
    "SSH_PASSPHRASE",
    "GITHUB_TOKEN",
    "X_API_KEY",
    "HTTP_AUTHORIZATION",
    "HTTP_PROXY_AUTHORIZATION",
    "HTTP_COOKIE",
    "Set-Cookie",
    "aws_credentials",
]


def view(req: object) -> None:
    """Show something."""


def hook(req: object) -> None:
    """Do something before."""


def late_hook(req: object, response: object) -> None:
    """Do something after."""


def page_404(req: object) -> None:
    """Say that there is nothing."""


def app(**attributes: Any) -> Any:
    """Build a stand-in for an application."""
    defaults: dict[str, Any] = {
        "name": "shop",
        "routes": {"/user/path": {state.METHOD_GET: view}},
        "regular_routes": {},
        "route_table": [],
        "defaults": {},
        "states": {404: {state.METHOD_GET: page_404}},
        "errors": {},
        "list_hooks": lambda: ([hook], [late_hook]),
        "filters": {":int": ("-?[0-9]+", int)},
        "get_options": dict,
    }
    return SimpleNamespace(**(defaults | attributes))


def text(req: Any, application: Any = None) -> str:
    """Return the page without what the style sheet says."""
    page = debug_info(req, application or app())
    return page[: page.index("<style>")] + page[page.index("</style>") :]


def value(page: str, key: str) -> str:
    """Return the cell beside a key."""
    pattern = (
        rf'<th scope="row">(?:<code>)?{re.escape(key)}(?:</code>)?</th><td>(.*?)</td>'
    )
    (found,) = re.findall(pattern, page)
    return re.sub("<[^>]*>", "", found)


def test_sections() -> None:
    """The page has all sections, in order, each with a link to it."""
    page = text(SimpleNamespace())
    titles = [
        "Route Table",
        "HTTP State Handlers",
        "Exception Handlers",
        "Before and After Handlers",
        "Filters",
        "Request Headers",
        "Poor Variables",
        "Application Variables",
        "Request Environ",
        "Profiles",
    ]
    assert re.findall("<h2>(.*?)</h2>", page) == titles
    assert re.findall('<a href="#([^"]*)">', page) == re.findall(
        '<section id="([^"]*)">', page
    )
    assert page.startswith("<!DOCTYPE html>")
    assert "<table" in page


def test_wiring_is_shown() -> None:
    """Routes, state handlers and hooks of the application are shown."""
    page = text(SimpleNamespace())
    for shown in ("/user/path", ".view<", ".page_404<", ".hook<", ".late_hook<"):
        assert shown in page


def test_routes_are_filtered() -> None:
    """The form shows what was asked for, and the tables only rows with it."""
    routes = {"/a": {state.METHOD_GET: view}, "/<b>": {state.METHOD_GET: hook}}
    rows = '<th scope="row"><a.*?><code>(.*?)</code>'
    for wanted, shown in (
        ("", ["/&lt;b&gt;", "/a"]),
        ("%3CB", ["/&lt;b&gt;"]),
        ("do+something", ["/&lt;b&gt;"]),
        ("class", []),
    ):
        req = SimpleNamespace(environ={"QUERY_STRING": f"routes={wanted}"})
        page = text(req, app(routes=routes))
        assert re.findall(rows, page) == shown
    req = SimpleNamespace(environ={"QUERY_STRING": "routes=%22%3E%3Cb%3E"})
    assert 'name="routes" value="&quot;&gt;&lt;b&gt;"' in text(req)


def test_empty_request() -> None:
    """Whatever a request lacks is a dash."""
    page = text(SimpleNamespace())
    for name in ("Debug", "Server Port", "Forward For", "Document Root"):
        assert value(page, name) == "-"
    assert "<footer>webmaster: - / -</footer>" in page


class Broken:
    """A request whose attributes raise."""

    def __getattr__(self, name: str) -> Any:
        raise ValueError(name)


def test_broken_request() -> None:
    """An attribute that raises is a dash."""
    assert value(text(Broken()), "Server Port") == "-"


def test_poor_variables() -> None:
    """Attributes of the request are shown under their names."""
    req = SimpleNamespace(
        debug=True,
        server_software="Server/1.0",
        server_hostname="inside",
        server_port=8080,
        server_scheme="https",
        hostname="outside",
        server_admin="admin",
        forwarded_for="192.0.2.1",
        forwarded_host="proxy",
        forwarded_proto="http",
        document_root="/srv",
        document_index=False,
    )
    page = text(req)
    assert [value(page, name) for name in ("Debug", "Document Index")] == [
        "True",
        "False",
    ]
    assert value(page, "Version").endswith(f"({state.__date__})")
    assert value(page, "Server Port") == "8080"
    assert value(page, "HTTP Hostname") == "outside"
    assert value(page, "Forward Proto") == "http"
    assert "<footer>webmaster: admin / Server/1.0</footer>" in page
    assert '<a href="/debug-info">' in page


@pytest.mark.parametrize(
    ("secret", "hint"),
    [
        (None, "not set"),
        ("", "not set"),
        ("kůň", "set, 5 bytes"),
        (b"x" * 32, "set, 32 bytes"),
        ([b"new", b"old"], "set, 2 keys"),
        (object(), "set"),
    ],
)
def test_secret_key(secret: Any, hint: str) -> None:
    """Of the secret key there is just a hint (bar 29)."""
    assert value(text(SimpleNamespace(secret_key=secret)), "Secret Key") == hint


@pytest.mark.parametrize("key", SECRETS)
def test_secrets_are_masked(key: str, caplog: pytest.LogCaptureFixture) -> None:
    """Values of keys that sound secret are not shown nor logged (bar 29)."""
    caplog.set_level(0)
    req = SimpleNamespace(
        environ={key: "hunter2"},
        headers={key: "hunter2"},
        secret_key="hunter2",
    )
    page = text(req, app(get_options=lambda: {key: "hunter2"}))
    assert "hunter2" not in page
    assert page.count('<span class="masked">masked</span>') == 3
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("postgres://u:hunter2@db/x", "postgres://…@db/x"),
        ("redis://:hunter2@db", "redis://…@db"),
        ("a=1&access_token=hunter2&b=2", "a=1&amp;access_token=…&amp;b=2"),
        ("/x?api-key=hunter2", "/x?api-key=…"),
        ("http://host:80/x", "http://host:80/x"),
    ],
)
def test_secrets_inside_of_values(shown: str, expected: str) -> None:
    """Passwords in URLs and secret arguments in queries are masked."""
    assert value(text(SimpleNamespace(environ={"X": shown})), "X") == expected


def test_values() -> None:
    """Plain values are shown, others by their type alone."""
    environ = {
        "none": None,
        "yes": True,
        "number": 1.5,
        "bytes": b"<\xff",
        "wsgi.version": (1, 0),
        "mixed": ("hunter2",),
        "wsgi.input": io.BytesIO(b"hunter2"),
        "long": "x" * 5000,
        "<k>\n": "<v>\udcff",
    }
    page = text(SimpleNamespace(environ=environ))
    assert value(page, "none") == "-"
    assert value(page, "yes") == "True"
    assert value(page, "number") == "1.5"
    assert value(page, "bytes") == "b&apos;&lt;\\xff&apos;"
    assert value(page, "wsgi.version") == "(1, 0)"
    assert value(page, "mixed") == "&lt;builtins.tuple&gt;"
    assert value(page, "wsgi.input") == "&lt;_io.BytesIO&gt;"
    assert value(page, "long") == "x" * 2000 + "…"
    assert value(page, "&lt;k&gt;\\n") == "&lt;v&gt;\\udcff"
    assert "hunter2" not in page
    assert page.encode().decode() == page


def test_long_values_are_quick() -> None:
    """Masking takes linear time."""
    environ = {"X": "key-" * 100_000, "Y": "://" * 100_000, "Z": "a=" * 100_000}
    assert len(text(SimpleNamespace(environ=environ))) < 50_000


@pytest.mark.needs("users")
def test_environ_is_sorted_with_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environ is sorted, and the ids of the process follow."""
    page = text(SimpleNamespace(environ={"b": "1", "a": "2"}))
    assert page.index("<code>a</code>") < page.index("<code>b</code>")
    assert value(page, "os.euid") == str(os.geteuid())
    monkeypatch.delattr(os, "geteuid")
    assert "os.euid" not in text(SimpleNamespace())


def test_options_cause_no_warning() -> None:
    """Variables come from the application, not from the deprecated method."""

    def get_options() -> dict[str, str]:
        warnings.warn("deprecated", DeprecationWarning, 2)
        return {}

    req = SimpleNamespace(get_options=get_options)
    page = text(req, app(get_options=lambda: {"b": "1", "a": "<2>"}))
    assert value(page, "a") == "&lt;2&gt;"
    assert page.index("<code>a</code>") < page.index("<code>b</code>")


def test_everything_is_escaped() -> None:
    """Names and values from outside are escaped (bar 28)."""
    evil = "<script>"
    names = ["server_software", "server_admin", "hostname", "forwarded_for"]
    req = SimpleNamespace(
        **dict.fromkeys(names, evil), headers={evil: evil}, environ={evil: evil}
    )
    page = text(req, app(name=evil, get_options=lambda: {evil: evil}))
    assert evil not in page


def test_mounted_application() -> None:
    """Links stay below the path that the application is mounted at."""
    req = SimpleNamespace(environ={"SCRIPT_NAME": "/shop"})
    assert '<a href="/shop/user/path">' in text(req)
