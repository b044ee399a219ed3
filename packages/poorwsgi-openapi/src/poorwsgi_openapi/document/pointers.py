"""JSON values, and what JSON pointers find in them (RFC 6901)."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeGuard
from urllib.parse import unquote

__all__ = [
    "FILES",
    "LITERALS",
    "SCHEMA_MAPS",
    "escape_part",
    "find_node",
    "is_data",
    "is_list",
    "is_map",
    "join_pointer",
    "split_pointer",
    "split_reference",
    "unescape_part",
    "without_extensions",
    "write_value",
]

FILES = "x-files"
"""Key of the root that has the other files of a document, see ``bundling``."""
LITERALS = frozenset({"example", "examples", "default", "enum", "const", "value"})
"""Keys whose value is data, where ``$ref`` is a key like any other."""
SCHEMA_MAPS = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"}
)
"""Keywords whose value is a map of names to schemas."""


def is_map(value: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether a value is a mapping of JSON or YAML."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Tell whether a value is a list of JSON or YAML."""
    return isinstance(value, list)


def without_extensions(node: dict[str, Any]) -> dict[str, Any]:
    """Return the members of an object of OpenAPI, but its extensions."""
    return {key: each for key, each in node.items() if not str(key).startswith("x-")}


def is_data(key: str) -> bool:
    """Tell whether what a key has is data, or an extension's, and no object of ours."""
    return key in LITERALS or (key.startswith("x-") and key != FILES)


def write_value(value: Any) -> str:
    """Write a value as text: what is text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def escape_part(part: object) -> str:
    """Write one part of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def unescape_part(part: str) -> str:
    """Read one part of a JSON pointer."""
    return part.replace("~1", "/").replace("~0", "~")


def split_pointer(pointer: str) -> list[str]:
    """Split a JSON pointer into its parts; ``""`` has none."""
    return [unescape_part(part) for part in pointer.split("/")[1:]]


def join_pointer(parts: Iterable[object]) -> str:
    """Write parts as a JSON pointer; none of them is ``""``."""
    return "".join(f"/{escape_part(part)}" for part in parts)


def split_reference(reference: str) -> list[str]:
    """Split a reference inside of a document, such as ``#/a/b``, into its parts."""
    return split_pointer(unquote(reference[1:]))


def find_node(root: Any, parts: Sequence[str]) -> Any:
    """Walk down from the root.

    Raises:
        KeyError: there is nothing.
    """
    node = root
    for part in parts:
        if is_list(node):
            node = node[_read_index(part, len(node))]
        elif is_map(node):
            node = node[part]
        else:
            raise KeyError(part)
    return node


def _read_index(part: str, length: int) -> int:
    # No number of more digits is one of an item.
    if part.isascii() and part.isdigit() and len(part) < 10 and int(part) < length:
        return int(part)
    raise KeyError(part)
