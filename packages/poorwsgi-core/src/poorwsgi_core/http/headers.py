"""The header fields of a message, and the parsers of their values.

The rules:

* Fields keep their order and the case of their names; names are compared
  without case.  A name may repeat.
* Text travels as WSGI has it (PEP 3333): one character per octet.  What a
  program writes is UTF-8, so it is converted on the way in; ``Headers.utf8``
  is the way back.
* No name that isn't a token and no control character gets in (RFC 9110
  section 5), only what a server has received is stored as it came.

The class does not know what any field means.
"""

import functools
import logging
import re
from abc import ABCMeta
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias, TypeGuard, TypeVar, cast, overload

from poorwsgi_core.http.dates import (
    HEADER_DATETIME_FORMAT,
    datetime_to_http,
    http_to_datetime,
    http_to_time,
    time_to_http,
)
from poorwsgi_core.http.negotiation import parse_negotiation, render_negotiation
from poorwsgi_core.http.parameters import parse_header
from poorwsgi_core.http.ranges import (
    RE_BYTES_RANGE,
    ContentRange,
    RangeList,
    parse_range,
)

__all__ = [
    "HEADER_DATETIME_FORMAT",
    "RE_BYTES_RANGE",
    "ContentRange",
    "Headers",
    "HeadersList",
    "RangeList",
    "check_field_name",
    "check_field_value",
    "datetime_to_http",
    "http_to_datetime",
    "http_to_time",
    "log",
    "parse_header",
    "parse_negotiation",
    "parse_range",
    "render_negotiation",
    "time_to_http",
]

log = logging.getLogger("poorwsgi")

HeadersList: TypeAlias = (
    Sequence[tuple[str, str | int]]
    | AbstractSet[tuple[str, str | int]]
    | Mapping[str, str | int]
    | tuple[str, str]
)
"""What ``Headers`` is made of, as pairs, a mapping, or one flat pair."""

_Value: TypeAlias = str | int | Sequence[tuple[object, ...]]

_PAIR_TYPES: tuple[type[Any], ...] = (tuple, list)

_D = TypeVar("_D")

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


# PERF: programs use few names, over and over.
@functools.lru_cache(maxsize=256)
def check_field_name(name: str) -> str:
    """Return the name when it is a token.

    Raises:
        TypeError: name is not a str.
        ValueError: it is not a token (RFC 9110 section 5.6.2).
    """
    if _TOKEN.fullmatch(name) is None:
        raise ValueError(
            f"{name[:50]!r} is no field name; use letters, digits and "
            "!#$%&'*+-.^_`|~ only"
        )
    return name


def check_field_value(value: str) -> str:
    """Return the value when it has no control character but HTAB.

    Raises:
        ValueError: there is one (RFC 9110 section 5.5).
    """
    # PERF: printable text is free of controls, and that is asked in C; what is
    # not printable may still be right, a no-break space for instance.
    if value.isprintable():
        return value
    if match := _CONTROL.search(value):
        raise ValueError(
            f"control character {match.group()!r} at {match.start()} of a field "
            "value; remove it, or encode the value"
        )
    return value


