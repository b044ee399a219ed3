"""Each item of the security bar has tests, and the page of them is in step."""

from pathlib import Path
from runpy import run_path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def tool(root: Path) -> dict[str, Any]:
    """Return the names of tools/security_bar.py."""
    return run_path(str(root / "tools/security_bar.py"))


def test_each_item_has_a_test(tool: dict[str, Any], root: Path) -> None:
    """And no test names an item that doesn't exist."""
    items = {number for titles in tool["read_items"]().values() for number in titles}
    assert items == {*tool["collect"](root)}


def test_page_is_in_step(tool: dict[str, Any]) -> None:
    """Change tests/security_bar.toml or docstrings, then run tools/security_bar.py."""
    assert tool["main"](["--check"]) == 0


def test_items_are_named_by_docstring_or_name(
    tool: dict[str, Any], tmp_path: Path
) -> None:
    """A function that is no test, and other numbers, name nothing."""
    folder = tmp_path / "packages/poorwsgi-core/tests/http"
    folder.mkdir(parents=True)
    (folder / "test_some.py").write_text(
        'def test_a():\n    """Holds (A9, bar 1, 22 and 3); 4 times."""\n\n'
        'def test_22_b():\n    """Holds too (bar 22)."""\n\n'
        'def help_c():\n    """Make something (bar 5)."""\n',
        "utf-8",
    )
    first, second = (("core/test_some.py", name) for name in ("test_a", "test_22_b"))
    expected = {1: [first], 3: [first], 22: [first, second]}
    assert expected == tool["collect"](tmp_path)


def test_each_file_is_shown_once(tool: dict[str, Any]) -> None:
    """However many tests of an item it has."""
    tests = {7: [("core/test_a.py", "test_x"), ("core/test_a.py", "test_y")]}
    last = tool["render"]({"Part": {7: "It holds"}}, tests).strip().splitlines()[-1]
    assert last == "| 7 | It holds | `core/test_a.py` |"


def test_page_out_of_step_is_told(
    tool: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The check changes nothing; the tool without it writes the tables."""
    page = tmp_path / "page.md"
    page.write_text("<!-- items: begin -->\n<!-- items: end -->\nEnd.\n", "utf-8")
    monkeypatch.setitem(tool["main"].__globals__, "PAGE", page)
    assert tool["main"](["--check"]) == 1
    assert capsys.readouterr().out == "page.md: run tools/security_bar.py\n"
    assert tool["main"]([]) == 0
    assert tool["main"](["--check"]) == 0
    assert page.read_text("utf-8").endswith("<!-- items: end -->\nEnd.\n")


def test_wrong_use_of_the_tool(
    tool: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Anything but --check is answered with the usage."""
    assert tool["main"](["--what"]) == 2
    assert "Usage" in capsys.readouterr().err
