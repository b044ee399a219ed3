"""Type hints, taken apart: aliases, unions, and the members of classes.

A class with type variables, such as ``Page[Pet]``, has members of its own for each
type that it is of; those of its bases are of what these are given.
"""

import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    NamedTuple,
    NewType,
    NotRequired,
    Required,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from poorwsgi_openapi.code.markers import ABSENT

__all__ = [
    "UNIONS",
    "Field",
    "is_object",
    "is_typed_dict",
    "list_fields",
    "name_type",
    "read_docstring",
    "read_hints",
    "strip_null",
    "unwrap",
]

UNIONS = (Union, UnionType)
"""What ``get_origin`` says of ``X | Y`` and of ``Union[X, Y]``."""

_CONSTANT_FACTORIES = (dict, frozenset, list, set, tuple)
_Binding: TypeAlias = Mapping[Any, Any]
"""What type variables stand for."""


class Field(NamedTuple):
    """A member of an object.

    Attributes:
        name: what it is called.
        hint: its type.
        is_required: it can't be left out.
        default: what it is then, if that is known.
        access: ``readOnly`` for what is only answered, ``writeOnly`` for what is only
            read.
    """

    name: str
    hint: Any
    is_required: bool
    default: Any = ABSENT
    access: str = ""


def unwrap(hint: Any) -> tuple[Any, list[Any]]:
    """Take ``Annotated`` and aliases off a type; returns it and what they add."""
    notes: list[Any] = []
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            notes = [*more, *notes]
        elif get_origin(hint) in (Required, NotRequired, Final) or _is_frozen(hint):
            hint = get_args(hint)[0]
        elif isinstance(hint, NewType):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":  # since Python 3.12
            hint = hint.__value__
        else:
            return hint, notes


def strip_null(hint: Any) -> Any:
    """Take ``None`` out of a union: of what may be left out, and is never null."""
    inner, notes = unwrap(hint)
    if get_origin(inner) not in UNIONS:
        return hint
    members = tuple(each for each in get_args(inner) if each is not NoneType)
    inner = Union[members]  # noqa: UP007 - their number isn't known
    return Annotated[(inner, *notes)] if notes else inner


def is_typed_dict(cls: Any) -> bool:
    """Tell a TypedDict, that of ``typing_extensions`` as well."""
    return is_typeddict(cls) or type(cls).__name__ == "_TypedDictMeta"


def is_object(cls: Any) -> bool:
    """Tell a class whose members are known: they make an object of JSON."""
    known: Any = cls
    return isinstance(cls, type) and (
        dataclasses.is_dataclass(cls) or is_typed_dict(known) or _is_named_tuple(known)
    )


def name_type(hint: Any) -> str:
    """Return the name of a type, in which those stand that it is of."""
    hint, _ = unwrap(hint)
    name = getattr(get_origin(hint) or hint, "__name__", str(hint))
    return "_".join([name, *map(name_type, get_args(hint))])


def list_fields(hint: Any) -> list[Field]:
    """List the members of a dataclass, a TypedDict or a named tuple.

    Args:
        hint: the class, or such as ``Page[Pet]``.

    Raises:
        TypeError: a type that is named in it isn't known.
    """
    cls: Any = get_origin(hint) or hint
    hints = _read_members(cls, get_args(hint))
    if dataclasses.is_dataclass(cls):
        return [*_list_members(cls, hints)]
    if is_typed_dict(cls):
        required = cls.__required_keys__
        return [
            Field(name, hint, _is_required(hint, usual=name in required))
            for name, hint in hints.items()
        ]
    defaults: dict[str, Any] = cls._field_defaults  # documented, as _fields is
    return [
        Field(
            name, hints.get(name, Any), name not in defaults, defaults.get(name, ABSENT)
        )
        for name in cls._fields
    ]


