"""Routes and document, compared both ways.

An operation needs a route, a route needs an operation; where they meet, their
methods, the names in the path and the types of these have to agree.  HEAD goes
with GET, and the framework answers OPTIONS itself.

Routes outside of the paths of the servers aren't looked at.  What isn't in the
document at all is a warning, because an application may serve pages beside its
API; everything else is an error.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from poorwsgi_core import Application
from poorwsgi_core.application.rules import Converter
from poorwsgi_core.results import escape_controls
from poorwsgi_core.state import methods
from poorwsgi_openapi.document.document import Document, Operation
from poorwsgi_openapi.document.outline import Outline, list_types
from poorwsgi_openapi.document.rules import (
    build_rule,
    group_name,
    group_names,
    rule_to_template,
)
from poorwsgi_openapi.document.rules import template_shape as shape_of

__all__ = [
    "Difference",
    "check_routes",
    "find_unrouted",
    "format_differences",
    "is_own",
]

Level: TypeAlias = Literal["error", "warning"]

_IMPLIED = ("HEAD", "OPTIONS")
_FILTERS = {"integer": ":int", "number": ":float"}
_ACCEPTED: dict[Converter, tuple[str, set[str]]] = {
    int: ("int", {"integer"}),
    float: ("float", {"number"}),
}


class Difference(NamedTuple):
    """One thing in which routes and document differ.

    Attributes:
        level: ``error``, or ``warning`` for a route that isn't documented.
        where: method and path.
        message: what differs, and what to do.
    """

    level: Level
    where: str
    message: str


class _Route(NamedTuple):
    """One route of an application, for one method."""

    rule: str
    method: str
    handler: object
    converters: tuple[tuple[str, Converter], ...]

    @property
    def shape(self) -> str:
        return shape_of(rule_to_template(self.rule))


def check_routes(
    document: Document,
    app: Application[Any],
    *,
    ignore: Collection[str] = (),
    below: tuple[str, ...] = (),
    beside: Collection[Document] = (),
) -> list[Difference]:
    """Compare the routes of an application with a document.

    Args:
        document: the document.
        app: the application.
        ignore: routes that need no operation, such as those of webhooks.
        below: beginnings of further ones.
        beside: other documents of the application, which have routes of their own.
    """
    routes = [*_iter_routes(app, beside)]
    by_shape = _sort_routes(routes)
    operations = {
        (shape, operation.method): operation
        for operation in document.operations
        for shape in _shapes(document, operation)
    }
    found = [
        difference
        for operation in document.operations
        for difference in _check_operation(document, operation, by_shape)
    ]
    prefixes = _find_prefixes(document)
    kept = (
        route
        for route in routes
        if f"{route.rule}/".startswith(prefixes)
        and route.rule not in ignore
        and not route.rule.startswith(below)
        and not is_own(route.handler)
    )
    return [*found, *_check_undocumented(kept, operations)]


def find_unrouted(
    document: Document, app: Application[Any], beside: Collection[Document] = ()
) -> list[Operation]:
    """List the operations that no route of an application serves; see above."""
    by_shape = _sort_routes(_iter_routes(app, beside))
    return [
        operation
        for operation in document.operations
        if operation.method in methods
        and not _find_routes(document, operation, by_shape)
    ]


def format_differences(differences: Iterable[Difference]) -> str:
    """Write differences as lines, in columns."""
    rows = [[escape_controls(text) for text in each] for each in differences]
    width = max((len(where) for _, where, _ in rows), default=0)
    return "\n".join(f"{level:<7}  {where:<{width}}  {it}" for level, where, it in rows)


def is_own(handler: object) -> bool:
    """Tell the handlers of this package, which serve the document."""
    owner = getattr(handler, "__self__", handler)
    module = type(owner).__module__
    return module.partition(".")[0] == "poorwsgi_openapi"


def _iter_routes(
    app: Application[Any], beside: Collection[Document]
) -> Iterator[_Route]:
    elsewhere = {claim for document in beside for claim in document.list_claims()}
    for route in _iter_all_routes(app):
        if (route.shape, route.method) not in elsewhere:
            yield route


def _iter_all_routes(app: Application[Any]) -> Iterator[_Route]:
    names = {bit: name for name, bit in methods.items()}
    for rule, handlers in app.routes.items():
        for bit, handler in handlers.items():
            yield _Route(rule, names[bit], handler, ())
    for pattern, entries in app.regular_routes.items():
        for bit, entry in entries.items():
            rule = entry.rule or pattern.pattern
            yield _Route(rule, names[bit], entry.handler, entry.converters)


def _sort_routes(routes: Iterable[_Route]) -> dict[tuple[str, str], list[_Route]]:
    """Sort routes by shape and method."""
    found: dict[tuple[str, str], list[_Route]] = {}
    for route in routes:
        found.setdefault((route.shape, route.method), []).append(route)
    return found


def _find_routes(
    document: Document,
    operation: Operation,
    by_shape: dict[tuple[str, str], list[_Route]],
) -> list[_Route]:
    tried = [operation.method, *["GET"] * (operation.method == "HEAD")]
    return [
        route
        for shape in dict.fromkeys(_shapes(document, operation))
        for method in tried
        for route in by_shape.get((shape, method), ())
    ]


def _shapes(document: Document, operation: Operation) -> list[str]:
    """List where an operation may be routed: below its servers' paths, or not."""
    shape = shape_of(operation.path)
    return [prefix + shape for prefix in (*document.prefixes(operation), "")]


