r"""Regular expressions of ECMA-262, which JSON Schema has, as Python's.

What the two read differently is rewritten: ``$`` is the end alone and no line end
before it, ``\d`` and ``\w`` are ASCII, ``\s`` and ``.`` have the line ends and blanks
of ECMA-262, ``\p{L}``, ``(?<name>…)``, ``\u{1F600}`` and ``[\w-.]`` are understood.
What Python alone has (``(?P<name>…)``, ``(?i)``, ``\A``, ``\Z``) stays as it is.

A pattern is tried by RE2, in linear time, where that is installed (``google-re2``) and
can do what it asks for: no look-around, no back references.  Else ``re`` tries it.
"""

import re
import sys
import unicodedata
import warnings
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, Protocol

__all__ = [
    "Compiled",
    "compile_pattern",
    "cost_of",
    "find_engine",
    "has_equal_repeats",
    "is_given_pattern",
    "is_linear",
    "is_pattern",
    "is_simple",
    "may_rescan",
]

_BLANKS = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_OUTSIDE: Mapping[str, str] = {"s": f"[{_BLANKS}]", "S": f"[^{_BLANKS}]"}
_INSIDE: Mapping[str, str] = {"s": _BLANKS}
_KEPT = frozenset("dDwWsSbBfnrtvAZ")
"""Letters of escapes that Python reads alike, when it is told to keep to ASCII."""

_LONG_NAMES: Mapping[str, str] = {
    "Letter": "L",
    "Lowercase_Letter": "Ll",
    "Uppercase_Letter": "Lu",
    "Mark": "M",
    "Number": "N",
    "Decimal_Number": "Nd",
    "Punctuation": "P",
    "Symbol": "S",
    "Separator": "Z",
    "Space_Separator": "Zs",
    "Other": "C",
}
_LONGEST = 4096
_LONGEST_OF_PYTHON = 65_536
_CATEGORY = re.compile(r"[LMNPSZC][a-z]?")
_CODE = re.compile(r"u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})")
_PROPERTY = re.compile(r"[pP]\{(?:General_Category=|gc=)?([^{}]*)\}")
_FOR_PYTHON = re.compile(r"\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|.)", re.DOTALL)
_GROUP_NAME = re.compile(r"\(\?<(?=[^=!])")
_REFERENCE = re.compile(r"k<(\w+)>")


class Compiled(Protocol):
    """A pattern that is ready to be tried."""

    def search(self, text: str, /) -> object | None:
        """Return what is found, ``None`` when it is nowhere."""
        ...


@cache
def compile_pattern(pattern: str) -> Compiled:
    """Compile a pattern of a document.

    Raises:
        re.error: it is none, or Python can't do what it asks for.
    """
    text = _Translator(pattern).translate()
    compiled = _compile_for_python(text)
    # PERF: what is simple takes Python's engine a tenth of the time.
    return (None if is_simple(pattern) else _compile_linear(text)) or compiled


def _compile_for_python(text: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        # Of sets that future versions may read in another way.
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(text, re.ASCII)


def is_linear(pattern: str) -> bool:
    """Tell whether a pattern takes no more than linear time."""
    return is_simple(pattern) or not isinstance(compile_pattern(pattern), re.Pattern)


def is_simple(pattern: str) -> bool:
    """Tell whether a pattern is simple enough for any engine to take linear time.

    It has no group, no alternative and no great count, and one count at most varies,
    behind ``^``, so that there is nothing to be tried again and again.
    """
    return _SIMPLE.fullmatch(_PLAIN.sub("a", pattern)) is not None


def cost_of(*patterns: str) -> int:
    """Return the steps that it costs to look for some patterns in a short text."""
    return sum(
        1 if isinstance(compile_pattern(each), re.Pattern) else 3 for each in patterns
    )


_ONE = r"[^?*+{}()|^$]"
_COUNTED = rf"(?:{_ONE}(?:\{{\d\d?\}})?)*"
_SIMPLE = re.compile(
    rf"\^{_COUNTED}(?:(?:[?*+]|\{{\d\d?,\d*\}}){_COUNTED})?\$?|{_ONE}*\$?"
)
_PLAIN = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]")
_REPEAT_BEFORE_MORE = re.compile(r"(?:[+*]|\{\d+,\})[?+]?(?=[^?+|)])")


