"""What workers of gunicorn hold, one to eight of them, with and without --preload.

Usage::

    python bench/workers.py

The application is that of the load test, with a bit of everything.  A page that some
processes share counts in each by its part (the proportional set size of Linux).
"""

import json
import sys
import tempfile
from pathlib import Path

from serving import Kind, Server, run_server

__all__ = ["main", "measure"]

_COUNTS = (1, 2, 4, 8)
_REQUESTS = ("/text", "/session", "/v1/pets?limit=3", "/gone")
_ROUNDS = 200


def main() -> None:
    """Print a table."""
    print("workers of gunicorn, MB of memory in all")
    for options in ("", "--preload"):
        figures = [f"{count}: {measure(count, options):.0f}" for count in _COUNTS]
        print(f"{options or 'plain':10}", "  ".join(figures))


def measure(count: int, options: str) -> float:
    """Return the megabytes of so many workers and their master, after requests."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "www").mkdir()
        command = f"--workers {count} --threads 2 --no-control-socket {options}"
        kind = Kind(
            lambda place: [
                *(sys.executable, "-m", "gunicorn", "--bind"),
                *(f"127.0.0.1:{place.port}", *command.split(), place.application),
            ]
        )
        with run_server("own", Path(folder), "loaded:app", {"own": kind}) as server:
            for _ in range(_ROUNDS):
                for path in _REQUESTS:
                    server.request(path)
            return _read_memory(server)


def _read_memory(server: Server) -> float:
    parent = Path("/proc", str(json.loads(server.request("/process").body)["parent"]))
    processes = [parent]
    for task in parent.glob("task/*/children"):
        processes += [Path("/proc", pid) for pid in task.read_text().split()]
    texts = [(process / "smaps_rollup").read_text() for process in processes]
    return sum(int(text.partition("\nPss:")[2].split()[0]) for text in texts) / 1024


if __name__ == "__main__":
    main()
