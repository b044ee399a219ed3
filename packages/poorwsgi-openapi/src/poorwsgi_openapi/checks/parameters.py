"""Parameters of an operation: found, made typed values, checked.

Most are one text of a simple type; these take a short way.  All others are read
by their style and cast by their schema; what they become is checked by
openapi-core.  A parameter that has ``content`` is read as a body of its media type.
All are openapi-core's where the application's ``Config`` brings styles of its own.

What a client sends raises ``Refused`` and nothing else.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from poorwsgi_openapi.checks.casting import CASTS, SCALARS, CastError, Casting
from poorwsgi_openapi.checks.certain import UNSURE, Certain, never
from poorwsgi_openapi.checks.engine import InvalidValue, SchemaPlan, Side, refuse_cost
from poorwsgi_openapi.checks.faults import Fault
from poorwsgi_openapi.checks.judging.run import TooCostly
from poorwsgi_openapi.checks.media import MediaPlan
from poorwsgi_openapi.checks.wording import explain_errors
from poorwsgi_openapi.document.pointers import is_list
from poorwsgi_openapi.document.styles import Style, StyleError

__all__ = ["ABSENT", "Location", "ParameterPlan", "Refused"]

ABSENT: Any = object()
"""Stands for a parameter that was not sent and has no default."""


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
        others: names of the other parameters in its place.
        style: how it is written.
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
        self.others: Collection[str] = ()
        self._casting = Casting(side.document)
        self.style = self._build_style(name)
        self._may_be_empty = node.get("allowEmptyValue") is True
        self.certain: Certain = self._build_certain()

    def __repr__(self) -> str:
        return f"<ParameterPlan {self.place} {self.name}>"

    @cached_property
    def _schema(self) -> SchemaPlan:
        return self._side.plan((*self._keys, "schema"), self._node.get("schema", {}))

    @cached_property
    def _media(self) -> MediaPlan | None:
        """What reads and checks the value of a parameter that has a media type."""
        content: Mapping[str, Any] = self._node.get("content") or {}
        for kind, node in content.items():
            follow, where = self._side.document.follow, (*self._keys, "content", kind)
            return MediaPlan(self._side, kind, *follow(node, where))
        return None

    def _build_style(self, name: str) -> Style:
        if "content" in self._node:
            return Style({"name": self.name, "in": self.place})
        schema, casting = self._node.get("schema", {}), self._casting
        return Style(
            self._node,
            name,
            casting.shape(schema),
            casting.properties(schema),
            is_open=casting.is_open(schema),
        )

    def _build_certain(self) -> Certain:
        if "content" in self._node or self._side.has_own_styles:
            return never
        schema = self._side.document.follow(self._node.get("schema", {}))[0]
        kind = schema.get("type")
        check, style = self._schema.certain, self.style
        if check is never or schema.get("nullable"):
            return never
        refuses_empty = self.place == "query" and not self._may_be_empty
        if style.style not in ("simple", "form"):
            return never
        if kind == "array" and not (style.is_spread and self.place == "cookie"):
            items = self._side.document.follow(schema.get("items", {}))[0]
            item: Any = items.get("type")
            if isinstance(item, str) and item in SCALARS and "nullable" not in items:
                return _split(check, item, style)
            return never
        if isinstance(kind, str) and kind in SCALARS:
            return _cast(check, kind, refuses_empty=refuses_empty)
        return never

    def ask(self, sent: Mapping[str, Any]) -> Any:
        """Read the parameter, whatever its style and its schema.

        Args:
            sent: all that was sent in this place, by name; several are a list.

        Returns:
            The typed value, or ``ABSENT``.

        Raises:
            Refused: it is wrong, or missing.
        """
        try:
            value = self._read(sent)
        except KeyError:
            value = self._default()
            if value is ABSENT and self.is_required:
                raise self._refuse("required", "is required") from None
            return value
        except StyleError as error:
            raise self._refuse("style", error.reason) from error
        except TooCostly as error:
            raise self._explain(refuse_cost(self._keys, sent)) from error
        except CastError as error:
            reason = f"can't be read as {error.kind}"
            raise self._refuse("type", reason, error.pointer) from error
        except Exception as error:  # a style or media type that can't be read
            kind = self._kind() or "its type"
            raise self._refuse("type", f"can't be read as {kind}") from error
        if value == "" and self.place == "query" and not self._may_be_empty:
            raise self._refuse("empty", "must not be empty")
        return self._check(value)

    def _check(self, value: Any) -> Any:
        try:
            if self._media is not None:
                return self._media.check(value)
            return self._schema.load(value)
        except InvalidValue as error:
            raise self._explain(error) from error

    def _explain(self, error: InvalidValue) -> Refused:
        faults = explain_errors(error.errors, self.place, name=self.name)
        return Refused(
            faults or [self._fault("schema", "can't be checked by its schema")]
        )

    def _read(self, sent: Mapping[str, Any]) -> Any:
        media = self._media
        if media is not None:
            text: str = Location(sent)[self.name]
            is_text = media.reading in ("octets", "unreadable")
            return text if is_text else media.decode(text.encode(), {})
        schema: Any = self._node.get("schema", {})
        if self._side.has_own_styles and not self._has_types(schema):
            return self._deserialiser.deserialize(Location(sent))
        texts = self.style.read(sent, self.others)
        return self._casting.cast(texts, schema, self._side.most_steps)

    def _has_types(self, schema: Mapping[str, Any]) -> bool:
        """Tell a list of types, which openapi-core can't cast."""
        return is_list(self._side.document.follow(schema)[0].get("type"))

    @cached_property
    def _deserialiser(self) -> Any:
        side, style = self._side, self.style
        schema = side.schema_path(self._keys) / "schema"
        return side.core.style_deserializers_factory.create(
            side.core.spec, schema, style.style, style.explode, name=self.name
        )

    def _default(self) -> Any:
        if "content" in self._node:
            return ABSENT
        schema = self._side.document.follow(self._node.get("schema", {}))[0]
        if "default" not in schema:
            return ABSENT
        try:
            return self._schema.load(schema["default"])
        except InvalidValue:
            return ABSENT  # no fault of the client's; the start warns of it

    def _kind(self) -> str:
        schema = self._side.document.follow(self._node.get("schema", {}))[0]
        kind: Any = schema.get("type", "")
        return kind if isinstance(kind, str) else ""

    def _fault(self, code: str, message: str, pointer: str = "") -> Fault:
        return Fault(self.place, code, message, name=self.name, pointer=pointer or None)

    def _refuse(self, code: str, message: str, pointer: str = "") -> Refused:
        return Refused([self._fault(code, message, pointer)])

    def query_names(self) -> Iterator[re.Pattern[str]]:
        """Yield what the names in a query match that belong to the parameter."""
        style = self.style
        if self.place != "query":
            return
        if style.is_object_by_name and style.is_open:
            yield re.compile(".*", re.DOTALL)
        elif style.is_object_by_name:
            yield from (re.compile(re.escape(name)) for name in style.properties)
        else:
            name = re.escape(self.name)
            is_deep = style.style == "deepObject"
            yield re.compile(rf"{name}\[.*\]" if is_deep else name, re.DOTALL)


def _cast(check: Certain, kind: str, *, refuses_empty: bool) -> Certain:
    """Build the short way of one text."""
    convert = CASTS.get(kind)

    def read(text: Any) -> Any:
        if text.__class__ is not str or (refuses_empty and not text):
            return UNSURE
        try:
            return check(text if convert is None else convert(text))
        except Exception:  # noqa: BLE001 - formats may raise anything
            return UNSURE

    return read


def _split(check: Certain, kind: str, style: Style) -> Certain:
    """Build the short way of an array."""
    convert = CASTS.get(kind)
    is_repeated = style.is_spread
    delimiter = re.compile(r"[ \t]*,[ \t]*") if style.is_header else re.compile(",")

    def read(value: Any) -> Any:
        if value.__class__ is list:
            texts = value if is_repeated else delimiter.split(value[0])
        elif not value:
            return UNSURE
        else:
            texts = [value] if is_repeated else delimiter.split(value)
        try:
            return check(texts if convert is None else [*map(convert, texts)])
        except Exception:  # noqa: BLE001 - formats may raise anything
            return UNSURE

    return read
