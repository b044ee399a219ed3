"""The files of an application, read and never run."""

import ast
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from poorwsgi.upgrade.scopes import Scope

__all__ = ["Source", "find_files", "read_source"]

_TOO_DEEP = "nested too deeply"
_FRAMES = 4  # of a visitor, for each level of a tree
_SUFFIXES = {".py", ".wsgi"}
_SKIPPED = {"__pycache__", "node_modules", "site-packages"}


@dataclass(eq=False)
class Source:
    """A file.

    Attributes:
        path: where it is.
        tree: its syntax.
        names_us: whether a package that the tables are about is named in it.
        scope: the names of the module.
    """

    path: Path
    tree: ast.Module
    names_us: bool
    scope: Scope = field(default_factory=Scope)

    @property
    def place(self) -> str:
        """What its names are called in other files, up to the name."""
        return f"@{self.path}:"

    @property
    def parts(self) -> tuple[str, ...]:
        """The path of the module, with the folder for an ``__init__``."""
        path = self.path.absolute().with_suffix("")
        return path.parent.parts if path.name == "__init__" else path.parts


def find_files(
    paths: Iterable[Path], report: Callable[[str], object]
) -> Iterator[Path]:
    """Yield the Python files of folders, without those of installed packages.

    Args:
        paths: files and folders.
        report: told of each folder that can't be read.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        try:
            inside = sorted(path.iterdir())
        except OSError as error:
            report(f"{path}: {error.strerror}")
            continue
        if not any(each.name == "pyvenv.cfg" for each in inside):
            yield from (each for each in inside if each.suffix in _SUFFIXES)
            yield from find_files(filter(_is_searched, inside), report)


def _is_searched(path: Path) -> bool:
    skipped = path.name in _SKIPPED or path.name[0] == "." or path.is_symlink()
    return not skipped and path.is_dir()


def read_source(path: Path) -> Source:
    """Read a file.

    Raises:
        OSError: it can't be read.
        SyntaxError: it isn't Python 3.
        ValueError: it isn't text, or is nested too deeply.
    """
    with tokenize.open(path) as file:
        text = file.read()
    names_us = "poorwsgi" in text or "openapi_core" in text
    try:
        tree = ast.parse(text, str(path))
    except (MemoryError, RecursionError) as error:
        raise ValueError(_TOO_DEEP) from error
    if _measure_depth(tree) > sys.getrecursionlimit() // _FRAMES:
        raise ValueError(_TOO_DEEP)
    return Source(path, tree, names_us)


def _measure_depth(tree: ast.AST) -> int:
    """Count the levels of a tree, without a call for each."""
    depth, nodes = 0, [tree]
    while nodes:
        nodes = [inner for node in nodes for inner in ast.iter_child_nodes(node)]
        depth += 1
    return depth
