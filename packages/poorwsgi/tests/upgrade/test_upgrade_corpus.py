"""Small applications for 2.x: in each a difference is found, or in none anything."""

import tomllib
from pathlib import Path

import pytest

from poorwsgi.upgrade.findings import examine
from poorwsgi.upgrade.table import read_tables

HEAD = """
from poorwsgi import Application, abort, make_response, redirect, state
from poorwsgi.digest import check_digest
from poorwsgi.request import Request
from poorwsgi.response import (
    BaseResponse, FileObjResponse, FileResponse, HTTPException, JSONResponse,
    NotModifiedResponse, RedirectResponse, Response)
from poorwsgi.session import PoorSession, check_token, get_token
app = application = Application("site")
"""
START = HEAD.count("\n")
ROWS = {row.id: row for table in read_tables() for row in table.rows}

_CASES = tomllib.loads((Path(__file__).parent / "corpus.toml").read_text("utf-8"))
FOUND = [(case["row"], case["line"], case["code"]) for case in _CASES["found"]]
INNOCENT = [case["code"] for case in _CASES["innocent"]]


def find(folder: Path, code: str) -> list[tuple[str, int, bool]]:
    """Return ids, lines behind the head, and whether it is certain."""
    (folder / "example.py").write_text(HEAD + code, "utf-8")
    report = examine([folder])
    assert report.errors == ()
    return [
        (each.difference.id, each.line - START, each.certain)
        for each in report.findings
    ]


@pytest.mark.parametrize(("row", "line", "code"), FOUND)
def test_found(row: str, line: int, code: str, tmp_path: Path) -> None:
    """The difference is found at its line, as one that has to change or may."""
    found = {each[:2]: each[2] for each in find(tmp_path, code)}
    assert (row, line) in found
    difference = ROWS[row]
    if not (difference.uses and difference.look):
        assert found[row, line] is bool(difference.uses)


@pytest.mark.parametrize("code", INNOCENT)
def test_innocent(code: str, tmp_path: Path) -> None:
    """Nothing has to change."""
    assert [each for each in find(tmp_path, code) if each[2]] == []


def test_each_row_is_found() -> None:
    """Whatever a row looks for, is in one of the applications."""
    looking = {row.id for row in ROWS.values() if row.uses or row.look}
    assert looking == {row for row, _, _ in FOUND}
