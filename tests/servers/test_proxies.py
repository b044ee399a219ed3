"""Apache, HAProxy and Caddy in front of the demo application, as the guide has them."""

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest
from apache import MODULES
from probing import probe
from serving import Connection, Reply, find_port, run_process, run_server

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "deployment.md"
UPSTREAM = "127.0.0.1:8000"

APACHE = """
ServerName localhost
Listen 127.0.0.1:{port}
ServerRoot {folder}
PidFile {folder}/apache.pid
ErrorLog /dev/stderr
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
{block}
"""
HAPROXY = """
defaults
    timeout connect 5s
    timeout client 10s
    timeout server 10s
{block}
"""
CADDY = """
{{
    admin off
    auto_https off
}}
{block}
"""


@dataclass(frozen=True)
class Kind:
    """A proxy: its program, its arguments, and where it listens in the guide.

    Attributes:
        program: name of the program.
        arguments: behind the program; ``{file}`` is the configuration.
        frame: what is around the block of the guide.
        start: how that block begins.
        listens: text of the block to be replaced, and by what.
    """

    program: str
    arguments: str
    frame: str
    start: str
    listens: tuple[str, str]


KINDS = {
    "apache": Kind(
        "apache2",
        "-f {file} -DFOREGROUND",
        APACHE,
        r"apache\n<VirtualHost",
        ("*:80", "127.0.0.1:{port}"),
    ),
    "haproxy": Kind(
        "haproxy",
        "-db -f {file}",
        HAPROXY,
        r"haproxy\nfrontend",
        ("bind :80", "bind 127.0.0.1:{port}"),
    ),
    "caddy": Kind(
        "caddy",
        "run --config {file} --adapter caddyfile",
        CADDY,
        r"caddy\nwww",
        ("www.example.com {", "http://:{port} {\n    bind 127.0.0.1"),
    ),
}


def read_block(kind: Kind) -> str:
    """Return a block of the guide."""
    text = PAGE.read_text("utf-8")
    (block,) = re.findall(rf"```({kind.start}.+?)```", text, re.DOTALL)
    return str(block).partition("\n")[2]


def configure(kind: Kind, folder: Path, port: int, upstream: int) -> Path:
    """Write a configuration that has the block of the guide."""
    block, (old, new) = read_block(kind), kind.listens
    for before, after in ((old, new), (UPSTREAM, f"127.0.0.1:{upstream}")):
        assert before in block
        block = block.replace(before, after.replace("{port}", str(port)))
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    file = folder / "proxy.conf"
    file.write_text(
        kind.frame.format(
            port=port, folder=folder, user=user, modules=MODULES, block=block
        )
    )
    return file


@dataclass
class Proxy:
    """A running proxy."""

    port: int

    def request(self, *fields: str, host: str = "localhost") -> Reply:
        """Ask for the page that tells how the application sees itself."""
        lines = ["GET /nowhere HTTP/1.1", f"Host: {host}", "Connection: close"]
        with Connection(self.port) as connection:
            connection.send("\r\n".join([*lines, *fields, "", ""]).encode())
            return connection.read_reply()


@contextmanager
def run_proxy(name: str, program: str, folder: Path, upstream: int) -> Generator[Proxy]:
    """Run a proxy in front of a port."""
    kind, port = KINDS[name], find_port()
    file = configure(kind, folder, port, upstream)
    command = [program, *kind.arguments.format(file=file).split()]
    home = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    (folder / "proxy").mkdir()
    with run_process(command, port, folder / "proxy" / "log", home):
        yield Proxy(port)


@pytest.fixture(scope="module", params=KINDS)
def installed(
    request: pytest.FixtureRequest, need: Callable[[str, object], None]
) -> tuple[str, str]:
    """Return the name of a proxy, and where its program is."""
    name: str = request.param
    program = KINDS[name].program
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    need(name, path)
    return name, str(path)


@pytest.fixture(scope="module")
def proxy(installed: tuple[str, str]) -> Iterator[Proxy]:
    """Run a proxy in front of the embedded server, which believes it."""
    with tempfile.TemporaryDirectory(prefix="poorwsgi-") as directory:
        folder = Path(directory)
        (folder / "www").mkdir()
        with (
            run_server("wsgiref", folder, app_proxies="127.0.0.0/8") as server,
            run_proxy(*installed, folder, server.port) as proxy,
        ):
            yield proxy


class Mirror(StreamRequestHandler):
    """Answers with the head that a proxy hands on."""

    def handle(self) -> None:
        """Send it back."""
        head = b"".join(iter(self.rfile.readline, b"\r\n"))
        size = b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(head)
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + size + head)


@pytest.fixture(scope="module")
def mirrored(installed: tuple[str, str]) -> Iterator[Proxy]:
    """Run a proxy in front of what shows the bytes."""
    with (
        tempfile.TemporaryDirectory(prefix="poorwsgi-") as directory,
        ThreadingTCPServer(("127.0.0.1", 0), Mirror) as server,
    ):
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            port: int = server.server_address[1]
            with run_proxy(*installed, Path(directory), port) as proxy:
                yield proxy
        finally:
            server.shutdown()
            thread.join()


def read_url(reply: Reply) -> str:
    """Return the URL of the root, as the application builds it."""
    assert reply.status == 404
    name = re.escape("req.construct_url(&apos;/&apos;)")
    (url,) = re.findall(rf"<th>{name}</th><td>(.*?)</td>", reply.body.decode())
    return str(url)


@pytest.mark.parametrize("host", ["localhost", "localhost:8443", "[::1]:8080"])
def test_outer_address(proxy: Proxy, host: str) -> None:
    """The application sees itself as the client does."""
    assert read_url(proxy.request(host=host)) == f"http://{host}/"


FORGED = [
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Port: 666",
    "X-Forwarded-Prefix: /evil",
    "Forwarded: host=evil.example;proto=https",
    "X_Forwarded_Host: evil.example",
    "X_Forwarded_Proto: https",
    "X_Forwarded_Port: 666",
]


@pytest.mark.parametrize("field", FORGED)
def test_forged_field(proxy: Proxy, field: str) -> None:
    """What a client says of itself, nobody believes."""
    assert read_url(proxy.request(field)) == "http://localhost/"


def test_all_of_them(proxy: Proxy) -> None:
    """The same, for all at once, and more than once."""
    assert read_url(proxy.request(*FORGED, *FORGED)) == "http://localhost/"


def test_fields_that_are_handed_on(mirrored: Proxy) -> None:
    """The head that leaves a proxy has nothing of what was forged."""
    text = mirrored.request(*FORGED[:3], *FORGED[5:], "X-Other: kept").body.decode()
    assert ("evil" in text, "666" in text, "https" in text) == (False, False, False)
    assert "X-Other: kept" in text.replace("x-other", "X-Other")


def test_probe(proxy: Proxy) -> None:
    """Nothing is found from outside but that the demo answers any host."""
    _, verdicts = probe(proxy.port, "/nowhere")
    bad = {case for case, verdict in verdicts.items() if verdict == "BAD"}
    assert bad <= {"foreign Host", "foreign host as target"}
