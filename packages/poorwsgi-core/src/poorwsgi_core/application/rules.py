"""A route as it is written, and the pattern that matches its paths.

``parse_rule`` takes ``/user/<id:int>`` apart, by the filters that it is given; of the
pieces a pattern is compiled, and a path is built.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias, cast

__all__ = [
    "Converter",
    "Filters",
    "Group",
    "Rule",
    "check_prefix",
    "default_filters",
    "find_doubt",
    "is_group_route",
    "literal_prefix",
    "may_backtrack",
    "parse_rule",
    "re_filter",
    "re_invalid_filter",
]

Converter: TypeAlias = Callable[[str], Any]
Filters: TypeAlias = Mapping[str, tuple[str | None, Converter]]

_SEGMENT = "[^/]"
_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

re_filter = re.compile(r"<([^>]*)>")
"""A group in a route text, such as ``<id:int>``."""

re_invalid_filter = re.compile(
    r"[^:]*:?\s|.*\s\Z|(?![^:]*:re:).*\s", re.DOTALL | re.IGNORECASE
)
"""The inside of a group with blanks; an inline expression may have some."""

_GROUP = re.compile(r"(\w+)(?::(.+))?", re.DOTALL)
_DOUBTS = (
    (r"\{(\w+(?::\w+)?)\}", "{0} is literal text: write <{1}> for a group"),
    (r"/:(\w+)", ":{1} is literal text: write <{1}> for a group"),
    (r"/(\*)\Z", "* is literal text: write <rest:re:.*> for whatever comes"),
    (r"(\\)", "{1} is literal text: write @app.regular_route for an expression"),
    (r"(>)", "> is literal text: a group is written <name>"),
    (r"([?#])", "no path goes on behind {1}: what comes there is read by req.args"),
    (r"(%[0-9A-Fa-f]{2})", "paths are decoded: write what {1} stands for"),
    (r"/(\.\.?)(?=/|\Z)", "clients take {1} out of a path before they send it"),
    (r"/(/)", "two slashes have nothing between them: write one"),
)
"""What stands outside of groups and is most likely meant otherwise."""

_UNNAMED = r"<(int|float)>"
_FILTERS_ELSEWHERE = {"path": "<{}:re:.+>", "str": "<{}>", "string": "<{}>"}
# Expressions as text: they are compiled when a filter or a rule brings its own.
_PLAIN = r"\\.|\[(?:\\.|[^\]\\])*\]"
_REPEAT_IN_REPEAT = r"\([^()]*(?:[+*\0]|\{\d+,\})[^()]*\)(?:[+*]|\{\d+,)"
_ITEM = r"(\\[dDwWsS\W_]|\[(?:\\.|[^\]\\])*\]|[^\\.^$|?*+(){}\[\]])"
_SEPARATED = rf"\((?:\?:)?(?:{_ITEM}{_ITEM}[+*]|{_ITEM}[+*]{_ITEM})\)[+*]"
_INNER = r"\((?:\?[:=!])?([^()]*)\)"
_REPEATED = rf"({_ITEM}|\.)([+*])"
_REFERENCE = r"\\[1-9]|\(\?P="
_LITERAL = re.compile(r"\^?([\w/~%=@,;&!-]*)([*?{])?", re.ASCII)


def is_group_route(text: str) -> bool:
    """Tell a route with groups from a static one."""
    return "<" in text


def default_filters() -> dict[str, tuple[str | None, Converter]]:
    """Build the filters that each application has.

    Returns:
        Filter name to regular expression and converter.
    """
    # Imported here: up to Python 3.11 it costs a tenth of the import of core.
    from uuid import UUID

    return {
        ":int": (r"-?\d+", int),
        ":float": (r"-?\d{1,308}(\.\d+)?", float),  # a longer one would be infinite
        ":word": (r"\w+", str),
        ":hex": (r"[0-9a-fA-F]+", str),
        ":uuid": (_UUID, UUID),
        ":re:": (None, str),
        "none": (f"{_SEGMENT}+", str),
    }


def find_doubt(text: str) -> str | None:
    """Say why a static or group route most likely never matches, if it does.

    Such routes are allowed: a path is compared as it is.
    """
    if text and text[0] not in "/<" and text != "*":
        return f"it lacks the slash that each path starts with: write {'/' + text!r}"
    unnamed = re.search(_UNNAMED, text)
    if unnamed:
        kind = unnamed[1]
        return f"<{kind}> takes any text and calls it {kind}: write <name:{kind}>"
    literal = re_filter.sub("<>", text).replace("<>", "\0")
    for regex, reason in _DOUBTS:
        found = re.search(regex, literal)
        if found:
            return reason.format(found[0], found[1])
    return None


def check_prefix(prefix: str) -> str:
    """Return what stands in front of routes.

    Raises:
        ValueError: it lacks the slash at its start, or ends with one.
        TypeError: it is no text.
    """
    if not isinstance(cast("object", prefix), str):
        raise TypeError(f"A prefix is text such as '/api', not {prefix!r}")
    if prefix and (prefix[0] != "/" or prefix[-1] == "/"):
        written = f"/{prefix.strip('/')}".rstrip("/")
        raise ValueError(
            f"A prefix starts with a slash and ends without one: write {written!r}, "
            f"not {prefix!r}"
        )
    return prefix


class Group(NamedTuple):
    """A part of a path that a handler gets.

    Attributes:
        name: what it is called.
        regex: what it matches.
        converter: makes the argument of what has matched.
    """

    name: str
    regex: str
    converter: Converter


class Rule(NamedTuple):
    """A route, taken apart.

    Attributes:
        text: how it was written.
        pieces: literal text and groups, in order.
    """

    text: str
    pieces: tuple[str | Group, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups, in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Group))

    @property
    def converters(self) -> tuple[tuple[str, Converter], ...]:
        """Names of the groups with their converters."""
        return tuple((group.name, group.converter) for group in self.groups)

    def compile(self, end: str = r"\Z") -> re.Pattern[str]:
        """Build the pattern of the path.

        Args:
            end: what has to come behind it; the path's end unless told otherwise.

        Raises:
            re.error: a broken inline expression, or a group name used twice.
        """
        try:
            return re.compile("".join(self.build_expressions()) + end)
        except re.error as error:
            reason = f"Invalid route definition {self.text!r}: {error.msg}"
            raise re.error(reason) from error

    def build_expressions(self) -> list[str]:
        """Build an expression for each piece; together they take linear time."""
        refers = any(re.search(_REFERENCE, group.regex) for group in self.groups)
        expressions: list[str] = []
        before = between = ""
        for piece in self.pieces:
            if isinstance(piece, str):
                expressions.append(re.escape(piece))
                between = piece
                continue
            regex = piece.regex if refers else _narrow(piece.regex, before, between)
            expressions.append(f"(?P<{piece.name}>{regex})")
            before, between = piece.regex, ""
        return expressions


def _narrow(regex: str, before: str, between: str) -> str:
    """Leave out of a group what the one before it would have taken.

    That one is greedy: it takes whatever can be followed by what stands between them.
    So nothing else matches, and a path that doesn't is not split in all ways, which
    takes a power of its length.
    """
    mine, other = (re.fullmatch(_REPEATED, each) for each in (regex, before))
    if mine is None or other is None:
        return regex
    item, quantifier = mine[1], mine[3]
    is_any = other[1] == _SEGMENT and not re.fullmatch(item, "/")
    is_covered = other[1] == item or is_any
    if not is_covered or not all(re.fullmatch(item, each) for each in between):
        return regex
    literal, least = re.escape(between), int(quantifier == "+")
    # Its end may be the text between, or the begin of that.
    most = least + max(len(between) - 1, 0)
    end = f"(?:(?={literal}){item}{{1,{most}}})?" if most else ""
    return f"{item * least}(?:(?!{literal}){item})*{end}"


def parse_rule(text: str, filters: Filters) -> Rule:
    """Take a static or group route apart.

    Text outside of groups is matched literally, and the whole path must match.

    Raises:
        ValueError: a malformed group, with what is wrong.
        RuntimeError: an unknown filter, with those that are known.
    """
    if not is_group_route(text):
        return Rule(text, (text,))
    by_name = {name.lower(): entry for name, entry in filters.items()}
    pieces: list[str | Group] = []
    end = 0
    for group in re_filter.finditer(text):
        pieces.append(_check_literal(text[end : group.start()], text))
        pieces.append(_parse_group(group[1], text, by_name))
        end = group.end()
    pieces.append(_check_literal(text[end:], text))
    return Rule(text, tuple(piece for piece in pieces if piece))


def _check_literal(literal: str, text: str) -> str:
    if "<" in literal:
        raise ValueError(f"Invalid route definition {text!r}: a group is not closed")
    return literal


def _parse_group(inside: str, text: str, filters: Filters) -> Group:
    name, colon, filter_ = inside.partition(":")
    inline = filter_.lower().startswith("re:")
    if re_invalid_filter.match(inside):
        raise ValueError(
            f"Invalid route definition {text!r}: a group must not contain spaces; "
            "write <id:int>, <name:word> or <value:float>"
        )
    if not _GROUP.fullmatch(inside):
        raise ValueError(
            f"Invalid route definition {text!r}: <{inside}> is no group; "
            "write <name> or <name:filter>, the name in letters, digits and _"
        )
    if inline:
        return Group(name, filter_[3:], str)
    key = f":{filter_.lower()}" if colon else "none"
    regex, converter = filters.get(key, (None, str))
    if regex is None:
        known = ", ".join(sorted(filters))
        remedy = _suggest(name, filter_, filters)
        raise RuntimeError(
            f"Unknown filter {filter_!r} in route {text!r}: known are {known}; "
            + (remedy or "add yours with set_filter() before the route")
        )
    return Group(name, regex, converter)


def _suggest(name: str, filter_: str, filters: Filters) -> str | None:
    """Translate a group that others write ``<int:id>``, ``<id:path>``."""
    for kind, group in ((name.lower(), filter_), (filter_.lower(), name)):
        if group.isidentifier() and kind in _FILTERS_ELSEWHERE:
            return f"did you mean {_FILTERS_ELSEWHERE[kind].format(group)}?"
        if group.isidentifier() and f":{kind}" in filters:
            return f"did you mean <{group}:{kind}>?"
    return None


def literal_prefix(regex: str) -> str:
    """Return text that every match of a regular expression starts with.

    May be shorter than possible, never longer.
    """
    match = _LITERAL.match(regex)
    if match is None or "|" in regex:
        return ""
    return match[1][:-1] if match[2] else match[1]


def may_backtrack(pattern: str) -> bool:
    """Tell whether a pattern has a repeat without end in another.

    It is a guess by the form: such patterns may take exponential time, and some of
    them don't.  A repeat whose turns begin or end with what isn't in them is none.
    """
    text = re.sub(_PLAIN, "a", re.sub(_SEPARATED, _mark_separated, pattern))
    while True:
        if re.search(_REPEAT_IN_REPEAT, text):
            return True
        shorter = re.sub(_INNER, _mark, text)
        if shorter == text:
            return False
        text = shorter


def _mark_separated(group: "re.Match[str]") -> str:
    """Stand for a repeat in which one item separates the turns of another."""
    one, other = (item for item in group.groups() if item)
    return group[0] if _taken(one) & _taken(other) else "a+"


def _taken(item: str) -> set[str]:
    """Return which of some characters one item of a pattern takes."""
    some = {*map(chr, range(128)), "\xe9", "\u4e00", *item}
    try:
        return {each for each in some if re.fullmatch(item, each)}
    except re.error:  # it is another language's
        return some


def _mark(group: "re.Match[str]") -> str:
    """Stand for a group: NUL is one that has a repeat."""
    return "\0" if re.search(r"[+*\0]|\{\d+,\}", group[1]) else "a"
