"""Parameters of an operation: found, made typed values, checked.

Most are one text of a simple type; these take a short way, whose outcome is
that of openapi-core's.  All others, and all that are wrong, go through
openapi-core's own deserialisers, casters and validators.

What a client sends raises ``Refused`` and nothing else.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from poorwsgi_openapi.checks.certain import UNSURE, Certain, never
from poorwsgi_openapi.checks.engine import InvalidValue, SchemaPlan, Side
from poorwsgi_openapi.checks.faults import Fault
from poorwsgi_openapi.checks.numerals import read_integer, read_number
from poorwsgi_openapi.checks.wording import explain_errors
from poorwsgi_openapi.document.pointers import is_list

__all__ = ["ABSENT", "Location", "ParameterPlan", "Refused"]

ABSENT: Any = object()
"""Stands for a parameter that was not sent and has no default."""

_FALSE = ("n", "no", "f", "false", "off", "0")
_TRUE = ("y", "yes", "t", "true", "on", "1")
_BOOLEANS = {**dict.fromkeys(_FALSE, False), **dict.fromkeys(_TRUE, True)}
_MARKS = {"matrix": ";", "label": "."}
_SCALARS = ("integer", "number", "boolean", "string")


class Refused(ValueError):
    """Something that a client sent is refused.

    Attributes:
        faults: what is wrong with it.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


class Location(dict[str, Any]):
    """Values by name, as openapi-core looks at them; several are a list."""

    def __getitem__(self, name: str) -> Any:
        """Return the first value of a name.

        Raises:
            KeyError: there is none.
        """
        value: Any = super().__getitem__(name)
        return value[0] if is_list(value) else value

    def getlist(self, name: str) -> list[Any]:
        """Return all values of a name."""
        value: Any = super().get(name, [])
        return value if is_list(value) else [value]

    def items(self) -> Any:
        """Return pairs of each name and its first value."""
        return [(name, self[name]) for name in self]


