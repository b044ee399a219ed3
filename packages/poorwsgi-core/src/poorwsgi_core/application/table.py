"""The compiled table of routes: from a path to its handler.

``RouteTable`` finds a static route by one look-up.  The pattern index inside of it
finds the few patterns that can match a path, so that the cost of a look-up doesn't
grow with the number of routes.

Nothing here knows requests or responses.  A table never changes: ``routes`` builds
a new one aside and swaps it in.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from operator import methodcaller
from typing import Any, NamedTuple, TypeAlias

from poorwsgi_core.application.rules import Converter
from poorwsgi_core.application.signatures import takes_keywords
from poorwsgi_core.request.target import NO_SCOPE, Scope, Target
from poorwsgi_core.state import (
    METHOD_GET,
    METHOD_HEAD,
    METHOD_OPTIONS,
    methods,
    sorted_methods,
)

__all__ = [
    "Entry",
    "PatternRoute",
    "RegularRoute",
    "RouteTable",
    "allowed_methods",
    "to_wire",
]

_Handler: TypeAlias = Callable[..., Any]


class PatternRoute(NamedTuple):
    """One handler of a pattern, as ``Application.regular_routes`` shows it."""

    handler: _Handler
    converters: tuple[tuple[str, Converter], ...]
    rule: str | None


class Entry(NamedTuple):
    """One handler of a route, as it was registered.

    Attributes:
        handler: the handler.
        converters: name and converter of each group, none for all groups as text.
        rule: the route as it was written, ``None`` for an expression.
        name: what ``url_for`` knows it by, besides its handler.
        scope: what applies to its group.
    """

    handler: _Handler
    converters: tuple[tuple[str, Converter], ...] = ()
    rule: str | None = None
    name: str | None = None
    scope: Scope = NO_SCOPE


def allowed_methods(mask: int) -> str:
    """Build an Allow header; HEAD goes with GET, OPTIONS always."""
    if mask & METHOD_GET:
        mask |= METHOD_HEAD
    mask |= METHOD_OPTIONS
    return ", ".join(name for name, bit in sorted_methods if mask & bit)


def _by_method(handlers: Mapping[int, Any]) -> dict[str, Any]:
    """Key handlers by method name; GET also serves HEAD."""
    table = {name: handlers[bit] for name, bit in sorted_methods if bit in handlers}
    if "GET" in table:
        table.setdefault("HEAD", table["GET"])
    return table


def _by_keyword(handler: _Handler, names: tuple[str | None, ...]) -> _Handler:
    """Adapt ``handler(req, **kwargs)`` to positional values."""

    def call(request: Any, *values: Any) -> Any:
        named = zip(names, values, strict=True)
        return handler(request, **{name: value for name, value in named if name})

    return call


class _Endpoint:
    """A handler of a pattern, and how its arguments are made of a match.

    Attributes:
        target: what a request is routed to.
        convert: gives the values of a match; raises ValueError or OverflowError
            when a converter refuses its text.
    """

    __slots__ = ("convert", "target")

    def __init__(self, entry: Entry, pattern: re.Pattern[str]) -> None:
        handler, converters, rule, _, scope = entry
        by_index = {index: name for name, index in pattern.groupindex.items()}
        everything = range(1, pattern.groups + 1)
        names: tuple[str | None, ...] = tuple(map(by_index.get, everything))
        self.convert: Callable[[re.Match[str]], tuple[Any, ...]] = _all_groups
        if converters:
            names = tuple(name for name, _ in converters)
            groups = [pattern.groupindex[name] for name, _ in converters]
            # Groups inside of a filter's expression are no arguments.
            chosen = None if groups == [*everything] else groups
            functions = [function for _, function in converters]
            if chosen or any(function is not str for function in functions):
                self.convert = _build_convert(chosen, functions)
        call = _by_keyword(handler, names) if takes_keywords(handler) else handler
        rule = pattern.pattern if rule is None else rule
        call = scope.wrap(call, guarded=True)
        self.target = Target(rule, handler, call, names, scope)


_all_groups = methodcaller("groups")


def _build_convert(
    groups: Sequence[int] | None, functions: Sequence[Converter]
) -> Callable[[re.Match[str]], tuple[Any, ...]]:
    """Build what takes the groups of a match (None: all) and converts them."""
    if groups is None and len(functions) == 2:
        # PERF: the usual number, without a loop.
        first, second = functions

        def convert_two(match: re.Match[str]) -> tuple[Any, ...]:
            one, two = match.groups()
            return first(one), second(two)

        return convert_two
    chosen = range(1, len(functions) + 1) if groups is None else groups
    pairs = tuple(zip(functions, chosen, strict=True))

    def convert(match: re.Match[str]) -> tuple[Any, ...]:
        return tuple([function(match[index]) for function, index in pairs])

    return convert


class RegularRoute:
    """A pattern with its handlers by method name, ready to match.

    Args:
        order: position among all patterns: the first registered match wins.
        pattern: matched from the start of the path.
        entries: method bit to the handler and what belongs to it.
        literal: text that every matching path starts with.
    """

    __slots__ = ("endpoints", "literal", "match", "order")

    def __init__(
        self,
        order: int,
        pattern: re.Pattern[str],
        entries: Mapping[int, Entry],
        literal: str,
    ) -> None:
        self.order = order
        self.match = pattern.match
        self.literal = literal
        self.endpoints: dict[str, _Endpoint] = {
            method: _Endpoint(entry, pattern)
            for method, entry in _by_method(entries).items()
        }

    def accepting_methods(self, match: re.Match[str]) -> int:
        """Return the methods whose converters take what has matched."""
        mask = 0
        for method, endpoint in self.endpoints.items():
            with suppress(ValueError, OverflowError):
                endpoint.convert(match)
                mask |= methods[method]
        return mask


class RouteTable:
    """All routes of an application, compiled.

    ``static`` gives targets by path and method name.  The path is as it is on
    the wire (ISO-8859-1 text, PEP 3333), so that finding it needs no decoding.

    ``mounts`` gives the targets of mounted applications by prefix, the longest first.

    Patterns are found by the literal text they begin with.  Its part up to the
    last slash is the *head*; ``_heads`` gives the patterns whose literal ends
    there, and tells whether longer heads begin with it; ``_lengths`` how long
    those literals are that go on behind it, ``_partial`` the patterns of one of
    these.  So a look-up probes a dictionary for each slash of the path, however
    many routes there are.
    """

    def __init__(
        self,
        static: Mapping[str, Mapping[int, Entry]],
        patterns: Iterable[RegularRoute],
        mounts: Mapping[str, Entry] | None = None,
        areas: Sequence[tuple[re.Pattern[str], Scope]] = (),
    ) -> None:
        self.static = {
            to_wire(path): {
                method: _build_target(path, entry)
                for method, entry in _by_method(entries).items()
            }
            for path, entries in static.items()
        }
        self.mounts = [
            (to_wire(prefix), _build_mount(prefix, entry))
            for prefix, entry in sorted((mounts or {}).items(), key=_length)
        ]
        self._areas = areas
        heads: dict[str, list[RegularRoute]] = {}
        lengths: dict[str, set[int]] = {}
        self._partial: dict[str, list[RegularRoute]] = {}
        for route in patterns:
            literal = route.literal
            head = literal[: literal.rfind("/") + 1]
            found = heads.setdefault(head, [])
            if head != literal:
                found = self._partial.setdefault(literal, [])
                lengths.setdefault(head, set()).add(len(literal))
            found.append(route)
        above = {shorter for head in heads for shorter in _shorter_heads(head)}
        self._heads = {head: (routes, head in above) for head, routes in heads.items()}
        self._lengths = {head: sorted(found) for head, found in lengths.items()}
        self._shortest = min(map(len, heads), default=0)
        self._longest = max(map(len, heads), default=-1)

    def candidates(self, path: str) -> Sequence[RegularRoute]:
        """List the patterns that can match a path, in order of registration."""
        heads, longest = self._heads, self._longest
        found: list[RegularRoute] = []
        end = self._shortest
        if end:
            end = path.find("/", end - 1) + 1 or longest + 1
        while end <= longest:
            entry = heads.get(path[:end])
            if entry is not None:
                routes, has_longer = entry
                # PERF: nearly always there is one source, used as it is.
                if found or self._lengths:
                    routes = self._merge(found, routes, path, path[:end])
                if not has_longer:
                    return routes
                found = routes
            end = path.find("/", end) + 1 or longest + 1
        return found

    def _merge(
        self,
        found: list[RegularRoute],
        routes: list[RegularRoute],
        path: str,
        head: str,
    ) -> list[RegularRoute]:
        """Add the patterns of a head, and those that go on behind it."""
        merged = [*found, *routes]
        for length in self._lengths.get(head, ()):
            merged += self._partial.get(path[:length], ())
        merged.sort(key=_order)
        return merged

    def find(self, path: str, method: str) -> tuple[Target, tuple[Any, ...]] | None:
        """Find the first registered pattern with a handler for the method.

        Returns:
            The target and the values in the path.
        """
        for route in self.candidates(path):
            match = route.match(path)
            if match is None:
                continue
            endpoint = route.endpoints.get(method)
            if endpoint is None:
                continue
            try:
                return endpoint.target, endpoint.convert(match)
            except (ValueError, OverflowError):
                continue
        return None

    def find_mount(self, path: str) -> Target | None:
        """Find the mounted application of a path, as it is on the wire."""
        for prefix, target in self.mounts:
            if path.startswith(prefix) and path[len(prefix) :][:1] in ("", "/"):
                return target
        return None

    def find_scope(self, path: str) -> Scope:
        """Find the group below whose prefix a path is."""
        for pattern, scope in self._areas:
            if pattern.match(path):
                return scope
        return NO_SCOPE

    def find_methods(self, path: str, method: str) -> int:
        """Return the methods by which patterns answer that lack this one."""
        mask = 0
        for route in self.candidates(path):
            match = None if method in route.endpoints else route.match(path)
            if match is not None:
                mask |= route.accepting_methods(match)
        return mask


def _shorter_heads(head: str) -> list[str]:
    """List the texts before the slashes of a head, each with its slash."""
    ends = [index + 1 for index, character in enumerate(head) if character == "/"]
    return ["", *(head[:end] for end in ends[:-1])] if head else []


def _order(route: RegularRoute) -> int:
    return route.order


def _length(item: tuple[str, object]) -> int:
    return -len(item[0])


def _build_target(rule: str, entry: Entry) -> Target:
    handler, scope = entry.handler, entry.scope
    return Target(rule, handler, scope.wrap(handler, guarded=True), (), scope)


def _build_mount(prefix: str, entry: Entry) -> Target:
    # Imported here: few applications mount others.
    from poorwsgi_core.application.mounting import Mount

    handler, scope = entry.handler, entry.scope
    call = scope.wrap(Mount(handler, to_wire(prefix)), guarded=True)
    return Target(f"{prefix}/*", handler, call, (), scope)


def to_wire(path: str) -> str:
    """Return a path as servers hand it over: bytes in the guise of text."""
    return path.encode("utf-8", "surrogateescape").decode("iso-8859-1")
