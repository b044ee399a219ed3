"""Why a route doesn't answer a path, in words, and how near it comes.

A path is compared with a rule segment by segment, so that the first one that differs
can be named.  Nothing here decides where a request goes: that is done by the pattern,
which this only explains.
"""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from poorwsgi_core.application.rules import Converter, Group, Rule, re_filter

__all__ = ["Search"]

_MAX_TEXT = 60
_WRITTEN = re.compile(r"<[^>]*>|/|[^/<]+")
_SEGMENT_END = r"(?=/|\Z)"
_FAR = 1000
_UNKNOWN = ("the expression doesn't match", _FAR)
_NOT_TRIED = ("not tried: a static route has this path", _FAR)
_MATCHES = ("it matches", 0)


class _Segment(NamedTuple):
    """What stands between two slashes of a rule.

    Attributes:
        written: its text.
        regex: what it matches, ``None`` for literal text.
        shown: the same, for people.
    """

    written: str
    regex: re.Pattern[str] | None
    shown: str

    def match(self, path: str, start: int) -> int:
        """Return where it ends in a path, -1 where it doesn't match."""
        if self.regex is not None:
            match = self.regex.match(path, start)
            return -1 if match is None else match.end()
        end = start + len(self.written)
        is_whole = path[end : end + 1] in ("", "/")
        return end if is_whole and path.startswith(self.written, start) else -1


class Search(NamedTuple):
    """What was looked for.

    Attributes:
        path: path of the request.
        method: its method.
        is_static: whether it is the path of a static route, which ends the search.
    """

    path: str
    method: str
    is_static: bool

    def explain_static(self, route: str, names: Sequence[str]) -> tuple[str, int]:
        """Say why a static route doesn't answer, and how far it is from it."""
        found = _explain_rule(Rule(route, (route,)), self.path)
        return found or self._explain_method(names) or _MATCHES

    def explain_mount(self, prefix: str) -> tuple[str, int]:
        """Say why a mounted application doesn't answer."""
        if self.is_static:
            return _NOT_TRIED
        start = "/".join(self.path.split("/")[: prefix.count("/") + 1])
        return _explain_rule(Rule(prefix, (prefix,)), start) or _MATCHES

    def explain_pattern(
        self,
        pattern: re.Pattern[str],
        rule: Rule | None,
        names: Sequence[str],
        converters: Sequence[tuple[str, Converter]],
    ) -> tuple[str, int]:
        """Say why a pattern doesn't answer.

        Args:
            pattern: that of the route.
            rule: what it was compiled of, ``None`` for an expression of one's own.
            names: methods of the handler.
            converters: name and converter of each group.
        """
        if self.is_static:
            return _NOT_TRIED
        match = pattern.match(self.path)
        if match is None:
            return (rule and _explain_rule(rule, self.path)) or _UNKNOWN
        return self._explain_method(names) or _explain_converters(match, converters)

    def _explain_method(self, names: Sequence[str]) -> tuple[str, int] | None:
        if self.method in names or (self.method == "HEAD" and "GET" in names):
            return None
        return f"the path matches, the method isn't {' or '.join(names)}", 0


def _explain_converters(
    match: re.Match[str], converters: Sequence[tuple[str, Converter]]
) -> tuple[str, int]:
    for name, converter in converters:
        try:
            converter(match[name])
        except (ValueError, OverflowError):
            return f"the converter of <{name}> refuses {_cut(match[name])!r}", 1
    return _MATCHES


def _explain_rule(rule: Rule, path: str) -> tuple[str, int] | None:
    """Say where a path leaves a rule, ``None`` where it doesn't."""
    try:
        segments = _split(rule)
    except re.error:  # one group refers to another
        return _UNKNOWN
    start = 0
    for number, segment in enumerate(segments):
        end = segment.match(path, start)
        if end < 0:
            distance = _measure(path[start:].split("/"), segments[number:])
            return _tell(number, segment, path[start:].partition("/")[0]), distance
        rest = segments[number + 1 :]
        if bool(rest) != (end < len(path)):
            behind = path[end + 1 :].split("/") if end < len(path) else []
            return _tell_end(path[end:], rest), _measure(behind, rest)
        start = end + 1
    return None


def _split(rule: Rule) -> list[_Segment]:
    pieces = zip(rule.pieces, rule.build_expressions(), strict=True)
    groups = ((piece, text) for piece, text in pieces if isinstance(piece, Group))
    segments: list[_Segment] = []
    written, regex, shown = "", "", ""
    for text in (*_WRITTEN.findall(rule.text), "/"):
        if text == "/":
            pattern = re.compile(regex + _SEGMENT_END) if "<" in written else None
            segments.append(_Segment(written, pattern, shown))
            written, regex, shown = "", "", ""
            continue
        written += text
        if re_filter.fullmatch(text):
            group, expression = next(groups)
            regex += expression
            shown += f"({group.regex})"
        else:
            regex += re.escape(text)
            shown += re.escape(text)
    return segments


def _tell(number: int, segment: _Segment, text: str) -> str:
    if not text:
        return f"nothing stands for {segment.written}"
    if not segment.written:
        return f"the path goes on with {_cut(text)!r}"
    if segment.regex is None:
        return f"segment {number} is {_cut(text)!r}, not {segment.written!r}"
    refused = f"{segment.written} refuses: {segment.shown}"
    return f"segment {number} is {_cut(text)!r}, which {refused}"


def _tell_end(behind: str, rest: Sequence[_Segment]) -> str:
    if not rest:
        what = "a slash at the end" if behind == "/" else repr(_cut(behind))
        return f"the path goes on with {what}"
    missing = "".join(f"/{segment.written}" for segment in rest)
    what = "the slash at the end" if missing == "/" else repr(missing)
    return f"the path lacks {what}"


def _measure(texts: Sequence[str], segments: Sequence[_Segment]) -> int:
    distance = 0
    for text, segment in zip_longest(texts, segments):
        if text is None:
            distance += 1 + (1 if segment.regex else len(segment.written))
        elif segment is None:
            distance += 1 + len(text)
        elif segment.regex is None:
            distance += _edit_distance(_cut(text), _cut(segment.written))
        elif segment.match(text, 0) != len(text):
            distance += 2
    return distance


def _edit_distance(one: str, other: str) -> int:
    """Count the characters to insert, drop or replace (Levenshtein)."""
    above: list[int] = [*range(len(other) + 1)]
    for row, character in enumerate(one, 1):
        line = [row]
        for column, same in enumerate(other):
            replaced = above[column] + (character != same)
            line.append(min(replaced, above[column + 1] + 1, line[column] + 1))
        above = line
    return above[-1]


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}\u2026"
