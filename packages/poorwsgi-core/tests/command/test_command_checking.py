"""Facts about ``check``."""

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from poorwsgi_core.command import main, serving
from poorwsgi_core.server import ThreadingServer

WRONG = """
import logging
from poorwsgi_core import Application

app = Application(__name__)
app.max_contentlength = 5


@app.route("/one/<x>")
def one(req):
    return "one"


@app.route("two")
def two(req):
    return "two"


@app.after_response()
def after(req):
    return req


app.document_root = "/no/such/folder"
"""


@pytest.fixture
def wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Write an application with many mistakes, and return its module's name."""
    (tmp_path / "wrong_app.py").write_text(WRONG, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield "wrong_app"
    sys.modules.pop("wrong_app", None)


def test_all_mistakes_at_once(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each is a line with its place; errors make the status 1."""
    assert main(["check", wrong]) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[::2][0] for line in lines] == [
        f"wrong_app.py:{line}:" for line in (6, 9, 14, 19, 24)
    ]
    assert [line.split()[1] for line in lines] == [
        "error:",
        "error:",
        "warning:",
        "error:",
        "error:",
    ]
    assert "did you mean 'max_content_length'?" in lines[0]
    assert all(line.endswith(" [wiring]") for line in lines)
    assert last == "4 errors, 1 warning"


def test_nothing_wrong(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An application without mistakes has the status 0."""
    assert main(["check", f"{folder}:app"], "poorwsgi") == 0
    assert capsys.readouterr().out == "Nothing found.\n"


@pytest.mark.parametrize(("options", "status"), [([], 0), (["--strict"], 1)])
def test_warnings(
    folder: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    status: int,
) -> None:
    """Warnings alone fail when one is strict."""
    text = "from poorwsgi_core import Application\napp = Application(__name__)\n"
    (tmp_path / f"{folder}.py").write_text(f"{text}app.debug = True\n", "utf-8")
    assert main(["check", folder, *options]) == status
    out = capsys.readouterr().out
    assert out.startswith(f"{folder}.py:2: warning: debug is set")
    assert out.endswith("\n1 warning\n")


def test_json(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For programs there is JSON."""
    assert main(["check", wrong, "--format=json"]) == 1
    first = json.loads(capsys.readouterr().out)["findings"][0]
    text = first.pop("text")
    assert text.startswith("AttributeError: There is no setting 'max_contentlength'")
    path = str(Path("wrong_app.py").resolve())
    assert first == {"rule": "wiring", "level": "error", "path": path, "line": 6}


def test_sarif(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For what shows findings beside the source there is SARIF."""
    assert main(["check", wrong, "--format=sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    result = run["results"][2]
    assert (result["ruleId"], result["level"]) == ("wiring", "warning")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "wiring"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "wrong_app.py"},
                "region": {"startLine": 14},
            }
        }
    ]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("import no_such_thing", 1, "ModuleNotFoundError: "),
        ("\napp = (", 2, "SyntaxError: "),
        ("def f():\n    raise OSError('gone')\nf()", 2, "OSError: gone"),
    ],
)
def test_module_that_fails(
    folder: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    line: int,
    told: str,
) -> None:
    """What ends the import is the last mistake."""
    (tmp_path / f"{folder}.py").write_text(text, "utf-8")
    assert main(["check", folder]) == 1
    out = capsys.readouterr().out
    assert out.startswith(f"{folder}.py:{line}: error: {told}")
    assert "; what comes behind it wasn't looked at [import]" in out


def test_no_application(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is none to look at, the status is 2; what was run tells it."""
    assert main(["check", "no_such_module"]) == 2
    assert capsys.readouterr().err.startswith("poorwsgi_core: no module")
    assert main(["check", "no_such_module"], "poorwsgi") == 2
    assert capsys.readouterr().err.startswith("poorwsgi: no module")
    assert main(["check", f"{folder}:plain"]) == 2
    assert "is no Application of PoorWSGI" in capsys.readouterr().err


def test_log_is_left_as_it_was(wrong: str) -> None:
    """The handler that listens is gone afterwards."""
    log = logging.getLogger("poorwsgi")
    before = [*log.handlers]
    main(["check", wrong])
    assert log.handlers == before


# --- run --debug -------------------------------------------------------------------


def test_run_with_debug_tells_all(
    wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What doesn't start tells all of its mistakes, in place of the first one."""
    with pytest.raises(SystemExit, match="can't be served with these mistakes"):
        main(["run", wrong, "--debug", "--port=0"])
    assert "4 errors, 1 warning\n" in capsys.readouterr().err


def test_run_with_debug_serves_what_has_warnings(
    folder: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Mistakes that don't keep it from starting are told."""
    path = tmp_path / f"{folder}.py"
    text = path.read_text("utf-8")
    path.write_text(f"{text}\napp.set_route('plain', root)\n", "utf-8")

    def stop(_: ThreadingServer) -> None:
        raise KeyboardInterrupt

    def set_up_nothing(_: object) -> None: ...

    monkeypatch.setattr(ThreadingServer, "serve_forever", stop)
    monkeypatch.setattr(serving, "set_up_log", set_up_nothing)
    assert main(["run", folder, "--debug", "--port=0"]) == 0
    assert "it lacks the slash" in capsys.readouterr().err


def test_run_with_debug_of_what_cannot_be_imported(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A module that fails has its traceback, as without debug."""
    (tmp_path / f"{folder}.py").write_text("import no_such_thing", "utf-8")
    with pytest.raises(SystemExit, match="can't be imported"):
        main(["run", folder, "--debug", "--port=0"])
    assert "[import]" not in capsys.readouterr().err


@pytest.mark.parametrize("wrong_call", ["@app.error(404)", "@app.get"])
def test_place_of_what_ends_the_import(
    wrong_call: str, wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What fails inside of the framework is told at the line that led there."""
    text = f"{WRONG}\n\n{wrong_call}\ndef missing(req): return ''\n"
    (tmp_path / "wrong_app.py").write_text(text, "utf-8")
    main(["check", wrong])
    assert "wrong_app.py:27: error: " in capsys.readouterr().out
