"""Security schemes: what a client has to show, and who looks at it.

The document says which credentials an operation asks for; a *verifier* of the
application, bound to the scheme by name, says whose they are::

    def verify(req, credentials):
        return USERS.get(credentials.value)   # None: they are wrong

A verifier gets the request and ``Credentials``.  What it returns is the user, or a
``Grant`` of a user and scopes; whatever is false refuses, and so does a Grant of it.
Where the operation asks for scopes, only a Grant that has them lets in.  It may also
raise HTTPException, with 401 or 403 to refuse in words of its own.  It isn't
called without credentials, unless nobody but itself can find them (mutualTLS).

A verifier may have an attribute ``challenge``: text, or a function of the
request that returns text, for WWW-Authenticate.

Requirements are alternatives: the first that is met wins.
"""

import binascii
import logging
from base64 import b64decode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from poorwsgi_core import HTTPException, Request
from poorwsgi_core.http.cookies import parse_cookies
from poorwsgi_core.state import HTTP_FORBIDDEN, HTTP_UNAUTHORIZED
from poorwsgi_openapi.checks.faults import Fault, Problem, ProblemFound
from poorwsgi_openapi.checks.variables import header_variable, note_vary
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.sources import SourceError

__all__ = [
    "Credentials",
    "Grant",
    "Schemes",
    "SecurityPlan",
    "Verifier",
    "grant_all",
    "left_to_guard",
]

log = logging.getLogger("poorwsgi")


class Credentials(NamedTuple):
    """What a client has shown for one scheme.

    Attributes:
        scheme: name of the scheme.
        scopes: scopes that the operation asks for.
        value: API key, token, or all that follows the name of an HTTP scheme.
        username: of HTTP Basic.
        password: of HTTP Basic.
    """

    scheme: str
    scopes: tuple[str, ...] = ()
    value: str = ""
    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        # Without what is secret, because it gets into logs and tracebacks.
        return f"Credentials(scheme={self.scheme!r}, username={self.username!r}, ...)"


class Grant(NamedTuple):
    """A user, and what the credentials allow.

    Attributes:
        user: what becomes ``req.user``.
        scopes: scopes that were granted; those asked for have to be among them.
    """

    user: Any
    scopes: Collection[str] = ()


Verifier: TypeAlias = Callable[[Any, Credentials], Any]


def grant_all(_: Request, credentials: Credentials) -> Grant:
    """Take any credentials; the verifier of mocks."""
    return Grant("mock", credentials.scopes)


def left_to_guard(_: Request, __: Credentials) -> None:
    """Stand for the guard of a handler, which asks in the place of a verifier."""


class _Scheme:
    """One security scheme with its verifier."""

    def __init__(
        self, name: str, node: Mapping[str, Any], verify: Verifier, realm: str
    ) -> None:
        self.name = name
        self.kind: str = node["type"]
        self.verify = verify
        self._node = node
        self._realm = realm
        # Names of HTTP schemes have no case (RFC 9110 §11.1).
        self.http = str(node.get("scheme", "bearer")).lower()
        self.query_name = ""
        if self.kind == "apiKey" and node["in"] == "query":
            self.query_name = str(node["name"])

    def read(self, req: Request, scopes: tuple[str, ...]) -> Credentials | None:
        """Find the credentials in a request, ``None`` when there are none."""
        if self.kind == "mutualTLS":
            return Credentials(self.name, scopes)
        if self.kind == "apiKey":
            key = _read_key(req, self._node["in"], self._node["name"])
            return Credentials(self.name, scopes, key) if key else None
        header = req.headers.get("Authorization") or ""
        word, _, value = header.partition(" ")
        value = value.strip(" \t")
        if word.lower() != self.http or not value:
            return None
        if self.http != "basic":
            return Credentials(self.name, scopes, value)
        pair = _decode_basic(value)
        return pair and Credentials(self.name, scopes, value, *pair)

    def challenge(self, req: Request, scopes: Sequence[str], *, shown: bool) -> str:
        """Build the value of WWW-Authenticate."""
        own: Any = getattr(self.verify, "challenge", None)
        if own is not None:
            return str(own(req) if callable(own) else own)
        realm = f'realm="{self._realm}"'
        if self.kind == "apiKey":
            node = self._node
            return f'ApiKey {realm}, in="{node["in"]}", name="{node["name"]}"'
        if self.kind == "mutualTLS":
            return f"MutualTLS {realm}"
        if self.http == "basic":
            return f'Basic {realm}, charset="UTF-8"'
        if self.http != "bearer":
            values = req.app.challenge(req, self._realm, None)
            return ", ".join(values) or f"{self.http.capitalize()} {realm}"
        if shown:
            realm += ', error="invalid_token"'
        return f"Bearer {realm}" + (f', scope="{" ".join(scopes)}"' if scopes else "")


def _read_key(req: Request, place: str, name: str) -> str:
    if place != "query":
        note_vary(req, (name if place == "header" else "Cookie",))
    if place == "header":
        return req.environ.get(header_variable(name)) or ""
    if place == "cookie":
        return parse_cookies(req.headers.get("Cookie") or "").get(name, "")
    return req.args.getfirst(name, "")


def _decode_basic(value: str) -> tuple[str, str] | None:
    try:
        text = b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    username, colon, password = text.partition(":")
    return (username, password) if colon else None


