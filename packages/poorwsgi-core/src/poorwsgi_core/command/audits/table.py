"""The audits by their names."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from poorwsgi_core.command.audits.access import (
    find_echoed_hosts,
    find_open_debug,
    find_open_guards,
    find_open_hosts,
    find_open_origins,
    find_open_verifiers,
    find_partly_guarded,
)
from poorwsgi_core.command.audits.answers import (
    find_bare_cookies,
    find_bare_forms,
    find_failures,
    find_files_by_cookie,
    find_missing_fields,
    find_missing_vary,
    find_unsent_tokens,
)
from poorwsgi_core.command.audits.secrets import (
    find_open_files,
    find_served_secrets,
    find_short_keys,
)
from poorwsgi_core.command.audits.survey import Survey
from poorwsgi_core.command.findings import Finding

__all__ = ["AUDITS", "Audit"]


class Audit(NamedTuple):
    """One audit.

    Attributes:
        about: what it finds, in a line.
        find: finds it.
    """

    about: str
    find: Callable[[Survey], Iterator[Finding]]


AUDITS: dict[str, Audit] = {
    "open-guard": Audit("A guard lets a stranger in.", find_open_guards),
    "partly-guarded": Audit(
        "A route has a guard for some of its methods.", find_partly_guarded
    ),
    "open-verifier": Audit("Random credentials are accepted.", find_open_verifiers),
    "open-debug": Audit("A stranger gets the debug page.", find_open_debug),
    "open-hosts": Audit("Any name of a host is served.", find_open_hosts),
    "host-echoed": Audit(
        "An answer has the Host in it that was sent.", find_echoed_hosts
    ),
    "open-origin": Audit(
        "Pages of any origin may read answers with cookies.", find_open_origins
    ),
    "missing-vary": Audit(
        "Answers differ by a field that Vary lacks.", find_missing_vary
    ),
    "file-by-cookie": Audit("A file is kept for one visitor.", find_files_by_cookie),
    "bare-form": Audit("A form has no token against forgery.", find_bare_forms),
    "unsent-token": Audit(
        "A form has a token whose session isn't sent.", find_unsent_tokens
    ),
    "bare-cookie": Audit("A cookie lacks a flag.", find_bare_cookies),
    "missing-header": Audit(
        "A page lacks a field that makes browsers careful.", find_missing_fields
    ),
    "failure": Audit("A route fails.", find_failures),
    "weak-key": Audit("A secret_key can be guessed.", find_short_keys),
    "served-secret": Audit("A file with secrets is served.", find_served_secrets),
    "open-file": Audit("A file with secrets can be read by others.", find_open_files),
}
"""Audits by their names, in the order in which they are made."""
