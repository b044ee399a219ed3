"""What a document says, as plain data: its operations, its references.

Reads the decoded document (dicts, lists, text) and nothing else: no file, no
network, no openapi-core.  What is missing or of a wrong type is empty here, so
that tools can read a document that isn't finished; telling that it is wrong is
the work of the check at start.

References are JSON pointers into the document itself (RFC 6901).  One that
leads nowhere, or back to itself, is an empty mapping.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple, cast
from urllib.parse import unquote

from poorwsgi_openapi.document.pointers import (
    find_node,
    is_list,
    split_reference,
    unescape_part,
    without_extensions,
)

__all__ = [
    "METHODS",
    "Outline",
    "OutlinedOperation",
    "as_list",
    "as_map",
    "as_text",
    "join_schemas",
    "list_types",
    "may_be_empty",
    "media_name",
    "reference_name",
]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""Keys of a path item that hold operations."""

_MAX_REFERENCES = 50
_VARIABLE = re.compile(r"\{([^{}/]+)\}")


def as_map(value: Any) -> dict[str, Any]:
    """Return the value if it is a mapping, else an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if is_list(value) else []


def as_text(value: Any) -> str:
    """Return the value if it is text, else an empty one."""
    return value if isinstance(value, str) else ""


def list_types(schema: dict[str, Any]) -> list[str]:
    """List the types of a schema; ``nullable`` of 3.0 is the type null."""
    declared = schema.get("type")
    names = [declared] if isinstance(declared, str) else as_list(declared)
    types = [name for name in names if isinstance(name, str)]
    if types and schema.get("nullable") is True and "null" not in types:
        types.append("null")
    return types


def may_be_empty(schema: Mapping[str, Any]) -> bool:
    """Tell the schema of an object whose members may all be left out."""
    needed = schema.get("required") or schema.get("minProperties")
    return bool(schema.get("properties")) and not needed


def join_schemas(merged: dict[str, Any], part: dict[str, Any]) -> None:
    """Add a part of ``allOf`` to a schema: what both ask for adds up."""
    properties = {**as_map(merged.get("properties")), **as_map(part.get("properties"))}
    required = [*as_list(merged.get("required")), *as_list(part.get("required"))]
    merged.update(part)
    if properties:
        merged["properties"] = properties
    if required:
        merged["required"] = required


def reference_name(node: Any) -> str:
    """Return the last part of a reference: ``Pet``; empty when it is none."""
    reference = as_text(as_map(node).get("$ref"))
    return unescape_part(unquote(reference.rpartition("/")[2]))


def media_name(kind: str) -> str:
    """Return a media type in lower case, without its parameters."""
    return kind.partition(";")[0].strip().lower()


class OutlinedOperation(NamedTuple):
    """One operation of a document.

    Attributes:
        path: template of the path, or the name of the webhook.
        method: method in capitals.
        node: the operation as it stands in the document.
        parameters: those of the path and of the operation, references resolved.
        is_webhook: the document describes a call that others make.
    """

    path: str
    method: str
    node: dict[str, Any]
    parameters: list[dict[str, Any]]
    is_webhook: bool = False

    @property
    def operation_id(self) -> str:
        """The ``operationId``, empty without one."""
        return as_text(self.node.get("operationId"))

    @property
    def label(self) -> str:
        """What people call it, such as ``GET /pets/{id}``."""
        return f"{self.method} {self.path}"

    @property
    def tags(self) -> list[str]:
        """Tags of the operation."""
        return [tag for tag in as_list(self.node.get("tags")) if isinstance(tag, str)]

    @property
    def variables(self) -> list[str]:
        """Names in the template of the path, in order."""
        return [] if self.is_webhook else _VARIABLE.findall(self.path)


class Outline:
    """A decoded document to look things up in.

    Args:
        document: what the JSON or YAML holds.

    Attributes:
        document: the same.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    @cached_property
    def operations(self) -> list[OutlinedOperation]:
        """Operations of all paths, in order of the document."""
        return [*self._iter_operations("paths")]

    @cached_property
    def webhooks(self) -> list[OutlinedOperation]:
        """Operations of all webhooks."""
        return [*self._iter_operations("webhooks")]

    def resolve(self, node: Any) -> dict[str, Any]:
        """Follow the references of a node; what stands beside one wins."""
        found = as_map(node)
        beside: dict[str, Any] = {}
        for _ in range(_MAX_REFERENCES):
            reference = found.get("$ref")
            if not isinstance(reference, str):
                return {**found, **beside} if beside else found
            others = {key: value for key, value in found.items() if key != "$ref"}
            beside = {**others, **beside}
            found = as_map(self._find(reference))
        return {}

    def _find(self, reference: str) -> Any:
        if reference != "#" and not reference.startswith("#/"):
            return None
        try:
            return find_node(self.document, split_reference(reference))
        except KeyError:
            return None

    def components(self, kind: str) -> dict[str, Any]:
        """Return the components of one kind, such as ``schemas``."""
        return as_map(as_map(self.document.get("components")).get(kind))

    def security(self, operation: OutlinedOperation) -> list[dict[str, list[str]]]:
        """List the alternatives of schemes that allow an operation.

        An empty list, or an empty alternative in it, allows everybody.
        """
        declared = operation.node.get("security", self.document.get("security"))
        return [
            {name: as_list(scopes) for name, scopes in as_map(alternative).items()}
            for alternative in as_list(declared)
        ]

    def servers(self, operation: OutlinedOperation) -> list[dict[str, Any]]:
        """List the servers that are declared nearest to an operation."""
        item = self.resolve(as_map(self.document.get("paths")).get(operation.path))
        for owner in (operation.node, item, self.document):
            servers = as_list(owner.get("servers"))
            if servers:
                return [*map(as_map, servers)]
        return []

    def responses(self, operation: OutlinedOperation) -> dict[str, dict[str, Any]]:
        """Return the responses of an operation by status, references resolved."""
        declared = without_extensions(as_map(operation.node.get("responses")))
        return {str(code): self.resolve(node) for code, node in declared.items()}

    def body(self, operation: OutlinedOperation) -> dict[str, Any]:
        """Return the request body of an operation, references resolved."""
        return self.resolve(operation.node.get("requestBody"))

    def content(self, holder: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the media types of a body, response or parameter."""
        declared = as_map(holder.get("content"))
        return {kind: self.resolve(node) for kind, node in declared.items()}

    def callbacks(self, operation: OutlinedOperation) -> list[OutlinedOperation]:
        """List the calls that an operation brings about, named by it."""
        declared = as_map(operation.node.get("callbacks"))
        items = {
            f"{expression}, callback {name} of {operation.label}": item
            for name, callback in declared.items()
            for expression, item in self.resolve(callback).items()
        }
        return [*self._list_operations(items, is_webhook=True)]

    def _iter_operations(self, key: str) -> Iterator[OutlinedOperation]:
        items = as_map(self.document.get(key))
        return self._list_operations(items, is_webhook=key == "webhooks")

    def _list_operations(
        self, items: dict[str, Any], *, is_webhook: bool
    ) -> Iterator[OutlinedOperation]:
        for path, declared in items.items():
            item = self.resolve(declared)
            more = as_map(item.get("additionalOperations"))
            found = {name: item.get(name) for name in item if name in METHODS}
            for method, node in {**found, **more}.items():
                if isinstance(node, dict):
                    operation = as_map(node)
                    parameters = self._merge_parameters(item, operation)
                    name = str(method).upper()
                    yield OutlinedOperation(
                        str(path), name, operation, parameters, is_webhook
                    )

    def _merge_parameters(
        self, item: dict[str, Any], operation: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Join parameters of path and operation; the operation's win."""
        declared = [
            *as_list(item.get("parameters")),
            *as_list(operation.get("parameters")),
        ]
        merged: dict[tuple[str, str], dict[str, Any]] = {}
        for parameter in map(self.resolve, declared):
            name, place = parameter.get("name"), parameter.get("in")
            if isinstance(name, str) and isinstance(place, str):
                merged[place, name] = parameter
        return [*merged.values()]
