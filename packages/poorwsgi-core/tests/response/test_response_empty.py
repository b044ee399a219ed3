"""Facts about responses without a body of their own."""

import logging
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.response import (
    BaseResponse,
    Declined,
    EmptyResponse,
    NoContentResponse,
    NotModifiedResponse,
    RedirectResponse,
)
from poorwsgi_core.testing import Answer, Client


def _send(response: BaseResponse) -> Answer:
    """Send a response, through wsgiref.validate (bar 90)."""
    return Client(lambda _, start: response(start)).get()


def _warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno == logging.WARNING
    ]


# --- NoContentResponse ---------------------------------------------------------------


def test_no_content() -> None:
    """Without anything added there is no header at all (P4)."""
    response = NoContentResponse()
    assert (response.data, response.content_length, response.content_type) == (
        b"",
        0,
        "",
    )
    answer = _send(response)
    assert (answer.status, answer.data) == ("204 No Content", b"")
    assert list(answer.headers) == []


def test_no_content_sends_headers() -> None:
    """Headers that are set are sent: cookies, CORS (P4)."""
    response = NoContentResponse({"Access-Control-Allow-Origin": "*"})
    response.set_cookie("a", "b")
    response.add_header("Location", "/x")
    assert _send(response).headers.names() == (
        "Access-Control-Allow-Origin",
        "Set-Cookie",
        "Location",
    )


@pytest.mark.parametrize("code", [200, 404, 410])
def test_no_content_of_another_status(code: int) -> None:
    """Statuses with content have an empty one, and say so (P10, bar 90)."""
    answer = _send(NoContentResponse(status_code=code))
    assert (answer.status_code, answer.data) == (code, b"")
    assert list(answer.headers) == [
        ("Content-Type", "text/plain"),
        ("Content-Length", "0"),
    ]


def test_empty_response_is_deprecated() -> None:
    """It warns where it is built, and is a NoContentResponse."""
    with pytest.warns(DeprecationWarning, match="NoContentResponse") as caught:
        response = EmptyResponse()
    assert [warning.filename for warning in caught] == [__file__]
    assert isinstance(response, NoContentResponse)
    answer = _send(response)
    assert (answer.status_code, list(answer.headers)) == (204, [])
    with pytest.warns(DeprecationWarning, match="NoContentResponse"):
        assert EmptyResponse(404).status_code == 404


# --- NotModifiedResponse -------------------------------------------------------------


def test_not_modified(caplog: pytest.LogCaptureFixture) -> None:
    """The validators are sent (P4)."""
    response = NotModifiedResponse(
        headers={"Cache-Control": "no-cache"},
        etag='W/"x"',
        content_location="/x",
        date="Thu, 01 Jan 1970 00:00:00 GMT",
        vary="Accept",
    )
    answer = _send(response)
    assert (answer.status, answer.data) == ("304 Not Modified", b"")
    assert list(answer.headers) == [
        ("Cache-Control", "no-cache"),
        ("ETag", 'W/"x"'),
        ("Content-Location", "/x"),
        ("Date", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("Vary", "Accept"),
    ]
    assert _warnings(caplog) == []


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("any text", "any text"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (1.9, "Thu, 01 Jan 1970 00:00:01 GMT"),
        (
            datetime(1970, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))),
            "Thu, 01 Jan 1970 00:00:00 GMT",
        ),
    ],
)
def test_date_of_not_modified(date: Any, expected: str) -> None:
    """Text as it is, seconds and datetimes as HTTP dates."""
    assert list(NotModifiedResponse(date=date).headers) == [("Date", expected)]


def test_empty_validators_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    """Without any of them a warning says what is missing."""
    response = NotModifiedResponse(etag="", date="", vary=None)
    assert list(_send(response).headers) == []
    assert [("Missing" in text, "ETag" in text) for text in _warnings(caplog)] == [
        (True, True)
    ]


# --- RedirectResponse ----------------------------------------------------------------


