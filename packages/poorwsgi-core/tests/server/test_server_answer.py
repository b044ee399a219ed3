"""Facts about the answers of the embedded server, for any WSGI application."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from wire import exchange, serve

pytestmark = pytest.mark.needs("threads")

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEAD = b"%b / HTTP/1.1\r\nHost: h\r\n\r\n"


def build_app(
    status: str, body: Iterable[bytes], *headers: tuple[str, str]
) -> "WSGIApplication":
    """Build an application with one answer."""

    def answer(
        _environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        start_response(status, list(headers))
        return body

    return answer


def fetch(app: "WSGIApplication", method: bytes = b"GET") -> tuple[list[bytes], bytes]:
    """Return the field lines of an answer but Date and Server, and its body."""
    with serve(app) as server:
        head, _, body = exchange(server.server_port, HEAD % method).partition(
            b"\r\n\r\n"
        )
    lines = head.split(b"\r\n")[1:]
    return [line for line in lines if not line.startswith((b"Date", b"Server"))], body


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "103 Early"])
@pytest.mark.parametrize("body", [[], [b""], [b"text"], iter([b"a", b"b"])])
def test_status_without_content(status: str, body: Iterable[bytes]) -> None:
    """These have neither content nor a length (RFC 9110 §8.6)."""
    assert fetch(build_app(status, body)) == ([], b"")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("204 No Content", []),
        ("100 Continue", []),
        ("304 Not Modified", [b"Content-Length: 4"]),
        ("205 Reset Content", [b"Content-Length: 4"]),
    ],
)
def test_length_of_the_application(status: str, expected: list[bytes]) -> None:
    """It is dropped where it may not be, and kept where it says something."""
    assert fetch(build_app(status, [], ("Content-Length", "4")))[0] == expected


@pytest.mark.parametrize("body", [[], [b"text"], iter([b"te", b"xt"])])
def test_head(body: Iterable[bytes]) -> None:
    """HEAD has no body, and no length but the application's."""
    assert fetch(build_app("200 OK", body), b"HEAD") == ([], b"")
    app = build_app("200 OK", body, ("Content-Length", "4"))
    assert fetch(app, b"HEAD") == ([b"Content-Length: 4"], b"")


def test_lengths_that_are_known() -> None:
    """No block and one block have a length, a stream has none."""
    assert fetch(build_app("200 OK", [])) == ([b"Content-Length: 0"], b"")
    assert fetch(build_app("200 OK", [b"a"])) == ([b"Content-Length: 1"], b"a")
    assert fetch(build_app("200 OK", iter([b"a", b"b"]))) == ([], b"ab")


def test_body_without_a_status(caplog: pytest.LogCaptureFixture) -> None:
    """A body before the status is a failure of the application."""
    with serve(lambda _environ, _start: [b"body"]) as server:
        answer = exchange(server.server_port, HEAD % b"GET")
    assert answer.startswith(b"HTTP/1.0 500 ")
    errors = [record for record in caplog.records if record.exc_info]
    assert [record.getMessage() for record in errors] == ["The answer broke off"]


def test_variables_of_the_process() -> None:
    """None of them passes for a field of the request."""
    names = ["HTTP_PROXY", "CONTENT_LENGTH", "CONTENT_TYPE", "REMOTE_USER", "poor_X"]
    code = (
        "from poorwsgi_core.server.answer import Answer; "
        f"print([name for name in {names} if name in Answer.os_environ])"
    )
    environment = {**os.environ, **dict.fromkeys(names, "1")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "['poor_X']\n"


def test_file_wrapper_and_head() -> None:
    """A file that an application hands over has no body for HEAD either."""

    def answer(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        start_response("200 OK", [])
        wrap: Callable[[Any], Iterable[bytes]] = environ["wsgi.file_wrapper"]
        return wrap(Path(__file__).open("rb"))

    assert fetch(answer, b"HEAD") == ([], b"")
