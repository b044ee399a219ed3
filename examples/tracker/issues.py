"""Issues and what happened to them.

Each thing that happens is a row of the table ``change``: the history of an issue, and
what is sent to those who watch.
"""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from tracker.database import Database

__all__ = ["Change", "IncompleteError", "Issue", "Issues", "Kind", "Listing", "State"]

State = Literal["open", "closed"]
Kind = Literal["opened", "commented", "closed", "reopened", "attached"]

_STATES = {"closed": "closed", "reopened": "open"}
_PER_PAGE = 20
_COUNT = (
    "SELECT count(*) AS total FROM issue "
    "WHERE state = ? AND instr(lower(title), lower(?)) > 0"
)
_FIND = _COUNT.replace("count(*) AS total", "*") + " ORDER BY number DESC LIMIT ?, ?"


class IncompleteError(ValueError):
    """Something is blank that mustn't be."""


@dataclass(frozen=True)
class Issue:
    """An issue."""

    number: int
    title: str
    text: str
    author: str
    state: State
    created: str


@dataclass(frozen=True)
class Change:
    """What somebody did; the text is a comment, or the name of a file."""

    id: int
    issue: int
    kind: Kind
    author: str
    text: str
    created: str


@dataclass(frozen=True)
class Listing:
    """A page of issues, the newest first; pages begin with 1."""

    issues: list[Issue]
    total: int
    page: int
    pages: int


class Issues:
    """The issues in a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, page: int = 1, state: State = "open", words: str = "") -> Listing:
        """Return a page of issues whose title has these words."""
        (row,) = self._database.select(_COUNT, state, words)
        total: int = row["total"]
        first = (page - 1) * _PER_PAGE
        rows = self._database.select(_FIND, state, words, first, _PER_PAGE)
        pages = max(1, -(-total // _PER_PAGE))
        return Listing([Issue(**row) for row in rows], total, page, pages)

    def get(self, number: int) -> Issue | None:
        """Return an issue, or ``None``."""
        rows = self._database.select("SELECT * FROM issue WHERE number = ?", number)
        return Issue(**rows[0]) if rows else None

    def add(self, title: str, text: str, author: str) -> int:
        """Open an issue and return its number.

        Raises:
            IncompleteError: the title is blank.
        """
        if not title.strip():
            raise IncompleteError("An issue needs a title.")
        query = "INSERT INTO issue (title, text, author) VALUES (?, ?, ?)"
        with self._database.connect() as connection:
            values = (title.strip(), text.strip(), author)
            number = connection.execute(query, values).lastrowid or 0
            _record(connection, number, "opened", author, title.strip())
        return number

    def change(self, number: int, kind: Kind, author: str, text: str = "") -> Change:
        """Note what somebody did with an issue, and close or open it.

        Raises:
            IncompleteError: a comment is blank.
        """
        if kind == "commented" and not text.strip():
            raise IncompleteError("A comment needs some words.")
        with self._database.connect() as connection:
            query = "UPDATE issue SET state = coalesce(?, state) WHERE number = ?"
            connection.execute(query, (_STATES.get(kind), number))
            return _record(connection, number, kind, author, text.strip())

    def history(self, number: int) -> list[Change]:
        """Return what happened to an issue."""
        query = "SELECT * FROM change WHERE issue = ? ORDER BY id"
        return [Change(**row) for row in self._database.select(query, number)]

    def changes_since(self, last: int) -> list[Change]:
        """Return what happened to any issue after the change *last*."""
        query = "SELECT * FROM change WHERE id > ? ORDER BY id LIMIT 100"
        return [Change(**row) for row in self._database.select(query, last)]

    def last_change(self) -> int:
        """Return the id of the last change, 0 when there is none."""
        (row,) = self._database.select("SELECT max(id) AS last FROM change")
        return row["last"] or 0


def _record(
    connection: sqlite3.Connection, number: int, kind: Kind, author: str, text: str
) -> Change:
    query = "INSERT INTO change (issue, kind, author, text) VALUES (?, ?, ?, ?)"
    added = connection.execute(f"{query} RETURNING *", (number, kind, author, text))
    return Change(**added.fetchone())