def may_rescan(pattern: str) -> bool:
    """Tell whether a pattern is looked for from each character of a repeat anew.

    That takes quadratic time where it is nowhere.  It is a guess by the form.
    """
    text = _PLAIN.sub("a", pattern)
    return not text.startswith("^") and bool(_REPEAT_BEFORE_MORE.search(text))


_ITEM = re.compile(
    r"(\\[pP]\{[^{}]*\}|\\.|\[(?:\\.|[^\]\\])*\]|[^\\()|^$])"
    r"(?:([?*+]|\{\d+(?:,\d*)?\})[?+]?)?|[()|^$]"
)
_GROUP = re.compile(
    r"\((?:\?(?::|P?<\w+>))?(?!\?)((?:\\.|\[(?:\\.|[^\]\\])*\]|[^\\\[()|])*)\)(?![?*+{])"
)
_TRIED = [*map(chr, range(128)), "\xe9", "\u4e00"]


def has_equal_repeats(pattern: str) -> bool:
    """Tell whether two repeats without end may take the same characters in turn.

    Where one ends and the other begins is tried for each character then, which takes
    quadratic time, or more with more of them.  It is a guess by the form.
    """
    inner = ""
    while inner != pattern:
        inner, pattern = pattern, _GROUP.sub(r"\1", pattern)
    common: set[frozenset[str]] = set()
    for item in _ITEM.finditer(pattern):
        if item[1] is None:
            common = set()
            continue
        count = item[2] or ""
        taken, is_endless = _taken(item[1]), count[:1] in ("*", "+") or ",}" in count
        met = {each & taken for each in common} - {frozenset()}
        if met and is_endless:
            return True
        is_optional = count[:1] in ("?", "*") or count.startswith("{0")
        common = met | (common if is_optional else set())
        if is_endless:
            common.add(taken)
    return False


@cache
def _taken(item: str) -> frozenset[str]:
    """Return which of some characters one item of a pattern takes."""
    try:
        search = compile_pattern(f"^{item}").search
    except re.error:  # it is part of something else
        return frozenset()
    return frozenset(each for each in _TRIED if search(each))


def _compile_linear(text: str) -> Compiled | None:
    """Compile by RE2, if it is there and knows all of it."""
    engine = find_engine()
    if engine is None:
        return None
    options = engine.Options()
    options.log_errors = False
    try:
        return _Linear(engine.compile(_FOR_PYTHON.sub(_write_for_re2, text), options))
    except engine.error:
        return None


class _Linear:
    """A pattern of RE2's, which is tried in UTF-8."""

    def __init__(self, compiled: Any) -> None:
        self._search = compiled.search

    def search(self, text: str) -> object | None:
        # PERF: else RE2's module counts characters, though nobody asks where.
        return self._search(text.encode())  # type: ignore[no-any-return]


@cache
def find_engine() -> Any:
    """Return the module of RE2, ``None`` where it isn't installed."""
    try:
        return import_module("re2")
    except ImportError:
        return None


def _write_for_re2(escape: "re.Match[str]") -> str:
    """Write an escape of Python's for RE2."""
    code = escape[1] or escape[2]
    if code:
        return f"\\x{{{code}}}"
    return r"\z" if escape[0] == r"\Z" else escape[0]


def is_pattern(value: object) -> bool:
    """Tell whether a value can be compiled, if it is a text."""
    try:
        return not isinstance(value, str) or bool(compile_pattern(value))
    except (re.error, OverflowError, RecursionError):
        return False


