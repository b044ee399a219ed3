"""What tests need that Pyodide hasn't: each name is known, and used."""

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest


def test_needs_are_known(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names at the markers are those of the table."""
    monkeypatch.setattr(sys, "path", [str(root / "tools"), *sys.path])
    known = set(import_module("on_pyodide").NEEDS)
    used: set[str] = set()
    for path in root.glob("packages/*/tests/**/test_*.py"):
        used |= {*re.findall(r'mark\.needs\("(\w+)"\)', path.read_text("utf-8"))}
    assert used == known
