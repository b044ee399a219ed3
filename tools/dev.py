"""Set up a checkout and run it: the two commands of the README, and one more.

Usage::

    python3 tools/dev.py demo           the demo application, in a browser
    python3 tools/dev.py test [...]     all tests; arguments go to pytest
    python3 tools/dev.py nox [...]      sessions of noxfile.py

Each command works alone and from any state.  It makes ``.venv`` in the checkout when
there is none, when it is broken or when it belongs to another Python; installs the
five packages in editable form with what the command needs; and leaves a stamp, so
that the second time costs nothing.  Only the standard library is needed here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from functools import partial
from pathlib import Path

__all__ = ["main"]

_ROOT = Path(__file__).resolve().parent.parent
_VENV = _ROOT / ".venv"
_STAMP = _VENV / "ready.json"
_PYTHON = _VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
_DEMO = _ROOT / "examples" / "simple.py"
_HOST = "127.0.0.1"
_PORTS = range(8080, 8100)
_PATIENCE = 30.0
"""Seconds that the demo application may take until it answers."""

# Names of [dependency-groups] in pyproject.toml, by command.
_GROUPS = {"demo": (), "test": ("test", "browser", "scan"), "nox": ("nox",)}
# What would send pip or Python elsewhere than into .venv.
_FOREIGN = ("PIP_PREFIX", "PIP_TARGET", "PIP_USER", "PYTHONHOME", "PYTHONPATH")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - said in words to older ones
        print("PoorWSGI needs Python 3.11 or later; this is", sys.version.split()[0])
        return 1
    command, rest = _parse(sys.argv[1:] if arguments is None else arguments)
    try:
        _prepare(_GROUPS[command])
    except subprocess.CalledProcessError as error:
        print("Setting up failed:", *error.cmd, file=sys.stderr)
        return 1
    if command == "demo":
        return _run_demo()
    module = {"test": "pytest", "nox": "nox"}[command]
    return _run("-m", module, *rest)


def _parse(arguments: list[str]) -> tuple[str, list[str]]:
    """Divide the arguments into the command and what is handed on."""
    parser = argparse.ArgumentParser(
        usage="%(prog)s [-h] {demo,test,nox} [...]",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=list(_GROUPS))
    if not arguments:
        parser.print_help(sys.stderr)
        raise SystemExit(2)
    command = parser.parse_args(arguments[:1]).command
    rest = arguments[1:]
    if command == "demo":
        # It takes nothing but --help; the others have a help of their own.
        argparse.ArgumentParser(
            prog=f"{parser.prog} demo",
            description="Start the demo application and open it in a browser.",
        ).parse_args(rest)
    return command, rest


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in _FOREIGN}
    scripts = str(_PYTHON.parent)
    path = os.pathsep.join([scripts, kept.get("PATH", os.defpath)])
    return {**kept, "PATH": path, "VIRTUAL_ENV": str(_VENV)}


def _run(*arguments: str) -> int:
    """Run Python of ``.venv`` in the checkout; returns its exit status."""
    return subprocess.run(  # noqa: S603 - our own interpreter
        [_PYTHON, *arguments], check=False, cwd=_ROOT, env=_environment()
    ).returncode


def _check_run(*arguments: str) -> None:
    subprocess.run(  # noqa: S603 - our own interpreter
        [_PYTHON, *arguments], check=True, cwd=_ROOT, env=_environment()
    )


def _prepare(groups: tuple[str, ...]) -> None:
    """Bring ``.venv`` into the state that the groups need."""
    fingerprint = _build_fingerprint()
    ready = _read_stamp(fingerprint)
    if ready is not None and ready.issuperset(groups):
        return
    if not _is_usable():
        print(f"Making {_VENV.name} with Python {sys.version.split()[0]} ...")
        _remove(_VENV)
        subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "venv", _VENV], check=True
        )
    _STAMP.unlink(missing_ok=True)
    wanted = sorted({*groups, *(ready or ())})
    print("Installing the packages and", ", ".join(wanted) or "nothing else", "...")
    _install(wanted)
    _STAMP.write_text(json.dumps({"fingerprint": fingerprint, "groups": wanted}))


def _install(groups: list[str]) -> None:
    # What is imported is compiled then; most of what is installed never is.
    options = ("--quiet", "--no-compile", "--disable-pip-version-check")
    pip = ("-m", "pip", "install", *options)
    # The build backend goes first, once, instead of into five build environments,
    # with a pip that looks for the rest three times as fast as that of Python 3.11.
    _check_run(*pip, "hatchling>=1.32", "pip>=25")
    table = _read_groups()
    packages = [str(path.parent) for path in _projects()]
    editable = [argument for path in packages for argument in ("-e", path)]
    requirements = [item for group in groups for item in table[group]]
    _check_run(*pip, "--no-build-isolation", *editable, *requirements)


def _projects() -> list[Path]:
    return sorted(_ROOT.glob("packages/*/pyproject.toml"))


def _read_groups() -> dict[str, list[str]]:
    import tomllib

    text = (_ROOT / "pyproject.toml").read_text("utf-8")
    groups: dict[str, list[str]] = tomllib.loads(text)["dependency-groups"]
    return groups


def _build_fingerprint() -> str:
    """Return a digest of all that an installation depends on."""
    digest = hashlib.sha256(f"{sys.version} {_ROOT}".encode())
    for path in (Path(__file__), _ROOT / "VERSION", _ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    for project in _projects():
        digest.update(project.read_bytes())
    return digest.hexdigest()


def _read_stamp(fingerprint: str) -> set[str] | None:
    """Return the groups that are installed, or None when nothing is sure."""
    try:
        stamp = json.loads(_STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if stamp.get("fingerprint") != fingerprint or not _is_usable():
        return None
    return set(stamp["groups"])


def _is_usable() -> bool:
    """Say whether ``.venv`` runs, has pip and is of this Python."""
    code = "import sys, pip; print(sys.version)"
    try:
        answer = subprocess.run(  # noqa: S603 - our own interpreter
            [_PYTHON, "-c", code],
            capture_output=True,
            check=True,
            env=_environment(),
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.strip() == sys.version.strip()


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def _run_demo() -> int:
    port = _find_port()
    address = f"http://{_HOST}:{port}/"
    print(f"The demo application: {address}   (Ctrl+C ends it)", flush=True)
    with subprocess.Popen(  # noqa: S603 - our own interpreter and example
        [_PYTHON, _DEMO, f"{_HOST}:{port}"], cwd=_ROOT, env=_environment()
    ) as server:
        opener = threading.Thread(target=_open, args=(server, port, address))
        opener.daemon = True
        opener.start()
        # Whoever ends this command ends the application too.
        signal.signal(signal.SIGTERM, partial(_terminate, server))
        try:
            return server.wait()
        except KeyboardInterrupt:
            server.terminate()
            return 0


def _terminate(server: subprocess.Popen[bytes], *_: object) -> None:
    server.terminate()


def _open(server: subprocess.Popen[bytes], port: int, address: str) -> None:
    """Open the browser as soon as the application answers."""
    deadline = time.monotonic() + _PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((_HOST, port)) == 0:
                break
        time.sleep(0.1)
    else:
        if server.poll() is None:
            print(f"It does not answer after {_PATIENCE:.0f} s.", flush=True)
        return
    if not _has_display() or not webbrowser.open(address):
        print(f"No browser to open here: please open {address} yourself.", flush=True)


def _has_display() -> bool:
    # Without one, webbrowser would take a text browser and seize the terminal.
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _find_port() -> int:
    """Return the first port that nobody listens on."""
    for port in _PORTS:
        with socket.socket() as probe:
            if probe.connect_ex((_HOST, port)) != 0:
                return port
    raise SystemExit(f"All ports from {_PORTS.start} to {_PORTS.stop - 1} are taken.")


if __name__ == "__main__":
    sys.exit(main())
