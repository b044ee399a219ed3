"""Request bodies: chosen by media type, decoded, made typed values, checked.

A multipart form comes from the parser that the application offers, so that files
go where that puts them; all else is decoded as ``media`` tells.

What a client sends raises ``ProblemFound`` and nothing else; items that are read while
the handler runs raise an ``HTTPException`` with the answer.
"""

import codecs
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from poorwsgi_core import BaseResponse, HTTPException, Request
from poorwsgi_core.http.headers import parse_header
from poorwsgi_core.state import (
    HTTP_BAD_REQUEST,
    HTTP_REQUEST_ENTITY_TOO_LARGE,
    HTTP_UNSUPPORTED_MEDIA_TYPE,
    phrases,
)
from poorwsgi_openapi.checks.certain import UNSURE, ask_certain
from poorwsgi_openapi.checks.engine import InvalidValue, Side
from poorwsgi_openapi.checks.faults import Fault, Problem, ProblemFound
from poorwsgi_openapi.checks.json_text import decode_json
from poorwsgi_openapi.checks.judging.run import TooCostly
from poorwsgi_openapi.checks.media import MediaKinds, MediaPlan
from poorwsgi_openapi.checks.multiparts import FormPlan
from poorwsgi_openapi.checks.parameters import ABSENT
from poorwsgi_openapi.checks.sequences import ItemError, SequencePlan, build_media
from poorwsgi_openapi.checks.wording import explain_errors
from poorwsgi_openapi.document.document import Operation

__all__ = ["BodyPlan", "Refusal"]

Refusal = Callable[[Request, Problem, Operation], BaseResponse]
"""Logs why a request is refused, and builds the answer."""

_BLOCK = 32_768
_MOST_TYPES = 64
_MULTIPART = "multipart/form-data"
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_HINTS = {"POST": "Accept-Post", "PATCH": "Accept-Patch"}


def _refuse(status: int, code: str, message: str) -> ProblemFound:
    fault = Fault("body", code, message, pointer="")
    return ProblemFound(Problem(status, f"The request body {message}", [fault]))


class BodyPlan:
    """How the request body of an operation is read.

    Args:
        side: what checks values.
        operation: has a request body.
        limit: most bytes that are read into memory.
        open_form: gives the form of a request; ``None`` when nobody parses any.
        refuse: logs and answers a problem that is found while the handler runs.
    """

    def __init__(
        self,
        side: Side,
        operation: Operation,
        limit: int | None,
        open_form: Callable[[Request], Any] | None,
        refuse: Refusal,
    ) -> None:
        document = side.document
        node, keys = document.follow(
            operation.raw["requestBody"], (*operation.keys, "requestBody")
        )
        self.is_required = node.get("required") is True
        self._limit = limit
        self._operation = operation
        self._refuse = refuse
        self._open_form = open_form
        self._forms: dict[str, FormPlan] = {}
        self._side = side
        self._nodes = {
            kind: document.follow(media, (*keys, "content", kind))
            for kind, media in node["content"].items()
        }
        self._kinds = MediaKinds(self._nodes)
        self.media = {
            kind: self._build(kind, kind) for kind in self._nodes if "*" not in kind
        }
        self._chosen: dict[str, MediaPlan] = {}

    def _build(self, key: str, kind: str) -> MediaPlan:
        """Build the plan of a media type that the document has as *key*."""
        found, where = self._nodes[key]
        if parse_header(kind)[0].lower() == _MULTIPART:
            self._forms[kind] = FormPlan(self._side, found, where)
        return build_media(self._side, kind, found, where)

    def read(self, req: Request, faults: list[Fault]) -> Any:
        """Read the body of a request and return its typed value.

        Args:
            req: the request.
            faults: gets what is wrong with a body that could be read.

        Raises:
            ProblemFound: it can't be read.
        """
        if req.content_length <= 0 and not req.is_chunked:
            media = self.media.get(req.mime_type)
            if isinstance(media, SequencePlan):  # of no items
                whole = media.is_whole
                return self._load(req, media, b"", faults) if whole else iter(())
            if self.is_required:
                raise _refuse(HTTP_BAD_REQUEST, "required", "is required")
            return None
        name = req.mime_type
        media = self._chosen.get(name) or self._choose(req, name)
        if req.charset != "utf-8":
            _check_charset(req.charset, is_json=media.is_json)
        if media.kind in self._forms:
            return self._read_form(req, media, faults)
        if isinstance(media, SequencePlan) and not media.is_whole:
            return self._read_items(req, media)
        raw = self._read_bytes(req)
        if not raw and not isinstance(media, SequencePlan):
            if self.is_required:
                raise _refuse(HTTP_BAD_REQUEST, "required", "is required")
            return None
        return self._load(req, media, raw, faults)

    def _read_bytes(self, req: Request) -> bytes:
        try:
            return req.read_whole("max_body_size", self._limit)
        except HTTPException as error:
            raise _from_exception(error) from error

    def _load(
        self, req: Request, media: MediaPlan, raw: bytes, faults: list[Fault]
    ) -> Any:
        if media.reading == "form":
            _check_fields(raw, req.app.max_form_parts)
        try:
            value = (
                decode_json(raw)
                if media.is_json
                else media.decode(raw, _read_options(req))
            )
        except LookupError as error:
            reason = "is in a charset that is not supported"
            raise _refuse(HTTP_UNSUPPORTED_MEDIA_TYPE, "charset", reason) from error
        except ItemError as error:
            raise ProblemFound(_explain_item(error, media)) from error
        except TooCostly as error:
            raise _invalid(media.refuse_cost(raw)) from error
        except Exception as error:  # decoders are many, and clients inventive
            reason = f"can't be read as {media.kind}"
            raise _refuse(HTTP_BAD_REQUEST, "format", reason) from error
        made = ask_certain(media.certain, value)
        if made is not UNSURE:
            return made
        try:
            made, errors = media.judge(value, len(raw))
        except InvalidValue as error:
            raise _invalid(error) from error
        # PERF: most that is refused is so here, and no exception is raised for it.
        if errors:
            faults += explain_errors(errors, "body")
        return made

    def _read_form(self, req: Request, media: MediaPlan, faults: list[Fault]) -> Any:
        open_form = self._open_form
        if open_form is None:
            raise RuntimeError(
                "Nobody parses multipart forms: use poorwsgi_forms.Application, or "
                "give OpenAPI a form_parser"
            )
        try:
            form = open_form(req)
        except HTTPException as error:
            raise _from_exception(error) from error
        try:
            value, wrong = self._forms[media.kind].read(form)
        except InvalidValue as error:
            raise _invalid(error) from error
        faults += wrong
        if value is ABSENT and self.is_required and not wrong:
            raise _refuse(HTTP_BAD_REQUEST, "required", "is required")
        return None if value is ABSENT else value

    def _read_items(self, req: Request, media: SequencePlan) -> Iterator[Any]:
        """Yield the items of a body while it is read.

        Raises:
            HTTPException: an item is wrong; with the answer.
        """
        # PERF: a small body is in memory, and would be divided into lines twice.
        blocks = iter(partial(req.input.read, _BLOCK), b"")
        try:
            yield from media.read_items(blocks, self._limit)
        except (ItemError, InvalidValue) as error:
            problem = _explain_item(error, media)
            raise HTTPException(self._refuse(req, problem, self._operation)) from error

    def _choose(self, req: Request, name: str) -> MediaPlan:
        """Find the plan of a media type, and remember it where that is sure."""
        name, options = name.lower(), {}
        if self._kinds.has_options:
            options = parse_header(req.headers.get("Content-Type", ""))[1]
        key = self._kinds.find(name, options)
        if key is None:
            raise ProblemFound(self._unsupported())
        media = self.media.get(key)
        if media is None:  # a range
            media = self._build(key, name)
        if not self._is_readable(media):
            raise ProblemFound(self._unsupported())
        if not self._kinds.has_options and len(self._chosen) < _MOST_TYPES:
            self._chosen[req.mime_type] = media
        return media

    def _is_readable(self, media: MediaPlan) -> bool:
        if media.kind in self._forms:
            return self._open_form is not None or media.kind in self.media
        return media.reading != "unreadable"

    def _unsupported(self) -> Problem:
        readable = [
            kind
            for kind in self._nodes
            if kind not in self.media or self._is_readable(self.media[kind])
        ]
        types = ", ".join(readable or self._nodes)
        hint = _HINTS.get(self._operation.method)
        headers = [("Accept", types), *([(hint, types)] if hint else [])]
        message = f"has to be of type {types}"
        fault = Fault("body", "contentType", message, pointer="")
        detail = f"The request body {message}"
        return Problem(HTTP_UNSUPPORTED_MEDIA_TYPE, detail, [fault], headers)


