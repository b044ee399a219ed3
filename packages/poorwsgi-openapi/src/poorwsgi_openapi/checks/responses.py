"""Responses of handlers, compared with what the document promises.

Only what a handler answers is looked at.  The body of a stream is never read;
an answer of ours is none of the handler's; and an undocumented 4xx or 5xx is
what the framework says of requests, so that it is tolerated unless asked for.
"""

import logging
import random
from collections.abc import Callable, Mapping
from typing import Any

from poorwsgi_core import BaseResponse, Response, SimpleRequest
from poorwsgi_core.http.headers import parse_header
from poorwsgi_openapi.checks.engine import InvalidValue, Side
from poorwsgi_openapi.checks.faults import Fault
from poorwsgi_openapi.checks.media import MediaKinds, MediaPlan
from poorwsgi_openapi.checks.parameters import ParameterPlan, Refused
from poorwsgi_openapi.checks.plans import ApiRequest
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

    def check(self, response: BaseResponse) -> None:
        """Compare a response with the document.

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
            return
        plan = self._plans.get(key) or self._build(key)
        faults = plan.find_faults(response, is_strict=self._is_strict)
        if faults:
            raise ResponseInvalid(self._operation, status, faults)

    def _find(self, status: int) -> str | None:
        responses = self._operation.responses
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in responses:
                return key
        return None

    def _build(self, key: str) -> "_ResponsePlan":
        operation = self._operation
        node, keys = operation.document.follow(
            operation.raw["responses"][key], (*operation.keys, "responses", key)
        )
        plan = self._plans[key] = _ResponsePlan(self._side, node, keys)
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

    def find_faults(self, response: BaseResponse, *, is_strict: bool) -> list[Fault]:
        """Return what is wrong with a response."""
        faults = self._check_headers(response)
        if self._nodes is None:
            return faults
        kind = response.headers.get("Content-Type") or response.content_type
        is_read = (
            isinstance(response, Response) and response.status_code not in _BODILESS
        )
        if is_read and not response.data:
            return [*faults, Fault("body", "required", "is missing")]
        if not is_read and not kind:
            return faults
        name, options = parse_header(kind)
        media = self._choose(name.lower(), options)
        if media is None:
            if response.status_code >= 400 and not is_strict:
                return faults
            message = f"is of type {name or 'none'}, not {', '.join(self._nodes)}"
            return [*faults, Fault("body", "contentType", message)]
        if is_read:
            faults += _check_body(media, response.data, options)
        return faults

    def _choose(self, name: str, options: Mapping[str, str]) -> MediaPlan | None:
        key = self._kinds.find(name, options)
        if key is None:
            return None
        kind = name if "*" in key else key
        media = self._media.get(kind)
        if media is None:
            # These are the types of handlers, so there are few.
            media = MediaPlan(self._side, kind, *(self._nodes or {})[key])
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
    except Exception:  # noqa: BLE001 - decoders are many
        message = f"can't be read as {media.kind}"
        return [Fault("body", "format", message, pointer="")]
    try:
        media.check(value, len(data))
    except InvalidValue as error:
        return explain_errors(error.errors, "body") or [
            Fault("body", "schema", "can't be checked by its schema", pointer="")
        ]
    return []


class ResponseCheck:
    """Looks at what handlers answer; an after handler.

    Args:
        find_plans: gives the plans of an operation.
        sample: share of the responses that are looked at.
        is_raising: a fault is 500, and not only logged.
    """

    def __init__(
        self,
        find_plans: Callable[[Operation], ResponsePlans],
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
        try:
            self._find_plans(api.operation).check(response)
        except ResponseInvalid as error:
            if self._is_raising:
                if req.debug:
                    error.add_values()
                raise
            log.error("%s", error)  # noqa: TRY400 - there is nothing to trace
        return response
