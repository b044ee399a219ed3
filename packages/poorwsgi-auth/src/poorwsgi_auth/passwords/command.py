"""The command line for password files: ``python -m poorwsgi_auth.digest``.

Options, messages and exit status are documented: 0 when it is done, 1 when there
was no usable new password, 2 for a mistake and for ``Invalid user.``  A mistake is
told in one line; only a fault of the program has a traceback.

The module does not know where passwords come from: it is given functions for that.
"""

import argparse
import stat
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Sequence
from getpass import GetPassWarning
from hashlib import md5, sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from poorwsgi_auth.passwords.password_lines import check_fields
from poorwsgi_auth.passwords.password_map import PasswordMap

__all__ = ["Terminal", "run"]

_DESCRIPTION = """\
Add a user to a password file for HTTP Digest, or change, delete or verify one.

The file has a line username:realm:hash for each user, as Apache's htdigest writes
it, and may have blank lines and comments that begin with #. The hash is as good as
the password for this realm, so keep the file private. Realm and algorithm have to be
those of the application: the hash of another realm or algorithm never fits."""

_EPILOG = """\
The password is asked for twice, at the terminal. Without a terminal, as in cron, and
without -i, it is read from standard input, two lines of it. An old password is not
asked for.

exit status:
  0  done, or the user is valid, or there was none to delete
  1  the passwords differ, or are empty; the file is as it was
  2  the user is not valid, or something is wrong; the file is as it was

examples:
  %(prog)s -c -s users.digest 'User Zone' ann
      make the file, with one user in it
  %(prog)s -s users.digest 'User Zone' ann
      change the password
  %(prog)s -v -s users.digest 'User Zone' ann
      is this the password?
  %(prog)s -D users.digest 'User Zone' ann
      delete the user
  printf '%%s\\n' "$PASSWORD" | %(prog)s -i -n -s 'User Zone' ann
      print the line for another file"""

_MODULE = "poorwsgi_auth.digest"
_ALGORITHMS = {32: "MD5", 64: "SHA-256"}
_INTERRUPTED = 130


class Terminal(NamedTuple):
    """What the command line asks, and makes hashes with.

    Attributes:
        ask: gets a prompt and returns a password.
        ask_new: returns a new password, ``None`` when there is none.
        hexdigest: as in ``poorwsgi_auth.digest.algorithms``.
    """

    ask: Callable[[str], str]
    ask_new: Callable[[], str | None]
    hexdigest: Callable[..., str]


def run(arguments: Sequence[str], terminal: Terminal) -> int:
    """Run the command line.

    Returns:
        The exit status.

    Raises:
        SystemExit: for a mistake, ``--help`` and ``--version``.
    """
    parser = _build_parser()
    options = parser.parse_intermixed_args(arguments)
    try:
        with warnings.catch_warnings(category=GetPassWarning, action="ignore"):
            return _Command(options, terminal).run()
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return _INTERRUPTED
    except EOFError:
        sys.stderr.write("\n")
        parser.error("no password was given; -i reads one from standard input")
    except OSError as error:
        parser.error(f"{error.filename}: {error.strerror}")
    except ValueError as error:
        parser.error(str(error))
    except Exception as error:  # noqa: BLE001 - the exit status has to be right
        traceback.print_exc()
        parser.error(f"{type(error).__name__}: {error}")


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_build_prog(),
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("-c", dest="create", action="store_true", help="make the file if it is missing")
    add("-i", dest="stdin", action="store_true", help="read one line as the password")
    add("-m", dest="md5", action="store_true", help="hash by MD5 (the default)")
    add("-s", dest="sha256", action="store_true", help="hash by SHA-256; better")
    one_of = parser.add_mutually_exclusive_group()
    add = one_of.add_argument
    add("-n", dest="show", action="store_true", help="print the line, use no file")
    add("-D", dest="delete", action="store_true", help="delete the user")
    add("-v", dest="verify", action="store_true", help="verify a password")
    text = f"PoorWSGI %(prog)s {version('poorwsgi-auth')}."
    parser.add_argument("--version", action="version", version=text)
    parser.add_argument("passwordfile", nargs="?", help="not needed with -n")
    parser.add_argument("realm", help="protection space, as in check_digest(realm)")
    parser.add_argument("username", help="name of the user")
    return parser


