"""Who may write: names, hashes of passwords, hashes of keys for programs."""

from secrets import token_urlsafe

from poorwsgi_auth import check_password, hash_key, hash_password, needs_rehash
from tracker.database import Database

__all__ = ["Users"]


class Users:
    """The users in a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, name: str, password: str) -> str:
        """Add a user, or replace password and key of one; return the key."""
        key = token_urlsafe()
        query = "INSERT OR REPLACE INTO user VALUES (?, ?, ?)"
        with self._database.connect() as connection:
            connection.execute(query, (name, hash_password(password), hash_key(key)))
        return key

    def check(self, name: str, password: str) -> bool:
        """Tell whether there is such a user, with this password."""
        query = "SELECT password FROM user WHERE name = ?"
        rows = self._database.select(query, name)
        # For an unknown name it takes as long, so that names can't be found out.
        stored: str | None = rows[0]["password"] if rows else None
        if not check_password(password, stored):
            return False
        if stored and needs_rehash(stored):
            query = "UPDATE user SET password = ? WHERE name = ?"
            with self._database.connect() as connection:
                connection.execute(query, (hash_password(password), name))
        return True

    def find(self, key: str) -> str | None:
        """Return whose key it is."""
        query = "SELECT name FROM user WHERE key = ?"
        rows = self._database.select(query, hash_key(key))
        return rows[0]["name"] if rows else None
