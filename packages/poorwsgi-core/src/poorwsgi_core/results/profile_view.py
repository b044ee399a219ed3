"""Pages about profiles: the slowest requests, and one request as picture and table."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from poorwsgi_core.http.paths import encode_query
from poorwsgi_core.results.cells import build_table, editor_href
from poorwsgi_core.results.frames import is_library
from poorwsgi_core.results.html import build_page, code_html, text_html
from poorwsgi_core.results.icicle import draw_icicle
from poorwsgi_core.results.profiles import (
    Calls,
    Function,
    Profile,
    list_profiles,
    read_profile,
)

__all__ = ["profile_page"]

_MAX_LINKS = 10
_MAX_FUNCTIONS = 50


def profile_page(app: Any, name: str) -> str:
    """Build the page of a profile; of all where no such file is listed.

    Args:
        app: the application, for its ``profile_dump`` and ``debug_editor``.
        name: name of the file.
    """
    profiles = list_profiles(str(app.profile_dump))
    chosen = [profile for profile in profiles if profile.name == name]
    calls = read_profile(chosen[0].path) if chosen else None
    if calls is None:
        return _list_page(profiles)
    return _one_page(app, chosen[0], calls)


def _list_page(profiles: Iterable[Profile]) -> str:
    by_request: dict[str, list[Profile]] = {}
    for profile in profiles:
        by_request.setdefault(profile.request, []).append(profile)
    rows = (
        (code_html(request), str(len(found)), ", ".join(map(_link, found[:_MAX_LINKS])))
        for request, found in by_request.items()
    )
    table = build_table(("Request", "Profiles", "Slowest"), rows)
    return _page("Profiles", "wide", f"{_back('', 'Debug Info')}\n{table}")


def _one_page(app: Any, profile: Profile, calls: Calls) -> str:
    own = {each: _is_own(each) for each in calls.functions}
    columns = ("Function", "Calls", "In it", "With what it called", "Place")
    rows = (
        (
            code_html(function.name),
            str(call.number),
            _milliseconds(call.own),
            _milliseconds(call.total),
            _place(app, function),
        )
        for function, call in islice(calls.functions.items(), _MAX_FUNCTIONS)
    )
    picture = (
        '<div class="icicle" tabindex="0" role="region" aria-label="Picture">\n'
        f"{draw_icicle(calls, own)}\n</div>\n"
    )
    return _page(
        f"{profile.request}: {_milliseconds(profile.seconds)}",
        "wide profile",
        f"{_back('?profile=', 'Profiles')}\n"
        f"<p>From {code_html(profile.path)}, which other viewers open too.</p>\n"
        f"{picture if calls.callees else ''}{build_table(columns, rows)}",
    )


def _page(title: str, kind: str, body: str) -> str:
    heading = text_html(title)
    main = f"<main>\n<h1>{heading}</h1>\n{body}\n</main>"
    return build_page(heading, main, "", kind)


def _back(query: str, text: str) -> str:
    # An address without a query is that of the debug page, wherever it is mounted.
    return f'<p><a href="{query or "debug-info"}">{text}</a></p>'


def _link(profile: Profile) -> str:
    href = text_html(f"?{encode_query({'profile': profile.name})}")
    return f'<a href="{href}">{_milliseconds(profile.seconds)}</a>'


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f}\u00a0ms"


def _is_own(function: Function) -> bool:
    return function.path[:1] not in ("~", "<") and not is_library(function.path)


def _place(app: Any, function: Function) -> str:
    if function.path == "~":
        return "builtin"
    place = code_html(f"{function.path}:{function.line}")
    href = editor_href(app, function.path, function.line)
    return f'<a href="{href}">{place}</a>' if href else place
