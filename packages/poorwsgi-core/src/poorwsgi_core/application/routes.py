"""Routes, default handlers and filters of an application.

Everything may change at any time and from any thread.  A change is made under
a lock and drops the compiled table; the next request compiles a new one aside
and swaps it in by one assignment, so that a request sees either the old routes
or the new ones.
"""

import logging
import re
import threading
from collections.abc import Iterator, Mapping
from itertools import starmap
from typing import TYPE_CHECKING, Any, cast

from poorwsgi_core.application.handlers import (
    Handler,
    check_given,
    check_handler,
    warn_of_replaced,
)
from poorwsgi_core.application.method_table import MethodTable, method_bits
from poorwsgi_core.application.rules import (
    Converter,
    Rule,
    check_prefix,
    default_filters,
    find_doubt,
    is_group_route,
    literal_prefix,
    may_backtrack,
    parse_rule,
)
from poorwsgi_core.application.signatures import check_arguments, check_path_arguments
from poorwsgi_core.application.table import (
    Entry,
    PatternRoute,
    RegularRoute,
    RouteTable,
)
from poorwsgi_core.request.callables import describe_handler
from poorwsgi_core.request.mistakes import wiring
from poorwsgi_core.request.target import Scope
from poorwsgi_core.state import methods, sorted_methods

if TYPE_CHECKING:
    from poorwsgi_core.application.links import Link, Links
    from poorwsgi_core.application.rows import RouteRow, Trial

__all__ = ["RouteStore", "check_mount"]

log = logging.getLogger("poorwsgi")

_ALL = tuple(name for name, _ in sorted_methods)
_NO_PATH = "A route is a path as text, and comes first: set_route('/path', handler)"
_MOUNT = "write app.mount('/old', application)"
_NOT_IN_NAME = re.compile(r"[\s<>]")
_GROUP_NAME = re.compile(r"\(\?P<\w+>")


