"""The table of routes as data, for those who look at it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from poorwsgi_core.application.handlers import Handler, is_guarded
from poorwsgi_core.application.table import Entry
from poorwsgi_core.state import sorted_methods

__all__ = ["RouteRow", "Trial", "build_row", "list_rows"]


class RouteRow(NamedTuple):
    """A row of the table of routes.

    Attributes:
        rule: the route as it was written; for mounted applications the prefix and
            ``/*``, for an expression that expression.
        methods: names of the methods, in the order of ``Allow``.
        handler: the handler, or the mounted application.
        name: name that was given to the route.
        group: name of the group that it belongs to.
        guarded: whether a guard stands before it, of its own or of its group.
    """

    rule: str
    methods: tuple[str, ...]
    handler: Handler
    name: str | None
    group: str
    guarded: bool = False


class Trial(NamedTuple):
    """A route, and why it doesn't answer a path.

    Attributes:
        rule: the route as it was written.
        methods: names of its methods.
        handler: its handler.
        reason: why it doesn't answer, in words.
        distance: how far it is from it: 0 where only the method differs, else about
            the number of characters to change.
    """

    rule: str
    methods: tuple[str, ...]
    handler: Handler
    reason: str
    distance: int


def list_rows(
    routes: Iterable[tuple[str, Mapping[int, Entry]]],
) -> Iterator[RouteRow]:
    """Put the methods of one handler into one row."""
    for rule, entries in routes:
        rows: list[RouteRow] = []
        for method, bit in sorted_methods:
            if bit not in entries:
                continue
            handler, name = entries[bit].handler, entries[bit].name
            for index, row in enumerate(rows):
                # Compared, not hashed: a dataclass that can be called has no hash.
                if (row.handler, row.name) == (handler, name):
                    rows[index] = row._replace(methods=(*row.methods, method))
                    break
            else:
                rows.append(build_row(rule, (method,), entries[bit]))
        yield from rows


def build_row(rule: str, names: tuple[str, ...], entry: Entry) -> RouteRow:
    """Build the row of one handler.

    Args:
        rule: the route as it was written.
        names: of its methods.
        entry: what was registered.
    """
    handler, scope = entry.handler, entry.scope
    guarded = bool(scope.guards) or is_guarded(handler)
    return RouteRow(rule, names, handler, entry.name, scope.name, guarded)
