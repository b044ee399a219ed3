"""Sessions in a cookie: ``Session`` as plain text, ``PoorSession`` encrypted.

The rules:

* A handler builds a session, loads it from ``req.cookies``, changes ``data``, and
  sends it with ``header(response)``.  Nothing happens behind its back.
* ``data`` change only when the whole cookie has been checked.  Whatever else a
  client sends raises SessionError, and nothing but that.
* Whoever has the cookie has the session, until its time is over: a copy lives on
  after ``destroy()``.  ``ServerSession`` ends everywhere.

How cookies are encrypted stands in ``sealing``, which is imported by the first
session that needs it.
"""

import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from time import time
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from poorwsgi_auth.keys import read_keys
from poorwsgi_auth.sessions.compression import (
    BZ2_IF_NEEDED,
    Compressor,
    NoCompress,
    compress,
    decompress,
    name_compressor,
)
from poorwsgi_auth.sessions.payload import decode_data, encode_data
from poorwsgi_auth.sessions.tokens import check_token, get_token
from poorwsgi_core.http.cookies import list_values, render_cookie
from poorwsgi_core.http.dates import time_to_http
from poorwsgi_core.state import find_caller

if TYPE_CHECKING:
    from collections.abc import Sequence
    from http.cookies import SimpleCookie

    from poorwsgi_auth.sessions.sealing import Sealer
    from poorwsgi_core import Request

    Keys: TypeAlias = str | bytes | Sequence[str | bytes]

__all__ = [
    "HeaderTarget",
    "NoCompress",
    "PoorSession",
    "Session",
    "SessionError",
    "check_token",
    "get_token",
]

log = logging.getLogger("poorwsgi")

_MOST_BYTES = 4096
_SEALING_BYTES = 41
"""What sealing adds, before it is made text."""

_MOST_TRIED = 5
"""Cookies of one name that are looked at."""

_OF_VERSION_2 = re.compile(
    r"Qlpo[A-Za-z0-9+/]+={0,2}"  # bzip2
    r"|[A-Za-z0-9+/]+={0,2}\.[A-Za-z0-9+/]{43}="  # with a signature
)
"""What ``PoorSession`` of 2.x wrote; a sealed text begins with A and has no dot."""

_SAME_SITES = ("Strict", "Lax", "None")


class SessionError(RuntimeError):
    """A session that can't be read or written; its cause tells more."""


class HeaderTarget(Protocol):
    """A Response or Headers."""

    def add_header(self, name: str, value: str, /) -> None:
        """Append a header."""
        ...


