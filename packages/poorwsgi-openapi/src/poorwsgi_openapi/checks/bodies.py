"""Request bodies: chosen by media type, decoded, made typed values, checked.

JSON is decoded here, strictly (RFC 8259: UTF-8, no NaN, no lone surrogates);
a multipart form comes from the parser that the application offers, so that
files go where that puts them; all else is decoded by openapi-core.

What a client sends raises ``BodyRefused`` and nothing else.
"""

import codecs
import json
from collections.abc import Callable, Mapping
from fnmatch import fnmatch
from functools import cached_property
from typing import Any

from poorwsgi_core import HTTPException, Request
from poorwsgi_core.http.headers import parse_header
from poorwsgi_core.state import (
    HTTP_BAD_REQUEST,
    HTTP_REQUEST_ENTITY_TOO_LARGE,
    HTTP_UNSUPPORTED_MEDIA_TYPE,
    phrases,
)
from poorwsgi_openapi.checks.certain import UNSURE, never
from poorwsgi_openapi.checks.engine import InvalidValue, SchemaPlan, Side
from poorwsgi_openapi.checks.faults import Fault, Problem
from poorwsgi_openapi.checks.multiparts import FormPlan
from poorwsgi_openapi.checks.parameters import ABSENT
from poorwsgi_openapi.checks.wording import explain_errors
from poorwsgi_openapi.document.document import Operation

__all__ = ["BodyPlan", "BodyRefused", "MediaPlan", "decode_json"]

_MOST_TYPES = 64
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_HINTS = {"POST": "Accept-Post", "PATCH": "Accept-Patch"}