def _check_fields(raw: bytes, limit: int | None) -> None:
    """Refuse a form of too many fields, as other forms are."""
    if limit is not None and raw.count(b"&") >= limit:
        reason = f"has more than {limit} fields"
        raise _refuse(HTTP_REQUEST_ENTITY_TOO_LARGE, "size", reason)


def _read_options(req: Request) -> dict[str, str]:
    """Read the parameters of the content type, clean enough for openapi-core."""
    options = parse_header(req.headers.get("Content-Type", ""))[1]
    if "charset" in options:
        options["charset"] = options["charset"].lower()
    # They are handed on as keywords.
    return {name: value for name, value in options.items() if name.isidentifier()}


def _check_charset(charset: str, *, is_json: bool) -> None:
    if is_json and charset.lower() in _UTF8:
        return
    try:
        if is_json:
            raise LookupError(charset)
        codecs.lookup(charset)
    except (LookupError, ValueError) as error:
        reason = "is in a charset that is not supported"
        raise _refuse(HTTP_UNSUPPORTED_MEDIA_TYPE, "charset", reason) from error


def _explain_item(error: ItemError | InvalidValue, media: MediaPlan) -> Problem:
    if isinstance(error, InvalidValue):
        return _invalid(error).problem
    pointer = f"/{error.index}"
    if error.is_large:
        fault = Fault("body", "size", "is too large", pointer=pointer)
        detail = "An item of the request body is too large"
        return Problem(HTTP_REQUEST_ENTITY_TOO_LARGE, detail, [fault])
    message = f"can't be read as {media.kind}"
    fault = Fault("body", "format", message, pointer=pointer)
    return Problem(HTTP_BAD_REQUEST, f"The request body {message}", [fault])


def _invalid(error: InvalidValue) -> ProblemFound:
    pointer = error.pointer
    faults = explain_errors(error.errors, "body", pointer=pointer) or [
        Fault("body", "schema", "can't be checked by its schema", pointer=pointer)
    ]
    if error.is_costly:
        detail = "The request body takes too much work to check"
        return ProblemFound(Problem(HTTP_REQUEST_ENTITY_TOO_LARGE, detail, faults))
    return ProblemFound(
        Problem(HTTP_BAD_REQUEST, "The request body is invalid", faults)
    )


def _from_exception(error: HTTPException) -> ProblemFound:
    status = error.status_code
    if status not in phrases or status < HTTP_BAD_REQUEST:
        status = HTTP_BAD_REQUEST
    if status == HTTP_REQUEST_ENTITY_TOO_LARGE:
        return _refuse(status, "size", "is too large")
    return _refuse(status, "format", "can't be read")
