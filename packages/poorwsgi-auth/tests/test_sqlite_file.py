"""Facts about SQLite files that threads and processes share."""

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from poorwsgi_auth.sqlite_file import SQLiteFile

TABLES = "CREATE TABLE IF NOT EXISTS things (name TEXT)"


class Fault(RuntimeError):
    """What stands for the exceptions of SQLite here."""


def build(folder: Path) -> SQLiteFile:
    """Build a file with one table."""
    return SQLiteFile(folder / "things.db", TABLES, Fault, timeout=1)


def count(file: SQLiteFile) -> int:
    """Return the number of things."""
    with file.connection() as connection:
        number: int
        (number,) = connection.execute("SELECT count(*) FROM things").fetchone()
    return number


def add_and_fail(file: SQLiteFile) -> None:
    """Fail in the middle of a transaction."""
    with file.transaction() as connection:
        connection.execute("INSERT INTO things VALUES ('two')")
        raise KeyError


def test_connections_are_used_again(tmp_path: Path) -> None:
    """One connection is enough for one thread; two at once are two."""
    with closing(build(tmp_path)) as file:
        with file.connection() as one, file.connection() as other:
            assert one is not other
        with file.connection() as again:
            assert again in (one, other)


def test_transaction_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    """What raises inside of a transaction leaves nothing in the file."""
    with closing(build(tmp_path)) as file:
        with file.transaction() as connection:
            connection.execute("INSERT INTO things VALUES ('one')")
        with pytest.raises(KeyError):
            add_and_fail(file)
        assert count(file) == 1


def test_error_of_sqlite_is_converted(tmp_path: Path) -> None:
    """SQLite's exceptions become the one that was asked for; the file goes on."""
    with closing(build(tmp_path)) as file:
        with (
            pytest.raises(Fault, match="can't be used") as error,
            file.connection() as connection,
        ):
            connection.execute("no statement")
        assert isinstance(error.value.__cause__, sqlite3.Error)
        assert count(file) == 0


def test_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """A missing folder is told as such."""
    with pytest.raises(Fault, match="can't be opened"):
        build(tmp_path / "missing")


@pytest.mark.skipif(sys.platform == "win32", reason="no fork there")
@pytest.mark.parametrize("name", ["things.db", ":memory:"])
def test_all_connections_are_to_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whatever its name, and wherever the process has gone."""
    monkeypatch.chdir(tmp_path)
    with closing(SQLiteFile(name, TABLES, Fault, timeout=1)) as file:
        monkeypatch.chdir("/")
        with file.connection() as connection:
            connection.execute("INSERT INTO things VALUES ('one')")
            assert count(file) == 1


def test_connection_is_not_carried_into_a_forked_process(tmp_path: Path) -> None:
    """A child opens connections of its own."""
    with closing(build(tmp_path)) as file:
        with file.connection() as ours:
            pass
        child = os.fork()
        if not child:
            status = 1
            try:
                with file.connection() as connection:
                    connection.execute("INSERT INTO things VALUES ('child')")
                    status = int(connection is ours)
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert count(file) == 1


def test_other_process_opens_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the process is another one, what was open stays untouched."""
    with closing(build(tmp_path)) as file:
        with file.connection() as ours:
            pass
        monkeypatch.setattr(os, "getpid", lambda: -1)
        with file.connection() as other:
            assert other is not ours
    ours.execute("SELECT 1")
    ours.close()


def test_file_that_was_replaced_is_opened_anew(tmp_path: Path) -> None:
    """What was open to the old one isn't used again, and is closed."""
    with closing(build(tmp_path)) as file:
        with file.connection() as old:
            (tmp_path / "things.db").unlink()
        with file.connection() as new:
            assert new is not old
        assert count(file) == 0
        with pytest.raises(sqlite3.ProgrammingError):
            old.execute("SELECT 1")


@pytest.mark.skipif(sys.platform == "win32", reason="O_NOFOLLOW is missing there")
def test_link_is_not_followed(tmp_path: Path) -> None:
    """Somebody may have planted it."""
    (tmp_path / "things.db").symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(Fault, match="it is a link"):
        build(tmp_path)
    assert not (tmp_path / "elsewhere.db").exists()


@pytest.mark.parametrize(("mode", "warnings"), [(0o666, 1), (0o620, 1), (0o644, 0)])
def test_file_that_others_may_write_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, warnings: int
) -> None:
    """It keeps its mode, so who has set it has to know."""
    path = tmp_path / "things.db"
    path.touch()
    path.chmod(mode)
    with closing(build(tmp_path)):
        assert len(caplog.records) == warnings
        assert path.stat().st_mode & 0o777 == mode
    assert all("chmod 600" in record.message for record in caplog.records)


@pytest.mark.parametrize(("mode", "warnings"), [(0o777, 1), (0o1777, 0), (0o770, 0)])
def test_folder_that_others_may_write_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, warnings: int
) -> None:
    """There they could put another file in its place, unless the folder is sticky."""
    tmp_path.chmod(mode)
    with closing(build(tmp_path)):
        assert len(caplog.records) == warnings
