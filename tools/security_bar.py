"""Put the table of the security bar and its tests into docs/guide/security-bar.md.

Usage::

    python tools/security_bar.py            write the tables into the page
    python tools/security_bar.py --check    is it in step? exit status 1 if not

The items are those of tests/security_bar.toml.  A test shows item 55 when its docstring
says ``(bar 55)`` or its name begins with ``test_55_``.
"""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

__all__ = ["PAGE", "collect", "main", "read_items", "render"]

_ROOT = Path(__file__).resolve().parent.parent
_ITEMS = _ROOT / "tests/security_bar.toml"
PAGE = _ROOT / "docs/guide/security-bar.md"
_BEGIN, _END = "<!-- items: begin -->\n", "<!-- items: end -->\n"
_NAMED = re.compile(r"\bbar ([0-9]+(?:, [0-9]+)*(?: and [0-9]+)?)")
_NUMBERED = re.compile(r"test_([0-9]{1,2})_")

Tests = dict[int, list[tuple[str, str]]]


def read_items() -> dict[str, dict[int, str]]:
    """Return the items by heading and number."""
    headings = tomllib.loads(_ITEMS.read_text("utf-8"))
    return {
        heading: {int(number): title for number, title in items.items()}
        for heading, items in headings.items()
    }


def collect(root: Path) -> Tests:
    """Return file and name of the tests of each item, from their sources."""
    found: Tests = defaultdict(list)
    for path in sorted(root.glob("packages/*/tests/**/test_*.py")):
        # A file that stands in poorwsgi-core/tests/http is core/test_headers.py.
        package = path.relative_to(root).parts[1].removeprefix("poorwsgi-")
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for number in sorted({*_read_numbers(node)}):
                    found[number].append((f"{package}/{path.name}", node.name))
    return dict(found)


def _read_numbers(test: ast.FunctionDef) -> Iterator[int]:
    if numbered := _NUMBERED.match(test.name):
        yield int(numbered[1])
    for named in _NAMED.findall(ast.get_docstring(test) or ""):
        yield from map(int, re.findall("[0-9]+", named))


def render(items: dict[str, dict[int, str]], tests: Tests) -> str:
    """Return the tables, with the files that have tests of an item."""
    lines: list[str] = []
    for heading, titles in items.items():
        lines += ["", f"## {heading}", ""]
        lines += ["| item | what holds | files of tests |", "|---|---|---|"]
        for number, title in titles.items():
            files = dict.fromkeys(file for file, _ in tests.get(number, []))
            shown = ", ".join(f"`{file}`" for file in files)
            lines.append(f"| {number} | {title} | {shown} |")
    return "\n".join([*lines, "", ""])


def main(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write(__doc__ or "")
        return 2
    page = PAGE.read_text("utf-8")
    head, _, rest = page.partition(_BEGIN)
    _, _, tail = rest.partition(_END)
    tables = render(read_items(), collect(_ROOT))
    filled = head + _BEGIN + tables + _END + tail
    if not arguments:
        PAGE.write_text(filled, "utf-8")
        return 0
    if filled != page:
        print(f"{PAGE.name}: run tools/security_bar.py")
    return int(filled != page)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
