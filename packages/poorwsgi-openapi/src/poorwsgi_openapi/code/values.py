"""Checked values as the types of a handler, and what it answers as plain JSON.

A value has passed its schema before it is read here, so that nothing is asked twice;
dates and UUIDs are Python values by then.  An ``int`` is a ``float`` as well.  What is
``None`` instead of a reader leaves a value as it is.
"""

import dataclasses
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from types import NoneType
from typing import Any, Literal, TypeAlias, cast, get_args, get_origin, is_typeddict
from uuid import UUID

from poorwsgi_openapi.code.hints import UNIONS, is_object, list_fields, unwrap
from poorwsgi_openapi.code.libraries import find_library

__all__ = ["Reader", "build_reader", "build_writer", "to_plain"]

Reader: TypeAlias = Callable[[Any], Any] | None
_Fields: TypeAlias = list[tuple[str, Reader]]
_Test: TypeAlias = Callable[[Any], bool]

_SCALARS = frozenset({str, int, float, bool, NoneType})
_LISTS: Mapping[Any, Callable[[Any], Any]] = {
    list: list,
    Sequence: list,
    set: set,
    frozenset: frozenset,
    tuple: tuple,
}


def _read_text(make: Callable[[str], Any], what: str) -> Callable[[Any], Any]:
    """Build a reader of a type whose JSON is text, unless it was read already."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return make(value)
        except (ValueError, ArithmeticError):
            # Without the value, which is told in debug only.
            raise ValueError(f"is no {what}") from None

    return read


_READERS: Mapping[Any, Callable[[Any], Any]] = {
    int: lambda value: value if value.__class__ is int else int(value),
    bytes: _read_text(lambda text: b64decode(text, validate=True), "base64"),
    date: _read_text(date.fromisoformat, "date"),
    datetime: _read_text(datetime.fromisoformat, "date and time"),
    time: _read_text(time.fromisoformat, "time"),
    UUID: _read_text(UUID, "UUID"),
    Decimal: _read_text(Decimal, "decimal number"),
}


def build_reader(hint: Any) -> Reader:
    """Build what makes values of a type, of those that its schema allows."""
    return _Readers().build(hint)


class _Readers:
    """Builds readers; each class has one, which may hold itself."""

    def __init__(self) -> None:
        self._known: dict[Any, Callable[[Any], Any]] = {}

    def build(self, hint: Any) -> Reader:
        hint, _ = unwrap(hint)
        library = find_library(hint)
        if library is not None:
            return library.build_reader(hint)
        origin = get_origin(hint) or hint
        if origin in UNIONS:
            return self._build_union(get_args(hint))
        if origin in _LISTS:
            return self._build_list(origin, get_args(hint))
        if origin in (dict, Mapping):
            return self._build_mapping(get_args(hint))
        if is_object(origin):
            return self._build_object(origin)
        if isinstance(origin, type) and issubclass(origin, Enum):
            return origin
        return _READERS.get(origin)

    def _build_list(self, origin: Any, arguments: tuple[Any, ...]) -> Reader:
        make = _LISTS[origin]
        if make is tuple and arguments and arguments[-1] is not Ellipsis:
            readers = [self.build(each) for each in arguments]
            return lambda value: tuple(map(_read, readers, value))
        item = self.build(arguments[0]) if arguments else None
        if item is None:
            return None if make is list else make
        return lambda value: make([item(each) for each in value])

    def _build_mapping(self, arguments: tuple[Any, ...]) -> Reader:
        item = self.build(arguments[1]) if arguments else None
        if item is None:
            return None
        return lambda value: {key: item(each) for key, each in value.items()}

    def _build_object(self, cls: type[Any]) -> Reader:
        if cls in self._known:
            return self._known[cls]
        fields: _Fields = []
        build: Callable[[type[Any], _Fields], Callable[[Any], Any]] = _of_items
        if dataclasses.is_dataclass(cls):
            build = _of_members
        elif is_typeddict(cls):
            build = _of_some
        read = self._known[cls] = build(cls, fields)
        fields += [(field.name, self.build(field.hint)) for field in list_fields(cls)]
        if is_typeddict(cls):
            fields[:] = [each for each in fields if each[1] is not None]
            return read if fields else None
        return read

    def _build_union(self, members: tuple[Any, ...]) -> Reader:
        others = [each for each in members if each is not NoneType]
        readers = [self.build(each) for each in others]
        if not any(readers):
            return None
        if len(others) == 1:
            return lambda value: None if value is None else _read(readers[0], value)
        pairs = [*zip(map(_build_test, others), readers, strict=True)]

        def read(value: Any) -> Any:
            for fits, make in pairs:
                if fits(value):
                    return _read(make, value)
            return value

        return read


def _read(reader: Reader, value: Any) -> Any:
    return value if reader is None else reader(value)


def _of_members(cls: type[Any], fields: _Fields) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        arguments: dict[str, Any] = {}
        for name, make in fields:
            if name in value:
                item = value[name]
                arguments[name] = item if make is None else make(item)
        return cls(**arguments)

    return read


def _of_items(cls: type[Any], fields: _Fields) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        return cls(
            *[_read(make, item) for (_, make), item in zip(fields, value, strict=False)]
        )

    return read


def _of_some(_: type[Any], fields: _Fields) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        made = {**value}
        for name, make in fields:
            if name in made:
                made[name] = _read(make, made[name])
        return made

    return read


# --- unions ----------------------------------------------------------------------


def _build_test(hint: Any) -> _Test:
    """Build what tells the values of one member of a union."""
    hint, _ = unwrap(hint)
    origin = get_origin(hint) or hint
    if origin is Literal:
        return get_args(hint).__contains__
    if origin is float:
        return lambda value: value.__class__ in (int, float)
    if origin in (int, str, bool):
        return lambda value: value.__class__ is origin
    if origin in _LISTS:
        return lambda value: isinstance(value, list)
    if is_typeddict(origin) or dataclasses.is_dataclass(origin):
        return _test_object(cast("type[Any]", origin))
    if isinstance(origin, type) and issubclass(origin, Enum):
        return frozenset(each.value for each in origin).__contains__
    if origin in _READERS:
        return lambda value: isinstance(value, origin | str)
    return lambda _: True


def _test_object(cls: type[Any]) -> _Test:
    """Build what tells an object by its members, and by those that are constant."""
    required: set[str] = set()
    constants: list[tuple[str, tuple[Any, ...]]] = []
    for field in list_fields(cls):
        hint, _ = unwrap(field.hint)
        if field.is_required:
            required.add(field.name)
        if get_origin(hint) is Literal:
            constants.append((field.name, get_args(hint)))

    def test(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and required <= cast("dict[str, Any]", value).keys()
            and all(
                name not in value or value[name] in allowed
                for name, allowed in constants
            )
        )

    return test


# --- answers ---------------------------------------------------------------------


def build_writer(hint: Any) -> Reader:
    """Build what makes plain JSON of values of a type, ``None`` if they are that."""
    hint, _ = unwrap(hint)
    library = find_library(hint)
    if library is not None:
        return library.build_writer(hint)
    return None if _is_plain(hint, set()) else to_plain


def _is_plain(hint: Any, seen: set[Any]) -> bool:
    """Tell a type whose values are those of JSON already."""
    hint, _ = unwrap(hint)
    if hint in _SCALARS or hint in (Any, None, dict, list):
        return True
    origin = get_origin(hint)
    if is_typeddict(hint):
        if hint in seen:
            return True
        seen.add(hint)
        return all(_is_plain(each.hint, seen) for each in list_fields(hint))
    if origin in (dict, list, *UNIONS):
        return all(_is_plain(each, seen) for each in get_args(hint))
    return origin is Literal and all(type(x) in _SCALARS for x in get_args(hint))


def to_plain(value: Any) -> Any:
    """Make plain JSON of a value, whatever it is.

    Raises:
        TypeError: there is no JSON for it.
    """
    kind = value.__class__
    return value if kind in _SCALARS else _find_writer(kind)(value)


@lru_cache(maxsize=1024)
def _find_writer(kind: type[Any]) -> Callable[[Any], Any]:
    library = find_library(kind)
    if library is not None:
        return library.build_writer(kind)
    if issubclass(kind, Enum):
        return lambda value: to_plain(value.value)
    if dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind)]
        return lambda value: {name: to_plain(getattr(value, name)) for name in names}
    for base, write in _WRITERS.items():
        if issubclass(kind, base):
            return write
    raise TypeError(f"{kind.__qualname__} has no JSON")


def _write_list(value: Any) -> list[Any]:
    return [to_plain(each) for each in value]


def _write_date(value: Any) -> str:
    # A datetime is a date too.
    return str(value.isoformat())


def _write_mapping(value: Any) -> dict[Any, Any]:
    return {key: to_plain(each) for key, each in value.items()}


_WRITERS: Mapping[type[Any], Callable[[Any], Any]] = {
    date: _write_date,
    time: time.isoformat,
    UUID: str,
    Decimal: str,
    bytes: lambda value: b64encode(value).decode(),
    Mapping: _write_mapping,
    list: _write_list,
    tuple: _write_list,
    set: _write_list,
    frozenset: _write_list,
    str: str,
    int: int,
    float: float,
}