class RouteStore:
    """What is registered for paths, and the table that is compiled of it.

    Attributes:
        static: path to handlers by method bit.
        mounts: prefix to the application that is mounted there.
        patterns: compiled expression to its handlers by method bit.
        defaults: method bit to the handler of all other paths; a change
            replaces it.
        scopes: what applies to the groups that are installed.
        table: what requests look up; ``None`` after a change.
    """

    def __init__(self) -> None:
        self.static: MethodTable[str, Entry] = MethodTable()
        self.mounts: dict[str, Entry] = {}
        self.patterns: MethodTable[re.Pattern[str], Entry] = MethodTable()
        self.defaults: dict[int, Handler] = {}
        self.scopes: list[Scope] = []
        self.table: RouteTable | None = None
        self._filters: dict[str, tuple[str | None, Converter]] | None = None
        self._links: Links | None = None
        self._rules: dict[re.Pattern[str], Rule] = {}
        self._literals: dict[re.Pattern[str], str] = {}
        self._shapes: dict[str, re.Pattern[str]] = {}
        self._areas: list[tuple[re.Pattern[str], Scope]] = []
        self._lock = threading.RLock()

    @property
    def filters(self) -> dict[str, tuple[str | None, Converter]]:
        """Filter name to regular expression and converter."""
        filters = self._filters
        if filters is None:
            with self._lock:
                filters = self._filters = self._filters or default_filters()
        return filters

    def compile(self) -> RouteTable:
        """Compile the table anew."""
        with self._lock:
            patterns = [
                RegularRoute(order, pattern, entries, self._literals[pattern])
                for order, (pattern, entries) in enumerate(self.patterns.items())
            ]
            self.table = table = RouteTable(
                self.static, patterns, self.mounts, tuple(self._areas)
            )
            return table

    def _change(self) -> None:
        self.table = self._links = None

    def list_rows(self) -> "list[RouteRow]":
        """List all routes in the order in which a path is looked for.

        Static routes, of which just one can be it, are sorted.
        """
        # Imported here: most processes never look at their routes.
        from poorwsgi_core.application.rows import build_row, list_rows

        with self._lock:
            mounts = [
                build_row(f"{prefix}/*", _ALL, entry)
                for prefix, entry in self.mounts.items()
            ]
            return [
                *list_rows((path, self.static[path]) for path in sorted(self.static)),
                *mounts,
                *list_rows(starmap(_routes_of, self.patterns.items())),
            ]

    def list_trials(self, path: str, method: str) -> "list[Trial]":
        """Say of each route, in the order of ``list_rows``, why it doesn't answer."""
        from poorwsgi_core.application.rows import Trial, list_rows
        from poorwsgi_core.application.trials import Search

        search = Search(path, method, path in self.static)
        found: list[Trial] = []
        with self._lock:
            for route in sorted(self.static):
                for row in list_rows([(route, self.static[route])]):
                    why = search.explain_static(route, row.methods)
                    found.append(Trial(*row[:3], *why))
            for prefix, entry in self.mounts.items():
                why = search.explain_mount(prefix)
                found.append(Trial(f"{prefix}/*", _ALL, entry.handler, *why))
            for pattern, entries in self.patterns.items():
                rule = self._rules.get(pattern)
                for row in list_rows([_routes_of(pattern, entries)]):
                    converters = entries[methods[row.methods[0]]].converters
                    why = search.explain_pattern(pattern, rule, row.methods, converters)
                    found.append(Trial(*row[:3], *why))
        return found

    def find_links(self) -> "Links":
        """Return the routes by handler and by name."""
        links = self._links
        if links is None:
            from poorwsgi_core.application.links import Links

            with self._lock:
                self._links = links = Links(self._list_links())
        return links

    def _list_links(self) -> "Iterator[Link]":
        from poorwsgi_core.application.links import Link

        for path, entries in self.static.items():
            for entry in entries.values():
                yield Link(entry, path, Rule(path, (path,)), None)
        for pattern, entries in self.patterns.items():
            for entry in entries.values():
                written = _written(pattern, entry)
                yield Link(entry, written, self._rules.get(pattern), pattern)

    def copy_static(self) -> dict[str, dict[int, Handler]]:
        """Copy the static routes."""
        with self._lock:
            return {
                path: {bit: entry.handler for bit, entry in entries.items()}
                for path, entries in self.static.items()
            }

    def copy_patterns(self) -> dict[re.Pattern[str], dict[int, PatternRoute]]:
        """Copy the patterns."""
        with self._lock:
            return {
                pattern: {bit: _triple(entry) for bit, entry in entries.items()}
                for pattern, entries in self.patterns.items()
            }

    @wiring
    def add(self, uri: str, method: int, entry: Entry) -> None:
        """Add a static or group route; one that looks wrong is told in the log."""
        check_given(uri, str, _NO_PATH)
        check_handler(entry.handler)
        entry.scope.wrap(entry.handler, guarded=True)
        doubt = find_doubt(uri)
        try:
            self._add(uri, method, entry)
        except TypeError as error:
            if doubt is None:
                raise
            # The handler takes what should have been a group: its head is right.
            raise TypeError(f"Route {uri!r}: {doubt}") from error
        if doubt is not None:
            log.warning("Route %r: %s", uri, doubt)

    def _add(self, uri: str, method: int, entry: Entry) -> None:
        with self._lock:
            if is_group_route(uri):
                rule = parse_rule(uri, self.filters)
                pattern = rule.compile()
                entry = entry._replace(rule=uri, converters=rule.converters)
                self._put(pattern, method, entry, uri[: uri.index("<")])
                self._rules[pattern] = rule
                return
            check_path_arguments(entry.handler, (), uri)
            replaced = self.static.put(uri, method, entry)
            self._change()
        if replaced is not None:
            warn_of_replaced(f"Route {uri!r}", replaced.handler, entry.handler)

    def remove(self, uri: str, method: int) -> Any:
        """Remove a static or group route for one method and return it."""
        with self._lock:
            self._change()
            if is_group_route(uri):
                pattern = parse_rule(uri, self.filters).compile()
                return _triple(self.patterns.take(pattern, method))
            return self.static.take(uri, method).handler

    def has(self, uri: str) -> bool:
        """Tell whether there is such a static or group route."""
        if is_group_route(uri):
            return parse_rule(uri, self.filters).compile() in self.patterns
        return uri in self.static

    def build_expression(self, prefix: str) -> str:
        """Return the regular expression of a prefix."""
        return parse_rule(prefix, self.filters).compile("").pattern

    @wiring
    def add_pattern(self, regex: str, method: int, entry: Entry) -> None:
        """Add a route by a regular expression."""
        check_given(regex, str, _NO_PATH)
        check_handler(entry.handler)
        entry.scope.wrap(entry.handler, guarded=True)
        pattern = re.compile(regex)
        with self._lock:
            self._put(pattern, method, entry, literal_prefix(regex))
            self._rules.pop(pattern, None)

    def remove_pattern(self, regex: str, method: int) -> PatternRoute:
        """Remove a route by its regular expression and return it."""
        with self._lock:
            self._change()
            return _triple(self.patterns.take(re.compile(regex), method))

    @wiring
    def add_mount(self, prefix: str, entry: Entry) -> None:
        """Add an application below a prefix.

        Raises:
            ValueError: a bad prefix, or one that is taken.
            TypeError: it is no application.
        """
        if not prefix:
            raise ValueError(f"A prefix to mount at isn't empty: {_MOUNT}")
        check_mount(prefix, entry.handler)
        with self._lock:
            if prefix in self.mounts:
                raise ValueError(
                    f"An application is mounted at {prefix!r} already: choose another "
                    "prefix"
                )
            self.mounts[prefix] = entry
            self._change()

    def add_area(self, prefix: str, scope: Scope) -> None:
        """Let a scope answer for what nothing serves below a prefix, if it has one.

        Of several that fit, that of the longest prefix does.
        """
        with self._lock:
            self.scopes.append(scope)
            if not prefix:
                return
            pattern = parse_rule(prefix, self.filters).compile(r"(?=/|\Z)")
            self._areas.append((pattern, scope))
            self._areas.sort(key=_length, reverse=True)
            self._change()

    def _put(
        self, pattern: re.Pattern[str], method: int, entry: Entry, literal: str
    ) -> None:
        names = [name for name, _ in entry.converters] or _group_names(pattern)
        rule = _written(pattern, entry)
        check_path_arguments(entry.handler, names, rule)
        replaced = self.patterns.put(pattern, method, entry)
        self._literals[pattern] = literal
        self._change()
        if replaced is not None:
            warn_of_replaced(f"Route {rule!r}", replaced.handler, entry.handler)
            return
        first = self._find_same(pattern)
        if first is not None:
            log.warning(
                "Route %r is set twice: %s gets no request, because the same paths "
                "lead to %s first",
                *(rule, describe_handler(entry.handler).place),
                describe_handler(first.handler).place,
            )

    def _find_same(self, pattern: re.Pattern[str]) -> Entry | None:
        """Find an earlier pattern that differs in the names of its groups alone."""
        shape = _GROUP_NAME.sub("(", pattern.pattern)
        first = self._shapes.setdefault(shape, pattern)
        if first is pattern:
            return None
        entries = self.patterns.get(first, {})
        shared = [entries[bit] for bit in self.patterns[pattern] if bit in entries]
        return shared[0] if shared else None

    @wiring
    def add_default(self, handler: Handler, method: int) -> None:
        """Set the default handler of each method of a mask."""
        check_handler(handler)
        check_arguments(handler, "req")
        with self._lock:
            added = dict.fromkeys(method_bits(method), handler)
            replaced = [self.defaults[bit] for bit in added if bit in self.defaults]
            self.defaults = {**self.defaults, **added}
        for old in replaced[:1]:
            warn_of_replaced("The default handler", old, handler)

    def remove_default(self, method: int) -> Handler:
        """Remove the default handler of one method and return it."""
        with self._lock:
            return self.defaults.pop(method)

    @wiring
    def add_filter(self, name: str, regex: str, converter: Converter) -> None:
        """Add a filter for group routes that are added afterwards.

        Raises:
            ValueError: an empty name, or one with blanks or angle brackets.
            TypeError: the converter can't be called, or there is no expression.
            re.error: a broken expression.
        """
        if not name.strip(":") or _NOT_IN_NAME.search(name):
            raise ValueError(f"A filter needs a name, such as 'email', not {name!r}")
        if not isinstance(cast("object", regex), str):
            raise TypeError(
                f"A filter needs its expression: set_filter({name!r}, r'\\d+', int)"
            )
        if not callable(cast("object", converter)):
            kind = type(converter).__name__
            raise TypeError(f"A converter is a callable such as int, not {kind}")
        re.compile(regex)
        if may_backtrack(regex):
            log.warning(
                "The filter %s has a repeat in a repeat, which may take very long to "
                "match a client's path: %s; write it without",
                *(name, regex),
            )
        key = name if name.startswith(":") else f":{name}"
        with self._lock:
            self.filters[key] = (regex, converter)


