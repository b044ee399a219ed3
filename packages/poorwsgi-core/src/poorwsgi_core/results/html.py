"""HTML of the pages that the framework makes itself, and text for its log.

What comes from outside is escaped where it enters a page: nothing else here
marks text as safe.  The pages have one style sheet, inside of them, and no
script; their policy allows just that sheet and the icon, which is inside too.
"""

import os
import re
from functools import cache
from typing import Final

from poorwsgi_core.response.base import POWERED_BY
from poorwsgi_core.state import METHOD_ALL, sorted_methods

__all__ = [
    "HTML_ESCAPE_TABLE",
    "PAGE_ICON",
    "build_page",
    "code_html",
    "escape_controls",
    "hbytes",
    "html_escape",
    "human_methods_",
    "page_headers",
    "page_policy",
    "text_html",
]

HTML_ESCAPE_TABLE: Final[dict[str, str]] = {
    "&": "&amp;",
    '"': "&quot;",
    "'": "&apos;",
    ">": "&gt;",
    "<": "&lt;",
}
"""Character to the entity that stands for it in text and attribute values."""

PAGE_ICON: Final = (
    "data:image/svg+xml,"
    "%3Csvg xmlns='http:%2F%2Fwww.w3.org%2F2000%2Fsvg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%232f6f5e'/%3E%3Cpath fill='none' "
    "stroke='%23fff' stroke-width='2' d='M5 12V4h3.5a2.5 2.5 0 0 1 0 5H5'/%3E%3C/svg%3E"
)
"""Address of the icon of all pages; the policy of a page allows ``img-src data:``."""

_ESCAPES = str.maketrans(HTML_ESCAPE_TABLE)
_SPECIAL = re.compile("[&\"'<>]")
_CONTROLS = (
    r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
    r"\u202a-\u202e\u2066-\u2069"  # by which text shows in another order than it has
)
_CONTROL = re.compile(f"[{_CONTROLS}]")
_UNSAFE = re.compile(f"[&\"'<>{_CONTROLS}]")
_UNITS = ("", "k", "M", "G", "T", "P")


def html_escape(text: str) -> str:
    """Escape text for HTML, for use between tags and in attribute values.

    Raises:
        TypeError: *text* is not str.
    """
    # PERF: most text needs nothing, and str.translate costs three times the
    # search that finds that out.
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def escape_controls(value: object) -> str:
    r"""Write controls as ``\n`` or ``\x1b``, so that text is one line.

    Also surrogates, which stand for bytes that are not UTF-8, and what changes the
    direction of the text behind it.
    """
    return _CONTROL.sub(_backslash, str(value))


def _backslash(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


def text_html(value: object) -> str:
    """Write any value as one line of HTML text."""
    text = str(value)
    if _UNSAFE.search(text) is None:
        return text
    return html_escape(escape_controls(text))


def code_html(value: object) -> str:
    """Write any value as one line of HTML text that is marked as code."""
    return f"<code>{text_html(value)}</code>"


def hbytes(val: float) -> tuple[float, str]:
    """Scale a number of bytes for people: ``2048`` is ``(2.0, "k")``.

    The number is divided by 1024 while it is above 1000; P is the last unit.
    """
    unit = 0
    while val > 1000 and unit < len(_UNITS) - 1:
        val /= 1024
        unit += 1
    return val, _UNITS[unit]


def human_methods_(mask: int) -> str:
    """Name the methods of a mask: ``HEAD | GET``, or ``ALL``."""
    if mask == METHOD_ALL:
        return "ALL"
    return " | ".join(name for name, bit in sorted_methods if mask & bit)


@cache
def _style() -> str:
    path = os.path.join(os.path.dirname(__file__), "style.css")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*([{};,>])\s*|(?<=:)\s+", r"\1", text)
    return text.replace(";}", "}").strip()


@cache
def page_policy(*, has_form: bool = False) -> tuple[tuple[str, str], ...]:
    """Headers of each page: its content security policy, and no sniffing.

    Args:
        has_form: whether a form of the page may be sent to where it came from.
    """
    from base64 import b64encode
    from hashlib import sha256

    action = "'self'" if has_form else "'none'"
    digest = b64encode(sha256(_style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        f"base-uri 'none'; form-action {action}; frame-ancestors 'none'"
    )
    return (
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
    )


def page_headers(*, has_form: bool = False) -> dict[str, str]:
    """Headers of a page with private content, such as the debug page."""
    return {
        **dict((POWERED_BY, *page_policy(has_form=has_form))),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }


def build_page(title: str, body: str, footer: str = "", kind: str = "") -> str:
    """Put a page together.

    Args:
        title: HTML of the title.
        body: HTML before the line that the footer is under.
        footer: HTML of the footer.
        kind: class of the body element, for the style sheet.
    """
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<link rel="icon" href="{PAGE_ICON}">\n'
        f"<title>{title}</title>\n<style>{_style()}</style>\n</head>\n"
        f'<body class="{kind}">\n{body}\n<hr>\n<footer>{footer}</footer>\n'
        "</body>\n</html>\n"
    )
