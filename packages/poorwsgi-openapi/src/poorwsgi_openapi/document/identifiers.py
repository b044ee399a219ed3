"""Identifiers of JSON Schema: ``$id``, ``$anchor`` and their references.

OpenAPI 3.1 schemas may name themselves (JSON Schema Core §8.2).  All that refers to
such a name is a JSON pointer from the root in the end, so that nothing behind this
module has to know what a base URI is.  ``$dynamicRef`` is a plain reference where
the document has one ``$dynamicAnchor`` of the name; with several it would depend on
the way to it, and is refused.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urljoin

from poorwsgi_openapi.document.pointers import (
    LITERALS,
    SCHEMA_MAPS,
    is_list,
    is_map,
    split_pointer,
)

__all__ = ["NAMES", "Identifiers"]

_ANCHORS = ("$anchor", "$dynamicAnchor")
NAMES = ("$id", *_ANCHORS)
"""Keywords that name a schema."""
Path = tuple[str, ...]


class Identifiers:
    """What the schemas of one file are called.

    Args:
        root: the file, decoded.
    """

    def __init__(self, root: Any) -> None:
        own: Any = root.get("$self") if is_map(root) else None  # since 3.2
        base = own.rstrip("#") if isinstance(own, str) else ""
        self._bases: dict[Path, str] = {(): base}
        self._resources: dict[str, Path] = {"": (), base: ()}
        self._anchors: dict[tuple[str, str], Path] = {}
        self._dynamic: dict[str, list[Path]] = {}
        self._named: list[dict[str, Any]] = []
        for node, path, base_of_node in _iter_schemas(root, base):
            self._take(node, path, base_of_node)

    def _take(self, node: dict[str, Any], path: Path, base: str) -> None:
        if isinstance(node.get("$id"), str):
            self._bases[path] = base
            self._resources[base] = path
        for key in _ANCHORS:
            name = node.get(key)
            if isinstance(name, str):
                self._anchors[base, name] = path
                if key == "$dynamicAnchor":
                    self._dynamic.setdefault(name, []).append(path)
        if any(isinstance(node.get(key), str) for key in NAMES):
            self._named.append(node)

    def find(self, reference: str, path: Path) -> Path | None:
        """Return where a reference leads in the file, ``None`` if elsewhere.

        Args:
            reference: URL, fragment, or both.
            path: where it stands.
        """
        base = next(
            self._bases[path[:end]]
            for end in range(len(path), -1, -1)
            if path[:end] in self._bases
        )
        url, _, fragment = reference.partition("#")
        base = urljoin(base, url).rstrip("#")
        start = self._resources.get(base)
        if start is None:
            return None
        fragment = unquote(fragment)
        if not fragment or fragment.startswith("/"):
            return (*start, *split_pointer(fragment))
        return self._anchors.get((base, fragment))

    def find_dynamic(self, reference: str, path: Path) -> Path | None:
        """Return where a ``$dynamicRef`` leads; ``None`` where that depends."""
        name = reference.rpartition("#")[2]
        places = self._dynamic.get(name, [])
        if len(places) > 1:
            return None
        return places[0] if places else self.find(reference, path)

    def drop(self) -> None:
        """Remove the names, which nothing refers to any more."""
        for node in self._named:
            for key in NAMES:
                if isinstance(node.get(key), str):
                    del node[key]


def _iter_schemas(root: Any, base: str) -> Iterator[tuple[dict[str, Any], Path, str]]:
    """Yield all maps that may be schemas, with path and base URI."""
    stack: list[tuple[Any, Path, str, bool]] = [(root, (), base, False)]
    seen: set[int] = set()
    while stack:
        node, path, base, is_named = stack.pop()
        if id(node) in seen:
            continue
        if is_list(node):
            seen.add(id(node))
            for index, item in enumerate(node):
                stack.append((item, (*path, str(index)), base, False))
        elif is_map(node):
            seen.add(id(node))
            if not is_named and path:
                own = node.get("$id")
                if isinstance(own, str):
                    base = urljoin(base, own).rstrip("#")
                yield node, path, base
            for key, item in node.items():
                if is_named or key not in LITERALS:
                    inner = not is_named and key in SCHEMA_MAPS
                    stack.append((item, (*path, key), base, inner))
