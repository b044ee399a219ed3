"""Hooks that return what they must not, as far as their code tells.

A value that is computed isn't judged; one that is written in the code is.
"""

from collections.abc import Iterator
from types import CodeType
from typing import Any

from poorwsgi_core.application import Application
from poorwsgi_core.command.findings import Finding, Level, blame
from poorwsgi_core.command.rules.returned import COMPUTED, find_code, list_returned
from poorwsgi_core.request.callables import describe_handler

__all__ = ["find_bad_returns"]

_ANSWERS = (str, bytes, tuple)


def find_bad_returns(app: Application[Any]) -> Iterator[Finding]:
    """Find before handlers whose answer is none, and after handlers without one."""
    before, after = app.list_hooks()
    for hook in before:
        for reason in _judge_before(find_code(hook)):
            yield _build("Before", hook, reason)
    for hook in after:
        code = find_code(hook)
        if code is not None and None in list_returned(code):
            reason = "returns None: write return response at each of its ends"
            yield _build("After", hook, reason)


def _build(kind: str, hook: Any, reason: str) -> Finding:
    text = f"{kind} handler {describe_handler(hook).name} {reason}"
    return Finding("hook-returns", Level.ERROR, text, *blame(hook))


def _judge_before(code: CodeType | None) -> Iterator[str]:
    if code is None:
        return
    for value in dict.fromkeys(list_returned(code)):
        if value not in (None, COMPUTED) and not isinstance(value, _ANSWERS):
            yield (
                f"returns {value!r}, which is no answer: return None to go on, or "
                "text, a dict, a tuple or a response to answer the request"
            )
