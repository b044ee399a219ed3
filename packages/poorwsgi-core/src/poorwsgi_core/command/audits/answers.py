"""What is missing in answers: names in Vary, flags of cookies, fields for browsers."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from poorwsgi_core.command.audits.survey import Survey, Visit
from poorwsgi_core.command.findings import Finding, Level, blame, find_home
from poorwsgi_core.command.rules.routes import HUGE_NUMBER, SAMPLES, build_path, walk
from poorwsgi_core.http.paths import encode_path
from poorwsgi_core.testing import Answer

__all__ = [
    "find_bare_cookies",
    "find_bare_forms",
    "find_failures",
    "find_files_by_cookie",
    "find_missing_fields",
    "find_missing_vary",
    "find_unsent_tokens",
]

_VARIATIONS: Mapping[str, tuple[str, ...]] = {
    "Accept": ("text/html", "application/json", "text/plain"),
    "Accept-Language": ("en", "cs", "de"),
    "Accept-Encoding": ("gzip", "br", "zstd"),
    "Cookie": ("theme=dark; lang=cs; session=none",),
    "Origin": ("https://other.example",),
    "User-Agent": ("Mozilla/5.0 (iPhone)", "curl/8.0"),
    "X-Requested-With": ("XMLHttpRequest",),
}
_COMPARED = (
    *("Content-Type", "Content-Language", "Content-Encoding", "Location"),
    "Access-Control-Allow-Origin",
)
_UNSHARED = ("no-store", "private")
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL | re.IGNORECASE)
_POST = re.compile(r"""<form\b[^>]*\bmethod=["']?post""", re.IGNORECASE)
_TOKEN = re.compile(r"""\bname=["']?[^"'>]*(?:csrf|xsrf|token)""", re.IGNORECASE)
_CSRF_TOKEN = re.compile(
    r"""<(?=[^>]*\bname=["']?csrf_token\b)[^>]*\bvalue=["']?[0-9a-f]{64}\b"""
)
_MOST_FILES = 20

_FLAGS: Mapping[str, str] = {
    "Secure": "secure=True",
    "HttpOnly": "httponly=True",
    "SameSite": "same_site='Lax'",
}
_FIELDS: Mapping[str, str] = {
    "Content-Security-Policy": "scripts of others run where a page is injected",
    "Referrer-Policy": "other sites learn the whole address",
    "Strict-Transport-Security": "browsers may ask by http",
    "X-Content-Type-Options": "browsers guess the type of what was uploaded",
}


def find_missing_vary(survey: Survey) -> Iterator[Finding]:
    """Find answers that differ by a field which their Vary lacks."""
    for visit in survey.visits:
        if visit.answer.status_code >= 400:
            continue
        again = survey.ask(visit.path)
        # A page with the time in it, or a nonce, differs by itself.
        with_body = again.data == visit.answer.data
        missing: list[str] = []
        for field, values in _VARIATIONS.items():
            others = [survey.ask(visit.path, {field: value}) for value in values]
            answers = [visit.answer, *others]
            seen = {_fingerprint(answer, with_body=with_body) for answer in answers}
            if len(seen) > 1 and not all(_is_kept_apart(x, field) for x in answers):
                missing.append(field)
        if missing:
            yield Finding(
                "missing-vary",
                Level.WARNING,
                f"GET {visit.path} differs by {', '.join(missing)}, which its Vary "
                f"lacks: write req.vary += {(*missing,)}, or a cache sends the one "
                "to the other",
                *blame(visit.handler),
            )


def _fingerprint(answer: Answer, *, with_body: bool) -> tuple[object, ...]:
    fields = [answer.headers.get(name) for name in _COMPARED]
    return (answer.status, answer.data if with_body else b"", *fields)


def _is_kept_apart(answer: Answer, field: str) -> bool:
    varies = answer.headers.get("Vary", "").lower()
    names = {name.strip() for name in varies.split(",")}
    control = answer.headers.get("Cache-Control", "").lower()
    is_unshared = any(name in control for name in _UNSHARED)
    return is_unshared or not names.isdisjoint({"*", field.lower()})


