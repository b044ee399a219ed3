"""Type hints, taken apart: aliases, unions, and the members of classes."""

import dataclasses
import inspect
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    NamedTuple,
    NewType,
    NotRequired,
    Required,
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
    "list_fields",
    "read_docstring",
    "read_hints",
    "strip_null",
    "unwrap",
]

UNIONS = (Union, UnionType)
"""What ``get_origin`` says of ``X | Y`` and of ``Union[X, Y]``."""


class Field(NamedTuple):
    """A member of an object.

    Attributes:
        name: what it is called.
        hint: its type.
        is_required: it can't be left out.
        default: what it is then, if that is known.
    """

    name: str
    hint: Any
    is_required: bool
    default: Any = ABSENT


def unwrap(hint: Any) -> tuple[Any, list[Any]]:
    """Take ``Annotated`` and aliases off a type; returns it and what they add."""
    notes: list[Any] = []
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            notes = [*more, *notes]
        elif get_origin(hint) in (Required, NotRequired):
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


def is_object(cls: Any) -> bool:
    """Tell a class whose members are known: they make an object of JSON."""
    known: Any = cls
    return isinstance(cls, type) and (
        dataclasses.is_dataclass(cls) or is_typeddict(known) or _is_named_tuple(known)
    )


def list_fields(cls: type[Any]) -> list[Field]:
    """List the members of a dataclass, a TypedDict or a named tuple.

    Raises:
        TypeError: a type that is named in it isn't known.
    """
    hints = read_hints(cls)
    if dataclasses.is_dataclass(cls):
        return [
            _read_field(field, hints[field.name])
            for field in dataclasses.fields(cls)
            if field.init
        ]
    known: Any = cls
    if is_typeddict(cls):
        required = known.__required_keys__
        return [
            Field(name, hint, _is_required(hint, usual=name in required))
            for name, hint in hints.items()
        ]
    defaults: dict[str, Any] = known._field_defaults  # documented, as _fields is
    return [
        Field(
            name, hints.get(name, Any), name not in defaults, defaults.get(name, ABSENT)
        )
        for name in known._fields
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


def _is_required(hint: Any, *, usual: bool) -> bool:
    # What is a text at first, the class itself doesn't look at.
    origin = get_origin(hint)
    return origin is Required if origin in (Required, NotRequired) else usual


def _is_named_tuple(cls: Any) -> bool:
    return hasattr(cls, "_field_defaults") and issubclass(cls, tuple)


def _read_field(field: "dataclasses.Field[Any]", hint: Any) -> Field:
    missing = dataclasses.MISSING
    if field.default is not missing:
        return Field(field.name, hint, False, field.default)
    if field.default_factory is missing:
        return Field(field.name, hint, True)
    return Field(field.name, hint, False, field.default_factory())
