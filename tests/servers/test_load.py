"""Load with faults, the short form of ``nox -s load``."""

import json
import os
import signal
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from loading import Load, run_loaded
from measuring import Processes, Sample, find_growth
from serving import KINDS, Server, is_there

NAME = "gunicorn-threads"
HALF = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + bytes(
    1_500_000
)
PIECE = 50_000
CONTENT = os.urandom(30 * PIECE)
TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
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
    load, processes = Load(server), Processes(server)
    load.run(1.5)
    time.sleep(0.5)
    first = processes.measure()
    load.run(2.0)

    def find_kept() -> list[str]:
        # Memory needs more time to tell.
        last = processes.measure()._replace(kilobytes=0)
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


class Uploader:
    """Sends a file in pieces, and goes on where the server says that it broke off.

    Attributes:
        offset: what has been answered for.
        broken: answers that never came.
        lost: bytes that were answered for, and aren't there.
    """

    def __init__(self, server: Server, name: str) -> None:
        self._base = f"http://127.0.0.1:{server.port}"
        names = {"Upload-Metadata": f"filename {b64encode(name.encode()).decode()}"}
        head = {**TUS, **names, "Upload-Length": str(len(CONTENT))}
        begun = requests.post(f"{self._base}/uploads", headers=head, timeout=20)
        self._place = begun.headers["Location"]
        self.offset = 0
        self.broken = 0
        self.lost = 0

    def run(self) -> None:
        """Send all of it."""
        while self.offset < len(CONTENT):
            try:
                self._send_piece()
            except requests.ConnectionError:
                self.broken += 1
                self._ask()

    def _send_piece(self) -> None:
        piece = CONTENT[self.offset : self.offset + PIECE]
        head = {**TUS, "Upload-Offset": str(self.offset)}
        url = self._base + self._place
        answer = requests.patch(url, piece, headers=head, timeout=20)
        if answer.status_code in {200, 204}:
            self.offset += len(piece)
        else:
            self._ask()

    def _ask(self) -> None:
        answer = requests.head(self._base + self._place, headers=TUS, timeout=20)
        kept = int(answer.headers["Upload-Offset"])
        self.lost += max(0, self.offset - kept)
        self.offset = kept


def test_killed_worker_loses_no_answered_request(server: Server) -> None:
    """What a client was told is kept, and it goes on from there with another worker."""
    uploaders = [Uploader(server, f"{number}.bin") for number in range(3)]
    threads = [threading.Thread(target=each.run) for each in uploaders]
    for thread in threads:
        thread.start()
    killed: set[int] = set()
    for pieces in (15, 30, 45):
        assert wait_for(lambda: sum(u.offset for u in uploaders) >= pieces * PIECE)  # noqa: B023 - called at once
        told = json.loads(server.request("/process").body)
        killed.add(told["pid"])
        os.kill(told["pid"], signal.SIGKILL)
    for thread in threads:
        thread.join()
    assert len(killed) == 3
    assert sum(each.broken for each in uploaders) > 0
    assert [each.lost for each in uploaders] == [0, 0, 0]
    saved = [(server.www.parent / "upload" / f"{n}.bin").read_bytes() for n in range(3)]
    assert saved == [CONTENT, CONTENT, CONTENT]
    assert list(Path(told["temporary"]).iterdir()) == []
