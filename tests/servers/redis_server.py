"""Redis for the tests: how to run one that keeps nothing, and how to spoil it."""

import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

__all__ = ["Redis", "run_redis"]


class Redis:
    """A Redis at a socket in a folder; everything is forgotten when it stops.

    Attributes:
        url: its address, the same after a new start.
    """

    def __init__(self, folder: str) -> None:
        path = str(Path(folder, "redis.sock"))
        options = ["--port", "0", "--unixsocket", path, "--save", "", "--dir", folder]
        self._command = ["redis-server", *options]
        self._client: Any = redis.Redis(unix_socket_path=path)
        self.url = f"unix://{path}"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers.

        Raises:
            RuntimeError: it doesn't in time.
        """
        self._process = subprocess.Popen(self._command, stdout=-3)  # noqa: S603 - the caller has found it
        _wait_until_ready(self._client)

    def stop(self) -> None:
        """End its process."""
        self._process.send_signal(signal.SIGCONT)
        self._process.terminate()
        self._process.wait()

    def pause(self) -> None:
        """Let it answer nobody; connections stay open."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End a pause."""
        self._process.send_signal(signal.SIGCONT)

    def fill(self) -> None:
        """Leave it no room; it reads, and refuses to write."""
        self._client.config_set("maxmemory-policy", "noeviction")
        self._client.config_set("maxmemory", 1)

    def make_room(self) -> None:
        """Let it write again."""
        self._client.config_set("maxmemory", 0)

    def close(self) -> None:
        """Stop it, and close what asks it."""
        self.stop()
        self._client.close()


@contextmanager
def run_redis() -> Generator[Redis]:
    """Run a Redis until the end of the block."""
    # Not pytest's folder: the path of a socket has some hundred characters at most.
    with tempfile.TemporaryDirectory() as folder:
        server = Redis(folder)
        try:
            yield server
        finally:
            server.close()


def _wait_until_ready(client: Any) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            client.ping()
        except redis.ConnectionError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("Redis doesn't answer")
