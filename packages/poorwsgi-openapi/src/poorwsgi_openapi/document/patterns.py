r"""Text that matches a regular expression, for examples.

Reads what patterns of API documents are made of: literals, classes, groups,
alternatives, quantifiers, anchors.  The result is tried against the pattern, so
an expression that isn't understood gives nothing, never a wrong text.
"""

import re
import string
from collections.abc import Iterator

from poorwsgi_openapi.document.ecma import compile_pattern

__all__ = ["match_pattern"]

_ESCAPES = {"d": "0123456789", "w": "abcdefghijklmnopqrstuvwxyz0123456789_", "s": " "}
_SPACES = {"n": "\n", "t": "\t", "r": "\r"}
_ANYTHING = string.ascii_letters + string.digits + "-_ .~!"
_COUNT = re.compile(r"\{(\d{1,4})(?:,(\d{0,4}))?\}")
_GROUP = re.compile(r"\((?:\?(?::|P?<\w+>))?")
_MAX_LENGTH = 10_000


def match_pattern(pattern: str, shortest: int = 0) -> str | None:
    """Make a text that a pattern is found in (ECMA-262, as JSON Schema asks).

    Args:
        pattern: regular expression.
        shortest: length that the text should have, where repeats allow it.

    Returns:
        The text, or ``None`` when the pattern isn't understood.
    """
    try:
        found = _Reader(pattern, shortest).read()
        expression = compile_pattern(pattern)
    except (re.error, _UnknownError, RecursionError):
        return None
    return found if expression.search(found) else None


class _UnknownError(Exception):
    """Something in a pattern that isn't read here."""


class _Reader:
    """Reads a pattern from left to right and writes one match of it."""

    def __init__(self, pattern: str, shortest: int) -> None:
        self._pattern = pattern
        self._position = 0
        self._shortest = shortest

    def read(self) -> str:
        found = self._read_alternatives()
        if self._position < len(self._pattern):
            raise _UnknownError
        return found

    def _peek(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise _UnknownError
        self._position += 1
        return character

    def _read_alternatives(self) -> str:
        """Read up to the end of the group; the first alternative is the match."""
        found = self._read_sequence()
        while self._peek() == "|":
            self._position += 1
            self._read_sequence()
        return found

    def _read_sequence(self) -> str:
        pieces: list[str] = []
        while (character := self._peek()) and character not in "|)":
            choices = self._read_one()
            pieces.append(_repeat(choices, self._read_count(len("".join(pieces)))))
            if sum(map(len, pieces)) > _MAX_LENGTH:
                raise _UnknownError
        return "".join(pieces)

    def _read_one(self) -> str | list[str]:
        """Read one item: its characters to choose from, or a group's text."""
        character = self._take()
        if character in "^$":
            return [""]
        if character == "(":
            return [self._read_group()]
        if character == "[":
            return self._read_class()
        if character == "\\":
            return self._read_escape()
        return _ANYTHING if character == "." else character

    def _read_group(self) -> str:
        opening = _GROUP.match(self._pattern, self._position - 1)
        if opening is None or self._pattern.startswith("?", opening.end()):
            raise _UnknownError
        self._position = opening.end()
        # Only what isn't in a group grows: repeats of repeats would take for ever
        # to be found again.
        shortest, self._shortest = self._shortest, 0
        found = self._read_alternatives()
        self._shortest = shortest
        self._take()  # what ends a group, unless the pattern ends
        return found

    def _read_escape(self) -> str:
        character = self._take()
        if character == "b":
            return ""
        if character in _SPACES:
            return _SPACES[character]
        if character.isalnum() and character not in _ESCAPES:
            raise _UnknownError
        return _ESCAPES.get(character, character)

    def _read_class(self) -> str:
        is_negated = self._peek() == "^"
        self._position += is_negated
        inside = "".join(self._read_ranges())
        self._position += 1
        chosen = [c for c in _ANYTHING if c not in inside] if is_negated else inside
        if not chosen:
            raise _UnknownError
        return "".join(chosen)

    def _read_ranges(self) -> Iterator[str]:
        while self._peek() != "]":
            character = self._take()
            first = self._read_escape() if character == "\\" else character
            following = self._pattern[self._position : self._position + 2]
            end = following[1:]
            if following.startswith("-") and end and end not in "]\\":
                if len(first) != 1:
                    raise _UnknownError
                self._position += 2
                yield "".join(map(chr, range(ord(first), ord(end) + 1)))
            else:
                yield first

    def _read_count(self, written: int) -> int:
        """Read a quantifier; repeats go up to the length that is wanted."""
        counted = _COUNT.match(self._pattern, self._position)
        if counted is not None:
            self._position = counted.end()
            least, most = int(counted[1]), counted[2]
            top = least if most is None else int(most or _MAX_LENGTH)
        elif self._peek() and self._peek() in "*+?":
            sign = self._take()
            least, top = int(sign == "+"), 1 if sign == "?" else _MAX_LENGTH
        else:
            return 1
        if self._peek() == "?":
            self._position += 1
        return max(least, min(top, self._shortest - written))


def _repeat(choices: str | list[str], count: int) -> str:
    """Take so many of the choices, each in turn."""
    if not choices:
        return ""
    return "".join(choices[index % len(choices)] for index in range(count))
