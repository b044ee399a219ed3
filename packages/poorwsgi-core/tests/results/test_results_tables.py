"""Facts about the tables of how an application is wired."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from poorwsgi_core.application.rows import RouteRow
from poorwsgi_core.results.pages import default_states
from poorwsgi_core.results.tables import (
    build_error_table,
    build_filter_table,
    build_hook_lists,
    build_route_tables,
    build_state_table,
    handlers_view,
)
from poorwsgi_core.state import (
    METHOD_ALL,
    METHOD_GET,
    METHOD_GET_POST,
    METHOD_HEAD,
    METHOD_POST,
    methods,
)


def first(req: object) -> None:
    """Answer <first>."""


def second(req: object) -> None:
    """Answer second."""


@dataclass
class Unhashable:
    """A handler that compares, and so has no hash."""

    name: str

    def __call__(self, req: object) -> None:
        """Answer."""


def bits(mask: int, handler: Any) -> dict[int, Any]:
    """Make an entry per method."""
    return {bit: handler for bit in methods.values() if bit & mask}


def app(**attributes: Any) -> Any:
    """Build a stand-in for an application."""
    defaults: dict[str, Any] = {
        "routes": {},
        "regular_routes": {},
        "route_table": [],
        "defaults": {},
        "states": {},
        "errors": {},
        "list_hooks": lambda: ((), ()),
        "filters": {},
    }
    return SimpleNamespace(**(defaults | attributes))


def hooks(*before: Any, after: tuple[Any, ...] = ()) -> Any:
    """Build a stand-in for an application with hooks."""
    return app(list_hooks=lambda: (before, after))


def place(handler: Callable[..., Any]) -> str:
    """Return the place where a handler is defined, as it is shown."""
    return f"test_results_tables.py:{handler.__code__.co_firstlineno}"


def test_handlers_view_merges_methods() -> None:
    """One handler under one key is one row with all its methods."""
    table = {
        "/b": bits(METHOD_GET_POST, first),
        "/a": {**bits(METHOD_POST, first), **bits(METHOD_HEAD | METHOD_GET, second)},
    }
    assert handlers_view(table) == [
        ("/a", METHOD_HEAD | METHOD_GET, second),
        ("/a", METHOD_POST, first),
        ("/b", METHOD_GET_POST, first),
    ]


def test_handlers_view_unsorted() -> None:
    """Without sorting the order of the table is kept."""
    table = {ValueError: {METHOD_GET: first}, KeyError: {METHOD_GET: second}}
    assert [row[0] for row in handlers_view(table, sort=False)] == [
        ValueError,
        KeyError,
    ]
    assert handlers_view({}) == []


def test_handlers_view_without_hash() -> None:
    """Handlers are compared, so they need no hash."""
    table = {"/": {METHOD_GET: Unhashable("a"), METHOD_POST: Unhashable("a")}}
    assert handlers_view(table) == [("/", METHOD_GET | METHOD_POST, Unhashable("a"))]


def test_static_routes() -> None:
    """A row has a link, the methods, the handler, its place and summary."""
    page = build_route_tables(
        app(routes={"/a b": bits(METHOD_GET_POST, first)}), "", debug=False
    )
    assert '<a href="/a%20b"><code>/a b</code></a>' in page
    assert '<span class="method get">GET</span>' in page
    assert '<span class="method post">POST</span>' in page
    assert f"<code>{__name__}.first</code>" in page
    assert f">{place(first)}</span>" in page
    assert f'title="{__file__}"' in page
    assert '<p class="note">Answer &lt;first&gt;.</p>' in page


@pytest.mark.parametrize(
    ("path", "mask", "base", "href"),
    [
        ("/x", METHOD_GET, "", "/x"),
        ("/x", METHOD_GET, "/mounted", "/mounted/x"),
        ("/x", METHOD_GET, "/k\xc5\xaf\xc5\x88", "/k%C5%AF%C5%88/x"),
        ("/kůň?#", METHOD_GET, "", "/k%C5%AF%C5%88%3F%23"),
        ("/\udcff", METHOD_GET, "", "/%FF"),
        ("/x", METHOD_POST, "", None),
        ("//host/x", METHOD_GET, "", None),
        ("javascript:x", METHOD_GET, "", None),
    ],
)
def test_links(path: str, mask: int, base: str, href: str | None) -> None:
    """A path that GET serves is a link, and never leads to another host."""
    page = build_route_tables(app(routes={path: {mask: first}}), base, debug=False)
    assert re.findall('href="([^"]*)"', page) == ([] if href is None else [href])


def test_regular_routes() -> None:
    """Rules are listed in order, with their pattern and their groups."""
    routes = {
        re.compile("/z/(?P<id>[0-9]+)"): bits(
            METHOD_ALL, (first, (("id", int), ("key", UUID)), "/z/<id:int>")
        ),
        re.compile("/a/(.*)"): {METHOD_GET: (second, (), None)},
    }
    page = build_route_tables(app(regular_routes=routes), "", debug=False)
    assert "<code>/z/&lt;id:int&gt;</code>" in page
    assert "<code>/z/(?P&lt;id&gt;[0-9]+)</code>" in page
    assert "<code>id: int</code><br><code>key: uuid.UUID</code>" in page
    assert '<span class="method">ALL</span>' in page
    assert "<td>-</td>" in page
    assert page.index("/z/") < page.index("<code>/a/(.*)</code>")


def test_groups_and_mounts() -> None:
    """Routes of groups have its name and theirs; others stand above alone."""
    rows = [
        RouteRow("/alone", ("GET",), second, None, ""),
        RouteRow("/api/<x>", ("GET",), first, "item", "api"),
        RouteRow("/old/*", tuple(methods), first, None, ""),
    ]
    page = build_route_tables(app(route_table=rows), "", debug=False)
    assert "/alone" not in page
    assert "<td><code>api</code></td><td><code>item</code></td>" in page
    assert '<th scope="row"><code>/old/*</code></th>' in page
    assert '<span class="method">ALL</span>' in page


def test_default_routes() -> None:
    """Default handlers stand under a path of their own."""
    page = build_route_tables(app(defaults=bits(METHOD_GET, first)), "", debug=False)
    assert '<th scope="row"><code>/*</code></th>' in page
    assert f"{__name__}.first" in page


def test_debug_route() -> None:
    """The debug page lists itself, unless the application took its path."""
    path = "<code>/debug-info</code>"
    own = "<code>debug_info</code>"
    assert own not in build_route_tables(app(), "", debug=False)
    page = build_route_tables(app(), "/base", debug=True)
    assert own in page
    assert f'<a href="/base/debug-info">{path}</a>' in page
    taken = app(routes={"/debug-info": {METHOD_GET: first}})
    page = build_route_tables(taken, "", debug=True)
    assert page.count(path) == 1
    assert own not in page


def test_states() -> None:
    """The application's handlers stand over the default ones."""
    before = {code: dict(pages) for code, pages in default_states.items()}
    states = {404: bits(METHOD_GET_POST, first), 418: {METHOD_GET: second}, 799: {}}
    page = build_state_table(app(states=states))
    assert page.count("404 Not Found") == 2
    assert "418 I&apos;m a teapot" in page
    assert "results.pages.bad_request</code>" in page
    assert page.index("400 Bad") < page.index("404 Not") < page.index("500 Internal")
    assert default_states == before


