"""Facts about SQLite files that threads and processes share."""

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import count as count_up
from pathlib import Path
from time import time
from typing import Any, cast

import pytest

from poorwsgi_auth.digest.nonce_stores.sqlite import SQLiteNonces
from poorwsgi_auth.sessions.stores.sqlite import SQLiteSessions
from poorwsgi_auth.sqlite_file import SQLiteFile, build_counter, read_count

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


def test_file_that_others_may_write_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It keeps its mode, so who has set it has to know."""
    path = tmp_path / "things.db"
    path.touch()
    path.chmod(0o620)
    with closing(build(tmp_path)):
        assert path.stat().st_mode & 0o777 == 0o620
    assert ["chmod 600" in record.message for record in caplog.records] == [True]


def test_rows_are_counted_by_the_table(tmp_path: Path) -> None:
    """Also those that were there before it counted, and not what is rolled back."""
    path = tmp_path / "things.db"
    with closing(build(tmp_path)) as file, file.transaction() as connection:
        connection.execute("INSERT INTO things VALUES ('one'), ('two')")
    tables = TABLES + ";" + build_counter("things")
    with closing(SQLiteFile(path, tables, Fault, timeout=1)) as file:
        with file.transaction() as connection:
            assert read_count(connection, "things") == 2
            connection.execute("INSERT INTO things VALUES ('three')")
            assert read_count(connection, "things") == 3
        with pytest.raises(KeyError):
            add_and_fail(file)
        with file.transaction() as connection:
            connection.execute("DELETE FROM things WHERE name < 'two'")
            assert read_count(connection, "things") == 1


def add_sessions(path: Path, size: int) -> tuple[SQLiteSessions, Callable[[], Any]]:
    """Return a full store of sessions, and what adds one more."""
    store, ends, numbers = SQLiteSessions(path, size), time() + 999, count_up()
    return store, lambda: store.add(f"{next(numbers):032x}", b"data", ends)


def add_nonces(path: Path, size: int) -> tuple[SQLiteNonces, Callable[[], Any]]:
    """Return a full store of nonces, and what uses one more."""
    store, numbers = SQLiteNonces(path, size), count_up(2**47)
    return store, lambda: store.use(
        next(numbers).to_bytes(6, "big") + bytes(12), 1, b""
    )


@pytest.mark.parametrize("build_store", [add_sessions, add_nonces])
def test_new_entry_costs_the_same_in_a_large_store(
    build_store: Callable[[Path, int], tuple[Any, Callable[[], Any]]], tmp_path: Path
) -> None:
    """SQLite counts no rows, and takes about as many steps for 2,000 as for 200."""
    steps: list[int] = []
    for size in (200, 2000):
        store, add = build_store(tmp_path / f"{size}.db", size)
        for _ in range(size):
            add()
        taken: list[int] = []
        statements: list[str] = []
        connection: Any
        with cast("Any", vars(store)["_file"]).connection() as connection:
            connection.set_progress_handler(lambda: taken.append(1), 1)  # noqa: B023 - called at once
            connection.set_trace_callback(statements.append)
        add()
        store.close()
        assert "COMMIT" in statements
        assert [text for text in statements if "count(" in text] == []
        steps.append(len(taken))
    assert 0 < steps[1] < 2 * steps[0]