def check_mount(prefix: str, app: Any) -> None:
    """Refuse what can't be mounted below a prefix, wherever that is added.

    Raises:
        ValueError: a bad prefix.
        TypeError: it is no application.
    """
    check_prefix(prefix)
    if is_group_route(prefix):
        raise ValueError(f"A prefix to mount at is fixed, not {prefix!r}: {_MOUNT}")
    if isinstance(app, type) and hasattr(app, "mount"):
        raise TypeError(
            f"An application is an object: write app.mount({prefix!r}, "
            f"{app.__name__}(...))"
        )
    if not callable(app):
        hint = "write app.install(...)" if hasattr(app, "install") else _MOUNT
        raise TypeError(f"{app!r} is no WSGI application: {hint}")
    check_handler(app)
    check_arguments(app, "environ", "start_response")


def _length(area: tuple[re.Pattern[str], Scope]) -> int:
    return len(area[0].pattern)


def _triple(entry: Entry) -> PatternRoute:
    return PatternRoute(entry.handler, entry.converters, entry.rule)


def _written(pattern: re.Pattern[str], entry: Entry) -> str:
    return pattern.pattern if entry.rule is None else entry.rule


def _routes_of(
    pattern: re.Pattern[str], entries: Mapping[int, Entry]
) -> tuple[str, Mapping[int, Entry]]:
    """Return how a pattern was written, and its handlers."""
    return _written(pattern, next(iter(entries.values()))), entries


def _group_names(pattern: re.Pattern[str]) -> list[str | None]:
    names = {index: name for name, index in pattern.groupindex.items()}
    return [names.get(index) for index in range(1, pattern.groups + 1)]
