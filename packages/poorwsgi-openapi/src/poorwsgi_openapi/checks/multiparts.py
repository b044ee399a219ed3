"""Multipart forms, from the parser of the application to typed values.

The parser is whatever the application has: an object that gives for each name
one field or a list of them, each with ``filename`` and ``value``, which is what
``req.form`` of poorwsgi-forms is.  A field that is a file stays the object that
it is; its content is never looked at.  A field that is text is cast by the
schema of its property.
"""

from collections.abc import Mapping
from fnmatch import fnmatch
from functools import cached_property
from typing import Any

from poorwsgi_core.http.headers import parse_header
from poorwsgi_openapi.checks.casting import Casting
from poorwsgi_openapi.checks.engine import InvalidValue, SchemaPlan, Side, refuse_cost
from poorwsgi_openapi.checks.faults import Fault
from poorwsgi_openapi.checks.json_text import decode_json, is_json
from poorwsgi_openapi.checks.judging.places import Place
from poorwsgi_openapi.checks.judging.run import Run, TooCostly
from poorwsgi_openapi.checks.parameters import ABSENT
from poorwsgi_openapi.checks.wording import explain_errors
from poorwsgi_openapi.document.pointers import escape_part, is_list

__all__ = ["FormPlan"]


class FormPlan:
    """How a multipart form is read.

    Args:
        side: what checks values.
        node: the media type object.
        keys: where that is in the document.
    """

    def __init__(
        self, side: Side, node: Mapping[str, Any], keys: tuple[str, ...]
    ) -> None:
        self._side = side
        self._encoding: Mapping[str, Any] = node.get("encoding") or {}
        self._schema, self._where = side.document.follow(
            node.get("schema", {}), (*keys, "schema")
        )
        self._fields = {
            name: _FieldPlan(side, *found, self._encoding.get(name) or {})
            for name, found in _properties(side, self._schema, self._where).items()
        }

    @cached_property
    def _place(self) -> Place:
        """The schema of the form, which takes any value for a file."""
        schema = self._side.schema_path(self._where)
        validator = self._side.validator(schema).validator
        files = {
            name: field.without_content
            for name, field in self._fields.items()
            if field.is_file
        }
        return self._side.judge.place(
            validator.evolve(schema=_without(self._schema, files))
        )

    def read(self, form: Any) -> tuple[Any, list[Fault]]:
        """Return the typed values of a form by name, and what is wrong.

        Args:
            form: what the parser gave; false when the form is empty.

        Raises:
            InvalidValue: checking them takes too many steps.
        """
        if not form:
            return ABSENT, []
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        run = Run(self._side.most_steps)
        for name in form:
            field = self._fields.get(name) or _FieldPlan(self._side, {}, (), {})
            found = form[name]
            items = found if is_list(found) else [found]
            try:
                values[name] = field.decode(run, items)
            except TooCostly as error:
                raise refuse_cost(self._where, form) from error
            except Exception:  # noqa: BLE001 - clients are inventive
                pointer = f"/{escape_part(name)}"
                message = f"can't be read as {field.kind or 'its type'}"
                faults.append(Fault("body", "type", message, pointer=pointer))
        for name, field in self._fields.items():
            if name not in values and field.default is not ABSENT:
                values[name] = field.default
        if faults:
            return ABSENT, faults
        for name, field in self._fields.items():
            if field.is_file and name in values:
                faults += field.check_files(name, values[name])
        if faults:
            return ABSENT, faults
        try:
            run = self._side.start(values)
            errors = self._place.find_violations(run, values)
            if errors:
                return ABSENT, explain_errors(errors, "body")
            return self._finish(values), []
        except TooCostly as error:
            raise refuse_cost(self._where, values) from error
        except Exception:  # noqa: BLE001 - keywords and formats may raise anything
            message = "can't be checked by its schema"
            return ABSENT, [Fault("body", "schema", message, pointer="")]

    def _finish(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Make typed values of those that are no files."""
        plans = {name: field.plan for name, field in self._fields.items() if field.plan}
        return {
            name: plans[name].load(value) if name in plans else value
            for name, value in values.items()
        }


class _FieldPlan:
    """How the fields of one name are read."""

    def __init__(
        self,
        side: Side,
        schema: Mapping[str, Any],
        keys: tuple[str, ...],
        encoding: Mapping[str, Any],
    ) -> None:
        self._casting = Casting(side.document)
        self._is_known = bool(keys)
        self.kind = _single_type(schema)
        self._is_list = self.kind == "array"
        self.default: Any = ABSENT
        self.plan: SchemaPlan | None = None
        item = schema
        if self._is_list:
            item = side.document.follow(schema.get("items", {}))[0]
        self._item = item
        self._item_kind = _single_type(item)
        self.is_file = self._is_known and _is_file(item)
        self.without_content: Mapping[str, Any] = (
            {**schema, "items": {}} if self._is_list else {}
        )
        if self._is_known and not self.is_file:
            self.plan = side.plan(keys, schema)
            self.default = _find_default(self.plan, schema)
        kinds = str(encoding.get("contentType", "")).split(",")
        self._kinds = [parse_header(kind)[0].lower() for kind in kinds if kind.strip()]
        self._is_json = self._casting.shape(item) == "object" or any(
            map(is_json, self._kinds[:1])
        )

    def decode(self, run: Run, items: list[Any]) -> Any:
        """Make a value of all fields of the name.

        Raises:
            Exception: a text doesn't fit the type.
        """
        if self._is_list:
            values = [self._decode_one(run, item) for item in items]
            is_whole = self._is_json and len(values) == 1 and is_list(values[0])
            return values[0] if is_whole and self._item_kind != "array" else values
        if not self._is_known and len(items) > 1:
            return [self._decode_one(run, item) for item in items]
        return self._decode_one(run, items[0])

    def _decode_one(self, run: Run, item: Any) -> Any:
        if self.is_file or (not self._is_known and item.filename):
            return item
        value = item.value
        if isinstance(value, bytes | bytearray):
            value = bytes(value).decode()
        if value is None:
            value = ""
        if not self._is_known:
            return value
        if self._is_json:
            return decode_json(value.encode())
        return self._casting.cast_within(run, value, self._item)

    def check_files(self, name: str, value: Any) -> list[Fault]:
        """Check the types of files, and their sizes in bytes."""
        faults: list[Fault] = []
        for index, item in enumerate(value if is_list(value) else [value]):
            pointer = f"/{escape_part(name)}" + (f"/{index}" if self._is_list else "")
            if not self._has_type(item):
                message = f"has to be of type {', '.join(self._kinds)}"
                faults.append(Fault("body", "contentType", message, pointer=pointer))
            size = _measure(item)
            if size is None:
                continue
            for key, is_wrong, words in (
                ("minLength", size < self._item.get("minLength", 0), "at least"),
                ("maxLength", size > self._item.get("maxLength", size), "at most"),
            ):
                if is_wrong:
                    message = f"has to have {words} {self._item[key]} bytes"
                    faults.append(Fault("body", key, message, pointer=pointer))
        return faults

    def _has_type(self, item: Any) -> bool:
        """Tell whether a file is of a type that its Encoding Object names."""
        kind: Any = getattr(item, "type", None)
        if not self._kinds or not isinstance(kind, str):
            return True
        return any(fnmatch(kind.lower(), each) for each in self._kinds)


def _find_default(plan: SchemaPlan, schema: Mapping[str, Any]) -> Any:
    """Return the default of a field, unless it doesn't fit."""
    if "default" in schema:
        try:
            plan.load(schema["default"])
        except InvalidValue:
            return ABSENT  # no fault of the client's; the start warns of it
    return schema.get("default", ABSENT)


def _measure(item: Any) -> int | None:
    """Return the size of a file that can be rewound, else ``None``.

    A part without a file name is text, though the document wants a file.
    """
    try:
        file = item.file if item.filename else None
        if file is None:
            value = item.value or ""
            return len(value.encode() if isinstance(value, str) else value)
        size: int = file.seek(0, 2)
        file.seek(0)
    except (AttributeError, OSError, TypeError, ValueError):
        return None
    return size


def _properties(
    side: Side, schema: Mapping[str, Any], keys: tuple[str, ...]
) -> dict[str, tuple[Mapping[str, Any], tuple[str, ...]]]:
    """Collect the properties of a schema and of all that it is made of."""
    found: dict[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {}
    for key in ("allOf", "anyOf", "oneOf"):
        for index, node in enumerate(schema.get(key) or ()):
            part, where = side.document.follow(node, (*keys, key, str(index)))
            found.update(_properties(side, part, where))
    properties: Mapping[str, Any] = schema.get("properties") or {}
    for name, node in properties.items():
        found[name] = side.document.follow(node, (*keys, "properties", name))
    return found


def _without(schema: Any, files: Mapping[str, Any]) -> Any:
    """Return a schema that takes any value for the files."""
    changed = dict(schema)
    if "properties" in changed:
        changed["properties"] = {
            name: files.get(name, node) for name, node in changed["properties"].items()
        }
    return changed


def _single_type(schema: Mapping[str, Any]) -> str:
    kind: Any = schema.get("type", "")
    if is_list(kind):
        names = [name for name in kind if name != "null"]
        kind = names[0] if len(names) == 1 else ""
    return kind if isinstance(kind, str) else ""


def _is_file(schema: Mapping[str, Any]) -> bool:
    if "contentMediaType" in schema or "contentEncoding" in schema:
        return True
    kind = _single_type(schema)
    if kind == "string":
        return schema.get("format") in ("binary", "base64")
    return not kind and not (
        schema.keys() & {"enum", "const", "oneOf", "anyOf", "allOf"}
    )