class Headers:
    """Ordered header fields, found by name without case.

    It is a ``Mapping`` to ``isinstance``, but iterates over pairs of name and
    value, so to type checkers it is none.

    Args:
        headers: a list, tuple or set of pairs, a mapping, one flat pair as a
            tuple, or other Headers, whose values are not converted again.
        strict: convert and check names and values; what a server has received
            is stored untouched without it.

    Raises:
        TypeError: headers is something else, or a name or value is not text.
        ValueError: an item is no pair, a name no token, or a value has control
            characters.
    """

    __slots__ = ("_pairs",)

    _pairs: list[tuple[str, str]]

    def __init__(
        self, headers: "HeadersList | Headers | None" = None, strict: bool = True
    ) -> None:
        if headers is None:
            self._pairs = []
        elif isinstance(headers, Headers):
            self._pairs = headers.to_list()
            if strict:
                _check_pairs(self._pairs)
        else:
            pairs = _to_pairs(headers)
            if strict:
                pairs = [
                    (check_field_name(name), _to_text(value)) for name, value in pairs
                ]
            self._pairs = pairs

    @classmethod
    def from_environ(cls, environ: Mapping[str, Any]) -> "Headers":
        """Return the fields of a request, untouched, from its WSGI environ.

        A field that CGI has a variable for (CONTENT_TYPE, CONTENT_LENGTH) is
        taken from there; only without it an ``HTTP_`` entry counts.
        """
        headers = cls()
        names = _FIELD_NAMES
        headers._pairs = pairs = [
            (name, value) for key, value in environ.items() if (name := names[key])
        ]
        for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if "HTTP_" + key in environ and key in environ:
                name = names[key]
                pairs[:] = [pair for pair in pairs if pair[0] != name]
                pairs.append((name, environ[key]))
        return headers

    @staticmethod
    def iso88591(value: str) -> str:
        """Return the UTF-8 octets of a text as characters, as WSGI wants them.

        Raises:
            TypeError: value is not a str.
            ValueError: value has lone surrogates.
        """
        try:
            if str.isascii(value):
                return value
            return value.encode("utf-8").decode("latin-1")
        except TypeError:
            raise TypeError(
                f"header text must be a str, not {type(value).__name__}; convert it"
            ) from None
        except UnicodeEncodeError as error:
            raise ValueError(
                f"{value[:50]!r} can't be sent as iso-8859-1 text of UTF-8: {error}"
            ) from error

    @staticmethod
    def utf8(value: str) -> str:
        """Decode text that stands for UTF-8 octets; unchanged if it doesn't."""
        if value.isascii():
            return value
        try:
            return value.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return value

    def __len__(self) -> int:
        return len(self._pairs)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._pairs)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __getitem__(self, name: str) -> str:
        lowered = name.lower()
        for key, value in self._pairs:
            if key.lower() == lowered:
                return value
        raise self._build_missing(name)

    def _build_missing(self, name: str) -> KeyError:
        """Build what is raised for a name that isn't there."""
        return KeyError(name)

    def __setitem__(self, name: str, value: _Value) -> None:
        pair = _build_pair(name, value, {})
        del self[name]
        self._pairs.append(pair)

    def __delitem__(self, name: str) -> None:
        lowered = name.lower()
        self._pairs = [pair for pair in self._pairs if pair[0].lower() != lowered]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Headers):
            return dict(self._pairs) == dict(other.to_list())
        if isinstance(other, Mapping):
            return dict(self._pairs) == dict(cast("Mapping[object, object]", other))
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Headers({repr(self.items())!r})"

    @overload
    def get(self, name: str) -> str | None: ...

    @overload
    def get(self, name: str, default: str | _D) -> str | _D: ...

    def get(self, name: str, default: object = None) -> object:
        """Return the first value of a name, or the default."""
        lowered = name.lower()
        for key, value in self._pairs:
            if key.lower() == lowered:
                return value
        return default

    def get_all(self, name: str) -> tuple[str, ...]:
        """Return all values of a name."""
        lowered = name.lower()
        return tuple([value for key, value in self._pairs if key.lower() == lowered])

    def names(self) -> tuple[str, ...]:
        """Return the names in order, each as often as it occurs."""
        return tuple([name for name, _ in self._pairs])

    def keys(self) -> tuple[str, ...]:
        """Return the same as ``names()``."""
        return self.names()

    def values(self) -> tuple[str, ...]:
        """Return the values in order."""
        return tuple([value for _, value in self._pairs])

    def items(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of name and value in order."""
        return tuple(self._pairs)

    def to_list(self) -> list[tuple[str, str]]:
        """Return a list of the pairs, as ``start_response`` wants it."""
        return self._pairs.copy()

    def setdefault(self, name: str, value: str | int) -> str | int:
        """Return the first value of a name; add the given one if there is none."""
        present = self.get(name)
        if present is not None:
            return present
        self.add_header(name, value)
        return value

    def add(self, name: str, value: _Value) -> None:
        """Append a field whose name isn't there yet; Set-Cookie may repeat.

        Raises:
            KeyError: the name is there; assign to it, or use ``add_header``.
        """
        if name.lower() != "set-cookie" and name in self:
            raise KeyError(f"{name} is there; assign to replace it, or add_header")
        self.add_header(name, value)

    def add_header(
        self,
        name: str,
        value: _Value | None = None,
        **kwargs: str | int | None,
    ) -> None:
        """Append a field, with parameters.

        Args:
            name: name of the field.
            value: text or number; or a list or tuple of pairs of value and
                quality, as ``render_negotiation`` takes them.
            **kwargs: parameters; ``_`` in a name stands for ``-``, values are
                quoted, and one without a value (``None`` or ``""``) is the bare
                name.  Text that isn't ASCII is sent as UTF-8, in the quoted
                form: browsers read a ``filename`` so.

        Raises:
            TypeError: the value is neither text nor number.
            ValueError: there is nothing to send, or a character is not allowed.
        """
        self._pairs.append(_build_pair(name, value, kwargs))


# Not a static base: a Mapping has to iterate over its keys.
cast("ABCMeta", Mapping).register(Headers)


def _to_pairs(headers: Any) -> list[tuple[str, Any]]:
    if _is_mapping(headers):
        return list(headers.items())
    if not _is_collection(headers):
        raise TypeError(
            f"headers can't be made of {type(headers).__name__}; use a list, tuple "
            "or set of pairs, or a dict"
        )
    if isinstance(headers, tuple) and _is_text_pair(headers):
        return [headers]
    return [_to_pair(item) for item in headers]


# PERF: the abstract classes answer 4 times slower, so they are asked last.
def _is_mapping(headers: object) -> TypeGuard[Mapping[str, Any]]:
    if isinstance(headers, _PAIR_TYPES):
        return False
    return isinstance(headers, (dict, Mapping))


def _is_collection(headers: object) -> TypeGuard[Iterable[object]]:
    if isinstance(headers, (str, bytes)):
        return False
    return isinstance(headers, (list, tuple, Sequence, AbstractSet))


def _is_text_pair(items: tuple[object, ...]) -> TypeGuard[tuple[str, str]]:
    return len(items) == 2 and all(isinstance(item, str) for item in items)


def _to_pair(item: Any) -> tuple[str, Any]:
    if isinstance(item, _PAIR_TYPES) and len(item) == 2:
        return item[0], item[1]
    raise ValueError(f"a header is a pair of name and value, not {item!r:.50}")


def _to_text(value: Any) -> str:
    # PERF: nearly all values are ready; the rest costs three calls more.
    if isinstance(value, str) and value.isascii() and value.isprintable():
        return value
    if isinstance(value, int):
        return str(value)
    return check_field_value(Headers.iso88591(value))


def _check_pairs(pairs: list[tuple[str, str]]) -> None:
    for name, value in pairs:
        check_field_name(name)
        check_field_value(value)


def _build_pair(
    name: str, value: _Value | None, parameters: Mapping[str, str | int | None]
) -> tuple[str, str]:
    check_field_name(name)
    if isinstance(value, (list, tuple)):
        return name, _to_text(render_negotiation(value))
    if not parameters:
        if value is None:
            raise ValueError(f"header {name} has neither value nor parameters")
        return name, _to_text(value)
    parts = [] if value is None else [_to_text(value)]
    for key, item in parameters.items():
        parts.append(_render_parameter(key.replace("_", "-"), item))
    return name, "; ".join(parts)


def _render_parameter(name: str, value: str | int | None) -> str:
    check_field_name(name)
    if value is None or value == "":
        return name
    text = _to_text(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}="{text}"'


class _FieldNames(dict[str, str]):
    """Environ keys to field names, ``""`` for what is no field.

    Clients choose the keys, so it stops growing; the common ones are there
    from the beginning.
    """

    _MAX_ENTRIES = 1024
    _MAX_LENGTH = 64

    def __missing__(self, key: str) -> str:
        name = ""
        if key.startswith("HTTP_"):
            name = "-".join([word.capitalize() for word in key[5:].split("_")])
        if len(self) < self._MAX_ENTRIES and len(key) <= self._MAX_LENGTH:
            self[key] = name
        return name


_COMMON_FIELDS = (
    "ACCEPT ACCEPT_CHARSET ACCEPT_ENCODING ACCEPT_LANGUAGE AUTHORIZATION "
    "CACHE_CONTROL CONNECTION COOKIE DNT EXPECT FORWARDED HOST IF_MATCH "
    "IF_MODIFIED_SINCE IF_NONE_MATCH IF_RANGE IF_UNMODIFIED_SINCE ORIGIN PRAGMA "
    "PRIORITY RANGE REFERER SEC_FETCH_DEST SEC_FETCH_MODE SEC_FETCH_SITE "
    "SEC_FETCH_USER TE TRANSFER_ENCODING UPGRADE UPGRADE_INSECURE_REQUESTS "
    "USER_AGENT VIA X_FORWARDED_FOR X_FORWARDED_HOST X_FORWARDED_PROTO "
    "X_REAL_IP X_REQUESTED_WITH"
)

_FIELD_NAMES = _FieldNames(CONTENT_TYPE="Content-Type", CONTENT_LENGTH="Content-Length")
for _field in _COMMON_FIELDS.split():
    _FIELD_NAMES["HTTP_" + _field]
