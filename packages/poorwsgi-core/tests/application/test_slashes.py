"""Facts about redirects to the path with a slash at its end, or without."""

import pytest

from poorwsgi_core import Application
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client


def _answer(_: object, text: str) -> str:
    return text


@pytest.fixture
def client(app: Application) -> Client:
    """Build a client of an application with routes that differ in slashes."""
    app.redirect_slashes = True
    app.set_route("/plain", lambda _: "plain")
    app.set_route("/slash/", lambda _: "slash")
    app.set_route("/post/", lambda _: "post", METHOD_POST)
    app.set_route("/u/<x>/", _answer)
    app.set_route("/all<x:re:.*/x>", _answer)
    return Client(app, validate=False)


@pytest.mark.parametrize(
    ("method", "path", "status", "location"),
    [
        ("GET", "/plain/", 301, "/plain"),
        ("GET", "/slash", 301, "/slash/"),
        ("HEAD", "/slash", 301, "/slash/"),
        ("GET", "/slash?a=%20&b", 301, "/slash/?a=%20&b"),
        ("POST", "/post", 308, "/post/"),
        ("GET", "/u/k%C5%AF%C5%88", 301, "/u/k%C5%AF%C5%88/"),
        ("GET", "/u/%0d%0aX:%20y", 301, "/u/%0D%0AX:%20y/"),
        ("GET", "/all/x/", 301, "/all/x"),
    ],
)
def test_redirects(
    client: Client, method: str, path: str, status: int, location: str
) -> None:
    """The other path is told when it has a route of the method; the query stays."""
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["Location"] == location


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/none", 404),
        ("GET", "/none/", 404),
        ("GET", "/post", 404),
        ("POST", "/plain", 405),
        ("GET", "/", 404),
    ],
)
def test_no_redirect(client: Client, method: str, path: str, status: int) -> None:
    """Where the other path wouldn't answer, nothing changes."""
    assert client.request(method, path).status_code == status


def test_off_unless_asked_for(app: Application, client: Client) -> None:
    """Without the setting a slash is another path."""
    app.redirect_slashes = False
    assert client.get("/slash").status_code == 404


@pytest.mark.parametrize("path", ["//evil.example", "/%2Fevil.example", "/\\evil"])
def test_never_to_another_host(app: Application, client: Client, path: str) -> None:
    """What looks like the name of a host stays a path of this one."""
    app.set_route("/<x:re:.*/>", _answer)
    location = client.get(path).headers["Location"]
    assert location[1:2] not in ("/", "\\")
    assert client.get(location).status_code == 200


@pytest.mark.usefixtures("client")
def test_script_name(app: Application) -> None:
    """The prefix of the application stays in front."""
    mounted = Client(app, validate=False, SCRIPT_NAME="/base")
    assert mounted.get("/slash").headers["Location"] == "/base/slash/"


@pytest.mark.usefixtures("client")
def test_prefix_of_a_proxy(app: Application) -> None:
    """So does what a trusted proxy has taken off, and of others nothing."""
    app.trusted_proxies, app.trusted_fields = ["10.0.0.1"], ["X-Forwarded-Prefix"]
    client = Client(app, validate=False, HTTP_X_FORWARDED_PREFIX="/p/")
    found = [
        client.get("/slash?q", SCRIPT_NAME="/base", REMOTE_ADDR=address)
        for address in ("10.0.0.1", "10.0.0.2")
    ]
    locations = [answer.headers["Location"] for answer in found]
    assert locations == ["/p/base/slash/?q", "/base/slash/?q"]
