"""Facts about the package: what it hands on, and what importing it costs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import poorwsgi_core

HEAVY = {
    "inspect",
    "http.client",
    "http.cookies",
    "http.server",
    "email",
    "urllib.request",
    "importlib.metadata",
    "tempfile",
    "hashlib",
    "html",
    "datetime",
    "ipaddress",
    "dataclasses",
    "mimetypes",
    "poorwsgi_core.testing",
    "poorwsgi_core.server",
    "poorwsgi_core.results",
}


def run(code: str) -> str:
    """Run code in an interpreter of its own and return its output."""
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-X", "utf8", "-c", code],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    return answer.stdout


def test_pages_know_nothing_of_what_serves_them() -> None:
    """The application imports the pages, and no page imports back."""
    pages = Path(poorwsgi_core.__file__).parent / "results"
    text = "".join(page.read_text("utf-8") for page in pages.glob("*.py"))
    imported = {*re.findall(r"from poorwsgi_core\.(\w+)", text)}
    assert "response" in imported
    assert "application" not in imported


def test_all() -> None:
    """Everything that is promised is there, in order."""
    names = poorwsgi_core.__all__
    assert [name for name in names if not hasattr(poorwsgi_core, name)] == []
    assert sorted(names, key=str.swapcase) == sorted({*names}, key=str.swapcase)
    assert {"Application", "abort", "make_response", "redirect"} < {*names}


def test_the_four_names_make_an_application() -> None:
    """The names of the package are those of the modules."""
    from poorwsgi_core import application, request, response

    assert poorwsgi_core.Application is application.Application
    assert poorwsgi_core.Request is request.Request
    assert poorwsgi_core.abort is response.abort


@pytest.mark.needs("processes")
def test_import_is_light() -> None:
    """Importing the application imports nothing heavy."""
    path = json.dumps(sys.path)
    before = "import sys, json; sys.path[:] = json.loads(" + repr(path) + ");"
    code = before + "from poorwsgi_core import *; print(*sorted(sys.modules))"
    bare = {*run(before + "print(*sorted(sys.modules))").split()}
    loaded = {*run(code).split()} - bare
    assert "poorwsgi_core.application" in loaded
    assert loaded & HEAVY == set()


def test_names_are_listed() -> None:
    """``dir`` tells of all names, whether anybody has asked for them or not."""
    assert {*poorwsgi_core.__all__} - {*dir(poorwsgi_core)} == set()


@pytest.mark.needs("processes")
def test_wings_are_attributes() -> None:
    """What stands below the application can be had of the package alone."""
    wings = ["application", "http", "lazy", "request", "response", "results", "state"]
    code = f"import poorwsgi_core; print([hasattr(poorwsgi_core, n) for n in {wings}])"
    assert run(code).strip() == str([True] * len(wings))


@pytest.mark.needs("processes")
def test_core_needs_nothing_but_the_standard_library() -> None:
    """All that is imported is Python's or our own."""
    path = json.dumps(sys.path)
    code = (
        f"import sys, json; sys.path[:] = json.loads({path!r}); old = {{*sys.modules}};"
        "from poorwsgi_core import *; import poorwsgi_core.__main__;"
        "from poorwsgi_core.testing import *;"
        "print(*{name.partition('.')[0] for name in {*sys.modules} - old})"
    )
    foreign = {*run(code).split()} - {*sys.stdlib_module_names} - {"poorwsgi_core"}
    assert foreign == set()
