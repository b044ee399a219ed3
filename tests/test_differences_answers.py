"""Differences with nothing to do: answers, errors, values of handlers, headers.

Each test is named after a row of the tables, and has an application written for 2.x.
"""

# Handlers of 2.x have no annotations.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false

import io
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from poorwsgi import Application, abort, redirect, state
from poorwsgi.headers import Headers, http_to_time, parse_negotiation, time_to_http
from poorwsgi.request import Request
from poorwsgi.response import (
    FileObjResponse,
    GeneratorResponse,
    HTTPException,
    JSONGeneratorResponse,
    NoContentResponse,
    NotModifiedResponse,
    PartialResponse,
    RedirectResponse,
    Response,
    StrGeneratorResponse,
    TextResponse,
)
from poorwsgi_core.testing import Answer, Client, build_environ


@pytest.fixture
def app() -> Application:
    """Return an application."""
    return Application("2.x")


def ask(
    handler: Callable[[Any], Any], app: Application | None = None, **more: Any
) -> Answer:
    """Ask a handler something."""
    app = app or Application("2.x")
    app.set_route("/", handler, state.METHOD_ALL)
    return Client(app, validate=False).get("/", **more)


def part(*pairs: tuple[int | None, int | None]) -> Answer:
    """Ask for ranges of ten bytes."""

    def handler(_: Request) -> Response:
        response = Response(b"0123456789")
        response.make_partial(pairs)
        return response

    return ask(handler)


# --- responses ---------------------------------------------------------------------


def test_head_of_a_range(app: Application) -> None:
    """What a handler makes partial is so for GET alone."""

    @app.route("/")
    def digits(_: Any) -> Response:
        response = Response(b"0123456789")
        response.make_partial([(2, 4)])
        return response

    client = Client(app)
    answer = client.head("/")
    assert (answer.status_code, answer.headers["Accept-Ranges"]) == (200, "bytes")
    assert client.get("/").status_code == 206


def test_type_of_no_content() -> None:
    """What has no content though it may is sent as empty text."""
    answer = ask(lambda _: NoContentResponse(status_code=410))
    assert (answer.status_code, answer.data) == (410, b"")
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["Content-Length"] == "0"


def test_write_overwrote_initial() -> None:
    """A response that is written from the beginning is as it was."""
    response = Response()
    response.write("a")
    response.write("b")
    assert (response.data, response.content_length) == (b"ab", 2)


def test_range_sent_all() -> None:
    """Ranges inside are as they were; at the ends they are right."""
    assert part((1, 2)).data == b"12"
    assert part((8, 15)).headers["Content-Range"] == "bytes 8-9/10"
    assert part((0, 0)).data == b"0"
    assert part((20, None)).status_code == 416


def test_416_bytes_10() -> None:
    """A client reads the length from it."""
    assert part((10, None)).headers["Content-Range"] == "bytes */10"


def test_416_came_after(app: Application) -> None:
    """An after handler may add a header to it, as to others."""

    def handler(_: Request) -> Response:
        response = Response(b"0123456789")
        response.make_partial([(10, None)])
        return response

    @app.after_response()
    def add(_: Any, response: Response) -> Response:
        response.add_header("X-After", "yes")
        return response

    answer = ask(handler, app)
    assert (answer.status_code, answer.headers["X-After"]) == (416, "yes")


def test_only_first_several() -> None:
    """One range is sent as it was, several as HTTP has it."""
    assert part((1, 2)).headers["Content-Type"] == "text/html; charset=utf-8"

    def handler(_: Request) -> Response:
        response = Response(bytes(1000))
        response.make_partial([(1, 2), (4, 5)])
        return response

    answer = ask(handler)
    assert answer.headers["Content-Type"].startswith("multipart/byteranges; ")


def test_bare_pair_ranges() -> None:
    """Lists of pairs are as they were."""
    response = Response(b"0123456789")
    response.make_partial([(1, 2)])
    assert response.ranges == ((1, 2),)


def test_unusable_ranges_make() -> None:
    """Nothing is raised."""
    response = PartialResponse("text")
    response.make_range([(5, 1)], "lines")
    assert response.headers.get("Content-Range") is None


def test_make_partial_added() -> None:
    """It may be called more than once."""
    response = Response(b"0123456789")
    response.make_partial()
    response.make_partial([(1, 2)])
    assert response.headers.get_all("Accept-Ranges") == ("bytes",)


def test_nocontentresponse_304_lost() -> None:
    """What is added is sent; without it nothing is."""
    answer = ask(lambda _: NoContentResponse())
    assert (answer.status_code, [*answer.headers]) == (204, [])
    answer = ask(lambda _: NotModifiedResponse(etag='"x"'))
    assert (answer.status_code, answer.headers["ETag"]) == (304, '"x"')


