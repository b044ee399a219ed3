"""Facts about a file that several processes change."""

import os
import stat
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_auth.passwords import locked_file
from poorwsgi_auth.passwords.locked_file import lock_file, replace_file

inside: Any = locked_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make a file."""
    path = tmp_path / "users"
    path.write_bytes(b"old")
    return path


def mode_of(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def names_in(path: Path) -> list[str]:
    """Return the names of the folder of a file."""
    return sorted(item.name for item in path.parent.iterdir())


def test_content_is_given(path: Path) -> None:
    """Who has the lock has the content."""
    with lock_file(str(path)) as data:
        assert data == b"old"


def test_missing_file(tmp_path: Path) -> None:
    """No file is made unless that is asked for."""
    with pytest.raises(FileNotFoundError), lock_file(str(tmp_path / "f")):
        pass
    assert list(tmp_path.iterdir()) == []


def test_new_file_is_private(tmp_path: Path) -> None:
    """A new file is empty, and its owner's alone (bar 89)."""
    path = tmp_path / "f"
    with lock_file(str(path), create=True) as data:
        assert data == b""
    assert mode_of(path) == 0o600


def test_pipe(tmp_path: Path) -> None:
    """Only a regular file can be replaced: no pipe, and no device."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(OSError, match="no regular file"), lock_file(str(path)):
        pass
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_lock_excludes(path: Path) -> None:
    """Another one gets the lock when the first has left, with its content."""
    seen: list[bytes] = []

    def read() -> None:
        with lock_file(str(path)) as data:
            seen.append(data)

    thread = threading.Thread(target=read)
    with lock_file(str(path)):
        thread.start()
        replace_file(str(path), b"new")
        assert seen == []
    thread.join()
    assert seen == [b"new"]


def test_lock_is_of_the_file_that_has_the_name(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was replaced while one waited is opened anew."""
    lock = inside._lock

    def lock_and_replace(descriptor: int) -> bool:
        monkeypatch.setattr(locked_file, "_lock", lock)
        locked: bool = lock(descriptor)
        replace_file(str(path), b"new")
        return locked

    monkeypatch.setattr(locked_file, "_lock", lock_and_replace)
    with lock_file(str(path)) as data:
        assert data == b"new"


def test_lock_of_a_file_that_was_deleted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was deleted while one waited is missing."""
    lock = inside._lock

    def lock_and_delete(descriptor: int) -> bool:
        path.unlink()
        return bool(lock(descriptor))

    monkeypatch.setattr(locked_file, "_lock", lock_and_delete)
    with pytest.raises(FileNotFoundError), lock_file(str(path)):
        pass


def test_without_flock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no flock, the content is there all the same."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with lock_file(str(path)) as first, lock_file(str(path)) as second:
        assert (first, second) == (b"old", b"old")


def test_replace(path: Path) -> None:
    """The new content is there, and nothing else is left in the folder."""
    replace_file(str(path), b"new")
    assert (path.read_bytes(), names_in(path)) == (b"new", ["users"])


def test_reader_keeps_what_it_opened(path: Path) -> None:
    """The old content is whole for one who reads it meanwhile (bar 89)."""
    with path.open("rb") as file:
        replace_file(str(path), b"new")
        assert file.read() == b"old"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660, 0o400])
def test_mode_stays(path: Path, mode: int) -> None:
    """Permissions are as the owner has set them."""
    path.chmod(mode)
    replace_file(str(path), b"new")
    assert mode_of(path) == mode


def test_link_stays(path: Path) -> None:
    """A symbolic link is followed."""
    link = path.with_name("link")
    link.symlink_to("users")
    replace_file(str(link), b"new")
    assert (link.is_symlink(), path.read_bytes()) == (True, b"new")


def test_owner_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new file goes to the owner and the group of the old one."""
    calls: list[tuple[int, int]] = []
    stat_of = Path.stat

    def of_another(self: Path) -> os.stat_result:
        values = [*stat_of(self)]
        values[4:6] = (4711, 4712) if self.name == "users" else values[4:6]
        return os.stat_result(values)

    def chown(_: object, uid: int, gid: int) -> None:
        calls.append((uid, gid))

    monkeypatch.setattr(Path, "stat", of_another)
    monkeypatch.setattr(os, "fchown", chown)
    replace_file(str(path), b"new")
    assert calls == [(4711, 4712)]


def test_link_in_place_of_the_new_file_gains_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Owner and mode are those of the file that was written, not of its name."""
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    path.chmod(0o666)
    take = inside._take_owner_and_mode

    def plant_and_take(*arguments: Any) -> None:
        (new,) = tmp_path.glob(".users.*")
        new.unlink()
        new.symlink_to(secret)
        take(*arguments)

    monkeypatch.setattr(locked_file, "_take_owner_and_mode", plant_and_take)
    replace_file(str(path), b"new")
    assert mode_of(secret) == 0o600


def test_system_without_owners(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the file is replaced, and that is all."""
    monkeypatch.delattr(os, "fchown")
    replace_file(str(path), b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("name", ["_take_owner_and_mode", "_sync_folder"])
def test_failure(path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What fails before the end leaves the old file, and no other one."""

    def fail(*_: Any) -> None:
        raise PermissionError(1, "no")

    monkeypatch.setattr(locked_file, name, fail)
    with pytest.raises(PermissionError):
        replace_file(str(path), b"new")
    content = b"old" if name == "_take_owner_and_mode" else b"new"
    assert (path.read_bytes(), names_in(path)) == (content, ["users"])


def test_file_and_folder_are_synced(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is on the disk before it has its name, then the name is (bar 89)."""
    calls: list[object] = []
    replace = Path.replace

    def fsync(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        calls.append("folder" if is_folder else os.fstat(descriptor).st_size)

    def watched(self: Path, target: Path) -> Path:
        calls.append("replace")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", watched)
    replace_file(str(path), b"new")
    assert calls == [3, "replace", "folder"]


def test_folder_that_cannot_be_synced(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems refuse that; the file is written even so."""
    fsync = os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    replace_file(str(path), b"new")
    assert path.read_bytes() == b"new"
