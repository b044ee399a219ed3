"""What the documentation needs to run the tutorial in browsers."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

RUN = """
import json, sys
sys.path.insert(0, sys.argv[1])
program, asked = json.load(sys.stdin)
names = {}
exec(sys.argv[2], names)
files = {f"file:{name}": text for name, text in program.items()}
for fields in asked:
    text = names["answer"](json.dumps(files | fields))
print(text)
"""
"""Does what the worker of the page does, and prints its last answer."""

ADD = {"method": "POST", "path": "/add", "form": "title=Solaris&author=Lem"}


@pytest.fixture
def playground(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return the tool."""
    path: Any = monkeypatch  # whose argument has no type
    path.syspath_prepend(root / "tools")
    yield importlib.import_module("playground")
    for name in ("playground", "tutorial"):
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def parts(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Pack what the browser gets; gives the file."""
    path = tmp_path_factory.mktemp("parts") / "poorwsgi.zip"
    tool = "import sys, playground as p; p.write_parts(p.Path(sys.argv[1]))"
    subprocess.run(  # noqa: S603 - our own interpreter and tool
        [sys.executable, "-c", tool, path], check=True, cwd=root / "tools"
    )
    return str(path)


def test_programs(playground: ModuleType) -> None:
    """Up to the API, which needs msgspec, nothing is compiled."""
    programs = playground.list_programs()
    assert list(programs) == ["hello", "routes", "pages", "forms", "uploads"]
    assert [len(files) for files in programs.values()] == [1, 1, 5, 7, 7]
    assert {next(iter(files)) for files in programs.values()} == {"bookshelf.py"}


@pytest.mark.parametrize(
    ("page", "asked", "text"),
    [
        ("hello", [], "<h1>Bookshelf</h1>"),
        ("routes", [{"path": "/book/2"}], "<p>by Ursula K. Le Guin</p>"),
        ("pages", [{"path": "/book/2"}], "<p>by Ursula K. Le Guin</p>"),
        ("forms", [ADD], "303 See Other"),
        ("forms", [ADD, {}], '<a href="/book/1">Solaris</a> by Lem'),
        ("uploads", [ADD, {"path": "/book/1"}], 'type="file" name="cover"'),
    ],
)
def test_parts_are_enough(
    playground: ModuleType,
    parts: str,
    root: Path,
    tmp_path: Path,
    page: str,
    asked: list[dict[str, str]],
    text: str,
) -> None:
    """With what is packed, and nothing that is installed, the application answers."""
    worker = (root / "docs/_static/playground-worker.js").read_text("utf-8")
    answer = worker.partition("const ANSWER = `")[2].partition("`;")[0]
    requests = [{"method": "GET", "path": "/"} | fields for fields in asked or [{}]]
    arguments = ("-I", "-S", "-c", RUN, parts, answer)
    result = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *arguments],
        input=json.dumps([playground.list_programs()[page], requests]),
        capture_output=True,
        check=True,
        cwd=tmp_path,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
    )
    answered = json.loads(result.stdout)
    assert text in "\n".join(map(str, answered.values()))


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
    bodies: dict[str, str] = {}
    for page in ("routes", "uploads", "api"):
        context = {"body": "<p>"}
        events["html-page-context"](app, f"tutorial/{page}", "", context, None)
        bodies[page] = context["body"]
    assert "&lt;number:int&gt;" in bodies["routes"]
    assert 'name="upload:cover"' in bodies["uploads"]
    assert bodies["api"] == "<p>"
    assert scripts == ["playground.js"] * 2
    events["build-finished"](app, None)
    copied = {path.name for path in (tmp_path / "out/_static/pyodide").iterdir()}
    assert copied == {*playground._PYODIDE, "poorwsgi.zip"}


def test_no_pyodide(playground: ModuleType, tmp_path: Path) -> None:
    """A folder without Pyodide is said to be none."""
    with pytest.raises(ValueError, match=r"no Pyodide in .*: pyodide\.mjs, "):
        playground.add_playground(SimpleNamespace(), tmp_path)