def _build_prog() -> str:
    # It runs as poorwsgi.digest too.
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    name = str(getattr(spec, "name", ""))
    return f"python -m {name if name.endswith('.digest') else _MODULE}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _note(text: str) -> None:
    sys.stderr.write(f"Note: {text}\n")


def _read_line(_: object = None) -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\r\n")


class _Command:
    """What was asked for, step by step."""

    def __init__(self, options: argparse.Namespace, terminal: Terminal) -> None:
        self._options = options
        self._realm: str = options.realm
        self._username: str = options.username
        self._users = PasswordMap(options.passwordfile)
        self._terminal = terminal
        if options.stdin:
            self._terminal = Terminal(_read_line, _read_line, terminal.hexdigest)

    def run(self) -> int:
        check_fields(self._realm, self._username)
        if self._options.show:
            return self._show()
        self._load()
        if self._options.delete:
            return self._delete()
        if self._options.verify:
            return self._verify()
        return self._set()

    def _load(self) -> None:
        path = self._options.passwordfile
        if path is None:
            raise ValueError("no password file was given; -n needs none")
        changes = not (self._options.delete or self._options.verify)
        try:
            self._users.load()
        except FileNotFoundError as error:
            if not changes or not Path(path).parent.is_dir():
                raise
            if not self._options.create:
                raise ValueError(f"{path}: no such file; -c makes one") from error
            return
        mode = Path(path).stat().st_mode
        if mode & stat.S_IROTH:
            _note(f"everybody may read {path}; chmod o-r would end that.")

    def _show(self) -> int:
        digest = self._ask_digest()
        if not digest:
            return 1
        _say(f"{self._username}:{self._realm}:{digest}")
        return 0

    def _delete(self) -> int:
        with self._users.edit() as users:
            found = users.delete(self._realm, self._username)
        what = "deleted" if found else "not found; nobody was deleted"
        _say(f"User {self._username} in realm {self._realm} {what}.")
        return 0

    def _verify(self) -> int:
        password = self._terminal.ask("Password: ")
        digest = self._hash(password)
        self._compare_algorithms(digest, [self._find()])
        if self._users.verify(self._realm, self._username, digest):
            _say("Valid user.")
            return 0
        _say("Invalid user.")
        return 2

    def _set(self) -> int:
        what = "Changing password of" if self._find() else "Adding"
        _say(f"{what} user {self._username} in realm {self._realm}.")
        digest = self._ask_digest()
        if not digest:
            return 1
        self._compare_algorithms(digest, self._users.get(self._realm, {}).values())
        # Read anew: another process may have changed the file in the meantime.
        with self._users.edit(create=self._options.create) as users:
            users.set(self._realm, self._username, digest)
        return 0

    def _find(self) -> str:
        return self._users.find(self._realm, self._username) or ""

    def _ask_digest(self) -> str:
        password = self._terminal.ask_new()
        if password:
            return self._hash(password)
        if password is not None:
            _say("The password is empty.")
        return ""

    def _hash(self, password: str) -> str:
        weak = self._options.md5 or not self._options.sha256
        algorithm: Callable[..., Any] = md5 if weak else sha256
        return self._terminal.hexdigest(
            self._username, self._realm, password, algorithm
        )

    def _compare_algorithms(self, digest: str, others: Iterable[str]) -> None:
        known = {len(other) for other in others if other}
        if known and len(digest) not in known:
            mine, *names = [
                _ALGORITHMS.get(n, "unknown") for n in (len(digest), *known)
            ]
            theirs = " and ".join(names)
            _note(f"this hash is one of {mine}, those in the file are of {theirs}.")
