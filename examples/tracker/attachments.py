"""Attachments: files on the disk, of which the database knows the names."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from tracker.database import Database

__all__ = ["Attachment", "Attachments"]


@dataclass(frozen=True)
class Attachment:
    """A file that somebody attached; its name is what the client said."""

    id: str
    issue: int
    name: str
    size: int


class Attachments:
    """The attachments.

    Args:
        database: has what is known of them.
        folder: has their content, by names that no client chooses.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, issue: int, name: str, blocks: Iterable[bytes]) -> Attachment:
        """Write a file while it arrives; one that breaks off leaves nothing."""
        ident = token_hex(16)
        path = self._folder / ident
        try:
            with path.open("xb") as file:
                size = sum(file.write(block) for block in blocks)
            with self._database.connect() as connection:
                query = "INSERT INTO attachment VALUES (?, ?, ?, ?)"
                connection.execute(query, (ident, issue, name, size))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Attachment(ident, issue, name, size)

    def of(self, issue: int) -> list[Attachment]:
        """Return those of an issue, in the order in which they came."""
        query = "SELECT * FROM attachment WHERE issue = ? ORDER BY rowid"
        return [Attachment(**row) for row in self._database.select(query, issue)]

    def find(self, issue: int, ident: str) -> tuple[Attachment, Path] | None:
        """Return one, and where its content is."""
        query = "SELECT * FROM attachment WHERE issue = ? AND id = ?"
        rows = self._database.select(query, issue, ident)
        return (Attachment(**rows[0]), self._folder / ident) if rows else None
