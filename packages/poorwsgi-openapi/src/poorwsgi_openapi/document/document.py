"""An OpenAPI document: loaded, complete, checked; and its operations.

A document is one JSON value whose references all stay inside of it (see
``bundling``).  What is wrong with it is told when it is loaded, as ValueError
with file, line, JSON pointer, cause and remedy.

An ``Operation`` is a view: it is resolved when it is looked at, so that a
document of a thousand paths costs what its file costs.
"""

import copy
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from poorwsgi_openapi.document.bundling import Bundle
from poorwsgi_openapi.document.outline import METHODS
from poorwsgi_openapi.document.pointers import (
    find_node,
    is_map,
    join_pointer,
    split_reference,
    without_extensions,
)
from poorwsgi_openapi.document.rules import template_shape
from poorwsgi_openapi.document.servers import list_paths
from poorwsgi_openapi.document.sources import Source, SourceError, dump_yaml
from poorwsgi_openapi.document.specification import Finding, find_faults
from poorwsgi_openapi.document.verdicts import VerdictCache, find_folder

if TYPE_CHECKING:
    from jsonschema_path import SchemaPath

__all__ = ["Document", "Operation"]

_VERSION = re.compile(r"3\.[012]\.\d+(-.+)?")
_VARIABLE = re.compile(r"\{([^{}/]*)\}")
_MAX_HOPS = 50
_MAX_PROBLEMS = 5
_LARGE = 262_144
"""Bytes of a document whose check takes a while."""
Located = tuple[Mapping[str, Any], tuple[str, ...]]
"""A part of the document, and its keys from the root."""


class Operation:
    """One operation of a document.

    Attributes:
        method: in capitals, such as ``GET``.
        path: template such as ``/pets/{petId}``; of a webhook its name.
        pointer: JSON pointer of the operation.
        raw: the operation object, as it stands in the document.
        is_webhook: it is a call that somebody else makes to us.
    """

    def __init__(
        self,
        document: "Document",
        method: str,
        path: str,
        keys: tuple[str, ...],
        levels: Sequence[Located],
        *,
        is_webhook: bool = False,
    ) -> None:
        self.document = document
        self.method = method.upper()
        self.path = path
        self.keys = keys
        self.is_webhook = is_webhook
        self._levels = levels
        self.raw: Mapping[str, Any] = find_node(document.raw, keys)

    def __repr__(self) -> str:
        return f"<Operation {self.method} {self.path}>"

    @property
    def pointer(self) -> str:
        """JSON pointer of the operation."""
        return join_pointer(self.keys)

    @cached_property
    def operation_id(self) -> str:
        """The ``operationId``, empty when it has none."""
        value = self.raw.get("operationId")
        return value if isinstance(value, str) else ""

    @property
    def path_names(self) -> list[str]:
        """Names in the path template, in order."""
        return [] if self.is_webhook else _VARIABLE.findall(self.path)

    @cached_property
    def parameters(self) -> tuple[Mapping[str, Any], ...]:
        """Parameters, resolved; those of the path item included."""
        return tuple(node for node, _ in self.located_parameters)

    @cached_property
    def located_parameters(self) -> tuple[Located, ...]:
        """Parameters, each with its keys from the root of the document."""
        found: dict[tuple[str, str], Located] = {}
        for owner, keys in ((self.raw, self.keys), *self._levels):
            for index, node in enumerate(owner.get("parameters") or ()):
                parameter, where = self.document.follow(
                    node, (*keys, "parameters", str(index))
                )
                key = (str(parameter.get("name")), str(parameter.get("in")))
                found.setdefault(key, (parameter, where))
        return tuple(found.values())

    @cached_property
    def request_body(self) -> Mapping[str, Any] | None:
        """The request body object, resolved."""
        node = self.raw.get("requestBody")
        return None if node is None else self.document.follow(node)[0]

    @cached_property
    def responses(self) -> Mapping[str, Mapping[str, Any]]:
        """Response objects by status, resolved."""
        return {status: node for status, (node, _) in self.located_responses.items()}

    @cached_property
    def located_responses(self) -> Mapping[str, Located]:
        """Response objects by status, resolved, each with its place."""
        nodes = without_extensions(self.raw.get("responses") or {})
        return {
            status: self.document.follow(node, (*self.keys, "responses", status))
            for status, node in nodes.items()
        }

    @property
    def security(self) -> Sequence[Mapping[str, Sequence[str]]]:
        """Requirements, of which one has to be met; none when it is open."""
        own = self.raw.get("security")
        return self.document.raw.get("security") or () if own is None else own

    @property
    def servers(self) -> Sequence[Mapping[str, Any]]:
        """The servers that are declared nearest to the operation."""
        items = (item for item, _ in self._levels)
        for owner in (self.raw, *items, self.document.raw):
            servers = owner.get("servers")
            if servers:
                return cast("Sequence[Mapping[str, Any]]", servers)
        return ()

    @cached_property
    def schema_path(self) -> "SchemaPath":
        """The operation, as openapi-core walks through it."""
        node = self.document.schema_path
        for key in self.keys:
            node = node / key
        return node


