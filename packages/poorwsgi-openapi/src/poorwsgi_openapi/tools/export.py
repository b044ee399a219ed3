"""A document for an application: its routes, as far as they tell.

Filters become types, docstrings summaries and descriptions.  What routes can't
tell is left to whoever goes on writing: bodies, parameters of the query, answers.
"""

import inspect
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from poorwsgi_core import Application
from poorwsgi_core.application.rules import Converter, re_filter
from poorwsgi_core.state import METHOD_GET, METHOD_HEAD, methods
from poorwsgi_openapi.document.outline import METHODS
from poorwsgi_openapi.document.rules import rule_to_template
from poorwsgi_openapi.tools.route_check import is_own

__all__ = ["build_document", "read_texts"]

_SCHEMAS: dict[Converter, dict[str, Any]] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    uuid.UUID: {"type": "string", "format": "uuid"},
}
_PLAIN = {"type": "string"}
_VERSION = "3.1.1"
_SECTION = re.compile(r"^(?:Args|Returns|Raises|Yields|Example|Note)s?:$", re.MULTILINE)


def build_document(app: Application[Any]) -> tuple[dict[str, Any], list[str]]:
    """Describe an application.

    Returns:
        The document, and routes that have no path template: regular expressions.
    """
    paths: dict[str, dict[str, Any]] = {}
    skipped: list[str] = []
    ids: set[str] = set()
    for rule, handlers, converters in _iter_routes(app):
        path = rule_to_template(rule)
        if not _is_path(path):
            skipped.append(rule)
            continue
        parameters = [*_parameters(app, rule, converters)]
        for method, handler in _choose_handlers(handlers):
            operation = _describe(handler, method, ids)
            if parameters:
                operation["parameters"] = parameters
            operation["responses"] = {"200": {"description": "OK"}}
            paths.setdefault(path, {})[method] = operation
    info = {"title": app.name, "version": "0.1.0"}
    return {"openapi": _VERSION, "info": info, "paths": paths}, skipped


def _iter_routes(
    app: Application[Any],
) -> Iterator[tuple[str, dict[int, Callable[..., Any]], dict[str, Converter]]]:
    for rule, handlers in app.routes.items():
        yield rule, handlers, {}
    for pattern, entries in app.regular_routes.items():
        first = next(iter(entries.values()))
        converters = dict(first.converters) or dict.fromkeys(pattern.groupindex, str)
        found = {bit: entry.handler for bit, entry in entries.items()}
        yield first.rule or pattern.pattern, found, converters


def _is_path(path: str) -> bool:
    """Tell a path template from what is left of a regular expression."""
    return path.startswith("/") and not set(path) & set("()[]*+?\\^$|<>")


def _choose_handlers(
    handlers: dict[int, Callable[..., Any]],
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield what is worth an operation: HEAD isn't when it is that of GET."""
    names = {bit: name.lower() for name, bit in methods.items()}
    for bit, handler in handlers.items():
        is_get = bit == METHOD_HEAD and handlers.get(METHOD_GET) == handler
        if names[bit] in METHODS and not is_get and not is_own(handler):
            yield names[bit], handler


def _parameters(
    app: Application[Any], rule: str, converters: dict[str, Converter]
) -> Iterator[dict[str, Any]]:
    regexes = {group.partition(":")[0]: group for group in re_filter.findall(rule)}
    for name, converter in converters.items():
        schema = _SCHEMAS.get(converter)
        if schema is None:
            schema = {**_PLAIN, **_pattern(app, regexes.get(name, ""))}
        yield {"name": name, "in": "path", "required": True, "schema": {**schema}}


def _pattern(app: Application[Any], group: str) -> dict[str, str]:
    """Return the pattern of a group, unless it is that of any text."""
    _, colon, name = group.partition(":")
    if not colon:
        return {}
    if name.lower().startswith("re:"):
        return {"pattern": f"^{name[3:]}$"}
    return {"pattern": f"^{app.filters[f':{name.lower()}'][0]}$"}


def _describe(
    handler: Callable[..., Any], method: str, ids: set[str]
) -> dict[str, Any]:
    name = str(getattr(handler, "__name__", type(handler).__name__)).strip("_<>")
    identifier = name if name not in ids else f"{name}_{method}"
    number = 1
    while identifier in ids:
        number += 1
        identifier = f"{name}_{method}_{number}"
    ids.add(identifier)
    return {"operationId": identifier, **read_texts(handler)}


def read_texts(handler: Callable[..., Any]) -> dict[str, str]:
    """Read summary and description of a handler out of its docstring.

    Sections such as ``Args:`` are for those who read the code.
    """
    text = _SECTION.split(inspect.getdoc(handler) or "", maxsplit=1)[0]
    summary, _, description = text.partition("\n\n")
    texts = {
        "summary": " ".join(summary.split()).removesuffix("."),
        "description": description.strip(),
    }
    return {key: value for key, value in texts.items() if value}
