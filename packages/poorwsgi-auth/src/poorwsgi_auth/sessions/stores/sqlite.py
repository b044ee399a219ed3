"""Sessions in a SQLite file, for all processes of one host."""

import os
import sqlite3
from contextlib import suppress
from time import time

from poorwsgi_auth.sessions.stores import SessionStoreError
from poorwsgi_auth.sqlite_file import SQLiteFile, build_counter, read_count

__all__ = ["SQLiteSessions"]

_TABLES = """
CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, data BLOB NOT NULL, ends REAL NOT NULL,
    is_seen INTEGER NOT NULL, is_moved INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_by_end ON entries (is_seen, ends);
"""


class SQLiteSessions:
    """A session store in a file, shared by the processes of one host.

    Args:
        path: of the file; it is made when it doesn't exist, for its owner alone.
        size: most sessions; when there are more, one that was never loaded is
            dropped, else the one that would end first.
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
        tables = _TABLES + build_counter("entries")
        self._file = SQLiteFile(path, tables, SessionStoreError, timeout=timeout)

    def get(self, key: str) -> bytes | None:
        """Return the data of a session; see ``SessionStore.get``."""
        with self._file.connection() as connection:
            row: tuple[bytes, int] | None = connection.execute(
                "SELECT data, is_seen FROM entries WHERE key = ? AND ends > ?",
                (key, time()),
            ).fetchone()
        if row is None:
            return None
        data, is_seen = row
        if not is_seen:
            # That can wait for another load; the session is there.
            with suppress(SessionStoreError):
                self._changes_one(
                    "UPDATE entries SET is_seen = 1 WHERE key = ?", (key,)
                )
        return data

    def add(self, key: str, data: bytes, ends: float) -> None:
        """Keep a new session; see ``SessionStore.add``."""
        with self._file.transaction() as connection:
            self._make_room(connection)
            _insert(connection, key, data, ends, is_seen=False)

    def replace(self, key: str, data: bytes, ends: float) -> bool:
        """Replace the data of a session; see ``SessionStore.replace``."""
        return self._changes_one(
            "UPDATE entries SET data = ?, ends = ? "
            "WHERE key = ? AND ends > ? AND NOT is_moved",
            (data, ends, key, time()),
        )

    def touch(self, key: str, ends: float) -> bool:
        """Set when a session ends; see ``SessionStore.touch``."""
        return self._changes_one(
            "UPDATE entries SET ends = ? WHERE key = ? AND ends > ? AND NOT is_moved",
            (ends, key, time()),
        )

    def delete(self, key: str) -> bool:
        """End a session; see ``SessionStore.delete``."""
        return self._changes_one(
            "DELETE FROM entries WHERE key = ? AND ends > ? AND NOT is_moved",
            (key, time()),
        )

    def move(
        self, old: str, new: str, data: bytes, ends: float, old_ends: float
    ) -> bool:
        """Give a session a new key; see ``MovingStore.move``."""
        with self._file.transaction() as connection:
            now = time()
            if _is_there(connection, new, now):
                return True
            if not _is_there(connection, old, now):
                return False
            self._make_room(connection)
            connection.execute(
                "UPDATE entries SET is_moved = 1, ends = min(ends, ?) WHERE key = ?",
                (old_ends, old),
            )
            _insert(connection, new, data, ends, is_seen=True)
            return True

    def close(self) -> None:
        """Close the connections that nobody uses."""
        self._file.close()

    def _changes_one(self, statement: str, values: tuple[object, ...]) -> bool:
        with self._file.connection() as connection:
            return connection.execute(statement, values).rowcount == 1

    def _make_room(self, connection: sqlite3.Connection) -> None:
        """Drop what has ended, and of the rest one more when that is full."""
        connection.execute(
            "DELETE FROM entries WHERE is_seen IN (0, 1) AND ends <= ?", (time(),)
        )
        number = read_count(connection, "entries")
        connection.execute(
            "DELETE FROM entries WHERE key IN "
            "(SELECT key FROM entries ORDER BY is_seen, ends LIMIT max(0, ?))",
            (number - self._size + 1,),
        )


def _is_there(connection: sqlite3.Connection, key: str, now: float) -> bool:
    row = connection.execute(
        "SELECT 1 FROM entries WHERE key = ? AND ends > ?", (key, now)
    ).fetchone()
    return row is not None


def _insert(
    connection: sqlite3.Connection, key: str, data: bytes, ends: float, *, is_seen: bool
) -> None:
    connection.execute(
        "INSERT INTO entries VALUES (?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET "
        "data = excluded.data, ends = excluded.ends, is_seen = excluded.is_seen, "
        "is_moved = 0",
        (key, data, ends, is_seen),
    )
