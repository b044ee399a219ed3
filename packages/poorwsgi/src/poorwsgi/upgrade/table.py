"""The tables of differences: what was, what is now, why, and what to do about it.

A file is a table of the page, an entry of it a row.  ``uses`` are the uses of an
application that have to change, ``look`` those that may have to; both are patterns for
what `poorwsgi.upgrade.uses`, `wiring` and `returns` call a use, in which ``*`` is any
text without a dot and ``**`` any text.  A row that asks for something and can't be
seen in the sources says why it is ``unseen``.
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Difference", "Table", "read_tables", "render_unseen"]


@dataclass(frozen=True)
class Difference:
    """A row: something that isn't as it was.

    Attributes:
        id: its name, unique among all.
        before: what 2.x did.
        now: what is done instead.
        why: the reason.
        todo: what to do about it.
        uses: patterns of the uses that have to change.
        look: patterns of the uses that may have to change.
        unseen: why no use can be seen in the sources.
    """

    id: str
    before: str
    now: str
    why: str
    todo: str
    uses: tuple[str, ...] = ()
    look: tuple[str, ...] = ()
    unseen: str = ""


@dataclass(frozen=True)
class Table:
    """A table of the page.

    Attributes:
        title: the heading above it.
        since: which versions its first column is about.
        rows: the differences.
    """

    title: str
    since: str
    rows: tuple[Difference, ...]

    def render(self) -> str:
        """Write the table as Markdown, what asks for something first."""
        lines = [
            f"| before, {self.since} | now | why | what to do |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {row.before} | {row.now} | {row.why} | {row.todo} |"
            for row in sorted(self.rows, key=lambda row: row.todo == "nothing")
        ]
        return "\n".join(lines) + "\n"


def render_unseen(tables: Iterable[Table]) -> str:
    """Write a table of the differences that no source shows, as Markdown."""
    lines = ["| before | what to do | why it isn't seen |", "|---|---|---|"]
    lines += [
        f"| {row.before} | {row.todo} | {row.unseen} |"
        for table in tables
        for row in table.rows
        if row.unseen
    ]
    return "\n".join(lines) + "\n"


@cache
def read_tables() -> tuple[Table, ...]:
    """Read all tables that are installed, by title."""
    return tuple(sorted(_read(), key=lambda table: table.title))


def _read() -> Iterator[Table]:
    for file in (files("poorwsgi.upgrade") / "differences").iterdir():
        yield _build_table(tomllib.loads(file.read_text("utf-8")))


def _build_table(data: dict[str, Any]) -> Table:
    title, since = data.pop("title"), data.pop("since")
    return Table(title, since, tuple(_build_row(*row) for row in data.items()))


def _build_row(name: str, row: dict[str, Any]) -> Difference:
    uses, look = row.pop("uses", ()), row.pop("look", ())
    return Difference(name, **row, uses=tuple(uses), look=tuple(look))
