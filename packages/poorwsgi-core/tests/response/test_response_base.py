"""Facts about what all responses share: status and headers."""

import logging
import subprocess
import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import pytest

from poorwsgi_core import response as response_module
from poorwsgi_core.http.headers import Headers
from poorwsgi_core.response import (
    NOT_MODIFIED_DENY,
    NOT_MODIFIED_ONE_OF_REQUIRED,
    BaseResponse,
    FileObjResponse,
    GeneratorResponse,
    HTTPException,
    Response,
    log,
)
from poorwsgi_core.state import phrases
from poorwsgi_core.testing import Answer, Client

_POWERED_BY = ("X-Powered-By", "Poor WSGI for Python")
_TYPE = ("Content-Type", "text/html; charset=utf-8")
_CONTROLS = [chr(code) for code in (*range(9), *range(10, 32), 127)]


def _send(response: BaseResponse, *, validate: bool = True) -> Answer:
    """Send a response, through wsgiref.validate (bar 90)."""
    return Client(lambda _, start: response(start), validate=validate).get()


def _messages(caplog: pytest.LogCaptureFixture) -> str:
    assert {record.levelno for record in caplog.records} <= {logging.WARNING}
    return "\n".join(caplog.messages)


# --- calling -------------------------------------------------------------------------


def test_response_calls_start_response() -> None:
    """It gives status line and list of pairs, and nothing else (PEP 3333)."""
    calls: list[Any] = []

    def start_response(*args: Any) -> Any:
        calls.append(args)
        return None

    body = Response("text")(start_response)
    assert calls == [("200 OK", [_POWERED_BY, _TYPE, ("Content-Length", "4")])]
    assert type(calls[0][1]) is list
    assert b"".join(body) == b"text"


def test_response_is_sent_once() -> None:
    """A second call is a RuntimeError that says what to do."""
    response = Response("text")
    _send(response)
    with pytest.raises(RuntimeError, match=r"Response.*already.*new one"):
        _send(response)


def test_failed_call_counts() -> None:
    """A response whose first call failed can't be sent either."""
    response = Response("text")
    response.make_partial([(10, 15)])
    with pytest.raises(HTTPException):
        _send(response)
    with pytest.raises(RuntimeError):
        _send(response)


def test_base_has_no_body() -> None:
    """The base sends headers with an empty body, and says so (P10)."""
    answer = _send(BaseResponse("text/plain"))
    assert answer.data == b""
    assert list(answer.headers) == [
        _POWERED_BY,
        ("Content-Type", "text/plain"),
        ("Content-Length", "0"),
    ]
    assert (BaseResponse().data, BaseResponse().content_length) == (b"", 0)


def test_base_can_be_closed() -> None:
    """There is nothing to release, any number of times."""
    response = BaseResponse("text/plain")
    response.close()
    response.close()
    assert _send(response).status_code == 200


def test_order_of_headers() -> None:
    """Given ones, added ones, then the range, then type and length."""
    response = Response("0123456789", headers={"A": "1"})
    response.add_header("B", "2")
    response.make_partial([(0, 1)])
    response.add_header("C", "3")
    assert list(_send(response).headers) == [
        ("A", "1"),
        ("B", "2"),
        ("C", "3"),
        ("Content-Range", "bytes 0-1/10"),
        _TYPE,
        ("Content-Length", "2"),
    ]


# --- status --------------------------------------------------------------------------


@pytest.mark.parametrize("code", [code for code in phrases if code >= 200])
def test_status_line(code: int) -> None:
    """Every code of state can be sent, 444, 499 and 599 too (P8)."""
    response = Response(status_code=code)
    answer = _send(response, validate=True)
    assert answer.status == f"{code} {phrases[code]}"
    assert response.reason == phrases[code]


@pytest.mark.parametrize("code", [0, 1, 99, 299, 600, 999, -200, "200", None, "OK"])
def test_unknown_status(code: Any) -> None:
    """It is a ValueError when building and when setting alike (P8)."""
    with pytest.raises(ValueError, match="Bad response status"):
        BaseResponse(status_code=code)
    response = BaseResponse()
    with pytest.raises(ValueError, match="Bad response status"):
        response.status_code = code
    assert response.status_code == 200


