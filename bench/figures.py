"""Figures of the documentation: tables and charts from what was measured.

Usage::

    python bench/figures.py            write the figures of results.json to the pages
    python bench/figures.py --check    say which pages don't have them; exit status 1

``results.json`` is what the benchmarks found when they were run with ``--write``, each
with its day, Python, machine and versions.  All figures of all pages come from it.
"""

import argparse
import json
import os
import platform
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from chart import describe, draw
from contenders import BARE, OURS, PUBLISHED

__all__ = ["build_files", "keep", "main", "write_files"]

_ROOT = Path(__file__).resolve().parent.parent
_RESULTS = Path(__file__).resolve().parent / "results.json"
_PAGE = "docs/guide/performance.md"
_CORE = "packages/poorwsgi-core/README.md"
_COPIES = ("README.md", "docs/coming-from-flask-bottle-falcon.md")
_FROM_ALL, _FROM_SERVERS = "bench-requests", "bench-servers"
_NUMBER = re.compile(r"\d+\.\d+(?=(?: µs)?$)")

Times = Mapping[str, Mapping[str, float]]
"""Microseconds by row and contender."""


def main(arguments: list[str] | None = None) -> int:
    """Write or check the figures; returns the exit status."""
    parser = argparse.ArgumentParser(description="Write what was measured to pages.")
    parser.add_argument("--check", action="store_true", help="only compare")
    if not parser.parse_args(arguments).check:
        write_files()
        return 0
    stale = [
        name
        for name, text in build_files().items()
        if not (_ROOT / name).exists() or (_ROOT / name).read_text("utf-8") != text
    ]
    for name in stale:
        print(f"{name} hasn't the figures of results.json: run bench/figures.py")
    return bool(stale)


def keep(part: str, report: Mapping[str, Any]) -> None:
    """Keep what a benchmark has measured now, and write it to the pages.

    Args:
        part: "requests", "servers" or "openapi".
        report: what was measured, as JSON has it.
    """
    run = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": _describe_machine(),
    }
    rounded = json.loads(
        json.dumps({**run, **report}), parse_float=lambda text: round(float(text), 3)
    )
    results = _read_results() | {part: rounded}
    text = json.dumps(results, indent=1, ensure_ascii=False)
    _RESULTS.write_text(f"{text}\n", "utf-8")
    write_files()


def write_files() -> None:
    """Write the pages and the pictures."""
    for name, text in build_files().items():
        (_ROOT / name).write_text(text, "utf-8")


def build_files() -> dict[str, str]:
    """Return the texts of all files that show figures."""
    results = _read_results()
    requests = results["requests"]
    page = (_ROOT / _PAGE).read_text("utf-8")
    for name, build in _BLOCKS.items():
        if name.partition(" ")[0] in results:
            page = _replace(page, name, build(results))
    core = (_ROOT / _CORE).read_text("utf-8")
    files = {_PAGE: page, _CORE: _renew_core(core, requests)}
    for name in _COPIES:
        text = (_ROOT / name).read_text("utf-8")
        files[name] = _renew_tables(text, requests)
    for name, groups, title in _list_charts(results):
        files[f"docs/images/{name}.svg"] = draw(title, groups, OURS.name)
    return files


def _read_results() -> dict[str, Any]:
    return dict(json.loads(_RESULTS.read_text("utf-8")))


def _describe_machine() -> str:
    info = Path("/proc/cpuinfo")
    text = info.read_text("utf-8") if info.exists() else ""
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    model = re.sub(r"\(R\)|\(TM\)", "", found[1] if found else platform.machine())
    return f"{os.cpu_count()} cores of {model}"


def _replace(page: str, name: str, text: str) -> str:
    """Put a text between the marks of a block."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    head, found, rest = page.partition(begin)
    if not found or end not in rest:
        raise SystemExit(f"{_PAGE} has no place for the figures of {name}")
    return f"{head}{found}{text}\n{end}{rest.partition(end)[2]}"


def _renew_tables(text: str, requests: Mapping[str, Any]) -> str:
    """Put times into those tables of a page whose rows and columns are known."""
    times, heads = requests["microseconds"], _heads(requests["versions"])
    lines = text.splitlines()
    columns: list[str] = []
    for number, line in enumerate(lines):
        if not line.startswith("|"):
            columns = []
            continue
        first, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        renewed = cells
        if not columns:
            columns = [_find_name(cell) for cell in cells]
            renewed = [_renew_head(cell, heads) for cell in cells]
        elif row := times.get(first):
            renewed = [
                _NUMBER.sub(f"{row[name]:.2f}", cell) if name in row else cell
                for name, cell in zip(columns, cells, strict=True)
            ]
        if renewed != cells:
            lines[number] = f"| {' | '.join([first, *renewed])} |".replace(
                "|  |", "| |"
            )
    return "\n".join([*lines, ""])


def _renew_head(cell: str, heads: Mapping[str, str]) -> str:
    """Return a heading with the version of now, if it has a version."""
    name = _find_name(cell)
    return cell if name in {cell, OURS.name} else heads.get(name, cell)


def _find_name(heading: str) -> str:
    """Return the contender that a heading of a column names with its version."""
    if heading == PUBLISHED.name:
        return heading
    return re.sub(r" [\d.]+$", "", heading)


def _renew_core(text: str, requests: Mapping[str, Any]) -> str:
    """Put two figures into the sentence of the core's README."""
    took = {each["title"]: each["value"] for each in requests["measures"]}
    static = requests["microseconds"]["text, static route"][OURS.name]
    text = re.sub(
        r"(?<=imports in )\d+", f"{took['import poorwsgi_core']:.0f}", text, count=1
    )
    return re.sub(r"(?<=route takes )\d+\.\d+", f"{static:.2f}", text, count=1)


