"""Which differences touch which lines of an application."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from poorwsgi.upgrade.files import Source, find_files, read_source
from poorwsgi.upgrade.handlers import link
from poorwsgi.upgrade.imports import Index
from poorwsgi.upgrade.table import Difference, read_tables
from poorwsgi.upgrade.uses import Use, read_uses

__all__ = ["Finding", "Report", "examine"]


@dataclass(frozen=True)
class Finding:
    """A use that a difference touches.

    Attributes:
        path: the file.
        line: the line in it.
        column: the column of the line, from 1.
        use: what is used.
        difference: the row of the tables.
        certain: whether it has to change; else it may have to.
    """

    path: Path
    line: int
    column: int
    use: str
    difference: Difference
    certain: bool


@dataclass(frozen=True)
class Report:
    """What was found, and which files couldn't be read.

    Attributes:
        findings: in order of files and lines.
        errors: what went wrong, file by file.
    """

    findings: tuple[Finding, ...]
    errors: tuple[str, ...]


def examine(paths: Iterable[Path]) -> Report:
    """Read files and folders, and tell what the tables say about them."""
    sources: list[Source] = []
    errors: list[str] = []
    for path in find_files(paths):
        try:
            sources.append(read_source(path))
        except SyntaxError as error:
            errors.append(f"{path}:{error.lineno}: {error.msg}")
        except (OSError, ValueError) as error:
            errors.append(f"{path}: {error}")
    index = Index(sources)
    link(sources, index)
    rows = [row for table in read_tables() for row in table.rows]
    found = [each for source in sources for each in _examine(source, index, rows)]
    return Report(tuple(found), tuple(errors))


def _examine(source: Source, index: Index, rows: list[Difference]) -> Iterator[Finding]:
    seen: set[tuple[int, str]] = set()
    for use in read_uses(source, index) if source.is_touched else ():
        for name, row, certain in _match(use, rows):
            if (use.line, row.id) not in seen:
                seen.add((use.line, row.id))
                place = source.path, use.line, use.column
                yield Finding(*place, name, row, certain)


def _match(use: Use, rows: list[Difference]) -> list[tuple[str, Difference, bool]]:
    """Tell which rows name a use; what is named exactly, isn't looked for again."""
    for name in use.names:
        found = [
            (name, row, certain)
            for row in rows
            for certain, patterns in ((True, row.uses), (False, row.look))
            if any(fnmatchcase(name, pattern) for pattern in patterns)
        ]
        if found:
            return found
    return []
