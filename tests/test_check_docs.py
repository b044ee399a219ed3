"""The tool that looks at the built documentation: what it finds, and where."""

import subprocess
import sys
from pathlib import Path

import pytest

GOOD = """<h1>Things<a class="headerlink">¶</a></h1>
<p class="caption" role="heading" aria-level="2">Learn</p>
<table><thead><tr><td></td><th>name</th></tr></thead></table>
<dl class="py attribute">
<dt class="sig sig-object py" id="things.size">
<span>size</span><span class="property">: int</span></dt>
<dd><p>How large it is.</p></dd></dl>
<dl class="py attribute">
<dt class="sig sig-object py" id="things.kind"><span>kind</span></dt>
<dd><p>alias of Thing</p></dd></dl>
"""


def run(root: Path, *arguments: str | Path) -> tuple[int, list[str]]:
    """Return the exit status of the tool and the lines that it prints."""
    answer = subprocess.run(  # noqa: S603 - our own interpreter and tool
        [sys.executable, root / "tools/check_docs.py", *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert answer.stderr == ""
    return answer.returncode, answer.stdout.splitlines()


def write(folder: Path, name: str, text: str) -> None:
    """Write a page."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_whole_pages_pass(root: Path, tmp_path: Path) -> None:
    """A page of the reference with all it needs is no fault, nor are templates."""
    write(tmp_path, "reference/things.html", GOOD)
    write(tmp_path, "_static/template.html", "")
    assert run(root, tmp_path) == (0, ["The pages are whole."])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<h1>Things", "<h1>", "a heading without text"),
        ("<h1>", "<h1>Others</h1>\n<h1>", "not one heading of level 1"),
        ("<th>name", "<th><p></p>", "a table header without text"),
        (' aria-level="2"', "", "a heading by role without its level"),
        (
            "<p>How",
            '<dt class="field-odd">Type<span>:</span></dt><p>How',
            "a docstring taken for a type",
        ),
        (
            '<span class="property">: int</span>',
            "",
            "things.size has neither type nor value",
        ),
        (
            "<p>How",
            '<div class="highlight"></div><p>How',
            "code without a button that copies it",
        ),
    ],
)
def test_a_fault_is_named_with_its_page(
    root: Path, tmp_path: Path, old: str, new: str, fault: str
) -> None:
    """One line for each fault, and exit status 1."""
    assert old in GOOD
    write(tmp_path, "reference/things.html", GOOD.replace(old, new, 1))
    assert run(root, tmp_path) == (1, [f"reference/things.html: {fault}"])


def test_an_empty_page_of_the_reference_is_a_fault(root: Path, tmp_path: Path) -> None:
    """A module whose names all come from elsewhere needs more than a title."""
    write(tmp_path, "reference/things.html", "<h1>Things</h1>")
    write(tmp_path, "reference/index.html", "<h1>All</h1>")
    expected = ["reference/things.html: no name is described"]
    assert run(root, tmp_path) == (1, expected)


def test_it_asks_for_a_folder(root: Path) -> None:
    """Without one it says how it is called."""
    assert run(root) == (2, ["usage: check_docs.py FOLDER"])
