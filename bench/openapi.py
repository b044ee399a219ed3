"""What validation by a document costs, beside its peers: one handler, in process.

Usage::

    python bench/openapi.py [--rounds N] [--only NAME ...] [--json FILE] [--write]

Every contender runs in a process and an environment of its own, see contenders.py.
All are measured in turns, and the least time of each counts.
"""

import argparse
import json
import shlex
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from contenders import Contender, Worker
from figures import keep
from openapi_document import REQUESTS

__all__ = ["main"]

_SCRIPT = "openapi_worker.py"
_ROUND = 0.02
"""Seconds that a round of one contender takes, about."""


@dataclass(frozen=True)
class Peer(Contender):
    """A contender that may need several distributions."""

    def prepare(self) -> None:
        """Make the virtual environment, unless it is ready."""
        stamp = self.folder / "ready-openapi"
        if not self.requirement or stamp.exists():
            return
        first, *others = shlex.split(self.requirement)
        Contender(self.name, self.app, first).prepare()
        pip = [self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, first, *others], check=True)  # noqa: S603 - from below
        stamp.touch()


OURS = Peer("poorwsgi-openapi", "poorwsgi")
PEERS = [
    OURS,
    Peer("poorwsgi-openapi, code first", "code"),
    Peer("poorwsgi-core, unchecked", "plain"),
    Peer("spectree + Falcon", "spectree", "spectree falcon pydantic"),
    Peer("connexion + a2wsgi", "connexion", "connexion a2wsgi uvicorn"),
    Peer("openapi-core + Falcon", "falcon", "'openapi-core[falcon]==0.23.1' falcon"),
    Peer("openapi-core + Flask", "flask", "'openapi-core[flask]==0.23.1' flask"),
    Peer("pyramid_openapi3", "pyramid", "pyramid_openapi3 pyramid 'setuptools<81'"),
]


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; returns the exit status."""
    parser = argparse.ArgumentParser(description="Measure validation by a document.")
    parser.add_argument("--rounds", type=int, default=20, help="default: %(default)s")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="peers to measure")
    parser.add_argument("--json", metavar="FILE", help="write the numbers to a file")
    parser.add_argument(
        "--write", action="store_true", help="keep the numbers, and renew the page"
    )
    options = parser.parse_args(arguments)
    if options.write and options.only:
        parser.error("--write needs all peers")
    chosen = [
        peer
        for peer in PEERS
        if not options.only or any(name in peer.name for name in options.only)
    ]
    for peer in chosen:
        peer.prepare()
    report = {"requests": _measure_peers(chosen, options.rounds)}
    if OURS in chosen:
        report["scale"] = {"paths": _measure_scale(options.rounds)}
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    if options.write:
        keep("openapi", {"rounds": options.rounds, **report})
    return 0


def _measure_peers(peers: list[Peer], rounds: int) -> dict[str, dict[str, float]]:
    results: dict[str, dict[str, float]] = {}
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(peer, _SCRIPT)) for peer in peers]
        for title in REQUESTS:
            best, statuses = _measure(workers, title, rounds)
            results[title] = best
            print(f"\n{title}")
            for name, microseconds in sorted(best.items(), key=lambda pair: pair[1]):
                times = microseconds / best.get(OURS.name, microseconds)
                print(
                    f"  {name:<26}{microseconds:9.1f} us  {times:7.1f} x"
                    f"   {statuses[name]}"
                )
    return results


def _measure(
    workers: list[Worker], title: str, rounds: int
) -> tuple[dict[str, float], dict[str, int]]:
    numbers: dict[str, int] = {}
    statuses: dict[str, int] = {}
    for worker in workers:
        worker.ask([title, 20])
        answer = worker.ask([title, 20])
        statuses[worker.contender.name] = answer["status"]
        seconds = answer["microseconds"] / 1e6
        numbers[worker.contender.name] = max(int(_ROUND / seconds), 10)
    best = dict.fromkeys(numbers, float("inf"))
    for round_ in range(rounds):
        start = round_ % len(workers)
        for worker in workers[start:] + workers[:start]:
            name = worker.contender.name
            answer = worker.ask([title, numbers[name]])
            best[name] = min(best[name], answer["microseconds"])
    return best, statuses


def _measure_scale(rounds: int) -> dict[str, dict[str, float]]:
    """Compare documents of 10 and of 1,000 paths."""
    found: dict[str, dict[str, float]] = {}
    with ExitStack() as stack:
        workers = {n: stack.enter_context(Worker(OURS, _SCRIPT, n)) for n in (10, 1000)}
        for title in REQUESTS:
            best = dict.fromkeys(workers, float("inf"))
            for _ in range(rounds):
                for number, worker in workers.items():
                    answer = worker.ask([title, 1000])
                    best[number] = min(best[number], answer["microseconds"])
                    found.setdefault("start in s", {})[str(number)] = answer["start"]
            found[title] = {str(number): value for number, value in best.items()}
            ratio = best[1000] / best[10]
            print(f"\n{title}: 1,000 paths cost {ratio:.3f} times 10 paths")
    print(f"\nStart with 1,000 paths: {found['start in s']['1000']:.3f} s")
    return found


if __name__ == "__main__":
    sys.exit(main())
