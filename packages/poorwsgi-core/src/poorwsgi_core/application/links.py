"""Links: from a handler or a name to a path, the way of routing turned round.

What a link is built of is the rule as it was taken apart when the route was set.  A
path is given out only when the same rule reads the same values in it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from poorwsgi_core.application.rules import Group, Rule
from poorwsgi_core.application.table import Entry
from poorwsgi_core.http.paths import encode_path, encode_query
from poorwsgi_core.request.callables import describe_handler

__all__ = ["Link", "Links"]

_ELSEWHERE = frozenset({"_anchor", "_external", "_scheme"})
"""Of Flask; in a query they would be nonsense."""

_DOTS = re.compile(r"(?:.*/)?\.\.?(?:/.*)?", re.DOTALL)


class Link(NamedTuple):
    """A route that links may lead to.

    Attributes:
        entry: the handler and what belongs to it.
        written: the route as it was written.
        rule: the same, taken apart; ``None`` for an expression.
        pattern: matches its paths; ``None`` for a static route.
    """

    entry: Entry
    written: str
    rule: Rule | None
    pattern: re.Pattern[str] | None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the groups."""
        return tuple(group.name for group in self.rule.groups) if self.rule else ()

    def build(self, params: Mapping[str, Any]) -> str:
        """Build the path with its query.

        Raises:
            ValueError: a value can't stand in the path.
        """
        if self.rule is None:
            raise ValueError(
                f"Route {self.written!r} is an expression of your own, which no path "
                "can be built of: write it with groups, such as /user/<id:int>"
            )
        texts = {name: _to_text(params[name]) for name in self.names}
        path = "".join(
            piece if isinstance(piece, str) else texts[piece.name]
            for piece in self.rule.pieces
        )
        if self.pattern is not None:
            self._check(path, texts, self.pattern, self.rule)
        rest = {
            name: value
            for name, value in params.items()
            if name not in texts and value is not None
        }
        try:
            query = encode_query(rest)
            return f"{encode_path(path)}{query and '?'}{query}"
        except UnicodeEncodeError as error:
            raise ValueError(f"Route {self.written!r}: {error}") from error

    def _check(
        self,
        path: str,
        texts: Mapping[str, str],
        pattern: re.Pattern[str],
        rule: Rule,
    ) -> None:
        """Refuse a path that isn't read as what it was built of."""
        match = pattern.match(path)
        read = {name: match[name] for name in texts} if match else {}
        refused = [group for group in rule.groups if not _takes(group, texts)]
        if read != texts or refused:
            wanted = ", ".join(
                f"{name} matches {regex}" for name, regex, _ in refused or rule.groups
            )
            raise ValueError(
                f"Route {self.written!r} has no path for {dict(texts)}, where {wanted}"
            )
        if _DOTS.fullmatch(path):
            raise ValueError(
                f"Route {self.written!r}: {path!r} has a segment of dots, which "
                "clients take out of a path (RFC 3986 §5.2.4)"
            )


def _takes(group: Group, texts: Mapping[str, str]) -> bool:
    try:
        group.converter(texts[group.name])
    except (ValueError, OverflowError):
        return False
    return True


def _to_text(value: object) -> str:
    text = str(value)
    if isinstance(value, float) and "e" in text:
        # Imported here: few numbers are so large or so small.
        from decimal import Decimal

        return f"{Decimal(text):f}"
    return text


class Links:
    """The routes of an application by handler and by name.

    A route is known by the name it was given, else by that of its function; and by
    both with the name of its group and a dot in front.
    """

    def __init__(self, links: Iterable[Link]) -> None:
        self._by_name: dict[object, list[Link]] = {}
        self._by_handler: dict[object, list[Link]] = {}
        self._unhashable: list[Link] = []
        for link in links:
            entry = link.entry
            try:
                self._by_handler.setdefault(entry.handler, []).append(link)
            except TypeError:  # a dataclass that can be called has no hash
                self._unhashable.append(link)
            name = entry.name or getattr(entry.handler, "__name__", None)
            if name:
                self._by_name.setdefault(name, []).append(link)
                if entry.scope.name:
                    full = f"{entry.scope.name}.{name}"
                    self._by_name.setdefault(full, []).append(link)

    def build(self, wanted: str | Callable[..., Any], params: Mapping[str, Any]) -> str:
        """Build the path of a route.

        Raises:
            ValueError: there is none, or several, or the values don't fit.
        """
        found = self._find(wanted)
        for name in _ELSEWHERE.intersection(params):
            raise ValueError(
                f"{name} is no argument of url_for: write "
                "req.construct_url(req.url_for(...)) for a whole URL"
            )
        fitting = [link for link in found if params.keys() >= {*link.names}]
        if not fitting:
            _refuse_missing(found, params)
        most = max(len(link.names) for link in fitting)
        chosen = [link for link in fitting if len(link.names) == most]
        if len(chosen) > 1:
            _refuse_ambiguous(wanted, chosen)
        return chosen[0].build(params)

    def _find(self, wanted: str | Callable[..., Any]) -> list[Link]:
        try:
            table = self._by_name if isinstance(wanted, str) else self._by_handler
            links = table.get(wanted, [])
        except TypeError:
            links = [link for link in self._unhashable if link.entry.handler == wanted]
        # The methods of one path are one link.
        found = [*{link.written: link for link in links}.values()]
        if not found:
            self._refuse_unknown(wanted)
        handlers = [link.entry.handler for link in found]
        if any(handler != handlers[0] for handler in handlers):
            _refuse_ambiguous(wanted, found)
        return found

    def _refuse_unknown(self, wanted: str | Callable[..., Any]) -> NoReturn:
        if not isinstance(wanted, str):
            raise ValueError(
                f"No route leads to {describe_handler(wanted).place}: set one, or name "
                "the function that the route was set with"
            )
        from difflib import get_close_matches

        near = get_close_matches(wanted, map(str, self._by_name), 3)
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else ""
        remedy = hint or "names are those of functions, and name= of a route"
        raise ValueError(f"No route has the name {wanted!r}: {remedy}")


def _refuse_missing(links: Sequence[Link], params: Mapping[str, Any]) -> NoReturn:
    needs = " or ".join(
        f"{link.written!r} needs "
        + ", ".join(name for name in link.names if name not in params)
        for link in links
    )
    raise ValueError(f"A value in the path is missing: route {needs}")


def _refuse_ambiguous(
    wanted: str | Callable[..., Any], links: Sequence[Link]
) -> NoReturn:
    name = wanted if isinstance(wanted, str) else describe_handler(wanted).name
    routes = ", ".join(
        f"{link.written!r} of {describe_handler(link.entry.handler).name}"
        for link in links
    )
    raise ValueError(
        f"{name!r} is the name of several routes, {routes}: give one a name of its "
        "own, as in @app.route(path, name='...'), or name the handler"
    )