class Schemes:
    """All schemes of a document, each bound to a verifier.

    Args:
        document: the document.
        verifiers: verifiers by name of the scheme.
        realm: protection space that challenges name.

    Raises:
        ValueError: an operation asks for a scheme that nobody verifies, or that
            the document doesn't define; or a verifier is for no scheme.
    """

    def __init__(
        self, document: Document, verifiers: Mapping[str, Verifier], realm: str
    ) -> None:
        self._known: dict[str, _Scheme] = {}
        declared = document.security_schemes
        for name in verifiers:
            if name not in declared:
                known = ", ".join(declared) or "none"
                raise ValueError(
                    f"There is no security scheme {name!r} to verify; the document "
                    f"has {known}"
                )
        for operation in (*document.operations, *document.webhooks):
            for requirement in operation.security:
                for name in requirement:
                    where = f"{operation.method} {operation.path}"
                    self._bind(document, declared, verifiers, name, where, realm)

    def _bind(
        self,
        document: Document,
        declared: Mapping[str, Mapping[str, Any]],
        verifiers: Mapping[str, Verifier],
        name: str,
        where: str,
        realm: str,
    ) -> None:
        if name in self._known:
            return
        if name not in declared:
            raise SourceError(
                f"{where} asks for the security scheme {name!r}, which "
                f"{document.source or 'the document'} doesn't define; add it to "
                "components/securitySchemes or correct the name"
            )
        verify = verifiers.get(name)
        if verify is None:
            kind = declared[name].get("type")
            raise ValueError(
                f"{where} asks for the security scheme {name!r} ({kind}), and nobody "
                f"verifies it; bind a function by api.security({name!r}, verify) "
                "before app.install(api)"
            )
        self._known[name] = _Scheme(name, declared[name], verify, realm)

    def plan(
        self, requirements: Iterable[Mapping[str, Sequence[str]]]
    ) -> "SecurityPlan | None":
        """Prepare the requirements of an operation, ``None`` when it is open."""
        alternatives = [
            [
                (self._known[name], tuple(scopes or ()))
                for name, scopes in one.items()
                if self._known[name].verify is not left_to_guard
            ]
            for one in requirements
        ]
        if not any(alternatives):
            return None
        return SecurityPlan(alternatives)


class SecurityPlan:
    """The requirements of one operation.

    Args:
        alternatives: of which one has to be met, each of it whole.
    """

    def __init__(
        self, alternatives: Sequence[Sequence[tuple[_Scheme, tuple[str, ...]]]]
    ) -> None:
        # An empty requirement lets everybody in, but is tried last.
        self._alternatives = [each for each in alternatives if each]
        self._is_optional = len(self._alternatives) < len(alternatives)

    def query_names(self) -> list[str]:
        """List the names of API keys in the query."""
        return [
            scheme.query_name
            for alternative in self._alternatives
            for scheme, _ in alternative
            if scheme.query_name
        ]

    def verify(self, req: Request) -> dict[str, Any]:
        """Return the users by scheme, of the first alternative that is met.

        Raises:
            ProblemFound: none is; with 401 or 403.
            HTTPException: a verifier says so, in its own words.
        """
        trouble = _Trouble()
        for alternative in self._alternatives:
            users = _try(req, alternative, trouble)
            if users is not None:
                return users
        if self._is_optional:
            return {}
        raise trouble.build(req)


class _Trouble:
    """Why alternatives failed."""

    def __init__(self) -> None:
        self.refused: list[tuple[_Scheme, tuple[str, ...], bool]] = []
        self.forbidden: list[tuple[_Scheme, tuple[str, ...]]] = []
        self.raised: HTTPException | None = None

    def build(self, req: Request) -> Exception:
        """Build the exception that answers the request."""
        if self.forbidden:
            return ProblemFound(self._forbid())
        if self.raised is not None:
            return self.raised
        challenges = {
            scheme.challenge(req, scopes, shown=shown): None
            for scheme, scopes, shown in self.refused
        }
        faults = [
            Fault(
                "security",
                "invalid" if shown else "required",
                "credentials are not valid" if shown else "credentials are required",
                name=scheme.name,
            )
            for scheme, _, shown in self.refused
        ]
        headers = [("WWW-Authenticate", value) for value in challenges]
        detail = "Valid credentials are required"
        return ProblemFound(Problem(HTTP_UNAUTHORIZED, detail, faults, headers))

    def _forbid(self) -> Problem:
        faults = [
            Fault(
                "security",
                "scope",
                f"the scopes {' '.join(scopes)} are required",
                name=scheme.name,
            )
            for scheme, scopes in self.forbidden
        ]
        headers = [
            (
                "WWW-Authenticate",
                f'Bearer error="insufficient_scope", scope="{" ".join(scopes)}"',
            )
            for scheme, scopes in self.forbidden
            if scheme.http == "bearer" and scheme.kind != "apiKey"
        ]
        detail = "The credentials don't allow this"
        return Problem(HTTP_FORBIDDEN, detail, faults, headers)


def _try(
    req: Request,
    alternative: Sequence[tuple[_Scheme, tuple[str, ...]]],
    trouble: _Trouble,
) -> dict[str, Any] | None:
    users: dict[str, Any] = {}
    for scheme, scopes in alternative:
        credentials = scheme.read(req, scopes)
        user: Any = None
        if credentials is not None:
            try:
                user = scheme.verify(req, credentials)
            except HTTPException as error:
                if error.status_code not in (HTTP_UNAUTHORIZED, HTTP_FORBIDDEN):
                    raise
                trouble.raised = trouble.raised or error
                return None
        granted: Collection[str] = ()
        is_grant = isinstance(user, Grant)
        while isinstance(user, Grant):  # that of a Grant too
            user, granted = user
        if user and scopes and not is_grant:
            log.error(
                "The verifier of the security scheme %r returns no Grant, so the "
                "scopes that are asked for can't be compared: 403",
                scheme.name,
            )
        if not user:
            trouble.refused.append((scheme, scopes, credentials is not None))
            return None
        if not set(scopes) <= set(granted):
            trouble.forbidden.append((scheme, scopes))
            return None
        users[scheme.name] = user
    return users
