"""Used nonce counts in a SQLite file, for all processes of one host."""

import os
import sqlite3
from time import time

from poorwsgi_auth.digest.nonce_stores import DEFAULT_SIZE, NonceStoreError
from poorwsgi_auth.digest.nonce_stores.window import use_count
from poorwsgi_auth.digest.nonces import first_nonce_of
from poorwsgi_auth.sqlite_file import SQLiteFile, build_counter, read_count

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

    See ``sqlite_file`` for what it asks of the file.

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
        self._size = size
        tables = _TABLES + build_counter("nonces")
        self._file = SQLiteFile(path, tables, NonceStoreError, timeout=timeout)
        with self._file.transaction() as connection:
            self._last_forgotten(connection)

    def use(self, nonce: bytes, count: int, oldest: bytes) -> bool:
        """Record a use of a nonce; see ``NonceStore.use``."""
        with self._file.transaction() as connection:
            return self._use(connection, nonce, count, oldest)

    def close(self) -> None:
        """Close the connections that nobody uses."""
        self._file.close()

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
        if row is None:
            # A file that was just made, perhaps in place of one that was removed.
            row = (first_nonce_of(time()),)
            connection.execute("INSERT INTO forgotten VALUES (?)", row)
        return bytes(row[0])

    def _make_room(self, connection: sqlite3.Connection, oldest: bytes) -> None:
        """Drop what has expired, and the oldest of the rest when that is full."""
        gone = connection.execute(
            "DELETE FROM nonces WHERE nonce < ? RETURNING nonce", (oldest,)
        ).fetchall()
        if read_count(connection, "nonces") >= self._size:
            gone += connection.execute(
                "DELETE FROM nonces WHERE nonce = (SELECT min(nonce) FROM nonces) "
                "RETURNING nonce"
            ).fetchall()
        if gone:
            connection.execute("UPDATE forgotten SET nonce = max(nonce, ?)", max(gone))
