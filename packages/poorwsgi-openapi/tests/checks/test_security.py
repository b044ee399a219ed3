"""Credentials: read where the document says, verified by who is bound."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from lambdas import one, two

from poorwsgi_core import Application, HTTPException, abort
from poorwsgi_core.testing import Answer, Client
from poorwsgi_openapi import Credentials, Document, Grant, OpenAPI

SCHEMES: dict[str, Any] = {
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "basic": {"type": "http", "scheme": "Basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "digest": {"type": "http", "scheme": "Digest"},
    "oauth": {"type": "oauth2", "flows": {}},
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://example.com"},
}
Ask = Callable[..., Answer]


def build(app: Application, security: Any, **verifiers: Any) -> Client:
    """Build a client of an operation with these requirements."""
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {"title": 'The "API"', "version": "1"},
        "paths": {
            "/do": {
                "get": {
                    "operationId": "do",
                    "security": security,
                    "responses": {"200": {"description": "ok"}},
                }
            }
        },
        "components": {"securitySchemes": SCHEMES},
    }
    api = OpenAPI(raw, security=verifiers, check_document=False)
    api.operation("do")(one(lambda req: {"user": req.user, "by": req.api.security}))
    app.install(api)
    return Client(app)


def show(_: Any, credentials: Credentials) -> Any:
    """Take any credentials, and return them as the user."""
    return Grant([*credentials], credentials.scopes)


@pytest.mark.parametrize(
    ("scheme", "path", "headers", "expected"),
    [
        ("header", "/do", {"X-Key": "k"}, ["k", "", ""]),
        ("query", "/do?key=k%20k&key=2", {}, ["k k", "", ""]),
        ("cookie", "/do", {"Cookie": "a=1; sid=k"}, ["k", "", ""]),
        ("basic", "/do", {"Authorization": "basic YTpiOmM="}, ["YTpiOmM=", "a", "b:c"]),
        ("bearer", "/do", {"Authorization": "BEARER  t"}, ["t", "", ""]),
        ("digest", "/do", {"Authorization": 'Digest a="b"'}, ['a="b"', "", ""]),
        ("oauth", "/do", {"Authorization": "Bearer t"}, ["t", "", ""]),
        ("oidc", "/do", {"Authorization": "Bearer t"}, ["t", "", ""]),
    ],
)
def test_credentials_are_read_where_the_document_says(
    app: Application,
    scheme: str,
    path: str,
    headers: Mapping[str, str],
    expected: list[str],
) -> None:
    """Each kind of scheme has its place, and the verifier gets what is there."""
    client = build(app, [{scheme: ["a"]}], **{scheme: show})
    user = [scheme, ["a"], *expected]
    answer = client.get(path, headers=headers)
    assert answer.json() == {"user": user, "by": {scheme: user}}


@pytest.mark.parametrize(
    ("scheme", "headers"),
    [
        ("header", {}),
        ("header", {"X-Key": ""}),
        ("query", {}),
        ("cookie", {"Cookie": "sid="}),
        ("basic", {"Authorization": "Basic"}),
        ("basic", {"Authorization": "Basic !"}),
        ("basic", {"Authorization": "Basic YQ=="}),
        ("basic", {"Authorization": "Basic /w=="}),
        ("basic", {"Authorization": "Bearer YTpi"}),
        ("bearer", {"Authorization": "Bearer "}),
    ],
)
def test_verifier_is_not_called_without_credentials(
    app: Application, scheme: str, headers: Mapping[str, str]
) -> None:
    """What isn't there, or can't be read, is 401 without asking anybody."""

    def fail(*_: Any) -> None:
        raise AssertionError

    answer = build(app, [{scheme: []}], **{scheme: fail}).get("/do", headers=headers)
    fault = {"in": "security", "name": scheme, "code": "required"}
    assert answer.status_code == 401
    assert answer.json()["errors"] == [fault | {"message": "credentials are required"}]


@pytest.mark.parametrize(
    ("scheme", "challenge"),
    [
        ("header", """ApiKey realm="The 'API'", in="header", name="X-Key\""""),
        ("basic", """Basic realm="The 'API'", charset="UTF-8\""""),
        ("bearer", """Bearer realm="The 'API'", scope="a b\""""),
        ("oauth", """Bearer realm="The 'API'", scope="a b\""""),
        ("digest", """Digest realm="The 'API'\""""),
    ],
)
def test_401_has_the_challenge_of_the_scheme(
    app: Application, scheme: str, challenge: str
) -> None:
    """A client is told what it has to show."""
    answer = build(app, [{scheme: ["a", "b"]}], **{scheme: show}).get("/do")
    assert answer.headers["WWW-Authenticate"] == challenge


