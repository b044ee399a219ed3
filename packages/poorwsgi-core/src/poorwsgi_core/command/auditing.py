"""``audit``: what a reviewer would ask, proved by requests.

The rules of ``check`` come first, and then a stranger asks for each route.  The
application runs in this process, and what it writes to its log isn't shown.
"""

import logging
from collections.abc import Collection, Generator
from contextlib import contextmanager

from poorwsgi_core.command.audits.survey import Survey
from poorwsgi_core.command.audits.table import AUDITS
from poorwsgi_core.command.checking import ABOUT, check, get_status
from poorwsgi_core.command.findings import FORMS
from poorwsgi_core.command.target import CommandError, find_routed

__all__ = ["run_audit"]


def run_audit(
    target: str, form: str, *, strict: bool, ignored: Collection[str]
) -> tuple[str, int]:
    """Return what is told of an application, and the exit status.

    Args:
        target: see ``find_application``.
        form: one of ``FORMS``.
        strict: whether warnings fail too.
        ignored: names of rules that aren't told.

    Raises:
        CommandError: there is no such application, or no such rule.
    """
    about = {**ABOUT, **{name: audit.about for name, audit in AUDITS.items()}}
    for name in ignored:
        if name not in about:
            raise CommandError(f"no rule {name!r} to ignore: there are {[*about]}")
    checked = check(target, find_routed)
    findings = checked.findings
    if checked.app is not None:
        with _silence():
            survey = Survey(checked.app)
            for audit in AUDITS.values():
                findings += audit.find(survey)
    findings = [each for each in findings if each.rule not in ignored]
    return FORMS[form](findings, about), get_status(findings, strict=strict)


@contextmanager
def _silence() -> Generator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
