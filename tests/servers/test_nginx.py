"""nginx in front of the demo application, below a prefix, as the guide has it."""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from nginx import find_nginx, read_block, run_nginx
from serving import KINDS, MOUNTED, Connection, Reply, is_there
from serving import run_server as run_upstream
from websocket import create_connection

BIG = bytes(range(256)) * 40960


@dataclass
class Proxy:
    """A running nginx."""

    port: int

    def request(
        self, path: str, method: str = "GET", body: bytes = b"", **headers: str
    ) -> Reply:
        """Send a request; names of headers have an underscore for the hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with Connection(self.port) as connection:
            everything = {"Connection": "close", **named}
            return connection.request(path, method, everything, body)


@pytest.fixture(scope="module")
def nginx(need: Callable[[str, object], None]) -> str:
    """Find nginx."""
    program = find_nginx()
    need("nginx", program)
    assert program is not None
    return program


@pytest.fixture(scope="module", params=MOUNTED)
def proxy(
    request: pytest.FixtureRequest, need: Callable[[str, object], None], nginx: str
) -> Iterator[Proxy]:
    """Run nginx in front of each server that can be below a prefix."""
    name: str = request.param
    need("servers", is_there(MOUNTED[name]))
    with tempfile.TemporaryDirectory(prefix="poorwsgi-") as directory:
        folder = Path(directory)
        (folder / "www").mkdir()
        (folder / "www" / "big.bin").write_bytes(BIG)
        block, proxies = read_block("    location /app/ {"), "127.0.0.1"
        with (
            run_upstream(name, folder, kinds=MOUNTED, app_proxies=proxies) as server,
            run_nginx(nginx, folder, block, server.port) as port,
        ):
            yield Proxy(port)


def read_row(reply: Reply, name: str) -> str:
    """Return a value of the table on a page."""
    rows = dict(re.findall(r"<th>(.+?)</th><td>(.*?)</td>", reply.body.decode()))
    value: str = rows[name]
    return value


def test_pages_below_the_prefix(proxy: Proxy) -> None:
    """Routes don't know the prefix, and links of the pages have it."""
    reply = proxy.request("/app/")
    assert (reply.status, b'<base href="/app/">' in reply.body) == (200, True)
    assert (
        proxy.request("/app/style.css").headers["content-type"].startswith("text/css")
    )
    assert proxy.request("/app/values/42").status == 200
    assert proxy.request("/").status == 404


def test_redirect(proxy: Proxy) -> None:
    """A redirect keeps the prefix."""
    assert proxy.request("/app/redirect").headers["location"] == "/app/"


def test_path_that_is_not_ascii(proxy: Proxy) -> None:
    """A path arrives as it was meant."""
    assert "/příklad" in proxy.request("/app/p%C5%99%C3%ADklad").body.decode()


def test_outer_address(proxy: Proxy) -> None:
    """Of a trusted proxy, scheme and host are believed."""
    reply = proxy.request("/app/nowhere")
    assert reply.status == 404
    url = read_row(reply, "req.construct_url(&apos;/&apos;)")
    assert url == "https://localhost/"


def test_forged_headers(proxy: Proxy) -> None:
    """What a client says of itself, nginx replaces."""
    reply = proxy.request(
        "/app/nowhere",
        X_Forwarded_Host="evil.example",
        X_Forwarded_Proto="http",
        X_Forwarded_Port="666",
    )
    url = read_row(reply, "req.construct_url(&apos;/&apos;)")
    assert url == "https://localhost/"


def test_forged_names(proxy: Proxy) -> None:
    """A name with an underscore doesn't pass for one with a hyphen."""
    with Connection(proxy.port) as connection:
        forged = {"X_Forwarded_Host": "evil.example", "Connection": "close"}
        reply = connection.request("/app/nowhere", headers=forged)
    url = read_row(reply, "req.construct_url(&apos;/&apos;)")
    assert url == "https://localhost/"


def test_file_and_range(proxy: Proxy) -> None:
    """A file of the document root is below the prefix too, whole and in part."""
    assert proxy.request("/app/big.bin").body == BIG
    reply = proxy.request("/app/big.bin", Range="bytes=1000-2000")
    assert (reply.status, reply.body) == (206, BIG[1000:2001])
    etag = reply.headers["etag"]
    assert proxy.request("/app/big.bin", If_None_Match=etag).status == 304


def test_upload(proxy: Proxy) -> None:
    """A body arrives whole, also in chunks, which nginx puts together."""
    length = str(len(BIG))
    assert (
        proxy.request("/app/upload/big", "PUT", BIG, Content_Length=length).status
        == 201
    )
    assert proxy.request("/app/upload/big").body == BIG
    chunks = b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    reply = proxy.request(
        "/app/upload/chunks", "PUT", chunks, Transfer_Encoding="chunked"
    )
    assert reply.status == 201
    assert proxy.request("/app/upload/chunks").body == b"hello world"


def test_stream(proxy: Proxy) -> None:
    """A stream without a length arrives whole."""
    assert len(proxy.request("/app/stream/16").body) == 16 * 65536


def test_websocket(
    nginx: str, need: Callable[[str, object], None], tmp_path: Path
) -> None:
    """The chat goes through nginx, below the prefix too."""
    need("servers", is_there(KINDS["gunicorn-threads"]))
    block = f"server {{ listen 80; {read_block('location /app/chat {')} }}"
    application = "websocket:application"
    with (
        run_upstream("gunicorn-threads", tmp_path, application) as server,
        run_nginx(nginx, tmp_path, block, server.port) as port,
        closing(create_connection(f"ws://127.0.0.1:{port}/app/chat", 20)) as client,
    ):
        assert client.recv() == '{"people": 1}'
        client.send('{"name": "a", "text": "b"}')
        assert client.recv() == '{"name": "a", "text": "b"}'
