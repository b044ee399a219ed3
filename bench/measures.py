"""Measurements that are ours alone: scale, import time, memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contenders import CONTENDERS, OURS, Worker

__all__ = [
    "Measure",
    "measure_imports",
    "measure_memory",
    "measure_scale",
]

_FEW, _MANY = 10, 10_000
_REQUESTS = 3000
_TIME_IMPORT = (
    "import time; start = time.perf_counter(); from {} import *; "
    "print(time.perf_counter() - start)"
)


@dataclass
class Measure:
    """One result with its target.

    Attributes:
        title: what was measured.
        value: number that the target is about.
        target: the largest value that is good.
        unit: unit of both.
        note: the numbers behind it.
        numbers: what contenders took, where a table of them is shown.
        versions: versions of these.
    """

    title: str
    value: float
    target: float
    unit: str = ""
    note: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        """Whether the target is met."""
        return self.value <= self.target


def measure_scale(worker: Worker) -> Measure:
    """Compare a request among many pattern routes with one among few."""
    few, many = worker.ask({"scale": [_FEW, _MANY]})
    note = f"{many * 1e6:.2f} / {few * 1e6:.2f} us"
    return Measure(f"{_MANY} pattern routes / {_FEW}", many / few, 1.3, "x", note)


def measure_imports(rounds: int) -> list[Measure]:
    """Import core, the bundle and Bottle with all names, in fresh processes."""
    bottle = next(each for each in CONTENDERS if each.app == "bottle")
    modules = ((OURS, "poorwsgi_core"), (OURS, "poorwsgi"), (bottle, "bottle"))
    seconds = [
        [float(who.run(_TIME_IMPORT.format(module))) for who, module in modules]
        for _ in range(rounds)
    ]
    core, bundle, other = (min(each) * 1000 for each in zip(*seconds, strict=True))
    return [
        Measure("import poorwsgi_core", core, 40, "ms"),
        Measure("import poorwsgi", bundle, 60, "ms"),
        Measure(
            "import poorwsgi_core / import bottle",
            core / other,
            1,
            "x",
            f"{other:.1f} ms",
        ),
    ]


def measure_memory(worker: Worker) -> Measure:
    """Measure the growth of a process by mixed requests."""
    grown = worker.ask({"memory": _REQUESTS}) / 2**20
    return Measure(f"growth by {_REQUESTS} mixed requests", grown, 8, "MiB")
