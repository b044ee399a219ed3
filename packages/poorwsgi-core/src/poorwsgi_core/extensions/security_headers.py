"""Headers that make browsers careful: policies for content, framing and referrers.

A header that an answer has already is left as it is, so a handler may be stricter, or
less strict, for its own page.
"""

import re
import secrets
from typing import Any

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.arguments import convert, count, text
from poorwsgi_core.http.headers import check_field_value
from poorwsgi_core.request import SimpleRequest
from poorwsgi_core.request.variables import parse_flag
from poorwsgi_core.response import BaseResponse
from poorwsgi_core.state import HTTP_NOT_MODIFIED

__all__ = ["SecurityHeaders", "csp_nonce"]

_YEAR = 31_536_000
_NONCE = "app_csp_nonce"
_PLACE = re.compile(r" ?'nonce'")
_FRAMES = ("DENY", "SAMEORIGIN", "")
_REFERRERS = (
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
    "",
)
_DIRECTIVES = (
    *("base-uri", "child-src", "connect-src", "default-src", "fenced-frame-src"),
    *("font-src", "form-action", "frame-ancestors", "frame-src", "img-src"),
    *("manifest-src", "media-src", "object-src", "report-to", "report-uri"),
    *("require-trusted-types-for", "sandbox", "script-src", "script-src-attr"),
    *("script-src-elem", "style-src", "style-src-attr", "style-src-elem"),
    *("trusted-types", "upgrade-insecure-requests", "worker-src"),
)
"""Of Content Security Policy Level 3, and those of its neighbours."""

_KEYWORDS = frozenset(
    {"none", "nonce", "self", "strict-dynamic", "unsafe-eval", "unsafe-inline"}
)
_OPENERS = ("same-origin", "same-origin-allow-popups", "unsafe-none", "")

_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce'; style-src 'self' 'nonce'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def csp_nonce(req: SimpleRequest) -> str:
    """Return the nonce of this answer, for inline scripts and styles.

    The policy has it only when it was asked for before the head of the answer is
    sent.  A page with a nonce must not be stored and sent to others.
    """
    nonce: str = vars(req).setdefault(_NONCE, secrets.token_urlsafe(16))
    return nonce


class SecurityHeaders:
    """Add the headers that browsers need to be careful.

    An empty text leaves a header out.

    Args:
        policy: of Content-Security-Policy; where it says ``'nonce'``, the nonce of
            the answer stands, if ``csp_nonce`` was called for it.
        report_only: let browsers only report what breaks the policy.
        hsts: seconds for which browsers use https alone, 0 to leave it out.  It is
            sent over https alone, which trusted proxies may tell.
        subdomains: whether that is so for all names below the host's.
        frame: who may show a page in a frame; ``frame-ancestors`` of the policy says
            it to newer browsers.
        referrer: what other sites learn.  With ``no-referrer`` browsers send forms
            with the origin ``null``, so that checks against forgery may refuse them.
        opener: whether pages of others that open one of ours may reach it.

    Raises:
        TypeError: an argument has a wrong type.
        ValueError: a value that browsers don't know, or can't be sent.
    """

    def __init__(
        self,
        *,
        policy: str = _POLICY,
        report_only: bool = False,
        hsts: int = _YEAR,
        subdomains: bool = False,
        frame: str = "DENY",
        referrer: str = "same-origin",
        opener: str = "same-origin",
    ) -> None:
        self._policy = check_field_value(convert("policy", text, policy))
        _check_policy(policy)
        is_report = convert("report_only", parse_flag, report_only)
        suffix = "-Report-Only" if is_report else ""
        self._policy_name = f"Content-Security-Policy{suffix}"
        age = convert("hsts", count, hsts)
        covers_all = convert("subdomains", parse_flag, subdomains)
        self._hsts = f"max-age={age}{'; includeSubDomains' if covers_all else ''}"
        self._has_hsts = age > 0
        fields = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": _check("frame", frame, _FRAMES),
            "Referrer-Policy": _check("referrer", referrer, _REFERRERS),
            "Cross-Origin-Opener-Policy": _check("opener", opener, _OPENERS),
        }
        self._fields = [pair for pair in fields.items() if pair[1]]

    def install(self, app: Application[Any]) -> None:
        """Add the headers to all answers."""
        app.add_after_response(self._add)

    def _add(self, req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        headers = response.headers
        for name, value in self._fields:
            headers.setdefault(name, value)
        if self._has_hsts and req.construct_url("/").startswith("https:"):
            headers.setdefault("Strict-Transport-Security", self._hsts)
        nonce = vars(req).get(_NONCE)
        # A stored page keeps the nonce that it was sent with.
        if self._policy and not (nonce and response.status_code == HTTP_NOT_MODIFIED):
            stated = f" 'nonce-{nonce}'" if nonce else ""
            headers.setdefault(self._policy_name, _PLACE.sub(stated, self._policy))
        return response


def _check_policy(policy: str) -> None:
    """Refuse what browsers pass over, or take for the name of a host."""
    from difflib import get_close_matches

    for directive in filter(str.strip, policy.split(";")):
        name, *sources = directive.lower().split()
        close = get_close_matches(name, _DIRECTIVES, 1, 0.8)
        if close and close[0] != name:
            raise ValueError(
                f"policy: no directive {name!r}: did you mean {close[0]!r}?"
            )
        for source in _KEYWORDS.intersection(sources):
            raise ValueError(
                f"policy: {source} without quotes is the name of a host: write "
                f"'{source}' in quotes"
            )


def _check(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        choice = ", ".join(repr(each) for each in known)
        raise ValueError(f"{name} is one of {choice}, not {value!r}")
    return value
