"""Schemas as trees that can be read: fields, their types, what is inside.

A schema that is referred to unfolds on demand, a few levels deep, while the tree is
no larger than can be read; else, and where one leads back to itself, is a link to its
own section.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from poorwsgi_core.results import html_escape
from poorwsgi_openapi.answers.docs_page.anchors import Anchors
from poorwsgi_openapi.answers.docs_page.constraints import (
    describe_limits,
    describe_values,
)
from poorwsgi_openapi.answers.docs_page.markdown import render_markdown
from poorwsgi_openapi.document.outline import (
    Outline,
    as_list,
    as_map,
    as_text,
    join_schemas,
    list_types,
    reference_name,
)

__all__ = ["Field", "SchemaTree"]

_MAX_UNFOLDED = 3
_MAX_ROWS = 100
"""Rows after which no schema that has a section of its own unfolds any more."""
_MAX_DEPTH = 10
_COMPONENT = "#/components/schemas/"
_FLAGS = {
    "readOnly": "read-only",
    "writeOnly": "write-only",
    "deprecated": "deprecated",
}
_JSON_TYPES: dict[type[object], str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    dict: "object",
    list: "array",
}
_CHOICES_BOX = '<div class="choices">'
_CHOICES = {"oneOf": "One of", "anyOf": "Any of"}


class Field:
    """A row of a tree: a property, a parameter, a header.

    Args:
        name: HTML of the name.
        schema: its schema, with the reference if there is one.
        description: CommonMark; that of the schema when empty.
        is_required: it may not be left out.
        flags: further words beside the type.
    """

    def __init__(
        self,
        name: str,
        schema: Any,
        description: str = "",
        *,
        is_required: bool = False,
        flags: Iterable[str] = (),
    ) -> None:
        self.name = name
        self.schema = schema
        self.description = description
        self.is_required = is_required
        self.flags = flags


class SchemaTree:
    """Renders a schema, or fields, of a document; it is made for one of them.

    Args:
        outline: the document.
        anchors: the ids of the page.
    """

    def __init__(self, outline: Outline, anchors: Anchors) -> None:
        self._outline = outline
        self._anchors = anchors
        self._rows_left = _MAX_ROWS

    def render(self, node: Any) -> str:
        """Render a schema as the whole of a body: its type, then its inside."""
        above = (as_text(as_map(node).get("$ref")),)
        schema = self._merge(node)
        type_ = f'<p class="whole">{self.describe_type(node)}</p>'
        return type_ + self._about(schema) + self._inside(schema, above)

    def render_component(self, name: str, node: Any) -> str:
        """Render a schema in its own section."""
        # Not by reference, or its type would be a link to itself.
        schema = self._merge(node)
        above = (f"{_COMPONENT}{name}",)
        return (
            f'<p class="whole">{self._name_type(schema)}</p>'
            + self._about(schema)
            + self._inside(schema, above)
        )

    def render_fields(self, fields: Iterable[Field]) -> str:
        """Render rows that stand for themselves, such as parameters."""
        return self._list(self._field(field, ()) for field in fields)

    def describe_type(self, node: Any) -> str:
        """Name the type of a schema, with a link if it has a section."""
        reference = as_text(as_map(node).get("$ref"))
        if not reference:
            return self._name_type(self._outline.resolve(node), node)
        name = html_escape(reference_name(node))
        if not reference.startswith(_COMPONENT):
            return name
        known = reference_name(node)
        if known not in self._outline.components("schemas"):
            return name
        return f'<a href="#{self._anchors.name("schema", known)}">{name}</a>'

    def _name_type(self, schema: dict[str, Any], node: Any = None) -> str:
        if node is False:
            return "nothing"
        types = list_types(schema)
        named = " or ".join(map(html_escape, types))
        if "array" in types and "items" in schema:
            inner = self.describe_type(schema["items"])
            named = named.replace("array", f"array of {inner}")
        format_ = as_text(schema.get("format"))
        if format_:
            named += f' <span class="format">{html_escape(format_)}</span>'
        return named or self._guess_type(schema)

    def _guess_type(self, schema: dict[str, Any]) -> str:
        for key, words in _CHOICES.items():
            choices = as_list(schema.get(key))
            if len(choices) > 3:
                return f"{words.lower()} {len(choices)}"
            if choices:
                return " or ".join(map(self.describe_type, choices))
        parts = as_list(schema.get("allOf"))
        if len(parts) == 1:
            return self.describe_type(parts[0])
        if parts or "properties" in schema:
            return "object"
        return _type_of_values(schema)

    def _merge(self, node: Any, depth: int = 0) -> dict[str, Any]:
        """Join a schema and the parts of its ``allOf``, which all apply."""
        schema = self._outline.resolve(node)
        parts = as_list(schema.get("allOf"))
        if not parts or depth > _MAX_DEPTH:
            return schema
        merged: dict[str, Any] = {}
        for part in parts:
            join_schemas(merged, self._merge(part, depth + 1))
        join_schemas(merged, schema)
        del merged["allOf"]
        return merged

    def _list(self, rows: Iterable[str]) -> str:
        body = "".join(rows)
        return f'<ul class="fields">\n{body}</ul>\n' if body else ""

    def _field(self, field: Field, above: tuple[str, ...]) -> str:
        self._rows_left -= 1
        schema = self._merge(field.schema)
        own = [word for key, word in _FLAGS.items() if schema.get(key) is True]
        marks = "".join(
            f' <span class="flag">{flag}</span>'
            for flag in dict.fromkeys([*field.flags, *own])
        )
        needed = ' <span class="required">required</span>' * field.is_required
        type_ = f'<span class="type">{self.describe_type(field.schema)}</span>'
        head = f'<div class="field"><code class="name">{field.name}</code> {type_}'
        return (
            f"<li>{head}{needed}{marks}</div>"
            + self._about(schema, field.description)
            + self._unfold(field.schema, schema, above)
            + "</li>\n"
        )

    def _about(self, schema: dict[str, Any], description: str = "") -> str:
        """Say what a value means and what it may be."""
        text = description or as_text(schema.get("description"))
        about = f'<div class="text">{render_markdown(text)}</div>' if text else ""
        limits = describe_limits(schema)
        if limits:
            about += f'<p class="limits">{", ".join(limits)}</p>'
        rows = "".join(
            f'<p class="values"><span>{label}</span> {values}</p>'
            for label, values in describe_values(schema)
        )
        return about + rows

    def _unfold(self, node: Any, schema: dict[str, Any], above: tuple[str, ...]) -> str:
        """Put what is inside of a field below it, folded."""
        target = as_map(schema.get("items")) or as_map(node)
        reference = as_text(target.get("$ref"))
        if self._is_elsewhere(reference, above) or len(above) > _MAX_UNFOLDED:
            return ""
        inside = self._inside(schema, (*above, reference))
        if not inside:
            return ""
        if inside.startswith(_CHOICES_BOX):
            return inside
        name = html_escape(reference_name(target))
        label = f"Fields of {name}" if name else "Fields"
        return f"<details><summary>{label}</summary>{inside}</details>"

    def _is_elsewhere(self, reference: str, above: tuple[str, ...]) -> bool:
        """Tell whether a link is enough: it is shown above, or much is already."""
        is_spent = self._rows_left <= 0 and reference.startswith(_COMPONENT)
        return is_spent or (reference != "" and reference in above)

    def _inside(self, schema: dict[str, Any], above: tuple[str, ...]) -> str:
        """Render properties, items and choices of a schema."""
        if len(above) > _MAX_UNFOLDED + 1:
            return ""
        parts = [self._list(self._properties(schema, above))]
        parts += self._choices(schema, above)
        first = as_list(schema.get("prefixItems"))
        rows = (
            self._field(Field(f"[{index}]", node), above)
            for index, node in enumerate(first)
        )
        parts.append(self._list(rows))
        items = schema.get("items")
        reference = as_text(as_map(items).get("$ref"))
        if as_map(items) and (not reference or reference not in above[:-1]):
            parts.append(self._inside(self._merge(items), (*above, reference)))
        return "".join(parts)

    def _properties(
        self, schema: dict[str, Any], above: tuple[str, ...]
    ) -> Iterator[str]:
        required = as_list(schema.get("required"))
        for name, node in as_map(schema.get("properties")).items():
            field = Field(html_escape(str(name)), node, is_required=name in required)
            yield self._field(field, above)
        for pattern, node in as_map(schema.get("patternProperties")).items():
            yield self._field(Field(f"/{html_escape(pattern)}/", node), above)
        others = schema.get("additionalProperties")
        if isinstance(others, dict):
            yield self._field(Field("<i>any other name</i>", others), above)
        elif others is False:
            yield '<li class="closed">No other fields.</li>\n'

    def _choices(self, schema: dict[str, Any], above: tuple[str, ...]) -> Iterator[str]:
        for key, words in _CHOICES.items():
            choices = as_list(schema.get(key))
            if not choices:
                continue
            rows = "".join(
                self._choice(node, number, above)
                for number, node in enumerate(choices, 1)
            )
            yield f"{_CHOICES_BOX}<p>{words}</p>\n{rows}</div>\n"
        discriminator = as_map(schema.get("discriminator"))
        if discriminator:
            yield self._discriminator(discriminator)

    def _choice(self, node: Any, number: int, above: tuple[str, ...]) -> str:
        schema = self._merge(node)
        reference = as_text(as_map(node).get("$ref"))
        title = html_escape(as_text(schema.get("title"))) or f"Choice {number}"
        named = html_escape(reference_name(node)) if reference else title
        about = f'<span class="type">{self.describe_type(node)}</span>'
        label = f"{named} {about}" if not reference else about
        repeated = self._is_elsewhere(reference, above)
        inside = "" if repeated else self._inside(schema, (*above, reference))
        inside = self._about(schema) + inside
        if not inside or repeated:
            return f'<div class="choice">{label}</div>\n'
        return f"<details><summary>{label}</summary>{inside}</details>\n"

    def _discriminator(self, node: dict[str, Any]) -> str:
        name = html_escape(as_text(node.get("propertyName")))
        pairs = [
            f"<code>{html_escape(str(value))}</code> "
            f"{html_escape(str(target).rpartition('/')[2])}"
            for value, target in as_map(node.get("mapping")).items()
        ]
        usual = as_text(node.get("defaultMapping")).rpartition("/")[2]
        if usual:
            pairs.append(f"else {html_escape(usual)}")
        mapping = f": {', '.join(pairs)}" if pairs else ""
        return f'<p class="limits">told apart by <code>{name}</code>{mapping}</p>\n'


def _type_of_values(schema: dict[str, Any]) -> str:
    """Name the type that all values have which a schema names."""
    values: list[Any] = (
        [schema["const"]] if "const" in schema else as_list(schema.get("enum"))
    )
    names = {_JSON_TYPES.get(_class_of(value), "any") for value in values}
    return names.pop() if len(names) == 1 else "any"


def _class_of(value: object) -> type[object]:
    return type(value)
