"""The commands of docs/guide/deployment.md start what they say."""

import os
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from serving import Connection, find_port, run_process

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "deployment.md"
TEXT = PAGE.read_text("utf-8")
COMMANDS = dict(
    re.findall(r"^\| (\w+) \| [^|]+ \| `([^`]+hello:app[^`]*)` \|$", TEXT, re.MULTILINE)
)


def test_each_server_has_a_command() -> None:
    """The table was found, whole."""
    names = ["gunicorn", "uWSGI", "waitress", "granian", "cheroot", "embedded"]
    assert list(COMMANDS) == names


@pytest.mark.parametrize("name", COMMANDS)
def test_command(
    name: str, need: Callable[[str, object], None], tmp_path: Path
) -> None:
    """It serves the application of the page, which gets the variables given."""
    code = re.findall(r"\*\*hello.py\*\*\n\n```python\n(.+?)```", TEXT, re.DOTALL)
    (tmp_path / "hello.py").write_text(code[0])
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "style.css").write_text("body { }")
    port, scripts = find_port(), Path(sys.executable).parent
    words = shlex.split(COMMANDS[name].replace("8000", str(port)))
    if not (scripts / "uwsgi").exists():  # the wheel has it under another name
        words = ["pyuwsgi" if word == "uwsgi" else word for word in words]
    program = next(word for word in words if "=" not in word)
    need("servers", (scripts / program).exists())
    path = os.pathsep.join([str(scripts), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path}
    with run_process(["env", *words], port, tmp_path / "server.log", environment):
        with Connection(port) as connection:
            assert connection.request("/").body == b"Ahoy"
        with Connection(port) as connection:
            assert connection.request("/style.css").body == b"body { }"
