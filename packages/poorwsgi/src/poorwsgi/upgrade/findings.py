"""Which differences touch which lines of an application."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from poorwsgi.upgrade.files import Source, find_files, read_source
from poorwsgi.upgrade.handlers import link
from poorwsgi.upgrade.program import Program, Use
from poorwsgi.upgrade.returns import read_returns
from poorwsgi.upgrade.table import Difference, read_tables
from poorwsgi.upgrade.uses import read_uses
from poorwsgi.upgrade.wiring import read_wiring

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
        unknown: where handlers are registered that aren't known, so that nothing
            was found in them.
    """

    findings: tuple[Finding, ...]
    errors: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def examine(paths: Iterable[Path]) -> Report:
    """Read files and folders, and tell what the tables say about them."""
    sources: list[Source] = []
    errors: list[str] = []
    for path in find_files(paths, errors.append):
        try:
            sources.append(read_source(path))
        except SyntaxError as error:
            errors.append(f"{path}:{error.lineno}: {error.msg}")
        except (OSError, ValueError) as error:
            errors.append(f"{path}: {error}")
    program = link(sources)
    found = [
        finding
        for source, uses in _read_all(program).items()
        for finding in _find(source, uses)
    ]
    unknown = [
        f"{each.source.path}:{each.call.lineno}"
        for each in program.registrations
        if each.handler is None
    ]
    return Report(tuple(found), tuple(errors), tuple(unknown))


def _read_all(program: Program) -> dict[Source, list[Use]]:
    """Tell the uses of all files, in order."""
    uses: dict[Source, list[Use]] = {source: [] for source in program.sources}
    for source, use in read_wiring(program):
        uses[source].append(use)
    for source in filter(program.is_touched, program.sources):
        uses[source] += read_uses(source, program)
        uses[source] += read_returns(source, program)
    return {source: sorted(set(found)) for source, found in uses.items()}


def _find(source: Source, uses: Iterable[Use]) -> Iterator[Finding]:
    """Find each row once in a line, and what is certain before what may be."""
    found = [
        Finding(source.path, use.line, use.column, name, row, certain)
        for use in uses
        for name, row, certain in _match(use)
    ]
    seen: set[tuple[int, str]] = set()
    for each in sorted(found, key=lambda each: (each.line, not each.certain)):
        if (each.line, each.difference.id) not in seen:
            seen.add((each.line, each.difference.id))
            yield each


def _match(use: Use) -> list[tuple[str, Difference, bool]]:
    """Tell which rows name a use; what is named exactly, isn't looked for again."""
    for name in use.names:
        found = [(name, row, certain) for row, certain in _match_name(name)]
        if found:
            return found
    return []


@cache
def _match_name(name: str) -> list[tuple[Difference, bool]]:
    return [
        (row, certain)
        for row, certain, expression in _read_patterns()
        if expression.match(name)
    ]


@cache
def _read_patterns() -> list[tuple[Difference, bool, re.Pattern[str]]]:
    """List the patterns of all rows, and whether each is certain."""
    return [
        (row, certain, _compile(text))
        for table in read_tables()
        for row in table.rows
        for certain, texts in ((True, row.uses), (False, row.look))
        for text in texts
    ]


def _compile(pattern: str) -> re.Pattern[str]:
    """Compile a pattern: ``*`` is any text without a dot, ``**`` is any text."""
    text = re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^.]*")
    return re.compile(rf"{text}\Z", re.IGNORECASE | re.DOTALL)
