"""Documents of OpenAPI 3.0 in the words of 3.1, whose schemas are JSON Schema."""

from collections.abc import Mapping
from typing import Any

from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.pointers import LITERALS, is_list, is_map

__all__ = ["modernise"]


def modernise(document: Document) -> dict[str, Any]:
    """Return what a document says, as OpenAPI 3.1 says it."""
    if document.version != "3.0":
        return document.raw
    return {key: _modernise(value) for key, value in document.raw.items()}


def _modernise(node: Any) -> Any:
    if is_list(node):
        return [_modernise(each) for each in node]
    if not is_map(node):
        return node
    found = {
        key: value if key in LITERALS else _modernise(value)
        for key, value in node.items()
    }
    for side in ("Minimum", "Maximum"):
        _move_limit(found, f"exclusive{side}", side.lower())
    return _allow_null(found) if found.pop("nullable", False) is True else found


def _move_limit(schema: dict[str, Any], exclusive: str, limit: str) -> None:
    """Let an exclusive limit be a number, and no word about another one."""
    is_exclusive = schema.get(exclusive)
    if isinstance(is_exclusive, bool):
        del schema[exclusive]
        if is_exclusive and limit in schema:
            schema[exclusive] = schema.pop(limit)


def _allow_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    kind = schema.get("type")
    if not isinstance(kind, str):
        # In 3.0 null needs a type beside it, so that here it means nothing.
        return {**schema}
    return {**schema, "type": [kind, "null"]}
