"""nginx for a whole site, as the guide and the tutorial have it, files and all."""

import json
import re
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from nginx import PAGE, UPSTREAM, find_nginx, read_block, run_nginx
from probing import probe
from serving import KINDS, Connection, Kind, Place, Reply, is_there, run_server

TUTORIAL = PAGE.parents[1] / "tutorial" / "deployment.md"
SITES = {
    "guide": (PAGE, "/srv/hello/public"),
    "tutorial": (TUTORIAL, "/srv/bookshelf/public"),
}
FORGED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Proto": "http",
}


@pytest.fixture(scope="module")
def nginx(need: Callable[[str, object], None]) -> str:
    """Find nginx."""
    program = find_nginx()
    need("nginx", program)
    return str(program)


def read_site(name: str) -> str:
    """Return the block of a page."""
    page, root = SITES[name]
    return read_block(f"    root {root};", page)


def fill(folder: Path) -> str:
    """Make a document root with what is public, and with what isn't."""
    public = folder / "current" / "public"
    (public / ".git").mkdir(parents=True)
    (public / ".well-known").mkdir()
    (folder / "secret").write_text("nobody's")
    for name in ("style.css", ".env", ".git/config", ".well-known/acme"):
        (public / name).write_text(name)
    (public / "outside").symlink_to(folder / "secret")
    (public / "up").symlink_to(folder)
    # A link above the root is nobody's but the owner's.
    (folder / "release").symlink_to(folder / "current")
    return str(folder / "release" / "public")


@pytest.fixture(scope="module", params=SITES)
def port(request: pytest.FixtureRequest, nginx: str) -> Iterator[int]:
    """Run nginx with files of its own in front of the embedded server."""
    name: str = request.param
    with tempfile.TemporaryDirectory(prefix="poorwsgi-") as directory:
        folder = Path(directory)
        (folder / "www").mkdir()
        folder.chmod(0o755)
        root = {f"root {SITES[name][1]};": f"root {fill(folder)};"}
        with (
            run_server("wsgiref", folder, app_proxies="127.0.0.1") as server,
            run_nginx(nginx, folder, read_site(name), server.port, root) as port,
        ):
            yield port


def ask(port: int, path: str, **more: str) -> Reply:
    """Ask nginx for a page."""
    with Connection(port) as connection:
        return connection.request(path, headers={"Connection": "close", **more})


def read_address(reply: Reply) -> tuple[str, str]:
    """Return the URL that the application is reached by, and the client's address."""
    seen = json.loads(reply.body)
    return seen["url"], seen["client"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/style.css", 200),
        ("/.well-known/acme", 200),
        ("/.env", 404),
        ("/%2eenv", 404),
        ("/.git/config", 404),
        ("/.well-known/../.env", 404),
        ("/outside", 404),
        ("/up/secret", 404),
        ("/up/current/public/style.css", 404),
    ],
)
def test_files(port: int, path: str, status: int) -> None:
    """Files are given out as the application would: none hidden, no link outside."""
    reply = ask(port, path)
    assert (reply.status, b"nobody" in reply.body) == (status, False)
    assert reply.head.lower().count(b"x-content-type-options: nosniff") <= 1


def test_file_is_not_guessed_at(port: int) -> None:
    """A file of nginx's has nosniff too."""
    assert ask(port, "/style.css").headers["x-content-type-options"] == "nosniff"


def test_fields(port: int) -> None:
    """What a client says of itself is replaced, each field of it."""
    assert read_address(ask(port, "/seen", **FORGED)) == (
        "https://localhost/",
        "127.0.0.1",
    )


def test_large_body(port: int) -> None:
    """A large body is refused by nginx itself, before it comes."""
    with Connection(port) as connection:
        sent = {"Content-Length": f"{5 * 1024**2 + 1}", "Connection": "close"}
        assert connection.request("/upload/x", "PUT", sent).status == 413


def test_probe(port: int) -> None:
    """Nothing is found from outside but that the demo answers any host."""
    _, verdicts = probe(port, "/nowhere")
    bad = {case for case, verdict in verdicts.items() if verdict == "BAD"}
    assert bad == {"foreign Host"}


def test_health_by_address(nginx: str, tmp_path: Path) -> None:
    """Who asks by an address for the health page asks by a name that is served."""
    (tmp_path / "www").mkdir()
    with (
        run_server("wsgiref", tmp_path, app_proxies="127.0.0.1") as server,
        run_nginx(nginx, tmp_path, read_site("guide"), server.port) as port,
        Connection(port) as connection,
    ):
        connection.send(b"GET /livez HTTP/1.0\r\nHost: 10.0.0.5\r\n\r\n")
        url, _ = read_address(connection.read_reply())
    assert url == "https://www.example.com/"


# --- other ways to the server ----------------------------------------------------


def build_gunicorn(place: Place) -> list[str]:
    """Build a command that listens on a Unix socket too."""
    command = KINDS["gunicorn-threads"].command(place)
    return [*command, "--bind", f"unix:{place.folder}/hello.sock"]


def build_uwsgi(place: Place) -> list[str]:
    """Build a command that speaks the protocol of uWSGI too."""
    socket = f"{place.folder}/uwsgi.sock"
    return [*KINDS["uwsgi"].command(place), "--socket", socket]


WAYS = {
    "unix": Kind(build_gunicorn, "gunicorn"),
    "uwsgi": Kind(build_uwsgi, "pyuwsgi"),
}


def change_way(name: str, folder: Path) -> tuple[str, dict[str, str]]:
    """Return the block of the guide for a way, and what is replaced in it."""
    site = read_site("guide")
    if name == "unix":
        return site, {UPSTREAM: f"http://unix:{folder}/hello.sock;"}
    place = read_block("    uwsgi_pass 127.0.0.1:8000;")
    indented = re.sub("^(?=.)", "    ", place, flags=re.MULTILINE)
    changed, count = re.subn(
        r"    location @application \{\n.+?\n    \}\n", indented, site, flags=re.DOTALL
    )
    assert count == 1
    return changed, {
        "include uwsgi_params": "include /etc/nginx/uwsgi_params",
        "uwsgi_pass 127.0.0.1:8000": f"uwsgi_pass unix:{folder}/uwsgi.sock",
    }


@contextmanager
def run_way(nginx: str, folder: Path, name: str, proxies: str) -> Generator[int]:
    """Run nginx in front of a server that it reaches by another way."""
    (folder / "www").mkdir()
    block, replaced = change_way(name, folder)
    with (
        run_server(name, folder, kinds=WAYS, app_proxies=proxies) as server,
        run_nginx(nginx, folder, block, server.port, replaced) as port,
    ):
        yield port


@pytest.mark.parametrize(("name", "proxies"), [("unix", "unix:"), ("uwsgi", "")])
def test_other_ways(
    nginx: str,
    need: Callable[[str, object], None],
    name: str,
    proxies: str,
) -> None:
    """By a Unix socket and by uwsgi_pass, the client and the address are known."""
    need("servers", is_there(WAYS[name]))
    with (
        tempfile.TemporaryDirectory(prefix="poorwsgi-") as directory,
        run_way(nginx, Path(directory), name, proxies) as port,
    ):
        scheme = "https" if name == "unix" else "http"  # nginx has no TLS here
        seen = (f"{scheme}://localhost/", "127.0.0.1")
        assert read_address(ask(port, "/seen", **FORGED)) == seen
