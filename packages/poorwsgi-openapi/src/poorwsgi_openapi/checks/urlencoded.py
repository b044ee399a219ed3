"""Bodies in ``application/x-www-form-urlencoded``, read as a query is.

Each property of the schema is a parameter, whose style its Encoding Object says.  One
that has JSON there, as an object has where nothing else is said, is decoded.  A field
that no property has is text, unless ``additionalProperties`` say what it is.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from poorwsgi_core.http.urlencoded import parse_pairs
from poorwsgi_core.request.arguments import collect_values
from poorwsgi_openapi.checks.casting import CastError, Casting
from poorwsgi_openapi.checks.json_text import decode_json, is_json
from poorwsgi_openapi.checks.judging.run import Run
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.outline import as_map, media_name
from poorwsgi_openapi.document.pointers import is_list, is_map
from poorwsgi_openapi.document.styles import Style

__all__ = ["UrlencodedForm"]

_STYLED = ("style", "explode", "allowReserved")


class UrlencodedForm:
    """How the fields of a form become an object.

    Args:
        document: where references lead to.
        media: the media type object.
    """

    def __init__(self, document: Document, media: Mapping[str, Any]) -> None:
        self._document = document
        self._casting = Casting(document)
        schema = media.get("schema", {})
        self._encoding = as_map(media.get("encoding"))
        self._properties = self._casting.properties(schema)
        others = [
            as_map(part.get("additionalProperties"))
            for part in self._casting.parts(schema)
        ]
        self._others = next(filter(None, others), as_map(None))

    def read(self, raw: bytes, most_steps: int) -> dict[str, Any]:
        """Return the values by name, of their types where they can be.

        Args:
            raw: the body.
            most_steps: that this may take.

        Raises:
            ValueError: it is not UTF-8, or JSON in it can't be read.
            TooCostly: it takes too many steps.
        """
        run = Run(most_steps)
        pairs = parse_pairs(raw.decode(), keep_blank_values=True, errors="strict")
        sent: dict[str, Any] = collect_values(pairs)
        found: dict[str, Any] = {}
        used: set[str] = set()
        for name, schema in self._properties.items():
            style, has_json = self._styles[name]
            if has_json and name in sent:
                used.add(name)
                found[name] = _decode(sent[name])
                continue
            try:
                found[name] = self._cast(run, style.read(sent), schema)
            except KeyError:
                continue
            used.add(name)
            if style.is_object_by_name:
                used.update(style.properties)
            elif style.style == "deepObject":
                used.update(key for key in sent if key.startswith(f"{name}["))
        for name, value in sent.items():
            if name not in used:
                found[name] = self._cast_other(run, value)
        return found

    @cached_property
    def _styles(self) -> Mapping[str, tuple[Style, bool]]:
        """How each property is read, and whether its own field has JSON."""
        rules = {name: as_map(self._encoding.get(name)) for name in self._properties}
        return {
            name: (
                self._build_style(name, schema, rules[name]),
                self._has_json(schema, rules[name]),
            )
            for name, schema in self._properties.items()
        }

    def _has_json(self, schema: Any, rules: Mapping[str, Any]) -> bool:
        if any(key in rules for key in _STYLED):
            return False
        kind = media_name(str(rules.get("contentType", "")))
        return is_json(kind) if kind else self._casting.shape(schema) == "object"

    def _build_style(self, name: str, schema: Any, rules: Mapping[str, Any]) -> Style:
        casting = self._casting
        node = {key: rules[key] for key in _STYLED if key in rules}
        shape, names = casting.shape(schema), casting.properties(schema)
        return Style({"name": name, "in": "query", **node}, "", shape, names)

    def _cast_other(self, run: Run, value: Any) -> Any:
        if self._casting.shape(self._others) == "list" and not is_list(value):
            value = [value]
        return self._cast(run, value, self._others)

    def _cast(self, run: Run, value: Any, schema: Any) -> Any:
        """Cast what can be; of what can't its schema tells what it should be."""
        try:
            return self._casting.cast_within(run, value, schema)
        except CastError:
            if is_list(value):
                items = self._document.follow(schema)[0].get("items", {})
                return [self._cast(run, each, items) for each in value]
            if is_map(value):
                known = self._casting.properties(schema)
                return {
                    name: self._cast(run, each, known.get(name, {}))
                    for name, each in value.items()
                }
            return value


def _decode(sent: Any) -> Any:
    """Decode the JSON of one field, or of several with the same name."""
    if is_list(sent):
        return [*map(_decode, sent)]
    return decode_json(sent.encode())
