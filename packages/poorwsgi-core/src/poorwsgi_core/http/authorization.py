r"""The Authorization field: a scheme and its credentials (RFC 9110 section 11).

The rules:

* Whatever is malformed is skipped; only too long a field is an error.
* A parameter given twice proves nothing, so it is left out altogether, and so
  is ``username`` when ``username*`` is there too (RFC 7616 section 3.4).
* Names of parameters are lower-cased, quoted values lose their quotes and
  backslashes, and UTF-8 octets in them are decoded.

The module does not know whether anybody may do anything.
"""

import re

from poorwsgi_core.http.headers import Headers
from poorwsgi_core.http.parameters import split_outside_quotes

__all__ = ["parse_authorization"]

_MAX_LENGTH = 8192

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_QUOTED = re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_TOKEN68 = re.compile(r"[0-9A-Za-z._~+/-]+=*")
_DIGEST_NAMES = frozenset(
    [
        "username",
        "realm",
        "nonce",
        "uri",
        "response",
        "algorithm",
        "cnonce",
        "opaque",
        "qop",
        "nc",
        "userhash",
    ]
)


def parse_authorization(value: str) -> dict[str, str]:
    """Parse an Authorization value.

    Returns:
        ``type`` is the scheme, capitalised, ``""`` when there is none.  Basic
        gives ``username`` and ``password``, Bearer ``token``, when they are
        well-formed; any other scheme its parameters, Digest for instance.
        ``username*`` in UTF-8 gives a decoded ``username`` besides.

    Raises:
        ValueError: the value is longer than 8 KiB.
    """
    if len(value) > _MAX_LENGTH:
        raise ValueError(
            f"Authorization of {len(value)} octets; at most {_MAX_LENGTH} are read"
        )
    scheme, _, rest = value.strip(" \t").partition(" ")
    scheme = scheme.capitalize()
    parse = _PARSERS.get(scheme, _parse_parameters)
    # Last, because a parameter may be called the same.
    return {**parse(rest.strip(" \t")), "type": scheme}


def _parse_basic(credentials: str) -> dict[str, str]:
    from binascii import a2b_base64

    try:
        raw = a2b_base64(credentials, strict_mode=True)
    except ValueError:
        return {}
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        # RFC 7617 wants UTF-8; requests and old browsers send this.
        text = raw.decode("latin-1")
    username, colon, password = text.partition(":")
    return {"username": username, "password": password} if colon else {}


def _parse_bearer(credentials: str) -> dict[str, str]:
    return {"token": credentials} if _TOKEN68.fullmatch(credentials) else {}


def _parse_parameters(text: str) -> dict[str, str]:
    found = _parse_plain_parameters(text)
    return _parse_any_parameters(text) if found is None else found


def _parse_plain_parameters(text: str) -> dict[str, str] | None:
    # PERF: nearly all clients send what needs no closer look: ASCII without a
    # backslash, names of Digest in lower case, no comma inside of quotes.  Then
    # splitting is enough, four times as fast.
    if "\\" in text or not text.isascii():
        return None
    found: dict[str, str] = {}
    for piece in text.split(","):
        name, _, value = piece.strip(" \t").partition("=")
        if name not in _DIGEST_NAMES or name in found:
            return None
        match value.split('"'):
            case ["", inside, ""]:
                found[name] = inside
            case [token] if _TOKEN.fullmatch(token):
                found[name] = token
            case _:
                return None
    return found


def _parse_any_parameters(text: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    repeated: set[str] = set()
    for piece in split_outside_quotes(text, ","):
        name, _, raw = piece.partition("=")
        name = name.strip(" \t").lower()
        value = _parse_value(raw.strip(" \t"))
        if value is None or _TOKEN.fullmatch(name) is None:
            continue
        if name in parameters:
            repeated.add(name)
        parameters[name] = value
    _add_extended_username(parameters, repeated)
    return {name: parameters[name] for name in parameters if name not in repeated}


def _parse_value(raw: str) -> str | None:
    if match := _QUOTED.fullmatch(raw):
        return Headers.utf8(_ESCAPED.sub(r"\1", match[1]))
    return raw if _TOKEN.fullmatch(raw) else None


def _add_extended_username(parameters: dict[str, str], repeated: set[str]) -> None:
    extended = parameters.get("username*")
    if extended is None:
        return
    if "username" in parameters or "username*" in repeated:
        repeated.add("username")
        return
    username = _decode_extended(extended)
    if username is not None:
        parameters["username"] = username


def _decode_extended(value: str) -> str | None:
    # RFC 8187: charset'language'percent-encoded.
    from urllib.parse import unquote

    charset, _, rest = value.partition("'")
    _, quote, encoded = rest.partition("'")
    if charset.lower() != "utf-8" or not quote:
        return None
    try:
        return unquote(encoded, errors="strict")
    except UnicodeDecodeError:
        return None


_PARSERS = {"Basic": _parse_basic, "Bearer": _parse_bearer}
