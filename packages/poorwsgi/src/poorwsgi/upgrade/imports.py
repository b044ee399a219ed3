"""What imports mean: names of packages, or of other files of the application."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import takewhile

from poorwsgi.upgrade.files import Source
from poorwsgi.upgrade.packages import find_module
from poorwsgi.upgrade.scopes import name_home

__all__ = ["Index"]


class Index:
    """Finds the file of a module of the application.

    Args:
        sources: the files.
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        self._found: dict[tuple[str, ...], list[Source]] = defaultdict(list)
        for source in sources:
            parts = source.parts
            for start in range(len(parts)):
                self._found[parts[start:]].append(source)

    def read(self, nodes: Iterable[ast.AST], source: Source) -> dict[str, str]:
        """Tell what the imports among nodes mean; nothing, if a name has two."""
        found: dict[str, str] = {}
        for node in nodes:
            for name, meaning in self._read(node, source):
                known = found.get(name, meaning)
                found[name] = meaning if known == meaning else ""
        return found

    def _read(self, node: ast.AST, source: Source) -> Iterator[tuple[str, str]]:
        if isinstance(node, ast.Import):
            for each in node.names:
                name = each.name if each.asname else each.name.partition(".")[0]
                file = self._find(name, 0, source)
                yield each.asname or name, file.place if file else name
        elif isinstance(node, ast.ImportFrom):
            for each in node.names:
                if each.name == "*":
                    yield from self._read_all(node, source)
                else:
                    meaning = self._find_name(node, each.name, source)
                    yield each.asname or each.name, meaning

    def _read_all(
        self, node: ast.ImportFrom, source: Source
    ) -> Iterator[tuple[str, str]]:
        """Tell the names of a module that are imported by a star."""
        file = self._find(node.module or "", node.level, source)
        if file is not None:
            names = (name for name in file.scope.names if name[:1] != "_")
            yield from ((name, file.place + name) for name in names)
        elif not node.level:
            module = find_module(node.module or "")
            for name in getattr(module, "__all__", ()):
                yield name, name_home(f"{node.module}.{name}")

    def _find_name(self, node: ast.ImportFrom, name: str, source: Source) -> str:
        """Tell what a name of a module means: a module of it, or something in it."""
        module = node.module or ""
        if file := self._find(f"{module}.{name}", node.level, source):
            return file.place
        if file := self._find(module, node.level, source):
            return file.place + name
        return "" if node.level else name_home(f"{module}.{name}")

    def _find(self, module: str, level: int, source: Source) -> Source | None:
        parts = tuple(part for part in module.split(".") if part)
        if level:
            parts = source.path.absolute().parents[level - 1].parts + parts
        found = self._found.get(parts, [])
        if len(found) > 1:  # such as that of another application, or a copy in build/
            shared = [_count_shared(source.parts, each.parts) for each in found]
            pairs = zip(found, shared, strict=True)
            found = [each for each, count in pairs if count == max(shared)]
        return found[0] if len(found) == 1 else None


def _count_shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Count the folders that two paths begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
