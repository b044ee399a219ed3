"""Arguments of the query, and the one way to ask for values.

``ValueAccess`` is the interface that query arguments, forms and JSON objects
share.  A key has one value or a list of them; which of the two it is depends
on the client, so handlers ask for the first or for all and need not care.
"""

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    NoReturn,
    Protocol,
    TypeVar,
    cast,
    overload,
)

from poorwsgi_core.http.urlencoded import fill_plain, parse_pairs
from poorwsgi_core.response import HTTPException
from poorwsgi_core.state import HTTP_BAD_REQUEST

__all__ = ["Args", "EmptyForm", "MissingField", "ValueAccess", "collect_values"]

_V = TypeVar("_V")
_D = TypeVar("_D")
_R = TypeVar("_R")


_NOTHING: Any = object()


class MissingField(HTTPException, KeyError):
    """A value that the handler asked for by its name was not sent (400).

    It is a KeyError, for handlers that catch it.

    Attributes:
        name: of the value.
        reason: what is told to the client.
    """

    def __init__(
        self, name: str, reason: str = "", status_code: int = HTTP_BAD_REQUEST
    ) -> None:
        self.name = name
        self.reason = reason or f"{name!r} is missing"
        super().__init__(status_code, error=self.reason)

    def __str__(self) -> str:
        return self.reason


class _HasQuery(Protocol):
    @property
    def query(self) -> str: ...


def _identity(value: Any) -> Any:
    return value


