"""Responses of handlers, compared with what the document promises.

Only what a handler answers is looked at.  The body of a stream is never read, but
for sequences of items, which are looked at while they are sent; an answer of ours is
none of the handler's; and an undocumented 4xx or 5xx is what the framework says of
requests, so that it is tolerated unless asked for.
"""

import logging
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from poorwsgi_core import BaseResponse, Response, SimpleRequest
from poorwsgi_core.http.headers import parse_header
from poorwsgi_core.response import FilteredResponse
from poorwsgi_openapi.checks.engine import InvalidValue, Side
from poorwsgi_openapi.checks.faults import Fault
from poorwsgi_openapi.checks.media import MediaKinds, MediaPlan
from poorwsgi_openapi.checks.parameters import ParameterPlan, Refused
from poorwsgi_openapi.checks.plans import ApiRequest
from poorwsgi_openapi.checks.sequences import ItemError, SequencePlan, build_media
from poorwsgi_openapi.checks.wording import explain_errors
from poorwsgi_openapi.document.document import Operation

__all__ = ["ProblemResponse", "ResponseCheck", "ResponseInvalid", "ResponsePlans"]

log = logging.getLogger("poorwsgi")

_SHOWN = 200
_BODILESS = frozenset({204, 205, 206, 304, 416})


class ProblemResponse(Response):
    """An answer of ours, which is never validated as one of a handler."""


class ResponseInvalid(RuntimeError):
    """A handler's answer differs from the document.

    Attributes:
        operation: whose answer it is.
        faults: the differences.
    """

    def __init__(self, operation: Operation, status: int, faults: list[Fault]) -> None:
        from poorwsgi_core.results import escape_controls

        # Keys of the answer are in it, and may come from anywhere.
        lines = "".join(
            "\n  " + escape_controls(f"{fault.label}: {fault.message} ({fault.code})")
            for fault in faults
        )
        super().__init__(
            f"{operation.method} {operation.path} answers {status} otherwise than "
            f"{operation.document.describe(operation.keys)} says:{lines}"
        )
        self.operation = operation
        self.faults = faults

    def add_values(self) -> None:
        """Note what was answered; in debug only."""
        for fault in self.faults:
            if fault.value is not None:
                value = repr(fault.value)[:_SHOWN]
                self.add_note(f"{fault.label} is {value}")


class ResponsePlans:
    """The responses of one operation, prepared when they are first met.

    Args:
        side: what checks values.
        operation: the operation.
        is_strict: undocumented statuses of errors are faults too.
    """

    def __init__(self, side: Side, operation: Operation, *, is_strict: bool) -> None:
        self._side = side
        self._operation = operation
        self._is_strict = is_strict
        self._plans: dict[str, _ResponsePlan] = {}

    def check(self, response: BaseResponse) -> SequencePlan | None:
        """Compare a response with the document.

        Returns:
            What the items of a stream are still to be compared with.

        Raises:
            ResponseInvalid: they differ.
        """
        status = response.status_code
        key = self._find(status)
        if key is None:
            if status < 400 or self._is_strict:
                known = ", ".join(self._operation.responses)
                message = f"the status is none of {known}"
                faults = [Fault("status", "status", message)]
                raise ResponseInvalid(self._operation, status, faults)
            return None
        plan = self._plans.get(key) or self._build(key)
        faults, items = plan.find_faults(response, is_strict=self._is_strict)
        if faults:
            raise ResponseInvalid(self._operation, status, faults)
        return items

    def _find(self, status: int) -> str | None:
        responses = self._operation.responses
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in responses:
                return key
        return None

    def _build(self, key: str) -> "_ResponsePlan":
        found = self._operation.located_responses[key]
        plan = self._plans[key] = _ResponsePlan(self._side, *found)
        return plan


