"""Answers made of a document, for operations that nobody has written yet.

An answer is that of the first documented success, else of the first redirect, with
the document's example or a value that fits the schema.  A client may ask for another
one by ``Prefer`` (RFC 7240): ``code=404``, ``example=dog``.  What the document
doesn't describe is 501.
"""

import re
from typing import Any

from poorwsgi_core import BaseResponse, HTTPException, Request, Response
from poorwsgi_core.http.negotiation import parse_negotiation
from poorwsgi_core.response import NoContentResponse
from poorwsgi_core.state import (
    HTTP_MOVED_TEMPORARILY,
    HTTP_NO_CONTENT,
    HTTP_NOT_IMPLEMENTED,
    HTTP_NOT_MODIFIED,
    HTTP_OK,
    HTTP_RESET_CONTENT,
    phrases,
)
from poorwsgi_openapi.answers.docs_page.samples import format_value
from poorwsgi_openapi.document.document import Operation
from poorwsgi_openapi.document.examples import Sampler, list_examples
from poorwsgi_openapi.document.outline import Outline, as_map

__all__ = ["answer_mock"]

_CODE = re.compile(r'\bcode\s*=\s*"?([1-5][0-9]{2})\b', re.IGNORECASE)
_EXAMPLE = re.compile(r'\bexample\s*=\s*"?([^",;\s]+)', re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x20\x7f]+")
"""What an example may have, such as an end of line, and no header."""
_BODILESS = (HTTP_NO_CONTENT, HTTP_RESET_CONTENT, HTTP_NOT_MODIFIED)
_FALLBACKS = {"2": HTTP_OK, "3": HTTP_MOVED_TEMPORARILY}
_CONCRETE = {
    "text/*": "text/plain",
    "image/*": "image/png",
    "audio/*": "audio/mpeg",
    "video/*": "video/mp4",
    "font/*": "font/woff2",
}
"""What is sent where the document has a range."""
_MANAGED = ("connection", "content-length", "content-type", "transfer-encoding")


def answer_mock(req: Request, *_: Any) -> BaseResponse:
    """Answer for the operation of a request; a handler.

    Args:
        req: the request, which has been checked: its ``api`` is there.
    """
    operation = req.api.operation
    outline = Outline(operation.document.raw)
    preference = req.headers.get("Prefer", "")
    code, example = _CODE.search(preference), _EXAMPLE.search(preference)
    key, status = _choose_response(operation, int(code[1]) if code else None)
    response = {**operation.responses[key]}
    built = _build_body(outline, response, req, example[1] if example else "")
    headers = _build_headers(outline, response)
    if built is None or status in _BODILESS:
        return NoContentResponse(headers, status)
    return Response(built[0], built[1], headers, status)


def _choose_response(operation: Operation, wanted: int | None) -> tuple[str, int]:
    """Choose the key and the status: what is asked for, a success, the default."""
    by_key = {key.upper(): key for key in operation.responses}
    if wanted is not None and wanted >= HTTP_OK and wanted in phrases:
        for name in (str(wanted), f"{str(wanted)[0]}XX", "DEFAULT"):
            if name in by_key:
                return by_key[name], wanted
    for first, status in _FALLBACKS.items():
        for name, key in by_key.items():
            if name.startswith(first):
                known = name.isdecimal() and int(name) in phrases
                return key, int(name) if known else status
    if "DEFAULT" in by_key:
        return by_key["DEFAULT"], HTTP_OK
    raise HTTPException(
        HTTP_NOT_IMPLEMENTED, error="The document has no successful answer to show"
    )


def _build_body(
    outline: Outline, response: dict[str, Any], req: Request, wanted: str
) -> tuple[str, str] | None:
    """Build text and media type, ``None`` where the document has no body."""
    content = outline.content(response)
    if not content:
        return None
    kind = _choose_type([*content], req.headers.get("Accept", ""))
    media = content[kind]
    examples = list_examples(outline, media, "response")
    if not examples:
        raise HTTPException(
            HTTP_NOT_IMPLEMENTED, error=f"The document has no example of {kind}"
        )
    value = examples.get(wanted, next(iter(examples.values())))
    kind = _find_concrete(kind, value)
    return format_value(outline, kind, value, media.get("schema")), kind


def _find_concrete(kind: str, value: Any) -> str:
    """Return the media type that is sent for one that may be a range."""
    if "*" not in kind:
        return kind
    other = "text/plain" if kind == "*/*" else "application/octet-stream"
    return _CONCRETE.get(kind, other if isinstance(value, str) else "application/json")


def _choose_type(kinds: list[str], accept: str) -> str:
    """Choose the first media type that a client accepts; the first of all if none."""
    accepted = [entry[0] for entry in parse_negotiation(accept) if entry[1] > 0]
    for wanted in accepted:
        prefix = wanted.removesuffix("*") if wanted != "*/*" else ""
        for kind in kinds:
            if kind == wanted or (wanted.endswith("*") and kind.startswith(prefix)):
                return kind
    return kinds[0]


def _build_headers(outline: Outline, response: dict[str, Any]) -> dict[str, str]:
    """Build the headers that the document promises."""
    sampler = Sampler(outline, "response")
    headers: dict[str, str] = {}
    for name, node in as_map(response.get("headers")).items():
        header = outline.resolve(node)
        value = header.get("example", sampler.build(header.get("schema", {})))
        if name.lower() not in _MANAGED and isinstance(value, str | int | float):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            headers[name] = _CONTROLS.sub(" ", text).strip()
    return headers
