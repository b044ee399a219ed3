"""Check the documentation that was built: whole, and readable by all.

Usage::

    python tools/check_docs.py build/docs     say what is wrong; exit status 1 if any

Sphinx doesn't warn when a page of the reference has nothing on it, when an attribute
comes without its type, or when a docstring is taken apart.  Nor does it know what
WCAG asks of headings and tables.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["find_faults", "main"]

_NOTHING = r"(?:\s|<[^>]*>)*"
_UNWANTED = {
    "a heading without text": rf"<h[1-6][^>]*>{_NOTHING}(?:¶{_NOTHING})?</h[1-6]>",
    "a table header without text": rf"<th\b[^>]*>{_NOTHING}</th>",
    "a heading by role without its level": r'role="heading"(?![^>]*aria-level)',
    "a docstring taken for a type": r'<dt class="field-\w+">Type<',
}
_HEADING = re.compile(r"<h1\b")
_NAME = re.compile(r'<dt class="sig [^>]*id="([^"]*)"')
_ATTRIBUTE = re.compile(
    r'<dl class="py attribute">\s*<dt class="sig [^>]*id="([^"]*)">'
    r"(.*?</dt>\s*<dd>.{0,16})",
    re.DOTALL,
)


def find_faults(folder: Path) -> Iterator[str]:
    """Yield what is wrong with the pages of a folder, one line for each fault."""
    for path in sorted(folder.rglob("*.html")):
        page = path.relative_to(folder)
        if page.parts[0] != "_static":
            yield from (f"{page}: {fault}" for fault in _check(page, path))


def _check(page: Path, path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    for fault, pattern in _UNWANTED.items():
        if re.search(pattern, text):
            yield fault
    if 'class="highlight' in text and "copybutton.js" not in text:
        yield "code without a button that copies it"
    if len(_HEADING.findall(text)) != 1:
        yield "not one heading of level 1"
    if page.parts[0] == "reference" and page.stem not in {"index", "bundle"}:
        if not _NAME.search(text) and "<table" not in text:
            yield "no name is described"
        for name, signature in _ATTRIBUTE.findall(text):
            if 'class="property"' not in signature and "alias of" not in signature:
                yield f"{name} has neither type nor value"


def main(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    if len(arguments) != 1:
        print("usage: check_docs.py FOLDER")
        return 2
    faults = list(find_faults(Path(arguments[0])))
    print(*faults, sep="\n") if faults else print("The pages are whole.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
