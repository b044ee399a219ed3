"""Python that is written by a tool: names, literals and lines, as formatters do.

Text of a document becomes names, comments and literals, never code.
"""

import builtins
import json
import keyword
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from poorwsgi_openapi.document.pointers import is_list, is_map

__all__ = [
    "WIDTH",
    "Group",
    "Names",
    "Node",
    "call",
    "group",
    "has_none",
    "is_key",
    "literal",
    "name_in_literal",
    "one_line",
    "or_none",
    "shorten",
    "subscript",
    "wrap",
    "write",
    "write_import",
    "write_text",
]

WIDTH = 88
"""Most characters of a line."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


class Names:
    """Python names, each given once.

    Args:
        taken: names that are something else already.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {
            *taken,
            *keyword.kwlist,
            *keyword.softkwlist,
            *dir(builtins),
        }

    def make(self, text: str) -> str:
        """Make the name of a function or an argument."""
        words = _WORD.findall(text)
        return self._give("_".join(words).lower() or "operation")

    def make_class(self, text: str) -> str:
        """Make the name of a class, which is the text itself where that is one."""
        if text.isidentifier() and text.isascii():
            return self._give(text)
        words = [word[0].upper() + word[1:] for word in _WORD.findall(text)]
        return self._give("".join(words) or "Schema")

    def _give(self, name: str) -> str:
        name = f"_{name}" if name[0].isdigit() else name
        found, number = name, 1
        while found in self._taken:
            number += 1
            found = f"{name}_" if number == 2 else f"{name}_{number}"
        self._taken.add(found)
        return found


def is_key(name: str) -> bool:
    """Tell a name that a class can have as it is."""
    return name.isidentifier() and not keyword.iskeyword(name) and name[:2] != "__"


def write_import(module: str, names: list[str]) -> str:
    """Write an import, nothing for no names."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line if names else ""
    listed = "".join(f"    {name},\n" for name in names)
    return f"from {module} import (\n{listed})"


def wrap(head: str, arguments: list[str], tail: str) -> str:
    """Write a call or a signature in lines, as formatters do."""
    inside = ", ".join(arguments)
    line = f"{head}({inside}){tail}"
    if len(line) <= WIDTH:
        return line
    if len(arguments) > 1 and len(inside) <= WIDTH - 4:
        return f"{head}(\n    {inside}\n){tail}"
    listed = "".join(f"    {argument},\n" for argument in arguments)
    return f"{head}(\n{listed}){tail}"


def one_line(text: str) -> str:
    """Make text that is safe in a docstring."""
    plain = " ".join(text.split()).replace("\\", "/").replace('"', "'")
    return "".join(c for c in plain if c.isprintable()) or "API"


def shorten(text: str, width: int) -> str:
    """Cut a text that is longer than this."""
    return text if len(text) <= width else f"{text[: width - 3].rstrip()}..."


def write_text(text: str) -> str:
    """Write a literal of Python as its formatters do."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


# --- expressions -------------------------------------------------------------------


class Group(NamedTuple):
    """An expression with brackets, which may be written in several lines.

    Attributes:
        head: what stands before its items, with the bracket that opens.
        items: what is in it, each with what stands before it.
        tail: the bracket that closes.
    """

    head: str
    items: tuple[tuple[str, "Node"], ...]
    tail: str


Node: TypeAlias = str | Group
"""An expression: text, or a group."""


def call(name: str, /, *values: Node, **keywords: Node) -> Node:
    """Build a call."""
    named = [(f"{name}=", value) for name, value in keywords.items()]
    return Group(f"{name}(", (*(("", value) for value in values), *named), ")")


def subscript(name: str, *values: Node) -> Node:
    """Build a type with arguments."""
    return Group(f"{name}[", tuple(("", value) for value in values), "]")


def group(items: Mapping[str, Node]) -> Node:
    """Build a dictionary of expressions."""
    pairs = [(f"{write_text(key)}: ", value) for key, value in items.items()]
    return Group("{", tuple(pairs), "}")


def or_none(node: Node) -> Node:
    """Build the union of a type and None."""
    if isinstance(node, str):
        is_later = node[0] == '"'  # a class that isn't there yet
        return subscript("Optional", node) if is_later else f"{node} | None"
    if all(isinstance(each, str) for _, each in node.items):
        return node._replace(tail=f"{node.tail} | None")
    return subscript("Optional", node)  # which may be written in several lines


def literal(value: Any) -> Node:
    """Build a literal of a JSON value, which may have expressions in it."""
    if isinstance(value, Group | _Name):
        return value
    if isinstance(value, str):
        return write_text(value)
    if is_map(value):
        return group({str(key): literal(each) for key, each in value.items()})
    if is_list(value):
        return Group("[", tuple(("", literal(each)) for each in value), "]")
    return repr(value)


class _Name(str):
    """A name in a literal, which isn't a text."""

    __slots__ = ()


def name_in_literal(name: str) -> str:
    """Mark a name, so that ``literal`` takes it for one."""
    return _Name(name)


def write(node: Node, indent: int = 0, before: int = 0, after: int = 0) -> str:
    """Write an expression, in several lines if it has to be.

    Args:
        node: the expression.
        indent: blanks in front of its lines.
        before: characters in front of it in its first line.
        after: characters behind it in its last one.
    """
    flat = _write_flat(node)
    if isinstance(node, str) or before + len(flat) + after <= WIDTH or not node.items:
        return flat
    # A comma behind the only argument of a type would make another type.
    comma = "" if _is_type(node) and len(node.items) == 1 else ","
    inner = indent + 4
    lines = [
        " " * inner + name + write(each, inner, inner + len(name), len(comma)) + comma
        for name, each in node.items
    ]
    return "\n".join([node.head, *lines, " " * indent + node.tail])


def _is_type(node: Group) -> bool:
    return node.head[0] != "[" and node.head[-1] == "["


def has_none(node: Node) -> bool:
    """Tell a type that None is of."""
    text = node if isinstance(node, str) else node.head + node.tail
    return text.startswith("Optional[") or text.endswith("None")


def _write_flat(node: Node) -> str:
    if isinstance(node, str):
        return node
    inside = ", ".join(name + _write_flat(each) for name, each in node.items)
    return node.head + inside + node.tail
