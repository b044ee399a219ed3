"""Facts about the way from a value to a response."""

from collections.abc import Iterator
from http.cookies import Morsel
from io import BytesIO
from typing import Any

import pytest

from poorwsgi_core.http.headers import Headers
from poorwsgi_core.response import (
    BaseResponse,
    GeneratorResponse,
    HTTPException,
    JSONResponse,
    NoContentResponse,
    RedirectResponse,
    Response,
    ResponseError,
    abort,
    make_response,
    redirect,
    to_response,
)
from poorwsgi_core.testing import Answer, Client

_HTML = "text/html; charset=utf-8"


def _send(response: BaseResponse) -> Answer:
    """Send a response, through wsgiref.validate (bar 90)."""
    return Client(lambda _, start: response(start)).get()


def _generator() -> Iterator[bytes]:
    yield b"a"
    yield b"b"


@pytest.mark.parametrize(
    ("value", "kind", "data"),
    [
        ("text ě", Response, "text ě".encode()),
        ("", Response, b""),
        (b"bytes", Response, b"bytes"),
        (bytearray(b"bytes"), Response, b"bytes"),
        (memoryview(b"bytes"), Response, b"bytes"),
        ({"a": 1}, JSONResponse, b'{"a": 1}'),
        ({}, JSONResponse, b"{}"),
        ([1, "x"], JSONResponse, b'[1, "x"]'),
        ([], JSONResponse, b"[]"),
        (["x", b"y"][:1], JSONResponse, b'["x"]'),
        (None, NoContentResponse, b""),
        (_generator(), GeneratorResponse, b"ab"),
        ([b"a", b"b"], GeneratorResponse, b"ab"),
        ({b"a"}, GeneratorResponse, b"a"),
        (BytesIO(b"a\nb"), GeneratorResponse, b"a\nb"),
        (iter([b"a"]), GeneratorResponse, b"a"),
    ],
)
def test_value_is_a_response(value: Any, kind: type[BaseResponse], data: bytes) -> None:
    """The type of the value decides; an empty list is JSON (L16)."""
    response = to_response(value)
    assert type(response) is kind
    answer = _send(response)
    assert answer.data == data
    assert answer.status_code == (204 if value is None else 200)


@pytest.mark.parametrize("value", ["text", b"bytes", [b"a"]])
def test_types(value: Any) -> None:
    """Text, bytes and chunks are HTML unless a type is given."""
    assert make_response(value).content_type == _HTML
    assert make_response(value, "text/css").content_type == "text/css"


@pytest.mark.parametrize("value", [{"a": 1}, [1], []])
def test_type_of_json(value: Any) -> None:
    """JSON ignores the given type."""
    kind = "application/json; charset=utf-8"
    assert make_response(value, "text/css").content_type == kind


def test_length_is_unknown() -> None:
    """Chunks are sent without a Content-Length."""
    assert "Content-Length" not in _send(to_response(_generator())).headers


@pytest.mark.parametrize("value", ["text", b"bytes", {"a": 1}, [1], None, [b"x"]])
@pytest.mark.parametrize(
    "headers", [{"A": "1"}, [("A", "1")], ("A", "1"), Headers({"A": "1"})]
)
def test_tuple(value: Any, headers: Any) -> None:
    """A tuple has type, headers and status too; a flat pair is a header (L15)."""
    answer = _send(to_response((value, "text/plain", headers, 404)))
    assert answer.status_code == 404
    assert answer.headers["A"] == "1"
    assert "X-Powered-By" not in answer.headers


def test_tuple_of_one() -> None:
    """One item is the value."""
    assert _send(to_response(("text",))).data == b"text"


@pytest.mark.parametrize("value", ["text", b"bytes", {"a": 1}, [1], None, [b"x"]])
def test_status_instead_of_a_type(value: Any) -> None:
    """A number in the second place is the status (L15)."""
    response = to_response((value, 400))
    assert response.status_code == 400
    assert _send(response).status_code == 400


def test_status_and_headers() -> None:
    """The headers keep their place after it."""
    response = make_response("text", 400, {"A": "1"})
    assert (response.status_code, response.content_type) == (400, _HTML)
    assert list(response.headers) == [("A", "1")]


@pytest.mark.parametrize(("code", "expected"), [(200, 204), (204, 204), (410, 410)])
def test_none_has_no_content(code: int, expected: int) -> None:
    """None is a 204, unless another status is given."""
    answer = _send(to_response((None, "", None, code)))
    assert (answer.status_code, answer.data) == (expected, b"")


def test_response_is_itself() -> None:
    """A response is sent as it is."""
    response = Response("x")
    assert to_response(response) is response


@pytest.mark.parametrize(
    "value", [5, 1.5, True, object(), Response, (Response("x"),), (5,), ("x", 999)]
)
def test_value_that_is_no_response(value: Any) -> None:
    """It is a ResponseError (L2)."""
    with pytest.raises(ResponseError):
        to_response(value)


_SHAPES = r"return \(body, content_type, headers, status\).* or \(body, status\)"


def test_error_says_what_to_return() -> None:
    """The message has the remedy, the cause is kept."""
    with pytest.raises(ResponseError, match=r"int.*str.*response") as caught:
        to_response(5)
    assert isinstance(caught.value.__cause__, TypeError)