def test_no_content_length() -> None:
    """An empty body has a length."""
    assert ask(lambda _: "").headers["Content-Length"] == "0"


def test_redirectresponse_false() -> None:
    """False means not permanent."""
    assert RedirectResponse("/", False).status_code == 302


def test_location_beyond_ascii() -> None:
    """Addresses in ASCII, and those that are encoded, stay as they are."""

    def send(given: str, _: Request) -> None:
        redirect(given)

    for given, sent in (("/a?b=%C3%A1", "/a?b=%C3%A1"), ("/á", "/%C3%A1")):
        app = Application("2.x")
        app.set_route("/", partial(send, given))
        answer = Client(app).get("/")
        assert answer.headers["Location"] == sent


def test_fileobjresponse_pipe() -> None:
    """A pipe is sent."""
    read, write = os.pipe()
    os.write(write, b"text")
    os.close(write)
    assert ask(lambda _: FileObjResponse(os.fdopen(read, "rb"))).data == b"text"


def test_ranges_open_file() -> None:
    """A file that stands at its beginning is as it was."""
    for start, sent in ((0, b"12"), (3, b"45")):

        def handler(_: Request, start: int = start) -> FileObjResponse:
            file = io.BytesIO(b"0123456789")
            file.seek(start)
            response = FileObjResponse(file)
            response.make_partial([(1, 2)])
            return response

        assert ask(handler).data == sent


def test_strgeneratorresponse_without_length() -> None:
    """Without it all is as it was."""
    answer = ask(lambda _: StrGeneratorResponse(iter(["a", "č"])))
    assert (answer.text, "Content-Length" in answer.headers) == ("ač", False)


def test_streams_not_closed(app: Application) -> None:
    """A generator ends when the client leaves."""
    ended: list[bool] = []

    def pieces() -> Iterator[bytes]:
        try:
            while True:
                yield b"x"
        finally:
            ended.append(True)

    app.set_route("/", lambda _: GeneratorResponse(pieces()))
    body: Any = app(build_environ("/"), lambda *_: print)
    next(iter(body))
    body.close()
    assert ended == [True]


def test_json_generators_needed() -> None:
    """They work with what is there."""
    answer = ask(lambda _: JSONGeneratorResponse(numbers=range(3)))
    assert answer.json() == {"numbers": [0, 1, 2]}


def test_304_checks_compared(caplog: pytest.LogCaptureFixture) -> None:
    """A header in any case is one."""
    ask(lambda _: Response(headers={"etag": '"x"'}, status_code=304))
    assert [each.getMessage() for each in caplog.records] == []


def test_text_html_character(tmp_path: Path) -> None:
    """It is HTML, as it was."""
    app = Application("2.x")
    app.document_root, app.document_index = str(tmp_path), True
    (tmp_path / "a").mkdir()
    answer = Client(app).get("/a/")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_informational_status() -> None:
    """Final statuses are as they were."""
    assert Response(status_code=226).status_code == 226
    with pytest.raises(ValueError):
        Response(status_code=103)


def test_type_of_204() -> None:
    """It has no type, and no content, as it had."""
    answer = ask(lambda _: Response("", status_code=204))
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers


def test_text_charset() -> None:
    """A text is what its header says; UTF-8 goes on as it was."""
    assert TextResponse("ž").data == "ž".encode()
    assert TextResponse("ž", "iso-8859-2").data == "ž".encode("iso-8859-2")


def test_reset_content() -> None:
    """It says that there is no body."""
    answer = ask(lambda _: Response("text", status_code=205))
    assert (answer.data, answer.headers["Content-Length"]) == (b"", "0")


def test_nan_in_answers() -> None:
    """Numbers are as they were; what is none is null."""
    answer = ask(lambda _: {"a": 0.5, "b": float("nan")})
    assert answer.json() == {"a": 0.5, "b": None}


# --- errors ------------------------------------------------------------------------


def test_status_without_page() -> None:
    """The client gets the status that was meant."""
    assert ask(lambda _: abort(503)).status_code == 503


def test_httpexception_204() -> None:
    """It is an answer without a body."""
    answer = ask(lambda _: abort(204))
    assert (answer.status_code, answer.data) == (204, b"")


def test_exception_handlers_return(app: Application) -> None:
    """Responses are taken as they were, and ``None`` isn't handled."""
    values = [Response("r", status_code=400), ("t", "text/plain"), None]
    app.error_handler(ValueError)(lambda *_: values.pop(0))

    def fail(_: Request) -> None:
        raise ValueError

    assert [ask(fail, app).status_code for _ in range(3)] == [400, 200, 500]


