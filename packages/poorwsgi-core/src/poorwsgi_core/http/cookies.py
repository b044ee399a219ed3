"""Cookies: the Cookie field in, the Set-Cookie field out (RFC 6265bis).

The rules:

* A cookie whose name is no token, or whose value has a control character, is
  skipped; the others survive.  Nothing a client sends raises.
* Of several cookies with one name the first counts: browsers send the one with
  the longest, that is the most specific, path first.  ``list_values`` has all.
* In a quoted value only the quote and the backslash are escaped.  So a value
  that has been read can be sent again and comes back the same.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from poorwsgi_core.http.dates import datetime_to_http, time_to_http
from poorwsgi_core.http.headers import Headers

if TYPE_CHECKING:
    from datetime import datetime
    from http.cookies import SimpleCookie

__all__ = [
    "check_attributes",
    "list_values",
    "load_cookies",
    "parse_cookies",
    "render_cookie",
]

_MAX_COOKIES = 1000
_MAX_PAIR = 4096
_MAX_ATTRIBUTE = 1024

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile("[\x00-\x1f\x7f]")
# Blank, comma, quote and backslash are what RFC 6265 keeps out of a bare value.
_TO_QUOTE = re.compile(r'[ ,"\\]')
_HEADER = "_header"
_OCTAL = re.compile(r"\\([0-3][0-7]{2})")
_DOMAIN = re.compile(r"\.?[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*")
_HTTP_PREFIXES = ("__http-", "__host-http-")
_TEXTS = (str, bytes)
_SAME_SITE = {"strict": "Strict", "lax": "Lax", "none": "None"}


def parse_cookies(header: str) -> dict[str, str]:
    """Parse a Cookie value to names and values.

    Args:
        header: text of the field as WSGI hands it over; octets that are UTF-8
            are decoded.

    Returns:
        At most 1000 cookies; what comes after is not looked at.
    """
    cookies: dict[str, str] = {}
    for piece in header.split(";", _MAX_COOKIES)[:_MAX_COOKIES]:
        name, equals, value = piece.partition("=")
        name = name.strip(" \t")
        if not equals or name in cookies or _TOKEN.fullmatch(name) is None:
            continue
        value = value.strip(" \t")
        if _CONTROL.search(value) is None:
            cookies[name] = Headers.utf8(_unquote(value))
    return cookies


def load_cookies(
    header: str | None, kind: "type[SimpleCookie] | None" = None
) -> "SimpleCookie":
    """Parse a Cookie value to a SimpleCookie, empty when there is none.

    A cookie that has the name of an attribute (``path``, ``domain``) is left
    out: SimpleCookie can't hold it, ``parse_cookies`` can.

    Args:
        header: text of the field as WSGI hands it over.
        kind: class of what is returned.
    """
    from http.cookies import CookieError, Morsel, SimpleCookie

    cookies: SimpleCookie = (kind or SimpleCookie)()
    vars(cookies)[_HEADER] = header or ""
    for name, value in parse_cookies(header or "").items():
        morsel: Morsel[str] = Morsel()
        try:
            morsel.set(name, value, _quote(value))
        except CookieError:
            continue
        # Assigning text would quote it in another way, which we don't undo.
        cookies[name] = morsel
    return cookies


def list_values(cookies: "SimpleCookie", name: str) -> list[str]:
    """Return the values of all cookies of one name, as the client sent them.

    Args:
        cookies: what ``load_cookies`` returned.
        name: of the cookies.
    """
    header: str = vars(cookies).get(_HEADER, "")
    # One by one: of several with one name parse_cookies returns the first.
    pieces = header.split(";", _MAX_COOKIES)[:_MAX_COOKIES]
    values = [parse_cookies(piece).get(name) for piece in pieces]
    return [value for value in values if value is not None]


def render_cookie(
    name: str,
    value: str = "",
    *,
    max_age: int | None = None,
    expires: "float | datetime | None" = None,
    path: str | None = "/",
    domain: str | None = None,
    secure: bool = False,
    httponly: bool = True,
    same_site: str | None = "Lax",
    partitioned: bool = False,
) -> str:
    """Build the value of a Set-Cookie field.

    Args:
        name: a token.
        value: any text without ``;`` and control characters.
        max_age: seconds to live; 0 removes the cookie.
        expires: when it ends, seconds since the epoch or a datetime.
        path: where it is sent; ``None`` leaves it to the browser.
        domain: to which hosts it is sent; ``None`` is this one alone.
        secure: send it over TLS only.
        httponly: hide it from scripts.
        same_site: ``"Strict"``, ``"Lax"`` or ``"None"``, in any case; ``None``
            leaves it out.
        partitioned: keep one for each top-level site (CHIPS).

    Raises:
        TypeError: something is of a wrong type.
        ValueError: browsers would refuse, drop or misread the cookie.
    """
    _check_types(name, value, max_age, expires)
    _check_texts(name, path=path, domain=domain, same_site=same_site)
    _check_flags(name, secure=secure, httponly=httponly, partitioned=partitioned)
    _check_pair(name, value)
    _check_prefix(name, path, domain, secure)
    if name.lower().startswith(_HTTP_PREFIXES) and not httponly:
        raise ValueError(f"cookie {name} needs httponly=True because of its prefix")
    if partitioned and not secure:
        raise ValueError("a partitioned cookie needs secure=True")
    parts = [f"{name}={_quote(value)}"]
    if expires is not None:
        parts.append(f"Expires={_render_date(expires)}")
    if max_age is not None:
        parts.append(f"Max-Age={max_age:d}")
    if domain:
        parts.append(f"Domain={_check_domain(domain)}")
    if path:
        parts.append(f"Path={_check_path(path)}")
    if same_site is not None:
        parts.append(f"SameSite={_check_same_site(same_site, secure)}")
    flags = {"Secure": secure, "HttpOnly": httponly, "Partitioned": partitioned}
    parts.extend(flag for flag, is_set in flags.items() if is_set)
    return "; ".join(parts)


_ATTRIBUTES = tuple(render_cookie.__kwdefaults__ or ())
_SPELT = {name.replace("_", ""): name for name in _ATTRIBUTES}


def check_attributes(names: Iterable[str]) -> None:
    """Refuse what ``render_cookie`` doesn't take.

    Raises:
        TypeError: it says how the attribute is spelt here, or which there are.
    """
    for name in names:
        if name not in _ATTRIBUTES:
            spelt = _SPELT.get(name.replace("_", "").lower())
            there_are = f"there are {', '.join(_ATTRIBUTES)}"
            hint = there_are if spelt is None else f"write {spelt}"
            raise TypeError(f"A cookie has no attribute {name!r}: {hint}")


def _unquote(value: str) -> str:
    if len(value) < 2 or not (value[0] == value[-1] == '"'):
        return value
    # PERF: a pattern takes 20 times as long when everything is escaped.
    parts = value[1:-1].split("\\\\")
    return "\\".join([_unescape(part) for part in parts])


def _unescape(text: str) -> str:
    text = text.replace('\\"', '"')
    # Octets as the standard library quotes them: a comma is \\054.
    return _OCTAL.sub(_to_octet, text) if "\\" in text else text


def _to_octet(match: re.Match[str]) -> str:
    octet = chr(int(match[1], 8))
    # What no cookie may hold stays quoted, so that a value can be set again.
    return match[0] if octet == ";" or _CONTROL.match(octet) else octet


def _quote(value: str) -> str:
    if _TO_QUOTE.search(value) is None:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _render_date(moment: "float | datetime") -> str:
    if isinstance(moment, (int, float)):
        return time_to_http(moment)
    return datetime_to_http(moment)


def _check_types(name: object, value: object, max_age: object, expires: object) -> None:
    if not (isinstance(name, str) and isinstance(value, str)):
        raise TypeError(
            f"name and value of a cookie are text, not {name!r} and "
            f"{type(value).__name__}; write str(value), or json.dumps(value)"
        )
    if not isinstance(max_age, int | None):
        raise TypeError(
            f"max_age of cookie {name} is a whole number of seconds, not {max_age!r}"
        )
    # A datetime by what is asked of it: its module would be imported for nothing.
    if not (
        isinstance(expires, int | float | None) or hasattr(expires, "utctimetuple")
    ):
        raise TypeError(
            f"expires of cookie {name} is seconds since the epoch or a datetime, not "
            f"{expires!r}"
        )


def _check_texts(cookie: str, **values: object) -> None:
    for name, value in values.items():
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{name} of cookie {cookie} is text or None, not {value!r}")


def _check_flags(cookie: str, **values: object) -> None:
    for name, value in values.items():
        if isinstance(value, _TEXTS):  # any text would count as True
            raise TypeError(
                f"{name} of cookie {cookie} is True or False, not {value!r}"
            )


def _check_pair(name: str, value: str) -> None:
    if _TOKEN.fullmatch(name) is None:
        raise ValueError(
            f"{name[:50]!r} is no cookie name; use letters, digits and "
            "!#$%&'*+-.^_`|~ only"
        )
    if ";" in value or _CONTROL.search(value):
        raise ValueError(
            f"the value of cookie {name} has ';' or a control character; encode "
            "it, in base64 or percent-encoding"
        )
    size = len(name) + len(_quote(value).encode("utf-8"))
    if size > _MAX_PAIR:
        raise ValueError(
            f"cookie {name} takes {size} octets and browsers drop it; keep name "
            f"and value in {_MAX_PAIR}"
        )


def _check_prefix(
    name: str, path: str | None, domain: str | None, secure: bool
) -> None:
    prefix = name.lower()
    if prefix.startswith(("__secure-", "__host-", "__http-")) and not secure:
        raise ValueError(f"cookie {name} needs secure=True because of its prefix")
    if prefix.startswith("__host-") and (path != "/" or domain):
        raise ValueError(
            f"cookie {name} needs path='/' and no domain because of its prefix"
        )


def _check_domain(domain: str) -> str:
    if _DOMAIN.fullmatch(domain) is None or len(domain) > _MAX_ATTRIBUTE:
        raise ValueError(
            f"{domain[:50]!r} is no cookie domain; use a name without its port, of "
            "letters, digits and '-' with '.' between them"
        )
    return domain


def _check_path(path: str) -> str:
    if (
        path[0] != "/"  # browsers would take the path of the request instead
        or ";" in path
        or _CONTROL.search(path)
        or len(path.encode("utf-8")) > _MAX_ATTRIBUTE
    ):
        raise ValueError(
            f"{path[:50]!r} is no cookie path; begin it with '/', leave out ';' and "
            f"control characters, and keep it in {_MAX_ATTRIBUTE} octets"
        )
    return path


def _check_same_site(same_site: str, secure: bool) -> str:
    spelling = _SAME_SITE.get(same_site.lower())
    if spelling is None:
        raise ValueError(
            f"same_site {same_site!r} is unknown; use 'Strict', 'Lax' or 'None'"
        )
    if spelling == "None" and not secure:
        raise ValueError("same_site='None' needs secure=True")
    return spelling
