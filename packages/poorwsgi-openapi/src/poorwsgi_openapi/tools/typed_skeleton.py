"""An application that says in types all that a document says, and makes it again.

Each schema has a type, each operation a handler with typed arguments that answers
501, each security scheme a verifier that refuses.  The document that
``poorwsgi_openapi.Api`` makes of it means what this one does, so that one may go on
in code; ``diff`` shows no change.

Text of the document becomes comments and literals, never code.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from poorwsgi_core.state import methods
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.outline import (
    Outline,
    OutlinedOperation,
    as_list,
    as_map,
    as_text,
    may_be_empty,
    reference_name,
)
from poorwsgi_openapi.document.rules import build_rule, group_name
from poorwsgi_openapi.tools.modern import modernise
from poorwsgi_openapi.tools.python_text import (
    WIDTH,
    Names,
    Node,
    call,
    group,
    is_key,
    literal,
    name_in_literal,
    one_line,
    shorten,
    subscript,
    write,
    write_import,
)
from poorwsgi_openapi.tools.skeleton import has_forms
from poorwsgi_openapi.tools.type_hints import ClassText, Hints

__all__ = ["build_typed_skeleton"]

_STANDARD: Mapping[str, tuple[str, ...]] = {
    "datetime": ("date", "datetime", "time"),
    "typing": (
        *("Annotated", "Any", "Literal", "NoReturn", "NotRequired", "Optional"),
        *("TypeAlias", "TypedDict"),
    ),
    "uuid": ("UUID",),
}
_OURS = (
    *("Answer", "Api", "Body", "Cookie", "Credentials", "Header", "Path", "Query"),
    "Schema",
)
_BASE = ("Application", "Request")
_CORE = ("Response", "abort")
_OWN = ("api", "app", "req", "credentials", "body")
_PLACES = {"path": "Path", "query": "Query", "header": "Header", "cookie": "Cookie"}
_OF_PARAMETER = frozenset(
    {"name", "in", "required", "schema", "description", "deprecated", "example"}
)
_OF_OPERATION = frozenset(
    {
        *("operationId", "summary", "tags", "deprecated", "security"),
        *("parameters", "requestBody", "responses"),
    }
)
_OF_ITEM = ("servers",)
_OF_DOCUMENT = ("openapi", "info", "paths", "webhooks", "components", "security")
_SIMPLE = (str, int, float, bool)
_JSON = "application/json"
_DECORATED = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SUCCESS = re.compile("2[0-9]{2}")


def build_typed_skeleton(document: Document) -> str:
    """Write the module of an application, with the types of a document.

    Args:
        document: the document, which the module doesn't need.
    """
    return _Module(document).write()


class _Module:
    """The module, while it is written."""

    def __init__(self, document: Document) -> None:
        self._outline = Outline(modernise(document))
        self._has_forms = has_forms(document)
        known = [name for group in _STANDARD.values() for name in group]
        self._names = Names({*known, *_BASE, *_CORE, *_OURS, *_OWN})
        self._hints = Hints(self._outline, self._names)
        self._hints.build()
        self._answers: dict[str, str] = {}
        self._constants: dict[str, str] = {}

    def write(self) -> str:
        """Return the text of the module."""
        operations = [*self._outline.operations, *self._outline.webhooks]
        # Handlers come first, because they may need classes of their own.
        functions = [
            *self._write_verifiers(),
            *(self._write_handler(each) for each in operations if _is_served(each)),
        ]
        types = [
            f"{name}: TypeAlias = " + write(_alias(component), 0, len(name) + 13)
            for component, name in self._hints.aliases.items()
        ]
        types += map(_write_class, self._hints.classes)
        types += self._answers.values()
        body = "\n\n\n".join(
            [*types, self._write_api(), *functions, "app.install(api)"]
        )
        info = as_map(self._outline.document.get("info"))
        title = one_line(f"{info.get('title', 'API')} {info.get('version', '')}")
        head = f'"""{shorten(title, WIDTH - 7)}."""'
        imports = _write_imports(body, has_forms=self._has_forms)
        blank = "\n" * body.startswith(("@", "class "))
        return f"{head}\n\n{imports}\n\n{blank}{body}\n"

    def _write_api(self) -> str:
        document = self._outline.document
        info = as_map(document.get("info"))
        arguments: dict[str, Node] = {}
        if document.get("servers"):
            arguments["servers"] = literal(document["servers"])
        if document.get("security"):
            arguments["security"] = literal(document["security"])
        arguments["problems"] = "False"
        fields = {k: each for k, each in document.items() if k not in _OF_DOCUMENT}
        fields.pop("servers", None)
        more = {k: each for k, each in info.items() if k not in ("title", "version")}
        if more:
            fields["info"] = more
        fields = self._hints.fill(fields)
        if self._hints.components:
            fields["components"] = self._hints.components
        if fields:
            arguments["fields"] = literal(fields)
        title, version = (str(info.get(key, "")) for key in ("title", "version"))
        node = call("Api", literal(title), literal(version), **arguments)
        return f"app = Application(__name__)\napi = {write(node, 0, 6)}"

    def _write_verifiers(self) -> Iterator[str]:
        for name, node in self._outline.components("securitySchemes").items():
            scheme = self._hints.fill(self._outline.resolve(node))
            decorator = call("@api.security", literal(name), literal(scheme))
            function = self._names.make(f"verify_{name}")
            text = one_line(f"Return whom these credentials of {name} belong to.")
            yield (
                f"{write(decorator)}\n"
                f"def {function}(req: Request, credentials: Credentials) -> Any:\n"
                f'    """{shorten(text, WIDTH - 11)}"""\n'
                "    return None"
            )

    def _write_handler(self, operation: OutlinedOperation) -> str:
        given = operation.operation_id or f"{operation.method} {operation.path}"
        name = self._names.make(given)
        about = self._read_about(operation, name)
        result, answers = self._read_answers(operation, name)
        if answers:
            about["answers"] = literal(answers)
        head, values = f"@api.{operation.method.lower()}", [operation.path]
        if operation.is_webhook:
            head = "@api.webhook"
            if operation.method != "POST":
                about = {"method": literal(operation.method), **about}
        else:
            values = [build_rule(operation.path)]
            if operation.method not in _DECORATED:
                head, values = "@api.route", [*values, operation.method]
        decorator = call(head, *map(literal, values), **about)
        signature = _write_signature(
            name, self._read_arguments(operation, name), result
        )
        text = _docstring(operation)
        return f'{write(decorator)}\n{signature}\n    """{text}"""\n    abort(501)'

    def _read_about(self, operation: OutlinedOperation, name: str) -> dict[str, Node]:
        node = operation.node
        about: dict[str, Node] = {}
        if operation.operation_id != name:
            about["operation_id"] = literal(operation.operation_id)
        summary = as_text(node.get("summary"))
        if summary != _docstring(operation).removesuffix("."):
            about["summary"] = literal(summary)
        if operation.tags:
            about["tags"] = literal(operation.tags)
        if node.get("deprecated") is True:
            about["deprecated"] = "True"
        if "security" in node:
            about["security"] = literal(as_list(node["security"]))
        fields = {k: each for k, each in node.items() if k not in _OF_OPERATION}
        section = "webhooks" if operation.is_webhook else "paths"
        items = as_map(self._outline.document.get(section))
        item = self._outline.resolve(items.get(operation.path))
        for key in _OF_ITEM:
            if key in item:
                fields.setdefault(key, item[key])
        if fields:
            about["fields"] = literal(self._hints.fill(fields))
        return about

    # --- arguments ---------------------------------------------------------------

    def _read_arguments(self, operation: OutlinedOperation, name: str) -> list[str]:
        context = _camel(name)
        names = Names({"req", "body"})
        by_place = {(x.get("in"), x.get("name")): x for x in operation.parameters}
        found = ["req: Request"]
        for variable in operation.variables:
            parameter = by_place.pop(("path", variable), {})
            hint, _ = self._read_parameter(
                parameter, variable, group_name(variable), context
            )
            found.append(_argument(names.make(variable), hint, ""))
        rest = [each for each in by_place.values() if each.get("in") in _PLACES]
        body = self._read_body(operation, context)
        if rest or body:
            found.append("*")
        for parameter in rest:
            text = as_text(parameter.get("name"))
            keyword_ = names.make(text)
            hint, default = self._read_parameter(parameter, text, keyword_, context)
            found.append(_argument(keyword_, hint, default))
        return found + body

    def _read_parameter(
        self, parameter: dict[str, Any], text: str, name: str, context: str
    ) -> tuple[Node, str]:
        """Return the type of a parameter, and its default."""
        schema = {**as_map(parameter.get("schema"))}
        default = ""
        if parameter.get("required") is not True:
            default = "None"
            if type(schema.get("default")) in _SIMPLE and "format" not in schema:
                default = str(literal(schema.pop("default")))
        place = str(parameter.get("in", "path"))
        arguments: dict[str, Node] = {}
        if text != (name.replace("_", "-").title() if place == "header" else name):
            arguments["name"] = literal(text)
        for key in ("description", "example"):
            if key in parameter:
                arguments[key] = literal(parameter[key])
        if parameter.get("deprecated") is True:
            arguments["deprecated"] = "True"
        fields = {k: each for k, each in parameter.items() if k not in _OF_PARAMETER}
        is_open = may_be_empty(self._outline.resolve(schema))
        if is_open and place == "query" and not default:
            # Code leaves out what has defaults for all of its members.
            fields["required"] = True
        if fields:
            arguments["fields"] = literal(self._hints.fill(fields))
        is_told = arguments or place != "path"
        marker = call(_PLACES[place], **arguments) if is_told else None
        hint = self._hints.hint(
            schema, context + _camel(name), marker, is_optional=default == "None"
        )
        return hint, default

    def _read_body(self, operation: OutlinedOperation, context: str) -> list[str]:
        body = self._outline.body(operation)
        content = self._outline.content(body)
        if not body:
            return []
        arguments: dict[str, Node] = {}
        if body.get("description"):
            arguments["description"] = literal(body["description"])
        default = "" if body.get("required") is True else "None"
        schema: Any = {}
        kind, media = next(iter(content.items()), ("", dict[str, Any]()))
        if len(content) == 1 and _is_typed(media):
            schema = media["schema"]
            if kind != _JSON or _is_text(schema):
                arguments["media_type"] = literal(kind)
            fields = {key: each for key, each in media.items() if key != "schema"}
            if fields:
                arguments["fields"] = literal(self._hints.fill(fields))
        else:
            arguments["content"] = literal(self._hints.fill(content))
        marker = call("Body", **arguments)
        hint = self._hints.hint(
            schema, f"{context}Body", marker, is_optional=bool(default)
        )
        return [_argument("body", hint, default)]

    # --- answers -----------------------------------------------------------------

    def _read_answers(
        self, operation: OutlinedOperation, name: str
    ) -> tuple[Node, dict[str, Any]]:
        """Return what a handler returns, and what is said of its answers."""
        responses = self._outline.responses(operation)
        main = next(filter(_SUCCESS.match, responses), "")
        answers: dict[str, Any] = {}
        for status, response in responses.items():
            content = self._outline.content(response)
            typed = status == main and _is_json(content)
            answer = self._read_answer(response, content, typed=typed)
            shared = reference_name(as_map(operation.node["responses"]).get(status))
            if shared and status != main:
                answer = self._share(shared, answer)
            answers[status] = answer
        if not main:
            return "NoReturn", answers
        content = self._outline.content(responses[main])
        if _is_json(content):
            schema, context = content[_JSON]["schema"], f"{_camel(name)}Result"
            hint = self._hints.hint(schema, context)
            return _of_status(hint, main, _JSON * _is_text(schema)), answers
        if main == "204" and not content:
            return "None", answers
        return _of_status("Response", main), answers

    def _share(self, component: str, answer: Node) -> Node:
        """Return the name of an answer that several operations have."""
        if component not in self._constants:
            name = self._names.make(component).upper()
            text = write(answer, 0, len(name) + 3)
            self._constants[component] = name
            self._answers[component] = f"{name} = {text}"
        return name_in_literal(self._constants[component])

    def _read_answer(
        self, response: dict[str, Any], content: dict[str, Any], *, typed: bool
    ) -> Node:
        arguments: dict[str, Node] = {
            "description": literal(as_text(response.get("description")))
        }
        fields = {key: each for key, each in response.items() if key != "description"}
        fields.pop("content", None)
        if content and not typed:
            fields["content"] = content
        if fields:
            arguments["fields"] = literal(self._hints.fill(fields))
        return call("Answer", **arguments)


def _docstring(operation: OutlinedOperation) -> str:
    text = one_line(as_text(operation.node.get("summary")) or operation.label)
    text = shorten(text, WIDTH - 11)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _is_served(operation: OutlinedOperation) -> bool:
    return operation.method in methods


def _is_json(content: Mapping[str, Any]) -> bool:
    if [*content] != [_JSON]:
        return False
    return len(content[_JSON]) == 1 and _is_typed(content[_JSON])


def _is_typed(media: Mapping[str, Any]) -> bool:
    """Tell a body whose schema a type can say; that of bytes is without one."""
    return "schema" in media and "contentEncoding" not in as_map(media["schema"])


def _is_text(schema: Any) -> bool:
    """Tell what is no JSON in code unless that is said."""
    return as_map(schema).get("type") == "string"


def _of_status(hint: Node, status: str, kind: str = "") -> Node:
    said: dict[str, Node] = {} if status == "200" else {"status": status}
    if kind:
        said["media_type"] = literal(kind)
    return subscript("Annotated", hint, call("Answer", **said)) if said else hint


def _alias(component: str) -> Node:
    reference = {"$ref": f"#/components/schemas/{component}"}
    return subscript("Annotated", "Any", call("Schema", keywords=literal(reference)))


def _argument(name: str, hint: Node, default: str) -> str:
    text = write(hint, 4, 6 + len(name), 1 + (3 + len(default)) * bool(default))
    return f"{name}: {text}" + (f" = {default}" if default else "")


def _write_signature(name: str, arguments: list[str], result: Node) -> str:
    flat = f"def {name}({', '.join(arguments)}) -> {write(result, 0, -WIDTH)}:"
    if len(flat) <= WIDTH and "\n" not in flat:
        return flat
    listed = "".join(f"    {argument},\n" for argument in arguments)
    return f"def {name}(\n{listed}) -> {write(result, 0, 5, 1)}:"


def _write_class(made: ClassText) -> str:
    decorator = "" if made.note is None else f"@{write(made.note, 0, 1)}\n"
    if not all(is_key(key) for key, _ in made.fields):
        node = call("TypedDict", literal(made.name), group(dict(made.fields)))
        doc = f"\n{made.name}.__doc__ = {literal(made.text)}" if made.text else ""
        return f"{made.name} = {write(node, 0, len(made.name) + 3)}{doc}"
    lines = [f"    {key}: {write(hint, 4, len(key) + 6)}" for key, hint in made.fields]
    text = [f'    """{_write_docstring(made.text)}"""\n'] if made.text else []
    body = "\n".join([*text, *lines]) or "    pass"
    return f"{decorator}class {made.name}(TypedDict):\n{body}"


def _write_docstring(text: str) -> str:
    """Write a text of several lines as a docstring, without its quotes."""
    plain = text.replace("\\", "\\\\").replace('"', "'")
    first, *rest = plain.strip().splitlines()
    if not rest:
        return first
    lines = [f"    {line}".rstrip() for line in rest]
    return "\n".join([first, *lines, "    "])


def _write_imports(body: str, *, has_forms: bool) -> str:
    """Write the imports of the names that are used."""
    used = {each.id for each in ast.walk(ast.parse(body)) if isinstance(each, ast.Name)}

    def choose(names: Iterable[str]) -> list[str]:
        return [name for name in names if name in used]

    standard = [write_import(name, choose(each)) for name, each in _STANDARD.items()]
    package = "poorwsgi_forms" if has_forms else "poorwsgi_core"
    base, rest = choose(_BASE), choose(_CORE)
    ours = [
        write_import("poorwsgi_core", rest if has_forms else [*base, *rest]),
        write_import(package, base if has_forms else []),
        write_import("poorwsgi_openapi", choose(_OURS)),
    ]
    blocks = ["\n".join(filter(None, lines)) for lines in (standard, ours)]
    return "\n\n".join(filter(None, blocks))
