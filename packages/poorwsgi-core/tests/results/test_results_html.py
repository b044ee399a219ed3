"""Facts about escapes, sizes, and the page around a body."""

import base64
import hashlib
import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core import results
from poorwsgi_core.results.html import (
    HTML_ESCAPE_TABLE,
    PAGE_ICON,
    build_page,
    code_html,
    escape_controls,
    hbytes,
    html_escape,
    human_methods_,
    page_headers,
    page_policy,
    text_html,
)
from poorwsgi_core.state import METHOD_ALL, METHOD_GET_POST


def test_documented_names() -> None:
    """Every documented name is importable from the package."""
    documented = {
        "HTML_ESCAPE_TABLE",
        "bad_request",
        "debug_info",
        "default_states",
        "directory_index",
        "forbidden",
        "handlers_view",
        "hbytes",
        "html_escape",
        "human_methods_",
        "internal_server_error",
        "log",
        "method_not_allowed",
        "not_found",
        "not_implemented",
        "not_modified",
        "unauthorized",
    }
    assert documented - set(results.__all__) == set()
    assert [name for name in results.__all__ if not hasattr(results, name)] == []


def test_html_escape() -> None:
    """The five characters become entities, each once (bar 28)."""
    assert html_escape('<a href="x">\'&amp;') == (
        "&lt;a href=&quot;x&quot;&gt;&apos;&amp;amp;"
    )
    assert html_escape("plain") == "plain"


@pytest.mark.parametrize("value", [None, 1, b"<"])
def test_html_escape_takes_text(value: object) -> None:
    """Anything but str is a TypeError."""
    with pytest.raises(TypeError):
        html_escape(value)  # type: ignore[arg-type]


@given(st.text())
def test_html_escape_is_undone_by_a_parser(text: str) -> None:
    """A parser gets the text back, and there is no special character left."""
    escaped = html_escape(text)
    assert html.unescape(escaped) == text
    assert set(escaped) & (HTML_ESCAPE_TABLE.keys() - {"&"}) == set()


def test_escape_controls() -> None:
    """Control characters and surrogates are written as escapes."""
    assert escape_controls("a\r\nb\x00\x1b[1m\x85\u2028\udcffč") == (
        "a\\r\\nb\\x00\\x1b[1m\\x85\\u2028\\udcffč"
    )
    assert escape_controls("a\u202eb\u2066\u200f") == "a\\u202eb\\u2066\u200f"
    assert escape_controls(12) == "12"


@given(st.text(st.characters()))
def test_text_html_is_one_printable_line(text: str) -> None:
    """The result is one line that can be encoded (bar 28)."""
    shown = text_html(text)
    assert shown.splitlines() in ([shown], [])
    assert not re.search("[<>\"']", shown)
    assert shown.encode().decode() == shown


def test_code_html() -> None:
    """Any value can be shown as code."""
    assert code_html("<b>\n") == "<code>&lt;b&gt;\\n</code>"
    assert code_html(None) == "<code>None</code>"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, (0, "")),
        (512, (512, "")),
        (1000, (1000, "")),
        (1001, (1001 / 1024, "k")),
        (1024, (1.0, "k")),
        (2_000_000, (2_000_000 / 1024**2, "M")),
        (1024**5, (1.0, "P")),
        (1024**6 * 5, (5 * 1024.0, "P")),
    ],
)
def test_hbytes(value: int, expected: tuple[float, str]) -> None:
    """A number is scaled while above 1000, up to P."""
    assert hbytes(value) == expected


def test_human_methods() -> None:
    """Names are joined in bit order, all nine are ALL."""
    assert human_methods_(METHOD_ALL) == "ALL"
    assert human_methods_(METHOD_GET_POST) == "HEAD | GET | POST"
    assert human_methods_(0) == ""


def test_build_page() -> None:
    """The parts stand in a complete document with a language."""
    page = build_page("Title", "<p>body</p>", "foot", "kind")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset=')
    assert "<title>Title</title>" in page
    assert '<meta name="viewport"' in page
    assert '<body class="kind">\n<p>body</p>\n<hr>\n<footer>foot</footer>' in page
    assert "<script" not in page


def test_policy_allows_just_the_style_of_the_page() -> None:
    """The hash in the policy is that of the text of the style element."""
    style = re.findall("<style>(.*?)</style>", build_page("", ""), re.DOTALL)
    assert len(style) == 1
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    assert dict(page_policy()) == {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
    }


def test_policy_of_a_form() -> None:
    """A page with a form may send it to where it came from."""
    policy = page_headers(has_form=True)["Content-Security-Policy"]
    assert "; form-action 'self'; " in policy


def test_icon_is_inside_of_the_page() -> None:
    """No browser asks for /favicon.ico, and the policy lets the icon in."""
    page = build_page("", "")
    assert re.findall('<link rel="(.+?)" href="(.+?)">', page) == [("icon", PAGE_ICON)]
    assert PAGE_ICON.startswith("data:image/svg+xml,")
    assert "img-src data:;" in dict(page_policy())["Content-Security-Policy"]


def test_motion_only_for_those_who_like_it() -> None:
    """The page scrolls smoothly only where nobody asked for less motion."""
    assert "(prefers-reduced-motion:no-preference){html{scroll-" in build_page("", "")
    assert build_page("", "").count("smooth") == 1


def test_style_is_small_and_loads_nothing() -> None:
    """The sheet is small, without comments, and refers to nothing outside."""
    style = re.findall("<style>(.*?)</style>", build_page("", ""), re.DOTALL)[0]
    assert len(style) < 7000
    assert not re.search(r"/\*|url\(|@import|<|\n", style)
    assert "prefers-color-scheme:dark" in style


def test_page_headers() -> None:
    """A private page is not stored, and its address is not handed on."""
    headers = page_headers()
    assert headers.pop("Cache-Control") == "no-store"
    assert headers.pop("Referrer-Policy") == "no-referrer"
    assert headers.pop("X-Powered-By") == "Poor WSGI for Python"
    assert headers == dict(page_policy())
