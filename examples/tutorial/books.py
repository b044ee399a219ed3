"""The books, in a database file."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS book (
    number INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    cover TEXT NOT NULL DEFAULT ''
)
"""


class IncompleteError(ValueError):
    """A book lacks its title or its author."""


class Books:
    """A shelf of books.

    Args:
        path: the database file, which is made if it is missing, for its owner alone.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = path
        Path(path).touch(0o600)

    @contextmanager
    def _connect(self) -> Generator[sqlite3.Connection]:
        # The second one commits, or rolls back when something fails.
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.row_factory = sqlite3.Row
            connection.execute(SCHEMA)
            yield connection

    def all(self) -> list[dict[str, Any]]:
        """Return all books, by title."""
        with self._connect() as connection:
            return [*map(dict, connection.execute("SELECT * FROM book ORDER BY title"))]

    def get(self, number: int) -> dict[str, Any] | None:
        """Return a book, or ``None``."""
        query = "SELECT * FROM book WHERE number = ?"
        with self._connect() as connection, suppress(OverflowError):
            # It is more than SQLite's 64 bits, so it is the number of no book.
            return next(map(dict, connection.execute(query, (number,))), None)
        return None

    def add(self, title: str, author: str) -> int:
        """Add a book and return its number.

        Raises:
            IncompleteError: one of the two is blank.
        """
        title, author = title.strip(), author.strip()
        if not (title and author):
            raise IncompleteError("A book needs a title and an author.")
        with self._connect() as connection:
            query = "INSERT INTO book (title, author) VALUES (?, ?)"
            number = connection.execute(query, (title, author)).lastrowid
        assert number is not None
        return number

    def set_cover(self, number: int, kind: str) -> None:
        """Remember the content type of a book's cover."""
        with self._connect() as connection:
            query = "UPDATE book SET cover = ? WHERE number = ?"
            connection.execute(query, (kind, number))
