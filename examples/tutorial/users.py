"""Who may change the shelf: names, and hashes of passwords."""

import sqlite3
import sys
from contextlib import closing
from getpass import getpass
from pathlib import Path

from poorwsgi_auth import check_password, hash_password

SCHEMA = "CREATE TABLE IF NOT EXISTS user (name TEXT PRIMARY KEY, hash TEXT NOT NULL)"


class Users:
    """The users.

    Args:
        path: the database file, which is made if it is missing, for its owner alone.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = path
        Path(path).touch(0o600)

    def _ask(self, query: str, *values: str) -> tuple[str, ...] | None:
        """Run a query and return its first row."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(SCHEMA)
            row: tuple[str, ...] | None = connection.execute(query, values).fetchone()
            return row

    def set(self, name: str, password: str) -> None:
        """Add a user, or change the password of one."""
        hashed = hash_password(password)
        self._ask("INSERT OR REPLACE INTO user VALUES (?, ?)", name, hashed)

    def check(self, name: str, password: str) -> bool:
        """Tell whether there is such a user, with this password."""
        row = self._ask("SELECT hash FROM user WHERE name = ?", name)
        return check_password(password, row[0] if row else None)


if __name__ == "__main__":
    path, name = sys.argv[1:]
    Users(path).set(name, getpass() if sys.stdin.isatty() else input())
