"""Python types as schemas (JSON Schema 2020-12), with the components that they need.

The rules:

* Dataclasses, TypedDicts, named tuples and enumerations are components, by the name
  of the class; their docstrings are descriptions.
* A type of msgspec or pydantic is described by its library, with all that it holds.
* ``X | None`` is a list of types where that says the same as ``anyOf``, because such
  schemas are checked in no time.
* A type that can't be described is a mistake of the application, which is told with
  the way that led to it.
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum, Flag
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from poorwsgi_openapi.code.hints import (
    UNIONS,
    Field,
    is_object,
    is_typed_dict,
    list_fields,
    name_type,
    read_docstring,
    unwrap,
)
from poorwsgi_openapi.code.libraries import Library, find_library, keep_validators
from poorwsgi_openapi.code.limits import BOUNDS, check_limit, has_order
from poorwsgi_openapi.code.markers import (
    ABSENT,
    Answer,
    Body,
    Parameter,
    Schema,
    find_schema,
)
from poorwsgi_openapi.code.texts import TEXTS
from poorwsgi_openapi.code.values import to_plain
from poorwsgi_openapi.document.outline import may_be_empty
from poorwsgi_openapi.document.pointers import is_list, is_map

__all__ = ["Schemas"]

_SCALARS: Mapping[Any, Mapping[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    **{kind: text.schema for kind, text in TEXTS.items()},
    None: {"type": "null"},
    NoneType: {"type": "null"},
    Any: {},
    object: {},
}
_LISTS = (list, set, frozenset, Sequence)
_LENGTHS = {"string": "Length", "array": "Items", "object": "Properties"}
_KEYWORDS: Mapping[str, Mapping[str, str]] = {
    **{
        attribute: {"integer": bound.keyword, "number": bound.keyword}
        for attribute, bound in BOUNDS.items()
    },
    "pattern": {"string": "pattern"},
    "min_length": {kind: f"min{noun}" for kind, noun in _LENGTHS.items()},
    "max_length": {kind: f"max{noun}" for kind, noun in _LENGTHS.items()},
}
"""Attributes of constraints, and the keywords that they are for types of JSON."""
_TYPES: Mapping[Any, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    NoneType: "null",
}
_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})
_VALUES = frozenset({"const", "discriminator", "enum", "example", "examples"})
_PREFIX = "#/components/schemas/"


class Schemas:
    """Describes types.

    Attributes:
        components: schemas by name, which the others refer to.
    """

    def __init__(self) -> None:
        self.components: dict[str, Any] = {}
        self._owners: dict[str, Any] = {}

    def describe(self, hint: Any, where: str) -> dict[str, Any]:
        """Return the schema of a type.

        Args:
            hint: the type.
            where: what it is the type of, for messages.

        Raises:
            TypeError: it can't be described.
            ValueError: two types have one name.
        """
        hint, notes = unwrap(hint)
        schema = self._describe(keep_validators(hint, notes), where)
        # What JSON Schema can't say is asked when a value is read.
        ordered = hint if has_order(hint) else None
        for note in notes:
            schema |= self._read_note(note, schema, where, ordered)
        return schema

    def may_be_empty(self, schema: Mapping[str, Any]) -> bool:
        """Tell the schema of an object whose members may all be left out."""
        return may_be_empty(self._follow(schema))

    def fill(self, node: Any, where: str) -> Any:
        """Replace the types in a part of a document by their schemas."""
        if is_map(node):
            return {str(key): self.fill(each, where) for key, each in node.items()}
        if is_list(node):
            return [self.fill(each, where) for each in node]
        if node is None or isinstance(node, str | int | float):
            return node
        if isinstance(node, Schema):
            return self._read_note(node, {}, where)
        return self.describe(node, where)

    def add(self, name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Add a component of our own, and return the reference to it."""
        self._claim(name, schema, name)
        self.components[name] = {**schema}
        return {"$ref": _PREFIX + name}

    def _describe(self, hint: Any, where: str) -> dict[str, Any]:
        library = find_library(hint)
        if library is not None:
            schema, components = _ask_library(library, hint, where)
            for name, component in components.items():
                self._adopt(name, _tidy(component), where)
            return {**_tidy(schema)}
        if _is_hashable(hint) and hint in _SCALARS:
            return {**_SCALARS[hint]}
        origin = get_origin(hint) or hint
        if origin is Literal:
            return _of_values(get_args(hint))
        if origin in UNIONS:
            schemas = [self.describe(each, where) for each in get_args(hint)]
            return _fold_null({"anyOf": schemas})
        if isinstance(origin, type):
            found = self._describe_class(hint, origin, get_args(hint), where)
            if found is not None:
                return found
        raise TypeError(
            f"{where} has the type {hint!r}, which can't be described: take a "
            "dataclass, a TypedDict or another type that JSON has, or say what it is "
            "by Annotated[Any, Schema(keywords={...})]"
        )

    def _describe_class(
        self, hint: Any, origin: type[Any], arguments: tuple[Any, ...], where: str
    ) -> dict[str, Any] | None:
        if is_object(origin) or issubclass(origin, Enum):
            return self._refer(hint, where)
        if origin is tuple:
            return self._describe_tuple(arguments, where)
        if origin in _LISTS:
            return self._describe_list(origin, arguments[:1] or (Any,), where)
        if origin in (dict, Mapping):
            return self._describe_mapping(arguments, where)
        return None

    def _describe_list(
        self, origin: type[Any], arguments: tuple[Any, ...], where: str
    ) -> dict[str, Any]:
        items = self.describe(arguments[0], f"an item of {where}")
        if issubclass(origin, set | frozenset) and not _can_be_in_set(arguments[0]):
            raise TypeError(
                f"{where} is a set of {arguments[0]!r}, which has no hash, so that no "
                "set can hold it: write list[...], or make it a frozen dataclass"
            )
        unique = {"uniqueItems": True} if issubclass(origin, set | frozenset) else {}
        return {"type": "array", "items": items, **unique}

    def _describe_tuple(self, arguments: tuple[Any, ...], where: str) -> dict[str, Any]:
        if not arguments or arguments[-1] is Ellipsis:
            return self._describe_list(tuple, arguments[:1] or (Any,), where)
        items = [self.describe(each, f"an item of {where}") for each in arguments]
        return _of_items(items, len(items))

    def _describe_mapping(
        self, arguments: tuple[Any, ...], where: str
    ) -> dict[str, Any]:
        key, value = arguments or (str, Any)
        names = self.describe(key, f"a key of {where}")
        if self._follow(names).get("type") != "string":
            raise TypeError(
                f"{where} has keys of the type {key!r}; those of JSON are text: "
                "write dict[str, ...]"
            )
        values = self.describe(value, f"a value of {where}")
        schema: dict[str, Any] = {"type": "object"}
        if names != _SCALARS[str]:
            schema["propertyNames"] = names
        return {**schema, "additionalProperties": values} if values else schema

    def _follow(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        name = str(schema.get("$ref", "")).removeprefix(_PREFIX)
        found: Mapping[str, Any] = self.components.get(name, schema)
        return found

    def _refer(self, hint: Any, where: str) -> dict[str, Any]:
        """Return the reference to a class, which becomes a component."""
        name = re.sub(r"[^\w.-]", "_", name_type(hint), flags=re.ASCII)
        if name not in self.components or self._owners.get(name) != hint:
            self._claim(name, hint, where)
            # Known before it is described, for a type that refers to itself.
            self.components[name] = {}
            self.components[name] = self._describe_component(hint)
        return {"$ref": _PREFIX + name}

    def _claim(self, name: str, owner: Any, where: str) -> None:
        known = self._owners.setdefault(name, owner)
        if known != owner:
            raise ValueError(
                f"{where}: two types are called {name}, {_locate(known)} and "
                f"{_locate(owner)}; they are components, so rename one of them"
            )

    def _adopt(self, name: str, component: dict[str, Any], where: str) -> None:
        """Add a component of a library, which may be a class that is known."""
        if self.components.setdefault(name, component) != component:
            raise ValueError(
                f"{where}: two types are called {name}, or one is described by two "
                "libraries in different ways; rename one of them"
            )

    def _describe_component(self, hint: Any) -> dict[str, Any]:
        cls = known = get_origin(hint) or hint
        if issubclass(cls, Flag):
            most = sum(each.value for each in cls)
            schema = {"type": "integer", "minimum": 0, "maximum": most}
        elif issubclass(cls, Enum):
            schema = _of_values([each.value for each in cls])
        elif issubclass(cls, tuple):
            schema = self._describe_named_tuple(cls.__name__, list_fields(hint))
        else:
            schema = self._describe_object(cls.__name__, list_fields(hint))
            if is_typed_dict(cls) and getattr(cls, "__closed__", None):
                schema["additionalProperties"] = False
        text = read_docstring(cls)
        described = {"description": text} if text else {}
        note = find_schema(known)
        noted = {} if note is None else self._read_note(note, schema, cls.__name__)
        return {**described, **schema, **noted}

    def _describe_named_tuple(
        self, name: str, fields: Sequence[Field]
    ) -> dict[str, Any]:
        items = [self.describe(each.hint, f"{name}.{each.name}") for each in fields]
        least = sum(field.is_required for field in fields)
        return _of_items(items, least)

    def _describe_object(self, name: str, fields: Sequence[Field]) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        for field in fields:
            schema = self.describe(field.hint, f"{name}.{field.name}")
            if field.default is not ABSENT and field.default is not None:
                schema["default"] = to_plain(field.default)
            if field.access:
                schema[field.access] = True
            properties[field.name] = schema
        required = [field.name for field in fields if field.is_required]
        schema = {"type": "object", "properties": properties}
        return {**schema, "required": required} if required else schema

    def _read_note(
        self,
        note: Any,
        schema: Mapping[str, Any],
        where: str,
        ordered: Any = None,
    ) -> dict[str, Any]:
        """Read a constraint: ours, of annotated_types, or of msgspec or pydantic.

        Args:
            note: the constraint.
            schema: what it constrains.
            where: whose it is, for messages.
            ordered: the type, when a schema can't say its bounds.
        """
        if isinstance(note, Answer):
            raise TypeError(
                f"{where} has an Answer inside of its type: put it round the whole "
                "type, and say in answers= what else is answered"
            )
        found = self._read_bounds(note, schema, where, ordered)
        if description := getattr(note, "description", None):
            found["description"] = description
        for inner in getattr(note, "metadata", None) or ():
            found |= self._read_note(inner, schema, where, ordered)
        if isinstance(note, Schema):
            if note.example is not ABSENT:
                found["examples"] = [to_plain(note.example)]
            found |= self.fill({**note.keywords}, where)
        if isinstance(note, Parameter | Body):
            # These are words about the parameter or the body.
            found.pop("description", None)
            found.pop("examples", None)
        return found

    def _read_bounds(
        self, note: Any, schema: Mapping[str, Any], where: str, ordered: Any
    ) -> dict[str, Any]:
        kinds = self._list_kinds(schema)
        found: dict[str, Any] = {}
        for attribute, keywords in _KEYWORDS.items():
            value = getattr(note, attribute, None)
            if value is None:
                continue
            if ordered is not None and attribute in BOUNDS:
                check_limit(ordered, attribute, value, where)
                continue
            known = [
                key for kind, key in keywords.items() if kind in kinds or not kinds
            ]
            if not known:
                raise TypeError(
                    f"{where} has the constraint {attribute}, which says nothing of "
                    f"what is {' or '.join(sorted(kinds))} in JSON: leave it out"
                )
            found |= dict.fromkeys(known, value)
        return found

    def _list_kinds(self, schema: Mapping[str, Any]) -> set[str]:
        """List the types of JSON that a schema names."""
        found = self._follow(schema)
        kinds: Any = found.get("type", ())
        members: list[Any] = [*found.get("anyOf", ()), *found.get("oneOf", ())]
        named = {kinds} if isinstance(kinds, str) else {*kinds}
        return named.union(*map(self._list_kinds, members))


def _ask_library(
    library: Library, hint: Any, where: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        return library.describe(hint)
    except (NameError, RuntimeError, TypeError) as error:
        reason = str(error).partition("\n")[0]
        raise TypeError(
            f"{where} has the type {hint!r}, which its library can't describe: {reason}"
        ) from error


def _can_be_in_set(hint: Any) -> bool:
    hint, _ = unwrap(hint)
    if get_origin(hint) in UNIONS:
        return all(map(_can_be_in_set, get_args(hint)))
    origin: Any = get_origin(hint) or hint
    return not isinstance(origin, type) or bool(origin.__hash__)


def _of_items(items: list[dict[str, Any]], least: int) -> dict[str, Any]:
    """Describe a list of which each item has a type of its own."""
    sizes = {"minItems": least, "maxItems": len(items)}
    return {"type": "array", "prefixItems": items, **sizes}


def _fold_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Write ``anyOf`` of a schema and null as one schema, where that is possible."""
    members: list[Any] = schema.get("anyOf", [])
    others = [each for each in members if each != {"type": "null"}]
    if len(others) != 1 or len(members) != 2:
        return schema
    other: Mapping[str, Any] = others[0]
    kind = other.get("type")
    if not isinstance(kind, str) or {"enum", "const"} & other.keys():
        return schema
    beside = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**other, "type": [kind, "null"], **beside}


def _tidy(node: Any) -> Any:
    """Take out of a schema of a library what says nothing."""
    if is_list(node):
        return [_tidy(each) for each in node]
    if not is_map(node):
        return node
    found: dict[str, Any] = {}
    for key, value in node.items():
        if key in _MAPS and is_map(value):
            found[key] = {name: _tidy(each) for name, each in value.items()}
        elif key in _VALUES:
            found[key] = value
        elif key != "title" and (key != "default" or value is not None):
            found[key] = _tidy(value)
    if "enum" in found and "type" not in found:
        return {**_of_values(found.pop("enum")), **found}
    return _fold_null(found)


def _of_values(values: Sequence[Any]) -> dict[str, Any]:
    """Describe a choice of values."""
    chosen = [to_plain(value) for value in values]
    kinds = {_TYPES.get(type(value)) for value in chosen}
    schema = {"const": chosen[0]} if len(chosen) == 1 else {"enum": chosen}
    kind = kinds.pop() if len(kinds) == 1 else None
    return {"type": kind, **schema} if kind else schema


def _is_hashable(hint: Any) -> bool:
    try:
        hash(hint)
    except TypeError:  # a Literal or Annotated of something odd
        return False
    return True


def _locate(owner: Any) -> str:
    module = getattr(owner, "__module__", __package__)
    return f"{module}.{getattr(owner, '__qualname__', 'the one of this package')}"