def _renamed(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    warnings.warn(
        "Argument fce is deprecated, as it was in 2.8 already: it is the old "
        "name of func. Use func instead.",
        DeprecationWarning,
        stacklevel=3,
    )
    return function


class ValueAccess(Generic[_V]):
    """Access to values by key, converted and with a default.

    Mix it into a class with ``__getitem__``, a dict for instance, whose items
    are single values of type V or lists of them.  A default is returned as it
    is given, never converted; what func raises is not caught.
    """

    if TYPE_CHECKING:

        def __getitem__(self, key: str, /) -> Any: ...

    def _stored(self, key: str, default: Any) -> Any:
        # Subclasses whose items are not the values themselves override it.
        try:
            return self[key]
        except KeyError:
            return default

    @overload
    def getvalue(self, key: str) -> _V | list[_V] | None: ...

    @overload
    def getvalue(self, key: str, default: _D) -> _V | list[_V] | _D: ...

    @overload
    def getvalue(self, key: str, default: _D, func: Callable[[Any], _R]) -> _R | _D: ...

    @overload
    def getvalue(self, key: str, *, func: Callable[[Any], _R]) -> _R | None: ...

    def getvalue(
        self, key: str, default: Any = None, func: Callable[[Any], Any] = _identity
    ) -> Any:
        """Return the whole value of a key, a list when there are several.

        Args:
            key: name of the value.
            default: what is returned when there is no such key.
            func: called with the value, a list as well; its result is returned.
        """
        value = self._stored(key, _NOTHING)
        if value is _NOTHING:
            return default
        return func(value)

    @overload
    def getfirst(self, key: str) -> _V | None: ...

    @overload
    def getfirst(self, key: str, default: _D) -> _V | _D: ...

    @overload
    def getfirst(self, key: str, default: _D, func: Callable[[_V], _R]) -> _R | _D: ...

    @overload
    def getfirst(self, key: str, *, func: Callable[[_V], _R]) -> _R | None: ...

    @overload
    def getfirst(
        self,
        key: str,
        default: Any = None,
        func: Callable[[_V], Any] = ...,
        *,
        fce: Callable[[_V], Any],
    ) -> Any: ...

    def getfirst(
        self,
        key: str,
        default: Any = None,
        func: Callable[[Any], Any] = _identity,
        fce: Callable[[Any], Any] | None = None,
    ) -> Any:
        """Return the first or only value of a key.

        Args:
            key: name of the value.
            default: what is returned when there is none.
            func: called with the value; its result is returned.
            fce: deprecated name of func.
        """
        if fce:
            func = _renamed(fce)
        value = self._stored(key, _NOTHING)
        if value is _NOTHING:
            return default
        if isinstance(value, list):
            values = cast("Sequence[Any]", value)
            if not values:
                return default
            value = values[0]
        # PERF: mostly there is nothing to convert.
        return value if func is _identity else func(value)

    @overload
    def getlist(self, key: str, default: None = None) -> list[_V]: ...

    @overload
    def getlist(self, key: str, default: _D) -> list[_V] | _D: ...

    @overload
    def getlist(
        self, key: str, default: None, func: Callable[[_V], _R]
    ) -> list[_R]: ...

    @overload
    def getlist(
        self, key: str, default: _D, func: Callable[[_V], _R]
    ) -> list[_R] | _D: ...

    @overload
    def getlist(
        self, key: str, default: None = None, *, func: Callable[[_V], _R]
    ) -> list[_R]: ...

    @overload
    def getlist(
        self,
        key: str,
        default: Any = None,
        func: Callable[[_V], Any] = ...,
        *,
        fce: Callable[[_V], Any],
    ) -> Any: ...

    def getlist(
        self,
        key: str,
        default: Any = None,
        func: Callable[[Any], Any] = _identity,
        fce: Callable[[Any], Any] | None = None,
    ) -> Any:
        """Return all values of a key in a list.

        Args:
            key: name of the values.
            default: what is returned when there is no such key; when it is
                false, an empty list is.
            func: called with each value.
            fce: deprecated name of func.
        """
        if fce:
            func = _renamed(fce)
        value = self._stored(key, _NOTHING)
        if value is _NOTHING:
            return default or []
        if isinstance(value, list):
            values = cast("Sequence[Any]", value)
            return [func(item) for item in values]
        return [func(value)]


def collect_values(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """Gather values by name: one as it is, several as a list."""
    # PERF: mostly each name is there once, and C can do it.
    pairs = [*pairs]
    single = dict(pairs)
    if len(single) == len(pairs):
        return single
    collected: dict[Any, list[Any]] = {}
    for name, value in pairs:
        collected.setdefault(name, []).append(value)
    return {
        name: values if len(values) > 1 else values[0]
        for name, values in collected.items()
    }


class EmptyForm(dict[str, Any], ValueAccess[Any]):
    """Stands where arguments, a form or JSON have not been parsed."""

    def __missing__(self, key: str) -> NoReturn:
        raise MissingField(key)

    if not TYPE_CHECKING:
        # PERF: the same as inherited, without a call in Python.
        _stored = dict.get


class Args(dict[str, str | list[str]], ValueAccess[str]):
    """Arguments of the query: one value is a str, several are a list.

    Args:
        req: the request; only its ``query`` is read, text as WSGI hands it
            over: one character per octet.
        keep_blank_values: keep arguments without a value, as ``""``.
        strict_parsing: refuse arguments without ``=``.
        max_fields: how many arguments there may be.

    Raises:
        ValueError: of a malformed query, when strict_parsing is set, and as
            ``TooManyFields`` when there are more than max_fields.
    """

    if not TYPE_CHECKING:
        # PERF: the same as inherited, without a call in Python.
        _stored = dict.get

    def __missing__(self, key: str) -> NoReturn:
        raise MissingField(key)

    def __init__(
        self,
        req: _HasQuery,
        keep_blank_values: bool | int = 0,
        strict_parsing: bool | int = 0,
        max_fields: int | None = None,
    ) -> None:
        query = req.query
        if not query:
            return
        if not query.isascii():
            query = _decode_octets(query)
        if not (keep_blank_values or strict_parsing) and fill_plain(
            self, query, max_fields
        ):
            return
        pairs = parse_pairs(
            query,
            keep_blank_values=keep_blank_values,
            strict_parsing=strict_parsing,
            max_fields=max_fields,
        )
        # PERF: one call in C; only when a name repeats, lists are needed.
        self.update(pairs)
        if len(self) != len(pairs):
            self.update(collect_values(pairs))


def _decode_octets(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return text  # not what PEP 3333 says, so somebody has decoded it already
