"""Schemas of a document as type hints, which say the same.

Components that are objects become TypedDicts, which tell a property that may be
missing from one that may be null.  What types can't say goes along in ``Schema``, and
what they can't say at all stands there alone:
``Annotated[Any, Schema(keywords={...})]``.

Components that are something else stay as they are, beside the types.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from poorwsgi_openapi.document.outline import (
    Outline,
    as_list,
    as_map,
    as_text,
    reference_name,
)
from poorwsgi_openapi.document.pointers import is_list, is_map, split_reference
from poorwsgi_openapi.tools.python_text import (
    Names,
    Node,
    call,
    has_none,
    is_key,
    literal,
    name_in_literal,
    or_none,
    subscript,
    write_text,
)

__all__ = ["ClassText", "Hints"]

_SCALARS = {
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "string": "str",
    "null": "None",
}
_FORMATS = {
    "date": "date",
    "date-time": "datetime",
    "uuid": "UUID",
    "time": "time",
}
_CONSTRAINTS = {
    "minimum": "ge",
    "exclusiveMinimum": "gt",
    "maximum": "le",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
    "pattern": "pattern",
    "description": "description",
}
_LENGTHS = {"string": "Length", "array": "Items", "object": "Properties"}
_PREFIX = "#/components/schemas/"
_ANY = "Any"
_OPTIONAL = "NotRequired"


class ClassText(NamedTuple):
    """A TypedDict to write.

    Attributes:
        name: name of the class.
        fields: its keys with their types.
        text: its description.
        note: what decorates it, ``None`` for nothing.
    """

    name: str
    fields: list[tuple[str, Node]]
    text: str
    note: Node | None


class _Hint(NamedTuple):
    """The type of a schema, and the keywords that it says."""

    node: Node
    said: frozenset[str]


_NOTHING = _Hint(_ANY, frozenset())


class Hints:
    """Makes type hints.

    Attributes:
        classes: the classes that are needed, what they need in front of them.
        aliases: names of components that are no classes.
        components: what stays as it is, by kind and name: these, and others that
            refer to themselves.

    Args:
        outline: the document, as of OpenAPI 3.1.
        names: names that are taken.
    """

    def __init__(self, outline: Outline, names: Names) -> None:
        self._outline = outline
        self._names = names
        self._schemas = outline.components("schemas")
        self.classes: list[ClassText] = []
        self.aliases: dict[str, str] = {}
        self.components: dict[str, dict[str, Any]] = {}
        self._known: dict[str, str] = {}
        self._built: set[str] = set()
        self._begun: set[str] = set()
        self._open: list[str] = []
        self._circular: set[str] = set()
        for name, schema in self._schemas.items():
            self._known[name] = made = names.make_class(name)
            # The name of a class is that of its component.
            if made != name or not _is_class(as_map(schema)):
                self.aliases[name] = made

    def build(self) -> None:
        """Make the classes of all components."""
        for name, schema in self._schemas.items():
            if name in self.aliases:
                kept = self.components.setdefault("schemas", {})
                kept[name] = self.fill(schema)
            else:
                self._refer(name)

    def _refer(self, name: str) -> Node:
        """Return what a component is called, whose class comes first if it can."""
        made = self._known[name]
        if name in self.aliases or name in self._built:
            return made
        if name in self._begun:
            return write_text(made)
        self._begun.add(name)
        self._add_class(made, as_map(self._schemas[name]))
        self._built.add(name)
        return made

    def fill(self, node: Any) -> Any:
        """Put types in the place of references; other references are followed."""
        if is_list(node):
            return [self.fill(each) for each in node]
        if not is_map(node):
            return node
        name = self._find_component(node)
        if name is not None and name not in self.aliases and len(node) == 1:
            self._refer(name)
            # A class that isn't written yet has no name that a call could use.
            is_known = name in self._built
            return name_in_literal(self._known[name]) if is_known else {**node}
        reference = as_text(node.get("$ref"))
        if reference and not reference.startswith(_PREFIX):
            return self._follow(node, reference)
        return {key: self.fill(each) for key, each in node.items()}

    def _follow(self, node: Mapping[str, Any], reference: str) -> Any:
        """Put what is referred to in the place of a reference, if that has an end."""
        if reference in self._open:
            self._circular.add(reference)
            return {**node}
        self._open.append(reference)
        found = self.fill(self._outline.resolve(node))
        self._open.pop()
        if reference not in self._circular:
            return found
        section, *path = split_reference(reference)
        if section == "components":
            self.components.setdefault(path[0], {})[path[-1]] = found
        return {**node}

    def hint(
        self,
        schema: Any,
        context: str,
        marker: Node | None = None,
        *,
        is_optional: bool = False,
    ) -> Node:
        """Return the type of a schema.

        Args:
            schema: the schema.
            context: what a class is called that it needs.
            marker: what ``Annotated`` has besides.
            is_optional: it is that of an argument whose default is ``None``.
        """
        node = as_map(schema)
        found = self._read(node, context)
        if is_optional:
            # Such a None isn't one of the schema, so the schema can't have another.
            found = _NOTHING if has_none(found.node) else found
            found = found._replace(node=or_none(found.node))
        left = {key: each for key, each in node.items() if key not in found.said}
        notes = [] if marker is None else [marker]
        if left:
            known = node if "type" in found.said else {}
            notes.append(self._note(left, known))
        return subscript("Annotated", found.node, *notes) if notes else found.node

    def _add_class(self, made: str, schema: dict[str, Any]) -> None:
        required = as_list(schema.get("required"))
        properties = as_map(schema.get("properties"))
        fields: list[tuple[str, Node]] = []
        for key, each in properties.items():
            hint = self.hint(each, f"{made}{key[:1].upper()}{key[1:]}")
            is_required = key in required
            fields.append((key, hint if is_required else subscript(_OPTIONAL, hint)))
        said = {"type", "properties", "description"}
        if set(required) <= properties.keys():
            said.add("required")
        left = {key: each for key, each in schema.items() if key not in said}
        note = self._note(left, schema) if left else None
        text = as_text(schema.get("description"))
        self.classes.append(ClassText(made, fields, text, note))

    def _find_component(self, node: Mapping[str, Any]) -> str | None:
        name = reference_name(node)
        is_one = as_text(node.get("$ref")).rpartition("/")[0] == _PREFIX[:-1]
        return name if is_one and name in self._schemas else None

    def _note(self, left: Mapping[str, Any], schema: Mapping[str, Any]) -> Node:
        """Write what a type doesn't say: constraints by name, and other keywords."""
        arguments: dict[str, Node] = {}
        rest: dict[str, Any] = {}
        lengths = {
            f"{end}{noun}": f"{end}_length"
            for kind, noun in _LENGTHS.items()
            if schema.get("type") in (kind, [kind, "null"])
            for end in ("min", "max")
        }
        for key, value in left.items():
            name = {**_CONSTRAINTS, **lengths}.get(key)
            if name is None or value in ("", None):
                rest[key] = value
            else:
                arguments[name] = literal(value)
        if rest:
            arguments["keywords"] = literal(self.fill(rest))
        return call("Schema", **arguments)

    def _read(self, node: dict[str, Any], context: str) -> _Hint:
        """Find the type that says the most."""
        name = self._find_component(node)
        if name is not None:
            return _Hint(self._refer(name), frozenset({"$ref"}))
        choice = _read_choice(node)
        if choice is not None:
            return choice
        kind = node.get("type")
        if is_list(kind):
            return self._read_nullable(node, kind, context)
        if kind == "array" and is_map(node.get("items")) and "prefixItems" not in node:
            items = self.hint(node["items"], f"{context}Item")
            return _Hint(subscript("list", items), frozenset({"type", "items"}))
        if kind == "object":
            return self._read_object(node, context)
        return _read_scalar(node, kind)

    def _read_nullable(
        self, node: dict[str, Any], kinds: list[Any], context: str
    ) -> _Hint:
        others = [kind for kind in kinds if kind != "null"]
        if kinds != [*others[:1], "null"] or {"enum", "const"} & node.keys():
            return _NOTHING
        if others[0] == "object" and "properties" in node:
            return _NOTHING
        inner = self._read({**node, "type": others[0]}, context)
        if "type" not in inner.said:
            return _NOTHING
        return _Hint(or_none(inner.node), inner.said)

    def _read_object(self, node: dict[str, Any], context: str) -> _Hint:
        if _is_class(node):
            made = self._names.make_class(context)
            self._add_class(made, node)
            return _Hint(made, frozenset(node))
        extra = node.get("additionalProperties")
        if "properties" in node or "patternProperties" in node:
            return _NOTHING
        if is_map(extra) and extra:
            values = self.hint(extra, f"{context}Value")
            said = frozenset({"type", "additionalProperties"})
            return _Hint(subscript("dict", "str", values), said)
        return _Hint(subscript("dict", "str", _ANY), frozenset({"type"}))


