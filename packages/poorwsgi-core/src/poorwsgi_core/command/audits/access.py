"""Who gets in: guards and verifiers, hosts, origins, the debug page."""

from base64 import b64encode
from collections.abc import Iterator
from secrets import token_hex

from poorwsgi_core.application.handlers import Handler
from poorwsgi_core.command.audits.survey import Survey
from poorwsgi_core.command.audits.tripwire import find_inner_code
from poorwsgi_core.command.findings import Finding, Level, blame, find_home
from poorwsgi_core.http.authorization import parse_authorization

__all__ = [
    "find_echoed_hosts",
    "find_open_debug",
    "find_open_guards",
    "find_open_hosts",
    "find_open_origins",
    "find_open_verifiers",
    "find_partly_guarded",
]

_EVIL = "evil.example"
_EVIL_ORIGIN = f"https://{_EVIL}"


def find_open_guards(survey: Survey) -> Iterator[Finding]:
    """Find routes with a guard that answer a stranger, or lead one to the handler."""
    for visit in survey.visits:
        if visit.guarded and visit.answer.status_code < 300:
            yield Finding(
                "open-guard",
                Level.ERROR,
                f"GET {visit.path} has a guard and is answered "
                f"{visit.answer.status} without credentials",
                *blame(visit.handler),
            )

    for method, path, handler, answer in survey.knocks:
        if answer is None:
            yield Finding(
                "open-guard",
                Level.ERROR,
                f"{method} {path} has a guard and leads to its handler without "
                "credentials",
                *blame(handler),
            )


def find_partly_guarded(survey: Survey) -> Iterator[Finding]:
    """Find routes that have a guard for some of their methods."""
    rows: dict[str, dict[str, bool]] = {}
    handlers: dict[tuple[str, str], Handler] = {}
    for row in survey.app.route_table:
        states = rows.setdefault(row.rule, {})
        states.update(dict.fromkeys(row.methods, row.guarded))
        handlers.update({(row.rule, name): row.handler for name in row.methods})
    for rule, states in rows.items():
        if len({*states.values()}) == 2:
            bare = [name for name, has_guard in states.items() if not has_guard]
            yield Finding(
                "partly-guarded",
                Level.NOTE,
                f"Route {rule!r} has a guard, and none for {', '.join(bare)}",
                *blame(handlers[rule, bare[0]]),
            )


def find_open_verifiers(survey: Survey) -> Iterator[Finding]:
    """Find routes that let in who has random credentials."""
    for visit in survey.visits:
        for challenge in visit.answer.headers.get_all("WWW-Authenticate"):
            for name, value in _invent(challenge, visit.path):
                answer = survey.ask(visit.path, {name: value})
                if visit.answer.status_code == 401 and answer.status_code < 400:
                    what = f"GET {visit.path} is answered {answer.status}"
                    yield _blame_verifier(what, name, value, visit.handler)
    for method, path, handler, refusal in survey.knocks:
        code = find_inner_code(handler)
        if refusal is None or refusal.status_code != 401 or code is None:
            continue
        for challenge in refusal.headers.get_all("WWW-Authenticate"):
            for name, value in _invent(challenge, path):
                if survey.knock(method, path, code, {name: value}) is None:
                    what = f"{method} {path} leads to its handler"
                    yield _blame_verifier(what, name, value, handler)


def _blame_verifier(what: str, name: str, value: str, handler: Handler) -> Finding:
    shown = value if name != "Authorization" else value.partition(" ")[0]
    return Finding(
        "open-verifier",
        Level.ERROR,
        f"{what} with random credentials ({name}: {shown}): its verifier lets "
        "everybody in",
        *blame(handler),
    )


def _invent(challenge: str, path: str) -> Iterator[tuple[str, str]]:
    """Invent credentials for a challenge; those that careless verifiers take too."""
    scheme, _, _ = challenge.partition(" ")
    fields = parse_authorization(challenge)
    random = token_hex(16)
    match scheme.lower():
        case "basic":
            for text in (f"{random}:{random}", "admin:", ":"):
                yield "Authorization", f"Basic {b64encode(text.encode()).decode()}"
        case "bearer":
            # An unsigned JSON Web Token, of alg "none".
            unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."
            for token in (random, "null", unsigned):
                yield "Authorization", f"Bearer {token}"
        case "apikey":
            yield fields.get("header", "X-API-Key"), random
        case "digest":
            parts = {
                "username": random,
                "realm": fields.get("realm", ""),
                "nonce": fields.get("nonce", ""),
                "uri": path,
                "response": token_hex(len(random) // 2),
                "opaque": fields.get("opaque", ""),
                "cnonce": random,
            }
            quoted = ", ".join(f'{key}="{value}"' for key, value in parts.items())
            bare = f"algorithm={fields.get('algorithm', 'MD5')}, qop=auth, nc=00000001"
            yield "Authorization", f"Digest {quoted}, {bare}"
        case _:
            yield "Authorization", f"{scheme} {random}"


def find_open_hosts(survey: Survey) -> Iterator[Finding]:
    """Find out whether any name of a host is served."""
    if survey.app.trusted_hosts is None:
        yield Finding(
            "open-hosts",
            Level.WARNING,
            "trusted_hosts is None, so any name is served: name yours, as in "
            "app.trusted_hosts = ['www.example.com']",
            *find_home(survey.app.name),
        )


def find_echoed_hosts(survey: Survey) -> Iterator[Finding]:
    """Find answers that hand on the name that a stranger has sent."""
    for visit in survey.visits:
        answer = survey.ask(visit.path, host=_EVIL)
        # Pages about errors say where they come from, and aren't kept.
        body = answer.data if answer.status_code < 400 else b""
        if _EVIL in f"{body!r} {answer.headers.get('Location')}":
            yield Finding(
                "host-echoed",
                Level.ERROR,
                f"GET {visit.path} puts the Host that was sent into its answer: set "
                "trusted_hosts",
                *blame(visit.handler),
            )


def find_open_origins(survey: Survey) -> Iterator[Finding]:
    """Find answers that pages of any origin may read with the user's cookies."""
    for visit in survey.visits:
        for origin in (_EVIL_ORIGIN, "null"):
            headers = survey.ask(visit.path, {"Origin": origin}).headers
            allowed = headers.get("Access-Control-Allow-Origin")
            credentials = headers.get("Access-Control-Allow-Credentials")
            if allowed == origin and credentials == "true":
                yield Finding(
                    "open-origin",
                    Level.ERROR,
                    f"GET {visit.path} lets pages of the origin {origin} read it with "
                    "the user's cookies: name the origins that may",
                    *blame(visit.handler),
                )


def find_open_debug(survey: Survey) -> Iterator[Finding]:
    """Find out whether a stranger gets the debug page."""
    # A stranger may write what they like as Host.
    answer = survey.ask("/debug-info", host="localhost")
    if survey.app.debug and answer.status_code == 200:
        yield Finding(
            "open-debug",
            Level.ERROR,
            "A stranger who writes Host: localhost gets /debug-info, and tracebacks: "
            "switch debug off",
            *find_home(survey.app.name),
        )
