"""Texts of parameters, made the values that their schemas describe.

A text is cast to the first type of its schema that takes it.  A schema without
a type is asked for its constants, and for the schemas that it consists of.
Whether a value is right is not decided here.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from poorwsgi_openapi.checks.judging.run import Run
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
_MOST_STEPS = 50_000
_STEPS = 4
"""Steps that it costs to try a schema for a text."""
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
        self._known: dict[int, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}

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
                more = found.get(key)
                waiting += more if is_list(more) else ()

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
            properties = part.get("properties")
            for name, node in properties.items() if is_map(properties) else ():
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

    def cast(self, value: Any, schema: Any, most_steps: int = _MOST_STEPS) -> Any:
        """Cast a text, or the texts in a list or object.

        Args:
            value: texts.
            schema: what they are cast by.
            most_steps: that this may take.

        Raises:
            CastError: a text fits none of the types of its schema.
            TooCostly: that takes too many steps.
        """
        return self.cast_within(Run(most_steps), value, schema)

    def cast_within(self, run: Run, value: Any, schema: Any) -> Any:
        """Do the same with steps that others spend too; see ``cast``."""
        return self._cast(value, schema, "", _Tries(run))

    def _cast(self, value: Any, schema: Any, pointer: str, tries: "_Tries") -> Any:
        """Cast a value by a schema, but by none that was tried for it."""
        tries.run.spend(_STEPS)
        found: Any = self._document.follow(schema)[0] if is_map(schema) else {}
        kinds = _types(found)
        if is_list(value):
            return self._cast_list(value, found, kinds, pointer, tries)
        if is_map(value):
            return self._cast_object(value, found, kinds, pointer, tries)
        if not isinstance(value, str):  # the converter of a route was there before
            return value
        if kinds:
            return _cast_text(value, kinds, pointer)
        for key in ("const", "enum"):
            if key in found:
                constants = self._constants(found, key)
                if tries.seen and value not in constants:
                    raise CastError(pointer, "constant")
                return constants.get(value, value)
        return self._cast_union(value, found, pointer, tries)

    def _constants(self, schema: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """Return the constants that a text may stand for, by their texts."""
        known = self._known.get(id(schema))
        if known is None:
            choices = schema[key] if key == "enum" else [schema[key]]
            others = [each for each in choices if not isinstance(each, str)]
            found = {json.dumps(each): each for each in reversed(others)}
            found |= {each: each for each in choices if isinstance(each, str)}
            # With its schema, so that no other one comes to have this identity.
            known = self._known[id(schema)] = schema, found
        return known[1]

    def _cast_union(
        self, value: Any, schema: Mapping[str, Any], pointer: str, tries: "_Tries"
    ) -> Any:
        if id(schema) in tries.seen:
            return value
        tries.seen.add(id(schema))
        made = value
        for part in schema.get("allOf") or ():
            if made is value:
                made = self._try(value, part, pointer, tries)
        for key in ("oneOf", "anyOf"):
            for part in schema.get(key) or ():
                found = self._try(value, part, pointer, tries)
                if found is not _UNFIT:
                    return found
        return value if made is _UNFIT else made

    def _try(self, value: Any, schema: Any, pointer: str, tries: "_Tries") -> Any:
        try:
            return self._cast(value, schema, pointer, tries)
        except CastError:
            return _UNFIT

    def _cast_list(
        self,
        value: list[Any],
        schema: Mapping[str, Any],
        kinds: Any,
        pointer: str,
        tries: "_Tries",
    ) -> Any:
        if kinds and "array" not in kinds:
            raise CastError(pointer, kinds[0])
        if not kinds and "items" not in schema and "prefixItems" not in schema:
            return self._cast_union(value, schema, pointer, tries)
        first: Sequence[Any] = schema.get("prefixItems") or ()
        items: Any = schema.get("items", {})
        return [
            self._cast(
                item,
                first[index] if index < len(first) else items,
                f"{pointer}/{index}",
                _Tries(tries.run),
            )
            for index, item in enumerate(value)
        ]

    def _cast_object(
        self,
        value: dict[str, Any],
        schema: Mapping[str, Any],
        kinds: Any,
        pointer: str,
        tries: "_Tries",
    ) -> dict[str, Any]:
        if kinds and "object" not in kinds:
            raise CastError(pointer, kinds[0])
        properties = self.properties(schema)
        others: Any = schema.get("additionalProperties", {})
        return {
            name: self._cast_member(
                item,
                properties.get(name, others),
                f"{pointer}/{escape_part(name)}",
                _Tries(tries.run),
            )
            for name, item in value.items()
        }

    def _cast_member(
        self, value: Any, schema: Any, pointer: str, tries: "_Tries"
    ) -> Any:
        if not is_map(value) and self.shape(schema) == "list":
            value = value if is_list(value) else [value]
        elif is_list(value) and self.shape(schema) == "text":
            value = value[0]
        return self._cast(value, schema, pointer, tries)


class _Tries:
    """What was tried for one value, and what may be spent yet."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.seen: set[int] = set()


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
    if kinds == ["null"]:
        return None
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