class Session:
    """A cookie that holds one text, for everybody to read and to change.

    Args:
        expires: seconds until the browser drops it; 0 when the browser ends.
        max_age: the same as Max-Age, which browsers prefer.
        domain: to which hosts it is sent; empty for this one alone.
        path: where it is sent; ``None`` leaves it to the browser.
        secure: send it over TLS only.
        same_site: ``"Strict"``, ``"Lax"``, ``"None"``, or ``False`` to leave it out.
        sid: name of the cookie.
        partitioned: keep one for each top-level site (CHIPS).

    Raises:
        ValueError: browsers would refuse, drop or misread such a cookie.
    """

    def __init__(
        self,
        expires: int = 0,
        max_age: int | None = None,
        domain: str = "",
        path: str | None = "/",
        secure: bool = False,
        same_site: str | bool = False,
        sid: str = "SESSID",
        *,
        partitioned: bool = False,
    ) -> None:
        self._sid = sid
        self._attributes = _build_attributes(
            sid, max_age, path, domain, secure, same_site, partitioned
        )
        if expires:
            _check_seconds(expires)
        self._lifetime = expires
        self._expires: float | None = None
        self._value = ""
        self._is_destroyed = False
        self.data: Any = self._no_data()

    @property
    def sid(self) -> str:
        """Name of the cookie."""
        return self._sid

    @property
    def cookie(self) -> "SimpleCookie":
        """The cookie as it was written last, new at each access.

        ``Partitioned`` is in it from Python 3.14 on.
        """
        from http.cookies import SimpleCookie

        attributes, cookie = self._attributes, SimpleCookie()
        cookie[self._sid] = self._value
        morsel = cookie[self._sid]
        morsel["httponly"] = True
        if self._expires is not None:
            morsel["expires"] = time_to_http(self._expires)
        if attributes["max_age"] is not None:
            morsel["max-age"] = attributes["max_age"]
        for name in ("domain", "path", "secure", "same_site", "partitioned"):
            key = name.replace("_", "")
            if attributes[name] and key in morsel:
                morsel[key] = attributes[name]
        return cookie

    def load(self, cookies: "SimpleCookie | None") -> None:
        """Take the data of a request's cookie.

        Args:
            cookies: of the request; anything else but a SimpleCookie, and one
                without this session, change nothing.

        Raises:
            SessionError: the cookie is broken, too old, or not of this session;
                ``data`` are as they were.  Of several cookies with this name,
                none is of use.
        """
        # PERF: told by its morsels, a SimpleCookie needs no import here.
        if not isinstance(cookies, dict):
            return
        text: str | None = getattr(cookies.get(self._sid), "value", None)
        if not text:
            if text is not None:
                # Ended for one path or domain, and alive for another.
                self._load_another(cookies)
            return
        try:
            self.data = self._decode(text)
        except (ValueError, RecursionError) as error:
            if self._load_another(cookies):
                return
            log.info("Session %s refused: %r", self._sid, error)
            raise SessionError(f"session {self._sid} refused: {error}") from error

    def _load_another(self, cookies: "SimpleCookie") -> bool:
        """Try the further cookies of the name; tell whether one was right.

        A browser sends all of them when path or domain have changed.
        """
        for text in list_values(cookies, self._sid)[1:_MOST_TRIED]:
            with suppress(ValueError, RecursionError):
                self.data = self._decode(text)
                return True
        return False

    def write(self) -> str:
        """Put the data into the cookie and return its text.

        Raises:
            SessionError: the data can't be kept, or name and text have more
                than the 4096 bytes that browsers keep.
            TypeError: there is something in the data that JSON doesn't know.
        """
        if self._is_destroyed:
            return self._value
        try:
            value = self._encode()
        except (ValueError, RecursionError) as error:
            raise SessionError(
                f"session {self._sid} can't be written: {error}"
            ) from error
        size = len(self._sid) + len(value.encode("utf-8", "surrogatepass"))
        if size > _MOST_BYTES:
            raise SessionError(
                f"session {self._sid} takes {size} bytes and browsers keep "
                f"{_MOST_BYTES}; store less, or use ServerSession"
            )
        self._value = value
        if self._lifetime:
            self._expires = time() + self._lifetime
        return value

    def destroy(self) -> None:
        """Drop the data, and tell the client to drop the cookie.

        It can't be undone: for another session build another object.
        """
        self.data = self._no_data()
        self._is_destroyed = True
        self._value, self._expires = "", 0.0
        self._attributes = {**self._attributes, "max_age": 0}

    def header(self, headers: HeaderTarget | None = None) -> list[tuple[str, str]]:
        """Write the session and return its header, ready to be sent.

        Args:
            headers: a Response, or Headers, to append it to.

        Raises:
            SessionError: see ``write``; or the text can't be in a cookie.
        """
        self.write()
        return self._send(headers)

    def _send(self, headers: HeaderTarget | None) -> list[tuple[str, str]]:
        try:
            text = render_cookie(
                self._sid, self._value, expires=self._expires, **self._attributes
            )
        except ValueError as error:
            raise SessionError(f"session {self._sid}: {error}") from error
        if headers is not None:  # empty Headers are false
            headers.add_header("Set-Cookie", text)
        return [("Set-Cookie", text)]

    def _no_data(self) -> Any:
        return ""

    def _encode(self) -> str:
        return str(self.data)

    def _decode(self, text: str) -> Any:
        return text


