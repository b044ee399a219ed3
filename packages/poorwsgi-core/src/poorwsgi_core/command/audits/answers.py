"""What is missing in answers: names in Vary, flags of cookies, fields for browsers."""

from collections.abc import Iterator, Mapping

from poorwsgi_core.command.audits.survey import Survey, Visit
from poorwsgi_core.command.findings import Finding, Level, blame, find_home
from poorwsgi_core.testing import Answer

__all__ = [
    "find_bare_cookies",
    "find_failures",
    "find_missing_fields",
    "find_missing_vary",
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
            missing = [
                each
                for each in ("Secure", "HttpOnly", "SameSite")
                if each.lower() not in given
            ]
            if missing and name not in told:
                told.add(name)
                yield Finding(
                    "bare-cookie",
                    Level.WARNING,
                    f"Cookie {name!r}, set by GET {visit.path} over https, lacks "
                    f"{', '.join(missing)}",
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


def find_failures(survey: Survey) -> Iterator[Finding]:
    """Find routes that fail when a stranger asks for them."""
    for visit in survey.visits:
        if visit.answer.status_code == 500:
            yield Finding(
                "failure",
                Level.ERROR,
                f"GET {visit.path} is answered {visit.answer.status}",
                *blame(visit.handler),
            )
