"""Put the tables of differences into docs/differences.md.

Usage::

    python tools/differences.py            write the tables into the page; says
                                           which rows that replaces
    python tools/differences.py --check    say which are not in step; exit status 1

Each table is a file of packages/poorwsgi/src/poorwsgi/upgrade/differences, which
``python -m poorwsgi.upgrade`` reads as well.  Headings and text belong to the page.
"""

import re
import sys
from pathlib import Path

from poorwsgi.upgrade import Table, read_tables

__all__ = ["PAGE", "fill", "main"]

PAGE = Path(__file__).resolve().parent.parent / "docs/differences.md"


def fill(page: str, table: Table) -> str:
    """Replace the table below the heading of its title.

    Raises:
        ValueError: the page has no such heading with a table below it.
    """
    heading = rf"(^## {re.escape(table.title)}\n(?:(?!#|\|).*\n)*)(?:^\|.*\n)+"
    filled, count = re.subn(
        heading, lambda found: found[1] + table.render(), page, flags=re.MULTILINE
    )
    if count != 1:
        raise ValueError(f"docs/differences.md has no table under '{table.title}'")
    return filled


def main(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write(__doc__ or "")
        return 2
    before = after = PAGE.read_text("utf-8")
    for table in read_tables():
        now = fill(after, table)
        if arguments and now != after:
            print(f"{table.title}: run tools/differences.py")
        after = now
    if not arguments:
        for row in _read_lost_rows(before, after):
            print(f"no longer on the page: {row}")
        PAGE.write_text(after, "utf-8")
        return 0
    return int(before != after)


def _read_lost_rows(before: str, after: str) -> list[str]:
    """Tell what somebody may have written on the page alone."""
    kept = {*after.splitlines()}
    return [row for row in before.splitlines() if row[:1] == "|" and row not in kept]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
