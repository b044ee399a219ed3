"""The command line of the upgrade tool."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path

import pytest

from poorwsgi import upgrade
from poorwsgi.upgrade.__main__ import main
from poorwsgi.upgrade.table import read_tables

OLD = """from poorwsgi import Application
app = Application('a')
app.document_root = "."
@app.route("/")
def f(req):
    return str(req.is_chunked_request)
"""
TEXT = """{}:6:16: Request.is_chunked_request
    before  `req.is_chunked_request`
    now     `DeprecationWarning` (shorter)
    do      `req.is_chunked`
"""
UNSEEN = sum(bool(row.unseen) for table in read_tables() for row in table.rows)
END = (
    f"{UNSEEN} differences can't be seen in sources: https://github.com/PoorHttp/"
    "PoorWSGI/blob/master/docs/differences.md#what-it-cant-see\n"
)
MORE = "2 more may have to change: --all names them.\n"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Write an application for 2.x."""
    path = tmp_path / "old, 100%.py"
    path.write_text(OLD, "utf-8")
    return path


def test_text(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What has to change is told with place, difference and remedy; status 1."""
    assert main([str(old)]) == 1
    assert capsys.readouterr().out == TEXT.format(old) + MORE + END


def test_nothing_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a finding the text says what can't be seen; the status is 0."""
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr() == (END, "")


@pytest.mark.parametrize(("count", "end"), [(1, ""), (6, ", …")])
def test_unknown_handlers(
    count: int, end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The text says where handlers are that nobody has looked at."""
    path = tmp_path / "a.py"
    lines = ["from poorwsgi import Application", "app = Application('a')"]
    path.write_text("\n".join([*lines, *["app.set_default(f)"] * count]), "utf-8")
    assert main([str(tmp_path)]) == 0
    places = ", ".join(f"{path}:{line}" for line in range(3, 3 + min(count, 5)))
    assert capsys.readouterr().out == (
        f"{count} handlers aren't known, look through them yourself: they are "
        f"registered in {places}{end}\n{END}"
    )


def test_all(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What may have to change is told on demand, and doesn't count."""
    old.write_text(OLD.partition("@")[0], "utf-8")
    assert main(["--all", str(old)]) == 0
    out = capsys.readouterr().out
    assert out.count("Application.document_root = (may have to change)\n") == 2


@pytest.mark.parametrize(("no_colour", "coloured"), [("", True), ("1", False)])
def test_colours(
    old: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    no_colour: str,
    coloured: bool,
) -> None:
    """A terminal gets colours, unless NO_COLOR is set."""
    monkeypatch.setenv("NO_COLOR", no_colour)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    main([str(old)])
    assert ("\x1b[" in capsys.readouterr().out) is coloured


def test_json(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs get a list."""
    assert main(["--format", "json", str(old)]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert found == {
        "path": str(old),
        "line": 6,
        "column": 16,
        "use": "Request.is_chunked_request",
        "certain": True,
        "difference": "is-chunked-request",
        "before": "`req.is_chunked_request`",
        "now": "`DeprecationWarning`",
        "why": "shorter",
        "todo": "`req.is_chunked`",
    }


def test_github(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """GitHub gets annotations; nothing in a name ends one or begins another."""
    assert main(["--format", "github", "--all", str(old)]) == 1
    *notices, warning = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in notices] == ["::notice", "::notice"]
    file = str(old).replace("%", "%25").replace(",", "%2C")
    assert warning == (
        f"::warning file={file},line=6,col=16,title=Request.is_chunked_request::"
        "before: `req.is_chunked_request`%0Anow: `DeprecationWarning`%0A"
        "do: `req.is_chunked`"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"print 'x'\n", ":1: "),
        (b"# \xff\n", ""),
        (b"\0", ""),
        (None, "No such file"),
        (b"x = " + b"+".join([b"y"] * 500), "nested too deeply"),
        (b"x = " + b"-" * 9000 + b"y", "nested too deeply"),
    ],
)
def test_file_that_cannot_be_read(
    content: bytes | None,
    message: str,
    old: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is named, the others are read all the same, and the status is 2."""
    bad = old.with_name("bad.py")
    if content is not None:
        bad.write_bytes(content)
    assert main([str(bad), str(old)]) == 2
    out, error = capsys.readouterr()
    assert out == TEXT.format(old) + MORE + END
    assert error.startswith(str(bad))
    assert message in error
    assert error.count("\n") == 1


def test_installed_packages_are_left_alone(old: Path) -> None:
    """Folders of environments, of packages and hidden ones aren't read."""
    folder = old.parent
    for name in ("env", "node_modules", ".hidden", "site-packages"):
        (folder / name).mkdir()
        (folder / name / "a.py").write_text(OLD, "utf-8")
    (folder / "env/pyvenv.cfg").touch()
    old.unlink()
    assert main([str(folder)]) == 0


def test_folder_that_cannot_be_read(
    old: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named, and the others are read all the same."""
    old = old.rename(old.with_suffix(".wsgi"))
    (old.parent / "closed").mkdir()
    (old.parent / "loop").symlink_to(old.parent)
    iterdir = Path.iterdir

    def refuse(path: Path) -> Iterator[Path]:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert main([str(old.parent)]) == 2
    out, error = capsys.readouterr()
    assert out == TEXT.format(old) + MORE + END
    assert error == f"{old.parent / 'closed'}: Permission denied\n"


def test_program(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is run with ``python -m``; help tells the exit status."""
    monkeypatch.setattr(sys, "argv", ["upgrade", "--help"])
    with pytest.raises(SystemExit, match="0"):
        run_path(upgrade.__path__[0], run_name="__main__")
    assert "1  something has to change" in capsys.readouterr().out
    run = [sys.executable, "-m", "poorwsgi.upgrade", str(tmp_path)]
    assert subprocess.run(run, check=False).returncode == 0  # noqa: S603 - our own interpreter


def test_reader_that_goes(old: Path) -> None:
    """It ends quietly when nobody reads on, as behind ``| head``."""
    many = (f"def f{n}(app: Application): app.before_request()\n" for n in range(999))
    old.write_text(OLD + "".join(many), "utf-8")
    run = [sys.executable, "-m", "poorwsgi.upgrade", str(old)]
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as tool:  # noqa: S603 - our own interpreter
        assert tool.stdout is not None
        assert tool.stderr is not None
        tool.stdout.readline()
        tool.stdout.close()
        assert (tool.stderr.read(), tool.wait()) == (b"", 141)
