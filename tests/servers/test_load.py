"""Load with faults, the short form of ``nox -s load``."""

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from loading import Load, Sample, find_growth, measure, run_loaded
from serving import KINDS, Server, is_there

NAME = "gunicorn-threads"
HALF = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + bytes(
    1_500_000
)
HEAD = (
    b"POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
)


@pytest.fixture(scope="module")
def server(need: Callable[[str, object], None]) -> Iterator[Server]:
    """Run gunicorn with threads."""
    need("servers", is_there(KINDS[NAME]))
    need("/proc", Path("/proc/thread-self/children").exists())
    with (
        tempfile.TemporaryDirectory(prefix="poorwsgi-") as folder,
        run_loaded(NAME, Path(folder)) as running,
    ):
        yield running


def wait_for(check: Callable[[], bool]) -> bool:
    """Wait until something holds; tells whether it does in the end."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not check():
        time.sleep(0.05)
    return check()


def test_mixed_load_with_bad_clients(server: Server) -> None:
    """No client causes 5xx or spoils another's answer, and nothing is left behind."""
    load, start = Load(server), time.monotonic()
    load.run(1.5)
    time.sleep(0.5)
    first = measure(server, start)
    load.run(2.0)

    def find_kept() -> list[str]:
        # Memory needs more time to tell.
        last = measure(server, start)._replace(kilobytes=0)
        return find_growth(first, last)

    assert dict(load.faults) == {}
    assert sum(load.counts.values()) > 50
    assert wait_for(lambda: find_kept() == [])


@pytest.mark.parametrize(
    ("name", "most"),
    [("descriptors", 18), ("threads", 9), ("files", 0), ("kilobytes", 9292)],
)
def test_growth_is_told(name: str, most: int) -> None:
    """What is more than chance explains is named."""
    first = Sample(0, 10, 5, 0, 1000)
    assert find_growth(first, first._replace(**{name: most})) == []
    assert find_growth(first, first._replace(**{name: most + 1})) == [name]


def test_killed_worker_leaves_no_temporary_file(server: Server) -> None:
    """Not even in the middle of uploads, and another one serves on."""
    told = json.loads(server.request("/process").body)

    def count_open() -> int:
        files = Path(f"/proc/{told['pid']}/fd").iterdir()
        return sum(str(file.resolve()).startswith(told["temporary"]) for file in files)

    before = count_open()
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(server.connect()).send(HEAD + HALF)
        assert wait_for(lambda: count_open() >= before + 3)
        os.kill(told["pid"], signal.SIGKILL)
        left = stack.enter_context(server.connect())
        assert left.request("/text").body == b"text"
    assert json.loads(server.request("/process").body)["pid"] != told["pid"]
    assert list(Path(told["temporary"]).iterdir()) == []
