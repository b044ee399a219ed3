"""Checked values as the types of a handler, and what it answers as plain JSON.

A value has passed its schema before it is read here, so that nothing is asked twice;
dates and UUIDs are Python values by then.  An ``int`` is a ``float`` as well.  What is
``None`` instead of a reader leaves a value as it is.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, Flag
from functools import lru_cache
from types import NoneType
from typing import Any, Literal, TypeAlias, cast, get_args, get_origin

from poorwsgi_openapi.code.hints import (
    UNIONS,
    is_object,
    is_typed_dict,
    list_fields,
    unwrap,
)
from poorwsgi_openapi.code.libraries import find_library, keep_validators
from poorwsgi_openapi.code.limits import build_check
from poorwsgi_openapi.code.texts import TEXTS, Text

__all__ = ["Reader", "build_reader", "build_writer", "to_plain"]

Reader: TypeAlias = Callable[[Any], Any] | None
_Fields: TypeAlias = list[tuple[str, Reader]]
_Test: TypeAlias = Callable[[Any], bool]

_SCALARS = frozenset({str, int, float, bool, NoneType})


def _read_set(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Build a reader of a set, of which JSON may have items that Python hasn't."""

    def read(value: Any) -> Any:
        try:
            return make(value)
        except TypeError:
            raise ValueError("has a list or an object among its items") from None

    return read


_LISTS: Mapping[Any, Callable[[Any], Any]] = {
    list: list,
    Sequence: list,
    set: _read_set(set),
    frozenset: _read_set(frozenset),
    tuple: tuple,
}


def _read_text(text: Text) -> Callable[[Any], Any]:
    """Build a reader of a type whose JSON is text, unless it was read already."""
    make = text.read

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return make(value)
        except (ValueError, ArithmeticError):
            # Without the value, which is told in debug only.
            raise ValueError(f"is no {text.name}") from None

    return read


_READERS: Mapping[Any, Callable[[Any], Any]] = {
    int: lambda value: value if value.__class__ is int else int(value),
    **{kind: _read_text(text) for kind, text in TEXTS.items()},
}


def build_reader(hint: Any) -> Reader:
    """Build what makes values of a type, of those that its schema allows."""
    return _Readers().build(hint)


class _Readers:
    """Builds readers; each class has one, which may hold itself."""

    def __init__(self) -> None:
        self._known: dict[Any, Callable[[Any], Any]] = {}

    def build(self, hint: Any) -> Reader:
        hint, notes = unwrap(hint)
        read = self._build(keep_validators(hint, notes))
        check = build_check(hint, notes)
        if check is None:
            return read

        def read_checked(value: Any) -> Any:
            made = value if read is None else read(value)
            check(made)
            return made

        return read_checked

    def _build(self, hint: Any) -> Reader:
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
            return self._build_object(hint)
        if origin is Literal:
            return _of_choices(get_args(hint))
        if isinstance(origin, type) and issubclass(origin, Enum):
            return origin if _has_scalars(origin) else _of_choices([*origin])
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
        if not arguments:
            return None
        key, item = map(self.build, arguments)
        if key is None and item is None:
            return None
        return lambda value: {
            _read(key, name): _read(item, each) for name, each in value.items()
        }

    def _build_object(self, hint: Any) -> Reader:
        if hint in self._known:
            return self._known[hint]
        cls: Any = get_origin(hint) or hint
        owner, fields = cls, list[tuple[str, Reader]]()
        build: Callable[[type[Any], _Fields], Callable[[Any], Any]] = _of_items
        if dataclasses.is_dataclass(cls):
            build = _of_members
        elif is_typed_dict(cls):
            build = _of_some
        read = self._known[hint] = build(owner, fields)
        fields += [
            (field.name, self.build(field.hint))
            for field in list_fields(hint)
            if field.access != "readOnly"
        ]
        if is_typed_dict(cls):
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


def _has_scalars(cls: type[Enum]) -> bool:
    return all(type(each.value) in _SCALARS for each in cls)


def _of_choices(members: Sequence[Any]) -> Reader:
    """Build what finds the one whose JSON a value is, where that isn't itself."""
    pairs = [(to_plain(each), each) for each in members]
    if all(plain is each for plain, each in pairs):
        return None

    def read(value: Any) -> Any:
        return next((each for plain, each in pairs if plain == value), value)

    return read


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


def _build_test(hint: Any, *, is_deep: bool = True) -> _Test:
    """Build what tells the values of one member of a union.

    Args:
        hint: the member.
        is_deep: look at the members of an object, not of those in it.
    """
    hint, _ = unwrap(hint)
    origin = get_origin(hint) or hint
    if origin in UNIONS:
        tests = [_build_test(each, is_deep=is_deep) for each in get_args(hint)]
        return lambda value: any(fits(value) for fits in tests)
    if origin is Literal:
        return [to_plain(each) for each in get_args(hint)].__contains__
    if origin in _TESTS:
        return _TESTS[origin]
    if origin in _LISTS or (isinstance(origin, type) and issubclass(origin, tuple)):
        return lambda value: isinstance(value, list)
    if is_object(origin):
        return _test_object(hint) if is_deep else lambda value: isinstance(value, dict)
    if isinstance(origin, type) and issubclass(origin, Enum):
        if issubclass(origin, Flag):
            return _TESTS[int]
        return [to_plain(each) for each in origin].__contains__
    if origin in _READERS:
        return lambda value: isinstance(value, origin | str)
    return lambda _: True


_TESTS: Mapping[Any, _Test] = {
    NoneType: lambda value: value is None,
    bool: lambda value: value.__class__ is bool,
    float: lambda value: value.__class__ in (int, float),
    int: lambda value: value.__class__ in (int, float) and value == value // 1,
    str: lambda value: value.__class__ is str,
}


def _test_object(hint: Any) -> _Test:
    """Build what tells an object by its members."""
    fields = [each for each in list_fields(hint) if each.access != "readOnly"]
    required = {each.name for each in fields if each.is_required}
    tests = [(each.name, _build_test(each.hint, is_deep=False)) for each in fields]

    def test(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and required <= cast("dict[str, Any]", value).keys()
            and all(name not in value or fits(value[name]) for name, fits in tests)
        )

    return test


# --- answers ---------------------------------------------------------------------


def build_writer(hint: Any) -> Reader:
    """Build what makes plain JSON of values of a type, ``None`` if they are that."""
    hint, notes = unwrap(hint)
    kept = keep_validators(hint, notes)
    library = find_library(kept)
    if library is not None:
        return library.build_writer(kept)
    return None if _is_plain(hint, set()) else to_plain


def _is_plain(hint: Any, seen: set[Any]) -> bool:
    """Tell a type whose values are those of JSON already."""
    hint, _ = unwrap(hint)
    if hint in _SCALARS or hint in (Any, None, dict, list):
        return True
    origin = get_origin(hint)
    if is_typed_dict(origin or hint):
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


def _write_mapping(value: Any) -> dict[Any, Any]:
    return {to_plain(key): to_plain(each) for key, each in value.items()}


_WRITERS: Mapping[type[Any], Callable[[Any], Any]] = {
    **{kind: text.write for kind, text in TEXTS.items()},
    Mapping: _write_mapping,
    list: _write_list,
    tuple: _write_list,
    set: _write_list,
    frozenset: _write_list,
    str: str,
    int: int,
    float: float,
}
