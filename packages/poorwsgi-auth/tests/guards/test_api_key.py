"""Facts about API keys."""

from typing import Any

import pytest

from poorwsgi_auth.application import Application
from poorwsgi_auth.guards.api_key import check_api_key, hash_key
from poorwsgi_auth.request import Request
from poorwsgi_core.testing import Client

OWNERS = {hash_key("k3y"): "robot", hash_key("klíč"): "člověk"}
CHALLENGE = 'ApiKey realm="API", header="X-API-Key"'


def verify(key: str) -> str | None:
    """Look for the owner of a key."""
    return OWNERS.get(hash_key(key))


@pytest.fixture(autouse=True)
def route(app: Application) -> None:
    """Have handlers that tell the owner."""

    @app.route("/")
    @check_api_key(verify)
    def handler(req: Request) -> list[Any]:
        return [req.user]

    @app.route("/own")
    @check_api_key(verify, header="My-Key", realm="R")
    def own(req: Request) -> list[Any]:
        return [req.user]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"X-API-Key": "k3y"}),
        ("/", {"x-api-key": "k3y"}),
        ("/own", {"My-Key": "k3y"}),
    ],
)
def test_owner(client: Client, path: str, headers: dict[str, str]) -> None:
    """The owner of the key is the user."""
    assert client.get(path, headers=headers).json() == ["robot"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": "wrong"},
        {"X-API-Key": "k3y, k3y"},
        {"X-API-Key": "\xff"},
        {"X-API-Key": "k" * 60_000},
        {"Authorization": "ApiKey k3y"},
    ],
)
def test_refused(client: Client, headers: dict[str, str]) -> None:
    """Without a good key there is a challenge that tells the field."""
    answer = client.get(headers=headers)
    assert answer.status_code == 401
    assert answer.headers.get_all("WWW-Authenticate") == (CHALLENGE,)


def test_key_in_the_query(client: Client) -> None:
    """A key in the address gets into logs, so it isn't read there."""
    assert client.get("/?X-API-Key=k3y").status_code == 401


def test_challenge_of_another_field(client: Client) -> None:
    """Realm and field are in the challenge."""
    challenge = 'ApiKey realm="R", header="My-Key"'
    assert client.get("/own").headers["WWW-Authenticate"] == challenge


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "k3y"}])
def test_caches_are_told(client: Client, headers: dict[str, str]) -> None:
    """A shared cache doesn't give the answer of one key to another."""
    assert client.get(headers=headers).headers["Vary"] == "X-API-Key"


def test_bad_header() -> None:
    """A name of no field is a mistake of the program."""
    with pytest.raises(ValueError, match="field name"):
        check_api_key(verify, header="X API Key")


def test_bad_realm() -> None:
    """A realm has no control characters."""
    with pytest.raises(ValueError, match="control"):
        check_api_key(verify, realm="\r")


def test_hash_key() -> None:
    """It is SHA-256 (FIPS 180-2, B.1), of any text."""
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hash_key("abc") == digest
    assert len(hash_key("\udc80")) == 64
