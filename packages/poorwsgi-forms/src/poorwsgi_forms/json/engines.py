"""Which library decodes a type, msgspec or pydantic, so that nothing is lost.

The rules:

* Models of pydantic are decoded by pydantic, Structs by msgspec, and so is what holds
  them.
* Any other type is decoded by msgspec, if that knows all its fields, else by pydantic.
* A note in ``Annotated``, such as a limit, is for the library that it is of: the other
  one would pass it over.
* A type with a field that neither knows is the application's mistake.

What is decided is kept for each type.
"""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, Field, InitVar
from functools import lru_cache
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    get_args,
    get_origin,
    get_type_hints,
)

__all__ = ["Engine", "find_engine"]

_MARKS = (
    "__dataclass_fields__",
    "__struct_fields__",
    "__supertype__",
    "__total__",
    "__value__",
    "_field_defaults",
)
_BINARY = (bytes, bytearray, memoryview)
_QUALIFIERS = frozenset({"Final", "NotRequired", "ReadOnly", "Required"})
_NOTES = {"annotated_types": "pydantic", "msgspec": "msgspec", "pydantic": "pydantic"}


class Engine(NamedTuple):
    """How a type is decoded.

    Attributes:
        name: ``msgspec`` or ``pydantic``.
        decode: makes the object of JSON text.
    """

    name: str
    decode: Callable[[bytes], Any]


class _Part(NamedTuple):
    path: str
    hint: Any


def find_engine(type_: Any) -> Engine:
    """Find what decodes a type.

    Raises:
        TypeError: a field has a type that can't be decoded; it is named.
        RuntimeError: neither msgspec nor pydantic is installed.
    """
    try:
        hash(type_)
    except TypeError:  # Annotated with a list, for instance
        return _choose_engine(type_)
    return _find_kept(type_)


@lru_cache(maxsize=256)
def _find_kept(type_: Any) -> Engine:
    return _choose_engine(type_)


def _choose_engine(type_: Any) -> Engine:
    parts = [*_walk(type_, getattr(type_, "__name__", str(type_)), set())]
    names = ["msgspec", "pydantic"]
    if any(map(_is_pydantic, parts)):
        names = ["pydantic"]
    elif any(hasattr(part.hint, "__struct_fields__") for part in parts):
        names = ["msgspec"]
    installed = [name for name in names if importlib.util.find_spec(name)]
    if not installed:
        raise RuntimeError(
            f"json_as needs {' or '.join(names)}: pip install {names[0]}"
        )
    refusals: list[str] = []
    for name in installed:
        library, is_only = _BY_NAME[name], len(names) == 1
        # From the inside out, so that the field itself is named.
        refused = [
            part
            for part in reversed(parts)
            if not _is_noted_for(part.hint, name)
            or not library.knows(part.hint, is_only=is_only)
        ]
        if not refused:
            return Engine(name, library.build(type_, parts))
        refusals.append(f"{name} can't decode {refused[0].path}: {refused[0].hint!r}")
    raise TypeError(f"json_as doesn't know the type. {'; '.join(refusals)}")


def _is_pydantic(part: _Part) -> bool:
    # Both its models and its dataclasses have it.
    return hasattr(part.hint, "__pydantic_validator__")


def _walk(hint: Any, path: str, seen: set[int]) -> Iterator[_Part]:
    """Go through a type and the types of its fields and items, from the top down."""
    origin = get_origin(hint)
    # They say something of a field and not of its type; some are not in typing yet.
    if str(origin).rpartition(".")[2] in _QUALIFIERS:
        yield from _walk(get_args(hint)[0], path, seen)
        return
    yield _Part(path, hint)
    if origin is not Literal:
        arguments = get_args(hint)
        for argument in arguments[:1] if origin is Annotated else arguments:
            if argument is not Ellipsis:
                yield from _walk(argument, path, seen)
    owner = origin or hint
    if id(owner) in seen or not any(hasattr(owner, mark) for mark in _MARKS):
        return
    seen.add(id(owner))
    # What a NewType or an alias stands for.
    inner = getattr(owner, "__supertype__", getattr(owner, "__value__", None))
    if inner is not None:
        yield from _walk(inner, path, seen)
        return
    for name, field in _read_fields(owner, path).items():
        yield from _walk(field, f"{path}.{name}", seen)


def _read_fields(owner: Any, path: str) -> dict[str, Any]:
    """Return the types of fields, without what is written like one."""
    try:
        hints = get_type_hints(owner, include_extras=True)
    except NameError as error:
        raise TypeError(f"json_as can't read the fields of {path}: {error}") from error
    return {
        name: hint
        for name, hint in hints.items()
        if ClassVar not in (hint, get_origin(hint))
        and hint is not KW_ONLY
        and not isinstance(hint, InitVar)
    }


def _is_noted_for(hint: Any, name: str) -> bool:
    """Tell whether all notes of a type are for a library, or for none."""
    notes = [*getattr(hint, "__metadata__", ())]
    fields: dict[str, Field[Any]] = getattr(hint, "__dataclass_fields__", {})
    notes += [field.default for field in fields.values()]
    modules = [type(note).__module__.partition(".")[0] for note in notes]
    return all(_NOTES.get(module, name) == name for module in modules)


class _Msgspec:
    """msgspec, which takes what it doesn't know for a type that never fits."""

    @staticmethod
    def knows(hint: Any, *, is_only: bool) -> bool:  # noqa: ARG004
        from msgspec import inspect

        fields: dict[str, Field[Any]] = getattr(hint, "__dataclass_fields__", {})
        if not all(field.init for field in fields.values()):
            return False  # it would let a client set them
        try:
            return not isinstance(inspect.type_info(hint), inspect.CustomType)
        except TypeError:
            return False

    @staticmethod
    def build(type_: Any, parts: list[_Part]) -> Callable[[bytes], Any]:
        import msgspec

        # It loses members with names that aren't ASCII, unless it has once seen them
        # encoded (msgspec#1126).
        for part in parts:
            fields: dict[str, Any] = getattr(part.hint, "__annotations__", {})
            names = [*fields, *getattr(part.hint, "__dataclass_fields__", ())]
            msgspec.json.encode(dict.fromkeys(names))
        return msgspec.json.Decoder(type_).decode


class _Pydantic:
    """pydantic, which has to be told not to convert."""

    @staticmethod
    def knows(hint: Any, *, is_only: bool) -> bool:
        from pydantic import TypeAdapter
        from pydantic.errors import PydanticUserError

        if hint in _BINARY and not is_only:
            return False  # msgspec reads base64 there, pydantic text
        try:
            TypeAdapter(hint)
        except PydanticUserError:
            return False
        return True

    @staticmethod
    def build(type_: Any, parts: list[_Part]) -> Callable[[bytes], Any]:
        from pydantic import TypeAdapter

        # A model says itself how strict it is, for the others "2" is no number.
        outer = (part for part in parts if part.path == parts[0].path)
        strict = None if any(map(_is_pydantic, outer)) else True
        adapter: TypeAdapter[Any] = TypeAdapter(type_)
        return lambda raw: adapter.validate_json(raw, strict=strict)


_BY_NAME: dict[str, type[_Msgspec] | type[_Pydantic]] = {
    "msgspec": _Msgspec,
    "pydantic": _Pydantic,
}
