"""A whole query as one value: ``in: querystring`` (OpenAPI 3.2).

It is decoded as a body of its media type would be; what is no form is decoded from
percent-encoding before.

What a client sends raises ``Refused`` and nothing else.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from poorwsgi_openapi.checks.engine import InvalidValue, Side
from poorwsgi_openapi.checks.faults import Fault
from poorwsgi_openapi.checks.media import MediaPlan
from poorwsgi_openapi.checks.parameters import ABSENT, Refused
from poorwsgi_openapi.checks.wording import explain_errors

__all__ = ["QuerystringPlan"]


class QuerystringPlan:
    """How a whole query is read.

    Args:
        side: what checks values.
        node: the parameter object.
        keys: where that is in the document.

    Attributes:
        name: as the document spells it; it is nowhere in the query.
    """

    def __init__(
        self, side: Side, node: Mapping[str, Any], keys: tuple[str, ...]
    ) -> None:
        self.name: str = node["name"]
        self._is_required = node.get("required") is True
        kind, media = next(iter(node["content"].items()))
        where = (*keys, "content", kind)
        self._media = MediaPlan(side, kind, *side.document.follow(media, where))

    def read(self, query: str) -> Any:
        """Return the typed value of a query, or ``ABSENT``.

        Raises:
            Refused: it can't be read, doesn't fit, or is missing.
        """
        if not query:
            if self._is_required:
                raise self._refuse("required", "is required")
            return ABSENT
        media, raw = self._media, query.encode("latin-1", "replace")
        try:
            is_form = media.reading == "form"
            value = media.decode(raw if is_form else unquote_to_bytes(raw), {})
        except Exception as error:  # decoders are many
            raise self._refuse("format", f"can't be read as {media.kind}") from error
        try:
            return media.check(value, len(raw))
        except InvalidValue as error:
            faults = explain_errors(error.errors, "query", name=self.name)
            raise Refused(
                faults or [self._fault("schema", "can't be checked by its schema")]
            ) from error

    def _fault(self, code: str, message: str) -> Fault:
        return Fault("query", code, message, name=self.name)

    def _refuse(self, code: str, message: str) -> Refused:
        return Refused([self._fault(code, message)])