def test_redirect() -> None:
    """302 with an empty text."""
    answer = _send(RedirectResponse("/login?a=b#c"))
    assert (answer.status, answer.data) == ("302 Found", b"")
    assert list(answer.headers) == [
        ("X-Powered-By", "Poor WSGI for Python"),
        ("Location", "/login?a=b#c"),
        ("Content-Type", "text/plain"),
        ("Content-Length", "0"),
    ]


def test_redirect_takes_keywords() -> None:
    """Status, message and headers are as documented."""
    response = RedirectResponse(
        location="/x", status_code=307, message="Go ě", headers={"A": "1"}
    )
    answer = _send(response)
    assert (answer.status_code, answer.text) == (307, "Go ě")
    assert (answer.headers["A"], answer.headers["Location"]) == ("1", "/x")


@pytest.mark.parametrize(
    "options", [{"status_code": True}, {"permanent": True}, {"status_code": 301}]
)
def test_permanent_redirect(
    options: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """True means 301, with a warning that it is deprecated, and where."""
    assert RedirectResponse("/x", **options).status_code == 301
    assert [("deprecated" in text, __file__ in text) for text in _warnings(caplog)] == [
        (True, True) for value in options.values() if value is True
    ]


def test_redirect_that_is_not_permanent(caplog: pytest.LogCaptureFixture) -> None:
    """False means 302 (P9)."""
    assert RedirectResponse("/x", status_code=False).status_code == 302
    assert RedirectResponse("/x", permanent=False).status_code == 302
    assert _warnings(caplog) == []


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/ě š?q=č", "/%C4%9B%20%C5%A1?q=%C4%8D"),
        (r"/\host.example/\\", "/%5Chost.example/%5C%5C"),
        ("/already%20quoted%zz", "/already%20quoted%zz"),
        ("https://example.org/a;b=c&d,e", "https://example.org/a;b=c&d,e"),
        ("/\x80\u2028", "/%C2%80%E2%80%A8"),
        ("", ""),
    ],
)
def test_location_is_a_uri(location: str, expected: str) -> None:
    """What is not ASCII, and a blank, is percent-encoded (P12)."""
    assert RedirectResponse(location).headers["Location"] == expected


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_location(location: str) -> None:
    """It is printable ASCII, or refused for its controls (H1, bar 10)."""
    if re.search("[\x00-\x08\x0a-\x1f\x7f]", location):
        with pytest.raises(ValueError, match="control"):
            RedirectResponse(location)
        return
    sent = RedirectResponse(location).headers["Location"]
    assert re.fullmatch(r"[\t\x21-\x7e]*", sent)


def test_location_that_cannot_be_encoded() -> None:
    """Lone surrogates are a ValueError."""
    with pytest.raises(ValueError, match="surrogates"):
        RedirectResponse("/\ud800")


@pytest.mark.parametrize("location", [None, b"/x", 5])
def test_location_of_a_wrong_type(location: Any) -> None:
    """It is a TypeError."""
    with pytest.raises(TypeError):
        RedirectResponse(location)


# --- Declined ------------------------------------------------------------------------


def test_declined(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is sent, any number of times."""
    caplog.set_level(logging.DEBUG)
    response = Declined()

    def start_response(*_: Any) -> Any:
        pytest.fail("start_response was called")

    for _ in range(3):
        assert list(response(start_response)) == []
    assert [record.levelno for record in caplog.records] == [logging.DEBUG] * 3


def test_declined_has_a_status() -> None:
    """It is 200 unless told otherwise."""
    assert Declined().status_code == 200
    assert Declined(404).status_code == 404


def test_declined_has_no_headers(caplog: pytest.LogCaptureFixture) -> None:
    """They are always new and empty; setting them does nothing but warn."""
    response = Declined()
    response.headers.add_header("A", "1")
    assert list(response.headers) == []
    response.headers = {"A": "1"}
    response.add_header("A", "1")
    assert list(response.headers) == []
    assert len(_warnings(caplog)) == 2


def test_tab_in_a_location_is_encoded() -> None:
    """Browsers drop a tab, so that it could hide a second slash."""
    response = RedirectResponse("/\t/evil.example")
    assert response.headers["Location"] == "/%09/evil.example"