def find_bare_cookies(survey: Survey) -> Iterator[Finding]:
    """Find cookies that lack a flag."""
    told: set[str] = set()
    for visit in survey.visits:
        for line in visit.answer.headers.get_all("Set-Cookie"):
            pair, *attributes = line.split(";")
            name = pair.partition("=")[0].strip()
            given = {each.strip().partition("=")[0].lower() for each in attributes}
            missing = [each for each in _FLAGS if each.lower() not in given]
            if missing and name not in told:
                told.add(name)
                yield Finding(
                    "bare-cookie",
                    Level.WARNING,
                    f"Cookie {name!r}, set by GET {visit.path} over https, lacks "
                    f"{', '.join(missing)}: make the cookie, or its session, with "
                    f"{', '.join(_FLAGS[each] for each in missing)}",
                    *blame(visit.handler),
                )


def find_missing_fields(survey: Survey) -> Iterator[Finding]:
    """Find pages that lack a field by which browsers are careful."""
    pages = [visit for visit in survey.visits if _is_page(visit)]
    for name, danger in _FIELDS.items():
        bare = [visit for visit in pages if name not in visit.answer.headers]
        if bare:
            yield Finding(
                "missing-header",
                Level.WARNING,
                f"{name} is missing on {len(bare)} of {len(pages)} pages, such as "
                f"{bare[0].path}, so {danger}: app.install(SecurityHeaders())",
                *find_home(survey.app.name),
            )


def _is_page(visit: Visit) -> bool:
    kind = visit.answer.headers.get("Content-Type", "")
    return visit.answer.status_code < 400 and kind.startswith("text/html")


def find_files_by_cookie(survey: Survey) -> Iterator[Finding]:
    """Find out whether files are kept apart for each visitor."""
    root = survey.app.document_root
    for path in islice(walk(root) if root else (), _MOST_FILES):
        answer = survey.ask(encode_path(path))
        if (
            answer.status_code == 200
            and "cookie" in answer.headers.get("Vary", "").lower()
        ):
            yield Finding(
                "file-by-cookie",
                Level.WARNING,
                f"GET {path} has Vary: Cookie, so that caches keep the file for one "
                "visitor: let hooks that load a session pass over req.static_file",
                *find_home(survey.app.name),
            )
            return


def find_bare_forms(survey: Survey) -> Iterator[Finding]:
    """Find forms that change something and have no token against forgery."""
    for visit in survey.visits:
        if not _is_page(visit):
            continue
        for form in _FORM.findall(visit.answer.data.decode("utf-8", "replace")):
            if _POST.search(form) and not _TOKEN.search(form):
                yield Finding(
                    "bare-form",
                    Level.NOTE,
                    f"A form at GET {visit.path} has no token, so that pages of others "
                    "may send it: write check_csrf and csrf_token of poorwsgi_auth",
                    *blame(visit.handler),
                )
                break


def find_unsent_tokens(survey: Survey) -> Iterator[Finding]:
    """Find forms with a token, whose secret no cookie carries."""
    for visit in survey.visits:
        text = visit.answer.data.decode("utf-8", "replace")
        if "Set-Cookie" not in visit.answer.headers and _CSRF_TOKEN.search(text):
            yield Finding(
                "unsent-token",
                Level.WARNING,
                f"GET {visit.path} has a csrf_token(), and no cookie with its session, "
                "so that its form is refused: write req.session.header(response)",
                *blame(visit.handler),
            )


def find_failures(survey: Survey) -> Iterator[Finding]:
    """Find routes that fail when a stranger asks for them.

    A group is tried with a number beyond 64 bits too, which few databases take.
    """
    for visit in survey.visits:
        path, answer, hint = visit.path, visit.answer, ""
        if answer.status_code != 500:
            found = build_path(survey.app, visit.rule, (HUGE_NUMBER, *SAMPLES))
            path = encode_path(found or visit.path)
            answer = answer if path == visit.path else survey.ask(path)
            hint = ": a number beyond 64 bits is that of nothing, so answer 404"
        if answer.status_code == 500:
            yield Finding(
                "failure",
                Level.ERROR,
                f"GET {path} is answered {answer.status}{hint}",
                *blame(visit.handler),
            )
