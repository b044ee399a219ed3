"""What the READMEs show works as it stands there."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [
    "README.md",
    "docs/getting-started.md",
    "packages/poorwsgi-core/README.md",
    "packages/poorwsgi-forms/README.md",
    "packages/poorwsgi/README.md",
]


def read_blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return [
        body
        for kind, body in FENCE.findall(page.read_text("utf-8"))
        if kind == language
    ]


def call(app: Callable[..., Iterable[bytes]], path: str) -> tuple[str, bytes]:
    """Return the status and the body that an application answers to a GET."""
    environ: dict[str, object] = {"PATH_INFO": path, "wsgi.errors": io.StringIO()}
    setup_testing_defaults(environ)
    statuses: list[str] = []

    def start_response(status: str, *_: object) -> None:
        statuses.append(status)

    body = b"".join(app(environ, start_response))
    return statuses.pop(), body


@pytest.mark.parametrize("page", PAGES)
def test_python_of_the_page_greets(root: Path, page: str) -> None:
    """The blocks of a page, run one after the other, make what the page says."""
    names: dict[str, Any] = {"__name__": f"readme of {page}"}
    for block in read_blocks(root / page, "python"):
        exec(compile(block, page, "exec"), names)  # noqa: S102 - our own text
    assert call(names["app"], "/hello/World") == ("200 OK", b"Hello World!")


@pytest.mark.parametrize("command", ["demo", "test"])
def test_commands_of_the_readme_exist(root: Path, command: str) -> None:
    """Both commands stand in the README as the tool knows them."""
    tool = root / "tools" / "dev.py"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and tool
        [sys.executable, tool, "--help"], capture_output=True, check=True, text=True
    )
    shell = "".join(read_blocks(root / "README.md", "sh"))
    assert (command in answer.stdout, f"python3 tools/dev.py {command} " in shell) == (
        True,
        True,
    )


def read_figures(page: Path) -> list[tuple[str, str, str]]:
    """Return row, column and number of each cell of a page that has a time."""
    cells: list[tuple[str, str, str]] = []
    columns: list[str] = []
    for line in page.read_text("utf-8").splitlines():
        head, *values = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            columns = []
        elif not columns:
            columns = values
        elif all(re.fullmatch(r"\d+\.\d+( µs)?", value) for value in values):
            cells += [
                (head, column, value.removesuffix(" µs"))
                for column, value in zip(columns, values, strict=True)
            ]
    return cells


def measure(root: Path) -> dict[str, Any]:
    """Return what the benchmark of requests has kept."""
    text = (root / "bench/results.json").read_text("utf-8")
    return dict(json.loads(text)["requests"])


@pytest.mark.parametrize(
    "page", ["README.md", "docs/coming-from-flask-bottle-falcon.md"]
)
def test_figures_are_those_of_the_benchmark(root: Path, page: str) -> None:
    """No figure is shown that wasn't measured, and no other version than was."""
    measured = measure(root)
    times, versions = measured["microseconds"], measured["versions"]
    shown = read_figures(root / page)
    assert len(shown) >= 4
    for row, column, number in shown:
        name, _, version = column.rpartition(" ")
        name = column if column in versions else name
        assert number == f"{times[row][name]:.2f}"
        assert versions[name].startswith(version)


def test_figures_of_the_core_are_those_of_the_benchmark(root: Path) -> None:
    """The two figures in the README of the core were measured."""
    measured = measure(root)
    text = (root / "packages/poorwsgi-core/README.md").read_text("utf-8")
    shown = re.search(r"imports in (\d+) ms, and .* takes (\d+\.\d+) µs", text)
    took = {each["title"]: each["value"] for each in measured["measures"]}
    static = measured["microseconds"]["text, static route"]["PoorWSGI"]
    assert shown is not None
    assert shown.groups() == (f"{took['import poorwsgi_core']:.0f}", f"{static:.2f}")


def test_links_of_the_readme_lead_somewhere(root: Path) -> None:
    """Files and pictures that the README names are there."""
    text = (root / "README.md").read_text("utf-8")
    links = re.findall(r"\]\(([^):#]+)\)|(?:src|srcset)=\"([^\"]+)\"", text)
    missing = [path for pair in links for path in pair if not (root / path).exists()]
    assert len(links) > 15
    assert missing == []
