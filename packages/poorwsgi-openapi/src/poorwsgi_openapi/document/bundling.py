"""One document of several files: references to other files become inner ones.

Each file that is referred to is put whole below ``x-files`` of the root, once,
and what refers to it is rewritten to point there.  So everything behind this
module works on one JSON value whose references all begin with ``#``, and what
is served to clients is complete.

Only files are followed, never a network.  Names of schemas (``$id``, ``$anchor``)
are made pointers too, see ``identifiers``.  What stands in an extension (``x-…``) is
nobody's reference, unless something refers to it.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from poorwsgi_openapi.document.identifiers import NAMES, Identifiers
from poorwsgi_openapi.document.pointers import (
    FILES,
    find_node,
    is_data,
    is_list,
    is_map,
    join_pointer,
    split_reference,
)
from poorwsgi_openapi.document.sources import Source, SourceError

__all__ = ["Bundle", "iter_references"]

_SAFE = "/~!$&'()*+,;=:@"
"""What a fragment may have as it is (RFC 3986 §3.5)."""

_NAMES = frozenset(
    {
        *("$defs", "callbacks", "definitions", "dependentSchemas", "headers"),
        *("mediaTypes", "parameters", "pathItems", "paths", "patternProperties"),
        *("properties", "requestBodies", "responses", "schemas", "webhooks"),
    }
)
"""Keys whose value is a map of names, which mean nothing by themselves."""

_CONSTRAINTS = frozenset(
    {
        *("type", "enum", "const", "format", "pattern", "multipleOf", "not", "if"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
        *("minProperties", "maxProperties", "properties", "patternProperties"),
        *("required", "dependentRequired", "dependentSchemas"),
        *("additionalProperties", "propertyNames", "items", "prefixItems", "contains"),
        *("allOf", "anyOf", "oneOf", "unevaluatedProperties", "unevaluatedItems"),
    }
)
"""Keywords that a schema may have beside ``$ref``, and nothing else has."""

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
                for found in _own_references(node, path):
                    stack += _find_in_extension(root, found)
                    yield found
            for key, item in node.items():
                if named or not is_data(key):
                    stack.append((item, (*path, key), not named and key in _NAMES))


def _find_in_extension(
    root: Any, reference: Reference
) -> Iterator[tuple[Any, tuple[str, ...], bool]]:
    """Yield what a reference finds in an extension, to be looked at as well."""
    mapping, key, _ = reference
    text: str = mapping[key]
    if text.startswith("#/") and "/x-" in text:
        parts = split_reference(text)
        try:
            yield find_node(root, parts), tuple(parts), False
        except KeyError:
            return


def _names_place(node: dict[str, Any], key: str) -> bool:
    """Tell a reference from the name of a component."""
    value = node.get(key)
    return isinstance(value, str) and ("/" in value or "#" in value)


def _own_references(node: dict[str, Any], path: tuple[str, ...]) -> Iterator[Reference]:
    for key in ("$ref", "$dynamicRef"):
        if isinstance(node.get(key), str):
            yield node, key, path
    discriminator = node.get("discriminator")
    if is_map(discriminator):
        where, mapping = (*path, "discriminator"), discriminator.get("mapping")
        if is_map(mapping):
            for key in mapping:
                if _names_place(mapping, key):
                    yield mapping, key, (*where, "mapping")
        if _names_place(discriminator, "defaultMapping"):
            yield discriminator, "defaultMapping", where
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
        below: folder that files which are referred to have to be in; that of the
            file by default.

    Attributes:
        root: the one document.
        is_single: there is no other file.

    Raises:
        SourceError: a reference leads nowhere; with file, line and pointer.
    """

    def __init__(
        self, root: dict[str, Any], source: Source | None, below: Path | None = None
    ) -> None:
        self.root = root
        self._source = source
        self._below = below or (source.path.parent if source else Path())
        self._files: dict[Path, str] = {}
        self._sources: dict[str, Source] = {}
        self._identifiers: dict[str, Identifiers] = {}
        references = self._references = list[Reference]()
        self._take(root, source, "")
        for identifiers in self._identifiers.values():
            identifiers.drop()
        self.is_single = not self._sources
        self._check_all(references)
        if not str(root.get("openapi")).startswith("3.0"):
            _join_siblings(references)
        # They are as many as the document is large, and nobody asks again.
        self._references = []

    @property
    def sources(self) -> list[Source]:
        """All files, in the order in which they were read."""
        first = [] if self._source is None else [self._source]
        return [*first, *self._sources.values()]

    def has_changed(self) -> bool:
        """Tell whether one of the files has changed since it was read."""
        return any(source.has_changed() for source in self.sources)

    def describe(self, parts: list[str]) -> str:
        """Say in words where a place of the document is: file, line, pointer."""
        return self.describe_all([parts])[0]

    def describe_all(self, places: Sequence[list[str]]) -> list[str]:
        """Say where several places are, reading each file once."""
        lines: dict[tuple[str, ...], tuple[str, int]] = {}
        by_source: dict[str, list[list[str]]] = {}
        for parts in places:
            name = parts[1] if len(parts) > 1 and parts[0] == FILES else ""
            by_source.setdefault(name, []).append(parts)
        for name, group in by_source.items():
            source = self._sources[name] if name else self._source
            if source is not None:
                inner = [parts[2:] if name else parts for parts in group]
                for parts, line in zip(group, source.find_lines(inner), strict=True):
                    lines[tuple(parts)] = str(source.path), line
        return [_describe(parts, *lines.get(tuple(parts), ("", 0))) for parts in places]

    def _take(self, node: Any, source: Source | None, name: str) -> None:
        """Rewrite the references of one file, and take the files they name."""
        has_names = source is None or source.has(*NAMES, "$self")
        identifiers = self._identifiers[name] = Identifiers(node if has_names else {})
        for mapping, key, path in [*iter_references(node)]:
            reference: str = mapping[key]
            where = [FILES, name, *path] if name else [*path]
            if key == "$dynamicRef":
                parts = identifiers.find_dynamic(reference, path)
                if parts is None:
                    raise self._refuse_dynamic(reference, where)
                del mapping[key]
                _add_reference(mapping, _write_pointer(name, parts))
                continue
            parts = identifiers.find(reference, path)
            target = name
            url, _, fragment = reference.partition("#")
            if parts is None and url:
                target = self._target(url, source, where, reference)
                parts = self._identifiers[target].find(f"#{fragment}", ())
            if parts is None:
                raise SourceError(
                    f"{self.describe(where)}: {reference!r} leads nowhere: nothing is "
                    "named so; correct the reference or add what it names"
                )
            mapping[key] = _write_pointer(target, parts)
            self._references.append((mapping, key, tuple(where)))

    def _refuse_dynamic(self, reference: str, where: list[str]) -> SourceError:
        return SourceError(
            f"{self.describe(where)}: $dynamicRef {reference!r} has no $dynamicAnchor "
            "or several, so where it leads depends; let it be a $ref, or name one "
            "anchor"
        )

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
        if not path.is_relative_to(self._below.resolve()):
            raise SourceError(
                f"{self.describe(where)}: {reference!r} is a file outside of the "
                f"folder {str(self._below)!r}; name a folder that has both by "
                "refs_below, or store a copy beside the document"
            )
        return self._files.get(path) or self._add(path, where, reference)

    def _add(self, path: Path, where: list[str], reference: str) -> str:
        try:
            found = Source(path)
        except OSError as error:
            raise SourceError(
                f"{self.describe(where)}: {reference!r} can't be read: "
                f"{error.strerror}; correct the reference or add the file"
            ) from error
        if not is_map(found.data) and not is_list(found.data):
            raise SourceError(
                f"{self.describe(where)}: {reference!r} is a file that holds neither a "
                "mapping nor a list; correct the reference"
            )
        name = path.name
        while name in self._sources:
            name = f"_{name}"
        self._files[path], self._sources[name] = name, found
        files: dict[str, Any] = self.root.setdefault(FILES, {})
        files[name] = found.data
        self._take(found.data, found, name)
        return name

    def _check_all(self, references: list[Reference]) -> None:
        known: set[str] = set()
        for mapping, key, path in references:
            reference = mapping.get(key)
            if reference is None or reference in known:
                continue
            known.add(reference)
            try:
                find_node(self.root, split_reference(reference))
            except KeyError as error:
                raise SourceError(
                    f"{self.describe([*path])}: {reference!r} leads nowhere: there is "
                    f"no {error.args[0]!r}; correct the reference or add what it names"
                ) from error


def _describe(parts: Iterable[str], file: str, line: int) -> str:
    pointer = join_pointer(parts) or "/"
    return f"{file}, line {line}, at {pointer}" if file else f"at {pointer}"


def _write_pointer(name: str, parts: Iterable[str]) -> str:
    """Write a reference to a place in a file, from the root of all."""
    whole = (FILES, name, *parts) if name else tuple(parts)
    return "#" + quote(join_pointer(whole), safe=_SAFE)


def _join_siblings(references: Iterable[Reference]) -> None:
    """Let what stands beside the reference of a schema count, as it does since 3.1.

    openapi-core follows a reference and forgets what is beside it.
    """
    for mapping, key, _ in references:
        if key in mapping and key == "$ref" and mapping.keys() & _CONSTRAINTS:
            reference = {"$ref": mapping.pop("$ref")}
            mapping["allOf"] = [reference, *mapping.get("allOf", ())]


def _add_reference(mapping: dict[str, Any], reference: str) -> None:
    """Add a reference to a schema, beside one that it may have."""
    if "$ref" in mapping:
        mapping["allOf"] = [*mapping.get("allOf", ()), {"$ref": reference}]
    else:
        mapping["$ref"] = reference
