"""The signature of a handler, as an operation of the document.

A handler is ``handler(req, *path, **typed)``: the values of the path by position, then
arguments with types.  One without ``Query()`` and kin is an argument of the query when
its type is one that a text can be, or a list of such; else it is the body.

What it returns is the answer with status 200, or what ``Answer`` says in the hint.
"""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from types import NoneType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from poorwsgi_core import BaseResponse
from poorwsgi_core.request.callables import describe_handler
from poorwsgi_openapi.code.hints import UNIONS, read_hints, strip_null, unwrap
from poorwsgi_openapi.code.markers import (
    ABSENT,
    Answer,
    Body,
    Header,
    Parameter,
    Path,
    Query,
)
from poorwsgi_openapi.code.responses import JSON, Answers, describe_answers
from poorwsgi_openapi.code.schemas import Schemas
from poorwsgi_openapi.code.texts import TEXTS
from poorwsgi_openapi.code.values import to_plain
from poorwsgi_openapi.document.rules import group_name, rule_to_template

__all__ = ["Argument", "Signature", "read_signature"]

_REST = {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}
_GROUP = re.compile(r"<(\w+)(?::([^>]*))?>")
_FILTERS: Mapping[str, Mapping[str, Any]] = {
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "uuid": {"type": "string", "format": "uuid"},
    "word": {"type": "string", "pattern": r"^\w+$"},
    "hex": {"type": "string", "pattern": "^[0-9a-fA-F]+$"},
}
_TEXTS = {str, int, float, bool, *TEXTS} - {bytes}
_BODY_TYPES = {bytes: "application/octet-stream", str: "text/plain"}
_LISTS = (list, set, frozenset, tuple, Sequence)


class Argument(NamedTuple):
    """An argument of a handler that the request has.

    Attributes:
        place: ``path``, ``query``, ``header``, ``cookie`` or ``body``.
        name: what the document calls it.
        keyword: what the handler calls it, empty for a value of the path.
        hint: its type, ``Any`` when that isn't told.
        is_needed: the handler has no default for it.
    """

    place: str
    name: str
    keyword: str
    hint: Any
    is_needed: bool = True


class Signature(NamedTuple):
    """What a handler takes and gives.

    Attributes:
        rule: the route, whose groups have the names that the document has.
        template: the path, as OpenAPI has it.
        arguments: in the order of the handler, the path first.
        result: type of what it returns, ``ABSENT`` when that isn't told.
        answer: what its hint says besides.
        operation: parameters, body and answers, as OpenAPI has them.
    """

    rule: str
    template: str
    arguments: list[Argument]
    result: Any
    answer: Answer
    operation: dict[str, Any]


def read_signature(
    handler: Callable[..., Any],
    rule: str,
    schemas: Schemas,
    answers: Answers,
) -> Signature:
    """Describe a handler.

    Args:
        handler: gets the request, the values of the path and typed arguments.
        rule: its route.
        schemas: describes types.
        answers: what it answers besides.

    Raises:
        TypeError: an argument has no type, or one that can't be described, or there
            is none for a value of the path.
        ValueError: a status is described twice.
    """
    hints = read_hints(handler)
    result, answer = _split_answer(hints.pop("return", ABSENT))
    where = describe_handler(handler).place
    reading = _Reading(handler, hints, rule, schemas, where)
    reading.read_arguments()
    responses = describe_answers(
        result, answer, answers, schemas, f"the answer of {where}"
    )
    operation = {**reading.operation, "responses": responses}
    names = reading.rule, reading.template
    return Signature(*names, reading.arguments, result, answer, operation)