@pytest.mark.parametrize(
    "refusal",
    [
        None,
        False,
        "",
        0,
        [],
        {},
        Grant(None),
        Grant(""),
        Grant(None, ["a"]),
        Grant(Grant(None)),
    ],
)
def test_wrong_credentials_are_401(app: Application, refusal: Any) -> None:
    """What a verifier doesn't know is refused, and said to be wrong."""
    client = build(app, [{"bearer": []}], bearer=two(lambda _, __: refusal))
    answer = client.get("/do", headers={"Authorization": "Bearer t"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].endswith('error="invalid_token"')
    assert answer.json()["errors"][0]["code"] == "invalid"
    assert b" t" not in answer.data.replace(b"type", b"")


def test_missing_scopes_are_403(app: Application) -> None:
    """Credentials that are right but not enough are 403, with the scopes."""
    client = build(
        app,
        [{"oauth": ["read", "write"]}],
        oauth=two(lambda _, given: Grant("me", given.value.split("."))),
    )
    answer = client.get("/do", headers={"Authorization": "Bearer read"})
    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer error="insufficient_scope", scope="read write"'
    )
    assert answer.json()["errors"][0]["code"] == "scope"
    allowed = client.get("/do", headers={"Authorization": "Bearer read.write.x"})
    assert allowed.json()["user"] == "me"


