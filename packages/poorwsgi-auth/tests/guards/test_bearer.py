"""Facts about Bearer tokens (RFC 6750)."""

from typing import Any

import pytest

from poorwsgi_auth.application import Application
from poorwsgi_auth.guards.bearer import check_bearer
from poorwsgi_auth.request import Request
from poorwsgi_core.testing import Client

TOKENS = {
    "all": {"sub": "ann", "scope": "notes:read notes:write"},
    "read": {"sub": "bob", "scope": "notes:read"},
}


def scopes_of(claims: dict[str, str]) -> str:
    """Return the scopes as they stand in a token."""
    return claims["scope"]


@pytest.fixture(autouse=True)
def route(app: Application) -> None:
    """Have handlers that tell the user."""

    @app.route("/")
    @check_bearer(TOKENS.get)
    def handler(req: Request) -> Any:
        return req.user

    @app.route("/write")
    @check_bearer(
        TOKENS.get,
        realm="Notes",
        scope="notes:read notes:write",
        scopes_of=scopes_of,
    )
    def write(req: Request) -> Any:
        return req.user

    @app.route("/list")
    @check_bearer(
        TOKENS.get, scope="notes:write", scopes_of=lambda user: user["scope"].split()
    )
    def listed(req: Request) -> Any:
        return req.user


def bearer(token: str) -> dict[str, str]:
    """Build the header of a token."""
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", ["/", "/write", "/list"])
def test_user(client: Client, path: str) -> None:
    """The user is what verify returns."""
    assert client.get(path, headers=bearer("all")).json()["sub"] == "ann"


def test_name_of_the_scheme(client: Client) -> None:
    """Schemes have no case (RFC 9110 §11.1)."""
    answer = client.get(headers={"Authorization": "bearer read"})
    assert answer.json()["sub"] == "bob"


@pytest.mark.parametrize(
    ("headers", "status", "challenge"),
    [
        ({}, 401, ""),
        ({"Authorization": "Basic YTpi"}, 401, ""),
        ({"Authorization": "\xff"}, 401, ""),
        ({"Authorization": "Bearer"}, 400, ', error="invalid_request"'),
        (bearer("a b"), 400, ', error="invalid_request"'),
        (bearer("\xe9"), 400, ', error="invalid_request"'),
        (bearer("all, Bearer read"), 400, ', error="invalid_request"'),
        (bearer("none"), 401, ', error="invalid_token"'),
    ],
)
def test_refused(
    client: Client, headers: dict[str, str], status: int, challenge: str
) -> None:
    """Each refusal has the status and the error of RFC 6750 §3.1."""
    answer = client.get(headers=headers)
    assert answer.status_code == status
    values = answer.headers.get_all("WWW-Authenticate")
    assert values == (f'Bearer realm="API"{challenge}',)


@pytest.mark.parametrize(
    ("headers", "status", "error"),
    [
        ({}, 401, ""),
        (bearer("none"), 401, ', error="invalid_token"'),
        (bearer("read"), 403, ', error="insufficient_scope"'),
    ],
)
def test_scope(
    client: Client, headers: dict[str, str], status: int, error: str
) -> None:
    """The challenge tells the scopes that are needed, all of them."""
    answer = client.get("/write", headers=headers)
    challenge = f'Bearer realm="Notes", scope="notes:read notes:write"{error}'
    assert answer.status_code == status
    assert answer.headers.get_all("WWW-Authenticate") == (challenge,)


def test_long_token(client: Client) -> None:
    """More than 8 KiB is refused at once (bar 63)."""
    assert client.get(headers=bearer("a" * 60_000)).status_code == 400


@pytest.mark.parametrize("keywords", [{"scope": "a"}, {"scopes_of": scopes_of}])
def test_scope_needs_scopes_of(keywords: Any) -> None:
    """One without the other checks nothing, so it is a mistake."""
    with pytest.raises(TypeError, match="scopes_of"):
        check_bearer(TOKENS.get, **keywords)


@pytest.mark.parametrize("scope", ['a"b', "a  b", "a\n", "ž", " ", "a\\b"])
def test_bad_scope(scope: str) -> None:
    """A scope is of the characters that RFC 6749 §3.3 has."""
    with pytest.raises(ValueError, match="scope"):
        check_bearer(TOKENS.get, scope=scope, scopes_of=scopes_of)


def test_bad_realm() -> None:
    """A realm has no control characters."""
    with pytest.raises(ValueError, match="control"):
        check_bearer(TOKENS.get, realm="\x00")
