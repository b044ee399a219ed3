"""Facts about the pages of status codes."""

import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from poorwsgi_core.response import (
    BaseResponse,
    HTTPException,
    NotModifiedResponse,
    Response,
)
from poorwsgi_core.results.html import page_policy
from poorwsgi_core.results.pages import (
    bad_request,
    default_states,
    forbidden,
    method_not_allowed,
    not_found,
    not_implemented,
    not_modified,
    status_page,
    unauthorized,
)
from poorwsgi_core.state import METHOD_ALL, phrases

EVIL = "<script>\"&'</script>"
ESCAPED = "&lt;script&gt;&quot;&amp;&apos;&lt;/script&gt;"
NO_BODY = {204, 205, 304}
NO_ANSWER = {100, 101, 102, 103}
PAGES: dict[int, Callable[..., Response]] = {
    400: bad_request,
    401: unauthorized,
    403: forbidden,
    404: not_found,
    405: method_not_allowed,
    501: not_implemented,
}


def challenge(_: Any, realm: str | None, stale: object) -> tuple[str, ...]:
    """Challenge as an application with authentication does."""
    if realm is None:
        raise RuntimeError("a realm is needed")
    return f'Digest realm="{realm}"', f"Basic stale={stale}"


def no_challenge(*_: Any) -> tuple[str, ...]:
    """Challenge as the core does."""
    return ()


def request(**attributes: Any) -> Any:
    """Build a stand-in for a request."""
    defaults: dict[str, Any] = {
        "app": SimpleNamespace(challenge=no_challenge),
        "method": "GET",
        "path": "/path",
        "uri": "/path",
        "server_admin": "admin@example.org",
        "headers": {},
    }
    return SimpleNamespace(**(defaults | attributes))


def text(response: BaseResponse) -> str:
    """Return the page without what the style sheet says."""
    page = response.data.decode()
    return page[: page.index("<style>")] + page[page.index("</style>") :]


def test_default_states() -> None:
    """The table holds the documented codes with a page for every method."""
    assert list(default_states) == [304, 400, 401, 403, 404, 405, 500, 501]
    for pages in default_states.values():
        assert sum(pages) == METHOD_ALL
        assert len(pages) == 9
        assert len(set(pages.values())) == 1


@pytest.mark.parametrize("code", PAGES)
def test_shape(code: int) -> None:
    """A page names its status in title and heading, and the webmaster."""
    response = PAGES[code](request())
    page = text(response)
    assert response.status_code == code
    assert response.content_type == "text/html; charset=utf-8"
    assert page.startswith("<!DOCTYPE html>")
    assert f"<title>{code} - {phrases[code]}</title>" in page
    assert f"<h1>{code} - {phrases[code]}</h1>\n<p>" in page
    assert "<hr>\n<footer>webmaster: admin@example.org</footer>" in page


@pytest.mark.parametrize("code", PAGES)
def test_everything_is_escaped(code: int) -> None:
    """Path, method, reason and webmaster are escaped (bar 28)."""
    req = request(method=EVIL, path=EVIL, uri=EVIL, server_admin=EVIL)
    page = text(PAGES[code](req, error=EVIL))
    assert "<script" not in page
    assert page.count(ESCAPED) >= 2


@pytest.mark.parametrize("code", PAGES)
def test_unknown_keywords_are_ignored(code: int) -> None:
    """Keywords for another handler do no harm."""
    assert PAGES[code](request(), unknown=1).status_code == code


@pytest.mark.parametrize("code", set(PAGES) - {401})
def test_reason_is_shown(code: int) -> None:
    """A reason keeps its lines, in a block of its own."""
    page = text(PAGES[code](request(), error="one\n<two>"))
    assert "<pre>one\n&lt;two&gt;</pre>\n</main>" in page
    assert "<pre>" not in text(PAGES[code](request()))


@pytest.mark.parametrize("code", PAGES)
def test_reason_is_logged(code: int, caplog: pytest.LogCaptureFixture) -> None:
    """A reason is logged in one line, with the code of the page."""
    PAGES[code](request(), error=ValueError("one\r\ntwo"))
    level = logging.ERROR if code == 501 else logging.WARNING
    line = f"{code} - {phrases[code]}: one\\r\\ntwo"
    assert caplog.record_tuples == [("poorwsgi", level, line)]


