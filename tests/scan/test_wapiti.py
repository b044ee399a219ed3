"""Wapiti, a scanner of web applications, finds nothing in the examples.

``POORWSGI_WAPITI`` is its program, in an environment of its own, as its dependencies
have versions of their own; ``nox -s scan`` makes one.  Those
modules run that need nobody else on the Internet, and look for what could be here: no
LDAP, no Java.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from scanned import PASSWORD, SCANNED, Running, Scanned, run

WAPITI = os.environ.get("POORWSGI_WAPITI", "")
MODULES = (
    *("crlf", "csrf", "exec", "file", "htaccess", "permanentxss", "redirect"),
    *("shellshock", "sql", "timesql", "upload", "xss"),
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


def find_in(name: str, running: Running, folder: Path) -> list[str]:
    """Run Wapiti; return what it has found."""
    report = folder / "report.json"
    options = {
        "--url": f"{running.root}/",
        "--module": ",".join(MODULES),
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
    with run(name, tmp_path) as running:
        assert "\n".join(find_in(name, running, tmp_path)) == ""
