"""Sessions in a SQLite file, for all processes of one host."""

import os
import sqlite3
from time import time

from poorwsgi_auth.sessions.stores import SessionStoreError
from poorwsgi_auth.sqlite_file import SQLiteFile

__all__ = ["SQLiteSessions"]

_TABLES = """
CREATE TABLE IF NOT EXISTS sessions (
    key TEXT PRIMARY KEY, data BLOB NOT NULL, ends REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (ends);
"""


class SQLiteSessions:
    """A session store in a file, shared by the processes of one host.

    Args:
        path: of the file; it is made when it doesn't exist, for its owner alone.
        size: most sessions; when there are more, the one that would end first is
            dropped.
        timeout: seconds to wait for other processes.

    Raises:
        SessionStoreError: the file can't be opened.
    """

    def __init__(
        self,
        path: "str | os.PathLike[str]",
        size: int = 100_000,
        *,
        timeout: float = 5.0,
    ) -> None:
        self._size = size
        self._file = SQLiteFile(path, _TABLES, SessionStoreError, timeout=timeout)

    def get(self, key: str) -> bytes | None:
        """Return the data of a session; see ``SessionStore.get``."""
        with self._file.connection() as connection:
            row: tuple[bytes] | None = connection.execute(
                "SELECT data FROM sessions WHERE key = ? AND ends > ?", (key, time())
            ).fetchone()
        return None if row is None else row[0]

    def add(self, key: str, data: bytes, ends: float) -> None:
        """Keep a new session; see ``SessionStore.add``."""
        with self._file.transaction() as connection:
            self._make_room(connection)
            connection.execute(
                "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?)", (key, data, ends)
            )

    def replace(self, key: str, data: bytes, ends: float) -> bool:
        """Replace the data of a session; see ``SessionStore.replace``."""
        return self._changes_one(
            "UPDATE sessions SET data = ?, ends = ? WHERE key = ? AND ends > ?",
            (data, ends, key, time()),
        )

    def touch(self, key: str, ends: float) -> bool:
        """Set when a session ends; see ``SessionStore.touch``."""
        return self._changes_one(
            "UPDATE sessions SET ends = ? WHERE key = ? AND ends > ?",
            (ends, key, time()),
        )

    def delete(self, key: str) -> bool:
        """End a session; see ``SessionStore.delete``."""
        return self._changes_one(
            "DELETE FROM sessions WHERE key = ? AND ends > ?", (key, time())
        )

    def close(self) -> None:
        """Close the connections that nobody uses."""
        self._file.close()

    def _changes_one(self, statement: str, values: tuple[object, ...]) -> bool:
        with self._file.connection() as connection:
            return connection.execute(statement, values).rowcount == 1

    def _make_room(self, connection: sqlite3.Connection) -> None:
        """Drop what has ended, and what would end first when that is full."""
        connection.execute("DELETE FROM sessions WHERE ends <= ?", (time(),))
        (number,) = connection.execute("SELECT count(*) FROM sessions").fetchone()
        connection.execute(
            "DELETE FROM sessions WHERE key IN "
            "(SELECT key FROM sessions ORDER BY ends LIMIT max(0, ?))",
            (number - self._size + 1,),
        )
