"""Facts about error and after handlers: no request can break them."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pytest
from recording import Start, say

from poorwsgi_core.application import Application
from poorwsgi_core.application.handlers import PairHandler
from poorwsgi_core.request import SimpleRequest
from poorwsgi_core.response import (
    BaseResponse,
    FileObjResponse,
    GeneratorResponse,
    HTTPException,
    Response,
)
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client

MANY = "&".join(f"a{number}=1" for number in range(1001))
BAD_PATH = {"PATH_INFO": "/\xff"}
BAD_QUERY = {"QUERY_STRING": MANY}
BAD_AUTHORIZATION = {"HTTP_AUTHORIZATION": "Basic " + "a" * 9000}
BAD_LENGTH = {"CONTENT_LENGTH": "1" * 19}
BAD_COOKIE = {"HTTP_COOKIE": "a=\xff\x00; ;;=;b"}


def read_everything(request: Any) -> str:
    """Read all that a request may have wrong."""
    query = len(getattr(request, "args", ()))
    length = getattr(request, "content_length", -1)
    scheme = getattr(request, "authorization", {"type": ""})["type"]
    cookies = getattr(request, "cookies", {})
    return f"{request.full_path} {query} {length} {scheme!r} {len(cookies)}"


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (BAD_PATH, "/\ufffd 0 -1 '' 0"),
        (BAD_QUERY, f"/?{MANY} 0 -1 '' 0"),
        (BAD_AUTHORIZATION, "/ 0 -1 '' 0"),
        (BAD_LENGTH, "/ 0 -1 '' 0"),
        (BAD_COOKIE, "/ 0 -1 '' 0"),
    ],
)
@pytest.mark.parametrize("kind", ["state", "exception", "after"])
def test_reading_in_error_and_after_handlers(
    app: Application, client: Client, kind: str, wrong: dict[str, str], text: str
) -> None:
    """What is wrong in the request reads as empty there; nothing fails again."""
    app.set_default(fail)
    if kind == "state":
        app.set_http_state(409, lambda req: (read_everything(req), 409))
        app.set_error_handler(LookupError, conflict)
    elif kind == "exception":
        app.set_error_handler(LookupError, lambda req, _: (read_everything(req), 409))
    else:
        app.set_error_handler(LookupError, conflict)
        app.add_after_response(lambda req, res: (read_everything(req), res.status_code))
    for code in (400, 413):
        app.set_http_state(code, lambda req: (read_everything(req), 409))
    answer = client.get("/", **wrong)
    assert (answer.status_code, answer.text.partition("?")[0]) == (
        409,
        text.partition("?")[0],
    )


def fail(_: SimpleRequest) -> None:
    """Fail."""
    raise LookupError


def conflict(_: SimpleRequest, __: Exception) -> None:
    """Raise a status of its own."""
    raise HTTPException(409)


def test_before_that_the_same_raises(app: Application, client: Client) -> None:
    """A handler that reads what is wrong is stopped, each time it asks."""
    caught: list[int] = []

    @app.route("/")
    def handler(req: Any) -> str:
        for _ in range(2):
            with pytest.raises(HTTPException) as error:
                read_everything(req)
            caught.append(error.value.status_code)
        return "done"

    assert client.get("/", **BAD_QUERY).text == "done"
    assert caught == [413, 413]


class _Lost(BytesIO):
    def read(self, _: int | None = -1) -> bytes:
        """Fail, as the stream of a server does when the client is gone."""
        raise ConnectionResetError("gone")


def read_body(req: Any) -> str:
    """Read the body in each way that there is."""
    blocks = [req.data, req.input.read(), req.read(), req.read(5), req.read_chunk()]
    return "".join(block.decode() for block in blocks if block)


_CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}


@pytest.mark.parametrize(
    "options",
    [
        {"body": b"", "CONTENT_LENGTH": "10"},
        {"body": b"", "CONTENT_LENGTH": "100000"},
        {"body": b"too large"},
        {"body": b"5\r\n", **_CHUNKED},
        {"body": b"zz\r\n", **_CHUNKED},
        {"body": b"9\r\ntoo large\r\n0\r\n\r\n", **_CHUNKED},
        {"HTTP_TRANSFER_ENCODING": "gzip, chunked"},
        {"wsgi.input": _Lost(), "CONTENT_LENGTH": "5"},
        {"wsgi.input": _Lost(), "CONTENT_LENGTH": "5000000"},
    ],
)
@pytest.mark.parametrize("limit", [None, 5])
@pytest.mark.parametrize("is_read", [False, True])
def test_body_that_cannot_be_read(
    app: Application,
    client: Client,
    options: dict[str, Any],
    limit: int | None,
    is_read: bool,
) -> None:
    """Nothing of it is there for error and after handlers, and nothing fails."""
    app.max_content_length = limit
    texts: list[str] = []

    @app.route("/", METHOD_POST)
    def handler(req: Any) -> str:
        if is_read:
            read_body(req)
        raise HTTPException(409)

    def answer(req: Any, **_: Any) -> tuple[str, int]:
        texts.append(read_body(req))
        return "answered", 409

    for code in (400, 408, 409, 413, 501):
        app.set_http_state(code, answer, METHOD_POST)

    @app.after_response()
    def after(req: Any, response: BaseResponse) -> BaseResponse:
        texts.append(read_body(req))
        return response

    found = client.post("/", **options)
    assert (found.status_code, found.text) == (409, "answered")
    assert {text.replace("too large", "") for text in texts} <= {"", "too l"}


# --- what an after handler replaces ------------------------------------------------


def shout(_: SimpleRequest, response: BaseResponse) -> bytes:
    """Answer with other bytes."""
    return response.data.upper()


def stream(_: SimpleRequest, response: BaseResponse) -> GeneratorResponse:
    """Answer with a stream."""
    return GeneratorResponse(iter([response.data.upper()]))


def drop(_: SimpleRequest, __: BaseResponse) -> None:
    """Answer with nothing, by mistake."""


class _Closing(Response):
    closed = 0
    failing = False

    def close(self) -> None:
        """Count, and fail if told so."""
        type(self).closed += 1
        if self.failing:
            raise OSError("disk is gone")


@pytest.fixture
def closing() -> type[_Closing]:
    """Return a class of responses that count how often they are closed."""
    return type("Closing", (_Closing,), {})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "replace",
    [shout, stream, drop],
)
def test_replaced_response_is_closed(
    app: Application,
    client: Client,
    closing: type[_Closing],
    replace: PairHandler,
    method: str,
) -> None:
    """It is closed once, when the answer that may be made of it has been sent."""
    app.set_route("/", lambda _: closing("text"))
    app.add_after_response(replace)
    answer = client.request(method, "/")
    if method == "HEAD":
        assert answer.data == b""
    elif replace is drop:
        assert answer.status_code == 500
    else:
        assert answer.data == b"TEXT"
    assert closing.closed == 1


def test_stream_made_of_the_replaced_response(
    app: Application, client: Client, tmp_path: Path
) -> None:
    """The file is open as long as it is read, and closed at the end."""
    path = tmp_path / "file.txt"
    path.write_bytes(b"text" * 40_000)
    files: list[IO[bytes]] = []

    @app.route("/")
    def send(_: SimpleRequest) -> FileObjResponse:
        files.append(path.open("rb"))
        return FileObjResponse(files[0])

    @app.after_response()
    def shout_all(_: SimpleRequest, response: BaseResponse) -> Iterator[bytes]:
        return (block.upper() for block in response(Start()))

    assert client.get("/").data == b"TEXT" * 40_000
    assert files[0].closed


def test_replaced_response_that_cannot_be_closed(
    app: Application,
    client: Client,
    closing: type[_Closing],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """That is in the log, and the answer is sent."""
    closing.failing = True
    app.set_route("/", lambda _: closing("text"))
    app.add_after_response(lambda _, __: "other")
    assert client.get().text == "other"
    assert "Closing Closing failed" in caplog.text


class _Body:
    def __iter__(self) -> Iterator[bytes]:
        return iter([b"x"])

    def close(self) -> None:
        """Fail."""
        raise OSError("gone")


def test_head_of_a_body_that_cannot_be_closed(app: Application, client: Client) -> None:
    """Nothing leaves the application but its answer."""
    app.set_route("/", lambda _: _Body())
    assert client.head().status_code == 200


def test_unaffected_after_handler(app: Application, client: Client) -> None:
    """A handler that returns the same response replaces nothing."""
    app.set_route("/", say("text"))
    app.add_after_response(lambda _, response: response)
    assert client.get().text == "text"
