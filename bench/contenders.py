"""Who is measured, and the environment of each.

Each has a virtual environment of its own in build/bench, made when it is missing and
kept until its requirement or the Python changes. Ours is what the interpreter that
runs the benchmark has installed (nox: the built wheels), else the checkout's sources.
"""

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

__all__ = ["BARE", "CONTENDERS", "OURS", "PUBLISHED", "Contender", "Worker"]

_BENCH = Path(__file__).resolve().parent
_ROOT = _BENCH.parent
_VENVS = _ROOT / "build" / "bench"
_SOURCES = os.pathsep.join(str(path) for path in sorted(_ROOT.glob("packages/*/src")))


@dataclass(frozen=True)
class Contender:
    """One application that is measured.

    Attributes:
        name: as the table shows it.
        app: module ``apps/with_<app>.py``.
        requirement: what pip installs, nothing for the running interpreter.
    """

    name: str
    app: str
    requirement: str = ""

    @property
    def folder(self) -> Path:
        """Folder of the virtual environment."""
        return _VENVS / self.name.lower().replace(" ", "-")

    @property
    def python(self) -> str:
        """Interpreter that the contender runs on."""
        if not self.requirement:
            return sys.executable
        scripts = "Scripts" if os.name == "nt" else "bin"
        return str(self.folder / scripts / "python")

    @property
    def environment(self) -> dict[str, str]:
        """Environment of its processes."""
        # Whoever measures imports measures those of compiled modules, as pip has them.
        dropped = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
        kept = {k: v for k, v in os.environ.items() if k not in dropped}
        if self is OURS and not _is_installed():
            kept["PYTHONPATH"] = _SOURCES
        return {**kept, "PYTHONHASHSEED": "0"}

    def prepare(self) -> None:
        """Make the virtual environment, unless it is ready."""
        if not self.requirement:
            return
        stamp, content = self.folder / "ready", f"{self.requirement} {sys.version}"
        if stamp.exists() and stamp.read_text("utf-8") == content:
            return
        print(f"Installing {self.requirement} ...", file=sys.stderr)
        venv.create(self.folder, clear=True, with_pip=True)
        pip = [self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, self.requirement], check=True)  # noqa: S603 - from below
        stamp.write_text(content, "utf-8")

    def run(self, code: str) -> str:
        """Run some code in a fresh process and return what it prints."""
        return subprocess.run(  # noqa: S603 - the contender's interpreter
            [self.python, "-c", code],
            capture_output=True,
            check=True,
            env=self.environment,
            text=True,
        ).stdout

    def read_version(self) -> str:
        """Return the version, and where ours comes from."""
        if self is BARE:
            return sys.version.split()[0]
        if self is OURS:
            where = "installed" if _is_installed() else "sources of the checkout"
            return f"{(_ROOT / 'VERSION').read_text('utf-8').strip()}, {where}"
        return self.read_version_of(self.requirement.partition("==")[0])

    def read_version_of(self, package: str) -> str:
        """Return the version of a package in the contender's environment."""
        code = f"from importlib.metadata import version; print(version({package!r}))"
        return self.run(code).strip()


def _is_installed() -> bool:
    # In isolation, so that a PYTHONPATH of the caller doesn't count.
    command = [sys.executable, "-I", "-c", "import poorwsgi_core"]
    return not subprocess.run(command, check=False, capture_output=True).returncode  # noqa: S603


BARE = Contender("bare WSGI", "bare")
OURS = Contender("PoorWSGI", "poorwsgi")
PUBLISHED = Contender("PoorWSGI 2.8.1", "poorwsgi", "poorwsgi==2.8.1")
CONTENDERS = [
    BARE,
    OURS,
    Contender("wheezy.web", "wheezy", "wheezy.web"),
    Contender("Falcon", "falcon", "falcon"),
    Contender("Bottle", "bottle", "bottle"),
    Contender("Pyramid", "pyramid", "pyramid"),
    Contender("Flask", "flask", "flask"),
    PUBLISHED,
]


class Worker:
    """A process that measures one contender when it is told to.

    Args:
        contender: who is measured.
        script: what runs in its interpreter.
        *options: further arguments of the script.
    """

    def __init__(
        self, contender: Contender, script: str = "worker.py", *options: int
    ) -> None:
        self.contender = contender
        command = [contender.python, str(_BENCH / script), contender.app]
        self._process = subprocess.Popen(  # noqa: S603 - the contender's interpreter
            [*command, *map(str, options)],
            env=contender.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def ask(self, command: object) -> Any:
        """Send a command, as JSON, and return the answer.

        Raises:
            RuntimeError: the worker has ended.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The worker has no pipes")
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The worker of {self.contender.name} has ended")
        return json.loads(line)
