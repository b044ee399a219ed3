"""Facts about the command line, ``python -m poorwsgi_openapi``."""

import json
import logging
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_openapi import Document
from poorwsgi_openapi import __main__ as command
from poorwsgi_openapi.__main__ import main

DOCUMENT = """
openapi: 3.1.1
info: {title: Pets, version: "1"}
paths:
  /pets:
    get: {operationId: listPets, responses: {"200": {description: ok}}}
"""
MODULE = '''
"""An application for the command line."""

from poorwsgi_core import Application
from poorwsgi_openapi import OpenAPI

app = Application(__name__)
bare = Application(__name__ + ".bare")
full = Application(__name__ + ".full")
api = OpenAPI("pets.yaml", check="off")


@api.operation("listPets")
def list_pets(req, *_):
    """List pets."""
    return []


app.set_route("/page", list_pets)
bare.set_route("/pets/<id:int>", list_pets)
bare.set_regular_route("/r(.*)", list_pets)
app.install(api)


@full.before_response()
def before(req):
    """Do nothing."""


full.set_route("/pets", list_pets)
full.install(OpenAPI("pets.yaml"))
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[str]:
    """Write module and document for each test, and go there."""
    module = "app_" + re.sub(r"\W", "_", name.rpartition("::")[2])
    (tmp_path / f"{module}.py").write_text(MODULE, "utf-8")
    (tmp_path / "pets.yaml").write_text(DOCUMENT, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [x for x in sys.path if x])
    yield module
    sys.modules.pop(module, None)


def test_check(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Routes and document agree; a page beside the API is a warning."""
    assert main(["check", folder]) == 0
    warning, summary = capsys.readouterr().out.splitlines()
    assert warning.startswith("warning  HEAD /page") or "GET /page" in warning
    assert summary == "1 operation, 0 errors, 1 warning"


WRONG = """
wrong = Application(__name__ + ".wrong")
wrong.set_route("/page", list_pets)
wrong.set_route("/pets", list_pets, METHOD_GET | METHOD_POST)
wrong.install(OpenAPI("pets.yaml"))
"""


def test_check_tells_once(
    folder: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """What the installation would raise and log is in the report alone."""
    head = "from poorwsgi_core.state import METHOD_GET, METHOD_POST\n"
    Path(f"{folder}.py").write_text(head + MODULE + WRONG, "utf-8")
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        assert main(["check", f"{folder}:wrong"]) == 1
    warning, error, summary = capsys.readouterr().out.splitlines()
    assert warning.startswith("warning  GET /page")
    assert error.startswith("error    POST /pets")
    assert summary == "1 operation, 1 error, 1 warning"
    assert caplog.text == ""


def test_full_agreement(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing differs, there is only the summary."""
    assert main(["check", f"{folder}:full", "--strict"]) == 0
    assert capsys.readouterr().out == "1 operation, 0 errors, 0 warnings\n"


def test_check_strictly(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Strictly, each route has to be documented."""
    assert main(["check", f"{folder}:app", "--strict"]) == 1
    assert "1 operation, 1 error, 0 warnings" in capsys.readouterr().out


def test_check_against_a_file(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An application may be compared with any document."""
    assert main(["check", f"{folder}:bare", "--document", "pets.yaml"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        *("error", "GET", "/pets", "no", "route:"),
        *("add", '@api.operation("listPets")'),
    ]


def test_nothing_to_compare_with(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the extension, the document has to be named."""
    assert main(["check", f"{folder}:bare"]) == 2
    assert capsys.readouterr().err == (
        f"poorwsgi_openapi: {folder}:bare has no OpenAPI installed: "
        "name its --document\n"
    )


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("no_such_module", "no module 'no_such_module': name a module"),
        ("{}.x:app", "no module"),
        ("{}:nothing", "no 'nothing' in {}: did you mean {}:"),
        ("{}:api", "is no application"),
    ],
)
def test_what_cannot_be_loaded(
    folder: str, target: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message says what and how it should be; there is no traceback."""
    assert main(["check", target.format(folder)]) == 2
    assert message.format(folder, folder) in capsys.readouterr().err


def test_broken_document_of_a_module(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A module whose document is broken is told by file and line."""
    Path("pets.yaml").write_text("openapi: 3.1.1\n: [", "utf-8")
    assert main(["check", folder]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"poorwsgi_openapi: {folder} can't be imported: pets.yaml")


def test_failing_module(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What fails inside of the module shows with a traceback that begins there."""
    Path(f"{folder}.py").write_text("import not_to_be_found\n", "utf-8")
    assert main(["check", folder]) == 2
    first, place, *_, last = capsys.readouterr().err.splitlines()
    assert first == "Traceback (most recent call last):"
    assert f"{folder}.py" in place
    reason = f"{folder} can't be imported: ModuleNotFoundError"
    assert last == f"poorwsgi_openapi: {reason}"


def test_factory(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A file and a function that builds the application are understood too."""
    with Path(f"{folder}.py").open("a", encoding="utf-8") as file:
        file.write("\ndef create_app():\n    return full\n")
    assert main(["check", f"{folder}.py:create_app()"]) == 0
    assert capsys.readouterr().out == "1 operation, 0 errors, 0 warnings\n"


@pytest.mark.parametrize("arguments", [["skeleton"], ["diff", "pets.yaml"]])
def test_documents_that_cannot_be_read(
    folder: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing or broken file is a message and the status 2."""
    assert main([*arguments, "none.yaml"]) == 2
    assert "none.yaml" in capsys.readouterr().err
    assert main([*arguments, f"{folder}.py"]) == 2
    assert f"{folder}.py" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_skeleton(capsys: pytest.CaptureFixture[str]) -> None:
    """The module of an application goes to standard output."""
    assert main(["skeleton", "pets.yaml"]) == 0
    code = capsys.readouterr().out
    assert "def list_pets(req: Request) -> Any:" in code
    assert main(["skeleton", "--types", "pets.yaml"]) == 0
    assert 'api = Api("Pets", "1", problems=False)' in capsys.readouterr().out
    assert main(["skeleton", "--examples", "pets.yaml"]) == 0
    assert 'mock="all"' in capsys.readouterr().out


def test_export(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The document goes to standard output, what it lacks to standard error."""
    assert main(["export", f"{folder}:bare"]) == 0
    captured = capsys.readouterr()
    Path("exported.yaml").write_text(captured.out, "utf-8")
    assert captured.err == "poorwsgi_openapi: /r(.*) has no path template\n"
    assert main(["export", "--json", f"{folder}:bare"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert Document("exported.yaml").raw == document
    assert [*document["paths"]] == ["/pets/{id}"]


def test_export_of_what_is_installed(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An application that has a document says that, and not what routes tell."""
    assert main(["export", f"{folder}:app"]) == 0
    captured = capsys.readouterr()
    Path("exported.yaml").write_text(captured.out, "utf-8")
    assert Document("exported.yaml").raw == Document("pets.yaml").raw
    assert captured.err == ""
    assert main(["export", "--json", f"{folder}:app"]) == 0
    assert json.loads(capsys.readouterr().out) == Document("pets.yaml").raw


@pytest.mark.usefixtures("folder")
def test_diff(capsys: pytest.CaptureFixture[str]) -> None:
    """Changes are listed, breaking ones first; they make the status."""
    new = DOCUMENT.replace("get:", "put:").replace("listPets", "putPets")
    Path("new.yaml").write_text(new, "utf-8")
    assert main(["diff", "pets.yaml", "new.yaml"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "breaking    GET /pets: removed",
        "compatible  PUT /pets: added",
        "1 breaking change, 1 compatible change",
    ]
    assert main(["diff", "pets.yaml", "pets.yaml"]) == 0
    assert capsys.readouterr().out == "0 breaking changes, 0 compatible changes\n"


@pytest.mark.parametrize("arguments", [[], ["walk"], ["check"], ["diff", "one"]])
def test_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong use shows the usage and has the status 2."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m poorwsgi_openapi" in capsys.readouterr().err


@pytest.mark.parametrize("name_", ["check", "skeleton", "export", "diff"])
def test_help(name_: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Help of each command says what it does and what its status means."""
    with pytest.raises(SystemExit) as caught:
        main([name_, "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert "exit status:\n  0  " in text
    assert "\n  2  wrong use" in text


def test_script(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Run as a script, its status is that of the command."""
    monkeypatch.setattr(sys, "argv", ["poorwsgi_openapi", "check", folder])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(command.__file__, run_name="__main__")
    assert caught.value.code == 0
    assert "1 operation" in capsys.readouterr().out


def test_text_of_documents_begins_no_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Controls and line breaks in a path reach no terminal and no CI as they are."""
    path = "/x\n::error file=a.py::pwned\x1b[2J"
    old, new = _write(tmp_path, {}, "old"), _write(tmp_path, {path: {}}, "new")
    for arguments in (["diff", new, old], ["diff", old, new], ["check", new]):
        main(arguments)
        told = capsys.readouterr()
        assert "\x1b" not in told.out + told.err
        assert "\n::" not in told.out + told.err


def _write(folder: Path, paths: dict[str, Any], name: str = "a") -> str:
    items = {
        path: {"get": {"responses": {"200": {"description": "ok"}}}} for path in paths
    }
    raw = {"openapi": "3.1.1", "info": {"title": "t", "version": "1"}, "paths": items}
    (folder / f"{name}.json").write_text(json.dumps(raw), "utf-8")
    return str(folder / f"{name}.json")


def test_files_are_read_below_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a document refers to is beside it, or below what the user names."""
    (tmp_path / "api").mkdir()
    (tmp_path / "o.json").write_text("{}", "utf-8")
    raw = {"openapi": "3.1.1", "info": {"title": "t", "version": "1"}, "paths": {}}
    raw |= {"components": {"schemas": {"A": {"$ref": "../o.json"}}}}
    path = tmp_path / "api" / "a.json"
    path.write_text(json.dumps(raw), "utf-8")
    assert main(["skeleton", str(path)]) == 2
    assert "outside of the folder" in capsys.readouterr().err
    assert main(["skeleton", str(path), "--refs-below", str(tmp_path)]) == 0
