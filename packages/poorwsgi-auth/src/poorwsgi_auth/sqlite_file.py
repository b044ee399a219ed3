"""A SQLite file that threads and processes share.

The file is in WAL mode, so it must not lie on a network drive.  Connections are
opened when they are needed, are used by one thread at a time, and are not carried
into a forked process.

A file that was removed, or replaced by another, is opened anew, and made when it
doesn't exist.  It is never a symbolic link, which somebody else may have planted.
"""

import errno
import os
import sqlite3
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from poorwsgi_auth.writers import warn_of_writers

__all__ = ["SQLiteFile", "build_counter", "read_count"]

_NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)  # Windows has none
_COUNTER = """
CREATE TABLE IF NOT EXISTS {table}_number (number INTEGER NOT NULL);
CREATE TRIGGER IF NOT EXISTS {table}_added AFTER INSERT ON {table}
    BEGIN UPDATE {table}_number SET number = number + 1; END;
CREATE TRIGGER IF NOT EXISTS {table}_removed AFTER DELETE ON {table}
    BEGIN UPDATE {table}_number SET number = number - 1; END;
"""


def build_counter(table: str) -> str:
    """Build the statements by which a table knows how many rows it has.

    PERF: ``count(*)`` reads all of an index, 1 ms of 100,000 rows.
    """
    return _COUNTER.format(table=table)


def read_count(connection: sqlite3.Connection, table: str) -> int:
    """Return how many rows a table has, in a transaction that may write."""
    row = connection.execute(f"SELECT number FROM {table}_number").fetchone()  # noqa: S608 - a name of ours
    if row is None:
        # The file was made just now, or by a version that didn't count.
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - the same
        connection.execute(f"INSERT INTO {table}_number VALUES (?)", row)  # noqa: S608 - the same
    (number,) = row
    return int(number)


class _Opened(NamedTuple):
    connection: sqlite3.Connection
    identity: tuple[int, int] | None


class SQLiteFile:
    """Lends connections to a file.

    Args:
        path: of the file; it is made when it doesn't exist, for its owner alone.
        tables: statements that make them, unless they exist.
        failure: exception that stands for those of SQLite.
        timeout: seconds to wait for other processes.
    """

    def __init__(
        self,
        path: "str | os.PathLike[str]",
        tables: str,
        failure: type[Exception],
        *,
        timeout: float,
    ) -> None:
        # Absolute: ":memory:" is a file here, and the folder may change.
        self._path = os.fspath(Path(path).absolute())
        self._tables = tables
        self._failure = failure
        self._timeout = timeout
        self._idle: deque[_Opened] = deque()
        self._process = os.getpid()
        self._inherited: list[deque[_Opened]] = []
        with self.connection():
            pass
        warn_of_writers(Path(self._path), is_own=True)

    @contextmanager
    def connection(self) -> Generator[sqlite3.Connection]:
        """Lend a connection; each statement is a transaction of its own."""
        try:
            idle = self._idle_here()
            opened = self._take(idle)
        except (OSError, sqlite3.Error) as error:
            raise self._failure(f"{self._path} can't be opened: {error}") from error
        connection = opened.connection
        try:
            yield connection
        except sqlite3.Error as error:
            connection.close()
            raise self._failure(f"{self._path} can't be used: {error}") from error
        except BaseException:
            connection.close()
            raise
        idle.append(opened)

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Lend a connection for one transaction, with the right to write."""
        with self.connection() as connection:
            # The lock is taken at once: read first, two could read the same.
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop().connection.close()

    def _idle_here(self) -> deque[_Opened]:
        if self._process != os.getpid():
            # A connection must not be used, not even closed, in a forked process.
            self._inherited.append(self._idle)
            self._idle, self._process = deque(), os.getpid()
        return self._idle

    def _take(self, idle: deque[_Opened]) -> _Opened:
        """Return a connection to the file that is there now."""
        identity = self._identity()
        while idle:
            opened = idle.pop()
            if opened.identity == identity:
                return opened
            opened.connection.close()
        return self._open()

    def _identity(self) -> tuple[int, int] | None:
        try:
            state = Path(self._path).lstat()
        except FileNotFoundError:
            return None
        return state.st_dev, state.st_ino

    def _open(self) -> _Opened:
        try:
            # SQLite gives its other files the mode of this one.
            flags = os.O_RDWR | os.O_CREAT | _NO_LINK
            os.close(os.open(self._path, flags, 0o600))
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise OSError("it is a link; give the path of the file") from error
            raise
        identity = self._identity()
        connection = sqlite3.connect(
            self._path,
            timeout=self._timeout,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # No write is lost when a process ends; a power cut may lose the last.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(self._tables)
        except sqlite3.Error:
            connection.close()
            raise
        return _Opened(connection, identity)
