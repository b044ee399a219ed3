"""Facts about the 500 page."""

import logging
import re
import traceback
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from poorwsgi_core.response import HTTPException, Response
from poorwsgi_core.results.failure import (
    format_traceback,
    internal_server_error,
)

EVIL = "<script>"


def handler(req: object, ident: int) -> None:
    """Fail somehow."""


def request(**attributes: Any) -> Any:
    """Build a stand-in for a request."""
    defaults = {
        "shows_debug": True,
        "method": "GET",
        "uri": "/path",
        "uri_rule": "/<x>",
        "uri_handler": handler,
        "remote_host": "client",
        "remote_addr": "192.0.2.1",
        "server_admin": "admin",
        "server_software": "Server/1.0",
    }
    return SimpleNamespace(**(defaults | attributes))


def fail(raised: BaseException, req: Any, **kwargs: Any) -> Response:
    """Build the page while an exception is handled."""
    try:
        raise raised
    except BaseException:  # noqa: BLE001 - any of them
        return internal_server_error(req, **kwargs)


def text(response: Response) -> str:
    """Return the page without what the style sheet says."""
    page = response.data.decode()
    return page[: page.index("<style>")] + page[page.index("</style>") :]


def test_without_debug() -> None:
    """Without debug nothing of the exception is shown (bar 29)."""
    response = fail(
        ValueError("the secret"), request(shows_debug=False), error="reason"
    )
    page = text(response)
    assert response.status_code == 500
    assert "<h1>500 - Internal Server Error</h1>" in page
    assert not re.search("secret|reason|Trace|ValueError|handler|Server/1.0", page)


def test_with_debug() -> None:
    """With debug the page shows the request, the handler, the traceback."""
    page = text(fail(ValueError("because"), request()))
    for shown in (
        "<code>client</code>",
        "<code>192.0.2.1</code>",
        "<code>GET</code>",
        "<code>/path</code>",
        "<code>/&lt;x&gt;</code>",
        f"<code>{__name__}.handler(req, ident)</code>",
        "<h2>Exception Traceback</h2>",
        '<p class="summary">ValueError: because</p>',
        '<span class="line0">Traceback (most recent call last):\n</span>',
        "<footer>webmaster: admin / Server/1.0</footer>",
    ):
        assert shown in page


def test_lines_alternate() -> None:
    """Every line of the traceback has a span, of two classes in turn."""
    page = text(fail(ValueError("one\ntwo"), request()))
    classes = re.findall(r'<span class="line(\d)">[^<]*\n</span>', page)
    assert len(classes) >= 5
    assert classes == [str(number % 2) for number in range(len(classes))]
    assert page.count("<span") == len(classes)


def test_size_is_bounded() -> None:
    """Neither long lines nor many of them make the page huge."""
    page = text(fail(ValueError("x" * 100_000), request()))
    assert len(page) < 20_000
    page = text(fail(ValueError("x\n" * 100_000), request()))
    assert len(page) < 200_000


def test_chain_and_group() -> None:
    """Causes and the members of a group are shown."""
    error = ExceptionGroup("group", [KeyError("member")])
    error.__cause__ = OSError("cause")
    page = text(fail(error, request()))
    assert "OSError: cause" in page
    assert "KeyError: &apos;member&apos;" in page
    assert "direct cause" in page


def test_everything_is_escaped() -> None:
    """All that comes from outside is escaped (bar 28)."""
    names = ("method", "uri", "uri_rule", "remote_host", "remote_addr")
    more = ("server_admin", "server_software")
    req = request(**dict.fromkeys(names + more, EVIL))
    page = text(fail(ValueError(EVIL), req, error=EVIL))
    assert EVIL not in page
    assert page.count("&lt;script&gt;") >= 10


@pytest.mark.parametrize(
    ("uri_handler", "shown"),
    [
        (None, "<code>-</code>"),
        (partial(handler, 1), f"partial({__name__}.handler)(req, ident)"),
        (len, "builtins.len()"),
        (request, f"{__name__}.request(attributes)"),
    ],
)
def test_any_handler(uri_handler: Any, shown: str) -> None:
    """Whatever the handler is, or if there is none, the page is built."""
    page = text(fail(ValueError(), request(uri_handler=uri_handler, uri_rule=None)))
    assert shown in page


def test_log(caplog: pytest.LogCaptureFixture) -> None:
    """The failure is logged with its traceback, debug or not."""
    error = ValueError("because")
    fail(error, request(shows_debug=False, uri="/a\r\nFAKE"), error="reason\n")
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("poorwsgi", logging.ERROR)
    assert record.getMessage() == (
        "500 - ValueError: because; Method: GET, URI: /a\\r\\nFAKE, URI rule: /<x>, "
        f"Handler: {__name__}.handler(req, ident), Remote host: client, "
        "Remote address: 192.0.2.1, Reason: reason\\n"
    )
    assert record.exc_info is not None
    assert record.exc_info[1] is error