class _Reading:
    """The arguments of one handler, while they are described."""

    def __init__(
        self,
        handler: Callable[..., Any],
        hints: Mapping[str, Any],
        rule: str,
        schemas: Schemas,
        where: str,
    ) -> None:
        self.arguments: list[Argument] = []
        self.operation: dict[str, Any] = {}
        self._hints = hints
        self._schemas = schemas
        self._groups: list[tuple[str, str]] = _GROUP.findall(rule)
        self._parameters = [*inspect.signature(handler).parameters.values()]
        self.rule = rule
        self._where = where
        self.template = rule_to_template(rule)
        # handler(req, **kwargs) gets the path by name, handler(req, *values) as it is.
        kinds = {each.kind for each in self._parameters[1:]}
        self._takes_names = kinds == {inspect.Parameter.VAR_KEYWORD}
        self._takes_all = bool(kinds) and kinds <= _REST

    def read_arguments(self) -> None:
        """Describe parameters and body."""
        if len(self._groups) >= len(self._parameters) and not self._takes_all:
            names = ", ".join(name for name, _ in self._groups)
            raise TypeError(
                f"{self._where} lacks an argument for the path {self.rule}: its first "
                f"ones have to be (req, {names})"
            )
        positional = [] if self._takes_all else self._parameters[1:]
        for index, (name, filter_) in enumerate(self._groups):
            given = positional[index] if index < len(positional) else None
            self._add_path(name, filter_, given)
        for parameter in positional[len(self._groups) :]:
            self._add(parameter)

    def _add_path(
        self, name: str, filter_: str, parameter: inspect.Parameter | None
    ) -> None:
        hint = None if parameter is None else self._hints.get(parameter.name)
        if hint is None:
            node = {"name": name, "in": "path", "required": True}
            self._add_node(node, _describe_filter(filter_))
            keyword = name if self._takes_names else ""
            self.arguments.append(Argument("path", name, keyword, Any))
            return
        marker, hint = _split_marker(hint)
        marker = marker or Path()
        if not isinstance(marker, Path):
            raise TypeError(
                f"{self._where}: {name} is in the path, so it is no "
                f"{type(marker).__name__}; the values of the path come first"
            )
        if marker.name:
            self.template = self.template.replace(f"{{{name}}}", f"{{{marker.name}}}")
            group = f"<{group_name(marker.name)}"
            self.rule = re.sub(rf"<{name}(?=[:>])", group, self.rule)
            name = marker.name
        self._add_parameter(marker, name, hint, is_required=True)
        self.arguments.append(Argument("path", name, "", hint))

    def _add(self, parameter: inspect.Parameter) -> None:
        kind, name = parameter.kind, parameter.name
        if kind in _REST:
            return
        if name not in self._hints or kind is parameter.POSITIONAL_ONLY:
            raise TypeError(
                f"{self._where}: the argument {name} is none of the path and has no "
                f"type: write {name}: Annotated[str, Query()], or what else it is"
            )
        marker, hint = _split_marker(self._hints[name])
        is_required = parameter.default is parameter.empty
        if parameter.default is None:
            hint = strip_null(hint)
        marker = marker or (Query() if _is_text(hint) else Body())
        if isinstance(marker, Path):
            raise TypeError(
                f"{self._where}: the path {self.rule} has no more values, so {name} "
                "is none of it"
            )
        if isinstance(marker, Body):
            self._add_body(marker, name, hint, is_required=is_required)
            return
        wire = marker.name or (
            name.replace("_", "-").title() if isinstance(marker, Header) else name
        )
        default = ABSENT if is_required else parameter.default
        self._add_parameter(marker, wire, hint, is_required, default)
        self.arguments.append(Argument(marker.place, wire, name, hint, is_required))

    def _add_parameter(
        self,
        marker: Parameter,
        name: str,
        hint: Any,
        is_required: bool,
        default: Any = ABSENT,
    ) -> None:
        where = f"the argument {name} of {self._where}"
        schema = self._schemas.describe(Annotated[hint, marker], where)
        if default is not ABSENT and default is not None:
            schema["default"] = to_plain(default)
        node: dict[str, Any] = {"name": name, "in": marker.place}
        # Where nothing of an object is sent, it has the defaults of its members.
        is_open = marker.place == "query" and self._schemas.may_be_empty(schema)
        if is_required and not is_open:
            node["required"] = True
        if marker.description:
            node["description"] = marker.description
        if marker.deprecated:
            node["deprecated"] = True
        if marker.example is not ABSENT:
            node["example"] = to_plain(marker.example)
        node |= self._schemas.fill({**marker.fields}, where)
        self._add_node(node, schema)

    def _add_node(self, node: dict[str, Any], schema: dict[str, Any]) -> None:
        if "content" not in node:
            node["schema"] = schema
        self.operation.setdefault("parameters", []).append(node)

    def _add_body(
        self, marker: Body, name: str, hint: Any, *, is_required: bool
    ) -> None:
        where = f"the body {name} of {self._where}"
        if "requestBody" in self.operation:
            raise TypeError(
                f"{where} is the second one: a request has one body, so let one type "
                "have it all, or say Query() where it is none"
            )
        content = self._schemas.fill({**marker.content}, where)
        if not content:
            kind = marker.media_type or _BODY_TYPES.get(unwrap(hint)[0], JSON)
            media = self._schemas.fill({**marker.fields}, where)
            if marker.example is not ABSENT:
                media["example"] = to_plain(marker.example)
            content = {kind: {**self._describe_body(hint, marker, where), **media}}
        body = {"description": marker.description} if marker.description else {}
        required = {"required": True} if is_required else {}
        self.operation["requestBody"] = {**body, **required, "content": content}
        self.arguments.append(Argument("body", "", name, hint, is_required))

    def _describe_body(self, hint: Any, marker: Body, where: str) -> dict[str, Any]:
        if unwrap(hint)[0] is bytes:
            return {}
        return {"schema": self._schemas.describe(Annotated[hint, marker], where)}