class ParameterPlan:
    """How one parameter is read.

    Args:
        side: what checks values.
        node: the parameter object, or a header object.
        keys: where that is in the document.
        name: of a header object, which has none itself.

    Attributes:
        name: as the document spells it.
        place: ``path``, ``query``, ``header`` or ``cookie``.
        is_required: it has to be sent.
        certain: the short way from what was sent; it never raises.
    """

    def __init__(
        self, side: Side, node: Mapping[str, Any], keys: tuple[str, ...], name: str = ""
    ) -> None:
        self._side = side
        self._node = node
        self._keys = keys
        self.name: str = name or node["name"]
        self.place: str = node.get("in", "header")
        self.is_required = node.get("required") is True
        self.style: str = node.get(
            "style", "simple" if self.place in ("path", "header") else "form"
        )
        # There is no other deepObject, so few write it down.
        self.explode: bool = node.get("explode", self.style in ("form", "deepObject"))
        self._may_be_empty = node.get("allowEmptyValue") is True
        self.certain: Certain = self._build_certain()

    def __repr__(self) -> str:
        return f"<ParameterPlan {self.place} {self.name}>"

    @cached_property
    def _schema(self) -> SchemaPlan | None:
        """What checks the value; nothing when its media type has no schema."""
        keys = self._keys
        if "content" in self._node:
            kind = next(iter(self._node["content"]))
            if "schema" not in self._node["content"][kind]:
                return None
            return self._side.plan(
                (*keys, "content", kind, "schema"),
                self._node["content"][kind]["schema"],
            )
        return self._side.plan((*keys, "schema"), self._node.get("schema", {}))

    def _build_certain(self) -> Certain:
        if "content" in self._node or self._schema is None:
            return never
        schema = self._side.document.follow(self._node.get("schema", {}))[0]
        kind = schema.get("type")
        check = self._schema.certain
        if check is never or schema.get("nullable"):
            return never
        refuses_empty = self.place == "query" and not self._may_be_empty
        if self.style not in ("simple", "form"):
            return never
        if kind == "array":
            items = self._side.document.follow(schema.get("items", {}))[0]
            item: Any = items.get("type")
            if isinstance(item, str) and item in _SCALARS and "nullable" not in items:
                return _split(check, item, self.style, explode=self.explode)
            return never
        if isinstance(kind, str) and kind in _SCALARS:
            return _cast(check, kind, refuses_empty=refuses_empty)
        return never

    def ask(self, location: Mapping[str, Any]) -> Any:
        """Read the parameter by openapi-core.

        Args:
            location: all that was sent in this place, by name.

        Returns:
            The typed value, or ``ABSENT``.

        Raises:
            Refused: it is wrong, or missing.
        """
        try:
            value = self._deserialise(location)
        except KeyError:
            value = self._default()
            if value is ABSENT and self.is_required:
                raise self._refuse("required", "is required") from None
            if value is ABSENT:
                return value
        except Refused:
            raise
        except Exception as error:  # a style or media type that can't be read
            kind = self._kind() or "its type"
            raise self._refuse("type", f"can't be read as {kind}") from error
        schema = self._schema
        if schema is None:
            return value
        try:
            return schema.load(value)
        except InvalidValue as error:
            faults = explain_errors(error.errors, self.place, name=self.name)
            raise Refused(
                faults or [self._fault("schema", "can't be checked by its schema")]
            ) from error

    def _deserialise(self, location: Mapping[str, Any]) -> Any:
        if "content" in self._node:
            return self._deserialiser.deserialize(location[self.name])
        mark = _MARKS.get(self.style)
        if mark is not None:
            # openapi-core looks for the value under a name with the mark, and
            # doesn't mind if the value has none.
            value = str(location[self.name])
            if not value.startswith(mark):
                raise self._refuse("style", f"has to begin with {mark}")
            location = {f"{mark}{self.name}{'*' * self.explode}": value}
        elif self.name not in location and self.style != "deepObject":
            raise KeyError(self.name)
        if self._types:
            value = _cast_one_of(self._types, location[self.name])
        else:
            value = self._deserialiser.deserialize(location)
        if self.place == "query" and value == "" and not self._may_be_empty:
            raise self._refuse("empty", "must not be empty")
        return value

    @cached_property
    def _types(self) -> list[str]:
        """The simple types of a list of types, which openapi-core can't cast."""
        schema = self._side.document.follow(self._node.get("schema", {}))[0]
        kinds: Any = schema.get("type")
        return [kind for kind in _SCALARS if kind in kinds] if is_list(kinds) else []

    @cached_property
    def _deserialiser(self) -> Any:
        node, side = self._side.schema_path(self._keys), self._side
        if "content" in self._node:
            kind, media = next(iter((node / "content").items()))
            return side.media_type(str(kind), media, {})
        schema = node / "schema"
        return side.core.style_deserializers_factory.create(
            side.core.spec, schema, self.style, self.explode, name=self.name
        )

    def _default(self) -> Any:
        if "content" in self._node:
            return ABSENT
        schema = self._side.document.follow(self._node.get("schema", {}))[0]
        return schema.get("default", ABSENT)

    def _kind(self) -> str:
        schema = self._side.document.follow(self._node.get("schema", {}))[0]
        kind: Any = schema.get("type", "")
        return kind if isinstance(kind, str) else ""

    def _fault(self, code: str, message: str) -> Fault:
        return Fault(self.place, code, message, name=self.name)

    def _refuse(self, code: str, message: str) -> Refused:
        return Refused([self._fault(code, message)])

    def query_names(self) -> Iterator[re.Pattern[str]]:
        """Yield what the names in a query match that belong to the parameter."""
        if self.place == "query":
            name = re.escape(self.name)
            is_deep = self.style == "deepObject"
            yield re.compile(rf"{name}\[.*\]" if is_deep else name, re.DOTALL)


def _cast(check: Certain, kind: str, *, refuses_empty: bool) -> Certain:
    """Build the short way of one text."""
    convert = _CASTS.get(kind)

    def read(text: Any) -> Any:
        if text.__class__ is not str or (refuses_empty and not text):
            return UNSURE
        try:
            return check(text if convert is None else convert(text))
        except Exception:  # noqa: BLE001 - formats may raise anything
            return UNSURE

    return read


def _cast_one_of(kinds: Sequence[str], text: str) -> Any:
    """Cast a text to the first type that takes it.

    Raises:
        ValueError: none does.
    """
    for kind in kinds:
        try:
            return _CASTS[kind](text) if kind in _CASTS else text
        except (ValueError, KeyError):
            continue
    raise ValueError(kinds)


def _boolean(text: str) -> bool:
    return _BOOLEANS[text.lower()]


_CASTS: Mapping[str, Callable[[Any], Any]] = {
    "integer": read_integer,
    "number": read_number,
    "boolean": _boolean,
}


def _split(check: Certain, kind: str, style: str, *, explode: bool) -> Certain:
    """Build the short way of an array."""
    convert = _CASTS.get(kind)
    is_repeated = style == "form" and explode

    def read(value: Any) -> Any:
        if value.__class__ is list:
            texts = value if is_repeated else value[0].split(",")
        else:
            texts = [value] if is_repeated else value.split(",")
        try:
            return check(texts if convert is None else [*map(convert, texts)])
        except Exception:  # noqa: BLE001 - formats may raise anything
            return UNSURE

    return read
