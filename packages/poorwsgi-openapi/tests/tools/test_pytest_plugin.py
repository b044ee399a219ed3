"""Facts about the pytest plugin, in pytest runs of their own."""

import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

# Its extension is made once, but pytester forgets modules.
import yaml  # noqa: F401 # pyright: ignore[reportUnusedImport]

from poorwsgi_openapi.tools import coverage
from poorwsgi_openapi.tools.coverage import Documented
from poorwsgi_openapi.tools.pytest_plugin import CoverageReport

pytest_plugins = ["pytester"]

DOCUMENT = """
openapi: 3.1.1
info: {title: Pets, version: "1"}
paths:
  /pets:
    get:
      responses:
        "200": {description: ok, content: {application/json: {}}}
        default: {description: else}
"""
TESTS = """
from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI

app = Application(__name__)
app.set_route("/pets", lambda req: [])
app.install(OpenAPI("pets.yaml"))


def test_pets():
    assert Client(app).get("/pets").json() == []
"""


def write(pytester: pytest.Pytester, name: str, text: str) -> None:
    """Write a file of the project."""
    (pytester.path / name).write_text(text, "utf-8")


@pytest.fixture
def project(pytester: pytest.Pytester) -> Iterator[pytest.Pytester]:
    """Write a project with one API and one test."""
    pytester.makefile(".yaml", pets=DOCUMENT)
    write(pytester, "test_pets.py", TESTS)
    yield pytester
    assert coverage.observers == []


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run the tests of the project in this process, with the plugin loaded once."""
    # It is loaded by its entry point where the package is installed.
    return project.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def test_not_asked_for(project: pytest.Pytester) -> None:
    """Without the option nothing is observed and nothing is said."""
    result = run(project)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*OpenAPI coverage*")


def test_report(project: pytest.Pytester) -> None:
    """Each documented answer is listed, with how often it was given."""
    result = run(project, "--openapi-coverage=50")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "*OpenAPI coverage*",
            "Pets 1",
            "  GET /pets  200      application/json  1",
            "             default  -                 missed",
            "1 of 2 documented answers were given: 50.0 %",
        ]
    )


def test_below_the_limit(project: pytest.Pytester) -> None:
    """A run below the limit fails, and says so."""
    result = run(project, "--openapi-coverage=50.1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["FAIL: that is less than 50.1 %"])


def test_failed_tests_stay_failed(project: pytest.Pytester) -> None:
    """The status of a run that failed otherwise is left alone."""
    write(project, "test_wrong.py", "def test_wrong():\n    assert False")
    result = run(project, "--openapi-coverage=0")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((), pytest.ExitCode.TESTS_FAILED),
        (("--openapi-coverage=25",), pytest.ExitCode.OK),
    ],
)
def test_settings(
    project: pytest.Pytester, arguments: tuple[str, ...], status: pytest.ExitCode
) -> None:
    """Limit and document may stand in the settings; the command line wins."""
    project.makefile(".yaml", other=DOCUMENT.replace("Pets", "Other"))
    project.makeini("[pytest]\nopenapi_coverage = 60\nopenapi_document = other.yaml\n")
    result = run(project, *arguments)
    assert result.ret == status
    result.stdout.fnmatch_lines(["1 of 4 documented answers were given: 25.0 %"])


def test_no_document_at_all(project: pytest.Pytester) -> None:
    """A limit without a document is below it: nothing was seen."""
    write(project, "test_pets.py", "def test_nothing():\n    pass")
    result = run(project, "--openapi-coverage=1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("openapi_coverage = much", "openapi_coverage is a percentage such as 90"),
        ("openapi_coverage = 1\nopenapi_document = none.yaml", "No such file"),
        ("openapi_coverage = 1\nopenapi_document = pytest.ini", "openapi_document: "),
    ],
)
def test_wrong_settings(project: pytest.Pytester, settings: str, message: str) -> None:
    """Wrong settings are a message of pytest, and no traceback."""
    project.makefile(".ini", pytest=f"[pytest]\n{settings}\n")
    result = run(project)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: *{message}*"])


def test_workers_hand_on_what_they_counted() -> None:
    """A worker of pytest-xdist hands its counts on; the one process adds them."""
    answer = Documented("Pets 1", "GET", "/pets", "200", "")
    unknown = answer._replace(status="500")
    recorder = coverage.Recorder()
    recorder.counts[answer] = 2
    recorder.unknown[unknown] = 1
    worker = CoverageReport(recorder, 100)
    output: dict[str, Any] = {}
    config = SimpleNamespace(workeroutput=output)
    session: Any = SimpleNamespace(config=config, exitstatus=0)
    worker.pytest_sessionfinish(session)
    assert session.exitstatus == 0
    total = coverage.Recorder()
    total.counts[answer] = 1
    process = CoverageReport(total, 100)
    process.pytest_testnodedown(SimpleNamespace(workeroutput=output))
    process.pytest_testnodedown(SimpleNamespace())
    assert total.counts == {answer: 3}
    assert total.unknown == {unknown: 1}


def test_plugin_imports_nothing_else(pytester: pytest.Pytester) -> None:
    """Loading the plugin costs neither openapi-core nor the rest of the package."""
    code = "import sys, poorwsgi_openapi.tools.pytest_plugin; print(*sys.modules)"
    loaded = pytester.run(sys.executable, "-c", code).stdout.str().split()
    ours = {name for name in loaded if name.startswith(("poorwsgi", "openapi"))}
    assert ours == {
        "poorwsgi_core",
        "poorwsgi_core.lazy",
        "poorwsgi_openapi",
        "poorwsgi_openapi.tools",
        "poorwsgi_openapi.tools.pytest_plugin",
    }
