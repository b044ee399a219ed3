"""One document of several files: references to other files become inner ones.

Each file that is referred to is put whole below ``x-files`` of the root, once,
and what refers to it is rewritten to point there.  So everything behind this
module works on one JSON value whose references all begin with ``#``, and what
is served to clients is complete.

Only files are followed, never a network.  References within a schema that has
an ``$id`` are left to openapi-core, because they depend on it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from poorwsgi_openapi.document.pointers import (
    escape_part,
    find_node,
    is_list,
    is_map,
    split_pointer,
)
from poorwsgi_openapi.document.sources import Source, SourceError

__all__ = ["Bundle", "iter_references"]

_FILES = "x-files"
_LITERAL = frozenset({"example", "examples", "default", "enum", "const", "value"})
"""Keys whose value is data, where ``$ref`` is a key like any other."""

_NAMES = frozenset(
    {
        *("$defs", "callbacks", "definitions", "dependentSchemas", "headers"),
        *("mediaTypes", "parameters", "pathItems", "paths", "patternProperties"),
        *("properties", "requestBodies", "responses", "schemas", "webhooks"),
    }
)
"""Keys whose value is a map of names, which mean nothing by themselves."""

Reference = tuple[dict[str, Any], str, tuple[str, ...]]


def iter_references(root: Any) -> Iterator[Reference]:
    """Yield the place of each reference.

    Returns:
        Triples of the mapping, the key in it whose value is the reference, and
        the path of that mapping from the root.
    """
    stack: list[tuple[Any, tuple[str, ...], bool]] = [(root, (), False)]
    seen: set[int] = set()
    while stack:
        node, path, named = stack.pop()
        if id(node) in seen:
            continue
        if is_list(node):
            seen.add(id(node))
            for index, item in enumerate(node):
                stack.append((item, (*path, str(index)), False))
        elif is_map(node):
            seen.add(id(node))
            if not named:
                yield from _own_references(node, path)
            for key, item in node.items():
                if named or key not in _LITERAL:
                    stack.append((item, (*path, key), not named and key in _NAMES))


def _own_references(node: dict[str, Any], path: tuple[str, ...]) -> Iterator[Reference]:
    if isinstance(node.get("$ref"), str):
        yield node, "$ref", path
    discriminator = node.get("discriminator")
    mapping = discriminator.get("mapping") if is_map(discriminator) else None
    if is_map(mapping):
        for key, value in mapping.items():
            if isinstance(value, str) and ("/" in value or "#" in value):
                yield mapping, key, (*path, "discriminator", "mapping")
    examples = node.get("examples")
    if is_map(examples):
        for key, value in examples.items():
            if is_map(value) and isinstance(value.get("$ref"), str):
                yield value, "$ref", (*path, "examples", key)


class Bundle:
    """The root file and all that it refers to.

    Args:
        root: what is decoded; it is changed.
        source: the file that it comes from, ``None`` when it comes from none.

    Attributes:
        root: the one document.
        has_ids: some schema has an ``$id`` or anchors.
        is_single: there is no other file.

    Raises:
        SourceError: a reference leads nowhere; with file, line and pointer.
    """

    def __init__(self, root: dict[str, Any], source: Source | None) -> None:
        self.root = root
        self._source = source
        self._files: dict[Path, str] = {}
        self._sources: dict[str, Source] = {}
        self._ids = _collect_ids(root)
        self._take(root, source, "")
        self.has_ids = bool(self._ids)
        self.is_single = not self._sources
        self._check_all()

    def has_changed(self) -> bool:
        """Tell whether one of the files has changed since it was read."""
        sources = [*self._sources.values()]
        if self._source is not None:
            sources.append(self._source)
        return any(source.has_changed() for source in sources)

    def locate(self, parts: list[str]) -> tuple[str, int]:
        """Return file name and line of a place in the document.

        Returns:
            ``("", 0)`` when the document comes from no file.
        """
        source = self._source
        if len(parts) > 1 and parts[0] == _FILES:
            source, parts = self._sources[parts[1]], parts[2:]
        if source is None:
            return "", 0
        return str(source.path), source.find_line(parts)

    def describe(self, parts: list[str]) -> str:
        """Say in words where a place of the document is: file, line, pointer."""
        file, line = self.locate(parts)
        pointer = "".join(f"/{escape_part(part)}" for part in parts) or "/"
        return f"{file}, line {line}, at {pointer}" if file else f"at {pointer}"

    def _take(self, node: Any, source: Source | None, name: str) -> None:
        """Rewrite the references of one file, and take the files they name."""
        for mapping, key, path in [*iter_references(node)]:
            reference: str = mapping[key]
            where = [_FILES, name, *path] if name else [*path]
            url, _, fragment = reference.partition("#")
            if not url:
                target = name
            elif url in self._ids:
                continue
            else:
                target = self._target(url, source, where, reference)
            if target or url:
                prefix = f"/{_FILES}/{quote(escape_part(target))}" if target else ""
                mapping[key] = f"#{prefix}{fragment}"

    def _target(
        self, url: str, source: Source | None, where: list[str], reference: str
    ) -> str:
        """Return the name of a file below ``x-files``, empty for the root."""
        scheme = urlsplit(url).scheme
        if len(scheme) > 1 or url.startswith("//"):
            raise SourceError(
                f"{self.describe(where)}: {reference!r} isn't fetched from elsewhere; "
                "store a copy beside the document and refer to that file"
            )
        if source is None:
            raise SourceError(
                f"{self.describe(where)}: {reference!r} is relative to a file, and "
                "the document comes from none; load it by its path"
            )
        path = (source.path.parent / unquote(url)).resolve()
        if self._source is not None and path == self._source.path.resolve():
            return ""
        return self._files.get(path) or self._add(path, where, reference)

    def _add(self, path: Path, where: list[str], reference: str) -> str:
        try:
            found = Source(path)
        except OSError as error:
            raise SourceError(
                f"{self.describe(where)}: {reference!r} can't be read: "
                f"{error.strerror}; correct the reference or add the file"
            ) from error
        name = path.name
        while name in self._sources:
            name = f"_{name}"
        self._files[path], self._sources[name] = name, found
        files: dict[str, Any] = self.root.setdefault(_FILES, {})
        files[name] = found.data
        self._ids |= _collect_ids(found.data)
        self._take(found.data, found, name)
        return name

    def _check_all(self) -> None:
        if self._ids:
            return
        known: set[str] = set()
        for mapping, key, path in iter_references(self.root):
            reference = mapping[key]
            if reference in known:
                continue
            known.add(reference)
            parts = split_pointer(unquote(reference[1:]))
            try:
                find_node(self.root, parts)
            except KeyError as error:
                raise SourceError(
                    f"{self.describe([*path])}: {reference!r} leads nowhere: there is "
                    f"no {error.args[0]!r}; correct the reference or add what it names"
                ) from error


def _collect_ids(root: Any) -> set[str]:
    """Collect the ``$id`` and anchors of all schemas."""
    found: set[str] = set()
    stack: list[Any] = [root]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        if is_map(node):
            seen.add(id(node))
            values = (node.get(key) for key in ("$id", "$anchor", "$dynamicAnchor"))
            found.update(value for value in values if isinstance(value, str))
            stack.extend(node.values())
        elif is_list(node):
            seen.add(id(node))
            stack.extend(node)
    return found