class PoorSession(Session):
    """A cookie that holds a dictionary, encrypted and authenticated.

    Args:
        secret_key: 32 random bytes that are kept secret, such as
            ``secrets.token_bytes(32)``; or up to eight keys, of which the first
            writes and all read.  A request here is deprecated.
        expires: see Session; older cookies are refused.
        max_age: see Session; older cookies are refused.
        domain: see Session.
        path: see Session.
        secure: see Session.
        same_site: see Session.
        compress: compresses what is large: ``bz2``, ``zlib``, ``gzip``, an object
            like these, or ``None``; the same for writing and reading.  By default
            it is ``bz2``, for data alone that don't fit otherwise; their cookie
            then has the full size.
        sid: see Session.
        partitioned: see Session.

    Raises:
        SessionError: there is no key, or it is of no use.
        ValueError: see Session.
    """

    data: dict[str, Any]
    """What is kept, whatever JSON can hold."""

    def __init__(
        self,
        secret_key: "Keys | Request | None",
        expires: int = 0,
        max_age: int | None = None,
        domain: str = "",
        path: str | None = "/",
        secure: bool = False,
        same_site: str | bool = False,
        compress: Compressor | None = BZ2_IF_NEEDED,
        sid: str = "SESSID",
        *,
        partitioned: bool = False,
    ) -> None:
        super().__init__(
            expires,
            max_age,
            domain,
            path,
            secure,
            same_site,
            sid,
            partitioned=partitioned,
        )
        age = self._attributes["max_age"]
        self._max_age: int | None = (expires or None) if age is None else age
        self._compressor = compress
        # A token has no NUL, so names can't run into one another.
        self._room = (_MOST_BYTES - len(sid)) * 3 // 4 - _SEALING_BYTES
        self._context = f"{sid}\0{name_compressor(compress)}".encode()
        request: Any = secret_key if hasattr(secret_key, "secret_key") else None
        if request is None:
            self._sealer = _get_sealer(_read_secrets(secret_key))
            return
        _warn_of_request(*find_caller())
        self._sealer = _get_sealer(_read_secrets(request.secret_key))
        self._load_of_request(request.cookies)

    def _load_of_request(self, cookies: "SimpleCookie | None") -> None:
        """Load at once, and take what 2.x wrote for nothing.

        Applications that give the request load where users log in and out, too:
        whoever brings a cookie of 2.x could do neither.
        """
        try:
            self.load(cookies)
        except SessionError:
            text: Any = cookies and cookies[self._sid].value
            if not _OF_VERSION_2.fullmatch(text):
                raise
            log.warning("Session %s is of PoorWSGI 2: an empty one is begun", self._sid)

    def _no_data(self) -> Any:
        return {}

    def _encode(self) -> str:
        return self._sealer.seal(
            compress(encode_data(self.data), self._compressor, self._room),
            self._context,
        )

    def _decode(self, text: str) -> dict[str, Any]:
        if len(text) > _MOST_BYTES:
            raise ValueError("longer than any session")
        plain = self._sealer.open(text, self._context, self._max_age)
        return decode_data(decompress(plain, self._compressor))


def _check_seconds(expires: object) -> None:
    if not isinstance(expires, int | float):
        raise TypeError(
            f"expires takes seconds, not {expires!r}; what stands behind it is "
            "given by its name, as same_site='Lax'"
        )


# PERF: an application has few sorts of sessions, and builds them over and over.
@lru_cache(maxsize=64)
def _build_attributes(
    sid: str,
    max_age: int | None,
    path: str | None,
    domain: str,
    secure: bool,
    same_site: str | bool,
    partitioned: bool,
) -> Mapping[str, Any]:
    """Check what Session takes, and return it as ``render_cookie`` takes it."""
    if same_site and same_site not in _SAME_SITES:
        raise ValueError(
            f"same_site {same_site!r} is not valid; use 'Strict', 'Lax', 'None' or "
            "False"
        )
    if same_site == "None" and not secure:
        raise ValueError("same_site='None' requires secure=True")
    attributes: dict[str, Any] = {
        "max_age": None if max_age is None else int(max_age),
        "path": path,
        "domain": domain or None,
        "secure": bool(secure),
        "same_site": same_site or None,
        "partitioned": bool(partitioned),
    }
    render_cookie(sid, **attributes)
    return attributes


def _read_secrets(secret_key: object) -> tuple[bytes, ...]:
    try:
        secrets = read_keys(secret_key)
    except (TypeError, ValueError) as error:
        raise SessionError(str(error)) from error
    if not secrets:
        raise SessionError(
            "secret_key is empty; set app.secret_key = secrets.token_bytes(32), once "
            "for all processes"
        )
    return secrets


@lru_cache(maxsize=64)
def _warn_of_request(path: str, line: int) -> None:
    """Tell once of each place, else it would be told with each request."""
    log.warning(
        "PoorSession(request) is deprecated: write PoorSession(secret_key), then "
        "load(req.cookies) (%s:%d)",
        path,
        line,
    )


# PERF: deriving keys costs more than all the rest of a session.
@lru_cache(maxsize=64)
def _get_sealer(secrets: tuple[bytes, ...]) -> "Sealer":
    from poorwsgi_auth.sessions.sealing import Sealer

    return Sealer(secrets)
