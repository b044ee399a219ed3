"""Files of a document: JSON or YAML to plain data, with the lines of its parts.

YAML is read as OpenAPI asks for it (YAML 1.2, JSON schema): ``no`` and
``2026-01-01`` are text, and keys are text too, so that ``200:`` is the status
``"200"``.  Lines are looked up only when there is something to complain about.

Nothing here knows OpenAPI, and nothing is fetched from a network.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import yaml

from poorwsgi_core.results import escape_controls
from poorwsgi_openapi.document.lines import find_lines
from poorwsgi_openapi.document.pointers import is_list, is_map

__all__ = [
    "Source",
    "SourceError",
    "dump_yaml",
]

_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_MOST_VALUES = 1_000_000
_DROPPED = ("bool", "int", "float", "timestamp", "value")


class SourceError(ValueError):
    """A file can't be used; the message names file, line and JSON pointer.

    Attributes:
        places: where and what, if the message tells of several faults.
    """

    def __init__(self, message: str, places: Sequence[tuple[str, str]] = ()) -> None:
        # What stands in a document is one line, whatever it has in it.
        lines = "".join(
            f"\n  {escape_controls(f'{where}: {what}')}" for where, what in places
        )
        super().__init__(escape_controls(message) + lines)
        self.places = places


class Source:
    """One file, decoded.

    Args:
        path: JSON or YAML; what begins with ``{`` is JSON.

    Attributes:
        data: what the file holds.

    Raises:
        SourceError: it is neither JSON nor YAML.
        OSError: it can't be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = _read_stamp(path)
        self.content = path.read_bytes()
        try:
            self._text = self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.content.count(b"\n", 0, error.start) + 1
            raise SourceError(
                f"{path}, line {line}: a byte is not UTF-8; save the file as UTF-8"
            ) from error
        self._lines: dict[tuple[str, ...], int] = {}
        self.is_json = self._text.lstrip()[:1] in ("{", "[")
        self.data = self._parse()

    def has(self, *texts: str) -> bool:
        """Tell whether one of some texts is anywhere in the file."""
        return any(text in self._text for text in texts)

    def has_changed(self) -> bool:
        """Tell whether the file is another one than when it was read."""
        return _read_stamp(self.path) != self._stamp

    def _parse(self) -> Any:
        if self.is_json:
            try:
                return json.loads(self._text, object_pairs_hook=_make_object)
            except _KeyTwice:
                # It is YAML too, whose reader tells the line.
                return _parse_yaml(self._text.replace("\t", " "), self.path)
            except json.JSONDecodeError as error:
                if self.path.suffix.lower() == ".json":
                    raise SourceError(
                        f"{self.path}, line {error.lineno}, column {error.colno}: "
                        f"this is not JSON: {error.msg}; correct the file"
                    ) from error
                # It may still be YAML in flow style.
                self.is_json = False
        return _parse_yaml(self._text, self.path)

    def find_lines(self, places: Sequence[Sequence[str]]) -> list[int]:
        """Return the lines where the deepest known parts of places stand.

        Args:
            places: keys and indexes from the root of the file.
        """
        wanted = [tuple(place) for place in places]
        unknown = [place for place in wanted if place not in self._lines]
        if unknown:
            loader = None if self.is_json else _loader()
            found = find_lines(self._text, unknown, loader=loader)
            self._lines.update(found)
            for place in unknown:
                self._lines[place] = next(
                    found[place[:end]]
                    for end in range(len(place), -1, -1)
                    if place[:end] in found
                )
        return [self._lines[place] for place in wanted]


class _KeyTwice(Exception):
    """An object has a key twice."""


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _KeyTwice
    return found


def _read_stamp(path: Path) -> tuple[int, ...] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


@cache
def _loader() -> "type[yaml.SafeLoader]":
    """Build the loader: the fast one, with the scalars of YAML 1.2."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    dropped = {f"tag:yaml.org,2002:{name}" for name in _DROPPED}
    resolvers = {
        first: [(tag, regex) for tag, regex in pairs if tag not in dropped]
        for first, pairs in base.yaml_implicit_resolvers.items()
    }

    def flatten_mapping(self: Any, node: Any) -> None:
        # Before what is merged into it stands there too.
        if not hasattr(node, "has_own_keys"):
            node.has_own_keys = True
            _check_keys(node)
        base.flatten_mapping(self, node)

    members = {
        "yaml_implicit_resolvers": resolvers,
        "flatten_mapping": flatten_mapping,
    }
    loader: Any = type("Loader", (base,), members)
    for name, regex, first in (
        ("bool", _BOOL, "tTfF"),
        ("int", _INT, "-+0123456789"),
        ("float", _FLOAT, "-+.0123456789"),
    ):
        anchored = re.compile(rf"(?:{regex.pattern})\Z")
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", anchored, [*first])
    loader.add_constructor("tag:yaml.org,2002:int", _construct_int)
    return cast("type[yaml.SafeLoader]", loader)


def _check_keys(node: Any) -> None:
    from yaml.constructor import ConstructorError

    seen: set[str] = set()
    for key, _ in node.value:
        text = str(key.value)
        if text in seen:
            problem = f"the key {text!r} stands twice"
            raise ConstructorError(None, None, problem, key.start_mark)
        seen.add(text)


def _construct_int(loader: Any, node: Any) -> int:
    text: str = loader.construct_scalar(node)
    # A leading zero is no octal number in YAML 1.2.
    return int(text, 0) if text[:2] in ("0x", "0o") else int(text)


def _parse_yaml(text: str, path: Path) -> Any:
    import yaml

    try:
        value = yaml.load(text, Loader=_loader())  # noqa: S506 - safe
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise SourceError(
            f"{path}{where}: this is not YAML: {error.problem}; correct the file"
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise SourceError(f"{path}: this is not YAML: {error}") from error
    if "*" in text and _count_values(value, {}) > _MOST_VALUES:
        raise SourceError(
            f"{path}: the aliases of YAML stand for more than {_MOST_VALUES:,} values, "
            "or for themselves; write what they stand for, by $ref"
        )
    return _with_text_keys(value)


def _count_values(value: Any, known: dict[int, float]) -> float:
    """Count values as if no alias was one; those in themselves have no end."""
    if is_map(value):
        parts: Iterable[Any] = value.values()
    elif is_list(value):
        parts = value
    else:
        return 1
    key = id(value)
    if key not in known:
        known[key] = inf
        known[key] = 1 + sum(_count_values(each, known) for each in parts)
    return known[key]


def _with_text_keys(value: Any) -> Any:
    """Make all keys text, in place, as JSON has them."""
    for node in _iter_containers(value):
        if is_map(node) and not all(type(key) is str for key in node):
            pairs = {_key_text(key): item for key, item in node.items()}
            node.clear()
            node.update(pairs)
    return value


def _key_text(key: Any) -> str:
    if key is None or isinstance(key, bool):
        return json.dumps(key)
    return str(key)


def _iter_containers(value: Any) -> Iterator[Any]:
    stack: list[Any] = [value]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue  # an alias of YAML is the same object again
        if is_map(node):
            stack.extend(node.values())
        elif is_list(node):
            stack.extend(node)
        else:
            continue
        seen.add(id(node))
        yield node


def dump_yaml(value: Any) -> bytes:
    """Write plain data as YAML, in its order."""
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    dumper: Any = type("Dumper", (base,), {"ignore_aliases": _no_aliases})
    # The stubs leave a type of its options open.
    text: str = yaml.dump(  # pyright: ignore[reportUnknownMemberType]
        value, Dumper=dumper, sort_keys=False, allow_unicode=True
    )
    return text.encode()


def _no_aliases(_: Any, __: Any) -> bool:
    return True
