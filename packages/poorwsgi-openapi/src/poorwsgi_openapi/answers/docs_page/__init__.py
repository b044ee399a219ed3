"""The documentation page: made on the server, without a script.

parts        a large page, in parts with a search
page         the whole page
operations   one operation; curl and samples make its code
trying       what a request is sent with; try.js sends it
schemas      schemas as trees; constraints puts limits into words
security     security schemes
assets       Swagger UI, Redoc or Scalar in its place
markdown     descriptions
anchors      ids
tags         what operations are sorted by

The page needs nothing but itself: no network, no script, no other file.  Its
policy allows its one style sheet and its icon; where requests may be sent from it,
its one script too, and the servers of the document.  Everything that comes from the
document is escaped where it enters the page.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from poorwsgi_core.results import html_escape

__all__ = ["Docs", "build_docs", "docs_headers"]

_EXAMPLE = "https://api.example.com"


def build_docs(
    document: dict[str, Any],
    *,
    host_url: str = _EXAMPLE,
    json_url: str | None = "openapi.json",
    yaml_url: str | None = "openapi.yaml",
    sends: bool = False,
) -> bytes:
    """Build the page of a document.

    Args:
        document: the decoded document, references and all.
        host_url: scheme and host for commands, where the document names none.
        json_url: where the document is served as JSON, ``None`` if it isn't.
        yaml_url: where it is served as YAML, ``None`` if it isn't.
        sends: requests can be sent from the page, by its script.
    """
    # The page alone needs a reader of Markdown.
    from poorwsgi_openapi.answers.docs_page.page import Page, build_page

    page = Page(document, host_url, _script() if sends else "")
    text = build_page(page, _style(), _build_links(json_url, yaml_url))
    return text.encode("utf-8", "backslashreplace")


class Docs:
    """The page of a document, whole or in parts.

    Args:
        document: see ``build_docs``, as the others.
        host_url: likewise.
        json_url: likewise.
        yaml_url: likewise.
        sends: likewise.

    Attributes:
        headers: those of the page.
    """

    def __init__(
        self,
        document: dict[str, Any],
        *,
        host_url: str = _EXAMPLE,
        json_url: str | None = "openapi.json",
        yaml_url: str | None = "openapi.yaml",
        sends: bool = False,
    ) -> None:
        from poorwsgi_openapi.answers.docs_page.page import Page
        from poorwsgi_openapi.answers.docs_page.parts import LARGE, Parts
        from poorwsgi_openapi.answers.docs_page.trying import list_origins

        page = Page(document, host_url, _script() if sends else "")
        is_divided = page.is_larger_than(LARGE)
        origins = ("'self'", *list_origins(document)) if sends else ()
        self.headers = docs_headers(has_form=is_divided, connects=origins)
        self._parts: Parts | None = None
        self._whole = b""
        if is_divided:
            self._parts = Parts(page, _style(), _build_links(json_url, yaml_url))
        else:
            self._whole = build_docs(
                document,
                host_url=host_url,
                json_url=json_url,
                yaml_url=yaml_url,
                sends=sends,
            )

    def read(self, arguments: Mapping[str, str]) -> bytes | None:
        """Return the page, or one part; ``None`` when there is none of the kind.

        Args:
            arguments: those of the query, see ``Parts``.
        """
        if self._parts is None:
            return self._whole
        part = self._parts.read(arguments)
        return None if part is None else part.encode("utf-8", "backslashreplace")


def _build_links(json_url: str | None, yaml_url: str | None) -> str:
    return "".join(
        f'<a href="{html_escape(url)}">{html_escape(name)}</a>'
        for name, url in (("JSON", json_url), ("YAML", yaml_url))
        if url
    )


@cache
def _style() -> str:
    text = files(__name__).joinpath("style.css").read_text("utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*([{};,>])\s*|(?<=:)\s+", r"\1", text)
    return text.replace(";}", "}").strip()


@cache
def _script() -> str:
    text = files(__name__).joinpath("try.js").read_text("utf-8")
    return re.sub(r"^ *(/\*.*?\*/)?\n", "", text, flags=re.DOTALL | re.MULTILINE)


@cache
def docs_headers(
    *, has_form: bool = False, connects: tuple[str, ...] = ()
) -> dict[str, str]:
    """Headers of the page: its policy allows its own style and icon, nothing else.

    Args:
        has_form: it has one, to search.
        connects: where its script may send requests; without any there is no script.
    """
    allowed = [f"style-src {_hash(_style())}", "img-src data:", "base-uri 'none'"]
    if connects:
        allowed += [
            f"script-src {_hash(_script())}",
            f"connect-src {' '.join(connects)}",
        ]
    form = "'self'" if has_form else "'none'"
    policy = ["default-src 'none'", *allowed, f"form-action {form}"]
    return {
        "Content-Security-Policy": "; ".join([*policy, "frame-ancestors 'none'"]),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
