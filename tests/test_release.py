"""The tool that keeps the version: it sets it everywhere and sees what differs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STATE = "packages/poorwsgi-core/src/poorwsgi_core/state.py"
CORE = "packages/poorwsgi-core/pyproject.toml"
FORMS = "packages/poorwsgi-forms/pyproject.toml"


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """Return a copy of all that the tool reads."""
    files = [root / "VERSION", root / "CHANGELOG.md", root / STATE]
    for path in [*files, *root.glob("packages/*/pyproject.toml")]:
        target = tmp_path / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def run_release(root: Path, copy: Path, *arguments: str) -> tuple[int, str]:
    """Return the exit status and the output of the tool."""
    tool = root / "tools" / "release.py"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and tool
        [sys.executable, tool, "--root", copy, *arguments],
        capture_output=True,
        check=False,
        text=True,
    )
    return answer.returncode, answer.stdout


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_checkout_agrees(root: Path) -> None:
    """What is in the repository can be released."""
    assert run_release(root, root, "--check") == (0, "All versions agree.\n")


def test_release_sets_version_pins_and_date(root: Path, copy: Path) -> None:
    """After a bump with its changelog entry everything agrees."""
    edit(copy / "CHANGELOG.md", "## 3.0.0a1", "## 9.1.0rc2 - 2031-02-03\n\n## 3.0.0a1")
    status, _ = run_release(root, copy, "9.1.0rc2", "--date", "2031-02-03")
    found = [
        (copy / "VERSION").read_text("utf-8"),
        '"poorwsgi-core==9.1.0rc2"' in (copy / FORMS).read_text("utf-8"),
        '__date__ = "2031-02-03"' in (copy / STATE).read_text("utf-8"),
    ]
    assert (status, found) == (0, ["9.1.0rc2\n", True, True])


def test_release_leaves_other_dependencies_alone(root: Path, copy: Path) -> None:
    """Only siblings follow the version."""
    run_release(root, copy, "9.1.0")
    assert '"multipart>=2,<3"' in (copy / FORMS).read_text("utf-8")


def test_check_wants_a_heading_in_the_changelog(root: Path, copy: Path) -> None:
    """A version that the changelog doesn't know isn't released."""
    status, output = run_release(root, copy, "9.1.0")
    assert (status, "CHANGELOG.md: no heading '## 9.1.0" in output) == (1, True)


def test_check_sees_a_pin_that_differs(root: Path, copy: Path) -> None:
    """A pin to another version is named with its file."""
    edit(copy / FORMS, "poorwsgi-core==", "poorwsgi-core==0.")
    status, output = run_release(root, copy, "--check")
    assert (status, output.startswith(f"{FORMS}: 'poorwsgi-core==0.")) == (1, True)


@pytest.mark.parametrize("loose", ["poorwsgi-core>=", "poorwsgi-core ~="])
def test_check_sees_a_pin_that_is_loose(root: Path, copy: Path, loose: str) -> None:
    """Siblings are pinned with ``==`` and nothing else."""
    edit(copy / FORMS, "poorwsgi-core==", loose)
    assert run_release(root, copy, "--check")[0] == 1


def test_check_sees_a_date_that_differs(root: Path, copy: Path) -> None:
    """The date in the changelog is the one that the framework shows."""
    edit(copy / STATE, '__date__ = "20', '__date__ = "19')
    status, output = run_release(root, copy, "--check")
    assert (status, "__date__ is 19" in output) == (1, True)


def test_check_refuses_what_is_no_version(root: Path, copy: Path) -> None:
    """Only the forms of PEP 440 that the project uses are versions."""
    (copy / "VERSION").write_text("v3\n", "utf-8")
    assert run_release(root, copy, "--check")[0] == 1
