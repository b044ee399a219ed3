"""Instructions of one request, beside those that are kept of this Python.

Usage::

    python bench/instructions.py             compare; exit status 1 when one grew
    python bench/instructions.py --keep      keep those of now
    python bench/instructions.py --why-not   say why they can't be compared here

Callgrind counts them, so neither the machine nor its load matters. A collision in a
dictionary moves a count by 2 %; so each is the mean of some hash seeds.
"""

import json
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean

from contenders import OURS, Contender
from rows import ROWS
from worker import COUNTED

__all__ = ["count_instructions", "main"]

_BENCH = Path(__file__).resolve().parent
_KEPT = _BENCH / "instructions.json"
_SEEDS = range(4)
_GROWTH = 1.03
"""What a count may be, in the one that is kept."""

Counts = dict[str, float]


def main(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    if arguments not in ([], ["--keep"], ["--why-not"]):
        sys.stderr.write(__doc__ or "")
        return 2
    keep = arguments == ["--keep"]
    kept: dict[str, Counts] = json.loads(_KEPT.read_text("utf-8"))
    reason = _find_reason(kept, keep=keep)
    if reason:
        print(reason)
    if reason or arguments == ["--why-not"]:
        return int(arguments != ["--why-not"])
    counted = [count_instructions(OURS, seed) for seed in _SEEDS]
    now: Counts = {key: round(mean(each[key] for each in counted)) for key in ROWS}
    before = kept.get(_name_python(), {})
    grown = _print_growth(now, before)
    if not keep:
        return int(grown)
    kept[_name_python()] = now
    _KEPT.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", "utf-8")
    return 0


def _find_reason(kept: dict[str, Counts], *, keep: bool) -> str:
    if shutil.which("valgrind") is None:
        return "valgrind isn't installed"
    if not keep and _name_python() not in kept:
        return f"no counts of {_name_python()} are kept; --keep keeps those of now"
    return ""


def _name_python() -> str:
    # Another compiler makes other instructions of the same version.
    parts = (
        platform.python_implementation(),
        platform.python_version(),
        platform.python_compiler(),
        platform.machine(),
    )
    return " ".join(parts)


def _print_growth(now: Counts, before: Counts) -> bool:
    """Print a line for each row; returns whether one grew too much."""
    limit = f"{_GROWTH - 1:.0%}"
    print(f"Instructions of one request on {_name_python()}:\n")
    grown = []
    for key, row in ROWS.items():
        was = before.get(key, now[key])
        verdict = f"grew by more than {limit}" if now[key] > was * _GROWTH else ""
        grown.append(bool(verdict))
        change = now[key] / was - 1
        line = f"{row.title:30}{now[key]:9,.0f}{was:9,.0f}{change:+8.1%}  {verdict}"
        print(line.rstrip())
    return any(grown)


def count_instructions(contender: Contender, seed: int) -> Counts:
    """Count the instructions of one request of each row.

    Raises:
        RuntimeError: callgrind tells too few numbers.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "counts")
        valgrind = ["valgrind", "--tool=callgrind", "--instr-atstart=no"]
        options = ["--dump-before=getloadavg", f"--callgrind-out-file={out}"]
        worker = [contender.python, str(_BENCH / "worker.py"), contender.app, "count"]
        result = subprocess.run(  # noqa: S603 - our worker
            [*valgrind, *options, *worker],
            capture_output=True,
            check=False,
            env={**contender.environment, "PYTHONHASHSEED": str(seed)},
            text=True,
        )
        # The first dump ends where the first row begins.
        dumps = [Path(f"{out}.{n}") for n in range(2, 2 + 2 * len(ROWS))]
        if result.returncode or not all(dump.exists() for dump in dumps):
            raise RuntimeError(f"callgrind counted too little: {result.stderr[-900:]}")
        totals = iter([_read_total(dump) for dump in dumps])
    few, many = COUNTED
    pairs = zip(ROWS, totals, totals, strict=True)
    return {key: (more - less) / (many - few) for key, less, more in pairs}


def _read_total(dump: Path) -> int:
    lines = dump.read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("totals:")).split()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
