"""Compares this tree with the published 2.8.1, answer by answer.

Usage::

    python bench/beside/compare.py PYTHON

PYTHON is an interpreter that has ``poorwsgi==2.8.1``; the one that runs this has the
tree.  Each answer that differs has to be explained by a row of the differences; exit
status 1 tells that one isn't, or that an explanation is no longer needed.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from poorwsgi.upgrade import read_tables

__all__ = ["EXPLAINED", "main"]

_ANSWERS = Path(__file__).parent / "answers.py"

_LOGIN = ("some-text-unescaped", "nosniff", "nonce-get-token", "default-offered-md5")
_LOST = ("nocontentresponse-304-lost",)
_PAGE = ("some-text-unescaped", "nosniff")
EXPLAINED: dict[str, tuple[str, ...]] = {
    "abort 503": ("status-without-page", *_PAGE),
    "bad length": ("malformed-lengths-queries",),
    "bad json": ("query-body-cookies", "failing-state-handler"),
    "challenge": _LOGIN,
    "cookies": ("cookies-none", "vary-cookie"),
    "delete": _LOST,
    "download": ("last-modified",),
    "form by PUT": ("405-without-allow", *_PAGE),
    "head": ("body-sent-head",),
    "hidden": ("dot-names",),
    "login": ("set-cookie-attributes",),
    "logout": ("destroy-left-content", "set-cookie-attributes"),
    "no cookies": ("vary-cookie",),
    "no key": _LOGIN,
    "no part": ("range-sent-all", "416-bytes-10"),
    "no session": ("vary-cookie",),
    "options": ("options-known-path",),
    "part": ("last-modified",),
    "parts without a boundary": ("malformed-form",),
    "parts without an end": ("form-without-end",),
    "request accepts": ("accept-xhtml-looked",),
    "request of a user": ("authorization",),
    "request through a proxy": ("forwarded", "forwarded-first"),
    "session": ("vary-cookie",),
    "see other": ("no-content-length",),
    "strange nonce by hand": _LOGIN,
    "strange session": ("vary-cookie",),
    "style twice": ("txt-txt-served",),
    "style": ("last-modified", "text-without-charset", "nosniff"),
    "thumb known": _LOST,
    "unknown method": ("unknown-methods-ran", *_PAGE),
    "user's page": ("handlers-took-request",),
    "value empty": _LOST,
    "value none": _LOST,
    "wrong method": ("405-without-allow", *_PAGE),
    "wrong method of a pattern": ("405-without-allow", *_PAGE),
    "wrong password": _LOGIN,
    "wrong password by hand": _LOGIN,
}
"""Rows of the differences, by the names of requests."""


def main(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write(__doc__ or "")
        return 2
    old, new = _ask(arguments[0], "-I"), _ask(sys.executable)
    rows = {row.id for table in read_tables() for row in table.rows}
    unknown = {row for names in EXPLAINED.values() for row in names} - rows
    differing = {name for name in old if old[name] != new[name]}
    wrong = [f"there is no difference {row}" for row in sorted(unknown)]
    wrong += [f"{name}: is equal" for name in sorted(EXPLAINED.keys() - differing)]
    for name in sorted(differing - EXPLAINED.keys()):
        wrong += [f"{name}: {each}" for each in _describe(old[name], new[name])]
    for line in wrong:
        print(line)
    print(f"{len(old)} compared, {len(differing)} differ")
    return int(bool(wrong))


def _ask(*python: str) -> dict[str, Any]:
    run = [*python, str(_ANSWERS)]
    done = subprocess.run(run, stdout=subprocess.PIPE, check=True)  # noqa: S603 - ours
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def _describe(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Tell what differs: status, lines of the head, and body."""
    heads = [
        [f"{key}: {value}" for key, value in each["headers"]] for each in (old, new)
    ]
    lines = [f"- {line}" for line in heads[0] if line not in heads[1]]
    lines += [f"+ {line}" for line in heads[1] if line not in heads[0]]
    for key in ("status", "body"):
        if old[key] != new[key]:
            lines += [f"- {key} {old[key][:300]!r}", f"+ {key} {new[key][:300]!r}"]
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