def read_hints(owner: Any) -> dict[str, Any]:
    """Read the type hints of a class or a function.

    Raises:
        TypeError: a name in them isn't known.
    """
    code: Any = owner
    if not isinstance(owner, type) and not hasattr(owner, "__annotations__"):
        code = type(owner).__call__  # an object that can be called
    try:
        return get_type_hints(code, include_extras=True)
    except NameError as error:
        raise TypeError(
            f"The types of {code.__qualname__} in {code.__module__} can't be read: "
            f"{error}; define or import it where all can see it, and not below "
            "TYPE_CHECKING"
        ) from error


def read_docstring(owner: Any) -> str:
    """Return the docstring of a class, unless it was made for it or inherited."""
    text = owner.__dict__.get("__doc__") or ""
    made = (f"{owner.__name__}(", "An enumeration.")
    return "" if text.startswith(made) else inspect.cleandoc(text)


def _is_frozen(hint: Any) -> bool:
    # ReadOnly of typing, since Python 3.13, or of typing_extensions.
    return getattr(get_origin(hint), "_name", "") == "ReadOnly"


def _is_required(hint: Any, *, usual: bool) -> bool:
    # What is a text at first, the class itself doesn't look at.
    while _is_frozen(hint):
        hint = get_args(hint)[0]
    origin = get_origin(hint)
    return origin is Required if origin in (Required, NotRequired) else usual


def _is_named_tuple(cls: Any) -> bool:
    return hasattr(cls, "_field_defaults") and issubclass(cls, tuple)


# --- type variables --------------------------------------------------------------


def _read_members(cls: type[Any], arguments: tuple[Any, ...]) -> dict[str, Any]:
    """Read the type hints of a class whose type variables are known."""
    hints = read_hints(cls)
    bindings = _bind(cls, arguments)
    if not any(bindings.values()):
        return hints
    if is_typed_dict(cls):  # which has no bases any more
        everything = {
            key: each for one in bindings.values() for key, each in one.items()
        }
        return {name: _replace(hint, everything) for name, hint in hints.items()}
    owners = {
        name: base
        for base in reversed(cls.__mro__)
        for name in inspect.get_annotations(base)
    }
    return {
        name: _replace(hint, bindings.get(owners[name], {}))
        for name, hint in hints.items()
    }


def _bind(cls: Any, arguments: tuple[Any, ...]) -> dict[Any, _Binding]:
    """Find what the type variables of a class and of its bases stand for."""
    bound = dict(zip(getattr(cls, "__parameters__", ()), arguments, strict=False))
    found: dict[Any, _Binding] = {cls: bound}
    for base in getattr(cls, "__orig_bases__", ()):
        given = tuple(_replace(each, bound) for each in get_args(base))
        found |= _bind(get_origin(base) or base, given)
    return found


def _replace(hint: Any, bound: _Binding) -> Any:
    """Put types where type variables stand in a type."""
    if isinstance(hint, TypeVar):
        return bound.get(hint, hint)
    given: Any = hint
    if isinstance(hint, dataclasses.InitVar):
        return dataclasses.InitVar(_replace(given.type, bound))
    variables = getattr(hint, "__parameters__", ()) if get_origin(hint) else ()
    if not variables:
        return hint
    return hint[tuple(bound.get(each, each) for each in variables)]


# --- dataclasses -----------------------------------------------------------------


def _list_members(cls: Any, hints: Mapping[str, Any]) -> Iterator[Field]:
    for field in dataclasses.fields(cls):
        yield _read_field(field, hints[field.name])
    for name, hint in hints.items():
        given: Any = hint
        if isinstance(hint, dataclasses.InitVar):
            default = getattr(cls, name, ABSENT)
            needed = default is ABSENT
            yield Field(name, given.type, needed, default, "writeOnly")


def _read_field(field: "dataclasses.Field[Any]", hint: Any) -> Field:
    missing = dataclasses.MISSING
    if not field.init:
        return Field(field.name, hint, True, access="readOnly")
    if field.default is not missing:
        return Field(field.name, hint, False, field.default)
    if field.default_factory is missing:
        return Field(field.name, hint, True)
    # Another factory may make something else each time, such as a new UUID.
    make = field.default_factory
    is_constant = (get_origin(make) or make) in _CONSTANT_FACTORIES
    return Field(field.name, hint, False, make() if is_constant else ABSENT)