def _find_prefixes(document: Document) -> tuple[str, ...]:
    found = {
        prefix and f"{prefix}/"
        for operation in document.operations
        for prefix in document.prefixes(operation)
    }
    return tuple(sorted(found)) or ("",)


def _check_operation(
    document: Document,
    operation: Operation,
    by_shape: dict[tuple[str, str], list[_Route]],
) -> Iterator[Difference]:
    where = f"{operation.method} {operation.path}"
    if operation.method not in methods:
        known = ", ".join(methods)
        message = f"the framework serves no {operation.method}, only {known}"
        yield Difference("error", where, message)
        return
    found = _find_routes(document, operation, by_shape)
    if not found and operation.method != "OPTIONS":
        shapes = _shapes(document, operation)
        others = [method for shape, method in by_shape if shape in shapes]
        yield Difference("error", where, _explain_missing(document, operation, others))
    for route in found:
        yield from _check_names(document, operation, route)


def _explain_missing(
    document: Document, operation: Operation, others: list[str]
) -> str:
    """Say that a route is missing, and how to write it."""
    if operation.operation_id:
        remedy = f'@api.operation("{operation.operation_id}")'
    else:
        rule = document.prefixes(operation)[0] + _suggest_rule(operation)
        remedy = f'@app.route("{rule}", METHOD_{operation.method})'
    known = f"; the path has {', '.join(dict.fromkeys(others))}" if others else ""
    return f"no route{known}: add {remedy}"


def _suggest_rule(operation: Operation) -> str:
    outline = Outline(operation.document.raw)
    rule = build_rule(operation.path)
    for parameter in operation.parameters:
        if parameter.get("in") == "path":
            types = list_types(outline.resolve(parameter.get("schema")))
            filters = [_FILTERS[name] for name in types if name in _FILTERS]
            name = group_name(str(parameter.get("name")))
            rule = rule.replace(f"<{name}>", f"<{name}{''.join(filters)}>")
    return rule


def _check_names(
    document: Document, operation: Operation, route: _Route
) -> Iterator[Difference]:
    where = f"{operation.method} {operation.path}"
    expected = group_names(operation.path_names)
    groups = [name for name, _ in route.converters]
    if groups and groups != expected:
        yield Difference(
            "error",
            where,
            f"the route {route.rule} names {', '.join(groups)} what the document "
            f"names {', '.join(expected)}: use the same names in the same order",
        )
        return
    schemas = {
        group_name(str(parameter.get("name"))): parameter.get("schema")
        for parameter in operation.parameters
        if parameter.get("in") == "path"
    }
    outline = Outline(document.raw)
    for name, converter in route.converters:
        schema = outline.resolve(schemas.get(name))
        message = _compare_types(converter, schema)
        if message:
            text = f"the route {route.rule} {message}, so correct one of them"
            yield Difference("error", where, text.format(name=name))


def _compare_types(converter: Converter, schema: dict[str, Any]) -> str:
    """Say where a converter refuses what is documented; empty if it doesn't."""
    types = set(list_types(schema))
    if not types:
        return ""
    documented = " or ".join(sorted(types))
    if converter is uuid.UUID and schema.get("format") != "uuid":
        return f"takes <{{name}}:uuid>, and the document a {documented} of any form"
    if converter in _ACCEPTED:
        name, accepted = _ACCEPTED[converter]
        if not types <= accepted:
            return f"takes <{{name}}:{name}>, and the document has type {documented}"
    return ""


def _check_undocumented(
    routes: Iterable[_Route], operations: dict[tuple[str, str], Operation]
) -> Iterator[Difference]:
    shapes = {shape for shape, _ in operations}
    for route in routes:
        if (route.shape, route.method) in operations or route.method in _IMPLIED:
            continue
        where = f"{route.method} {route.rule}"
        if route.shape in shapes:
            message = "the document has this path without this method: document it"
            yield Difference("error", where, message)
        else:
            message = "no operation: document it, or name it in undocumented="
            yield Difference("warning", where, message)
