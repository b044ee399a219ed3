"""The look of the examples: the page around each, and its pieces.

A page takes its title and text from the docstring of the handler that makes it, and
links that are relative to the root of the application, so that it works behind a
prefix too.
"""

from collections.abc import Iterable, Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any

from poorwsgi.request import Request, SimpleRequest
from poorwsgi.response import BaseResponse, FileResponse
from poorwsgi.results import html_escape
from poorwsgi_core import Application

__all__ = [
    "ICON",
    "Look",
    "commands",
    "links",
    "login_form",
    "logout_form",
    "page",
    "page_of",
    "root_url",
    "table",
]

HERE = Path(__file__).resolve().parent
ICON = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<rect width="16" height="16" rx="4" fill="#2f6f5e"/>
<path d="M5 12V4h3.5a2.5 2.5 0 0 1 0 5H5" fill="none" stroke="#fff" stroke-width="2"/>
</svg>"""


class Look:
    """An extension with what the pages need: style, icon, source, a strict policy.

    Args:
        source: file of the example, which its pages link.
    """

    def __init__(self, source: str) -> None:
        self._source = Path(source).resolve()

    def install(self, app: Application[Any]) -> None:
        """Register the routes and the headers."""
        app.set_route("/style.css", _send_style)
        app.set_route("/favicon.ico", _send_icon)
        app.set_route("/source", self._send_source)
        app.add_after_response(_add_headers)

    def _send_source(self, _: Request) -> FileResponse:
        return FileResponse(self._source, "text/plain; charset=utf-8")


def _send_style(_: Request) -> tuple[bytes, str]:
    return (HERE / "look.css").read_bytes(), "text/css; charset=utf-8"


def _send_icon(_: Request) -> tuple[bytes, str, dict[str, str]]:
    return ICON, "image/svg+xml", {"Cache-Control": "max-age=86400"}


def _add_headers(_: SimpleRequest, response: BaseResponse) -> BaseResponse:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Content-Security-Policy", "default-src 'self'")
    if "Last-Modified" in response.headers:
        # Else a cache may reckon from the date how long it keeps a file unasked.
        response.headers.setdefault("Cache-Control", "no-cache")
    return response


def page(req: SimpleRequest, body: str) -> str:
    """Put a page together; the docstring of the handler says what it shows."""
    handler = req.error_handler or req.uri_handler
    title, _, text = cleandoc(handler.__doc__ or "").partition("\n\n")
    return page_of(req, title.removesuffix("."), text, body)


def page_of(req: SimpleRequest, title: str, text: str, body: str) -> str:
    """Put a page together with this title and text."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html_escape(title)} - PoorWSGI</title>
<base href="{html_escape(_prefix(req))}/">
<link rel="icon" href="favicon.ico" type="image/svg+xml">
<link rel="stylesheet" href="style.css">
</head>
<body>
<header><a href=".">PoorWSGI</a> <code>{html_escape(req.uri_rule or "")}</code></header>
<main>
<h1>{html_escape(title)}</h1>
<p>{html_escape(text)}</p>
{body}
</main>
<footer><a href="source">Source of this example</a></footer>
</body>
</html>
"""


def _prefix(req: SimpleRequest) -> str:
    """Return where the application is mounted, as text."""
    name: str = req.environ.get("SCRIPT_NAME", "")
    return name.encode("latin-1").decode("utf-8", "replace").rstrip("/")


def root_url(req: SimpleRequest) -> str:
    """Build the absolute address of the application, without a slash at the end."""
    return req.construct_url(_prefix(req))


def table(rows: Iterable[tuple[str, object]]) -> str:
    """Show names and values."""
    lines = (
        f"<tr><th>{html_escape(name)}</th><td>{html_escape(str(value))}</td></tr>"
        for name, value in rows
    )
    return f"<table>{''.join(lines)}</table>"


def links(groups: Mapping[str, Mapping[str, str]]) -> str:
    """List paths by group, each with a word on what is there."""
    parts: list[str] = []
    for group, paths in groups.items():
        items = (
            f'<li><a href="{html_escape(path.lstrip("/"))}">{html_escape(path)}</a> '
            f"{html_escape(text)}</li>"
            for path, text in paths.items()
        )
        parts.append(
            f"<section><h2>{html_escape(group)}</h2><ul>{''.join(items)}</ul></section>"
        )
    return "\n".join(parts)


def commands(req: SimpleRequest, lines: Mapping[str, str]) -> str:
    """Show what a browser can't do; ``URL`` in a command is the application's."""
    items = (
        f"<dt>{html_escape(text)}</dt>"
        f"<dd><pre>{html_escape(line.replace('URL', root_url(req)))}</pre></dd>"
        for text, line in lines.items()
    )
    heading = "<h2>From a terminal</h2>"
    return f"<section>{heading}<dl>{''.join(items)}</dl></section>"


def login_form(error: str = "", name: str = "", token: str = "") -> str:
    """Ask for name and password, again after a mistake, which *error* tells."""
    alert = f'<p class="error" role="alert">{html_escape(error)}</p>' if error else ""
    first, second = ("", " autofocus") if name else (" autofocus", "")
    return f"""<form method="post" action="login" class="login">
{alert}{_token_field(token)}
<label>Name <input name="username" value="{html_escape(name)}" required
 autocomplete="username" autocapitalize="none" spellcheck="false"{first}></label>
<label>Password <input name="password" type="password" required
 autocomplete="current-password"{second}></label>
<button>Log in</button>
</form>"""


def logout_form(token: str, path: str = "logout", text: str = "Log out") -> str:
    """Show a button that ends a session: a link would be followed by programs too."""
    return f"""<form method="post" action="{html_escape(path)}">
{_token_field(token)}<button>{html_escape(text)}</button>
</form>"""


def _token_field(token: str) -> str:
    """Return the field by which a form shows that it is ours; none without token."""
    field = f'<input type="hidden" name="csrf_token" value="{html_escape(token)}">'
    return field if token else ""
