"""Settings of an application: type, default, check and meaning in one place.

A setting is declared as a class attribute; assigning to it on an instance
converts and checks the value.  A subclass adds settings in the same way.
"""

import logging
import os
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from poorwsgi_core.http.hosts import split_host
from poorwsgi_core.http.proxies import ProxyList, check_fields
from poorwsgi_core.request.mistakes import wiring
from poorwsgi_core.request.variables import parse_flag
from poorwsgi_core.response.json_text import JSONDumps, encode_json

__all__ = [
    "Setting",
    "Settings",
    "called",
    "limit",
    "names",
    "optional",
    "seconds",
    "whole",
]

_T = TypeVar("_T")


log = logging.getLogger("poorwsgi")

_SCRIPTS = frozenset({"data", "javascript", "vbscript"})
_LIKENESS = 0.8
"""How much of a name has to agree with a setting's, as difflib measures it."""

_NO_SETTINGS = frozenset({"request_class"})
"""What a class of applications has beside its settings."""

_ELSEWHERE = {
    "allowed_host": "trusted_hosts",
    "allowed_hosts": "trusted_hosts",
    "max_body_size": "max_content_length",
    "max_request_size": "max_content_length",
    "static_folder": "document_root",
    "static_root": "document_root",
}
"""What others call a setting."""


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
        value = self.check(value)
        instance.__dict__[self._name] = value
        if self._plain is not None:
            instance.__dict__[self._plain] = value

    def renew(self, owner: type, default: Any) -> None:
        """Give a class the same setting with another default.

        Raises:
            TypeError: the default is none, as for what is assigned.
            ValueError: likewise.
        """
        setting = type(self)(default, self._convert, str(self.__doc__), self._plain)
        setting.__set_name__(owner, self._name)
        setting.check(default)
        setattr(owner, self._name, setting)

    def check(self, value: Any) -> _T:
        """Convert what was assigned; an error tells the name."""
        try:
            return self._convert(value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{self._name}: {error}") from error

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


def whole(value: Any) -> int:
    """Convert to a whole number."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"takes a whole number, not {value!r}") from error
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(f"takes a whole number, not {value!r}")
    return number


def limit(value: Any) -> int:
    """Convert to a number that is not negative."""
    number = whole(value)
    if number < 0:
        raise ValueError(f"a limit can't be negative: {value!r}; None switches it off")
    if value is True:
        raise TypeError("takes a number or None, not True")
    return number


def called(value: Any) -> Any:
    """Keep what can be called, as it was assigned."""
    if not callable(value):
        raise TypeError(f"takes a function, not {value!r}")
    return value


def _secret(value: Any) -> Any:
    """Keep a key as it was assigned; how good it is, who uses it asks."""
    keys = () if value is None or _is_key(value) else value
    if not isinstance(keys, Sequence) or not all(map(_is_key, cast("Any", keys))):
        raise TypeError(
            "takes secrets.token_bytes(32), or several such keys with the newest "
            f"first, not {type(value).__name__}"
        )
    return value


def _is_key(value: object) -> bool:
    return isinstance(value, str | bytes)


def seconds(value: Any) -> float:
    """Keep a number as it is, so that 10 stays 10."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"takes a number of seconds or None, not {value!r}")
    if not value >= 0:  # neither is what is no number
        raise ValueError(f"takes seconds from 0 on, or None to wait, not {value!r}")
    return value


def names(value: Iterable[str]) -> tuple[str, ...]:
    """Convert several names to a tuple; a single text would count as its letters."""
    if isinstance(value, str):
        raise TypeError(f"takes several names, so write [{value!r}]")
    try:
        found = tuple(value)
    except TypeError as error:
        raise TypeError(f"takes several names, as in ['a', 'b'], not {value!r}") from (
            error
        )
    if not all(isinstance(cast("object", name), str) for name in found):
        raise TypeError(f"takes names as text, not {found!r}")
    return found


def _directory(value: "str | os.PathLike[str] | None") -> str:
    try:
        path = os.fsdecode("" if value is None else value)
    except TypeError as error:
        raise TypeError(f"takes a path, or '' for no files, not {value!r}") from error
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
    found = tuple(name.lower() for name in names(value))
    if not found:
        raise ValueError("nobody would be served: name a host, or None for all")
    for name in found:
        # A port, or a pattern, would never be equal to the name that a client sends.
        if name[0:1] in ("", ".") or "*" in name or split_host(name) != (name, None):
            raise ValueError(
                f"{name!r} is no name of a host: write each whole, without its port, "
                "and an IPv6 address in brackets"
            )
    return found


def _proxies(value: Iterable[str]) -> ProxyList:
    return ProxyList(names(value))


def _fields(value: Iterable[str]) -> tuple[str, ...]:
    return check_fields(names(value))


def _hops(value: Any) -> int:
    hops = whole(value)
    if hops < 1:
        raise ValueError(f"takes 1 or more, not {value!r}; without a proxy name none")
    return hops


def _list_settings(kind: type) -> "dict[str, Setting[Any]]":
    found = vars(kind).items()
    return {name: value for name, value in found if isinstance(value, Setting)}


def _refuse_misspelt(kind: type, name: str) -> None:
    if name[:1] == "_" or name in _NO_SETTINGS:
        return
    from difflib import get_close_matches

    settings = [
        key
        for each in kind.__mro__
        for key, value in vars(each).items()
        if isinstance(value, Setting) or (isinstance(value, property) and value.fset)
    ]
    plain = name.lower()
    close = get_close_matches(plain, settings, 1, _LIKENESS)
    meant = _ELSEWHERE.get(plain, *close[:1])
    if meant:
        raise AttributeError(
            f"There is no setting {name!r}: did you mean {meant!r}? An attribute of "
            "your own needs a name less like it",
            name=name,
            obj=kind,
        )


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
            if not hasattr(self, name):
                _refuse_misspelt(type(self), name)
            super().__setattr__(name, value)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let a class write ``debug = True`` for another default of a setting."""
        super().__init_subclass__(**kwargs)
        inherited = {
            name: setting
            for base in reversed(cls.__mro__[1:])
            for name, setting in _list_settings(base).items()
        }
        for name, value in [*vars(cls).items()]:
            if isinstance(value, Setting | property):
                continue
            if name in inherited:
                inherited[name].renew(cls, value)
            elif not hasattr(value, "__get__") and not hasattr(super(cls, cls), name):
                _refuse_misspelt(cls, name)

    def __init__(self) -> None:
        self._json_dumps: JSONDumps
        self._trusted_hosts: tuple[str, ...] | None
        # What a subclass has assigned before it calls this stays.
        assigned = {*vars(self)}
        for base in reversed(type(self).__mro__):
            for name, setting in _list_settings(base).items():
                if name not in assigned:
                    setattr(self, name, setting.default)
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
        65365, whole, "Largest body in bytes that ``req.data`` gives whole."
    )
    read_timeout = Setting["float | None"](
        10,
        optional(seconds),
        "Seconds to wait for a body that a server reads without blocking.",
    )
    keep_blank_values = Setting[int](
        0, whole, "1 keeps arguments without a value as empty text."
    )
    strict_parsing = Setting[int](
        0, whole, "1 answers a malformed query with 400 instead of skipping parts."
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
        called,
        "Encodes JSON answers, such as ``orjson.dumps``.",
        plain="_json_dumps",
    )
    secret_key = Setting[Any](
        None, _secret, "Key for tokens and sessions, by ``secrets.token_bytes(32)``."
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
        tuple(f"X-Forwarded-{part}" for part in ("For", "Host", "Port", "Proto")),
        _fields,
        "Fields that the proxies set: also X-Forwarded-Prefix, or Forwarded.",
    )
