"""Put the tables of differences into docs/differences.md.

Usage::

    python tools/differences.py            write the tables into the page; says
                                           which rows that replaces
    python tools/differences.py --check    say which are not in step; exit status 1

Each table is a file of packages/poorwsgi/src/poorwsgi/upgrade/differences, which
``python -m poorwsgi.upgrade`` reads as well; one more lists what that can't see.
Headings and text belong to the page.
"""

import re
import sys
from pathlib import Path

from poorwsgi.upgrade.table import read_tables, render_unseen

__all__ = ["PAGE", "UNSEEN", "fill", "main"]

PAGE = Path(__file__).resolve().parent.parent / "docs/differences.md"
UNSEEN = "What it can't see"


def fill(page: str, title: str, table: str) -> str:
    """Replace the table below a heading.

    Raises:
        ValueError: the page has no such heading with a table below it.
    """
    heading = rf"(^##+ {re.escape(title)}\n(?:(?!#|\|).*\n)*)(?:^\|.*\n)+"
    filled, count = re.subn(
        heading, lambda found: found[1] + table, page, flags=re.MULTILINE
    )
    if count != 1:
        raise ValueError(f"docs/differences.md has no table under '{title}'")
    return filled


def main(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write(__doc__ or "")
        return 2
    before = after = PAGE.read_text("utf-8")
    tables = {table.title: table.render() for table in read_tables()}
    for title, table in {**tables, UNSEEN: render_unseen(read_tables())}.items():
        now = fill(after, title, table)
        if arguments and now != after:
            print(f"{title}: run tools/differences.py")
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
