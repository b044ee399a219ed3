"""Multipart forms: beside the library ours is built on, hostile ones, and memory."""

from contextlib import ExitStack

from bodies import BODIES, FLOODS
from contenders import OURS, Contender, Worker
from measures import Measure

__all__ = ["PARSERS", "measure_forms"]

PARSERS = [
    OURS,
    Contender("multipart", "multipart", "multipart"),
    Contender("Werkzeug", "werkzeug", "werkzeug"),
]
"""Whose parsers are measured."""

_SCRIPT = "form_worker.py"
_LARGE = 1074  # MB, which is 1 GiB


def measure_forms(rounds: int) -> list[Measure]:
    """Parse forms, each in turns.

    Raises:
        SystemExit: one finds other fields or files.
    """
    for parser in PARSERS:
        parser.prepare()
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(each, _SCRIPT)) for each in PARSERS]
        _check(workers)
        beside = [_compare(workers, name, rounds) for name in BODIES]
        ours = workers[0]
        slowest = max(FLOODS, key=lambda name: _time(ours, name))
        flood = _time(ours, slowest) * 1000 / (FLOODS[slowest].size / 1e6)
        growth = ours.ask({"growth": _LARGE}) / 2**20
    return [
        *beside,
        Measure("slowest hostile form", flood, 10, "ms/MB", slowest),
        Measure("growth by an upload of 1 GiB", growth, 8, "MiB"),
    ]


def _check(workers: list[Worker]) -> None:
    for worker in workers:
        for name, body in BODIES.items():
            found = worker.ask({"check": name})
            if found != [body.fields, body.files]:
                raise SystemExit(f"{worker.contender.name}, {body.title}: {found}")


def _time(worker: Worker, name: str) -> float:
    return min(worker.ask({"body": name}) for _ in range(3))


def _compare(workers: list[Worker], name: str, rounds: int) -> Measure:
    """Return the time of ours in that of the library, and what the others took."""
    best = dict.fromkeys((each.contender.name for each in workers), float("inf"))
    for round_ in range(rounds):
        start = round_ % len(workers)
        for worker in workers[start:] + workers[:start]:
            key = worker.contender.name
            best[key] = min(best[key], worker.ask({"body": name}) * 1000)
    ours, library, other = (best[each.name] for each in PARSERS)
    note = f"{ours:.1f} / {library:.1f} ms, Werkzeug {other:.1f}"
    title = f"{BODIES[name].title} / multipart"
    versions = {each.name: each.read_version() for each in PARSERS}
    return Measure(title, ours / library, 1.15, "x", note, best, versions)
