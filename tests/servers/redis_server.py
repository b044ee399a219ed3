"""Redis for the tests: how to run one that keeps nothing."""

import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

__all__ = ["run_redis"]


@contextmanager
def run_redis() -> Generator[str]:
    """Run a Redis until the end of the block; gives the address of its socket.

    Raises:
        RuntimeError: it doesn't answer in time.
    """
    # Not pytest's folder: the path of a socket has some hundred characters at most.
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "redis.sock"))
        options = ["--port", "0", "--unixsocket", path, "--save", "", "--dir", folder]
        with subprocess.Popen(["redis-server", *options], stdout=-3) as process:  # noqa: S603, S607 - the caller has found it
            try:
                _wait_until_ready(path)
                yield f"unix://{path}"
            finally:
                process.terminate()


def _wait_until_ready(path: str) -> None:
    deadline = time.monotonic() + 15
    client: Any
    with redis.Redis(unix_socket_path=path) as client:
        while time.monotonic() < deadline:
            try:
                client.ping()
            except redis.ConnectionError:
                time.sleep(0.02)
            else:
                return
    raise RuntimeError("Redis doesn't answer")
