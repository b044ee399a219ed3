"""A SQLite file that threads and processes share.

The file is in WAL mode, so it must not lie on a network drive.  Connections are
opened when they are needed, are used by one thread at a time, and are not carried
into a forked process.
"""

import os
import sqlite3
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["SQLiteFile"]


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
        self._failure = failure
        self._timeout = timeout
        self._idle: deque[sqlite3.Connection] = deque()
        self._process = os.getpid()
        self._inherited: list[deque[sqlite3.Connection]] = []
        with self.connection() as connection:
            connection.executescript(tables)

    @contextmanager
    def connection(self) -> Generator[sqlite3.Connection]:
        """Lend a connection; each statement is a transaction of its own."""
        idle = self._idle_here()
        try:
            connection = idle.pop() if idle else self._open()
        except (OSError, sqlite3.Error) as error:
            raise self._failure(f"{self._path} can't be opened: {error}") from error
        try:
            yield connection
        except sqlite3.Error as error:
            connection.close()
            raise self._failure(f"{self._path} can't be used: {error}") from error
        except BaseException:
            connection.close()
            raise
        idle.append(connection)

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
            self._idle.pop().close()

    def _idle_here(self) -> deque[sqlite3.Connection]:
        if self._process != os.getpid():
            # A connection must not be used, not even closed, in a forked process.
            self._inherited.append(self._idle)
            self._idle, self._process = deque(), os.getpid()
        return self._idle

    def _open(self) -> sqlite3.Connection:
        # SQLite gives its other files the mode of this one.
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
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
        except sqlite3.Error:
            connection.close()
            raise
        return connection
