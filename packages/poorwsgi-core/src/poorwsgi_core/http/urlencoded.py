"""Name and value pairs of a query: ``a=1&name=John+Doe``.

The result is that of ``urllib.parse.parse_qsl``, for every text and every
setting; what differs is the time.  Text that isn't ASCII stands as it is and
separates the percent-encoded octets around it.
"""

import re
from binascii import a2b_qp
from typing import Any

__all__ = ["TooManyFields", "fill_plain", "parse_pairs"]

_HEX = "0123456789ABCDEFabcdef"
_OCTETS = {high + low: chr(int(high + low, 16)) for high in _HEX for low in _HEX}
_QP_MARK = ord("=")
# Marks, and what isn't printable becomes an octet that only "%1D" stands for too.
_OTHER, _BETWEEN, _EQUALS = 0x1D, "\x1e", "\x1f"
_CONTROLS = bytes([*range(0x20), 0x7F])
_TO_QP = bytes.maketrans(
    _CONTROLS + b"&=%+", bytes([_OTHER]) * len(_CONTROLS) + b"\x1e\x1f= "
)
_ASCII_RUN = re.compile("([\x00-\x7f]+)")


class TooManyFields(ValueError):
    """There are more fields than the caller allows.

    Attributes:
        limit: the number that is allowed.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} fields; send fewer or raise the limit")
        self.limit = limit


def parse_pairs(
    text: str,
    *,
    keep_blank_values: bool | int = False,
    strict_parsing: bool | int = False,
    max_fields: int | None = None,
    encoding: str = "utf-8",
    errors: str = "replace",
    separator: str = "&",
) -> list[tuple[str, str]]:
    """Parse urlencoded text to pairs of name and value.

    Args:
        text: the query or body, octets above 127 already decoded.
        keep_blank_values: keep fields without a value, or with an empty one.
        strict_parsing: refuse fields without ``=`` instead of skipping them.
        max_fields: how many fields there may be, ``None`` for any number.
        encoding: of the percent-encoded octets.
        errors: what is done with octets that encoding doesn't know.
        separator: what stands between fields; not ``+``.

    Raises:
        TooManyFields: there are more separators than max_fields allows.
        ValueError: a field has no ``=`` and strict_parsing is set, or the
            separator is empty.
    """
    if not text:
        return []
    # A text shorter than the limit can't have as many separators.
    if max_fields is not None and len(text) >= max_fields:
        _check_count(text, separator, max_fields)
    if "+" in text:
        text = text.replace("+", " ")
    pairs: list[tuple[str, str]] = []
    for field in text.split(separator):
        name, equals, value = field.partition("=")
        if not value:
            if strict_parsing and not equals:
                raise ValueError(f"query field without '=': {field[:50]!r}")
            if not keep_blank_values or not field:
                continue
        if "%" in field:
            name = _unquote(name, encoding, errors)
            value = _unquote(value, encoding, errors)
        pairs.append((name, value))
    return pairs


def fill_plain(values: dict[str, Any], text: str, max_fields: int | None) -> bool:
    """Parse text of which no name repeats, as most queries and forms are.

    PERF: it needs no list of pairs, and escapes are decoded all at once, as in
    ``_unquote``; marks stand for ``&`` and ``=`` meanwhile.  Fields without a value
    are dropped.

    Args:
        values: an empty dictionary, filled with values by name.
        text: the query or body, octets above 127 already decoded.
        max_fields: how many fields there may be, ``None`` for any number.

    Returns:
        ``False`` when the text needs ``parse_pairs``; *values* is empty then.
    """
    if max_fields is not None and len(text) >= max_fields <= text.count("&"):
        return False
    if "%" not in text:
        text, between, equals = text.replace("+", " "), "&", "="
    else:
        if not text.isascii() or text[-1] == "%" or "%1" in text:
            return False
        octets = a2b_qp(text.encode().translate(_TO_QP))
        if _QP_MARK in octets or _OTHER in octets:
            return False
        # UTF-8 takes no ASCII octet for a part of another character.
        text = octets.decode("utf-8", "replace")
        between, equals = _BETWEEN, _EQUALS
    fields = text.split(between)
    blank = bare = 0
    for field in fields:
        name, sign, value = field.partition(equals)
        if value:
            values[name] = value
        elif sign:
            blank += 1
        else:
            bare += 1
    number = len(fields) - bare
    # In decoded text, a second sign in a field would have to become "=" again.
    if len(values) + blank == number and (
        equals == "=" or text.count(equals) == number
    ):
        return True
    values.clear()
    return False


def _check_count(text: str, separator: str, max_fields: int) -> None:
    if text.count(separator) >= max_fields:
        raise TooManyFields(max_fields)


def _unquote(text: str, encoding: str, errors: str) -> str:
    if "%" not in text:
        return text
    # PERF: quoted-printable differs in the mark only and is decoded in C.  Where
    # the two disagree (malformed escapes, line breaks), a mark is left over or
    # the text is not printable.
    if "=" not in text and text[-1] != "%" and text.isascii() and text.isprintable():
        octets = a2b_qp(text.replace("%", "="))
        if _QP_MARK not in octets:
            return octets.decode(encoding, errors)
    pieces = _ASCII_RUN.split(text)
    # The odd ones are the ASCII runs, because of the group in the pattern.
    pieces[1::2] = [_unquote_run(run, encoding, errors) for run in pieces[1::2]]
    return "".join(pieces)


def _unquote_run(text: str, encoding: str, errors: str) -> str:
    first, *pieces = text.split("%")
    decoded = [first]
    for piece in pieces:
        octet = _OCTETS.get(piece[:2])
        decoded.append("%" + piece if octet is None else octet + piece[2:])
    return "".join(decoded).encode("latin-1").decode(encoding, errors)