class _ResponsePlan:
    """What one status of one operation promises."""

    def __init__(
        self, side: Side, node: Mapping[str, Any], keys: tuple[str, ...]
    ) -> None:
        document = side.document
        self._side = side
        self._media: dict[str, MediaPlan] = {}
        self._nodes: dict[str, Any] | None = None
        if "content" in node:
            self._nodes = {
                kind: document.follow(media, (*keys, "content", kind))
                for kind, media in node["content"].items()
            }
            self._kinds = MediaKinds(self._nodes)
        self._headers: list[ParameterPlan] = []
        headers: Mapping[str, Any] = node.get("headers") or {}
        for name, header in headers.items():
            if name.lower() != "content-type":
                found, where = document.follow(header, (*keys, "headers", name))
                self._headers.append(ParameterPlan(side, found, where, name))

    def find_faults(
        self, response: BaseResponse, *, is_strict: bool
    ) -> tuple[list[Fault], SequencePlan | None]:
        """Return what is wrong with a response, and what checks a stream's items."""
        faults = self._check_headers(response)
        if self._nodes is None:
            return faults, None
        kind = response.headers.get("Content-Type") or response.content_type
        is_read = (
            isinstance(response, Response) and response.status_code not in _BODILESS
        )
        if is_read and not response.data:
            return [*faults, Fault("body", "required", "is missing")], None
        if not is_read and not kind:
            return faults, None
        name, options = parse_header(kind)
        media = self._choose(name.lower(), options)
        if media is None:
            if response.status_code >= 400 and not is_strict:
                return faults, None
            message = f"is of type {name or 'none'}, not {', '.join(self._nodes)}"
            return [*faults, Fault("body", "contentType", message)], None
        if is_read:
            return faults + _check_body(media, response.data, options), None
        if isinstance(media, SequencePlan) and media.has_items:
            return faults, media
        return faults, None

    def _choose(self, name: str, options: Mapping[str, str]) -> MediaPlan | None:
        key = self._kinds.find(name, options)
        if key is None:
            return None
        kind = name if "*" in key else key
        media = self._media.get(kind)
        if media is None:
            # These are the types of handlers, so there are few.
            media = build_media(self._side, kind, *(self._nodes or {})[key])
            self._media[kind] = media
        return media

    def _check_headers(self, response: BaseResponse) -> list[Fault]:
        faults: list[Fault] = []
        for plan in self._headers:
            value = response.headers.get(plan.name)
            sent = {} if value is None else {plan.name: value}
            try:
                plan.ask(sent)
            except Refused as error:
                faults += error.faults
        return faults


def _check_body(
    media: MediaPlan, data: bytes, options: Mapping[str, str]
) -> list[Fault]:
    try:
        value = media.decode(data, options)
    except Exception as error:  # noqa: BLE001 - decoders are many
        return [_unreadable(media, error)]
    try:
        media.check(value, len(data))
    except InvalidValue as error:
        return _explain(error)
    return []


def _unreadable(media: MediaPlan, error: Exception) -> Fault:
    pointer = f"/{error.index}" if isinstance(error, ItemError) else ""
    message = f"can't be read as {media.kind}"
    return Fault("body", "format", message, pointer=pointer)


def _explain(error: InvalidValue) -> list[Fault]:
    pointer = error.pointer
    return explain_errors(error.errors, "body", pointer=pointer) or [
        Fault("body", "schema", "can't be checked by its schema", pointer=pointer)
    ]


class ResponseCheck:
    """Looks at what handlers answer; an after handler.

    Args:
        find_plans: gives the plans of an operation, if it is of this document.
        sample: share of the responses that are looked at.
        is_raising: a fault is 500, and not only logged.
    """

    def __init__(
        self,
        find_plans: Callable[[Operation], ResponsePlans | None],
        sample: float,
        *,
        is_raising: bool,
    ) -> None:
        self._find_plans = find_plans
        self._sample = sample
        self._is_raising = is_raising

    def __call__(self, req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        """Return the response, if it may be sent.

        Raises:
            ResponseInvalid: it may not.
        """
        api = req.api
        if (
            not isinstance(api, ApiRequest)
            or isinstance(response, ProblemResponse)
            or (self._sample < 1 and random.random() >= self._sample)  # noqa: S311
        ):
            return response
        plans = self._find_plans(api.operation)
        if plans is None:
            return response
        try:
            items = plans.check(response)
        except ResponseInvalid as error:
            self._tell(error, is_debug=req.debug)
            return response
        if items is None or req.method == "HEAD":
            return response
        watch = partial(
            self._watch, items, api.operation, response.status_code, is_debug=req.debug
        )
        return FilteredResponse(response, watch)

    def _tell(self, error: ResponseInvalid, *, is_debug: bool) -> None:
        if self._is_raising:
            if is_debug:
                error.add_values()
            raise error
        log.error("%s", error)

    def _watch(
        self,
        items: SequencePlan,
        operation: Operation,
        status: int,
        chunks: Iterable[bytes],
        *,
        is_debug: bool,
    ) -> Iterator[bytes]:
        """Let a stream pass; what has the end of an item, when that is looked at.

        Raises:
            ResponseInvalid: an item differs, so that the stream breaks off.
        """
        rest, held = iter(chunks), list[bytes]()
        try:
            for _ in items.follow(_hold(rest, held)):
                yield from held
                held.clear()
        except InvalidValue as error:
            found = ResponseInvalid(operation, status, _explain(error))
            self._tell(found, is_debug=is_debug)
        except ItemError as error:
            found = ResponseInvalid(operation, status, [_unreadable(items, error)])
            self._tell(found, is_debug=is_debug)
        yield from held
        yield from rest


def _hold(chunks: Iterator[bytes], held: list[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        held.append(chunk)
        yield chunk
