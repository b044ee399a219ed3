"""Facts about what is the same in all pages of status codes."""

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from poorwsgi_core.response import HTTPException
from poorwsgi_core.results.frame import build_status_page, log_reason, read_text
from poorwsgi_core.results.html import page_policy


def start(response: Any) -> tuple[str, dict[str, str]]:
    """Send a response; return status and headers."""
    sent: list[Any] = []

    def start_response(*args: Any) -> None:
        sent.extend(args)

    response(start_response)
    return sent[0], dict(sent[1])


def test_shape() -> None:
    """Title and heading name the status, the footer the webmaster."""
    req = SimpleNamespace(server_admin="admin@example.org")
    page = build_status_page(418, "<p>text</p>", req, " / more", " kind").data.decode()
    assert page.startswith("<!DOCTYPE html>\n")
    assert "<title>418 - I&apos;m a teapot</title>" in page
    assert '<body class="status s4 kind">' in page
    assert (
        "<main>\n<h1>418 - I&apos;m a teapot</h1>\n<p>text</p>\n</main>\n<hr>\n"
        "<footer>webmaster: admin@example.org / more</footer>\n</body>\n</html>\n"
    ) in page


def test_headers() -> None:
    """A page has its policy; headers added to one are not on the next."""
    page = build_status_page(404, "", SimpleNamespace(server_admin=""))
    page.add_header("X-Mine", "1")
    status, headers = start(build_status_page(404, "", SimpleNamespace()))
    assert status == "404 Not Found"
    assert headers.pop("Content-Length") == str(len(page.data))
    assert headers == {
        "X-Powered-By": "Poor WSGI for Python",
        "Content-Type": "text/html; charset=utf-8",
        **dict(page_policy()),
    }
    assert start(page)[1]["X-Mine"] == "1"


def test_admin_is_escaped() -> None:
    """The webmaster, which may hold the Host header, is escaped (bar 28)."""
    page = build_status_page(404, "", SimpleNamespace(server_admin="webmaster@<b>\n"))
    assert b"webmaster: webmaster@&lt;b&gt;\\n</footer>" in page.data


def test_body_with_surrogates() -> None:
    """Text that is no UTF-8 can't break a page."""
    assert b"\\udcff" in build_status_page(404, "\udcff", SimpleNamespace()).data


def test_log_reason(caplog: pytest.LogCaptureFixture) -> None:
    """A reason is logged in one line; without one there is no record (bar 29)."""
    log_reason(logging.WARNING, 403, "no\r\nFAKE")
    log_reason(logging.WARNING, 403, None)
    assert caplog.record_tuples == [
        ("poorwsgi", logging.WARNING, "403 - Forbidden: no\\r\\nFAKE")
    ]


class Malformed:
    """A request whose path can't be decoded."""

    @property
    def path(self) -> str:
        """Raise what a request does."""
        raise HTTPException(400)


def test_read_text() -> None:
    """A path that can't be read is replaced; other exceptions pass."""
    assert read_text(SimpleNamespace(path="/x"), "path") == "/x"
    assert read_text(Malformed(), "path") == "[ NOT PARSED ]"
    with pytest.raises(AttributeError):
        read_text(SimpleNamespace(), "path")
