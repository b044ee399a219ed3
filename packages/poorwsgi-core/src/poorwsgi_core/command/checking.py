"""``check``: all mistakes of the wiring at once.

What an application registers raises when it is wrong, so that one sees the first
mistake alone.  Here it goes on, so that one sees all; then the rules look at what was
wired.
"""

import logging
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from traceback import walk_tb
from typing import Any, NamedTuple, cast

from poorwsgi_core.application import Application
from poorwsgi_core.command.findings import FORMS, Finding, Level
from poorwsgi_core.command.rules.table import RULES
from poorwsgi_core.command.target import UserFailure, find_application, find_routed
from poorwsgi_core.request.mistakes import keep_mistakes
from poorwsgi_core.state import find_caller, is_ours

__all__ = ["ABOUT", "Checked", "check", "get_status", "run_check"]

ABOUT: Mapping[str, str] = {
    "wiring": "Something can't be registered so, or most likely isn't meant so.",
    "import": "The application can't be imported.",
    **{name: rule.about for name, rule in RULES.items()},
}
"""Names of rules, with a line about each."""


class Checked(NamedTuple):
    """An application, and what is wrong with it.

    Attributes:
        app: the application, ``None`` where there is none.
        findings: what is wrong.
        failure: why there is none.
        refused: mistakes for which it wouldn't have started.
    """

    app: Any
    findings: list[Finding]
    failure: UserFailure | None
    refused: int


def run_check(target: str, form: str, *, strict: bool) -> tuple[str, int]:
    """Return what is told of an application, and the exit status.

    Args:
        target: see ``find_application``.
        form: one of ``FORMS``.
        strict: whether warnings fail too.

    Raises:
        CommandError: there is no such application.
    """
    findings = check(target, find_routed).findings
    return FORMS[form](findings, ABOUT), get_status(findings, strict=strict)


def get_status(findings: Iterable[Finding], *, strict: bool) -> int:
    """Return the exit status: 1 for what fails."""
    failing = {Level.ERROR, Level.WARNING} if strict else {Level.ERROR}
    return int(any(each.level in failing for each in findings))


def check(target: str, find: Callable[[str], Any] = find_application) -> Checked:
    """Import an application, and find all that is wrong with its wiring.

    Args:
        target: see ``find_application``.
        find: imports it.

    Raises:
        CommandError: there is no such application.
    """
    app: Any = None
    failure: UserFailure | None = None
    refusals: list[Exception] = []
    findings: list[Finding] = []

    def keep(error: Exception) -> None:
        refusals.append(error)
        text = f"{type(error).__name__}: {error}"
        findings.append(Finding("wiring", Level.ERROR, text, *find_caller()))

    with keep_mistakes(keep), _keep_records(findings):
        try:
            app = find(target)
        except UserFailure as error:
            failure = error
    if failure is not None and failure.error is not None:
        findings.append(_describe(failure.error))
    if isinstance(cast("object", app), Application):
        wired: Application[Any] = app
        findings += [each for rule in RULES.values() for each in rule.find(wired)]
    return Checked(app, findings, failure, len(refusals))


def _describe(error: Exception) -> Finding:
    places = [
        (frame.f_code.co_filename, line)
        for frame, line in walk_tb(error.__traceback__)
        if not is_ours(frame)
    ]
    place = places[-1] if places else ("", 0)
    if isinstance(error, SyntaxError) and error.filename:
        place = (error.filename, error.lineno or 0)
    text = f"{type(error).__name__}: {error}; what comes behind it wasn't looked at"
    return Finding("import", Level.ERROR, text, *place)


class _Records(logging.Handler):
    """Keeps what the log tells about the wiring."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(logging.WARNING)
        self._findings = findings

    def emit(self, record: logging.LogRecord) -> None:
        is_error = record.levelno >= logging.ERROR
        level = Level.ERROR if is_error else Level.WARNING
        finding = Finding("wiring", level, record.getMessage(), *find_caller())
        self._findings.append(finding)


@contextmanager
def _keep_records(findings: list[Finding]) -> Generator[None]:
    log = logging.getLogger("poorwsgi")
    handler = _Records(findings)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