def _split_answer(hint: Any) -> tuple[Any, Answer]:
    """Take what is said of an answer out of its type."""
    hint = _strip_responses(hint)
    inner, notes = unwrap(hint)
    answers = [note for note in notes if isinstance(note, Answer)]
    if not answers:
        return hint, Answer()
    if answers[0].type is not ABSENT:
        return answers[0].type, answers[0]
    rest = [note for note in notes if not isinstance(note, Answer)]
    return (Annotated[(inner, *rest)] if rest else inner), answers[0]


def _strip_responses(hint: Any) -> Any:
    """Take responses out of a union: any handler may return one instead."""
    inner, notes = unwrap(hint)
    if get_origin(inner) not in UNIONS:
        return hint
    members = tuple(each for each in get_args(inner) if not _is_response(each))
    if len(members) == len(get_args(inner)):
        return hint
    if not members:
        return BaseResponse
    kept: Any = Union[members]  # noqa: UP007 - their number isn't known
    return Annotated[(kept, *notes)] if notes else kept


def _is_response(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseResponse)


def _describe_filter(filter_: str) -> dict[str, Any]:
    """Describe what a route lets through, as far as it is known."""
    if filter_.lower().startswith("re:"):
        return {"type": "string", "pattern": f"^(?:{filter_[3:]})$"}
    return {**_FILTERS.get(filter_.lower(), {"type": "string"})}


def _split_marker(hint: Any) -> tuple[Parameter | Body | None, Any]:
    """Take what says where an argument is out of its type."""
    inner, notes = unwrap(hint)
    found = [note for note in notes if isinstance(note, Parameter | Body)]
    rest = [note for note in notes if note not in found]
    kept = Annotated[(inner, *rest)] if rest else inner
    return (found[0] if found else None), kept


def _is_text(hint: Any) -> bool:
    """Tell a type that an argument of a query can be."""
    inner, _ = unwrap(hint)
    origin, arguments = get_origin(inner), get_args(inner)
    if origin in UNIONS or origin in _LISTS:
        return all(
            _is_text(each) for each in arguments if each not in (NoneType, Ellipsis)
        )
    if origin is Literal or inner in _TEXTS:
        return True
    return isinstance(inner, type) and issubclass(inner, Enum)
