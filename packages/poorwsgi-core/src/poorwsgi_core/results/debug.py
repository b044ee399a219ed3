"""The debug page: how the application is wired, and what the request brought.

It is for the developer alone.  Still no secret is shown, as far as it can be told.
"""

import os
import sys
from collections.abc import Iterable, Sized
from typing import Any, cast
from urllib.parse import parse_qsl

from poorwsgi_core import state
from poorwsgi_core.request.callables import probe
from poorwsgi_core.results.cells import build_table
from poorwsgi_core.results.html import build_page, code_html, text_html
from poorwsgi_core.results.tables import (
    build_error_table,
    build_filter_table,
    build_hook_lists,
    build_route_tables,
    build_state_table,
)
from poorwsgi_core.results.values import read_headers, value_html, values_table

__all__ = ["debug_info"]


_VARIABLES = {
    "Server Software": "server_software",
    "Server Hostname": "server_hostname",
    "Server Port": "server_port",
    "Server Scheme": "server_scheme",
    "HTTP Hostname": "hostname",
    "Server Admin": "server_admin",
    "Forward For": "forwarded_for",
    "Forward Host": "forwarded_host",
    "Forward Proto": "forwarded_proto",
    "Document Root": "document_root",
    "Document Index": "document_index",
}
_IDS = {
    "os.pgid": "getgid",
    "os.puid": "getuid",
    "os.egid": "getegid",
    "os.euid": "geteuid",
}


def debug_info(req: Any, app: Any) -> str:
    """Build the debug page; send it with the headers of ``page_headers``.

    The argument ``routes`` chooses rows of the table of routes, ``profile`` asks for
    the page of profiles.
    """
    environ: dict[str, Any] = probe(req, "environ") or {}
    asked = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    if "profile" in asked and probe(app, "profile_dump"):
        # Imported here: few look at profiles.
        from poorwsgi_core.results.profile_view import profile_page

        return profile_page(app, asked["profile"])
    wanted = asked.get("routes", "")
    tables = build_route_tables(
        app,
        environ.get("SCRIPT_NAME", ""),
        debug=bool(probe(req, "debug")),
        wanted=wanted,
    )
    sections = {
        "Route Table": f"{_filter_form(wanted)}\n{tables}",
        "HTTP State Handlers": build_state_table(app),
        "Exception Handlers": build_error_table(app),
        "Before and After Handlers": build_hook_lists(app),
        "Filters": build_filter_table(app),
        "Request Headers": values_table(("Name", "Value"), read_headers(req)),
        "Poor Variables": build_table(
            ("Variable", "Value"),
            ((name, value_html(value)) for name, value in _variables(req)),
        ),
        "Application Variables": values_table(
            ("Variable", "Value"), sorted(app.get_options().items())
        ),
        "Request Environ": values_table(("Key", "Value"), _environ(environ)),
        "Profiles": _profiles(app),
    }
    admin = text_html(probe(req, "server_admin", "-"))
    return build_page(
        f"Debug Info - {text_html(app.name)}",
        _body(app, sections),
        f"webmaster: {admin} / {text_html(probe(req, 'server_software', '-'))}",
        "debug",
    )


def _filter_form(wanted: str) -> str:
    return (
        '<form action="#route-table">\n<label>Show routes with <input type="search" '
        f'name="routes" value="{text_html(wanted)}"></label> <button>Show</button>\n'
        "</form>"
    )


def _profiles(app: Any) -> str:
    dump = probe(app, "profile_dump")
    if not dump:
        return f'<p class="empty">none; {code_html("app.set_profile")} writes some</p>'
    return f'<p><a href="?profile=">The slowest requests</a> in {code_html(dump)}</p>'


def _body(app: Any, sections: dict[str, str]) -> str:
    links: list[str] = []
    parts: list[str] = []
    for title, content in sections.items():
        anchor = title.lower().replace(" ", "-")
        links.append(f'<li><a href="#{anchor}">{title}</a></li>')
        parts.append(
            f'<section id="{anchor}">\n<h2>{title}</h2>\n{content}\n</section>'
        )
    return (
        '<a class="skip" href="#route-table">Skip to the routes</a>\n'
        f"<header>\n<h1>Debug Info</h1>\n<p>Application {code_html(app.name)}"
        f" on Python {sys.version.split()[0]}</p>\n</header>\n"
        f'<nav aria-label="Sections">\n<ul>\n{"".join(links)}\n</ul>\n</nav>\n'
        "<main>\n" + "\n".join(parts) + "\n</main>"
    )


def _variables(req: Any) -> Iterable[tuple[str, Any]]:
    yield "Debug", probe(req, "debug")
    yield "Version", f"{probe(state, '__version__', '-')} ({state.__date__})"
    yield "Python Version", sys.version
    for title, name in _VARIABLES.items():
        yield title, probe(req, name)
    yield "Secret Key", _secret_hint(probe(req, "secret_key"))


def _secret_hint(secret: Any) -> str:
    if not secret:
        return "not set"
    if isinstance(secret, str):
        secret = secret.encode("utf-8", "replace")
    if isinstance(secret, bytes):
        return f"set, {len(secret)} bytes"
    if isinstance(secret, list | tuple):
        return f"set, {len(cast('Sized', secret))} keys"
    return "set"


def _environ(environ: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    yield from sorted(environ.items(), key=lambda item: str(item[0]))
    for name, function in _IDS.items():
        if hasattr(os, function):
            yield name, getattr(os, function)()
