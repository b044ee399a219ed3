"""Facts about streams: until their first piece, a failure is answered as any other."""

from collections.abc import Callable, Iterator
from gzip import GzipFile, compress
from io import BytesIO, RawIOBase
from typing import Any

import pytest
from recording import Start

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import (
    BaseResponse,
    FileObjResponse,
    FilteredResponse,
    GeneratorResponse,
    HTTPException,
    JSONGeneratorResponse,
    StrGeneratorResponse,
    abort,
    redirect,
)
from poorwsgi_core.state import METHOD_HEAD
from poorwsgi_core.testing import Client, build_environ

HEADERS = {"ETag": '"1"'}
MANY = "&".join(f"a{number}=1" for number in range(1001))


class Source:
    """An iterable that says whether it was closed, and may fail."""

    def __init__(self, *pieces: object) -> None:
        self._pieces = iter(pieces)
        self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        piece = next(self._pieces)
        if isinstance(piece, Exception):
            raise piece
        return piece

    def close(self) -> None:
        """Count."""
        self.closed += 1


def leave(_: Request) -> Iterator[bytes]:
    """Abort before the first piece."""
    yield abort(404)


def move(_: Request) -> Iterator[bytes]:
    """Redirect before the first piece that isn't empty."""
    yield b""
    redirect("/elsewhere")


def look_up(_: Request) -> Iterator[bytes]:
    """Fail before the first piece."""
    found: dict[str, bytes] = {}
    yield found["missing"]


def count(req: Request) -> Iterator[bytes]:
    """Exceed a limit of the framework."""
    yield str(len(req.args)).encode()


def read(req: Request) -> Iterator[bytes]:
    """Read a body that ends early."""
    yield req.read()