@pytest.mark.parametrize("code", PAGES)
def test_no_reason_is_not_logged(code: int, caplog: pytest.LogCaptureFixture) -> None:
    """Without a reason nothing is logged."""
    PAGES[code](request())
    assert caplog.record_tuples == []


class Malformed:
    """A request with a path that can't be decoded."""

    server_admin = "admin"
    method = "GET"

    @property
    def path(self) -> str:
        """Raise what a request does."""
        raise HTTPException(400)

    uri = path


def test_bad_path() -> None:
    """A path that can't be decoded is replaced on the pages."""
    placeholder = "<code>[ NOT PARSED ]</code>"
    assert placeholder in text(bad_request(Malformed()))
    assert placeholder in text(not_found(Malformed()))


def test_bad_request_shows_the_method() -> None:
    """The 400 page says which request it was."""
    page = text(bad_request(request(method="POST")))
    assert "The <code>POST</code> request for <code>/path</code> is not valid." in page


def test_unauthorized_hides_the_reason() -> None:
    """Who is refused doesn't learn why."""
    assert "unknown user" not in text(unauthorized(request(), error="unknown user"))


def test_unauthorized_challenges() -> None:
    """Each challenge is a header line; X-Powered-By is not among them."""
    req = request(app=SimpleNamespace(challenge=challenge))
    response = unauthorized(req, realm="R", stale=True)
    assert response.headers.items() == (
        *page_policy(),
        ("WWW-Authenticate", 'Digest realm="R"'),
        ("WWW-Authenticate", "Basic stale=True"),
    )


def test_unauthorized_with_challenges_given() -> None:
    """Challenges that are handed over stand for those of the application."""
    req = request(app=SimpleNamespace(challenge=challenge))
    response = unauthorized(req, challenges=['Basic realm="B"'])
    assert response.headers.get_all("WWW-Authenticate") == ('Basic realm="B"',)


def test_unauthorized_without_realm() -> None:
    """The application's RuntimeError about the realm passes."""
    with pytest.raises(RuntimeError, match="realm"):
        unauthorized(request(app=SimpleNamespace(challenge=challenge)))


def test_method_not_allowed_has_allow() -> None:
    """The 405 page has the Allow header that it is given."""
    assert method_not_allowed(request(), allow="GET, HEAD").headers["Allow"] == (
        "GET, HEAD"
    )
    assert "Allow" not in method_not_allowed(request()).headers
    page = method_not_allowed(request(), allow="GET, HEAD").data.decode()
    assert "What is: <code>GET</code>, <code>HEAD</code>." in page


def test_not_implemented(caplog: pytest.LogCaptureFixture) -> None:
    """The 501 page says it, with the status that can't be answered."""
    assert "not implemented" in text(not_implemented(request())).lower()
    page = text(not_implemented(request(uri="/x\n"), 999))
    assert "ended with status <code>999</code>, which is not implemented." in page
    line = "501 - Not Implemented: status 999 of /x\\n"
    assert caplog.record_tuples == [("poorwsgi", logging.ERROR, line)]


def test_not_modified() -> None:
    """The 304 answer takes validators from the request, and ignores the rest."""
    headers = {"ETag": '"x"', "Content-Location": "/x"}
    response = not_modified(request(headers=headers), error="ignored")
    assert isinstance(response, NotModifiedResponse)
    assert response.status_code == 304
    assert response.headers["ETag"] == '"x"'
    assert response.headers["Content-Location"] == "/x"
    assert response.headers["Date"].endswith(" GMT")


@pytest.mark.parametrize("code", sorted(set(phrases) - NO_BODY - NO_ANSWER))
def test_every_status_has_a_page(code: int) -> None:
    """Every code that allows content has a page with that code (bar 27)."""
    response = status_page(request(), code, error=EVIL, unknown=1)
    page = text(response)
    assert response.status_code == code
    assert response.content_type == "text/html; charset=utf-8"
    assert f"<h1>{code} - {phrases[code].replace(chr(39), '&apos;')}</h1>\n<p>" in page
    assert f"<pre>{ESCAPED}</pre>" in page
    assert "{" not in page


@pytest.mark.parametrize("code", sorted(NO_BODY))
def test_status_without_content(code: int) -> None:
    """A code that allows no content is answered without a body."""
    response = status_page(request(), code)
    assert response.status_code == code
    assert response.data == b""
