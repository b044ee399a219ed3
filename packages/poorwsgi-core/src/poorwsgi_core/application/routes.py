"""Routes, default handlers and filters of an application.

Everything may change at any time and from any thread.  A change is made under
a lock and drops the compiled table; the next request compiles a new one aside
and swaps it in by one assignment, so that a request sees either the old routes
or the new ones.
"""

import logging
import re
import threading
from typing import Any, cast

from poorwsgi_core.application.handlers import Handler
from poorwsgi_core.application.method_table import MethodTable, method_bits
from poorwsgi_core.application.rules import (
    DEFAULT_FILTERS,
    Converter,
    compile_rule,
    is_group_route,
    literal_prefix,
)
from poorwsgi_core.application.signatures import check_path_arguments
from poorwsgi_core.application.table import PatternRoute, RegularRoute, RouteTable
from poorwsgi_core.request.callables import describe_handler

__all__ = ["Routes"]

log = logging.getLogger("poorwsgi")

_GROUP_NAME = re.compile(r"\(\?P<\w+>")


class Routes:
    """What is registered for paths, and the table that is compiled of it.

    Attributes:
        static: path to handlers by method bit.
        patterns: compiled expression to its routes by method bit.
        defaults: method bit to the handler of all other paths; a change
            replaces it.
        filters: filter name to regular expression and converter.
        table: what requests look up; ``None`` after a change.
    """

    def __init__(self) -> None:
        self.static: MethodTable[str, Handler] = MethodTable()
        self.patterns: MethodTable[re.Pattern[str], PatternRoute] = MethodTable()
        self.defaults: dict[int, Handler] = {}
        self.filters: dict[str, tuple[str | None, Converter]] = {**DEFAULT_FILTERS}
        self.table: RouteTable | None = None
        self._literals: dict[re.Pattern[str], str] = {}
        self._shapes: dict[str, re.Pattern[str]] = {}
        self._lock = threading.RLock()

    def compile(self) -> RouteTable:
        """Compile the table anew."""
        with self._lock:
            patterns = [
                RegularRoute(order, pattern, handlers, self._literals[pattern])
                for order, (pattern, handlers) in enumerate(self.patterns.items())
            ]
            self.table = table = RouteTable(self.static, patterns)
            return table

    def copy_static(self) -> dict[str, dict[int, Handler]]:
        """Copy the static routes."""
        with self._lock:
            return self.static.snapshot()

    def copy_patterns(self) -> dict[re.Pattern[str], dict[int, PatternRoute]]:
        """Copy the patterns."""
        with self._lock:
            return self.patterns.snapshot()

    def add(self, uri: str, handler: Handler, method: int) -> None:
        """Add a static or group route."""
        with self._lock:
            if is_group_route(uri):
                pattern, converters = compile_rule(uri, self.filters)
                route = PatternRoute(handler, converters, uri)
                self._put(pattern, method, route, uri[: uri.index("<")])
                return
            check_path_arguments(handler, (), uri)
            replaced = self.static.put(uri, method, handler)
            self.table = None
        if replaced is not None:
            _warn_of_replaced(uri, replaced, handler)

    def remove(self, uri: str, method: int) -> Any:
        """Remove a static or group route for one method and return it."""
        with self._lock:
            self.table = None
            if is_group_route(uri):
                return self.patterns.take(compile_rule(uri, self.filters)[0], method)
            return self.static.take(uri, method)

    def has(self, uri: str) -> bool:
        """Tell whether there is such a static or group route."""
        if is_group_route(uri):
            return compile_rule(uri, self.filters)[0] in self.patterns
        return uri in self.static

    def add_pattern(self, regex: str, route: PatternRoute, method: int) -> None:
        """Add a route by a regular expression."""
        pattern = re.compile(regex)
        with self._lock:
            self._put(pattern, method, route, literal_prefix(regex))

    def remove_pattern(self, regex: str, method: int) -> PatternRoute:
        """Remove a route by its regular expression and return it."""
        with self._lock:
            self.table = None
            return self.patterns.take(re.compile(regex), method)

    def _put(
        self,
        pattern: re.Pattern[str],
        method: int,
        route: PatternRoute,
        literal: str,
    ) -> None:
        names = [name for name, _ in route.converters] or _group_names(pattern)
        rule = pattern.pattern if route.rule is None else route.rule
        check_path_arguments(route.handler, names, rule)
        replaced = self.patterns.put(pattern, method, route)
        self._literals[pattern] = literal
        self.table = None
        if replaced is not None:
            _warn_of_replaced(rule, replaced.handler, route.handler)
            return
        first = self._find_same(pattern)
        if first is not None:
            log.warning(
                "Route %r is set twice: %s gets no request, because the same paths "
                "lead to %s first",
                *(rule, describe_handler(route.handler).place),
                describe_handler(first.handler).place,
            )

    def _find_same(self, pattern: re.Pattern[str]) -> PatternRoute | None:
        """Find an earlier pattern that differs in the names of its groups alone."""
        shape = _GROUP_NAME.sub("(", pattern.pattern)
        first = self._shapes.setdefault(shape, pattern)
        if first is pattern:
            return None
        routes = self.patterns.get(first, {})
        shared = [routes[bit] for bit in self.patterns[pattern] if bit in routes]
        return shared[0] if shared else None

    def add_default(self, handler: Handler, method: int) -> None:
        """Set the default handler of each method of a mask."""
        with self._lock:
            added = dict.fromkeys(method_bits(method), handler)
            self.defaults = {**self.defaults, **added}

    def remove_default(self, method: int) -> Handler:
        """Remove the default handler of one method and return it."""
        with self._lock:
            return self.defaults.pop(method)

    def add_filter(self, name: str, regex: str, converter: Converter) -> None:
        """Add a filter for group routes that are added afterwards.

        Raises:
            ValueError: an empty name.
            TypeError: the converter can't be called.
            re.error: a broken expression.
        """
        if not name.strip(":"):
            raise ValueError("A filter needs a name, such as 'email'")
        if not callable(cast("object", converter)):
            kind = type(converter).__name__
            raise TypeError(f"A converter is a callable such as int, not {kind}")
        re.compile(regex)
        key = name if name.startswith(":") else f":{name}"
        with self._lock:
            self.filters[key] = (regex, converter)


def _group_names(pattern: re.Pattern[str]) -> list[str | None]:
    names = {index: name for name, index in pattern.groupindex.items()}
    return [names.get(index) for index in range(1, pattern.groups + 1)]


def _warn_of_replaced(rule: str, old: Handler, new: Handler) -> None:
    if old is not new:
        log.warning(
            "Route %r is set twice: %s takes the place of %s",
            *(rule, describe_handler(new).place, describe_handler(old).place),
        )
