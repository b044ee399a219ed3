"""The page of differences is made of the tables that the upgrade tool reads."""

import re
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from poorwsgi.upgrade.findings import examine
from poorwsgi.upgrade.table import read_tables


@pytest.fixture(scope="module")
def tool(root: Path) -> dict[str, Any]:
    """Return the names of tools/differences.py."""
    return run_path(str(root / "tools/differences.py"))


def test_page_is_in_step(tool: dict[str, Any]) -> None:
    """Change upgrade/differences/*.toml, then run tools/differences.py."""
    assert tool["main"](["--check"]) == 0


def test_each_table_of_the_page_has_a_file(root: Path) -> None:
    """No table of the page is written by hand."""
    page = (root / "docs/differences.md").read_text("utf-8")
    assert page.count("|---|---|---|---|") == len(read_tables())


def test_table_without_heading(tool: dict[str, Any]) -> None:
    """A new table needs a heading on the page first."""
    with pytest.raises(ValueError, match="no table under 'New'"):
        tool["fill"]("# Page\n", "New", "| a |\n")


def test_rows_of_the_page_alone_are_told(
    tool: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is written on the page and not in the tables doesn't vanish unseen."""
    text = tool["PAGE"].read_text("utf-8")
    page = tmp_path / "page.md"
    page.write_text(
        text.replace("|---|---|---|---|\n", "|---|---|---|---|\n| x |\n", 1)
    )
    monkeypatch.setitem(tool["main"].__globals__, "PAGE", page)
    assert tool["main"]([]) == 0
    assert capsys.readouterr().out == "no longer on the page: | x |\n"
    assert page.read_text("utf-8") == text


def test_wrong_use_of_the_tool(
    tool: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Anything but --check is answered with the usage."""
    assert tool["main"](["--what"]) == 2
    assert "Usage" in capsys.readouterr().err


def test_no_false_alarm_on_the_pages(root: Path, tmp_path: Path) -> None:
    """The tool finds nothing in what the documentation shows, pieces of files aside."""
    for page in [*root.glob("docs/**/*.md"), *root.glob("packages/*/README.md")]:
        blocks = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
        name = "-".join(page.relative_to(root).with_suffix(".py").parts)
        whole = [block for block in blocks if block[:1] != " "]
        (tmp_path / name).write_text("\n".join(whole), "utf-8")
    report = examine([tmp_path])
    assert report.errors == ()
    assert [each.use for each in report.findings if each.certain] == []


def test_no_false_alarm_on_the_examples(root: Path) -> None:
    """The tool names what warns, and nothing else."""
    report = examine([root / "examples"])
    found = {
        (str(each.path.relative_to(root / "examples")), each.use)
        for each in report.findings
        if each.certain
    }
    assert report.errors == ()
    assert found == {
        ("http_digest.py", "poorwsgi.response.EmptyResponse()"),
        ("seed/returning.py", "poorwsgi.response.RedirectResponse(1=True)"),
    }
