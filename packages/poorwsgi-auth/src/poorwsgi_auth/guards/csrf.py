"""Protection against requests that other sites forge (CSRF).

The rules:

* A session has a secret.  Each form gets a token that is made of it and is another
  text each time, so that a compressed page doesn't tell it (BREACH).
* Methods that change nothing are let through.
* First comes what no script can set: a request whose Sec-Fetch-Site is ``cross-site``
  is refused, and with ``same-origin`` or ``none`` the next rule isn't asked.  So a
  page with ``Referrer-Policy: no-referrer``, whose Origin is ``null``, may post to
  its own site.
* Else Origin, or Referer without it, must name this application.  That is so for
  ``same-site``, since a neighbour in the domain is another application.
* Whatever they say, there must be the right token.  A client that sends none of the
  fields is judged by its token alone.
* The body is read for the token when no other place has one.

By which rule a request has been refused is logged and isn't told to the client.  It
gets one advice for all rules, of use to who has sent an honest form too late.
"""

import logging
from hmac import compare_digest
from secrets import token_bytes, token_hex
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from poorwsgi_auth.request import Request
from poorwsgi_core import HTTPException
from poorwsgi_core.http.hosts import DEFAULT_PORTS
from poorwsgi_core.state import HTTP_FORBIDDEN

__all__ = [
    "CSRF_KEY",
    "DataSession",
    "check_csrf",
    "csrf_token",
    "replace_secret",
]

log = logging.getLogger("poorwsgi")

CSRF_KEY: Final = "_csrf"
"""Where the secret is in the data of a session."""

_OWN_SITES = frozenset({"same-origin", "none"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_HEADER = "X-CSRF-Token"
_FIELD = "csrf_token"
_BYTES = 16
_MOST_LOGGED = 200
_ADVICE = (
    "This form is out of date, as it is after a login or logout in another window. Go "
    "back, copy what you have typed, load the page again and send it from there."
)
_REMEDY = "has to send the session: req.session.header(response)"


class DataSession(Protocol):
    """A session whose data are a dictionary."""

    data: dict[str, Any]


def csrf_token(subject: Request | DataSession) -> str:
    """Return a token for a form, or for the header of a script's requests.

    The first one of a session stores its secret in ``data``, so write the session
    after it.

    Args:
        subject: a session, or a request with its session in ``req.session``.

    Raises:
        RuntimeError: the request has no session.
    """
    data = _find_session(subject).data
    secret: str = data.get(CSRF_KEY) or replace_secret(data)
    mask = token_bytes(_BYTES)
    return (mask + _xor(mask, bytes.fromhex(secret))).hex()


def replace_secret(data: dict[str, Any]) -> str:
    """Give session data a new secret, which ends all their tokens."""
    secret = data[CSRF_KEY] = token_hex(_BYTES)
    return secret


def check_csrf(
    req: Request, session: DataSession | None = None, *, token: str | None = None
) -> None:
    """Refuse a request that another site may have forged.

    The token is looked for in the header ``X-CSRF-Token``, in the query argument
    ``csrf_token``, and then in the form field of this name.  It can be a before
    handler as it is.

    Args:
        req: the request.
        session: its session, by default ``req.session``.
        token: the token, of a handler that reads the body by itself.

    Raises:
        HTTPException: 403.
        RuntimeError: the request has no session.
        TypeError: it is written above a handler.
    """
    if callable(req):
        raise TypeError(
            "check_csrf is no decorator: write app.add_before_response(check_csrf), or "
            "check_csrf(req) in the handler"
        )
    if req.method in _SAFE:
        return
    data = _find_session(session or req).data
    reason = _find_foreign_origin(req)
    if not reason:
        given = _read_token(req) if token is None else token
        if not _is_token(given, data.get(CSRF_KEY)):
            reason = _explain(given, data)
    if reason:
        log.warning("%s %r refused: %s", req.method, req.path, reason)
        raise HTTPException(HTTP_FORBIDDEN, error=_ADVICE)


def _find_session(subject: Request | DataSession) -> DataSession:
    session: Any = subject.session if isinstance(subject, Request) else subject
    if session is None:
        raise RuntimeError(
            "req.session is None: load a session and set it in a before handler, or "
            "pass the session itself"
        )
    found: DataSession = session
    return found


def _find_foreign_origin(req: Request) -> str:
    """Return why a request isn't of this application, "" when it is."""
    site = req.headers.get("Sec-Fetch-Site", "").strip(" \t")
    if site in _OWN_SITES:
        return ""
    if site == "cross-site":
        return "Sec-Fetch-Site is 'cross-site'"
    name, source = "Origin", req.headers.get("Origin")
    if source is None:
        name, source = "Referer", req.referer
    if source is None:
        return ""
    here = req.construct_url("")
    origin_here = _split_origin(here)
    if origin_here is not None and origin_here == _split_origin(source):
        return ""
    if source == "null":
        remedy = "the page has Referrer-Policy: no-referrer, or no origin"
    else:
        remedy = "behind a proxy set trusted_proxies"
    return f"{name} is {source[:_MOST_LOGGED]!r}, and this is {here!r}; {remedy}"


def _split_origin(url: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port, ``None`` for what is no URL."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme,
            parts.hostname or "",
            parts.port or DEFAULT_PORTS.get(parts.scheme),
        )
    except ValueError:
        return None


def _read_token(req: Request) -> object:
    token = req.headers.get(_HEADER)
    if token is None:
        token = req.args.getfirst(_FIELD)
    if token is not None:
        return token
    # A field before the files of a form leaves these to be streamed.
    find: Any = getattr(req, "leading_field", None)
    token = None if find is None else find(_FIELD)
    if token is not None:
        return token
    form: Any = getattr(req, "form", None)
    return None if form is None else form.getfirst(_FIELD)


def _is_token(token: object, secret: object) -> bool:
    if not (isinstance(token, str) and isinstance(secret, str)):
        return False
    try:
        raw, key = bytes.fromhex(token), bytes.fromhex(secret)
    except ValueError:
        return False
    mask, masked = raw[:_BYTES], raw[_BYTES:]
    return len(masked) == _BYTES and compare_digest(_xor(mask, masked), key)


def _explain(token: object, data: dict[str, Any]) -> str:
    """Say why a token isn't one; that of a session without a secret can't be."""
    if CSRF_KEY not in data:
        came = "the session that came has no secret" if data else "no session came"
        return f"{came}; a page that calls csrf_token() {_REMEDY}"
    return "the token is not of its session" if token else "the token is missing"


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
