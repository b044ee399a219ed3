"""An application for a document, as Python to start from.

Each operation has a handler that answers 501, each security scheme a verifier
that refuses.  What is generated runs, is formatted and annotated, and belongs
to whoever generated it.

Text of the document becomes comments and literals, never code.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from poorwsgi_core.state import methods
from poorwsgi_openapi.document.document import Document, Operation
from poorwsgi_openapi.document.outline import Outline, as_map, as_text, list_types
from poorwsgi_openapi.document.rules import build_rule, group_name
from poorwsgi_openapi.tools.python_text import (
    WIDTH,
    Names,
    one_line,
    shorten,
    wrap,
    write_import,
    write_text,
)

__all__ = ["build_skeleton", "has_forms"]

_TYPES = {"integer": "int", "number": "float", "boolean": "bool", "string": "str"}
_FORMATS = {"uuid": "UUID", "date": "date", "date-time": "datetime"}
_STATES = ["HTTP_NOT_IMPLEMENTED"]
_TAKEN = {
    "Any",
    "Application",
    "OpenAPI",
    "Request",
    "UUID",
    "abort",
    "api",
    "app",
    "req",
}


class _Handler(NamedTuple):
    """A function to write: how it is bound, what it takes, what it is for."""

    decorator: str
    name: str
    arguments: tuple[tuple[str, str], ...]
    summary: str


def build_skeleton(document: Document, path: str, *, examples: bool = False) -> str:
    """Write the module of an application.

    Args:
        document: the document.
        path: where the application finds the document.
        examples: answer from the examples of the document until that is removed.
    """
    names = Names(_TAKEN)
    verifiers = [_verifier(names, scheme) for scheme in _used_schemes(document)]
    handlers = [
        _handler(names, operation)
        for operation in (*document.operations, *document.webhooks)
        if operation.method in methods
    ]
    skipped = [each for each in document.operations if each.method not in methods]
    mock = ', mock="all"' * examples
    pieces = [
        _head(document),
        _imports(document, handlers, has_verifiers=bool(verifiers)),
        f"app = Application(__name__)\napi = OpenAPI({write_text(path)}{mock})",
        *(_function(each, _REFUSAL, credentials=True) for each in verifiers),
        *(_function(each, _ABORT) for each in handlers),
        *(f"# The framework serves no {x.method}: {x.path}" for x in skipped),
        "app.install(api)",
    ]
    first, *rest = pieces
    code = "\n\n\n".join(rest[1:])
    return f"{first}\n\n{rest[0]}\n\n{code}\n"


_ABORT = "    abort(HTTP_NOT_IMPLEMENTED)"
_REFUSAL = "    return None"


def _used_schemes(document: Document) -> list[str]:
    """List the security schemes that operations ask for."""
    every = (*document.operations, *document.webhooks)
    found = {
        name: None
        for operation in every
        for requirement in operation.security
        for name in requirement
    }
    return [*found]


def _head(document: Document) -> str:
    info = as_map(document.raw.get("info"))
    title = one_line(f"{info.get('title', 'API')} {info.get('version', '')}")
    return f'"""{shorten(title, WIDTH - 7)}."""'


def _imports(
    document: Document, handlers: list[_Handler], *, has_verifiers: bool
) -> str:
    has_functions = has_verifiers or bool(handlers)
    standard = [
        *_standard_imports(handlers),
        *["from typing import Any"] * has_functions,
    ]
    base = ["Application", *["Request"] * has_functions]
    core = ["abort"] * bool(handlers)
    states = {
        m for each in handlers for m in re.findall("METHOD_[A-Z]+", each.decorator)
    }
    is_of_forms = has_forms(document)
    ours = ["Credentials"] * has_verifiers + ["OpenAPI"]
    lines = [
        write_import("poorwsgi_core", core if is_of_forms else [*base, *core]),
        write_import(
            "poorwsgi_core.state", [*_STATES * bool(handlers), *sorted(states)]
        ),
        write_import("poorwsgi_forms", base if is_of_forms else []),
        write_import("poorwsgi_openapi", ours),
    ]
    blocks = ["\n".join(sorted(standard)), "\n".join(filter(None, lines))]
    return "\n\n".join(filter(None, blocks))


def _standard_imports(handlers: list[_Handler]) -> list[str]:
    used = {kind for handler in handlers for _, kind in handler.arguments}
    dates = [name for name in ("date", "datetime") if name in used]
    return [
        *["from uuid import UUID"] * ("UUID" in used),
        *[f"from datetime import {', '.join(dates)}"] * bool(dates),
    ]


def has_forms(document: Document) -> bool:
    """Tell whether a form parser is needed."""
    outline = Outline(document.raw)
    return any(
        kind.lower().startswith("multipart/form-data")
        for operation in (*document.operations, *document.webhooks)
        for kind in outline.content({**(operation.request_body or {})})
    )


def _verifier(names: Names, scheme: str) -> _Handler:
    decorator = f"@api.security({write_text(scheme)})"
    summary = f"Return whom these credentials of {scheme} belong to; None refuses."
    return _Handler(decorator, names.make(f"verify_{scheme}"), (), summary)


def _handler(names: Names, operation: Operation) -> _Handler:
    name = names.make(operation.operation_id or f"{operation.method} {operation.path}")
    summary = as_text(operation.raw.get("summary")) or as_text(
        operation.raw.get("description")
    )
    summary = summary or f"{operation.method} {operation.path}"
    arguments = tuple(_arguments(operation))
    return _Handler(_decorator(operation), name, arguments, summary)


def _decorator(operation: Operation) -> str:
    if operation.is_webhook:
        return f"@api.webhook({write_text(operation.path)})"
    if operation.operation_id:
        return f"@api.operation({write_text(operation.operation_id)})"
    prefix = operation.document.prefixes(operation)[0]
    rule = write_text(prefix + build_rule(operation.path))
    return wrap("@app.route", [rule, f"METHOD_{operation.method}"], "")


def _arguments(operation: Operation) -> Iterator[tuple[str, str]]:
    outline = Outline(operation.document.raw)
    schemas = {
        str(parameter.get("name")): outline.resolve(parameter.get("schema"))
        for parameter in operation.parameters
        if parameter.get("in") == "path"
    }
    names = Names(_TAKEN)
    for path_name in operation.path_names:
        name = names.make(group_name(path_name))
        # A route of its own has texts; @api.operation hands on typed values.
        is_typed = bool(operation.operation_id)
        kind = _annotation(schemas.get(path_name, {})) if is_typed else "str"
        yield name, kind


def _annotation(schema: dict[str, object]) -> str:
    types = list_types({**schema})
    if len(types) != 1:
        return "Any"
    if types == ["string"] and schema.get("format") in _FORMATS:
        return _FORMATS[str(schema["format"])]
    return _TYPES.get(types[0], "Any")


def _function(handler: _Handler, body: str, *, credentials: bool = False) -> str:
    arguments = ["req: Request"]
    arguments += [f"{name}: {kind}" for name, kind in handler.arguments]
    arguments += ["credentials: Credentials"] * credentials
    line = wrap(f"def {handler.name}", arguments, " -> Any:")
    summary = shorten(one_line(handler.summary), WIDTH - 11)
    summary = summary if summary.endswith((".", "!", "?")) else f"{summary}."
    return f'{handler.decorator}\n{line}\n    """{summary}"""\n{body}'