def test_failing_state_handler(app: Application) -> None:
    """The handler of 500 is asked, as it was documented."""

    @app.http_state(404)
    def not_found(_: Request) -> None:
        raise RuntimeError

    app.http_state(500)(lambda _: ("mine", "text/plain", None, 500))
    assert ask(lambda _: abort(404), app).text == "mine"


def test_state_handler_raised(app: Application) -> None:
    """The status that it raises is answered, and no circle is run."""
    app.http_state(404)(lambda _: abort(410))
    app.http_state(410)(lambda _: abort(404))
    assert ask(lambda _: abort(404), app).status_code in {404, 410, 500}
    app.pop_http_state(410, state.METHOD_GET)
    assert ask(lambda _: abort(404), app).status_code == 410


def test_bad_values_failing(app: Application) -> None:
    """The client gets an answer."""
    app.http_state(404)(lambda _: 5)
    assert ask(lambda _: abort(404), app).status_code == 500


def test_keywords_state_handler(app: Application) -> None:
    """Handlers with and without keywords are called."""
    app.http_state(404)(lambda _: ("short", "", None, 404))
    app.http_state(400)(lambda _, error=None: (str(error), "", None, 400))
    assert ask(lambda _: abort(404, error="x"), app).text == "short"
    assert ask(lambda _: abort(400, error="x"), app).text == "x"


def test_abort_took_no() -> None:
    """Without them it is as it was."""
    with pytest.raises(HTTPException) as caught:
        abort(404)
    assert caught.value.args == (404, {})


def test_httpexception_after_handler(app: Application) -> None:
    """It is the answer."""
    app.after_response()(lambda *_: abort(Response("gone", status_code=410)))
    assert ask(lambda _: "x", app).text == "gone"


def test_after_handlers_go_on(app: Application) -> None:
    """A handler that adds a header adds it to the answer of a failure too."""
    app.after_response()(lambda *_: abort(503))

    @app.after_response()
    def add(_: Any, response: Response) -> Response:
        response.add_header("X-After", "yes")
        return response

    answer = ask(lambda _: "x", app)
    assert (answer.status_code, answer.headers["X-After"]) == (503, "yes")


def test_stream_not_begun(app: Application) -> None:
    """A handler that is a generator fails as others do."""

    def handler(req: Request) -> Iterator[bytes]:
        yield str(int(req.full_path)).encode()

    app.error_handler(ValueError)(lambda *_: ("mine", "", None, 400))
    assert ask(handler, app).text == "mine"


def test_server_not_told() -> None:
    """A page is answered, and the server knows why."""

    def fail(_: Request) -> None:
        raise ValueError

    answer = ask(fail)
    assert answer.status_code == 500
    assert answer.exc_info is not None


# --- values of handlers ------------------------------------------------------------


def test_empty_list() -> None:
    """It is JSON, as lists are."""
    assert ask(lambda _: []).json() == []


def make(value: Any, _: Request) -> Any:
    """Return the value."""
    return value


def test_flat_header_pair() -> None:
    """It is one header; lists of pairs are as they were."""
    for headers in (("X-A", "b"), [("X-A", "b")]):
        value = "", "text/plain", headers
        app = Application("2.x")
        app.set_route("/", partial(make, value))
        assert Client(app).get("/").headers["X-A"] == "b"


def test_text_400() -> None:
    """A status may stand in the place of the type."""
    assert ask(lambda _: ("text", 400)).status_code == 400


def test_int_values_headers() -> None:
    """They are sent as text."""
    headers: Any = {"X-A": 5}
    assert ask(lambda _: ("", "", headers)).headers["X-A"] == "5"


# --- headers and dates -------------------------------------------------------------


def test_blank_not_understood() -> None:
    """What was understood is as it was."""
    assert parse_negotiation("a;q=0.5,b") == [("a", 0.5), ("b", 1.0)]
    assert parse_negotiation("a; Q=0.5") == [("a", 0.5)]


def test_date_format_local() -> None:
    """What is written is read."""
    assert http_to_time(time_to_http(0)) == 0
    assert http_to_time("Saturday, 01-Jan-94 00:00:09 GMT") == 757382409


def test_add_set_cookie() -> None:
    """It may repeat in any case; other names may not."""
    headers = Headers()
    headers.add("set-cookie", "a")
    headers.add("Set-Cookie", "b")
    assert headers.get_all("Set-Cookie") == ("a", "b")
    headers.add("X-A", "b")
    with pytest.raises(KeyError):
        headers.add("x-a", "c")


def test_headers_headers() -> None:
    """It is a copy."""
    headers = Headers({"X-A": "č"})
    assert Headers(headers).items() == headers.items()


def test_number_in_headers() -> None:
    """It isn't in there."""
    assert 5 not in Headers({"X-A": "b"})
