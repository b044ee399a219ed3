"""Wapiti, a scanner of web applications, finds nothing in the examples.

``POORWSGI_WAPITI`` is its program, in an environment of its own, as its dependencies
have versions of their own; ``nox -s scan`` makes one.  Those
modules run that need nobody else on the Internet, and look for what could be here: no
LDAP, no Java.  That of Log4Shell would need a name server besides.  Two look whether an
application asks elsewhere, for what a client names or for an entity of XML; elsewhere
is a server of the test.
"""

import json
import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest
from scanned import PASSWORD, SCANNED, Running, Scanned, run

from poorwsgi_core.server import build_server

WAPITI = os.environ.get("POORWSGI_WAPITI", "")
MODULES = (
    *("crlf", "csrf", "exec", "file", "htaccess", "permanentxss", "redirect"),
    *("shellshock", "sql", "ssrf", "timesql", "upload", "xss", "xxe"),
)
ALLOWED = (
    # Refused as well, only otherwise: the method that it tries is unknown.
    "Htaccess Bypass: ABC ",
    # It compares two logins that are refused; tests/examples show that one is forged.
    "Cross Site Request Forgery: POST /login CSRF token 'csrf_token' is not",
    # These two show the session alone, which nobody has before the login.
    "Cross Site Request Forgery: POST /login Lack of",
)
"""How findings begin that are none."""
FORGED = "Cross Site Request Forgery: "
OF_WAPITI = {"/", "/get_ssrf.php", "/get_xxe.php"}


@contextmanager
def run_elsewhere() -> Generator[tuple[str, list[str]]]:
    """Run what a deceived application asks; gives its address, and what was asked."""
    asked: list[str] = []

    def answer(environ: Any, start: Any) -> list[bytes]:
        if environ["PATH_INFO"] not in OF_WAPITI:
            asked.append(environ["PATH_INFO"])
        start("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]

    with build_server(answer, port=0) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()
        thread.join()


def test_elsewhere() -> None:
    """It knows who has asked it, but for Wapiti, which asks for results."""
    with run_elsewhere() as (address, asked):
        for path in ("get_ssrf.php", "ssrf/a/1/"):
            with urlopen(address + path) as found:  # noqa: S310 - our own server
                assert found.read() == b"{}"
    assert asked == ["/ssrf/a/1/"]


def find_in(name: str, running: Running, folder: Path, elsewhere: str) -> list[str]:
    """Run Wapiti; return what it has found."""
    report = folder / "report.json"
    options = {
        "--url": f"{running.root}/",
        "--module": ",".join(MODULES),
        "--endpoint": elsewhere,
        "--format": "json",
        "--output": str(report),
        "--store-session": str(folder / "scan"),
        "--store-config": str(folder / "config"),
        "--tasks": "4",  # as many as the server has threads: passwords take their time
        "--timeout": "30",
        "--max-attack-time": "60",  # for each module
    }
    starts = [word for path in running.paths for word in ("-s", running.root + path)]
    # Who has logged out sees less, and the text of a program has no forms.
    for path in ("logout", "logout-everywhere", "source"):
        starts += ["-x", f"{running.root}/{path}"]
    subprocess.run(  # noqa: S603 - a program that the caller names
        [
            *(WAPITI, "--no-bugreport", "--flush-session", *starts),
            *(word for pair in options.items() for word in pair),
            *log_in(SCANNED[name], running),
        ],
        capture_output=True,
        check=True,
        cwd=folder,
        text=True,
        timeout=1200,
    )
    found = json.loads(report.read_text("utf-8"))
    texts = [
        f"{kind}: {each['method']} {each['path']} {each['info']}"
        for group in ("vulnerabilities", "anomalies")
        for kind, all_of_it in found[group].items()
        for each in all_of_it
    ]
    # Where nobody logs in, there is nobody in whose name another site could act.
    allowed = ALLOWED if SCANNED[name].user else (*ALLOWED, FORGED)
    return [text for text in texts if not text.startswith(allowed)]


def log_in(scanned: Scanned, running: Running) -> list[str]:
    """Return the options to be who may see most."""
    if scanned.digest:
        user = ["--auth-user", scanned.user, "--auth-password", PASSWORD]
        return [*user, "--auth-method", "digest"]
    cookies = [f"{each.name}={each.value}" for each in running.session.cookies]
    return ["--cookie-value", ";".join(cookies)] if cookies else []


@pytest.mark.skipif(not WAPITI, reason="POORWSGI_WAPITI names no program")
@pytest.mark.parametrize("name", SCANNED)
def test_example(name: str, tmp_path: Path) -> None:
    """No injection, no file that is nobody's, no forged request, no open redirect."""
    with run(name, tmp_path) as running, run_elsewhere() as (elsewhere, asked):
        assert "\n".join(find_in(name, running, tmp_path, elsewhere)) == ""
    assert asked == []