def test_setting_the_status_sets_the_reason() -> None:
    """The phrase follows the code."""
    response = BaseResponse()
    assert (response.status_code, response.reason) == (200, "OK")
    response.status_code = 404
    assert (response.status_code, response.reason) == (404, "Not Found")


# --- headers -------------------------------------------------------------------------


def test_powered_by() -> None:
    """It stands there unless other headers are given, even empty ones."""
    assert list(BaseResponse().headers) == [_POWERED_BY]
    empty: list[Any] = [{}, (), [], Headers()]
    assert [list(BaseResponse(headers=headers).headers) for headers in empty] == [
        [] for _ in empty
    ]
    assert "X-Powered-By" not in _send(Response(headers={})).headers


def test_responses_share_no_headers() -> None:
    """What is added to one isn't in the next."""
    BaseResponse().add_header("X-Mine", "1")
    assert list(BaseResponse().headers) == [_POWERED_BY]


def test_headers_are_copied() -> None:
    """Answers that were built with the same Headers share nothing."""
    headers = Headers({"A": "1"})
    first, second = BaseResponse(headers=headers), BaseResponse()
    second.headers = headers
    first.set_cookie("sid", "alice")
    assert [*second.headers] == [*headers] == [("A", "1")]


def test_headers_are_made() -> None:
    """Anything else goes through the constructor of Headers (L15)."""
    response = BaseResponse(headers=[("A", "1")])
    assert list(response.headers) == [("A", "1")]
    response.headers = ("X-Attribute", "hello world")
    assert list(response.headers) == [("X-Attribute", "hello world")]


@pytest.mark.parametrize("headers", ["text", b"bytes", 5, object()])
def test_headers_of_a_wrong_type(headers: Any) -> None:
    """They are a TypeError."""
    with pytest.raises(TypeError):
        BaseResponse(headers=headers)


@pytest.mark.parametrize("control", _CONTROLS)
def test_controls_are_refused(control: str) -> None:
    """No control character gets into a response (H1, bar 10)."""
    bad = f"a{control}b"
    response = BaseResponse()
    with pytest.raises(ValueError, match="control"):
        BaseResponse(bad)
    with pytest.raises(ValueError, match="control"):
        response.content_type = bad
    with pytest.raises(ValueError, match="control"):
        BaseResponse(headers={"X": bad})
    with pytest.raises(ValueError, match="control"):
        response.add_header("X", bad)
    with pytest.raises(ValueError, match="name"):
        response.add_header(bad, "x")
    with pytest.raises(ValueError, match="control"):
        response.set_cookie("name", bad)
    assert list(response.headers) == [_POWERED_BY]


def test_unchecked_headers_are_checked() -> None:
    """Headers as received don't get to another client unchecked (bar 10)."""
    received = Headers([("X", "a\r\nSet-Cookie: b")], strict=False)
    with pytest.raises(ValueError, match="control"):
        BaseResponse(headers=received)
    response = BaseResponse()
    with pytest.raises(ValueError, match="control"):
        response.headers = received
    assert list(response.headers) == [_POWERED_BY]


@pytest.mark.needs("processes")
def test_checks_without_assert() -> None:
    """Optimised Python refuses the same (P11, bar 11)."""
    code = (
        "from poorwsgi_core.response import Response\n"
        "for bad in ((5,), ('', 5), ('', 'a\\nb'), ('', '', 5), ('', '', (), 5)):\n"
        "    try:\n"
        "        Response(*bad)\n"
        "    except (TypeError, ValueError):\n"
        "        print('refused')\n"
    )
    run = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-O", "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["refused"] * 5


def test_add_header() -> None:
    """Headers are appended, with parameters as Headers has them (bar 13)."""
    response = BaseResponse()
    response.add_header("Link", "</a>")
    response.add_header("Link", "</b>")
    response.add_header("Content-Disposition", "attachment", filename='a"\\.txt')
    assert response.headers.get_all("Link") == ("</a>", "</b>")
    assert (
        response.headers["Content-Disposition"] == 'attachment; filename="a\\"\\\\.txt"'
    )


def test_cookie_with_an_attribute_of_others() -> None:
    """How it is spelt here is said."""
    with pytest.raises(TypeError, match="no attribute 'samesite': write same_site"):
        BaseResponse().set_cookie("a", "1", samesite="Lax")