class Document:
    """An OpenAPI 3.0, 3.1 or 3.2 document.

    Args:
        source: path of a JSON or YAML file, or the decoded document itself,
            which is copied.
        check: check the document against the specification; ``False`` saves
            the time that takes, and keeps to what can't work at all.
        cache: folder where a good verdict on a large document is kept, ``True`` for
            that of the user, ``False`` for none.
        refs_below: folder that the files which it refers to have to be in; that of
            the document by default.

    Attributes:
        raw: the whole document; other files are below ``x-files``.
        version: ``"3.0"``, ``"3.1"`` or ``"3.2"``.
        base: path where it is served, which relative server URLs start from.
        prefix: path that its operations are below where it names no server.

    Raises:
        ValueError: it is no OpenAPI document, it is broken, or a reference leads
            nowhere; the message names file, line and JSON pointer.
        OSError: the file can't be read.
    """

    def __init__(
        self,
        source: "str | os.PathLike[str] | Mapping[str, Any]",
        *,
        check: bool = True,
        cache: "str | os.PathLike[str] | bool" = True,
        refs_below: "str | os.PathLike[str] | None" = None,
    ) -> None:
        self.source: Path | None = None
        file: Source | None = None
        if isinstance(source, Mapping):
            root: Any = copy.deepcopy(dict(source))
        else:
            self.source = Path(source)
            file = Source(self.source)
            root = file.data
        name = str(self.source or "The document")
        self.version = _read_version(root, name)
        self.raw: dict[str, Any] = root
        self.base = "/"
        self.prefix = ""
        self._below = None if refs_below is None else Path(refs_below)
        self._bundle = Bundle(root, file, self._below)
        self._file = file
        self._is_as_written = self._bundle.is_single
        self._check_paths()
        self._is_checked = check
        self._cache = cache
        if check:
            self.check()

    def __repr__(self) -> str:
        info = self.raw.get("info")
        title = info.get("title") if is_map(info) else None
        where = f" of {self.source}" if self.source else ""
        return f"<Document {title!r}{where}, OpenAPI {self.version}>"

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """All operations, in the order of the document; not the webhooks."""
        return tuple(self._iter_operations("paths"))

    @cached_property
    def webhooks(self) -> tuple[Operation, ...]:
        """Operations of the webhooks."""
        return tuple(self._iter_operations("webhooks"))

    def find(self, operation_id: str) -> Operation:
        """Return the operation of an ``operationId``.

        Raises:
            ValueError: there is none; with those that look like it.
        """
        found = self._by_id.get(operation_id)
        if found is not None:
            return found
        from difflib import get_close_matches

        near = get_close_matches(operation_id, self._by_id) or sorted(self._by_id)[:5]
        raise ValueError(
            f"{self.source or 'The document'} has no operationId {operation_id!r}; "
            f"it has {', '.join(near) or 'none at all'}"
        )

    @cached_property
    def _by_id(self) -> dict[str, Operation]:
        every = (*self.operations, *self.webhooks)
        return {each.operation_id: each for each in every if each.operation_id}

    def follow(self, node: Mapping[str, Any], keys: tuple[str, ...] = ()) -> Located:
        """Follow the references of a node.

        Args:
            node: an object that may be a reference.
            keys: where it is, from the root.

        Returns:
            The object that is meant, and where that is.

        Raises:
            ValueError: the references go round in a circle.
        """
        for _ in range(_MAX_HOPS):
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return node, keys
            parts = split_reference(reference)
            node, keys = find_node(self.raw, parts), tuple(parts)
        raise SourceError(
            f"{self.describe(keys)}: references go round in a circle; let one of "
            "them name an object"
        )

    def describe(self, keys: Sequence[str]) -> str:
        """Say in words where something is: file, line and JSON pointer."""
        return self._bundle.describe([*keys])

    def describe_all(self, places: Sequence[Sequence[str]]) -> list[str]:
        """Say where several things are, reading each file once."""
        return self._bundle.describe_all([[*keys] for keys in places])

    @cached_property
    def schema_path(self) -> "SchemaPath":
        """The document, as openapi-core walks through it."""
        from jsonschema_path import SchemaPath

        # A key may have the # that it would be divided at.
        return SchemaPath.from_dict(cast("Any", self.raw), separator="\0")

    @property
    def security_schemes(self) -> Mapping[str, Mapping[str, Any]]:
        """Security schemes by name, resolved."""
        components: Mapping[str, Any] = self.raw.get("components") or {}
        schemes: Mapping[str, Any] = components.get("securitySchemes") or {}
        return {name: self.follow(node)[0] for name, node in schemes.items()}

    def prefixes(self, operation: Operation) -> list[str]:
        """List the paths of the operation's server URLs, without their ends."""
        return list_paths(operation.servers, self.base)

    def place(self, base: str, prefix: str) -> None:
        """Say where the document is, and where its operations are.

        Args:
            base: path where it is served.
            prefix: path of the server, where it names none; it has this one then.
        """
        self.base, self.prefix = base, prefix
        if prefix and not self.raw.get("servers"):
            self.raw["servers"] = [{"url": prefix}]
            self._is_as_written = False

    def list_claims(self) -> set[tuple[str, str]]:
        """List the shapes of paths below those of the servers, with their methods."""
        return {
            (prefix + template_shape(operation.path), operation.method)
            for operation in self.operations
            for prefix in self.prefixes(operation)
        }

    def has_changed(self) -> bool:
        """Tell whether a file of the document has changed since it was read."""
        return self._bundle.has_changed()

    def read_again(self) -> "Document":
        """Load the same file anew; a document that is no file stays as it is.

        Raises:
            ValueError: it is broken by now, see above.
            OSError: it can't be read any more.
        """
        if self.source is None:
            return self
        again = Document(
            self.source,
            check=self._is_checked,
            cache=self._cache,
            refs_below=self._below,
        )
        again.place(self.base, self.prefix)
        return again

    def to_json(self) -> bytes:
        """Write the whole document as JSON."""
        return json.dumps(self.raw, ensure_ascii=False, indent=1).encode()

    def to_yaml(self) -> bytes:
        """Write the whole document as YAML: the file itself, if it is whole."""
        file = self._file
        if file is not None and self._is_as_written and not file.is_json:
            return file.content
        return dump_yaml(self.raw)

    def check(self) -> None:
        """Check the document against the specification.

        Raises:
            ValueError: with the first faults, each with line and pointer.
        """
        faults = [finding for finding in self.findings if finding.is_fault]
        if not faults:
            return
        shown = faults[:_MAX_PROBLEMS]
        where = self.describe_all([finding.keys for finding in shown])
        places = [*zip(where, (finding.message for finding in shown), strict=True)]
        if len(faults) > len(shown):
            places.append(("elsewhere", f"{len(faults) - len(shown)} more faults"))
        raise SourceError(
            f"{self.source or 'The document'} breaks OpenAPI {self.version}, so "
            "correct it, or load it with check_document=False (on the command line "
            "--no-check), which checks it no more:",
            places,
        )

    @property
    def warnings(self) -> Sequence[Finding]:
        """What the check has found doubtful; nothing without a check."""
        return self.findings if self._is_checked else ()

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """All that is wrong with the document, warnings among it."""
        contents = [source.content for source in self._bundle.sources]
        if self._cache is False or sum(map(len, contents)) < _LARGE:
            return tuple(find_faults(self))
        folder = find_folder() if self._cache is True else Path(self._cache)
        verdicts = VerdictCache(folder, contents)
        found = verdicts.read()
        if found is None:
            found = tuple(find_faults(self))
            if not any(finding.is_fault for finding in found):
                verdicts.write(found)
        return found

    def path_items(self, section: str) -> dict[str, Any]:
        """Return the items of ``paths`` or ``webhooks``, without extensions."""
        items: dict[str, Any] = self.raw.get(section) or {}
        return items if section == "webhooks" else without_extensions(items)

    def _iter_operations(self, section: str) -> Iterator[Operation]:
        for name, node in self.path_items(section).items():
            levels = [*self.walk_levels(node, (section, name))]
            for method in METHODS:
                found = next((each for each in levels if method in each[0]), None)
                if found is not None:
                    item, where = found
                    _, keys = self.follow(item[method], (*where, method))
                    is_webhook = section == "webhooks"
                    yield Operation(
                        self, method, name, keys, levels, is_webhook=is_webhook
                    )

    def walk_levels(
        self, node: Mapping[str, Any], keys: tuple[str, ...]
    ) -> Iterator[Located]:
        """Yield a path item and those that it refers to, whose fields it has too."""
        for _ in range(_MAX_HOPS):
            yield node, keys
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return
            parts = split_reference(reference)
            node, keys = find_node(self.raw, parts), tuple(parts)
        self.follow(node, keys)  # which says that there is a circle

    def _check_paths(self) -> None:
        """Find what the rest relies on, whether or not all is checked."""
        for section in ("paths", "webhooks"):
            items = self.raw.get(section, {})
            if not is_map(items):
                raise SourceError(
                    f"{self.describe([section])}: {section} has to be a mapping"
                )
            for name, item in self.path_items(section).items():
                if not is_map(item) or not all(
                    is_map(item[method]) for method in METHODS if method in item
                ):
                    raise SourceError(
                        f"{self.describe([section, name])}: a path item has to be a "
                        "mapping of methods to operations, which are mappings too"
                    )
                if section == "paths" and not name.startswith("/"):
                    raise SourceError(
                        f"{self.describe([section, name])}: a path begins with /"
                    )


def _read_version(root: Any, name: str) -> str:
    version = root.get("openapi") if is_map(root) else None
    if isinstance(version, str) and _VERSION.fullmatch(version):
        return version[:3]
    if is_map(root) and "swagger" in root:
        raise SourceError(
            f"{name}, at /swagger: Swagger 2.0 is not supported; convert the document "
            "to OpenAPI 3"
        )
    if version is None:
        raise SourceError(
            f"{name}, at /: this is no OpenAPI document, for it has no openapi field; "
            "begin it with openapi: 3.1.1"
        )
    raise SourceError(
        f"{name}, at /openapi: version {version!r} is not supported; use the text "
        '"3.0.4", "3.1.1" or "3.2.0"'
    )
