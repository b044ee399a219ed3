"""A second process in front of the printer, which relays all that comes.

::

    app_target=127.0.0.1:8081 python -m printer.relay [host:port]

The request itself is the body of the one behind: it has ``read``, and whatever sends
an open file sends it too, ``requests`` as well as the client here.
"""

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import quote

from launch import launch

from poorwsgi import Application, abort, state
from poorwsgi.request import Request
from poorwsgi.response import GeneratorResponse, Response

app = application = Application("relay")
app.max_content_length = 2 * 1024**3
TARGET = app.get_options().get("target", "127.0.0.1:8081")
HOP_BY_HOP = {  # RFC 9110, 7.6.1
    *("connection", "keep-alive", "proxy-connection", "te", "trailer"),
    *("transfer-encoding", "upgrade"),
}


def end_to_end(headers: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out what is about one connection."""
    return [each for each in headers if each[0].lower() not in HOP_BY_HOP]


def read_blocks(connection: HTTPConnection, answer: HTTPResponse) -> Iterator[bytes]:
    """Yield the answer, and close the connection however that ends."""
    try:
        while block := answer.read(65536):
            yield block
    finally:
        connection.close()


@app.default(state.METHOD_ALL)
def relay(req: Request) -> Response | GeneratorResponse:
    """Ask the printer, and send its answer on while it comes."""
    path = quote(req.path, safe="/:@!$&'()*+,;=~") + f"?{req.query}" * bool(req.query)
    headers = dict(end_to_end(iter(req.headers)))
    headers["X-Forwarded-For"] = req.remote_addr or ""
    headers["X-Forwarded-Proto"] = req.scheme
    body = req if req.is_body_request or req.is_chunked else None
    connection = HTTPConnection(TARGET, timeout=30)
    try:
        connection.request(req.method or "GET", path, body, headers)
        if not req.is_body_complete:
            raise ConnectionError("the client went away")
        answer = connection.getresponse()
    except (OSError, HTTPException) as error:
        connection.close()
        abort(state.HTTP_BAD_GATEWAY, error=error)
    fields = end_to_end(iter(answer.headers.items()))
    return GeneratorResponse(read_blocks(connection, answer), "", fields, answer.status)


if __name__ == "__main__":
    launch(app)