def is_given_pattern(value: object) -> bool:
    """Tell whether a client's value is a pattern, if it is a text.

    A long one, and one that becomes long by its categories of characters, is refused:
    to compile it takes time by the square of its length.  None is kept, as those of
    documents are.
    """
    if not isinstance(value, str):
        return True
    if len(value) > _LONGEST:
        return False
    try:
        text = _Translator(value).translate()
        return len(text) <= _LONGEST_OF_PYTHON and bool(_compile_for_python(text))
    except (re.error, OverflowError, RecursionError):
        return False


class _Translator:
    """Reads a pattern from left to right and writes it for Python."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0

    def translate(self) -> str:
        pieces: list[str] = []
        while self._position < len(self._pattern):
            pieces.append(self._read_one())
        return "".join(pieces)

    def _take(self, length: int = 1) -> str:
        start = self._position
        self._position += length
        return self._pattern[start : self._position]

    def _read_one(self) -> str:
        group = _GROUP_NAME.match(self._pattern, self._position)
        if group is not None:
            self._take(len(group[0]))
            return "(?P<"
        character = self._take()
        if character == "\\":
            return self._read_escape(_OUTSIDE)
        if character == "[":
            return self._read_class()
        if character == "{" and self._pattern.startswith(",", self._position):
            return r"\{"
        return {"$": r"\Z", ".": r"[^\n\r\u2028\u2029]"}.get(character, character)

    def _read_escape(self, words: Mapping[str, str]) -> str:
        for expression in (_CODE, _PROPERTY, _REFERENCE):
            found = expression.match(self._pattern, self._position)
            if found is not None:
                self._take(len(found[0]))
                return self._write(expression, found, is_inside=words is _INSIDE)
        character = self._take()
        if character in words:
            return words[character]
        if character in _KEPT or character.isdigit():
            return f"\\{character}"
        return re.escape(character) if character else "\\"

    def _write(
        self, kind: "re.Pattern[str]", found: "re.Match[str]", *, is_inside: bool
    ) -> str:
        if kind is _CODE:
            code = int(found[1] or found[2] or found[3], 16)
            return re.escape(chr(min(code, sys.maxunicode)))
        if kind is _REFERENCE:
            return f"(?P={found[1]})"
        ranges = _ranges(found[1], is_negated=found[0].startswith("P"))
        return ranges if is_inside else f"[{ranges}]"

    def _read_class(self) -> str:
        is_negated = self._pattern.startswith("^", self._position)
        self._position += is_negated
        pieces: list[str] = []
        is_word = False
        while not self._pattern.startswith("]", self._position):
            if self._position >= len(self._pattern):
                raise re.error("unterminated character set", self._pattern)
            character = self._take()
            if character == "\\":
                following = self._pattern[self._position : self._position + 1]
                pieces.append(self._read_escape(_INSIDE))
                is_word = following in "dDwWsSpP"
                continue
            # A hyphen beside a word is itself, and so are signs of sets.
            following = self._pattern[self._position : self._position + 2]
            before_word = len(following) == 2 and following in _WORDS
            is_literal = character != "-" or is_word or before_word
            escaped = character in "-[&~|" and is_literal
            pieces.append(f"\\{character}" if escaped else character)
            is_word = False
        self._take()
        if not pieces:
            return r"[\s\S]" if is_negated else r"(?!)"
        return f"[{'^' * is_negated}{''.join(pieces)}]"


_WORDS = frozenset(f"\\{letter}" for letter in "dDwWsSpP")


@cache
def _ranges(name: str, *, is_negated: bool) -> str:
    """Write the characters of a category of Unicode as ranges of a set.

    Raises:
        re.error: Python doesn't know the property.
    """
    short = _LONG_NAMES.get(name, name)
    if not _CATEGORY.fullmatch(short):
        raise re.error(f"the property {name} isn't known")
    pieces: list[str] = []
    start = -1
    for code in range(sys.maxunicode + 2):
        is_in = code <= sys.maxunicode and is_negated != (
            unicodedata.category(chr(code)).startswith(short)
        )
        if is_in and start < 0:
            start = code
        elif not is_in and start >= 0:
            pieces.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = -1
    return "".join(pieces)
