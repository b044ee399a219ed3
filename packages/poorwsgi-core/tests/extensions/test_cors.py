"""Facts about answers that pages of other origins may read."""

from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.cors import CORS
from poorwsgi_core.request import Request
from poorwsgi_core.response import abort
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Answer, Client

SHOP = "https://shop.example"
ALLOWED = "Access-Control-Allow-Origin"


@pytest.fixture
def guarded(app: Application) -> Application:
    """Build an application that lets in only who has a key."""

    @app.before_response()
    def check(req: Request) -> None:
        if "X-Key" not in req.headers:
            abort(403)

    @app.route("/")
    def index(_: Request) -> str:
        return "served"

    @app.route("/save", METHOD_POST)
    def save(_: Request) -> str:
        return "saved"

    return app


def ask(client: Client, origin: str = SHOP, **options: Any) -> Answer:
    """Send a preflight."""
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return client.options("/save", headers=headers, **options)


def read_fields(answer: Answer) -> dict[str, str]:
    """Return the fields of an answer that are about origins."""
    return {
        name.removeprefix("Access-Control-"): value
        for name, value in answer.headers
        if name.startswith("Access-Control-")
    }


def test_preflight_comes_before_guards(guarded: Application, client: Client) -> None:
    """A preflight has no key, and is answered nevertheless; the request isn't."""
    guarded.install(CORS(SHOP, headers=["X-Key", "Content-Type"], max_age=60))
    answer = ask(client)
    assert answer.status_code == 204
    assert read_fields(answer) == {
        "Allow-Origin": SHOP,
        "Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
        "Allow-Headers": "X-Key, Content-Type",
        "Max-Age": "60",
    }
    answer = client.post("/save", headers={"Origin": SHOP})
    assert (answer.status_code, answer.headers[ALLOWED]) == (403, SHOP)
    answer = client.post("/save", headers={"Origin": SHOP, "X-Key": "1"})
    assert (answer.text, read_fields(answer)) == ("saved", {"Allow-Origin": SHOP})


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": SHOP}, {"Access-Control-Request-Method": "GET"}],
)
def test_other_options_are_the_routes(
    guarded: Application, client: Client, headers: dict[str, str]
) -> None:
    """OPTIONS that is no preflight goes the usual way, past the guards."""
    guarded.install(CORS(SHOP))
    assert client.options("/save", headers=headers).status_code == 403
    answer = client.options("/save", headers={**headers, "X-Key": "1"})
    assert answer.headers["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize("origin", ["https://other.example", "null", f"{SHOP}.evil"])
def test_foreign_origins_get_nothing(
    guarded: Application, client: Client, origin: str
) -> None:
    """An origin that isn't named is told nothing, and caches know why."""
    guarded.install(CORS([SHOP, "http://localhost:5173"], credentials=True))
    answer = ask(client, origin)
    assert (answer.status_code, read_fields(answer)) == (204, {})
    assert answer.headers["Vary"] == "Origin"
    answer = client.get("/", headers={"Origin": origin, "X-Key": "1"})
    assert (answer.text, read_fields(answer)) == ("served", {})
    assert answer.headers["Vary"] == "Origin"


def test_answers_without_origin_vary_too(guarded: Application, client: Client) -> None:
    """What a cache keeps for who has no origin isn't handed on to a page."""
    guarded.install(CORS(SHOP))
    assert client.get("/", headers={"X-Key": "1"}).headers["Vary"] == "Origin"


def test_credentials_and_exposed_fields(guarded: Application, client: Client) -> None:
    """They are named on each answer that an origin may read."""
    guarded.install(CORS(SHOP, credentials=True, expose=["X-Total"], headers=()))
    expected = {
        "Allow-Origin": SHOP,
        "Allow-Credentials": "true",
        "Expose-Headers": "X-Total",
    }
    headers = {"Origin": SHOP, "X-Key": "1"}
    assert read_fields(client.get("/", headers=headers)) == expected
    assert expected.items() <= read_fields(ask(client)).items()
    assert "Allow-Headers" not in read_fields(ask(client))


def test_everybody(guarded: Application, client: Client) -> None:
    """With * all may, and the answer doesn't depend on who asks."""
    guarded.install(CORS("*", headers="*", methods="*"))
    answer = ask(client, "null")
    assert read_fields(answer) == {
        "Allow-Origin": "*",
        "Allow-Methods": "*",
        "Allow-Headers": "*",
        "Max-Age": "600",
    }
    assert "Vary" not in answer.headers


def test_a_function_decides(guarded: Application, client: Client) -> None:
    """A function is asked for each origin, but never for that of a sandbox."""
    asked: list[str] = []

    def decide(origin: str) -> bool:
        asked.append(origin)
        return origin.endswith(".shop.example")

    guarded.install(CORS(decide, credentials=True))
    found = [
        ask(client, origin).headers.get(ALLOWED)
        for origin in ("https://a.shop.example", "https://evil.example", "null")
    ]
    assert found == ["https://a.shop.example", None, None]
    assert "null" not in asked


@pytest.mark.parametrize(
    ("origins", "options", "reason"),
    [
        ("*", {"credentials": True}, "name the origins"),
        (SHOP, {"credentials": True, "headers": "*"}, "name the origins"),
        ([], {}, "CORS needs an origin"),
        (f"{SHOP}/", {}, "no origin as browsers send it"),
        ("shop.example", {}, "no origin as browsers send it"),
        ("https://Shop.example", {}, "no origin as browsers send it"),
        ("https://shop.example:443", {}, "no origin as browsers send it"),
        ("null", {}, "no origin as browsers send it"),
        ([SHOP, "*"], {}, "no origin as browsers send it"),
        (SHOP, {"headers": ["X Key"]}, "X Key"),
        (SHOP, {"expose": ["X\nKey"]}, "X"),
        (SHOP, {"methods": ["GET\n"]}, "No methods"),
        (SHOP, {"methods": []}, "No methods"),
    ],
)
def test_bad_settings(origins: Any, options: Any, reason: str) -> None:
    """What no browser takes, or would let in everybody, is refused when it is made."""
    with pytest.raises(ValueError, match=reason.replace("*", r"\*")):
        CORS(origins, **options)


@pytest.mark.parametrize(
    ("origins", "options", "reason"),
    [
        ([1], {}, "origins: takes names as text"),
        (SHOP, {"headers": "X-Key"}, "headers is a list of names"),
        (SHOP, {"methods": "GET"}, "methods is a list of names"),
    ],
)
def test_bad_types(origins: Any, options: Any, reason: str) -> None:
    """One name where a list of names stands is refused when it is made."""
    with pytest.raises(TypeError, match=reason):
        CORS(origins, **options)
