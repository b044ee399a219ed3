"""What the processes of a server hold, as Linux tells it, and whether that grows."""

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from serving import Server

__all__ = ["Processes", "Sample", "find_growth", "watch"]


class Sample(NamedTuple):
    """What the processes of a server hold.

    Attributes:
        seconds: since the first sample.
        descriptors: open files and sockets.
        threads: of all processes.
        files: temporary ones.
        kilobytes: of memory, shared ones counted in each process.
    """

    seconds: int
    descriptors: int
    threads: int
    files: int
    kilobytes: int


class Processes:
    """The processes of a server that runs ``loaded``, whoever they are by now."""

    def __init__(self, server: Server) -> None:
        told: dict[str, Any] = json.loads(server.request("/process").body)
        self._parent = Path("/proc", str(told["parent"]))
        self._temporary = Path(told["temporary"])
        self._start = time.monotonic()

    def measure(self) -> Sample:
        """Measure them now.

        Raises:
            OSError: one of them has just ended.
        """
        processes = [self._parent]
        for task in self._parent.glob("task/*/children"):
            processes += [Path("/proc", pid) for pid in task.read_text().split()]
        status = [(process / "status").read_text() for process in processes]
        return Sample(
            round(time.monotonic() - self._start),
            sum(len([*(process / "fd").iterdir()]) for process in processes),
            sum(_read_number(text, "Threads:") for text in status),
            sum(path.is_file() for path in self._temporary.rglob("*")),
            sum(_read_number(text, "VmRSS:") for text in status),
        )


def _read_number(text: str, name: str) -> int:
    return int(text.partition(name)[2].split(None, 1)[0])


@contextmanager
def watch(processes: Processes) -> Generator[list[Sample]]:
    """Measure each second until the end of the block; gives what was measured."""
    samples: list[Sample] = []
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(1):
            with suppress(OSError):
                samples.append(processes.measure())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()


def find_growth(first: Sample, last: Sample) -> list[str]:
    """Name what has grown, by more than chance."""
    most = first._replace(
        descriptors=first.descriptors + 8,
        threads=first.threads + 4,
        files=0,
        kilobytes=first.kilobytes * 11 // 10 + 8192,
    )
    names = ("descriptors", "threads", "files", "kilobytes")
    return [name for name in names if getattr(last, name) > getattr(most, name)]
