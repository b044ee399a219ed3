"""Looking at a response before it is sent, which doesn't spoil it.

::

    python examples/response_closed.py [host:port]
    gunicorn --chdir examples response_closed:app
"""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from launch import launch
from look import Look, commands, links, page

from poorwsgi import Application
from poorwsgi.request import Request, SimpleRequest
from poorwsgi.response import BaseResponse, FileResponse, Response

app = application = Application("response_closed")
app.install(Look(__file__))

PAGES = {
    "Answers": {
        "/text": "text, read by its handler and by the after handler",
        "/file": "a file, read in the same way",
        "/stream": "a stream, which can't be read ahead: no digest",
    },
}
COMMANDS = {
    "The digest of the body is in the head": "curl -i URL/text",
    "Of a part it is the digest of that part": "curl -i -r 0-4 URL/file",
}


@app.after_response()
def add_digest(_: SimpleRequest, response: BaseResponse) -> BaseResponse:
    """Read the body for its digest (RFC 9530); it is sent whole all the same."""
    if isinstance(response, Response) and response.data:
        digest = b64encode(sha256(response.data).digest()).decode()
        response.headers["Content-Digest"] = f"sha-256=:{digest}:"
    return response


@app.route("/")
def index(req: Request) -> str:
    """Reading a response twice.

    Both the handlers and an after handler read the body of the response, for a digest
    in the head. What arrives is whole.
    """
    return page(req, links(PAGES) + commands(req, COMMANDS))


@app.route("/text")
def send_text(_: Request) -> Response:
    """Read the response before returning it."""
    response = Response("Read twice, sent once.\n", "text/plain")
    response.headers["X-Words"] = len(response.data.split())
    return response


@app.route("/file")
def send_file(_: Request) -> FileResponse:
    """Read a file before sending it."""
    response = FileResponse(Path(__file__).parent / "public" / "static" / "hello.txt")
    response.headers["X-Words"] = len(response.data.split())
    return response


@app.route("/stream")
def stream(_: Request) -> list[bytes]:
    """Send pieces, which nobody has together."""
    return [b"piece by ", b"piece\n"]


if __name__ == "__main__":
    launch(app)