def _is_class(schema: dict[str, Any]) -> bool:
    """Tell what becomes a TypedDict: its other keywords have no schemas in them."""
    properties = schema.get("properties")
    if schema.get("type") != "object" or not is_map(properties):
        return False
    said = {"properties", "type", "required", "description"}
    others = {key: each for key, each in schema.items() if key not in said}
    is_plain = all(map(is_key, properties))
    return "$ref" not in repr(others) and (is_plain or not others)


def _read_choice(node: dict[str, Any]) -> _Hint | None:
    """Read constants, where a Literal has them all with their type."""
    key = "const" if "const" in node else "enum"
    values = [node["const"]] if key == "const" else as_list(node.get("enum"))
    types: set[Any] = {type(value) for value in values}
    kinds: Mapping[Any, str] = {str: "string", int: "integer", bool: "boolean"}
    kind = kinds.get(types.pop() if len(types) == 1 else type(None))
    is_one = key == "enum" and len(values) == 1  # which would be written as const
    if not values or kind is None or node.get("type") != kind or is_one:
        return None
    return _Hint(subscript("Literal", *map(literal, values)), frozenset({key, "type"}))


def _read_scalar(node: dict[str, Any], kind: Any) -> _Hint:
    is_file = "contentMediaType" in node or node.get("format") == "binary"
    if kind not in _SCALARS or is_file or (kind == "null" and len(node) > 1):
        return _NOTHING
    if node.get("contentEncoding") == "base64" and "format" not in node:
        return _Hint("bytes", frozenset({"type", "contentEncoding"}))
    found = _FORMATS.get(as_text(node.get("format")))
    if kind == "string" and found is not None:
        return _Hint(found, frozenset({"type", "format"}))
    return _Hint(_SCALARS[kind], frozenset({"type"}))
