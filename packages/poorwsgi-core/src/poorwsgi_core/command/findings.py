"""What ``check`` and ``audit`` have found, and the forms in which it is told.

Text is for people, one line each as compilers have it; JSON for programs; SARIF 2.1.0
(OASIS) for those that show findings beside the source.
"""

import json
import linecache
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from poorwsgi_core import state
from poorwsgi_core.request.callables import describe_handler

__all__ = ["FORMS", "Finding", "Level", "blame", "find_home", "write_text"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MADE = re.compile(r"=\s*(?:\w+\.)*\w*Application(?:\[.*\])?\(")
_HOME = "https://github.com/PoorHttp/PoorWSGI"


class Level(StrEnum):
    """How bad something is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(NamedTuple):
    """One thing that was found.

    Attributes:
        rule: by which it was found.
        level: how bad it is.
        text: what is wrong, and what to do.
        path: source file, "" for none.
        line: line in it, 0 for none.
    """

    rule: str
    level: Level
    text: str
    path: str = ""
    line: int = 0


def blame(handler: Any) -> tuple[str, int]:
    """Return file and line of a handler, as far as they are known."""
    info = describe_handler(handler)
    return info.path, info.line


def find_home(name: str) -> tuple[str, int]:
    """Return file and line for what is said of a whole application.

    The line is that where the first application is made, or else the first one.

    Args:
        name: of the application, mostly that of its module.
    """
    path = getattr(sys.modules.get(name), "__file__", None)
    if not path:
        return "", 0
    lines = enumerate(linecache.getlines(path), 1)
    return path, next((number for number, line in lines if _MADE.search(line)), 1)


def write_text(findings: Sequence[Finding], _: Mapping[str, str]) -> str:
    """Write a line for each, and how many there are."""
    lines = [
        f"{_write_place(each)}{each.level}: {each.text} [{each.rule}]"
        for each in findings
    ]
    counts = [
        f"{count} {level}{'s' * (count > 1)}"
        for level in Level
        if (count := sum(each.level is level for each in findings))
    ]
    return "\n".join([*lines, ", ".join(counts) or "Nothing found."]) + "\n"


def _write_place(finding: Finding) -> str:
    return f"{_shorten(finding.path)}:{finding.line}: " if finding.path else ""


def _write_json(findings: Sequence[Finding], _: Mapping[str, str]) -> str:
    return _dump({"findings": [each._asdict() for each in findings]})


def _write_sarif(findings: Sequence[Finding], rules: Mapping[str, str]) -> str:
    names = [*rules]
    driver = {
        "name": "poorwsgi",
        "version": state.__version__,
        "informationUri": _HOME,
        "rules": [
            {"id": name, "shortDescription": {"text": text}}
            for name, text in rules.items()
        ],
    }
    results = [
        {
            "ruleId": each.rule,
            "ruleIndex": names.index(each.rule),
            "level": each.level,
            "message": {"text": each.text},
            "locations": [*_locate(each)],
        }
        for each in findings
    ]
    run = {"tool": {"driver": driver}, "results": results}
    return _dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _locate(finding: Finding) -> Iterable[Mapping[str, Any]]:
    if finding.path:
        place = {
            "artifactLocation": {"uri": _shorten(finding.path).replace(os.sep, "/")},
            "region": {"startLine": max(1, finding.line)},
        }
        yield {"physicalLocation": place}


def _shorten(path: str) -> str:
    """Return a path as seen from the working directory, if it is below that."""
    below = os.path.join(os.getcwd(), "")
    return path.removeprefix(below)


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2) + "\n"


FORMS: dict[str, Callable[[Sequence[Finding], Mapping[str, str]], str]] = {
    "text": write_text,
    "json": _write_json,
    "sarif": _write_sarif,
}
"""Name of a form to what writes findings so; it gets the texts of the rules too."""
