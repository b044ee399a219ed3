"""What upload clients send, and what arrives: the table in the guide of forms.

Each cell is tried with the real client, by what the table says: names that arrive as
they are, or how they arrive instead.  Where a new release differs, its test fails, and
the table gets better.  A client that isn't installed is skipped by its name.
"""

import asyncio
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from shutil import which
from typing import Any, TypeAlias
from urllib.parse import quote, unquote

import aiohttp
import httpx
import pytest
import requests
import urllib3
from viewing import wait_for_text

from poorwsgi_core.server import build_server
from poorwsgi_core.state import METHOD_POST, METHOD_PUT
from poorwsgi_forms import Application, Request

Send: TypeAlias = Callable[[str, list[Path]], None]

GUIDE = Path(__file__).parents[2] / "docs/guide/forms.md"
FILES = {
    "two words.txt": b"blank",
    'a"quote".txt': b"quotes",
    "žluť.txt": b"diacritics",
    "\U0001f511.txt": b"emoji",
    "empty.txt": b"",
    "large.bin": bytes(range(256)) * 4096,
}
PAGE = """<form method="post" action="/form" enctype="multipart/form-data">
<input type="file" name="file" multiple><button>Send</button></form>"""

NODE = """
const { readFileSync } = require('fs');
const { basename } = require('path');
(async () => {
  const [url, ...paths] = process.argv.slice(1);
  for (const path of paths) {
    const form = new FormData();
    form.append('file', new Blob([readFileSync(path)]), basename(path));
    await fetch(url + '/form', { method: 'POST', body: form });
  }
})();
"""
LWP = """
use LWP::UserAgent;
use HTTP::Request::Common qw(POST);
my ($url, @paths) = @ARGV;
my $client = LWP::UserAgent->new(timeout => 10);
$client->request(POST "$url/form", Content_Type => 'form-data',
                 Content => [file => [$_]]) for @paths;
"""


def run(*command: str) -> None:
    """Run a program."""
    subprocess.run(command, check=True, timeout=60, capture_output=True)  # noqa: S603 - programs of the system


def send_with_curl_form(url: str, paths: list[Path]) -> None:
    """Send a form with curl -F."""
    for path in paths:
        name = str(path).replace('"', '\\"')
        field = f'file=@"{name}"'
        run("curl", "--silent", "--noproxy", "*", "-F", field, f"{url}/form")


def send_with_curl_put(url: str, paths: list[Path]) -> None:
    """Send the files alone with curl -T."""
    for path in paths:
        run("curl", "--silent", "--noproxy", "*", "-T", str(path), f"{url}/put/")


def send_with_wget(url: str, paths: list[Path]) -> None:
    """Send the files alone with wget --post-file."""
    for path in paths:
        target = f"{url}/put/{quote(path.name)}"
        run("wget", "--quiet", "--no-proxy", f"--post-file={path}", "-O-", target)


def send_with_lwp(url: str, paths: list[Path]) -> None:
    """Send a form with libwww-perl."""
    run("perl", "-e", LWP, url, *map(str, paths))


def send_with_node(url: str, paths: list[Path]) -> None:
    """Send a form with fetch of Node, which is undici."""
    run("node", "-e", NODE, url, *map(str, paths))


def send_with_requests(url: str, paths: list[Path]) -> None:
    """Send a form with requests."""
    with requests.Session() as session:
        session.trust_env = False
        for path in paths:
            with path.open("rb") as file:
                session.post(f"{url}/form", files={"file": file}, timeout=10)


def send_with_urllib3(url: str, paths: list[Path]) -> None:
    """Send a form with urllib3."""
    with urllib3.PoolManager() as pool:
        for path in paths:
            fields = {"file": (path.name, path.read_bytes())}
            pool.request("POST", f"{url}/form", fields=fields)


def send_with_httpx(url: str, paths: list[Path]) -> None:
    """Send a form with httpx."""
    with httpx.Client(trust_env=False) as client:
        for path in paths:
            with path.open("rb") as file:
                client.post(f"{url}/form", files={"file": file})


def send_with_aiohttp(url: str, paths: list[Path]) -> None:
    """Send a form with aiohttp."""

    async def send() -> None:
        async with aiohttp.ClientSession() as session:
            for path in paths:
                with path.open("rb") as file:
                    async with session.post(f"{url}/form", data={"file": file}):
                        pass

    asyncio.run(send())