def test_cookies() -> None:
    """Each cookie is a header of its own, and deleting expires it (bar 12, 77)."""
    response = BaseResponse("text/plain")
    response.set_cookie("a", "1", secure=True, max_age=5)
    response.delete_cookie("b", path="/x")
    assert _send(response).headers.get_all("Set-Cookie") == (
        "a=1; Max-Age=5; Path=/; SameSite=Lax; Secure; HttpOnly",
        (
            "b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/x; "
            "SameSite=Lax; HttpOnly"
        ),
    )


# --- content type and length ---------------------------------------------------------


def test_content_type() -> None:
    """It can be changed, and is left out when empty."""
    response = Response("text")
    response.content_type = "text/css"
    assert response.content_type == "text/css"
    assert _send(response).headers["Content-Type"] == "text/css"
    assert "Content-Type" not in _send(Response("x", ""), validate=False).headers


@pytest.mark.parametrize("headers", [{"content-TYPE": "a/b", "content-LENGTH": "4"}])
def test_headers_win(headers: dict[str, str]) -> None:
    """Nothing is added that is there already, by whatever spelling."""
    answer = _send(Response("text", headers=headers))
    assert list(answer.headers) == list(headers.items())


@pytest.mark.parametrize("content_type", [5, None, b"text/plain", ["text/plain"]])
def test_content_type_of_a_wrong_type(content_type: Any) -> None:
    """It is a TypeError when building and when setting (P11)."""
    with pytest.raises(TypeError):
        BaseResponse(content_type)
    with pytest.raises(TypeError):
        Response("", content_type)
    with pytest.raises(TypeError):
        BaseResponse().content_type = content_type


def test_content_type_is_latin_1() -> None:
    """Text that isn't ASCII goes as UTF-8, as in any other header (PEP 3333)."""
    answer = _send(Response("x", "text/plain; title=ěšč"))
    value = answer.headers["Content-Type"]
    assert value.encode("latin-1").decode() == "text/plain; title=ěšč"


class _Text(str):
    __slots__ = ()


def test_content_type_of_a_subclass() -> None:
    """A subclass of str is a str."""
    assert BaseResponse(_Text("text/css")).content_type == "text/css"


def test_unknown_length() -> None:
    """Without one there is no Content-Length header."""
    answer = _send(GeneratorResponse([b"a", b"b"], "text/plain"))
    assert list(answer.headers) == [_POWERED_BY, ("Content-Type", "text/plain")]


# --- statuses without a body ---------------------------------------------------------


def test_no_content_has_no_headers_of_content() -> None:
    """204 has neither body nor type nor length (P17, bar 15)."""
    headers = {"Content-Type": "a/b", "content-length": "4", "Set-Cookie": "a=b"}
    answer = _send(Response("text", headers=headers, status_code=204))
    assert answer.data == b""
    assert list(answer.headers) == [("Set-Cookie", "a=b")]


@pytest.mark.parametrize(
    "response",
    [
        Response("text", status_code=205),
        BaseResponse(status_code=205, content_type="text/plain"),
        GeneratorResponse([b"a"], status_code=205),
        GeneratorResponse([b"a"], status_code=205, content_length=1),
        FileObjResponse(BytesIO(b"text"), status_code=205),
        Response("text", headers={"Content-Length": "4"}, status_code=205),
    ],
    ids=["text", "empty", "stream", "long stream", "file", "header"],
)
def test_reset_content_is_empty(response: BaseResponse) -> None:
    """205 has a length of 0, whatever the body is (RFC 9110 §15.3.6)."""
    answer = _send(response)
    assert (answer.data, answer.headers.get_all("Content-Length")) == (b"", ("0",))


@pytest.mark.parametrize("code", [100, 101, 102, 103])
def test_status_that_is_no_answer(code: int) -> None:
    """A client would wait for the answer that it announces (RFC 9110 §15.2)."""
    with pytest.raises(ValueError, match="announces an answer and is none"):
        BaseResponse(status_code=code)


