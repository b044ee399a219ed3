"""Follow the tutorial: write what its pages say, as a reader does.

Usage::

    python tools/tutorial.py FOLDER [HALF]

The halves are the bookshelf and the tracker.  The line before a block says where it
goes::

    **file**, new:                  **file**, at the end:
    **file**, whole:                **file**, instead of the imports:
    **file**, after `name`:         **file**, instead of `name`:

In Python a name is that of a function, a class or a variable at the top of the
module; what is no name, and anything in other files, is text, and its line is meant.
Other blocks, and files with an absolute path, are for the reader alone.  Knows nothing
of what is in the blocks.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Edit", "Run", "apply", "follow", "list_steps", "read_page"]

_PAGES = Path(__file__).resolve().parent.parent / "docs" / "tutorial"
_HALVES = {"bookshelf": "", "tracker": "tracker/"}
_BLOCK = re.compile(
    r"(?:^\*\*(?P<file>[^/*\n][^*\n]*)\*\*, (?P<how>[^\n]+):\n\n)?"
    r"^```(?P<kind>\w+)\n(?P<body>.*?)^```$"
    r"(?:\n\n```text\n(?P<output>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
_HOW = re.compile(
    r"(?P<place>new|whole|at the end|instead of the imports|after|instead of)"
    r"(?: `(?P<name>.+)`)?"
)


class Edit(NamedTuple):
    """A block that goes into a file.

    Attributes:
        file: path below the folder of the application.
        place: what the line before the block says, without the name.
        name: what to look for, if anything.
        body: the text of the block.
    """

    file: str
    place: str
    name: str
    body: str


class Run(NamedTuple):
    """Commands whose output stands behind them."""

    commands: str
    output: str


def list_steps(half: str = "bookshelf") -> list[str]:
    """Return the names of the pages of a half, in the order of its index."""
    folder = _HALVES[half]
    index = (_PAGES / f"{folder}index.md").read_text("utf-8")
    tree = index.partition("```{toctree}")[2].partition("```")[0]
    names = [line for line in tree.split() if not line.startswith(":")]
    return [f"{folder}{name}" for name in names if "/" not in name]


def read_page(step: str) -> Iterator[Edit | Run]:
    """Yield what there is to do on a page, in order.

    Raises:
        ValueError: a line before a block isn't understood.
    """
    for match in _BLOCK.finditer((_PAGES / f"{step}.md").read_text("utf-8")):
        if match["file"]:
            how = _HOW.fullmatch(match["how"])
            if how is None:
                raise ValueError(f"{step}: {match['how']!r} isn't understood")
            file = match["file"].replace(
                "\\", ""
            )  # of what Markdown would take for bold
            yield Edit(file, how["place"], how["name"] or "", match["body"])
        elif match["kind"] == "bash" and match["output"]:
            yield Run(match["body"], match["output"])


def apply(edit: Edit, folder: Path) -> None:
    """Write a block to where it belongs.

    Raises:
        ValueError: what it replaces, or follows, isn't there.
    """
    path = folder / edit.file
    if path.exists() == (edit.place == "new"):
        raise ValueError(f"{edit.file}: {edit.place}, but it is there or isn't")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "" if edit.place in {"new", "whole"} else path.read_text("utf-8")
    path.write_text(_change(text, edit), "utf-8")


def _change(text: str, edit: Edit) -> str:
    blank = "\n\n" if edit.file.endswith(".py") else ""
    if edit.place in {"new", "whole"}:
        return edit.body
    if edit.place == "at the end":
        return f"{text}{blank}{edit.body}"
    lines = text.splitlines(keepends=True)
    first, last = _find(text, edit)
    if edit.place == "after":
        gap = blank if edit.body.startswith(("@", "class ", "def ")) else "\n"
        return "".join([*lines[:last], gap, edit.body, *lines[last:]])
    return "".join([*lines[:first], edit.body, *lines[last:]])


def _find(text: str, edit: Edit) -> tuple[int, int]:
    """Return the index of the first line, and of the line behind the last."""
    is_name = not edit.name or edit.name.isidentifier()
    if not (is_name and edit.file.endswith(".py")):
        found = [n for n, line in enumerate(text.splitlines()) if edit.name in line]
        spans = [(n, n + 1) for n in found]
    else:
        spans = [
            (_first_line(node) - 1, node.end_lineno or 0)
            for node in ast.parse(text).body
            if edit.name in _names(node)
        ]
    if edit.name and len(spans) != 1:
        raise ValueError(f"{edit.file}: {edit.name} is there {len(spans)} times")
    return spans[0][0], spans[-1][1]


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _names(node: ast.stmt) -> list[str]:
    """Return the names that a statement gives; an import is called ''."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [""]
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def follow(folder: Path, half: str = "bookshelf") -> None:
    """Write all that a half of the tutorial says into a folder."""
    for step in list_steps(half):
        for action in read_page(step):
            if isinstance(action, Edit):
                apply(action, folder)


if __name__ == "__main__":
    follow(Path(sys.argv[1]), *sys.argv[2:])
