"""Used nonce counts in a SQLite file, for all processes of one host."""

import os
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from poorwsgi_auth.nonce_stores import DEFAULT_SIZE, NonceStoreError
from poorwsgi_auth.nonce_stores.window import use_count
from poorwsgi_auth.nonces import OLDEST

__all__ = ["SQLiteNonces"]

_TABLES = """
CREATE TABLE IF NOT EXISTS nonces (
    nonce BLOB PRIMARY KEY, used BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forgotten (nonce BLOB NOT NULL);
"""
_STATE_BYTES = 16


class SQLiteNonces:
    """A nonce store in a file, shared by the processes of one host.

    The file is in WAL mode, so it must not lie on a network drive.  Connections
    are opened when they are needed, are used by one thread at a time, and are
    not carried into a forked process.

    Args:
        path: of the file; it is made when it doesn't exist, for its owner alone.
        size: nonces to remember.
        timeout: seconds to wait for other processes.

    Raises:
        NonceStoreError: the file can't be opened.
    """

    def __init__(
        self,
        path: "str | os.PathLike[str]",
        size: int = DEFAULT_SIZE,
        *,
        timeout: float = 5.0,
    ) -> None:
        self._path = os.fspath(path)
        self._size = size
        self._timeout = timeout
        self._idle: deque[sqlite3.Connection] = deque()
        self._process = os.getpid()
        self._inherited: list[deque[sqlite3.Connection]] = []
        with self._connection() as connection:
            connection.executescript(_TABLES)

    def use(self, nonce: bytes, count: int, oldest: bytes) -> bool:
        """Record a use of a nonce; see ``NonceStore.use``."""
        with self._connection() as connection:
            # The lock is taken at once: read first, two could read the same.
            connection.execute("BEGIN IMMEDIATE")
            is_new = self._use(connection, nonce, count, oldest)
            connection.execute("COMMIT")
            return is_new

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    def _use(
        self, connection: sqlite3.Connection, nonce: bytes, count: int, oldest: bytes
    ) -> bool:
        row = connection.execute(
            "SELECT used FROM nonces WHERE nonce = ?", (nonce,)
        ).fetchone()
        if row is None and nonce <= self._last_forgotten(connection):
            return False
        state = use_count(0 if row is None else int.from_bytes(row[0], "big"), count)
        if state is None:
            return False
        used = state.to_bytes(_STATE_BYTES, "big")
        if row is None:
            self._make_room(connection, oldest)
            connection.execute(
                "INSERT INTO nonces (nonce, used) VALUES (?, ?)", (nonce, used)
            )
        else:
            connection.execute(
                "UPDATE nonces SET used = ? WHERE nonce = ?", (used, nonce)
            )
        return True

    def _last_forgotten(self, connection: sqlite3.Connection) -> bytes:
        row = connection.execute("SELECT nonce FROM forgotten").fetchone()
        return OLDEST if row is None else bytes(row[0])

    def _make_room(self, connection: sqlite3.Connection, oldest: bytes) -> None:
        """Drop what has expired, and the oldest of the rest when that is full."""
        connection.execute("DELETE FROM nonces WHERE nonce < ?", (oldest,))
        (number,) = connection.execute("SELECT count(*) FROM nonces").fetchone()
        if number < self._size:
            return
        (first,) = connection.execute(
            "DELETE FROM nonces WHERE nonce = (SELECT min(nonce) FROM nonces) "
            "RETURNING nonce"
        ).fetchone()
        last = max(first, self._last_forgotten(connection))
        connection.execute("DELETE FROM forgotten")
        connection.execute("INSERT INTO forgotten VALUES (?)", (last,))

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection, converting what goes wrong."""
        idle = self._idle_here()
        try:
            connection = idle.pop() if idle else self._open()
        except sqlite3.Error as error:
            raise NonceStoreError(f"{self._path} can't be opened: {error}") from error
        try:
            yield connection
        except BaseException as error:
            connection.close()  # which rolls back
            if isinstance(error, sqlite3.Error):
                raise NonceStoreError(f"{self._path} can't be used: {error}") from error
            raise
        idle.append(connection)

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
        connection.execute("PRAGMA journal_mode = WAL")
        # Nothing is lost when a process ends; a power cut may lose the last uses.
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection
