"""A handler with typed arguments, as a route calls it.

What the request has was checked before, by the document.  A type may refuse it yet,
such as a dataclass that raises ValueError: that is the client's mistake too.
"""

from collections.abc import Callable
from functools import wraps
from operator import attrgetter
from types import NoneType
from typing import Any

from poorwsgi_core import BaseResponse, Request
from poorwsgi_core.response import JSONResponse, make_response
from poorwsgi_core.state import HTTP_BAD_REQUEST
from poorwsgi_openapi.checks.faults import Fault, Problem, ProblemFound
from poorwsgi_openapi.checks.json_text import is_json
from poorwsgi_openapi.code.hints import unwrap
from poorwsgi_openapi.code.libraries import InvalidArgument
from poorwsgi_openapi.code.markers import Answer
from poorwsgi_openapi.code.operations import Argument, Signature
from poorwsgi_openapi.code.responses import JSON, MEDIA_TYPES, is_bodiless
from poorwsgi_openapi.code.values import Reader, build_reader, build_writer
from poorwsgi_openapi.document.outline import media_name

__all__ = ["build_call"]

_Source = Callable[[Any], Any]
_Refuse = Callable[[Request, Problem], BaseResponse]
_USUAL = {**MEDIA_TYPES, str: "text/html; charset=utf-8"}
_NONE = Argument("", "", "", None)


def build_call(
    handler: Callable[..., Any], signature: Signature, refuse: _Refuse
) -> Callable[..., Any]:
    """Build what calls a handler with what it asks for.

    Args:
        handler: the handler.
        signature: what it takes and gives.
        refuse: answers a request that can't be served.
    """
    read, give = _Arguments(signature.arguments).make, _build_giver(signature)

    @wraps(handler)
    def call(req: Any, *_: Any) -> Any:
        try:
            values, keywords = read(req.api)
        except ProblemFound as error:
            return refuse(req, error.problem)
        value = handler(req, *values, **keywords)
        return value if give is None else give(value)

    return call


class _Arguments:
    """Makes the arguments of a handler."""

    def __init__(self, arguments: list[Argument]) -> None:
        self._path: list[tuple[Argument, str, str, Reader]] = []
        self._named: list[tuple[Argument, str, str, _Source, Reader]] = []
        self._body: list[tuple[Argument, str, Reader]] = []
        for argument in arguments:
            place, name, keyword, hint, _ = argument
            reader = build_reader(hint)
            if place == "path":
                self._path.append((argument, name, keyword, reader))
            elif place == "body":
                self._body.append((argument, keyword, reader))
            else:
                source = attrgetter(_SOURCES[place])
                self._named.append((argument, name, keyword, source, reader))

    def make(self, api: Any) -> tuple[list[Any], dict[str, Any]]:
        """Return the values of the path, and the others by keyword.

        Raises:
            ProblemFound: a type refuses its value.
        """
        values: list[Any] = []
        keywords: dict[str, Any] = {}
        argument = _NONE
        # PERF: one try for all, which knows the argument that is refused; what is of
        # its type already, which most is, costs no call.
        try:
            for argument, name, keyword, read in self._path:  # noqa: B007
                value = api.path[name] if read is None else read(api.path[name])
                if keyword:
                    keywords[keyword] = value
                else:
                    values.append(value)
            for argument, name, keyword, source, read in self._named:
                found = source(api)
                if name in found:
                    value = found[name]
                    keywords[keyword] = value if read is None else read(value)
                elif argument.is_needed:  # an object, of which nothing was sent
                    keywords[keyword] = {} if read is None else read({})
            for argument, keyword, read in self._body:
                # That of an optional one is null or missing: both are its default.
                if api.body is not None or argument.is_needed:
                    keywords[keyword] = api.body if read is None else read(api.body)
        except ValueError as error:
            raise ProblemFound(_explain(argument, error)) from error
        return values, keywords


_SOURCES = {"query": "query", "header": "headers", "cookie": "cookies"}


def _explain(argument: Argument, error: ValueError) -> Problem:
    places = [("", str(error) or "is not valid")]
    if isinstance(error, InvalidArgument):
        places = error.places
    faults = [
        Fault(argument.place, "value", text, name=argument.name, pointer=pointer)
        for pointer, text in places
    ]
    detail = "A parameter of the request is invalid"
    if argument.place == "body":
        detail = "The request body is invalid"
    return Problem(HTTP_BAD_REQUEST, detail, faults)


def _build_giver(signature: Signature) -> Callable[[Any], Any] | None:
    """Build what makes the answer of what a handler returns, if it isn't that."""
    hint, answer = signature.result, signature.answer
    inner, _ = unwrap(hint)
    if inner in (None, NoneType):
        return None if answer.status == 200 else _of_status(answer, str)
    if is_bodiless(hint):
        return None
    is_json_text = inner is str and is_json(media_name(answer.media_type))
    if inner in MEDIA_TYPES and not is_json_text:
        is_usual = answer.status == 200 and not answer.media_type and inner is str
        return None if is_usual else _of_status(answer, inner)
    return _of_json(build_writer(hint), answer)


def _of_status(answer: Answer, type_: Any) -> Callable[[Any], Any]:
    kind = answer.media_type or _USUAL[type_]

    def give(value: Any) -> Any:
        if value.__class__ is tuple or isinstance(value, BaseResponse):
            return value
        return make_response(value, kind, None, answer.status)

    return give


def _of_json(write: Reader, answer: Answer) -> Callable[[Any], Any]:
    status, kind = answer.status, answer.media_type
    is_usual = status == 200 and kind in ("", JSON)

    def give(value: Any) -> Any:
        if isinstance(value, BaseResponse):
            return value
        if value.__class__ is tuple:
            # As any handler may: the body, and what comes with it.
            body, *others = value
            return (body if write is None else write(body), *others)
        made = value if write is None else write(value)
        if is_usual and made.__class__ is dict:
            return made
        response = JSONResponse(made, status_code=status)
        if kind:
            response.content_type = kind
        return response

    return give
