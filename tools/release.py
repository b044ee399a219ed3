"""Keep the one version of the five distributions.

Usage::

    python tools/release.py 3.0.0a2     set the version everywhere
    python tools/release.py --check     say what disagrees; exit status 1 if any

The version stands in ``VERSION``.  Three things follow it: the literal ``==`` pins
among the siblings, ``__date__`` in core's ``state`` module, and a heading in
``CHANGELOG.md``.  The first two are written here.  The changelog is only checked:
its text is written by somebody who knows what changed.
"""

import argparse
import datetime
import re
import sys
import tomllib
from pathlib import Path

__all__ = ["check_release", "main", "write_release"]

_ROOT = Path(__file__).resolve().parent.parent
_STATE = "packages/poorwsgi-core/src/poorwsgi_core/state.py"
# The part of PEP 440 that this project uses: releases, alphas, betas, candidates.
_VERSION = re.compile(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?")
_SIBLING = re.compile(r"(poorwsgi(?:-[a-z]+)?(?:\[[a-z0-9,-]+\])?)==([^\s\"]+)")
_DATE = re.compile(r'^(__date__ = ")([^"]*)(")$', re.MULTILINE)
_HEADING = re.compile(r"^## (\S+) - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


def check_release(root: Path = _ROOT) -> list[str]:
    """Compare everything that follows the version.

    Returns:
        One line for each disagreement, none when all agree.
    """
    version = _read(root / "VERSION").strip()
    if not _VERSION.fullmatch(version):
        return [f"VERSION: {version!r} is not a version such as 3.0.0a1"]
    faults = [
        f"{project.relative_to(root)}: {requirement!r} is not pinned to {version}"
        for project in _projects(root)
        for requirement in _read_siblings(project)
        if _pinned_version(requirement) != version
    ]
    dates = dict(_HEADING.findall(_read(root / "CHANGELOG.md")))
    if version not in dates:
        faults.append(f"CHANGELOG.md: no heading '## {version} - YYYY-MM-DD'")
    elif (date := _read_date(root)) != dates[version]:
        faults.append(f"{_STATE}: __date__ is {date}, CHANGELOG.md: {dates[version]}")
    return faults


def write_release(version: str, root: Path = _ROOT, date: str | None = None) -> None:
    """Set the version, the pins and core's date.

    Args:
        version: the new version, without a leading ``v``.
        root: the checkout to change.
        date: the day of the release as ISO 8601 has it; today when left out.

    Raises:
        ValueError: the version isn't one that this project uses.
    """
    if not _VERSION.fullmatch(version):
        raise ValueError(f"{version!r} is not a version such as 3.0.0a1")
    (root / "VERSION").write_text(f"{version}\n", "utf-8")
    for project in _projects(root):
        text = _SIBLING.sub(rf"\g<1>=={version}", _read(project))
        project.write_text(text, "utf-8")
    state = root / _STATE
    day = date or datetime.datetime.now(datetime.UTC).date().isoformat()
    state.write_text(_DATE.sub(rf"\g<1>{day}\g<3>", _read(state)), "utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        description="Keep the one version of the five distributions."
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("version", nargs="?", help="the version to set everywhere")
    what.add_argument("--check", action="store_true", help="only compare")
    parser.add_argument("--date", help="day of the release, today when left out")
    parser.add_argument("--root", type=Path, default=_ROOT, help="the checkout")
    options = parser.parse_args(arguments)
    if not options.check:
        write_release(options.version, options.root, options.date)
    faults = check_release(options.root)
    print(*faults, sep="\n") if faults else print("All versions agree.")
    return 1 if faults else 0


def _read(path: Path) -> str:
    return path.read_text("utf-8")


def _read_date(root: Path) -> str | None:
    match = _DATE.search(_read(root / _STATE))
    return match[2] if match else None


def _projects(root: Path) -> list[Path]:
    return sorted(root.glob("packages/*/pyproject.toml"))


def _read_siblings(project: Path) -> list[str]:
    """Return the requirements of one package that name a sibling."""
    table = tomllib.loads(_read(project))["project"]
    extras = table.get("optional-dependencies", {}).values()
    requirements = [*table["dependencies"], *(item for e in extras for item in e)]
    return [item for item in requirements if item.startswith("poorwsgi")]


def _pinned_version(requirement: str) -> str | None:
    match = _SIBLING.fullmatch(requirement)
    return match[2] if match else None


if __name__ == "__main__":
    sys.exit(main())