def test_client_behind_a_proxy(caplog: pytest.LogCaptureFixture) -> None:
    """The log has the proxy's address, and the client's where that is another."""
    fail(ValueError(), request(client_addr="198.51.100.4"))
    assert caplog.messages[0].endswith(
        "Remote address: 192.0.2.1, Client address: 198.51.100.4"
    )


def test_exception_as_argument(caplog: pytest.LogCaptureFixture) -> None:
    """An exception that isn't being handled may be given."""
    page = text(internal_server_error(request(), error=KeyError("given")))
    assert "KeyError: &apos;given&apos;" in page
    assert "Reason" not in page
    assert caplog.records[0].exc_info


def test_no_exception() -> None:
    """Without an exception the page shows the reason, if any."""
    page = text(internal_server_error(request(), error="out of paper"))
    assert "<code>out of paper</code>" in page
    assert "Traceback" not in page


def test_extra_arguments_are_ignored() -> None:
    """Positional arguments and keywords of other handlers do no harm."""
    assert internal_server_error(request(), 1, realm="x").status_code == 500


def test_almost_empty_request() -> None:
    """A request that has just a path gets the page."""
    req = SimpleNamespace(uri="/x", shows_debug=True)
    assert "<code>/x</code>" in text(fail(ValueError(), req))


class Malformed:
    """A request whose path raises."""

    shows_debug = False

    def __init__(self, error: Exception) -> None:
        self.error = error

    @property
    def uri(self) -> str:
        """Raise as told."""
        raise self.error


def test_malformed_path() -> None:
    """A path that can't be decoded does not prevent the page."""
    assert fail(ValueError(), Malformed(HTTPException(400))).status_code == 500


def test_other_exception_of_the_path() -> None:
    """Another exception of the path passes to the caller."""
    with pytest.raises(ZeroDivisionError):
        fail(ValueError(), Malformed(ZeroDivisionError()))


def test_traceback_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that can't be formatted does not prevent the page."""

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no")

    monkeypatch.setattr(traceback.TracebackException, "from_exception", broken)
    page = text(internal_server_error(request(), error=KeyError("given")))
    assert '<p class="summary">KeyError</p>' in page
    assert "The traceback can&apos;t be shown: RuntimeError" in page


def test_exception_that_cannot_be_told(caplog: pytest.LogCaptureFixture) -> None:
    """The log has its class, and the page is sent."""

    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError

    fail(Mute(), request())
    (record,) = caplog.records
    assert record.getMessage().startswith("500 - Mute; Method: GET")


def test_text_to_copy() -> None:
    """All of it stands there as plain text once more, escaped."""
    page = text(fail(ValueError("</textarea>"), request(uri="/a\nb")))
    (plain,) = re.findall("<textarea readonly.*?>(.*?)</textarea>", page, re.DOTALL)
    lines = plain.split("\n")
    assert lines[:2] == ["Method: GET", "URI: /a\\nb"]
    assert re.fullmatch(r"Python: 3\.\d+\.\S+", lines[7])
    assert lines[9] == "Traceback (most recent call last):"
    assert lines[-1] == "ValueError: &lt;/textarea&gt;"


def test_what_was_sent() -> None:
    """Query and headers of the request are there, the secret ones masked."""
    headers = {"Accept": "text/<b>", "Authorization": "Bearer abcdef"}
    req = request(query="page=1&token=t0ps3cret", headers=headers)
    page = text(fail(ValueError(), req))
    assert "<code>page=1&amp;token=\u2026</code>" in page
    assert "<code>text/&lt;b&gt;</code>" in page
    assert "abcdef" not in page
    assert "Query string" not in text(fail(ValueError(), request(headers=headers)))


FORGED = "x\nERROR forged\x1b[31m\r\u2028\x85"


def build_failure(kind: str) -> BaseException:
    """Build an exception whose traceback has a text of a client."""
    plain, forged = ValueError("plain"), ValueError(FORGED)
    match kind:
        case "cause":
            plain.__cause__ = forged
        case "context":
            plain.__context__ = forged
            forged.__context__ = plain
        case "note":
            plain.add_note(FORGED)
        case "group":
            return ExceptionGroup("plain", [plain, forged])
        case _:
            return forged
    return plain


@pytest.mark.parametrize("kind", ["text", "cause", "context", "note", "group"])
def test_traceback_forges_no_record(kind: str) -> None:
    """A text of a client neither begins a line of a log nor reaches a terminal."""
    text = format_traceback(build_failure(kind))
    assert text is not None
    assert all(line.startswith("  ") for line in text.splitlines())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert "ERROR forged" in text


@pytest.mark.parametrize("reason", ["", "plain", "č", EVIL])
def test_ordinary_traceback_is_left_to_logging(reason: str) -> None:
    """Nothing is done to what has one line."""
    assert format_traceback(ValueError(reason)) is None
