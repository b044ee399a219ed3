"""The example tracker as its compose.yaml has it: nginx, two workers and Redis."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import requests
from nginx import CONFIGURATION, find_nginx
from redis_server import run_redis
from serving import find_port, run_process

EXAMPLES = Path(__file__).parents[2] / "examples"
TRACKER = EXAMPLES / "tracker"
PASSWORD = "correct horse"


def read_command(port: int) -> list[str]:
    """Return the command of the Dockerfile, for a port of this machine."""
    text = (TRACKER / "Dockerfile").read_text().replace("\\\n", "")
    found = text.partition("\nCMD ")[2].replace("0.0.0.0:8000", f"127.0.0.1:{port}")
    command: list[str] = json.loads(found)
    return [sys.executable, "-m", *command]


@contextmanager
def run_tracker(folder: Path) -> Generator[tuple[str, str]]:
    """Run all parts; gives the address of nginx, and ann's key."""
    ports = {"one": find_port(), "two": find_port()}
    text = (TRACKER / "nginx.conf").read_text()
    for name, port in ports.items():
        text = text.replace(f"{name}:8000", f"127.0.0.1:{port}")
    front = find_port()
    text = text.replace("listen 80;", f"listen 127.0.0.1:{front};")
    conf = folder / "nginx.conf"
    conf.write_text(CONFIGURATION.format(folder=folder, server=text))
    with ExitStack() as stack:
        environment = {
            **os.environ,
            "PYTHONPATH": str(EXAMPLES),
            "app_data": str(folder / "data"),
            "app_redis": stack.enter_context(run_redis()).url,
            "app_hosts": "127.0.0.1",
            "app_proxies": "127.0.0.1",
        }
        for name, port in ports.items():
            log = folder / f"{name}.log"
            stack.enter_context(run_process(read_command(port), port, log, environment))
        added = subprocess.run(
            [sys.executable, "-m", "tracker", "ann"],
            capture_output=True,
            check=True,
            env=environment,
            input=PASSWORD,
            text=True,
        )
        nginx = [str(find_nginx()), "-e", "stderr", "-p", str(folder), "-c", str(conf)]
        stack.enter_context(run_process(nginx, front, folder / "nginx.log", os.environ))
        yield f"http://127.0.0.1:{front}", added.stdout.split()[-1]


def find_token(answer: requests.Response) -> dict[str, str]:
    """Return what the forms of a page carry."""
    found = re.search('name="csrf_token" value="([0-9a-f]+)"', answer.text)
    assert found is not None
    return {"csrf_token": found[1]}


def log_in(session: Any, url: str) -> None:
    """Send the form of the login."""
    session.trust_env = False
    form = find_token(session.get(f"{url}/login", timeout=20))
    answer = session.post(
        f"{url}/login", {"name": "ann", "password": PASSWORD, **form}, timeout=20
    )
    assert "Log out ann" in answer.text


def watch(session: Any, url: str, key: str) -> dict[str, Any]:
    """Open a stream, then an issue, and return what the stream tells of it."""
    with session.get(f"{url}/changes", stream=True, timeout=20) as stream:
        lines = stream.iter_lines(1)
        assert next(lines) == b":"
        sent = {"X-API-Key": key}
        issue = {"title": "It leaks"}
        added = session.post(
            f"{url}/api/v1/issues", json=issue, headers=sent, timeout=20
        )
        assert added.status_code == 201
        line = next(line for line in lines if line.startswith(b"data: "))
        told: dict[str, Any] = json.loads(line[6:])
        return told


def attach(session: Any, url: str, content: bytes) -> bytes:
    """Upload a file, and return what comes back."""
    form = find_token(session.get(f"{url}/issues/1", timeout=20))
    page = session.post(
        f"{url}/issues/1/files", form, files={"file": ("a.bin", content)}, timeout=20
    )
    found = re.search('href="(/issues/1/files/[0-9a-f]+)"', page.text)
    assert found is not None
    received: bytes = session.get(url + found[1], timeout=20).content
    return received


def test_two_workers(tmp_path: Path, need: Callable[[str, object], None]) -> None:
    """Whichever answers, it is one tracker: logins, changes, files, limits."""
    need("nginx", find_nginx())
    need("redis", shutil.which("redis-server"))
    need("servers", find_spec("gunicorn"))
    content = bytes(range(256)) * 8192
    with run_tracker(tmp_path) as (url, key), requests.Session() as session:
        log_in(session, url)
        assert watch(session, url, key)["text"] == "It leaks"
        assert attach(session, url, content) == content
        pages = [session.get(f"{url}/issues/1", timeout=20).text for _ in range(4)]
        assert all("Log out ann" in page for page in pages)
        # Were each worker to count for itself, twenty would be let in.
        tried = [
            session.post(f"{url}/login", timeout=20).status_code for _ in range(12)
        ]
        assert {*tried} == {403, 429}
    for name in ("one", "two"):
        assert '"target": "/issues/1"' in (tmp_path / f"{name}.log").read_text("utf-8")
