r"""Content-Disposition of a part: its name and its file name (RFC 7578 §4.2).

The rules, so that a header has one reading:

* ``name`` and ``filename`` count.  Of several, the last does.
* ``name*`` and ``filename*`` (RFC 8187) count where the plain one is missing or empty,
  is an encoded word, or is the same text with ``?`` for what isn't ASCII.
* An encoded word (RFC 2047) is decoded; .NET sends names so.
* Quotes are escaped by ``%22``, as browsers do, or else by a backslash.
* A value without quotes goes up to the next semicolon.
* ``filename*0`` and its kin (RFC 2231) don't count.

What a file may be called is not decided here.
"""

import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Mapping
from typing import TypeAlias

from poorwsgi_core.http.parameters import split_outside_quotes
from poorwsgi_forms.errors import FormError

__all__ = ["Disposition", "parse_disposition"]

_CHARSETS = frozenset({"utf-8", "utf8", "iso-8859-1", "us-ascii"})
_EXTENDED = re.compile(r"([^']*)'[^']*'(.*)", re.DOTALL)
_WORD = re.compile(r"=\?([\w-]+)(?:\*[\w-]*)?\?([BQ])\?([!->@-~]*)\?=", re.IGNORECASE)
_LOST = re.compile(r"[^\x00-\x3e\x40-\x7f]+")


# PERF: a named tuple takes longer to build than all else here.
Disposition: TypeAlias = tuple[str, str | None, str | None]
"""Kind, name and file name; ``None`` where the header says nothing."""


def parse_disposition(value: str) -> Disposition:
    """Read a Content-Disposition header.

    Raises:
        FormError: a quoted string that isn't closed, or a name that is sent only as
            ``name*`` or ``filename*``, and can't be decoded.
    """
    # PERF: what browsers send; they escape quotes and line breaks.
    pieces = value.split('"', 5)
    count = len(pieces)
    usual = count == 3 or (count == 5 and pieces[2] == "; filename=")
    if not usual or pieces[0] != "form-data; name=" or pieces[-1]:
        return _parse_parameters(value)
    name, filename = pieces[1], pieces[3] if count == 5 else None
    if "%" not in value and "=?" not in value and "\\" not in value:
        return "form-data", name, filename
    if filename is not None:
        filename = _decode("filename", filename)
    return "form-data", _decode("name", name), filename


def _decode(key: str, value: str) -> str:
    text = _unquote(key, value)
    word = _decode_words(text)
    return text if word is None else word


def _unquote(key: str, value: str) -> str:
    # Imported here: not every application has uploads, and this is slow to import.
    import multipart

    return multipart.content_disposition_unquote(value, key == "filename")


def _parse_parameters(value: str) -> Disposition:
    kind, *pieces = split_outside_quotes(value, ";")
    parameters: dict[str, str] = {}
    for piece in pieces:
        key, equals, raw = piece.partition("=")
        if equals:
            parameters[key.strip(" \t").lower()] = _check_quotes(raw.strip(" \t"))
    name = _choose(parameters, "name")
    return kind.strip(" \t").lower(), name, _choose(parameters, "filename")


def _check_quotes(value: str) -> str:
    if value.startswith('"') and (len(value) < 2 or not value.endswith('"')):
        raise FormError(f"Content-Disposition with an open quote: {value[:80]!r}")
    return value


def _choose(parameters: Mapping[str, str], key: str) -> str | None:
    """Choose between a parameter and its extended form."""
    plain, extended = parameters.get(key), parameters.get(f"{key}*")
    if plain is None and extended is None:
        return None
    other = None if extended is None else _decode_extended(extended)
    if plain is None:
        if other is None:
            raise FormError(f"{key}* is not as in RFC 8187: {extended!r:.80}")
        return other
    text = _unquote(key, plain)
    word = _decode_words(text)
    if other is not None and (word is not None or _stands_for(text, other)):
        return other
    return text if word is None else word


def _decode_extended(value: str) -> str | None:
    """Decode ``utf-8''na%C3%AFve`` (RFC 8187 §3.2), ``None`` if it is malformed."""
    match = _EXTENDED.fullmatch(value.strip('"'))
    if match is None:
        return None
    from urllib.parse import unquote_to_bytes

    return _decode_octets(unquote_to_bytes(match[2]), match[1])


def _decode_words(text: str) -> str | None:
    """Decode encoded words (RFC 2047 §2), ``None`` if it is another text."""
    # PERF: most names are none.
    if not text.startswith("=?"):
        return None
    matches = [_WORD.fullmatch(word) for word in text.split()]
    words = [match.groups() for match in matches if match is not None]
    charsets = {charset.lower() for charset, _, _ in words}
    if len(words) != len(matches) or len(charsets) != 1:
        return None
    try:
        # A character may be cut in two by the limit of 75 characters to a word.
        octets = b"".join(_decode_word(*word[1:]) for word in words)
    except Error:
        return None
    return _decode_octets(octets, charsets.pop())


def _decode_word(encoding: str, text: str) -> bytes:
    if encoding in "Bb":
        return a2b_base64(text, strict_mode=True)
    return a2b_qp(text.encode("ascii"), header=True)


def _decode_octets(octets: bytes, charset: str) -> str | None:
    if charset.lower() not in _CHARSETS:
        return None
    try:
        return octets.decode(charset)
    except UnicodeDecodeError:
        return None


def _stands_for(plain: str, other: str) -> bool:
    """Tell whether *plain* is *other* with ``?`` for what isn't ASCII, or empty.

    Some clients write ``?`` for each letter before the extension.
    """
    if "?" not in plain or not plain.isascii():
        return not plain
    stem, _, extension = plain.partition(".")
    if not stem.strip("?") and extension == other.partition(".")[2]:
        return True
    return _LOST.sub("?", plain) == _LOST.sub("?", other)
