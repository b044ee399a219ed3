"""The tutorial leads where it says, whoever follows it to the letter."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import ModuleType

import pytest

# Files change within a second here, and a stale .pyc would not be noticed.
ENVIRONMENT = {
    **os.environ,
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    "PYTHONDONTWRITEBYTECODE": "1",
}
SERVED = {
    "bookshelf": ("poorwsgi_core", "bookshelf:app"),
    "tracker": ("poorwsgi", "tracker:create_app"),
}
"""What the halves run: the package with the command, and the application."""

TAKEN = {
    ".dockerignore",
    "README.md",
    "compose.yaml",
    "nginx.conf",
    "public/icon.svg",
    "public/style.css",
    "tests/test_api.py",
    "tests/test_pages.py",
}
"""Files of the tracker that its pages name and don't show."""

TESTED = {"tests": 9, "login": 15, "settings": 15}
"""Steps that end by running the application's tests, and how many there are."""
CHEAP_HASHES = """
from poorwsgi_auth.passwords import hashing

hashing._has_argon2 = lambda: False
hashing._LOG_N = 4
"""
"""A ``conftest.py``: hashes of passwords are slow on purpose, each test makes some."""


@pytest.fixture(scope="session")
def tutorial(root: Path) -> ModuleType:
    """Return the tool that follows the pages."""
    path = root / "tools" / "tutorial.py"
    spec = importlib.util.spec_from_file_location("tutorial", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_tree(folder: Path) -> dict[str, str]:
    """Return the text of all files, without what running them left."""
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", "data"} & {*path.parts}
    }


@contextmanager
def serving(half: str, folder: Path) -> Generator[str]:
    """Serve the application in its present state; gives the port."""
    package, app = SERVED[half]
    command = ["-m", package, "run", app, "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, *command],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield line.split()[2].rstrip("/").rpartition(":")[2]
        finally:
            process.terminate()


def run_shell(commands: str, folder: Path, port: str) -> str:
    """Run commands of a page against a server on another port."""
    answer = subprocess.run(  # noqa: S602 - our own text
        re.sub(r"\b8080\b", port, commands) if port else commands,
        capture_output=True,
        check=False,
        cwd=folder,
        env=ENVIRONMENT,
        shell=True,
        text=True,
    )
    answered = answer.stdout.rstrip()
    return answered.replace(f":{port}", ":8080") if port else answered


def run_tests(folder: Path) -> str:
    """Run the tests of the application; returns the last line."""
    (folder / "conftest.py").write_text(CHEAP_HASHES)
    pytest_command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."]
    answer = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *pytest_command],
        capture_output=True,
        check=False,
        cwd=folder,
        env=ENVIRONMENT,
        text=True,
    )
    return re.sub(r" in .*", "", answer.stdout.rstrip().rpartition("\n")[2])


def test_pages_make_the_example(
    root: Path, tutorial: ModuleType, tmp_path: Path
) -> None:
    """What the pages say, block by block, is examples/tutorial."""
    tutorial.follow(tmp_path)
    assert read_tree(root / "examples" / "tutorial") == read_tree(tmp_path)


def test_pages_make_the_tracker(
    root: Path, tutorial: ModuleType, tmp_path: Path
) -> None:
    """What those of the second half say is examples/tracker, but for files by name."""
    tutorial.follow(tmp_path, "tracker")
    whole = read_tree(root / "examples" / "tracker")
    pages = root / "docs" / "tutorial" / "tracker"
    text = "".join(page.read_text("utf-8") for page in pages.glob("*.md"))
    assert [name for name in TAKEN if f"`{name}`" not in text] == []
    shown = {name: text for name, text in whole.items() if name not in TAKEN}
    assert shown == read_tree(tmp_path / "tracker")


@pytest.mark.parametrize("half", SERVED)
def test_commands_answer_as_shown(
    tutorial: ModuleType,
    tmp_path: Path,
    need: Callable[[str, object], None],
    half: str,
) -> None:
    """After each step the commands of its page print what stands behind them."""
    need("curl", shutil.which("curl"))
    shown: list[tuple[str, str]] = []
    seen: list[tuple[str, str]] = []
    for step in tutorial.list_steps(half):
        for action in tutorial.read_page(step):
            if isinstance(action, tutorial.Edit):
                tutorial.apply(action, tmp_path)
                continue
            is_asked = "8080" in action.commands
            with serving(half, tmp_path) if is_asked else nullcontext("") as port:
                seen.append((step, run_shell(action.commands, tmp_path, port)))
            shown.append((step, action.output.rstrip()))
    assert shown == seen
    assert len(seen) > 6


def test_tests_of_the_example_pass(tutorial: ModuleType, tmp_path: Path) -> None:
    """Where a page says so, the application's own tests are green."""
    results = {}
    for step in tutorial.list_steps():
        for action in tutorial.read_page(step):
            if isinstance(action, tutorial.Edit):
                tutorial.apply(action, tmp_path)
        if step in TESTED:
            results[step] = run_tests(tmp_path)
    assert results == {step: f"{number} passed" for step, number in TESTED.items()}


@pytest.mark.parametrize(
    ("place", "name", "text"),
    [
        ("after", "b", "a = 1\nb = 2\n\nx\nb, c = 3, 4\n"),
        ("instead of", "a", "x\nb = 2\nb, c = 3, 4\n"),
        ("at the end", "", "a = 1\nb = 2\nb, c = 3, 4\n\n\nx\n"),
    ],
)
def test_edits(
    tutorial: ModuleType, tmp_path: Path, place: str, name: str, text: str
) -> None:
    """A block comes where the line before it says."""
    (tmp_path / "m.py").write_text("a = 1\nb = 2\nb, c = 3, 4\n")
    tutorial.apply(tutorial.Edit("m.py", place, name, "x\n"), tmp_path)
    assert (tmp_path / "m.py").read_text() == text


@pytest.mark.parametrize("place", ["instead of", "after", "new"])
def test_edit_of_nothing(tutorial: ModuleType, tmp_path: Path, place: str) -> None:
    """A page that speaks of what isn't there, or is already, is refused."""
    (tmp_path / "m.py").write_text("a = 1\n")
    with pytest.raises(ValueError, match=r"m\.py"):
        tutorial.apply(tutorial.Edit("m.py", place, "z", "x\n"), tmp_path)