def send_by_hand(url: str, paths: list[Path]) -> None:
    """Send a form with http.client, as it is often written."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=10)
    headers = {"Content-Type": "multipart/form-data; boundary=*****"}
    for path in paths:
        name = path.name.replace('"', "%22")
        disposition = f'form-data; name="file"; filename="{name}"'
        head = f"--*****\r\nContent-Disposition: {disposition}\r\n\r\n".encode()
        body = head + path.read_bytes() + b"\r\n--*****--\r\n"
        connection.request("POST", "/form", body, headers)
        connection.getresponse().read()
    connection.close()


CLIENTS: dict[str, tuple[str, Send]] = {
    "curl -F": ("curl", send_with_curl_form),
    "curl -T": ("curl", send_with_curl_put),
    "wget": ("wget", send_with_wget),
    "LWP": ("libwww-perl", send_with_lwp),
    "Node": ("node", send_with_node),
    "requests": ("", send_with_requests),
    "urllib3": ("", send_with_urllib3),
    "httpx": ("", send_with_httpx),
    "aiohttp": ("", send_with_aiohttp),
    "http.client": ("", send_by_hand),
}


class Arrivals:
    """An application that notes what arrives."""

    def __init__(self, name: str) -> None:
        self.seen: list[tuple[str | None, bytes]] = []
        self.app = Application(name)
        self.app.set_route("/", lambda _: PAGE)
        self.app.set_route("/form", self._take_form, METHOD_POST)
        self.app.set_route("/put/<name:re:.*>", self._take, METHOD_POST | METHOD_PUT)

    def _take_form(self, req: Request) -> dict[str, int]:
        for part in req.form_parts():
            self.seen.append((part.filename, part.read()))
        return {"files": len(self.seen)}

    def _take(self, req: Request, name: str) -> dict[str, int]:
        content = req.input.read(1 << 22) if req.is_body_request else b""
        self.seen.append((name, content))
        return {"files": len(self.seen)}


@pytest.fixture
def arrivals(request: pytest.FixtureRequest) -> Arrivals:
    """Build the application."""
    node: Any = request.node
    return Arrivals(str(node.nodeid))


@pytest.fixture
def url(arrivals: Arrivals) -> Iterator[str]:
    """Serve the application; gives its address."""
    with build_server(arrivals.app, port=0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Write the files."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in FILES]


def is_there(program: str) -> bool:
    """Tell whether a program is installed."""
    if program == "libwww-perl":
        perl = which("perl")
        command = (str(perl), "-MLWP", "-e1")
        return perl is not None and not subprocess.run(command, check=False).returncode  # noqa: S603 - found above
    return which(program) is not None


def read_row(client: str) -> list[str]:
    """Read the row of a client in the guide."""
    guide = GUIDE.read_text("utf-8")
    match = re.search(rf"^\| `?{re.escape(client)}`? \|(.*)\|$", guide, re.MULTILINE)
    assert match is not None, f"The guide has no row of {client}"
    return [cell.strip() for cell in match[1].split("|")][1:]


def judge(seen: list[tuple[str | None, bytes]]) -> list[str]:
    """Say of each file how it arrived: "yes", or what is different."""
    cells: list[str] = []
    for (name, content), expected in zip(seen, FILES, strict=True):
        assert content == FILES[expected]
        encoded = "encoded" if unquote(name or "") == expected else str(name)
        cells.append("yes" if name == expected else encoded)
    return cells


@pytest.mark.parametrize("client", CLIENTS)
def test_client(
    client: str,
    arrivals: Arrivals,
    url: str,
    paths: list[Path],
    need: Callable[[str, object], None],
) -> None:
    """All content arrives, and names as the guide says."""
    program, send = CLIENTS[client]
    need(program, not program or is_there(program))
    send(url, paths)
    assert judge(arrivals.seen) == read_row(client)


def test_chromium(
    browser: Any, arrivals: Arrivals, url: str, paths: list[Path]
) -> None:
    """A form of several files, in one request."""
    browser.get(url)
    chosen = "\n".join(map(str, paths))
    browser.find_element("css selector", "input").send_keys(chosen)
    browser.find_element("css selector", "button").click()
    wait_for_text(browser, "body", str({"files": len(FILES)}).replace("'", '"'))
    assert judge(arrivals.seen) == read_row("Chromium")
