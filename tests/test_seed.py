"""The table of the description's chapters leads to what is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "seed.md"
REPOSITORY = "https://github.com/PoorHttp/PoorWSGI/blob/master/"
ROWS = [
    line
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| chapter")
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_row(row: str) -> None:
    """A row has an example and a test, and both exist."""
    links = re.findall(r"\]\(([^)]+)\)", row)
    names = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
    assert (links != [], names != []) == (True, True)
    files = [
        ROOT / link.removeprefix(REPOSITORY)
        if link.startswith(REPOSITORY)
        else PAGE.parent / link
        for link in links
    ]
    assert [file for file in files if not file.is_file()] == []
    missing = [
        name
        for file, name in names
        if f"\ndef {name}(" not in (ROOT / file).read_text("utf-8")
    ]
    assert missing == []


def test_each_file_of_the_folder_is_named() -> None:
    """No example of the description is written and then lost."""
    text = PAGE.read_text("utf-8")
    folder = ROOT / "examples" / "seed"
    assert [path.name for path in folder.glob("*.py") if path.name not in text] == []
