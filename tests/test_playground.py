"""What the documentation needs to run the tutorial in browsers."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

RUN = """
import sys
sys.path.insert(0, sys.argv[1])
names = {}
exec(compile(sys.stdin.read(), "bookshelf.py", "exec"), names)
from poorwsgi_core.testing import Client
print(Client(names["app"]).get(sys.argv[2]).text)
"""


@pytest.fixture
def playground(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return the tool."""
    path: Any = monkeypatch  # whose argument has no type
    path.syspath_prepend(root / "tools")
    yield importlib.import_module("playground")
    for name in ("playground", "tutorial"):
        sys.modules.pop(name, None)


def test_programs(playground: ModuleType) -> None:
    """The first pages need no other package; the next one needs templates."""
    assert list(playground.list_programs()) == ["hello", "routes"]


@pytest.mark.parametrize(
    ("page", "path", "text"),
    [
        ("hello", "/", "<h1>Bookshelf</h1>"),
        ("routes", "/book/2", "<h1>The Dispossessed</h1><p>by Ursula K. Le Guin</p>"),
    ],
)
def test_parts_are_enough(
    playground: ModuleType, tmp_path: Path, page: str, path: str, text: str
) -> None:
    """With what is packed, and nothing that is installed, the application answers."""
    playground.write_parts(tmp_path / "poorwsgi.zip")
    arguments = ("-I", "-S", "-c", RUN, str(tmp_path / "poorwsgi.zip"), path)
    result = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *arguments],
        input=playground.list_programs()[page],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
    )
    assert result.stdout == f"{text}\n"


def test_pages(playground: ModuleType, tmp_path: Path) -> None:
    """A page that runs has an editor and a script, others have none."""
    for name in playground._PYODIDE:
        (tmp_path / name).write_text(name)
    events: dict[str, Any] = {}
    scripts: list[str] = []

    def add_script(name: str, **_: str) -> None:
        scripts.append(name)

    app = SimpleNamespace(
        connect=events.__setitem__, add_js_file=add_script, outdir=tmp_path / "out"
    )
    (tmp_path / "out" / "_static").mkdir(parents=True)
    playground.add_playground(app, tmp_path)
    for page, runs in (("tutorial/routes", True), ("tutorial/pages", False)):
        context = {"body": "<p>"}
        events["html-page-context"](app, page, "", context, None)
        assert ("&lt;number:int&gt;" in context["body"]) is runs
    assert scripts == ["playground.js"]
    events["build-finished"](app, None)
    copied = {path.name for path in (tmp_path / "out/_static/pyodide").iterdir()}
    assert copied == {*playground._PYODIDE, "poorwsgi.zip"}


def test_no_pyodide(playground: ModuleType, tmp_path: Path) -> None:
    """A folder without Pyodide is said to be none."""
    with pytest.raises(ValueError, match=r"no Pyodide in .*: pyodide\.mjs, "):
        playground.add_playground(SimpleNamespace(), tmp_path)
