"""Findings as text for people, JSON for programs, and annotations for GitHub."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from poorwsgi.upgrade.findings import Finding
from poorwsgi.upgrade.table import read_tables

__all__ = ["FORMATS", "format_github", "format_json", "format_text"]

_MOST_PLACES = 5
_BOLD, _YELLOW, _DIM, _PLAIN = "\x1b[1m", "\x1b[33m", "\x1b[2m", "\x1b[0m"


_PAGE = "https://github.com/PoorHttp/PoorWSGI/blob/master/docs/differences.md"


def format_text(
    findings: Iterable[Finding],
    *,
    colour: bool = False,
    hidden: int = 0,
    unknown: Sequence[str] = (),
) -> Iterator[str]:
    """Yield lines for people.

    Args:
        findings: what is told.
        colour: for a terminal that knows colours.
        hidden: how many findings are left out.
        unknown: where handlers are registered that aren't known.
    """
    for finding in findings:
        row = finding.difference
        place = f"{finding.path}:{finding.line}:{finding.column}:"
        may = "" if finding.certain else " (may have to change)"
        texts = f"{place} {finding.use}", may, row.before, f"{row.now} ({row.why})"
        head, may, before, now = texts
        if colour:
            head, may = f"{_BOLD}{head}{_PLAIN}", f"{_DIM}{may}{_PLAIN}"
        yield head + may
        yield f"    before  {before}"
        yield f"    now     {now}"
        todo = f"{_YELLOW}{row.todo}{_PLAIN}" if colour else row.todo
        yield f"    do      {todo}"
    if hidden:
        yield f"{hidden} more may have to change: --all names them."
    if unknown:
        places = ", ".join(unknown[:_MOST_PLACES])
        more = ", …" if len(unknown) > _MOST_PLACES else ""
        yield (
            f"{len(unknown)} handlers aren't known, look through them yourself: "
            f"they are registered in {places}{more}"
        )
    unseen = sum(bool(row.unseen) for table in read_tables() for row in table.rows)
    yield f"{unseen} differences can't be seen in sources: {_PAGE}#what-it-cant-see"


def format_json(findings: Iterable[Finding], **_: object) -> Iterator[str]:
    """Yield a list of objects."""
    yield json.dumps([_build_object(finding) for finding in findings], indent=2)


def _build_object(finding: Finding) -> dict[str, object]:
    row = finding.difference
    return {
        "path": str(finding.path),
        "line": finding.line,
        "column": finding.column,
        "use": finding.use,
        "certain": finding.certain,
        "difference": row.id,
        "before": row.before,
        "now": row.now,
        "why": row.why,
        "todo": row.todo,
    }


def format_github(findings: Iterable[Finding], **_: object) -> Iterator[str]:
    """Yield workflow commands that annotate lines."""
    for finding in findings:
        row = finding.difference
        level = "warning" if finding.certain else "notice"
        values = {
            "file": str(finding.path),
            "line": str(finding.line),
            "col": str(finding.column),
            "title": finding.use,
        }
        fields = ",".join(
            f"{name}={_escape(value, {':': '%3A', ',': '%2C'})}"
            for name, value in values.items()
        )
        text = f"before: {row.before}\nnow: {row.now}\ndo: {row.todo}"
        yield f"::{level} {fields}::{_escape(text, {})}"


def _escape(text: str, more: Mapping[str, str]) -> str:
    """Write text so that it can't end a workflow command, or begin another one."""
    table = {"%": "%25", "\r": "%0D", "\n": "%0A", **more}
    return "".join(table.get(letter, letter) for letter in text)


FORMATS: dict[str, Callable[..., Iterator[str]]] = {
    "text": format_text,
    "json": format_json,
    "github": format_github,
}
