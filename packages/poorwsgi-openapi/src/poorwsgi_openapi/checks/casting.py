"""Texts of parameters, made the values that their schemas describe.

A text is cast to the first type of its schema that takes it.  A schema without
a type is asked for its constants, and for the schemas that it consists of.
Whether a value is right is not decided here.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from poorwsgi_openapi.checks.numerals import read_boolean, read_integer, read_number
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.pointers import escape_part, is_list, is_map
from poorwsgi_openapi.document.styles import Shape

__all__ = ["CASTS", "SCALARS", "CastError", "Casting"]

SCALARS = ("integer", "number", "boolean", "string")
"""Types of one text, in the order in which they are tried."""

CASTS: Mapping[str, Callable[[str], Any]] = {
    "integer": read_integer,
    "number": read_number,
    "boolean": read_boolean,
}
"""What reads the text of a type; ``string`` needs nothing."""

_MOST_PARTS = 50
_UNIONS = ("allOf", "oneOf", "anyOf")
_LISTS = frozenset({"items", "prefixItems", "minItems", "maxItems", "uniqueItems"})
_OBJECTS = frozenset({"properties", "additionalProperties", "patternProperties"})


class CastError(ValueError):
    """A text is of another type.

    Attributes:
        pointer: where it is in the parameter.
        kind: the type that it should have.
    """

    def __init__(self, pointer: str, kind: str) -> None:
        super().__init__(f"{pointer} is no {kind}")
        self.pointer = pointer
        self.kind = kind


class Casting:
    """Casts the texts of one document.

    Args:
        document: where references lead to.
    """

    def __init__(self, document: Document) -> None:
        self._document = document

    def parts(self, schema: Any) -> Iterator[Mapping[str, Any]]:
        """Yield a schema and those that it consists of, each once."""
        waiting, seen = [schema], set[int]()
        while waiting and len(seen) < _MOST_PARTS:
            node = waiting.pop(0)
            if not is_map(node):
                continue
            found = self._document.follow(node)[0]
            if not is_map(found) or id(found) in seen:
                continue
            seen.add(id(found))
            yield found
            for key in _UNIONS:
                waiting += found.get(key) or ()

    def shape(self, schema: Any) -> Shape:
        """Tell what a schema describes: a text, a list, an object."""
        shapes: list[Shape] = [
            found for part in self.parts(schema) if (found := _shape_of(part))
        ]
        if not shapes:
            return "text"
        if "text" in shapes:
            return "any" if "list" in shapes else "text"
        return shapes[0]

    def properties(self, schema: Any) -> dict[str, Any]:
        """Collect the properties of a schema and of all that it consists of."""
        found: dict[str, Any] = {}
        for part in self.parts(schema):
            properties: Mapping[str, Any] = part.get("properties") or {}
            for name, node in properties.items():
                found.setdefault(name, node)
        return found

    def is_open(self, schema: Any) -> bool:
        """Tell whether an object is meant to have properties of any name."""
        parts = [*self.parts(schema)]
        extras = [
            part[key]
            for part in parts
            for key in ("additionalProperties", "unevaluatedProperties")
            if key in part
        ]
        if False in extras:
            return False
        return bool(extras) or not self.properties(schema)

    def cast(self, value: Any, schema: Any, pointer: str = "") -> Any:
        """Cast a text, or the texts in a list or object.

        Raises:
            CastError: a text fits none of the types of its schema.
        """
        return self._cast(value, schema, pointer, set())

    def _cast(self, value: Any, schema: Any, pointer: str, tried: set[int]) -> Any:
        """Cast a value by a schema, but by none that was tried for it."""
        found: Any = self._document.follow(schema)[0] if is_map(schema) else {}
        kinds = _types(found)
        if is_list(value):
            return self._cast_list(value, found, kinds, pointer, tried)
        if is_map(value):
            return self._cast_object(value, found, kinds, pointer)
        if not isinstance(value, str):  # the converter of a route was there before
            return value
        if kinds:
            return _cast_text(value, kinds, pointer)
        for key in ("const", "enum"):
            if key in found:
                return _find_constant(
                    value, found[key] if key == "enum" else [found[key]]
                )
        return self._cast_union(value, found, pointer, tried)

    def _cast_union(
        self, value: Any, schema: Mapping[str, Any], pointer: str, tried: set[int]
    ) -> Any:
        if id(schema) in tried:
            return value
        tried.add(id(schema))
        made = value
        for part in schema.get("allOf") or ():
            if made is value:
                made = self._try(value, part, pointer, tried)
        for key in ("oneOf", "anyOf"):
            for part in schema.get(key) or ():
                found = self._try(value, part, pointer, tried)
                if found is not _UNFIT:
                    return found
        return value if made is _UNFIT else made

    def _try(self, value: Any, schema: Any, pointer: str, tried: set[int]) -> Any:
        try:
            return self._cast(value, schema, pointer, tried)
        except CastError:
            return _UNFIT

    def _cast_list(
        self,
        value: list[Any],
        schema: Mapping[str, Any],
        kinds: Any,
        pointer: str,
        tried: set[int],
    ) -> Any:
        if kinds and "array" not in kinds:
            raise CastError(pointer, kinds[0])
        if not kinds and "items" not in schema and "prefixItems" not in schema:
            return self._cast_union(value, schema, pointer, tried)
        first: Sequence[Any] = schema.get("prefixItems") or ()
        items: Any = schema.get("items", {})
        return [
            self.cast(
                item,
                first[index] if index < len(first) else items,
                f"{pointer}/{index}",
            )
            for index, item in enumerate(value)
        ]

    def _cast_object(
        self, value: dict[str, Any], schema: Mapping[str, Any], kinds: Any, pointer: str
    ) -> dict[str, Any]:
        if kinds and "object" not in kinds:
            raise CastError(pointer, kinds[0])
        properties = self.properties(schema)
        others: Any = schema.get("additionalProperties", {})
        return {
            name: self._cast_member(
                item, properties.get(name, others), f"{pointer}/{escape_part(name)}"
            )
            for name, item in value.items()
        }

    def _cast_member(self, value: Any, schema: Any, pointer: str) -> Any:
        if not is_map(value) and self.shape(schema) == "list":
            value = value if is_list(value) else [value]
        elif is_list(value) and self.shape(schema) == "text":
            value = value[0]
        return self.cast(value, schema, pointer)


_UNFIT: Any = object()


def _types(schema: Mapping[str, Any]) -> list[str]:
    kind: Any = schema.get("type")
    if isinstance(kind, str):
        return [kind]
    return [name for name in kind if name != "null"] if is_list(kind) else []


def _shape_of(schema: Mapping[str, Any]) -> Shape | None:
    """Tell what one schema describes by itself."""
    kinds = _types(schema)
    if not kinds:
        if schema.keys() & _LISTS:
            return "list"
        return "object" if schema.keys() & _OBJECTS else None
    if any(kind in SCALARS for kind in kinds):
        return "any" if "array" in kinds else "text"
    if "array" in kinds:
        return "list"
    return "object" if "object" in kinds else "text"


def _cast_text(text: str, kinds: Sequence[str], pointer: str) -> Any:
    for kind in SCALARS:
        if kind in kinds:
            try:
                return CASTS[kind](text) if kind in CASTS else text
            except ValueError:
                continue
    if any(kind in SCALARS or kind in ("array", "object") for kind in kinds):
        raise CastError(pointer, kinds[0])
    return text


def _find_constant(text: str, choices: Sequence[Any]) -> Any:
    """Find the constant that a text stands for."""
    if text in choices:
        return text
    for choice in choices:
        if not isinstance(choice, str) and json.dumps(choice) == text:
            return choice
    return text
