"""Keys that can be guessed, and files with secrets that others may read."""

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from itertools import islice
from typing import Any, cast

from poorwsgi_core.application import Application
from poorwsgi_core.command.audits.survey import Survey
from poorwsgi_core.command.findings import Finding, Level, find_home
from poorwsgi_core.command.rules.routes import walk
from poorwsgi_core.http.paths import encode_path
from poorwsgi_core.request.callables import probe

__all__ = ["find_open_files", "find_served_secrets", "find_short_keys"]

_SHORT = 16
_FEW = 8
_MOST_FILES = 5000
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SECRETS = (
    *(".env", "*.env", "*.key", "*.pem", "*.p12", "*.pfx", "id_rsa", "id_ed25519"),
    *(".htpasswd", ".htdigest", "*.htpasswd", "*.htdigest", "*.passwd"),
    *("*.db", "*.sqlite", "*.sqlite3", "*.sql", "*.bak", "*~", "*.kdbx"),
    *("*.py", "*.pyc", ".git/*", "*/.git/*"),
)
_PATHS = ("path", "pathname", "filename", "_path")


def find_short_keys(survey: Survey) -> Iterator[Finding]:
    """Find keys that are short, or made of few characters."""
    for key in _list_keys(survey.app.secret_key):
        if len(key) < _SHORT:
            reason = f"has {len(key)} bytes"
        elif len({*key}) < _FEW:
            reason = f"has {len({*key})} different characters"
        else:
            continue
        yield Finding(
            "weak-key",
            Level.ERROR,
            f"A secret_key {reason} and can be guessed: use secrets.token_bytes(32)",
            *find_home(survey.app.name),
        )


def _list_keys(secret: object) -> list[bytes]:
    if isinstance(secret, str):
        return [secret.encode()]
    if isinstance(secret, bytes):
        return [secret]
    if isinstance(secret, Sequence):
        keys = cast("Sequence[object]", secret)
        return [each for key in keys for each in _list_keys(key)]
    return []


def find_served_secrets(survey: Survey) -> Iterator[Finding]:
    """Find files below the document root that nobody should get."""
    root = survey.app.document_root
    if not root:
        return
    for path in islice(walk(root), _MOST_FILES):
        name = path.rpartition("/")[2]
        if not any(fnmatch(path[1:], each) or fnmatch(name, each) for each in _SECRETS):
            continue
        if survey.ask(encode_path(path)).status_code == 200:
            text = f"GET {path} sends a file that looks like a secret: move it away"
            yield Finding("served-secret", Level.ERROR, text, root + path, 1)


def find_open_files(survey: Survey) -> Iterator[Finding]:
    """Find files of passwords, keys and sessions that other users may read."""
    for path in sorted({*_list_files(survey.app)}):
        mode = os.stat(path).st_mode
        if stat.S_ISREG(mode) and mode & _OTHERS:
            yield Finding(
                "open-file",
                Level.ERROR,
                f"{path} may be read by other users of this machine "
                f"({stat.filemode(mode)}): chmod 600",
                *find_home(survey.app.name),
            )


def _list_files(app: Application[Any]) -> Iterator[str]:
    """List the files that objects of the application and its module name."""
    module = vars(sys.modules.get(app.name, object))
    own = [value for name, value in module.items() if not name.startswith("__")]
    for value in (*vars(app).values(), *own):
        # Stores keep their file in an object of its own.
        for holder in (value, probe(value, "_file")):
            attributes: dict[str, Any] = probe(holder, "__dict__", {})
            for name in _PATHS:
                path: Any = attributes.get(name)
                is_path = isinstance(cast("object", path), str | os.PathLike)
                if is_path and os.path.isfile(path):
                    yield os.path.abspath(path)
    folder = os.path.dirname(module.get("__file__") or "")
    if folder:
        secrets = [each for each in _SECRETS if not each.endswith((".py", ".pyc"))]
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and any(fnmatch(name, each) for each in secrets):
                yield path
