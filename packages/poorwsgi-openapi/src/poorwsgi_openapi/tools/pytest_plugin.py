"""The pytest plugin: which documented answers did the tests bring about?

It does nothing unless it is asked for by ``--openapi-coverage``, or by
``openapi_coverage`` in the settings of pytest.  Only then is anything else of
this package imported.
"""

from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from poorwsgi_openapi.tools.coverage import Recorder

__all__ = [
    "CoverageReport",
    "pytest_addoption",
    "pytest_configure",
]

_NAME = "poorwsgi-openapi-coverage"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option and the setting."""
    text = "report which documented answers were given; fail below PERCENT of them"
    group = parser.getgroup("openapi", "OpenAPI")
    group.addoption(
        "--openapi-coverage", type=float, metavar="PERCENT", default=None, help=text
    )
    parser.addini("openapi_coverage", text, default="")
    text = "OpenAPI document to report, even if no application used it"
    group.addoption("--openapi-document", metavar="FILE", default=None, help=text)
    parser.addini("openapi_document", text, default="")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to observe, if that is asked for."""
    limit = _read_option(config, "openapi_coverage")
    if limit in (None, ""):
        return
    try:
        percent = float(cast("Any", limit))
    except ValueError:
        raise pytest.UsageError(
            f"openapi_coverage is a percentage such as 90, not {limit!r}"
        ) from None
    from poorwsgi_openapi.tools.coverage import Recorder, observers

    recorder = Recorder()
    name = _read_option(config, "openapi_document")
    if name:
        _add_document(recorder, config.rootpath / str(name))
    observers.append(recorder)
    config.add_cleanup(lambda: observers.remove(recorder))
    config.pluginmanager.register(CoverageReport(recorder, percent), _NAME)


def _read_option(config: pytest.Config, name: str) -> object:
    """Read what the command line says, or else the settings."""
    option = config.getoption(name)
    return config.getini(name) if option is None else option


def _add_document(recorder: "Recorder", path: Any) -> None:
    from poorwsgi_openapi.document.document import Document

    try:
        recorder.add_document(Document(path))
    except (OSError, ValueError) as error:
        raise pytest.UsageError(f"openapi_document: {error}") from error


class CoverageReport:
    """Reports at the end, and fails the run below the limit.

    Args:
        recorder: what has counted the answers.
        limit: percentage of the documented answers that has to be reached.
    """

    def __init__(self, recorder: "Recorder", limit: float) -> None:
        self._recorder = recorder
        self._limit = limit

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker of pytest-xdist has counted."""
        from poorwsgi_openapi.tools.coverage import Documented

        found: Any = getattr(node, "workeroutput", {}).get(_NAME, ((), ()))
        counters = (self._recorder.counts, self._recorder.unknown)
        for counter, rows in zip(counters, found, strict=True):
            counter.update({Documented(*answer): count for answer, count in rows})

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail below the limit; a worker hands on what it has counted."""
        output: Any = getattr(session.config, "workeroutput", None)
        if output is not None:
            counters = (self._recorder.counts, self._recorder.unknown)
            output[_NAME] = [[[[*k], n] for k, n in c.items()] for c in counters]
        elif session.exitstatus == pytest.ExitCode.OK and self._is_below():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Show each documented answer, and how often it was given."""
        recorder, write = self._recorder, terminalreporter.write_line
        terminalreporter.section("OpenAPI coverage")
        for line in recorder.report():
            write(line)
        write("")
        write(
            f"{recorder.covered} of {len(recorder.counts)} documented answers were "
            f"given: {recorder.percent:.1f} %"
        )
        if self._is_below():
            colours: dict[str, bool] = {"red": True, "bold": True}
            write(f"FAIL: that is less than {self._limit:g} %", **colours)

    def _is_below(self) -> bool:
        return not self._recorder.counts or self._recorder.percent < self._limit