def write_json(_: Request) -> BaseResponse:
    """Fail while the first row is computed."""
    return JSONGeneratorResponse(rows=(1 // n for n in [0]))


def write_text(_: Request) -> BaseResponse:
    """Fail in text."""
    return StrGeneratorResponse(str(1 // n) for n in [0])


@pytest.mark.parametrize(
    ("handler", "options", "status"),
    [
        (leave, {}, 404),
        (move, {}, 302),
        (look_up, {}, 409),
        (count, {"QUERY_STRING": MANY}, 413),
        (read, {"CONTENT_LENGTH": "10"}, 400),
        (write_json, {}, 500),
        (write_text, {}, 500),
    ],
)
def test_what_is_raised_before_the_first_piece(
    app: Application,
    client: Client,
    handler: Callable[[Request], Any],
    options: dict[str, str],
    status: int,
) -> None:
    """It is answered by its status, and after handlers see that answer."""
    app.set_route("/", handler)
    app.set_error_handler(LookupError, lambda _, __: ("conflict", 409))
    seen: list[int] = []

    @app.after_response()
    def look(_: SimpleRequest, response: BaseResponse) -> BaseResponse:
        seen.append(response.status_code)
        return response

    answer = client.get("/", **options)
    assert (answer.status_code, seen) == (status, [status])


def test_pieces_are_sent_as_they_come(app: Application) -> None:
    """One piece is taken before the head, the rest when the server asks."""
    taken: list[int] = []

    def pieces(_: Request) -> Iterator[bytes]:
        for number in range(3):
            taken.append(number)
            yield str(number).encode()

    app.set_route("/", pieces)
    start = Start()
    body = iter(app(build_environ(), start))
    assert (start.calls[0][0], taken) == ("200 OK", [0])
    assert [next(body), next(body)] == [b"0", b"1"]
    assert taken == [0, 1]
    assert b"".join(body) == b"2"


@pytest.mark.parametrize("pieces", [(), (b"",), (b"", b"")])
def test_stream_of_nothing(
    app: Application, client: Client, pieces: tuple[bytes, ...]
) -> None:
    """It is an empty answer."""
    source = Source(*pieces)
    app.set_route("/", lambda _: source)
    answer = client.get()
    assert (answer.status_code, answer.data, source.closed) == (200, b"", 1)


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_stream_is_closed_whatever_happens(
    app: Application, client: Client, method: str
) -> None:
    """Once, also when its first piece fails or nobody asks for it."""
    source = Source(ValueError())
    app.set_route("/", lambda _: GeneratorResponse(source))
    status = {"HEAD": 200, "GET": 500}[method]
    assert client.request(method, "/").status_code == status
    assert source.closed == 1


def test_status_without_a_body_asks_for_no_piece(
    app: Application, client: Client
) -> None:
    """Nothing is computed that isn't sent."""
    source = Source(ValueError())
    app.set_route("/", lambda _: GeneratorResponse(source, status_code=204))
    answer = client.get()
    assert (answer.status_code, answer.data, source.closed) == (204, b"", 1)


def _fail_again() -> Iterator[bytes]:
    yield bytes(1 // 0)


def test_stream_of_an_error_handler(app: Application, client: Client) -> None:
    """Where the answer to a failure fails too, the built-in page ends it."""
    app.set_route("/", leave)
    app.set_http_state(404, look_up)
    app.set_error_handler(LookupError, lambda _, __: _fail_again())
    assert client.get().status_code == 500


def test_stream_of_an_after_handler(app: Application, client: Client) -> None:
    """It is settled like that of any handler, and those behind see the result."""
    app.set_route("/", lambda _: "text")
    app.add_after_response(lambda req, _: look_up(req))
    app.add_after_response(lambda _, response: (response.reason, 200))
    assert client.get().text == "Internal Server Error"


def test_failure_after_the_first_piece(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """It reaches the server, which cuts the connection; the log has its name."""
    source = Source(b"a", ValueError("late"))

    @app.route("/")
    def rows(_: Request) -> Source:
        return source

    with pytest.raises(ValueError, match="late"):
        client.get()
    assert source.closed == 1
    assert "rows(_) failed while it was sent" in caplog.text


class Broken(Source):
    """A source that can't even be closed."""

    def close(self) -> None:
        """Fail."""
        super().close()
        raise OSError("the database is gone")


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([HTTPException(404)], 404),
        ([b"", HTTPException(409)], 409),
        ([LookupError()], 500),
        ([b"", b"text"], 200),
        ([b""], 200),
        ([], 200),
    ],
)
@pytest.mark.parametrize("wraps", [None, StrGeneratorResponse, FilteredResponse])
def test_source_that_cannot_be_closed(
    app: Application,
    caplog: pytest.LogCaptureFixture,
    pieces: list[Any],
    status: int,
    wraps: Any,
) -> None:
    """That is in the log, and changes no answer."""
    source = Broken(*pieces)
    if wraps is StrGeneratorResponse:
        texts = [x.decode() if isinstance(x, bytes) else x for x in pieces]
        source = Broken(*texts)
        app.set_route("/", lambda _: StrGeneratorResponse(source))
    else:
        app.set_route("/", lambda _: source)
    if wraps is FilteredResponse:
        app.add_after_response(lambda _, answer: FilteredResponse(answer, iter))
    answer = Client(app).get()
    assert answer.status_code == status
    assert "the database is gone" in caplog.text
    assert source.closed >= 1


@pytest.mark.parametrize("status", [204, 205, 304])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_source_of_a_bodiless_answer_that_cannot_be_closed(
    app: Application, status: int, method: str
) -> None:
    """The answer stays what it is, and the source is closed once."""
    source = Broken(b"text")
    app.set_route(
        "/", lambda _: GeneratorResponse(source, headers=HEADERS, status_code=status)
    )
    assert Client(app).request(method, "/").status_code == status
    assert source.closed == 1


def test_each_source_is_closed(app: Application) -> None:
    """One that fails doesn't keep the others open."""
    sources = [Broken(1), Broken(2), Source(3)]
    members: dict[str, Any] = {str(n): source for n, source in enumerate(sources)}
    app.set_route("/", lambda _: JSONGeneratorResponse(**members))
    assert Client(app).get().json() == {"0": [1], "1": [2], "2": [3]}
    assert all(source.closed for source in sources)


@pytest.mark.parametrize(
    "response",
    [
        lambda: GeneratorResponse([b"ab", b"c"], content_length=10),
        lambda: GeneratorResponse([b"ab", b"c"], headers={"Content-Length": "10"}),
        lambda: GeneratorResponse([], content_length=10),
        lambda: _partial(GeneratorResponse([b"abc"], content_length=10), 2, 8),
    ],
    ids=["argument", "header", "empty", "range"],
)
def test_stream_shorter_than_its_head_says(
    app: Application, caplog: pytest.LogCaptureFixture, response: Callable[[], Any]
) -> None:
    """It breaks off, so that the next answer isn't read as the rest of it."""
    app.set_route("/", lambda _: response())
    with pytest.raises(EOFError, match="bytes less than content_length says"):
        Client(app).get()
    assert "failed while it was sent" in caplog.text


def _partial(response: BaseResponse, first: int, last: int) -> BaseResponse:
    response.make_partial([(first, last)])
    return response


@pytest.mark.parametrize("headers", [None, {"Content-Length": "3"}])
def test_stream_longer_than_its_head_says(app: Application, headers: Any) -> None:
    """It is cut, whoever has said the length."""
    length = 0 if headers else 3
    app.set_route(
        "/",
        lambda _: GeneratorResponse(
            [b"ab", b"cdef"], headers=headers, content_length=length
        ),
    )
    answer = Client(app).get()
    assert (answer.data, answer.headers["Content-Length"]) == (b"abc", "3")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": "1"},
        {"content-length": "99"},
        {"Content-Length": "x"},
        [("Content-Length", "4"), ("Content-Length", "4")],
        {"Transfer-Encoding": "chunked"},
    ],
)
def test_headers_that_are_not_true_of_the_body(
    app: Application, caplog: pytest.LogCaptureFixture, headers: Any
) -> None:
    """What a handler has copied from elsewhere can't break the framing."""
    app.set_route("/", lambda _: ("text", "text/plain", headers))
    answer = Client(app).get()
    assert answer.headers.get_all("Content-Length") == ("4",)
    assert "Transfer-Encoding" not in answer.headers
    assert "dropped, it isn't true of the body" in caplog.text


@pytest.mark.parametrize("value", ["x", "-1", "+2", "1_0", "2, 2", ""])
@pytest.mark.parametrize("body", ["", [b"te", b"xt"]])
def test_length_that_is_no_number(app: Application, body: Any, value: str) -> None:
    """It is dropped also where the length isn't known, or nothing is sent."""
    app.set_route("/", lambda _: (body, "text/plain", {"Content-Length": value}))
    expected = "0" if body == "" else None
    assert Client(app).get().headers.get("Content-Length") == expected
    assert Client(app).head().headers.get("Content-Length") == expected


def test_length_of_nothing(app: Application) -> None:
    """A client would wait for what never comes, but for HEAD it may be that of GET."""
    app.set_route("/", lambda _: ("", "text/plain", {"Content-Length": "5"}))
    assert Client(app).get().headers["Content-Length"] == "0"
    assert Client(app).head().headers["Content-Length"] == "5"


def test_length_that_a_handler_of_head_says(app: Application) -> None:
    """It needn't make the body for that."""
    app.set_route("/", lambda _: ("", "a/b", {"Content-Length": "5000"}), METHOD_HEAD)
    assert Client(app).head().headers["Content-Length"] == "5000"


class Pipe(RawIOBase):
    """A file that can't seek, and gives what it was told."""

    def __init__(self, *blocks: Any) -> None:
        self._source = Source(*blocks)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, _: int = -1) -> Any:
        """Return the next block, or fail."""
        return next(self._source, b"")


def _broken_archive(_: object = None) -> Any:
    return GzipFile(fileobj=BytesIO(compress(b"text")[:-6] + b"broken"))


@pytest.mark.parametrize(
    ("build", "status"),
    [
        (lambda: Pipe(HTTPException(404)), 404),
        (lambda: Pipe(OSError("the process is gone")), 500),
        (lambda: Pipe("text"), 500),
        (_broken_archive, 500),
        (lambda: Pipe(b"te", b"xt"), 200),
        (Pipe, 200),
        (lambda: GzipFile(fileobj=BytesIO(compress(b"text"))), 200),
    ],
    ids=["abort", "lost", "text", "archive", "pipe", "empty", "packed"],
)
def test_file_that_cannot_be_read(
    app: Application, build: Callable[[], Any], status: int
) -> None:
    """What shows at its begin is answered, and the file is closed."""
    files: list[Any] = []

    def send(_: Request) -> BaseResponse:
        files.append(build())
        return FileObjResponse(files[0])

    app.set_route("/", send)
    answer = Client(app).get()
    assert answer.status_code == status
    if status == 200:
        assert answer.data in (b"text", b"")
    assert files[0].closed


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204)])
def test_file_that_nobody_reads(app: Application, method: str, status: int) -> None:
    """Where nothing of it is sent nothing is read."""
    pipe: Any = Pipe(OSError("the process is gone"))
    app.set_route("/", lambda _: FileObjResponse(pipe, status_code=status))
    assert Client(app).request(method, "/").status_code == status
    assert pipe.closed