def test_response_in_a_tuple() -> None:
    """It has a status of its own, and the message says where that is given."""
    remedy = "RedirectResponse is a response.*give it its status_code and headers"
    with pytest.raises(ResponseError, match=remedy):
        to_response((RedirectResponse("/"), 303))


@pytest.mark.parametrize(
    "arguments",
    [
        ("text", None),
        ("text", b"text/plain"),
        ("text", "a\nb"),
        ("text", _HTML, "headers"),
        ("text", _HTML, [("A", None)]),
        ("text", _HTML, None, "200"),
        ("text", _HTML, None, 999),
        ([b"x"], 999),
        ("\ud800",),
    ],
)
def test_bad_argument(
    arguments: tuple[Any, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """It is a ResponseError that says why; who answers for it writes the log."""
    with pytest.raises(ResponseError, match="Bad value from the handler: ") as caught:
        to_response(arguments)
    assert caught.value.__cause__ is not None
    assert caplog.records == []


def test_text_that_cannot_be_encoded() -> None:
    """It is a ResponseError, in a tuple or not."""
    with pytest.raises(ResponseError):
        to_response("\ud800")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (404, r"a status stands behind its body, as in \(body, 404\)"),
        (("x", "404 Not Found"), "is a status and no content type"),
        (("x", "404"), "is a status and no content type"),
        (Morsel[str](), "Morsel is no body, but has a value: return that"),
    ],
)
def test_value_that_means_another(value: Any, reason: str) -> None:
    """It is told what was meant, and how that is written."""
    with pytest.raises(ResponseError, match=reason):
        to_response(value)


def test_content_type_without_a_slash(caplog: pytest.LogCaptureFixture) -> None:
    """It is sent, and told once."""
    for _ in range(2):
        assert to_response(("{}", "json-text")).content_type == "json-text"
    (record,) = caplog.records
    assert "'json-text' is no content type: write one such as" in record.getMessage()


@pytest.mark.parametrize("value", [(), ("a", _HTML, None, 200, 5)])
def test_tuple_of_a_wrong_length(value: Any) -> None:
    """It is a TypeError, which lists the shapes."""
    with pytest.raises(TypeError, match=rf"tuple of {len(value)} .*{_SHAPES}"):
        to_response(value)


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        (("a", {"X-A": "b"}), "dict is no content type"),
        (({"a": 1}, {"X-A": "b"}), "dict is no content type"),
        (("a", None), "NoneType is no content type"),
        (("a", "text/plain", 404), "int instead of headers"),
        (("a", "text/plain", "X-A: b"), "str instead of headers"),
        (("a", "text/plain", None, "404"), "str is no status"),
    ],
)
def test_tuple_of_another_order(value: Any, wrong: str) -> None:
    """What stands in a wrong place is told with the shapes."""
    with pytest.raises(ResponseError, match=f": {wrong}: {_SHAPES}"):
        to_response(value)


def test_shapes_of_the_message_are_answers() -> None:
    """What the message says to return can be returned."""
    answers: list[Any] = [("a", _HTML, [], 404), ("a", _HTML, []), ("a", 404)]
    assert [to_response(answer).data for answer in answers] == [b"a"] * 3


def test_make_response_takes_keywords() -> None:
    """The names of the arguments are documented."""
    response = make_response(
        data="x", content_type="text/css", headers={"A": "1"}, status_code=404
    )
    assert (response.data, response.content_type) == (b"x", "text/css")
    assert (response.status_code, list(response.headers)) == (404, [("A", "1")])


# --- abort and redirect --------------------------------------------------------------


def test_abort() -> None:
    """It raises an HTTPException of its arguments, keywords too (L18)."""
    with pytest.raises(HTTPException) as caught:
        abort(404, error="lost")
    assert caught.value.args == (404, {"error": "lost"})
    response = Response("x")
    with pytest.raises(HTTPException) as caught:
        abort(response)
    assert caught.value.response is response


def test_redirect() -> None:
    """It raises an HTTPException with a redirect."""
    with pytest.raises(HTTPException) as caught:
        redirect("/x")
    response = caught.value.response
    assert isinstance(response, RedirectResponse)
    answer = _send(response)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/x")


def test_redirect_takes_keywords() -> None:
    """The names of the arguments are those of RedirectResponse."""
    with pytest.raises(HTTPException) as caught:
        redirect(
            location="/x",
            status_code=303,
            message="text",
            headers={"A": "1"},
            permanent=False,
        )
    response = caught.value.response
    assert response is not None
    answer = _send(response)
    assert (answer.status_code, answer.data) == (303, b"text")
    assert (answer.headers["A"], answer.headers["Location"]) == ("1", "/x")


def test_redirect_to_a_handler() -> None:
    """A location is text; a link leads to a handler."""
    location: Any = test_redirect
    with pytest.raises(TypeError, match=r"leads req\.url_for\(handler\)"):
        redirect(location)


def test_redirect_to_controls() -> None:
    """Line ends of a client don't split the response (H1)."""
    with pytest.raises(ValueError, match="control"):
        redirect("/x\r\nSet-Cookie: a=b")


def test_argument_without_a_name() -> None:
    """A reason is a keyword."""
    stop: Any = abort
    with pytest.raises(TypeError, match=r"'sold' needs the name .* write error='sold'"):
        stop(410, "sold")
