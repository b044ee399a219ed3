"""How clients reach an API, compared: servers, credentials, styles, names.

A server is what its URL is, variables filled in; a path of one that is gone
answers nobody any more.  An ``operationId`` names what clients are generated from,
so that a new one breaks them.
"""

from collections.abc import Iterator
from typing import Any

from poorwsgi_openapi.document.outline import (
    Outline,
    OutlinedOperation,
    as_map,
    as_text,
)
from poorwsgi_openapi.document.servers import list_urls
from poorwsgi_openapi.document.styles import Style
from poorwsgi_openapi.tools.schema_difference import Change

__all__ = ["compare_ids", "compare_schemes", "compare_servers", "compare_styles"]

_OF_SCHEMES = ("type", "in", "name", "scheme", "openIdConnectUrl")
_URLS = ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl")


def compare_servers(
    old: Outline, new: Outline, before: OutlinedOperation, after: OutlinedOperation
) -> Iterator[Change]:
    """Compare the servers of an operation; a webhook has none."""
    if before.is_webhook:
        return
    first, second = _list_servers(old, before), _list_servers(new, after)
    for url in first:
        if url not in second:
            yield Change(True, "servers", f"{url} is none any more")
    for url in second:
        if url not in first:
            yield Change(False, "servers", f"{url} is new")


def _list_servers(outline: Outline, operation: OutlinedOperation) -> list[str]:
    servers = outline.servers(operation) or [{}]
    urls = [url.rstrip("/") or "/" for each in servers for url in list_urls(each)]
    return [*dict.fromkeys(urls)]


def compare_schemes(old: Outline, new: Outline) -> Iterator[Change]:
    """Compare the security schemes that both documents have."""
    before, after = (each.components("securitySchemes") for each in (old, new))
    for name, node in before.items():
        if name not in after:
            continue  # which the requirements tell
        first, second = old.resolve(node), new.resolve(after[name])
        where = f"security scheme {name}"
        for key in _OF_SCHEMES:
            if as_text(first.get(key)).lower() != as_text(second.get(key)).lower():
                text = f"{key} was {first.get(key)}, and is {second.get(key)}"
                yield Change(True, where, text)
        yield from _compare_flows(first, second, where)


def _compare_flows(
    old: dict[str, Any], new: dict[str, Any], where: str
) -> Iterator[Change]:
    before, after = as_map(old.get("flows")), as_map(new.get("flows"))
    for name, node in before.items():
        first, second = as_map(node), as_map(after.get(name))
        if name not in after:
            yield Change(True, where, f"the flow {name} is none any more")
            continue
        for key in _URLS:
            if first.get(key) != second.get(key):
                yield Change(True, where, f"{key} of the flow {name} is another")
        for scope in as_map(first.get("scopes")):
            if scope not in as_map(second.get("scopes")):
                yield Change(True, where, f"the scope {scope} is none any more")


def compare_styles(
    old: dict[str, Any], new: dict[str, Any], where: str
) -> Iterator[Change]:
    """Compare how a parameter is written."""
    first, second = (Style(node) for node in (old, new))
    if first.style != second.style:
        yield Change(True, where, f"style was {first.style}, and is {second.style}")
    elif first.explode != second.explode:
        text = "its values stand apart now" if second.explode else "is one value now"
        yield Change(True, where, f"{text} (explode)")


def compare_ids(old: OutlinedOperation, new: OutlinedOperation) -> Iterator[Change]:
    """Compare the names of an operation."""
    first, second = old.operation_id, new.operation_id
    if first and first != second:
        text = f"operationId was {first}, and is {second or 'gone'}"
        yield Change(True, old.label, text)
