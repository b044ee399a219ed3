"""The applications of the examples, as they are scanned: on waitress, not in debug."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawling import Page
from requests import Session
from requests.auth import HTTPDigestAuth
from running import EXAMPLES
from serving import KINDS, run_server

__all__ = ["PASSWORD", "SCANNED", "Running", "Scanned", "run"]

PASSWORD = "secret"
_SEED = ("configuring", "failing", "hooking", "reading", "returning", "routing")


@dataclass(frozen=True)
class Scanned:
    """What is scanned.

    Attributes:
        application: ``module:name``.
        user: name of somebody who can log in, with PASSWORD.
        digest: whether that is done by HTTP Digest, by the form of /login else.
        below: folder of the module, below that of the examples.
    """

    application: str
    user: str = ""
    digest: bool = False
    below: str = ""


SCANNED = {
    **{
        path.stem: Scanned(f"{path.stem}:app")
        for path in sorted(EXAMPLES.glob("*.py"))
        if "__main__" in path.read_text("utf-8")
    },
    **{f"seed-{name}": Scanned(f"{name}:app", below="seed") for name in _SEED},
    **{
        name: Scanned(f"{name}:app", "ann")
        for name in ("aes_session", "poor_session", "server_session", "session")
    },
    "http_digest": Scanned("http_digest:app", "user", digest=True),
    "bookshelf": Scanned("bookshelf:app", below="tutorial"),
    "printer": Scanned("printer.web:app"),
    "tracker": Scanned("tracker:create_app", "ann"),
}
"""By a name for the tests."""


@dataclass
class Running:
    """An example that runs.

    Attributes:
        root: its address, without a slash at the end.
        paths: of its routes that can be asked for as they stand.
        session: of somebody who has logged in, where that is possible.
    """

    root: str
    paths: list[str]
    session: Session


@contextmanager
def run(name: str, folder: Path) -> Generator[Running]:
    """Run one of the table until the end of the block."""
    scanned = SCANNED[name]
    variables = {
        "PYTHONPATH": os.pathsep.join([str(EXAMPLES / scanned.below), str(EXAMPLES)]),
        "poor_Debug": "Off",
        "app_data": str(folder / "data"),
        "app_printer": str(folder / "printer"),
        "app_upload": str(folder / "upload"),
    }
    if name == "tracker":
        _ask("tracker", scanned.user, folder=folder, variables=variables)
    call = "--call " if scanned.application.endswith("create_app") else ""
    application = call + scanned.application
    with run_server("waitress", folder, application, KINDS, **variables) as server:
        root = f"http://127.0.0.1:{server.port}"
        routes = ("poorwsgi_core", "routes", scanned.application)
        text = _ask(*routes, folder=folder, variables=variables)
        yield Running(root, _read_paths(text), _log_in(scanned, root))


def _ask(*arguments: str, folder: Path, variables: dict[str, str]) -> str:
    return subprocess.run(  # noqa: S603 - our own interpreter and examples
        [sys.executable, "-m", *arguments],
        capture_output=True,
        check=True,
        cwd=folder,
        env={**os.environ, **variables},
        input=PASSWORD,
        text=True,
    ).stdout


def _read_paths(routes: str) -> list[str]:
    lines = [line.split("  ", 1) for line in routes.splitlines()]
    return [path for path, rest in lines if "GET" in rest and not {*"<(^"} & {*path}]


def _log_in(scanned: Scanned, root: str) -> Session:
    session = Session()
    session.trust_env = False
    if scanned.digest:
        session.auth = HTTPDigestAuth(scanned.user, PASSWORD)
    elif scanned.user:
        url = f"{root}/login"
        answer: Any = session.get(url, timeout=20)
        (fields,) = (
            fields for _, fields in Page(url, answer.text).forms if "password" in fields
        )
        user = "username" if "username" in fields else "name"
        fields |= {user: scanned.user, "password": PASSWORD}
        answer = session.post(url, fields, allow_redirects=False, timeout=20)
        assert answer.status_code in {302, 303}
    return session
