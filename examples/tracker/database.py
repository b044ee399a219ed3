"""The database: one file of SQLite, which the processes of a host share."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

__all__ = ["Database"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS user (
    name TEXT PRIMARY KEY,
    password TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS issue (
    number INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
);
CREATE TABLE IF NOT EXISTS change (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    issue INTEGER NOT NULL REFERENCES issue,
    kind TEXT NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
);
CREATE INDEX IF NOT EXISTS change_of_issue ON change (issue);
CREATE TABLE IF NOT EXISTS attachment (
    id TEXT PRIMARY KEY,
    issue INTEGER NOT NULL REFERENCES issue,
    name TEXT NOT NULL,
    size INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS attachment_of_issue ON attachment (issue);
"""


class Database:
    """A file of SQLite.

    Each use has a connection of its own, so that threads and processes share nothing.

    Args:
        path: the file, which is made here if it is missing, for its owner alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        with self.connect() as connection:
            connection.executescript(SCHEMA)

    @contextmanager
    def connect(self) -> Generator[sqlite3.Connection]:
        """Give a connection; what is done in the block is done whole, or not at all."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection

    def select(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Return all rows of a query; a number beyond 64 bits is in none."""
        with self.connect() as connection:
            try:
                return connection.execute(query, values).fetchall()
            except OverflowError:
                return []

    def check(self) -> None:
        """Raise if there is no answer; for the health checks."""
        self.select("SELECT 1 FROM issue LIMIT 1")
