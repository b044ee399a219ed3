"""Users and the hashes of their passwords, in memory and in a file.

The file is that of Apache's ``htdigest``; see ``password_lines`` for its form and
``locked_file`` for how it is changed.
"""

import logging
import os
import threading
from collections import defaultdict
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from poorwsgi_auth.passwords.hashing import same_secret
from poorwsgi_auth.passwords.locked_file import lock_file, replace_file
from poorwsgi_auth.passwords.password_lines import (
    PasswordLine,
    check_fields,
    is_hash,
    parse_lines,
    render_lines,
)
from poorwsgi_auth.writers import warn_of_writers

__all__ = ["PasswordMap"]

log = logging.getLogger("poorwsgi")


class PasswordMap(defaultdict[str, dict[str, str]]):
    """Realm to username to hash, as ``Application.auth_map`` takes it.

    Nothing is read from the file before ``load``.  Looking for a user with
    ``find``, ``verify`` or ``delete`` creates nothing.

    Args:
        pathname: the password file, if there is one.
    """

    def __init__(self, pathname: str | os.PathLike[str] | None = None) -> None:
        super().__init__(dict)
        self.pathname = pathname
        self._editor: int | None = None
        self._reminds = True

    def __repr__(self) -> str:
        # Who has a hash can sign in with it, so none gets into a log.
        number = sum(map(len, self.values()))
        return f"<PasswordMap {self.pathname!r}: {number} users, {len(self)} realms>"

    def set(self, realm: str, username: str, digest: str) -> None:
        """Add a user, or change the hash of one.

        A hash that no password can have is logged with a WARNING.

        Raises:
            ValueError: a field is empty, or has a colon or a control character.
        """
        check_fields(realm, username, digest)
        if not is_hash(digest):
            log.warning("What is set for %a is no hash", username)
        self.setdefault(realm, {})[username] = digest

    def delete(self, realm: str, username: str) -> bool:
        """Remove a user; tell whether there was one."""
        return self.get(realm, {}).pop(username, None) is not None

    def find(self, realm: str, username: str) -> str | None:
        """Return the hash of a user, ``None`` when there is no such user."""
        digest = self.get(realm, {}).get(username)
        if digest is None:
            self.remind_to_load()
        return digest

    def verify(self, realm: str, username: str, digest: str) -> bool:
        """Tell whether it is the hash of the user, in constant time."""
        known = self.find(realm, username) or ""
        return same_secret(known, digest) and bool(known)

    def remind_to_load(self) -> None:
        """Log a WARNING, once, if there is a file that nobody has read.

        For who has looked for a user in vain; ``find`` and ``check_digest`` do it.
        """
        if not self._reminds or self.pathname is None or any(self.values()):
            return
        # Path.exists() raises where a folder can't be entered.
        if os.path.exists(self.pathname):  # noqa: PTH110
            self._reminds = False
            log.warning("No user of %s is known: call load() first", self.pathname)

    def load(self) -> None:
        """Add the users of the file.

        Nothing is added when there is an error.  Users who are not in the file
        stay; make a new map to be rid of them.  A hash that no password can have,
        and a file that others may write, is logged with a WARNING.

        Raises:
            RuntimeError: there is no pathname.
            OSError: the file can't be read.
            ValueError: a line is bad; the text has its number.
        """
        path = self._path()
        lines = parse_lines(Path(path).read_bytes(), path)
        for number, line in enumerate(lines, 1):
            if line.username and not is_hash(line.digest):
                log.warning("%s, line %d: this is no hash", path, number)
        for realm, users in _collect(lines):
            self.setdefault(realm, {}).update(users)
        self._reminds = False
        # Its owner may be an administrator, and need not be this process's user.
        warn_of_writers(Path(path), is_own=False)

    def write(self) -> None:
        """Make the file one that has these users and no others.

        Comments in the file stay.  To add to what another process may have
        written, use ``edit``.

        Raises:
            RuntimeError: there is no pathname, or it is called inside of ``edit``.
            OSError: the file can't be written.
            ValueError: a line of the old file is bad, or none can be made of a
                user; then the file is left as it is.
        """
        render_lines((), self)  # checks, before a file is created
        with self._lock(create=True) as lines:
            replace_file(self._path(), render_lines(lines, self))

    @contextmanager
    def edit(self, *, create: bool = False) -> Generator[Self]:
        """Read the file, and write it when the block has ended.

        Meanwhile nobody else edits it, so several processes may add users.  The
        users in memory become those of the file.  When the block raises, both
        are as they were in the file.

        Args:
            create: make a file when there is none.

        Raises:
            RuntimeError: there is no pathname, or it is called inside of ``edit``.
            OSError: the file can't be read or written.
            ValueError: a line is bad, or none can be made of a user.
        """
        with self._lock(create=create) as lines:
            self._take(lines)
            try:
                yield self
                replace_file(self._path(), render_lines(lines, self))
            except BaseException:
                self._take(lines)
                raise

    @contextmanager
    def _lock(self, *, create: bool) -> Generator[list[PasswordLine]]:
        path = self._path()
        if self._editor == threading.get_ident():
            raise RuntimeError("edit() writes the file by itself, and can't be nested")
        with lock_file(path, create=create) as data:
            self._editor = threading.get_ident()
            try:
                lines = parse_lines(data, path)
                self._reminds = False
                yield lines
            finally:
                self._editor = None

    def _take(self, lines: Iterable[PasswordLine]) -> None:
        # Realm by realm, so that no other thread finds a user missing.
        realms = dict(_collect(lines))
        for realm in self.keys() - realms.keys():
            del self[realm]
        self.update(realms)

    def _path(self) -> str:
        if self.pathname is None:
            raise RuntimeError("No pathname: give one to PasswordMap()")
        return os.fspath(self.pathname)


def _collect(lines: Iterable[PasswordLine]) -> Iterable[tuple[str, dict[str, str]]]:
    realms: dict[str, dict[str, str]] = {}
    for line in lines:
        if line.username:
            users = realms.setdefault(line.realm, {})
            users.setdefault(line.username, line.digest)
    return realms.items()
