"""An application for a document, as Python to start from.

Each operation has a handler that answers 501, each security scheme a verifier
that refuses.  What is generated runs, is formatted and annotated, and belongs
to whoever generated it.

Text of the document becomes comments and literals, never code.
"""

import builtins
import json
import keyword
import re
from collections.abc import Iterator
from typing import NamedTuple

from poorwsgi_core.state import methods
from poorwsgi_openapi.document.document import Document, Operation
from poorwsgi_openapi.document.outline import Outline, as_map, as_text, list_types
from poorwsgi_openapi.document.rules import build_rule, group_name

__all__ = ["build_skeleton"]

_WIDTH = 88
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
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


class _Handler(NamedTuple):
    """A function to write: how it is bound, what it takes, what it is for."""

    decorator: str
    name: str
    arguments: tuple[tuple[str, str], ...]
    summary: str


class _Names:
    """Python names, each given once."""

    def __init__(self) -> None:
        self._taken = {
            *_TAKEN,
            *keyword.kwlist,
            *keyword.softkwlist,
            *dir(builtins),
        }

    def make(self, text: str) -> str:
        words = _WORD.findall(text)
        name = "_".join(words).lower() or "operation"
        name = f"_{name}" if name[0].isdigit() else name
        found, number = name, 1
        while found in self._taken:
            number += 1
            found = f"{name}_" if number == 2 else f"{name}_{number}"
        self._taken.add(found)
        return found


def build_skeleton(document: Document, path: str, *, examples: bool = False) -> str:
    """Write the module of an application.

    Args:
        document: the document.
        path: where the application finds the document.
        examples: answer from the examples of the document until that is removed.
    """
    names = _Names()
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
        f"app = Application(__name__)\napi = OpenAPI({_literal(path)}{mock})",
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
    title = _one_line(f"{info.get('title', 'API')} {info.get('version', '')}")
    return f'"""{_shorten(title, _WIDTH - 7)}."""'


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
    has_forms = _has_forms(document)
    ours = ["Credentials"] * has_verifiers + ["OpenAPI"]
    lines = [
        _import_line("poorwsgi_core", core if has_forms else [*base, *core]),
        _import_line(
            "poorwsgi_core.state", [*_STATES * bool(handlers), *sorted(states)]
        ),
        _import_line("poorwsgi_forms", base if has_forms else []),
        _import_line("poorwsgi_openapi", ours),
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


def _import_line(module: str, names: list[str]) -> str:
    """Write an import, nothing for no names."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= _WIDTH:
        return line if names else ""
    listed = "".join(f"    {name},\n" for name in names)
    return f"from {module} import (\n{listed})"


def _has_forms(document: Document) -> bool:
    """Tell whether a form parser is needed."""
    outline = Outline(document.raw)
    return any(
        kind.lower().startswith("multipart/form-data")
        for operation in (*document.operations, *document.webhooks)
        for kind in outline.content({**(operation.request_body or {})})
    )


def _verifier(names: _Names, scheme: str) -> _Handler:
    decorator = f"@api.security({_literal(scheme)})"
    summary = f"Return whom these credentials of {scheme} belong to; None refuses."
    return _Handler(decorator, names.make(f"verify_{scheme}"), (), summary)


def _handler(names: _Names, operation: Operation) -> _Handler:
    name = names.make(operation.operation_id or f"{operation.method} {operation.path}")
    summary = as_text(operation.raw.get("summary")) or as_text(
        operation.raw.get("description")
    )
    summary = summary or f"{operation.method} {operation.path}"
    arguments = tuple(_arguments(operation))
    return _Handler(_decorator(operation), name, arguments, summary)


def _decorator(operation: Operation) -> str:
    if operation.is_webhook:
        return f"@api.webhook({_literal(operation.path)})"
    if operation.operation_id:
        return f"@api.operation({_literal(operation.operation_id)})"
    prefix = operation.document.prefixes(operation)[0]
    rule = _literal(prefix + build_rule(operation.path))
    return _wrap("@app.route", [rule, f"METHOD_{operation.method}"], "")


def _arguments(operation: Operation) -> Iterator[tuple[str, str]]:
    outline = Outline(operation.document.raw)
    schemas = {
        str(parameter.get("name")): outline.resolve(parameter.get("schema"))
        for parameter in operation.parameters
        if parameter.get("in") == "path"
    }
    names = _Names()
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
    line = _wrap(f"def {handler.name}", arguments, " -> Any:")
    summary = _shorten(_one_line(handler.summary), _WIDTH - 11)
    summary = summary if summary.endswith((".", "!", "?")) else f"{summary}."
    return f'{handler.decorator}\n{line}\n    """{summary}"""\n{body}'


def _wrap(head: str, arguments: list[str], tail: str) -> str:
    """Write a call or a signature in lines, as formatters do."""
    inside = ", ".join(arguments)
    line = f"{head}({inside}){tail}"
    if len(line) <= _WIDTH:
        return line
    if len(arguments) > 1 and len(inside) <= _WIDTH - 4:
        return f"{head}(\n    {inside}\n){tail}"
    listed = "".join(f"    {argument},\n" for argument in arguments)
    return f"{head}(\n{listed}){tail}"


def _one_line(text: str) -> str:
    """Make text that is safe in a docstring."""
    plain = " ".join(text.split()).replace("\\", "/").replace('"', "'")
    return "".join(c for c in plain if c.isprintable()) or "API"


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3].rstrip()}..."


def _literal(text: str) -> str:
    """Write a literal of Python as its formatters do."""
    return json.dumps(text, ensure_ascii=not text.isprintable())