class BodyRefused(ValueError):
    """A request body is refused.

    Attributes:
        problem: why, with the status of the answer.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def _refuse(status: int, code: str, message: str) -> BodyRefused:
    fault = Fault("body", code, message, pointer="")
    return BodyRefused(Problem(status, f"The request body {message}", [fault]))


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)


def decode_json(raw: bytes) -> Any:
    """Decode JSON text.

    Raises:
        ValueError: it is not JSON in UTF-8, or has a lone surrogate.
        RecursionError: it is nested too deeply.
    """
    text = raw.decode()
    try:
        value, end = _decoder.raw_decode(text)
    except ValueError:
        value, end = None, -1
    if end != len(text):
        value = _decoder.decode(text.removeprefix("\ufeff"))
    if b"\\ud" in raw or b"\\uD" in raw:
        # Half of a pair is no character, and can't be sent on as UTF-8.
        json.dumps(value, ensure_ascii=False).encode()
    return value


class MediaPlan:
    """How a body of one media type is read.

    Args:
        side: what checks values.
        kind: the media type as the document has it, maybe a range.
        node: the media type object.
        keys: where that is in the document.
    """

    def __init__(
        self, side: Side, kind: str, node: Mapping[str, Any], keys: tuple[str, ...]
    ) -> None:
        self._side = side
        self._keys = keys
        self.kind = kind
        name = parse_header(kind)[0].lower()
        self.is_json = is_json(name) and name not in (
            side.core.extra_media_type_deserializers or {}
        )
        self.schema: SchemaPlan | None = None
        if "schema" in node:
            self.schema = side.plan((*keys, "schema"), node["schema"])
        self.certain = never if self.schema is None else self.schema.certain

    @cached_property
    def _path(self) -> Any:
        return self._side.schema_path(self._keys)

    def decode(self, raw: bytes, options: Mapping[str, str]) -> Any:
        """Decode a body by openapi-core.

        Args:
            raw: the body.
            options: parameters of its content type.

        Raises:
            Exception: whatever the deserialiser raises.
        """
        if self.is_json:
            return decode_json(raw)
        name = parse_header(self.kind)[0].lower()
        return self._side.media_type(name, self._path, options).deserialize(raw)

    def check(self, value: Any) -> Any:
        """Check a decoded body and return what it becomes.

        Raises:
            InvalidValue: it doesn't fit.
        """
        return value if self.schema is None else self.schema.load(value)


def is_json(name: str) -> bool:
    """Tell whether a media type, in lower case, is JSON."""
    return name == "application/json" or name.endswith("+json")


class BodyPlan:
    """How the request body of an operation is read.

    Args:
        side: what checks values.
        operation: has a request body.
        limit: most bytes that are read into memory.
        open_form: gives the form of a request; ``None`` when nobody parses any.
    """

    def __init__(
        self,
        side: Side,
        operation: Operation,
        limit: int | None,
        open_form: Callable[[Request], Any] | None,
    ) -> None:
        document = side.document
        node, keys = document.follow(
            operation.raw["requestBody"], (*operation.keys, "requestBody")
        )
        self.is_required = node.get("required") is True
        self._limit = limit
        self._method = operation.method
        self._open_form = open_form
        self._forms: dict[str, FormPlan] = {}
        self.media: dict[str, MediaPlan] = {}
        for kind, media in node["content"].items():
            found, where = document.follow(media, (*keys, "content", kind))
            self.media[kind] = MediaPlan(side, kind, found, where)
            if parse_header(kind)[0].lower() == "multipart/form-data":
                self._forms[kind] = FormPlan(side, found, where)
        self._is_exact = any(";" in kind for kind in self.media)
        self._chosen: dict[str, MediaPlan] = {}

    def read(self, req: Request) -> Any:
        """Read the body of a request and return its typed value.

        Raises:
            BodyRefused: it can't be read, or doesn't fit.
        """
        if req.content_length <= 0 and not req.is_chunked:
            if self.is_required:
                raise _refuse(HTTP_BAD_REQUEST, "required", "is required")
            return None
        name = req.mime_type
        media = self._chosen.get(name) or self._choose(req, name)
        if req.charset != "utf-8":
            _check_charset(req.charset, is_json=media.is_json)
        if media.kind in self._forms:
            return self._read_form(req, media)
        raw = self._read_bytes(req)
        if not raw:
            if self.is_required:
                raise _refuse(HTTP_BAD_REQUEST, "required", "is required")
            return None
        return self._load(req, media, raw)

    def _read_bytes(self, req: Request) -> bytes:
        try:
            return req.read_whole("max_body_size", self._limit)
        except HTTPException as error:
            raise _from_exception(error) from error

    def _load(self, req: Request, media: MediaPlan, raw: bytes) -> Any:
        try:
            value = (
                decode_json(raw)
                if media.is_json
                else media.decode(raw, _read_options(req))
            )
        except LookupError as error:
            reason = "is in a charset that is not supported"
            raise _refuse(HTTP_UNSUPPORTED_MEDIA_TYPE, "charset", reason) from error
        except Exception as error:  # decoders are many, and clients inventive
            reason = f"can't be read as {media.kind}"
            raise _refuse(HTTP_BAD_REQUEST, "format", reason) from error
        try:
            made = media.certain(value)
            return media.check(value) if made is UNSURE else made
        except InvalidValue as error:
            raise _invalid(error) from error
        except Exception:  # noqa: BLE001 - of the short way only
            return self._ask(media, value)

    def _ask(self, media: MediaPlan, value: Any) -> Any:
        try:
            return media.check(value)
        except InvalidValue as error:
            raise _invalid(error) from error

    def _read_form(self, req: Request, media: MediaPlan) -> Any:
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
        value, faults = self._forms[media.kind].read(form)
        if faults:
            raise BodyRefused(
                Problem(HTTP_BAD_REQUEST, "The request body is invalid", faults)
            )
        if value is ABSENT and self.is_required:
            raise _refuse(HTTP_BAD_REQUEST, "required", "is required")
        return None if value is ABSENT else value

    def _choose(self, req: Request, name: str) -> MediaPlan:
        """Find the media type; what openapi-core's finder finds, it does too."""
        whole = req.headers.get("Content-Type", "") if self._is_exact else name
        media = self.media.get(whole) or self.media.get(name.lower())
        if media is None and name:
            matching = (key for key in self.media if fnmatch(name.lower(), key))
            media = self.media.get(next(matching, ""))
        if media is None:
            raise BodyRefused(self._unsupported())
        if not self._is_exact and len(self._chosen) < _MOST_TYPES:
            self._chosen[name] = media
        return media

    def _unsupported(self) -> Problem:
        types = ", ".join(self.media)
        hint = _HINTS.get(self._method)
        headers = [("Accept", types), *([(hint, types)] if hint else [])]
        message = f"has to be of type {types}"
        fault = Fault("body", "contentType", message, pointer="")
        detail = f"The request body {message}"
        return Problem(HTTP_UNSUPPORTED_MEDIA_TYPE, detail, [fault], headers)


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


def _invalid(error: InvalidValue) -> BodyRefused:
    faults = explain_errors(error.errors, "body") or [
        Fault("body", "schema", "can't be checked by its schema", pointer="")
    ]
    return BodyRefused(Problem(HTTP_BAD_REQUEST, "The request body is invalid", faults))


def _from_exception(error: HTTPException) -> BodyRefused:
    status = error.status_code
    if status not in phrases or status < HTTP_BAD_REQUEST:
        status = HTTP_BAD_REQUEST
    if status == HTTP_REQUEST_ENTITY_TOO_LARGE:
        return _refuse(status, "size", "is too large")
    return _refuse(status, "format", "can't be read")
