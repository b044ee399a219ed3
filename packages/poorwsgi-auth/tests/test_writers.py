"""Facts about who else may write a file."""

import os
from pathlib import Path

import pytest

from poorwsgi_auth.writers import warn_of_writers

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes say nothing there")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file of this user, which nobody else may write."""
    path = tmp_path / "users"
    path.touch()
    path.chmod(0o600)
    tmp_path.chmod(0o700)
    return path


@pytest.mark.parametrize(
    ("mode", "expected"), [(0o666, 1), (0o620, 1), (0o602, 1), (0o644, 0), (0o600, 0)]
)
def test_mode(
    path: Path, caplog: pytest.LogCaptureFixture, mode: int, expected: int
) -> None:
    """Those of the group are others, too."""
    path.chmod(mode)
    warn_of_writers(path, is_own=False)
    assert ["can be written" in each.message for each in caplog.records] == (
        [True] * expected
    )


@pytest.mark.parametrize(("mode", "expected"), [(0o777, 1), (0o1777, 0), (0o770, 0)])
def test_folder(
    path: Path, caplog: pytest.LogCaptureFixture, mode: int, expected: int
) -> None:
    """Others could put another file in its place, unless the folder is sticky."""
    path.parent.chmod(mode)
    warn_of_writers(path, is_own=True)
    assert len(caplog.records) == expected


@pytest.mark.parametrize(("is_own", "expected"), [(True, 1), (False, 0)])
def test_owner(
    path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    is_own: bool,
    expected: int,
) -> None:
    """Somebody else may have planted it, where they have no reason to own it."""
    stat = Path.stat

    def stat_of_another(self: Path) -> os.stat_result:
        state = [*stat(self)]
        state[4] = 12345
        return os.stat_result(state)

    monkeypatch.setattr(Path, "stat", stat_of_another)
    warn_of_writers(path, is_own=is_own)
    assert len(caplog.records) == expected


def test_system_without_owners(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There all files look as if everybody might write them."""
    path.chmod(0o666)
    monkeypatch.delattr(os, "geteuid")
    warn_of_writers(path, is_own=True)
    assert caplog.records == []