def test_not_modified_has_no_body(caplog: pytest.LogCaptureFixture) -> None:
    """304 keeps the headers of the cached copy (bar 15)."""
    headers = [
        ("ETag", '"x"'),
        ("Vary", "Accept"),
        ("Date", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("Content-Location", "/x"),
        ("Cache-Control", "no-cache"),
        ("Set-Cookie", "a=b"),
    ]
    answer = _send(Response("text", headers=headers, status_code=304))
    assert answer.data == b""
    assert list(answer.headers) == headers
    assert caplog.records == []


@pytest.mark.parametrize("name", NOT_MODIFIED_DENY)
@pytest.mark.parametrize("spell", [str, str.lower, str.upper])
def test_not_modified_without_representation(
    name: str, spell: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Headers of a representation are left out with a warning (P17)."""
    headers = {"etag": '"x"', spell(name): "1"}
    answer = _send(Response("text", headers=headers, status_code=304))
    assert list(answer.headers) == [("etag", '"x"')]
    assert "representation" in _messages(caplog)


@pytest.mark.parametrize("name", NOT_MODIFIED_ONE_OF_REQUIRED)
def test_not_modified_needs_one_header(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One of four, in any case of letters, is enough (P17)."""
    _send(Response(headers={name.upper(): "x"}, status_code=304))
    assert caplog.records == []
    _send(Response(status_code=304))
    assert "Missing" in _messages(caplog)
    assert "required" in _messages(caplog)


@pytest.mark.parametrize("code", [204, 304])
def test_body_that_is_not_sent_is_closed(code: int) -> None:
    """Nobody else will close it (bar 15)."""
    file = BytesIO(b"text")
    response = FileObjResponse(file, headers={"ETag": '"x"'}, status_code=code)
    assert _send(response).data == b""
    assert file.closed


# --- the package ---------------------------------------------------------------------


def test_public_names() -> None:
    """The documented names are all there."""
    names: Iterable[str] = response_module.__all__
    assert [name for name in names if not hasattr(response_module, name)] == []
    assert log.name == "poorwsgi"


def _call(response: BaseResponse) -> list[tuple[str, str]]:
    """Call a response as a server does, close its body; return what was sent."""
    sent: list[tuple[str, str]] = []

    def start(
        _: str, headers: list[tuple[str, str]], __: object = None, /
    ) -> Callable[[bytes], object]:
        sent.extend(headers)
        return bytes

    body: Any = response(start)
    if hasattr(body, "close"):
        body.close()
    return sent


def test_headers_of_a_response_that_was_called() -> None:
    """They are those that were sent, for the tests of handlers."""
    shared = Headers({"X-Own": "1"})
    for text in ("text", "longer text"):
        response = Response(text, headers=shared)
        sent = _call(response)
        assert response.headers.get("Content-Type") == "text/html; charset=utf-8"
        assert response.headers.get("Content-Length") == str(len(text))
        assert response.headers.to_list() == sent
    assert shared.to_list() == [("X-Own", "1")]


def test_headers_that_were_not_sent_are_not_there() -> None:
    """A length that nobody knows, and what 204 doesn't have, isn't made up."""
    stream = GeneratorResponse(iter([b"x"]), "text/plain")
    assert stream.headers.get("Content-Length") is None
    assert _call(stream) == stream.headers.to_list()
    assert stream.headers["Content-Type"] == "text/plain"
    empty = Response(status_code=204)
    assert _call(empty) == empty.headers.to_list() == [_POWERED_BY]
    own = Response("x", headers={"Content-Type": "a/b", "Content-Length": "1"})
    assert len(_call(own)) == len(own.headers) == 2


class Told(BaseResponse):
    """A response that knows its length."""

    @property
    def content_length(self) -> int:
        """Two bytes."""
        return 2


@pytest.mark.parametrize(
    ("base", "length"), [(BaseResponse, None), (Response, None), (Told, "2")]
)
def test_body_of_a_class_of_its_own(base: Any, length: str | None) -> None:
    """Its length is what the class says, and unknown if that is nothing."""

    class Own(base):  # type: ignore[misc]
        def __end_of_response__(self) -> list[bytes]:
            return [b"ab"]

    response = Own()
    assert ("Content-Length" in dict(_call(response))) is (length is not None)
    assert response.headers.get("Content-Length") == length


def test_status_instead_of_a_content_type() -> None:
    """A number in the second place says how a status is given."""
    status: Any = 404
    with pytest.raises(TypeError, match=r"is text, not 404: .* status_code=404"):
        Response("x", status)


def test_vary_on_what_it_has() -> None:
    """A name that Vary has already isn't added again."""
    response = Response("text")
    for _ in range(2):
        response.vary_on(["Cookie"])
    assert response.headers.get_all("Vary") == ("Cookie",)
