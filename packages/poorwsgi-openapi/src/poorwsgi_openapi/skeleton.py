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
from poorwsgi_openapi.document import Document, Operation
from poorwsgi_openapi.outline import Outline, as_map, as_text, list_types
from poorwsgi_openapi.rules import build_rule, group_name

__all__ = ["build_skeleton"]

_WIDTH = 88
_TYPES = {"integer": "int", "number": "float", "boolean": "bool", "string": "str"}
_FORMATS = {
    "uuid": ("UUID", "from uuid import UUID"),
    "date": ("date", "from datetime import date"),
    "date-time": ("datetime", "from datetime import datetime"),
}
_TAKEN = {"Any", "Application", "OpenAPI", "Request", "abort", "api", "app", "req"}
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
    used = {kind for handler in handlers for _, kind in handler.arguments}
    standard = [line for name, line in _FORMATS.values() if name in used]
    dates = {name for name in ("date", "datetime") if name in used}
    if len(dates) == 2:
        standard = [line for line in standard if "datetime" not in line]
        standard.append("from datetime import date, datetime")
    standard = sorted([*standard, "from typing import Any"])
    states = ["HTTP_NOT_IMPLEMENTED"] * bool(handlers)
    states += sorted({m for h in handlers for m in re.findall(r"METHOD_\w+", h[0])})
    core = ["Application", "Request", *["abort"] * bool(handlers)]
    if _has_forms(document):
        core.remove("Application")
        core.remove("Request")
        lines = [f"from poorwsgi_core import {', '.join(core)}"] if core else []
        forms = ["from poorwsgi_forms import Application, Request"]
    else:
        lines, forms = [f"from poorwsgi_core import {', '.join(core)}"], []
    if states:
        lines.append(_import_line("poorwsgi_core.state", states))
    lines += forms
    ours = ["Credentials"] * has_verifiers + ["OpenAPI"]
    lines.append(f"from poorwsgi_openapi import {', '.join(ours)}")
    return "\n".join(standard) + "\n\n" + "\n".join(lines)


def _import_line(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= _WIDTH:
        return line
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
    line = f"@app.route({rule}, METHOD_{operation.method})"
    if len(line) <= _WIDTH:
        return line
    return f"@app.route(\n    {rule}, METHOD_{operation.method}\n)"


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
        return _FORMATS[str(schema["format"])][0]
    return _TYPES.get(types[0], "Any")


def _function(handler: _Handler, body: str, *, credentials: bool = False) -> str:
    arguments = ["req: Request"]
    arguments += [f"{name}: {kind}" for name, kind in handler.arguments]
    arguments += ["credentials: Credentials"] * credentials
    line = f"def {handler.name}({', '.join(arguments)}) -> Any:"
    if len(line) > _WIDTH:
        line = f"def {handler.name}(\n    {', '.join(arguments)}\n) -> Any:"
    if max(map(len, line.split("\n"))) > _WIDTH:
        listed = "".join(f"    {argument},\n" for argument in arguments)
        line = f"def {handler.name}(\n{listed}) -> Any:"
    summary = _shorten(_one_line(handler.summary), _WIDTH - 11)
    summary = summary if summary.endswith((".", "!", "?")) else f"{summary}."
    return f'{handler.decorator}\n{line}\n    """{summary}"""\n{body}'


def _one_line(text: str) -> str:
    """Make text that is safe in a docstring."""
    plain = " ".join(text.split()).replace("\\", "/").replace('"', "'")
    return "".join(c for c in plain if c.isprintable()) or "API"


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3].rstrip()}..."


def _literal(text: str) -> str:
    """Write a literal of Python as its formatters do."""
    return json.dumps(text, ensure_ascii=not text.isprintable())
