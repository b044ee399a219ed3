"""Facts about what is done after an answer has been sent."""

import logging
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from recording import Start

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import (
    BaseResponse,
    FileResponse,
    GeneratorResponse,
    JSONResponse,
    NoContentResponse,
    Response,
)
from poorwsgi_core.response.bodies import Watched
from poorwsgi_core.testing import Client, build_environ


class Work:
    """Takes down what an answer was like when its work was done."""

    def __init__(self) -> None:
        self.done: list[int] = []

    def watch(self, response: BaseResponse) -> BaseResponse:
        """Let a response be followed by work."""
        response.call_on_close(lambda: self.done.append(response.bytes_sent))
        return response


@pytest.fixture
def work() -> Work:
    """Build what takes down."""
    return Work()


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (Response("four"), 4),
        (GeneratorResponse([b"two", b"", b"three"]), 8),
        (NoContentResponse(), 0),
    ],
)
def test_work_is_done_when_all_is_sent(
    app: Application, client: Client, work: Work, response: BaseResponse, expected: int
) -> None:
    """It is done once, and knows how many bytes went out."""
    app.set_route("/", lambda _: work.watch(response))
    answer = client.get("/")
    assert (len(answer.data), work.done) == (expected, [expected])


def test_work_is_done_for_head(app: Application, client: Client, work: Work) -> None:
    """HEAD sends no body, and is an answer."""
    app.set_route("/", lambda _: work.watch(Response("four")))
    assert client.head("/").headers["Content-Length"] == "4"
    assert work.done == [0]


def fail() -> Iterator[bytes]:
    """Fail before the first piece."""
    yield bytes(1 // 0)


class GivenUp(NamedTuple):
    """A response that isn't sent, what the client asks, and what it gets instead."""

    build: Callable[[], BaseResponse]
    headers: dict[str, str]
    status: int


GIVEN_UP = [
    GivenUp(lambda: FileResponse(__file__), {"If-Match": '"other"'}, 412),
    GivenUp(lambda: FileResponse(__file__), {"Range": "bytes=9999999-"}, 416),
    GivenUp(lambda: GeneratorResponse(fail()), {}, 500),
    GivenUp(lambda: JSONResponse(bad=object()), {}, 500),
]


@pytest.mark.parametrize("given_up", GIVEN_UP)
def test_work_is_done_for_what_is_given_up(
    app: Application, client: Client, work: Work, given_up: GivenUp
) -> None:
    """Another answer is sent in its place, whatever the client asked for."""
    app.set_route("/", lambda _: work.watch(given_up.build()))
    answer = client.get("/", headers=given_up.headers)
    assert (answer.status_code, work.done) == (given_up.status, [0])


@pytest.mark.parametrize("given_up", GIVEN_UP[:3])
def test_work_is_done_for_what_an_after_handler_gives_up(
    app: Application, client: Client, work: Work, given_up: GivenUp
) -> None:
    """The same for a response that can't be prepared later, and for its page."""
    app.set_route("/", lambda _: "text")
    status = given_up.status
    app.add_after_response(lambda _, __: work.watch(given_up.build()))

    def refuse(_: SimpleRequest) -> BaseResponse:
        return work.watch(GeneratorResponse(fail()))

    app.set_http_state(status, refuse)
    answer = client.get("/", headers=given_up.headers)
    expected = (status, [0]) if status == 416 else (500, [0, 0])
    assert (answer.status_code, work.done) == expected


def test_work_is_done_once_for_a_range_of_an_after_handler(
    app: Application, client: Client, work: Work
) -> None:
    """The response that fails then is the one that is replaced, too."""

    def cut(_: SimpleRequest, response: BaseResponse) -> BaseResponse:
        response.make_partial([(500, None)])
        return response

    app.set_route("/", lambda _: work.watch(Response("four")))
    app.add_after_response(cut)
    assert (client.get("/").status_code, work.done) == (416, [0])


def test_work_waits_for_close(app: Application, work: Work) -> None:
    """Nothing is done while the server still sends."""
    app.set_route("/", lambda _: work.watch(Response("four")))
    body = app(build_environ("/"), Start())
    assert ([*body], work.done) == ([b"four"], [])
    assert isinstance(body, Watched)
    body.close()
    body.close()
    assert work.done == [4]


def test_work_of_a_replaced_answer(
    app: Application, client: Client, work: Work
) -> None:
    """What an after handler replaces has its work done behind the other's."""
    app.set_route("/", lambda _: work.watch(Response("four")))

    @app.after_response()
    def replace(_: Request, response: BaseResponse) -> BaseResponse:
        return work.watch(GeneratorResponse([response.data, b"!"]))

    assert client.get("/").text == "four!"
    assert work.done == [5, 5]


def test_work_of_an_answer_that_can_not_be_sent(
    app: Application, client: Client, work: Work
) -> None:
    """A failure while sending is answered, and the work is done all the same."""
    response = Response("four")

    @app.route("/")
    def index(_: Request) -> BaseResponse:
        response._called = True  # pyright: ignore[reportPrivateUsage]
        return work.watch(response)

    assert client.get("/").status_code == 500
    assert len(work.done) == 1


def test_failing_work_is_logged(
    app: Application, client: Client, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    """What work raises is logged, and the rest is done."""
    caplog.set_level(logging.ERROR)

    def fail() -> None:
        raise RuntimeError("no mail today")

    @app.route("/")
    def index(_: Request) -> BaseResponse:
        response = Response("four")
        response.call_on_close(fail)
        return work.watch(response)

    assert client.get("/").text == "four"
    assert work.done == [4]
    assert [record.message for record in caplog.records] == [
        "What was to be done after the answer failed"
    ]


def test_a_stream_is_closed_before_work(app: Application, client: Client) -> None:
    """The body is closed first, so that what it holds is free."""
    seen: list[str] = []

    def pieces() -> Iterator[bytes]:
        try:
            yield b"piece"
        finally:
            seen.append("closed")

    @app.route("/")
    def index(_: Request) -> BaseResponse:
        response = GeneratorResponse(pieces())
        response.call_on_close(lambda: seen.append("work"))
        return response

    assert client.get("/").text == "piece"
    assert seen == ["closed", "work"]
