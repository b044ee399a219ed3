"""The files of an application, read and never run."""

import ast
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from poorwsgi.upgrade.scopes import Scope

__all__ = ["Source", "find_files", "read_source"]

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


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the Python files of folders, without those of installed packages."""
    for path in paths:
        if not path.is_dir():
            yield path
        elif not (path / "pyvenv.cfg").exists():
            inside = sorted(path.iterdir())
            yield from (each for each in inside if each.suffix == ".py")
            yield from find_files(
                each
                for each in inside
                if each.is_dir() and each.name not in _SKIPPED and each.name[0] != "."
            )


def read_source(path: Path) -> Source:
    """Read a file.

    Raises:
        OSError: it can't be read.
        SyntaxError: it isn't Python 3.
        ValueError: it isn't text.
    """
    with tokenize.open(path) as file:
        text = file.read()
    names_us = "poorwsgi" in text or "openapi_core" in text
    return Source(path, ast.parse(text, str(path)), names_us)