@pytest.mark.parametrize("user", [True, "ann", ["ann"], 7])
def test_scopes_need_a_grant(
    app: Application, user: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Who is somebody isn't therefore allowed: 403, and an ERROR for the operator."""
    client = build(app, [{"bearer": ["admin"]}], bearer=two(lambda _, __: user))
    answer = client.get("/do", headers={"Authorization": "Bearer t"})
    assert answer.status_code == 403
    assert "'bearer' returns no Grant" in caplog.text
    assert caplog.records[0].levelname == "ERROR"


@pytest.mark.parametrize(
    ("scheme", "vary"), [("header", "X-Key"), ("cookie", "Cookie"), ("query", "")]
)
def test_keys_are_named_in_vary(app: Application, scheme: str, vary: str) -> None:
    """A shared cache keeps the answers of one client from another, refusals too."""
    needs: list[dict[str, list[str]]] = [{scheme: []}, {scheme: [], "query": []}]
    client = build(app, needs, **{scheme: show, "query": show})
    answer = client.get("/do?key=k", headers={"X-Key": "k", "Cookie": "sid=k"})
    assert answer.headers.get("Vary", "") == vary
    names = [vary, "Accept"] if vary else ["Accept"]
    assert client.get("/do").headers["Vary"] == ", ".join(names)


def test_missing_scopes_of_a_key_are_403_without_a_challenge(app: Application) -> None:
    """Only bearer tokens have a way to ask for scopes."""
    client = build(app, [{"header": ["a"]}], header=two(lambda _, __: Grant("me")))
    answer = client.get("/do", headers={"X-Key": "k"})
    assert (answer.status_code, answer.headers.get("WWW-Authenticate")) == (403, None)


def test_one_of_the_requirements_is_enough(app: Application) -> None:
    """Requirements are alternatives; all schemes of one have to pass."""
    client = build(
        app,
        [{"header": [], "cookie": []}, {"query": []}],
        header=two(lambda _, __: "h"),
        cookie=two(lambda _, __: "c"),
        query=two(lambda _, __: "q"),
    )
    both = client.get("/do", headers={"X-Key": "k", "Cookie": "sid=1"})
    assert both.json() == {"user": "h", "by": {"header": "h", "cookie": "c"}}
    assert client.get("/do", headers={"X-Key": "k"}).status_code == 401
    assert client.get("/do?key=1").json()["by"] == {"query": "q"}
    answer = client.get("/do")
    assert len(answer.headers.get_all("WWW-Authenticate")) == 2


def test_empty_requirement_lets_everybody_in(app: Application) -> None:
    """Credentials are optional then, and used where they are."""
    client = build(app, [{}, {"header": []}], header=show)
    assert client.get("/do").json() == {"user": None, "by": {}}
    known = client.get("/do", headers={"X-Key": "k"}).json()
    assert known["user"] == ["header", [], "k", "", ""]


def test_no_requirement_is_open(app: Application) -> None:
    """An empty list asks for nothing."""
    assert build(app, []).get("/do").status_code == 200


def test_challenge_may_be_the_verifier_s(app: Application) -> None:
    """A verifier with an attribute says how to ask for credentials."""

    class Verifier:
        def __init__(self, challenge: Any) -> None:
            self.challenge = challenge

        def __call__(self, *_: Any) -> None: ...

    first = Verifier("Custom x")
    second = Verifier(one(lambda req: f"Custom {req.path}"))
    client = build(app, [{"header": []}, {"digest": []}], header=first, digest=second)
    answer = client.get("/do")
    assert answer.headers.get_all("WWW-Authenticate") == ("Custom x", "Custom /do")


def test_challenge_of_digest_is_the_application_s(name: str) -> None:
    """What poorwsgi-auth answers to challenge() is what a client gets."""

    class Application2(Application[Any]):
        def challenge(self, req: Any, realm: Any, stale: Any) -> Any:
            return [f"Digest {realm} {stale}"]

    client = build(Application2(name), [{"digest": []}], digest=show)
    challenge = client.get("/do").headers["WWW-Authenticate"]
    assert challenge == "Digest The 'API' None"


@pytest.mark.parametrize(("status", "expected"), [(401, 401), (403, 403), (429, 429)])
def test_verifier_may_refuse_in_its_own_words(
    app: Application, status: int, expected: int
) -> None:
    """An HTTPException of a verifier is the answer, unless something else passes."""

    def refuse(*_: Any) -> None:
        raise HTTPException(status)

    client = build(app, [{"header": []}, {"query": []}], header=refuse, query=show)
    assert client.get("/do", headers={"X-Key": "k"}).status_code == expected
    other = client.get("/do?key=1", headers={"X-Key": "k"}).status_code
    assert other == (200 if status in (401, 403) else status)


def test_first_refusal_in_own_words_counts(app: Application) -> None:
    """Of two verifiers that raise, the first one's answer is sent."""
    client = build(
        app,
        [{"header": []}, {"query": []}],
        header=two(lambda _, __: abort(403)),
        query=two(lambda _, __: abort(401)),
    )
    assert client.get("/do?key=1", headers={"X-Key": "k"}).status_code == 403


def test_verifier_for_no_scheme_stops_the_start(app: Application) -> None:
    """A misspelt name is told with those that there are."""
    with pytest.raises(ValueError, match=r"no security scheme 'heder'.*has header, q"):
        build(app, [], heder=show)


def test_scheme_may_be_a_reference(documents: Any) -> None:
    """Schemes are resolved like everything else."""
    raw = Document(documents / "petstore31.json").raw
    schemes = raw["components"]["securitySchemes"]
    schemes["other"] = {"$ref": "#/components/securitySchemes/token"}
    found = Document(raw, check=False).security_schemes
    assert found["other"] == found["token"]


def test_security_is_bound_by_a_call_or_a_decorator(app: Application) -> None:
    """Both ways bind; after the installation it is too late."""
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "security": [{"header": []}, {"query": []}],
        "paths": {"/do": {"get": {"responses": {"200": {"description": "ok"}}}}},
        "components": {"securitySchemes": SCHEMES},
    }
    api = OpenAPI(raw, check_document=False)
    api.security("header", show)
    assert api.security("query")(show) is show
    app.install(api)
    app.set_route("/do", lambda req: {"user": req.user})
    assert Client(app).get("/do?key=1").status_code == 200
    with pytest.raises(RuntimeError, match="bound too late"):
        api.security("basic", show)


def test_text_of_credentials_has_no_secrets() -> None:
    """They get into logs and tracebacks."""
    shown = Credentials("basic", (), "Basic YTpi", "jana", "hunter2")
    expected = "Credentials(scheme='basic', username='jana', ...)"
    assert repr(shown) == str(shown) == expected