def test_unknown_state() -> None:
    """A code without a phrase is listed all the same."""
    page = build_state_table(app(states={799: {METHOD_GET: first}}))
    assert '<th scope="row">799 </th>' in page


def test_errors() -> None:
    """Exception handlers are listed in order."""
    errors = {LookupError: {METHOD_GET: first}, ArithmeticError: {METHOD_GET: second}}
    page = build_error_table(app(errors=errors))
    assert page.index("<code>LookupError<") < page.index("<code>ArithmeticError<")


def test_hooks() -> None:
    """Before and after handlers stand side by side, in order."""
    page = build_hook_lists(hooks(second, first))
    assert page.index(".second</code>") < page.index(".first</code>")
    assert page.count("<ol>") == 1
    assert page.count('<p class="empty">none</p>') == 1


def test_filters() -> None:
    """Filters have expression and converter."""
    filters = {":int": (r"-?\d+", int), ":re:": (None, str), ":<": ("<", first)}
    page = build_filter_table(app(filters=filters))
    assert (
        '<tr><th scope="row"><code>:int</code></th><td><code>-?\\d+</code></td>'
        "<td><code>int</code></td></tr>"
    ) in page
    assert "<code>:re:</code></th><td><code>-</code></td>" in page
    assert "<code>:&lt;</code></th><td><code>&lt;</code></td>" in page


def test_builtin_handler() -> None:
    """A handler without source has no place."""
    page = build_hook_lists(hooks(len))
    assert "<code>builtins.len</code>" in page
    assert 'class="place"' not in page


def test_handler_without_docstring() -> None:
    """A handler without a docstring has no note."""
    page = build_hook_lists(hooks(after=(lambda: None,)))
    assert f"<code>{__name__}.&lt;lambda&gt;</code>" in page
    assert 'class="note"' not in page
