"""Keys that can be guessed, and files with secrets that others may read."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatch
from inspect import isfunction, ismethod
from itertools import chain, islice
from types import ModuleType
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
_STEPS = 4


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
    """List the files that objects of the application and its module name.

    Of what hooks and handlers hold, as a function that builds an application leaves it,
    those are listed whose names are those of secrets.
    """
    module = vars(sys.modules.get(app.name, object))
    own = [value for name, value in module.items() if not name.startswith("__")]
    values = [*vars(app).values(), *own]
    for value in values:
        # Stores keep their file in an object of its own.
        for holder in (value, probe(value, "_file")):
            yield from _list_paths(holder)
    handlers = [row.handler for row in app.route_table]
    for holder in _reach([*values, *chain(*app.list_hooks()), *handlers]):
        yield from filter(_is_secret, _list_paths(holder))
    folder = os.path.dirname(module.get("__file__") or "")
    if folder:
        paths = (os.path.join(folder, name) for name in os.listdir(folder))
        yield from (path for path in paths if _is_secret(path) and os.path.isfile(path))


def _list_paths(holder: object) -> Iterator[str]:
    attributes: dict[str, Any] = probe(holder, "__dict__", {})
    for name in _PATHS:
        path: Any = attributes.get(name)
        is_path = isinstance(cast("object", path), str | os.PathLike)
        if is_path and os.path.isfile(path):
            yield os.path.abspath(path)


def _is_secret(path: str) -> bool:
    name = os.path.basename(path)
    return any(fnmatch(name, each) for each in _SECRETS if not each.startswith("*.py"))


def _reach(values: Iterable[object]) -> Iterator[object]:
    """Walk from some objects to those that they hold, a few steps far."""
    seen: dict[int, object] = {}
    level = [*values]
    for _ in range(_STEPS):
        fresh = {id(each): each for each in level if id(each) not in seen}
        seen |= fresh
        level = [held for each in fresh.values() for held in _list_held(each)]
    yield from seen.values()


def _list_held(value: object) -> list[object]:
    """List what a method is of, what a function has around it, or attributes."""
    if ismethod(value):
        return [value.__self__]
    if isfunction(value):
        held: list[object] = []
        for cell in value.__closure__ or ():
            with suppress(ValueError):  # it has no value yet
                held.append(cell.cell_contents)
        return held
    if isinstance(value, ModuleType | type):
        return []
    attributes: Mapping[str, object] = probe(value, "__dict__", {})
    return [*attributes.values()]
