"""Values with parameters: ``text/html; charset="utf-8"``.

The rules (RFC 9110 section 5.6.6): parameters are separated by semicolons, a
value is a token or a quoted string, and a separator inside of a quoted string
separates nothing.  A quoted string that isn't closed runs to the end, so that
every input is read once, from left to right.
"""

import re
from functools import cache

__all__ = ["parse_header", "split_outside_quotes"]

_BODY = r'((?:[^"{0}]++|"(?:[^"\\]++|\\.)*+"?)*+)'
_ESCAPED = re.compile(r'\\(["\\])')


def split_outside_quotes(text: str, separator: str) -> list[str]:
    """Split text where a separator stands outside of quoted strings.

    Args:
        text: the text; pieces keep their blanks and quotes.
        separator: ``","`` or ``";"``.

    Raises:
        TypeError: text is not a str.
    """
    if '"' not in text:
        return str.split(text, separator)
    return _compile_pieces(separator).findall(separator + text)


@cache
def _compile_pieces(separator: str) -> re.Pattern[str]:
    return re.compile(separator + _BODY.format(separator), re.DOTALL)


def parse_header(line: str) -> tuple[str, dict[str, str]]:
    r"""Split a header value into its main text and its parameters.

    Names of parameters are lower-cased.  Quotes around a value are removed and
    ``\\`` and ``\"`` in it unescaped.  A parameter without ``=`` is dropped, of
    several with one name the last wins, and ``name*=`` values stay as they are.

    Raises:
        TypeError: line is not a str.
    """
    first, *pieces = split_outside_quotes(line, ";")
    parameters: dict[str, str] = {}
    for piece in pieces:
        name, equals, value = piece.partition("=")
        if equals:
            parameters[name.strip(" \t").lower()] = _unquote(value.strip(" \t"))
    return first.strip(" \t"), parameters


def _unquote(value: str) -> str:
    if len(value) < 2 or not (value[0] == value[-1] == '"'):
        return value
    return _ESCAPED.sub(r"\1", value[1:-1])
