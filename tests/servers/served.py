"""What the servers serve: the demo application, and what it can't say of itself."""

import sys
import time
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from pathlib import Path
from socketserver import StreamRequestHandler
from typing import Any, cast

from quirks_seen import read_quirks

from poorwsgi import Application
from poorwsgi_core import abort
from poorwsgi_core.request import Request
from poorwsgi_core.response import FileResponse
from poorwsgi_core.server import build_server
from poorwsgi_core.state import METHOD_POST


class CountsOfAll(MutableMapping[str, int]):
    """Numbers that grow by one, shared by the processes of a server.

    Each is the size of a file in the working directory, which O_APPEND lets grow
    safely.
    """

    def __init__(self, counts: dict[str, int]) -> None:
        self._names = list(counts)

    def __getitem__(self, name: str) -> int:
        path = Path(f"count-{name}")
        return path.stat().st_size if path.exists() else 0

    def __setitem__(self, name: str, value: int) -> None:
        with Path(f"count-{name}").open("ab", buffering=0) as file:
            file.write(b"!")

    def __delitem__(self, name: str) -> None:
        raise NotImplementedError

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


simple: Any = import_module("simple")
simple.STREAMS = CountsOfAll(simple.STREAMS)
app: Application = simple.app
# So that the debug page shows only when the server hands poor_Debug over.
app.debug = False
app.trusted_proxies = app.get_options().get("proxies", "").split()

_OFFERS = ("wsgi.early_hints", "wsgi.file_wrapper", "wsgi.input_terminated")


@app.route("/changing/<size:int>")
def send_changing(_: Request, size: int) -> FileResponse:
    """Send a file of 1000 bytes that has another size when it is sent."""
    path = Path(f"changing-{size}")
    path.write_bytes(b"a" * 1000)
    response = FileResponse(path)
    with path.open("r+b") as file:
        file.truncate(size)
    return response


@app.route("/offers")
def list_offers(req: Request) -> dict[str, bool]:
    """Tell what the server offers an application."""
    return {name: bool(req.environ.get(name)) for name in _OFFERS}


@app.route("/hinted")
def send_hints(req: Request) -> str:
    """Send a hint before the answer, where that can be."""
    return str(req.early_hints([("Link", "</look.css>; rel=preload; as=style")]))


@app.route("/quirks")
def show_quirks(req: Request) -> dict[str, object]:
    """Tell what ``poorwsgi_core.testing.quirks`` says of the server."""
    return read_quirks(req)


@app.route("/closing")
def close_connection(_: Request) -> tuple[str, str, dict[str, str]]:
    """Say something of the connection."""
    return "", "text/plain", {"Connection": "close"}


@app.route("/livez")
@app.route("/seen")
def tell_address(req: Request) -> dict[str, str | None]:
    """Tell how the application sees itself, and the client."""
    return {"url": req.construct_url("/"), "client": req.client_addr}


@app.route("/length", METHOD_POST)
def measure_body(req: Request) -> str:
    """Read a body without asking how it comes."""
    return str(len(req.read()))


@app.route("/late/<status:int>")
def refuse_late(_: Request, status: int) -> Iterator[bytes]:
    """Refuse where a stream would have begun."""
    yield b""
    yield abort(status)


@app.route("/broken")
def break_off(_: Request) -> Iterator[bytes]:
    """Fail in the middle of a stream."""
    yield b"begun\n" * 10_000
    time.sleep(0.3)  # granian drops what it has not sent yet
    yield bytes(1 // 0)


def main(port: int) -> None:
    """Run the embedded server, with less patience than it has."""
    with build_server(app, port=port) as server:
        handler = cast("type[StreamRequestHandler]", server.RequestHandlerClass)
        handler.timeout = 1
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