def _list_charts(results: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yield name, groups and title of each chart."""
    requests = results["requests"]
    groups = {"": _group(requests["microseconds"], requests["versions"])}
    yield _FROM_ALL, groups, "What one request costs, in µs"
    if servers := results.get("servers"):
        versions = servers["versions"]
        # The published version, which needs a second for the file, is in the tables.
        groups = {
            _head(name, each["version"]): _group(each["microseconds"], versions)
            for name, each in servers["servers"].items()
        }
        for group in groups.values():
            del group[PUBLISHED.name]
        yield _FROM_SERVERS, groups, "Processor time of one answer, in µs"


def _group(times: Times, versions: Mapping[str, str]) -> dict[str, list[float]]:
    names = next(iter(times.values()))
    return {
        _head(name, versions.get(name, "")): [row[name] for row in times.values()]
        for name in names
    }


def _head(name: str, version: str) -> str:
    """Return a name with the first two numbers of its version."""
    if name in {BARE.name, OURS.name, PUBLISHED.name} or not version:
        return name
    return f"{name} {'.'.join(version.split('.')[:2])}"


def _heads(versions: Mapping[str, str]) -> dict[str, str]:
    return {name: _head(name, version) for name, version in versions.items()}


def _build_requests(results: Mapping[str, Any]) -> str:
    requests = results["requests"]
    times, versions = requests["microseconds"], requests["versions"]
    about = (
        f"{_measured(requests)}, in process and without a server: µs for one request, "
        f"the least of {requests['rounds']} rounds."
    )
    chart = _show_chart(results, _FROM_ALL)
    return "\n".join([about, "", *chart, *_table(times, _heads(versions))])


def _build_forms(results: Mapping[str, Any]) -> str:
    """Return the measures that have numbers of contenders."""
    measures = results["requests"]["measures"]
    rows = {each["title"].partition(" / ")[0]: each["numbers"] for each in measures}
    rows = {title: numbers for title, numbers in rows.items() if numbers}
    versions = next(each["versions"] for each in measures if each["numbers"])
    return "\n".join(_table(rows, _heads(versions), digits=1))


def _build_measures(results: Mapping[str, Any]) -> str:
    """Return what is ours alone: times, factors and growth."""
    lines = ["| what | measured | goal | |", "|---|---|---|---|"]
    for each in results["requests"]["measures"]:
        if not each["numbers"]:
            unit = {"x": "times", "us": "µs"}.get(each["unit"], each["unit"])
            note = each["note"].replace(" us", " µs")
            lines.append(
                f"| {each['title']} | {each['value']:.2f} {unit} "
                f"| ≤ {each['target']:g} {unit} | {note} |"
            )
    return "\n".join([*lines, ""])


def _build_servers(results: Mapping[str, Any]) -> str:
    servers = results["servers"]
    about = (
        f"{_measured(servers)}: µs of processor time for one answer, the least of "
        f"{servers['rounds']} rounds of {servers['seconds']} s."
    )
    lines = [about, "", *_show_chart(results, _FROM_SERVERS)]
    heads = _heads(servers["versions"])
    for name, each in servers["servers"].items():
        times = each["microseconds"]
        beside = {
            title: {**row, "PoorWSGI / bare": row[OURS.name] / row[BARE.name]}
            for title, row in times.items()
        }
        lines += [f"**{_head(name, each['version'])}**", "", *_table(beside, heads)]
    return "\n".join(lines)


def _build_openapi(results: Mapping[str, Any]) -> str:
    openapi = results["openapi"]
    about = f"{_measured(openapi)}, in µs for one request:"
    return "\n".join([about, "", *_table(openapi["requests"], digits=1)])


_BLOCKS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "requests": _build_requests,
    "requests of forms": _build_forms,
    "requests that are ours alone": _build_measures,
    "servers": _build_servers,
    "openapi": _build_openapi,
}


def _measured(part: Mapping[str, Any]) -> str:
    day = date.fromisoformat(part["date"])
    return (
        f"Measured on {day.day} {day:%B %Y} with {part['python']} on {part['machine']}"
    )


def _show_chart(results: Mapping[str, Any], name: str) -> Sequence[str]:
    groups = next(each[1] for each in _list_charts(results) if each[0] == name)
    return [
        f"```{{image}} ../images/{name}.svg",
        ":class: chart",
        f":alt: {describe(groups)}",
        "```",
        "",
    ]


def _table(
    rows: Times, heads: Mapping[str, str] | None = None, digits: int = 2
) -> Iterable[str]:
    names = list(next(iter(rows.values())))
    heads = {name: name for name in names} | dict(heads or {})
    yield f"| row | {' | '.join(heads[name] for name in names)} |"
    yield "|---" * (len(names) + 1) + "|"
    for title, row in rows.items():
        cells = [f"{row[name]:,.{digits}f}" for name in names]
        yield f"| {title} | {' | '.join(cells)} |"
    yield ""


if __name__ == "__main__":
    sys.exit(main())
