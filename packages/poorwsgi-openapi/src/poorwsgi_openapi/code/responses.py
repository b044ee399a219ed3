"""What a handler answers, as responses of the document.

A text is ``text/html``, since that is what the framework makes of it, and bytes are
``application/octet-stream``; whatever else is JSON.  What is told only in words is a
problem document (RFC 9457), which ``abort()`` becomes on the paths of an API.
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from types import NoneType
from typing import Any, Never, NoReturn, TypeAlias, get_origin

from poorwsgi_core import BaseResponse
from poorwsgi_openapi.code.hints import strip_null, unwrap
from poorwsgi_openapi.code.markers import ABSENT, Answer
from poorwsgi_openapi.code.schemas import Schemas

__all__ = [
    "JSON",
    "MEDIA_TYPES",
    "Answers",
    "describe_answers",
    "describe_problem",
    "is_bodiless",
]

JSON = "application/json"
MEDIA_TYPES = {bytes: "application/octet-stream", str: "text/html"}
"""Media types of what isn't JSON."""

_PROBLEM_TYPE = "application/problem+json"
_TEXT = {"type": "string"}
_PROBLEM = {
    "description": "What is wrong with a request (RFC 9457)",
    "type": "object",
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": dict.fromkeys(
                    ("in", "name", "pointer", "code", "message"), _TEXT
                ),
                "required": ["in", "code", "message"],
            },
        },
    },
    "required": ["type", "title", "status"],
}


def is_bodiless(hint: Any) -> bool:
    """Tell what says nothing about a body: no type, ``None``, a response."""
    inner, _ = unwrap(hint)
    if inner in (ABSENT, None, NoneType, NoReturn, Never):
        return True
    return isinstance(inner, type) and issubclass(inner, BaseResponse)


Answers: TypeAlias = Mapping[int, Any] | Mapping[str, Any] | Mapping[int | str, Any]
"""By status; a mapping is of one type of keys, so that of numbers is named too."""


def describe_answers(
    hint: Any,
    answer: Answer,
    others: Answers,
    schemas: Schemas,
    where: str,
) -> dict[str, Any]:
    """Describe all that is answered.

    Args:
        hint: type of what the handler returns, ``ABSENT`` without one.
        answer: what is said of it besides.
        others: what else is answered, by status, or what is said of that answer.
        schemas: describes types.
        where: whose answers they are, for messages.

    Raises:
        TypeError: a type can't be described.
        ValueError: a status is described twice.
    """
    answers = {str(status): _read_answer(each) for status, each in others.items()}
    if hint is not ABSENT and hint not in (NoReturn, Never):
        status = str(_find_status(hint, answer))
        beside = answers.get(status)
        if beside is not None and beside.type is not ABSENT:
            raise ValueError(
                f"{where} is described twice for {status}: by what is returned and in "
                "answers=; let one of them have the type"
            )
        returned = replace(beside or answer, type=hint, media_type=answer.media_type)
        answers = {status: returned} | answers | {status: returned}
    return {
        status: _describe(each, each.type, status, schemas, where)
        for status, each in answers.items()
    } or {"200": {"description": "OK"}}


def describe_problem(schemas: Schemas) -> dict[str, Any]:
    """Return the content of a problem document."""
    return {_PROBLEM_TYPE: {"schema": schemas.add("ProblemDetails", _PROBLEM)}}


def _find_status(hint: Any, answer: Answer) -> int:
    inner, _ = unwrap(hint)
    return 204 if inner in (None, NoneType) and answer.status == 200 else answer.status


def _read_answer(given: Any) -> Answer:
    """Read what stands in ``answers``, which may be short for an Answer."""
    if isinstance(given, Answer):
        return given
    if given is None or isinstance(given, str):
        return Answer(description=given or "", media_type=_PROBLEM_TYPE)
    return Answer(given)


def _describe(
    answer: Answer, hint: Any, status: str, schemas: Schemas, where: str
) -> dict[str, Any]:
    node: dict[str, Any] = {"description": answer.description or _phrase(status)}
    if answer.headers:
        node["headers"] = {
            name: _describe_header(each, schemas, f"the header {name} of {where}")
            for name, each in answer.headers.items()
        }
    more = schemas.fill({**answer.fields}, where)
    content = _describe_content(answer, hint, schemas, where)
    content |= more.pop("content", {})
    return {**node, **({"content": content} if content else {}), **more}


def _describe_content(
    answer: Answer, hint: Any, schemas: Schemas, where: str
) -> dict[str, Any]:
    if is_bodiless(hint):
        if answer.media_type == _PROBLEM_TYPE:
            return describe_problem(schemas)
        return {answer.media_type: {}} if answer.media_type else {}
    inner, _ = unwrap(hint)
    if get_origin(inner) is tuple or inner is tuple:
        raise TypeError(
            f"{where} is a tuple, which is body, content type, headers and status to "
            "the framework: write -> Annotated[Pet, Answer(status=201)], or return a "
            "response and write -> Annotated[Response, Answer(Pet)]"
        )
    kind = answer.media_type or MEDIA_TYPES.get(inner, JSON)
    return {kind: {} if inner is bytes else {"schema": schemas.describe(hint, where)}}


def _describe_header(hint: Any, schemas: Schemas, where: str) -> dict[str, Any]:
    stripped = strip_null(hint)
    schema = schemas.describe(stripped, where)
    text = schema.pop("description", "")
    described = {"description": text} if text else {}
    required = {"required": True} if stripped is hint else {}
    return {**described, **required, "schema": schema}


def _phrase(status: str) -> str:
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return "Any other answer" if status == "default" else f"Any {status}"
