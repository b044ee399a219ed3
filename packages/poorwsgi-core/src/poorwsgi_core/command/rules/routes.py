"""What another route hides: routes, files, handlers of exceptions.

A route with groups is tried with values that its groups match.  When all of its paths
lead elsewhere, it gets no request.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from poorwsgi_core.application import Application
from poorwsgi_core.application.handlers import Handler
from poorwsgi_core.application.rules import Filters, Group, Rule, parse_rule
from poorwsgi_core.command.findings import Finding, Level, blame, find_home
from poorwsgi_core.request.callables import describe_handler
from poorwsgi_core.state import METHOD_GET, METHOD_HEAD

__all__ = [
    "HUGE_NUMBER",
    "SAMPLES",
    "build_path",
    "find_hidden_errors",
    "find_hidden_files",
    "find_hidden_routes",
    "walk",
]

HUGE_NUMBER = "9" * 20
"""A number that needs more than 64 bits."""

SAMPLES = (
    *("1", "-1", "1.5", "a", "Ab", "f00", "a-b", "a.b", "a_b", "en", "x.html", "a/b"),
    *("2026-01-31", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "20260131", "a b", ""),
)
"""What groups are tried with."""

_MOST_FILES = 5000


class _Pattern(NamedTuple):
    """A route with groups, or an expression.

    Attributes:
        regex: what it matches.
        name: how it was written.
        rule: the same, taken apart; ``None`` for what can't be.
        handlers: method bit to handler.
    """

    regex: re.Pattern[str]
    name: str
    rule: Rule | None
    handlers: Mapping[int, Handler]


def find_hidden_routes(app: Application[Any]) -> Iterator[Finding]:
    """Find routes with groups that earlier ones, or mounted applications, hide."""
    patterns = _list_patterns(app)
    prefixes = _list_prefixes(app, patterns)
    for index, pattern in enumerate(patterns):
        paths = _build_paths(pattern)
        for handler, mask in _by_handler(pattern.handlers):
            first = [
                _find_first(path, mask, patterns[:index], prefixes) for path in paths
            ]
            hiding = [rule for rule in first if rule is not None]
            if not first or len(hiding) < len(first) or _is_told(pattern, patterns):
                continue
            others = ", ".join(repr(rule) for rule in dict.fromkeys(hiding))
            info = describe_handler(handler)
            yield Finding(
                "hidden-route",
                Level.ERROR,
                f"Route {pattern.name!r} of {info.name} gets no request: {others} "
                f"takes its paths, such as {paths[0]!r}; set it before that",
                *(info.path, info.line),
            )


def find_hidden_files(app: Application[Any]) -> Iterator[Finding]:
    """Find files below the document root that are never sent."""
    if not app.document_root:
        return
    patterns = _list_patterns(app)
    prefixes = _list_prefixes(app, patterns)
    static = {path for path, handlers in app.routes.items() if METHOD_GET in handlers}
    hidden: dict[str, list[str]] = {}
    for path in islice(walk(app.document_root), _MOST_FILES):
        first = _find_first(path, METHOD_GET, patterns, prefixes)
        if path in static or first is not None:
            hidden.setdefault(path if first is None else first, []).append(path)
    for rule, paths in hidden.items():
        yield Finding(
            "hidden-file",
            Level.WARNING,
            f"Route {rule!r} takes the paths of files below document_root, so that "
            f"they are never sent: {len(paths)}, such as {paths[0]!r}",
            *find_home(app.name),
        )


def find_hidden_errors(app: Application[Any]) -> Iterator[Finding]:
    """Find exception handlers behind those of a base class."""
    kinds = [*app.errors.items()]
    for index, (kind, handlers) in enumerate(kinds):
        for handler, mask in _by_handler(handlers):
            hiding = [
                base
                for base, others in kinds[:index]
                if issubclass(kind, base) and mask & ~sum(others) == 0
            ]
            for base in hiding[:1]:
                yield Finding(
                    "hidden-error-handler",
                    Level.ERROR,
                    f"The handler of {kind.__name__} is never asked: that of "
                    f"{base.__name__}, a base class, comes first; register it before",
                    *blame(handler),
                )


def build_path(
    app: Application[Any], written: str, samples: Sequence[str] = SAMPLES
) -> str | None:
    """Build a path that leads to a route; ``None`` where that can't be done.

    Args:
        app: the application.
        written: the route as it was written.
        samples: what its groups are tried with; the first one that fits is taken.
    """
    if written in app.routes:
        return written
    for pattern in _list_patterns(app):
        if pattern.name == written:
            return next(iter(_build_paths(pattern, samples)), None)
    return None


def _list_paths(rule: Rule, samples: Sequence[str]) -> list[str]:
    fitting = [[x for x in samples if _takes(group, x)] for group in rule.groups]
    if not all(fitting):
        return []
    rows = [
        [texts[n % len(texts)] for texts in fitting]
        for n in range(max(map(len, fitting), default=1))
    ]
    return [_fill(rule, row) for row in rows]


def _parse(written: str, filters: Filters) -> Rule | None:
    try:
        return parse_rule(written, filters)
    except (ValueError, RuntimeError):
        return None  # an expression, or what somebody wrote in its place


def _takes(group: Group, text: str) -> bool:
    if re.fullmatch(group.regex, text) is None:
        return False
    try:
        group.converter(text)
    except (ValueError, OverflowError):
        return False
    return True


def _fill(rule: Rule, values: Sequence[str]) -> str:
    rest = iter(values)
    return "".join(
        piece if isinstance(piece, str) else next(rest) for piece in rule.pieces
    )


def _list_patterns(app: Application[Any]) -> list[_Pattern]:
    filters, found = app.filters, list[_Pattern]()
    for regex, routes in app.regular_routes.items():
        written = next(iter(routes.values())).rule
        rule = None if written is None else _parse(written, filters)
        handlers = {bit: route.handler for bit, route in routes.items()}
        found.append(_Pattern(regex, written or regex.pattern, rule, handlers))
    return found


def _list_prefixes(app: Application[Any], patterns: Sequence[_Pattern]) -> list[str]:
    """List the prefixes of mounted applications."""
    others = {*app.routes, *(pattern.name for pattern in patterns)}
    rules = [row.rule for row in app.route_table if row.rule not in others]
    return [rule.removesuffix("/*") for rule in rules]


def _build_paths(pattern: _Pattern, samples: Sequence[str] = SAMPLES) -> list[str]:
    paths = [] if pattern.rule is None else _list_paths(pattern.rule, samples)
    return [path for path in paths if pattern.regex.match(path)]


def _by_handler(handlers: Mapping[int, Handler]) -> list[tuple[Handler, int]]:
    """Put the methods of one handler into one mask."""
    masks: dict[int, int] = {}
    for bit, handler in handlers.items():
        masks[id(handler)] = masks.get(id(handler), 0) | bit
    by_id = {id(handler): handler for handler in handlers.values()}
    return [(by_id[key], mask) for key, mask in masks.items()]


def _find_first(
    path: str, mask: int, patterns: Sequence[_Pattern], prefixes: Sequence[str]
) -> str | None:
    """Find the rule that takes a path by all of some methods."""
    for prefix in prefixes:
        if path == prefix or path.startswith(f"{prefix}/"):
            return f"{prefix}/*"
    for pattern in patterns:
        served = sum(pattern.handlers)
        if served & METHOD_GET:
            served |= METHOD_HEAD
        if mask & ~served == 0 and pattern.regex.match(path):
            return pattern.name
    return None


def _is_told(pattern: _Pattern, patterns: Sequence[_Pattern]) -> bool:
    """Tell whether another route differs in names alone, which the log tells."""
    return any(
        other is not pattern and _unname(other) == _unname(pattern)
        for other in patterns
    )


def _unname(pattern: _Pattern) -> tuple[str | tuple[str], ...]:
    pieces = pattern.rule.pieces if pattern.rule else (pattern.name,)
    return tuple(x if isinstance(x, str) else (x.regex,) for x in pieces)


def walk(root: str) -> Iterator[str]:
    """Walk through the paths of the files below a folder."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        below = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "/" if below == "." else f"/{below}/"
        yield from (prefix + name for name in sorted(names))
