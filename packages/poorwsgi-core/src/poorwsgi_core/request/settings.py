"""Settings of an application: type, default, check and meaning in one place.

A setting is declared as a class attribute; assigning to it on an instance
converts and checks the value.  A subclass adds settings in the same way.
"""

import logging
import os
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from poorwsgi_core.http.forwarded import ProxyList, check_fields
from poorwsgi_core.http.hosts import split_host
from poorwsgi_core.request.mistakes import wiring
from poorwsgi_core.request.variables import parse_flag
from poorwsgi_core.response.json_text import JSONDumps, encode_json

__all__ = ["Setting", "Settings", "as_is", "limit", "optional"]

_T = TypeVar("_T")


log = logging.getLogger("poorwsgi")

_SCRIPTS = frozenset({"data", "javascript", "vbscript"})
_LIKENESS = 0.85
"""How much of a name has to agree with a setting's, as difflib measures it."""


class Setting(Generic[_T]):
    """One setting: a data descriptor that converts what is assigned.

    Args:
        default: value of a new instance, converted as well; a list is copied.
        convert: takes what was assigned and returns the value to keep, or
            raises TypeError or ValueError.
        doc: what the setting means.
        plain: name of a second, plain attribute, for what each request reads.
    """

    def __init__(
        self,
        default: Any,
        convert: Callable[[Any], _T],
        doc: str,
        plain: str | None = None,
    ) -> None:
        self.default = default
        self._convert = convert
        self._plain = plain
        self._name = ""
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __set__(self, instance: object, value: Any) -> None:
        try:
            value = self._convert(value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{self._name}: {error}") from error
        instance.__dict__[self._name] = value
        if self._plain is not None:
            instance.__dict__[self._plain] = value

    # PERF: without __get__ Python reads the instance's __dict__ itself; but up to 3.11
    # a name that the class has too costs more, so that the plain one is there.
    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> "Setting[_T]": ...
        @overload
        def __get__(self, instance: object, owner: type) -> _T: ...
        def __get__(self, instance: object | None, owner: type) -> "Setting[_T] | _T":
            """Return the value."""
            ...


def optional(convert: Callable[[Any], _T]) -> Callable[[Any], _T | None]:
    """Let a conversion pass ``None``, which switches a limit off."""
    return lambda value: None if value is None else convert(value)


def limit(value: Any) -> int:
    """Convert to a number that is not negative."""
    number = int(value)
    if number < 0:
        raise ValueError(f"a limit can't be negative: {value!r}; None switches it off")
    return number


def as_is(value: Any) -> Any:
    """Keep a value as it was assigned."""
    return value


def _seconds(value: Any) -> float:
    """Keep a number as it is, so that 10 stays 10."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"takes a number of seconds or None, not {value!r}")
    return value


def _names(value: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        raise TypeError(f"takes several names, so write [{value!r}]")
    names = tuple(value)
    if not all(isinstance(cast("object", name), str) for name in names):
        raise TypeError(f"takes names as text, not {names!r}")
    return names


def _directory(value: "str | os.PathLike[str] | None") -> str:
    path = os.fspath(value or "")
    if path and not os.path.isdir(path):
        log.error("document_root %r is no directory: no file will be found", path)
    return path


def _editor(value: str) -> str:
    text = str(value)
    scheme = text.partition(":")[0].lower()
    is_address = re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme) and "{path}" in text
    if text and (not is_address or scheme in _SCRIPTS):
        raise ValueError(
            "takes an address with {path} and {line}, such as "
            f"'vscode://file/{{path}}:{{line}}', not {text!r}"
        )
    return text


def _hosts(value: Iterable[str]) -> tuple[str, ...]:
    names = tuple(name.lower() for name in _names(value))
    if not names:
        raise ValueError("nobody would be served: name a host, or None for all")
    for name in names:
        # A port, or a pattern, would never be equal to the name that a client sends.
        if name[0:1] in ("", ".") or "*" in name or split_host(name) != (name, None):
            raise ValueError(
                f"{name!r} is no name of a host: write each whole, without its port, "
                "and an IPv6 address in brackets"
            )
    return names


def _proxies(value: Iterable[str]) -> ProxyList:
    return ProxyList(_names(value))


def _fields(value: Iterable[str]) -> tuple[str, ...]:
    return check_fields(_names(value))


def _hops(value: Any) -> int:
    hops = int(value)
    if hops < 1:
        raise ValueError(f"takes 1 or more, not {value!r}; without a proxy name none")
    return hops


def _list_settings(kind: type) -> "dict[str, Setting[Any]]":
    found = vars(kind).items()
    return {name: value for name, value in found if isinstance(value, Setting)}


class Settings:
    """Settings of the core.

    Attributes of one's own may be set beside them, unless their name is so close to
    that of a setting that it must be meant.

    Raises:
        AttributeError: the name of a setting is misspelt.
    """

    if not TYPE_CHECKING:  # with it, checkers would let every misspelt name pass

        @wiring
        def __setattr__(self, name: str, value: Any) -> None:
            if name[:1] != "_" and not hasattr(self, name):
                self._refuse_misspelt(name)
            super().__setattr__(name, value)

    def _refuse_misspelt(self, name: str) -> None:
        from difflib import get_close_matches

        kinds = type(self).__mro__
        settings = [key for kind in kinds for key in _list_settings(kind)]
        meant = get_close_matches(name.lower(), settings, 1, _LIKENESS)
        if meant:
            raise AttributeError(
                f"There is no setting {name!r}: did you mean {meant[0]!r}? An "
                "attribute of your own needs a name less like it",
                name=name,
                obj=self,
            )

    def __init__(self) -> None:
        self._json_dumps: JSONDumps = encode_json
        self._trusted_hosts: tuple[str, ...] | None = None
        for base in reversed(type(self).__mro__):
            for name, setting in _list_settings(base).items():
                default: Any = setting.default
                setattr(self, name, default)
        # PERF: they leave a split table, whose attributes Python 3.11 reads slowly.
        self.__dict__ = dict(self.__dict__)

    auto_args = Setting[bool](True, parse_flag, "Parse the query for ``req.args``.")
    auto_cookies = Setting[bool](True, parse_flag, "Parse cookies for the request.")
    auto_data = Setting[bool](
        True, parse_flag, "Keep a body of up to ``data_size`` bytes in memory."
    )
    cached_size = Setting["int | None"](
        65365, optional(limit), "Bytes read from the server at once; 0 for the default."
    )
    data_size = Setting[int](
        65365, int, "Largest body in bytes that ``req.data`` gives whole."
    )
    read_timeout = Setting["float | None"](
        10,
        optional(_seconds),
        "Seconds to wait for a body that a server reads without blocking.",
    )
    keep_blank_values = Setting[int](
        0, int, "1 keeps arguments without a value as empty text."
    )
    strict_parsing = Setting[int](
        0, int, "1 answers a malformed query with 400 instead of skipping parts."
    )
    max_form_parts = Setting["int | None"](
        1000, optional(limit), "Most arguments in a query, or fields in a form."
    )
    max_content_length = Setting["int | None"](
        None, optional(limit), "Largest request body in bytes; larger is 413."
    )
    debug = Setting[bool](
        False, parse_flag, "Show tracebacks and ``/debug-info``; never in production."
    )
    debug_locals = Setting[bool](
        False, parse_flag, "Show variables on the 500 page in debug, masked."
    )
    debug_editor = Setting[str](
        "", _editor, "Address that opens ``{path}`` at ``{line}`` in an editor."
    )
    propagate_exceptions = Setting[bool](
        False, parse_flag, "Let exceptions pass to the server, for debuggers."
    )
    document_root = Setting[str](
        "", _directory, "Directory of static files, none if empty or ``None``."
    )
    document_index = Setting[bool](
        False, parse_flag, "List directories below the document root."
    )
    redirect_slashes = Setting[bool](
        False, parse_flag, "Redirect where a slash at the end leads to a route."
    )
    follow_symlinks = Setting[bool](
        False, parse_flag, "Serve what links below the document root lead to outside."
    )
    show_hidden = Setting[bool](
        False, parse_flag, "Serve static files whose name starts with a dot."
    )
    json_dumps = Setting[JSONDumps](
        encode_json,
        as_is,
        "Encodes JSON answers, such as ``orjson.dumps``.",
        plain="_json_dumps",
    )
    secret_key = Setting[Any](
        None, as_is, "Key for tokens and sessions, by ``secrets.token_bytes(32)``."
    )
    trusted_hosts = Setting["tuple[str, ...] | None"](
        None,
        optional(_hosts),
        "Host names to serve; others get 400. None for all.",
        plain="_trusted_hosts",
    )
    trusted_proxies = Setting[ProxyList](
        (), _proxies, "Addresses and networks of proxies that are believed."
    )
    trusted_hops = Setting[int](
        1, _hops, "Number of trusted proxies in a row, each of which is believed."
    )
    trusted_fields = Setting["tuple[str, ...]"](
        ("X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto"),
        _fields,
        "Fields that the proxies set: also X-Forwarded-Prefix, or Forwarded.",
    )
