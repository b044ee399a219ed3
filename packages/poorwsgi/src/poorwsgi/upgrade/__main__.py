"""Command line: ``python -m poorwsgi.upgrade PATH``."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from poorwsgi.upgrade.findings import examine
from poorwsgi.upgrade.report import FORMATS
from poorwsgi_core.command import end_quietly

__all__ = ["main"]

_STATUS = """\
exit status:
  0  nothing has to change
  1  something has to change
  2  wrong use, or a file can't be read; the others are examined
  141  what reads the output has gone, as head does
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    options = _build_parser().parse_args(arguments)
    report = examine(options.paths)
    wanted = [each for each in report.findings if each.certain or options.all]
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    hidden = len(report.findings) - len(wanted)
    lines = FORMATS[options.format](
        wanted, colour=colour, hidden=hidden, unknown=report.unknown
    )
    for line in lines:
        sys.stdout.write(line + "\n")
    for error in report.errors:
        sys.stderr.write(f"{error}\n")
    if report.errors:
        return 2
    return int(any(each.certain for each in wanted))


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m poorwsgi.upgrade",
        description="Name what an application for PoorWSGI 2 has to change for 3. "
        "Its sources are read, and nothing of it is run.",
        epilog=_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", type=Path, help="a file, or a folder"
    )
    parser.add_argument(
        "--all", action="store_true", help="also name what may have to change"
    )
    parser.add_argument("--format", choices=[*FORMATS], default="text")
    return parser


if __name__ == "__main__":
    sys.exit(end_quietly(main))
