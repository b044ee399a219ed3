"""URLs of servers: their variables filled in, relative ones made paths.

A relative URL is relative to where the document is served (OAS 3.1.1, "Relative
References in API URLs").
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

__all__ = ["list_paths", "list_urls"]

_MOST_URLS = 64


def list_urls(server: Mapping[str, Any]) -> list[str]:
    """List the URLs that a server has: one for each choice of its variables.

    The default of a variable comes first; one that isn't described stays.
    """
    variables: Mapping[str, Any] = server.get("variables") or {}
    choices = [_list_values(variable) for variable in variables.values()]
    found: dict[str, None] = {}
    for values in islice(product(*choices), _MOST_URLS):
        url = str(server.get("url", "/"))
        for name, value in zip(variables, values, strict=True):
            url = url.replace(f"{{{name}}}", value)
        found[url] = None
    return [*found]


def _list_values(variable: Mapping[str, Any]) -> list[str]:
    named: Sequence[Any] = variable.get("enum") or ()
    values = [variable.get("default", ""), *named]
    return [*dict.fromkeys(map(str, values))]


def list_paths(servers: Sequence[Mapping[str, Any]], base: str) -> list[str]:
    """List the paths of servers, without their ends.

    Args:
        servers: server objects; none stand for the root.
        base: where the document is served.
    """
    return [*dict.fromkeys(_iter_paths(servers or ({"url": "/"},), base))]


def _iter_paths(servers: Sequence[Mapping[str, Any]], base: str) -> Iterator[str]:
    for server in servers:
        for url in list_urls(server):
            # Without a host, urljoin takes "../" for a part of the path; nothing
            # would be the document itself, which nobody means.
            whole = urljoin(f"http://localhost{base}", url or ".")
            yield unquote(urlsplit(whole).path).rstrip("/")
