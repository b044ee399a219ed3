"""What the servers serve: the demo application, and what it can't say of itself."""

import sys
from importlib import import_module
from socketserver import StreamRequestHandler
from typing import cast

from poorwsgi import Application
from poorwsgi_core.request import Request
from poorwsgi_core.server import build_server
from poorwsgi_core.state import METHOD_POST

app: Application = import_module("simple").app
# So that the debug page shows only when the server hands poor_Debug over.
app.debug = False

_OFFERS = ("wsgi.file_wrapper", "wsgi.input_terminated")


@app.route("/offers")
def list_offers(req: Request) -> dict[str, bool]:
    """Tell what the server offers an application."""
    return {name: bool(req.environ.get(name)) for name in _OFFERS}


@app.route("/length", METHOD_POST)
def measure_body(req: Request) -> str:
    """Read a body without asking how it comes."""
    return str(len(req.read()))


def main(port: int) -> None:
    """Run the embedded server, with less patience than it has."""
    with build_server(app, port=port) as server:
        handler = cast("type[StreamRequestHandler]", server.RequestHandlerClass)
        handler.timeout = 1
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
