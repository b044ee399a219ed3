"""Fuzz the parsers for a fixed time each, by Hypothesis and by atheris.

Usage::

    python tools/fuzz.py [SECONDS [TARGET ...]]     default: 15 s, all targets

The targets are those of tests/fuzz/fuzz_targets.py.  Atheris needs a wheel for this
Python; without it, Hypothesis has all the time.  What atheris finds is kept in
build/fuzz: move it to tests/fuzz/corpus when it is mended.
"""

import logging
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Any

__all__ = ["main"]

_ROOT = Path(__file__).resolve().parent.parent
_TESTS = _ROOT / "tests/fuzz"
_FOUND = _ROOT / "build/fuzz"
_ONE = "--atheris"
_EXAMPLES = 500
_LIMITS = ("-max_len=4096", "-timeout=10", "-rss_limit_mb=1024")
"""No input of 4 KiB may take ten seconds or a gigabyte."""

Check = Callable[[bytes], None]


def main(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    logging.disable()
    sys.path.insert(0, str(_TESTS))
    if arguments[:1] == [_ONE]:
        _run_atheris(arguments[1], arguments[2:])
        return 0
    targets = _load_targets()
    seconds = float(arguments[0]) if arguments else 15.0
    chosen = {name: targets[name] for name in arguments[1:] or targets}
    failed = [name for name, check in chosen.items() if not _run(name, check, seconds)]
    print(f"failed: {', '.join(failed)}" if failed else "nothing was found")
    return int(bool(failed))


def _load_targets() -> dict[str, Check]:
    targets: dict[str, Check] = import_module("fuzz_targets").TARGETS
    return targets


def _run(target: str, check: Check, seconds: float) -> bool:
    """Fuzz one target by both; returns whether all was well."""
    by_atheris = find_spec("atheris") is not None
    share = seconds / 2 if by_atheris else seconds
    number = _run_hypothesis(target, check, share)
    print(f"{target}: {number} inputs by Hypothesis", flush=True)
    return not by_atheris or _start_atheris(target, share)


def _run_hypothesis(target: str, check: Check, seconds: float) -> int:
    from hypothesis import HealthCheck, given, settings

    limits = settings(
        max_examples=_EXAMPLES,
        deadline=10_000,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    inputs = import_module("fuzz_inputs").build_inputs(target)
    decorate: Any = given(inputs)
    fuzz = limits(decorate(check))
    end, number = monotonic() + seconds, 0
    while monotonic() < end:
        fuzz()
        number += _EXAMPLES
    return number


def _start_atheris(target: str, seconds: float) -> bool:
    folder = _FOUND / target
    folder.mkdir(parents=True, exist_ok=True)
    time = f"-max_total_time={max(int(seconds), 1)}"
    options = (*_LIMITS, time, f"-artifact_prefix={folder}-")
    folders = (str(folder), str(_TESTS / "corpus" / target))
    command = (sys.executable, __file__, _ONE, target, *options, *folders)
    output = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - ourselves
    if output.returncode:
        print(output.stdout[-2000:], output.stderr[-2000:], sep="\n")
    elif done := re.search("Done ([0-9]+) runs", output.stderr):
        print(f"{target}: {done[1]} inputs by atheris", flush=True)
    return not output.returncode


def _run_atheris(target: str, options: list[str]) -> None:
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["poorwsgi_core", "poorwsgi_forms"]):
        targets = _load_targets()
    atheris.Setup([sys.argv[0], *options], targets[target])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
