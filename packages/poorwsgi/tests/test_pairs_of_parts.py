"""Sessions, forms, guards and OpenAPI beside each other, and beside each extension."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pairing import (
    EXTENSIONS,
    KEY,
    ORIGIN,
    PREFLIGHT,
    QUESTIONS,
    ask,
    build,
    check,
    find_expected,
    write_root,
)

from poorwsgi import Application
from poorwsgi.request import Request
from poorwsgi.session import PoorSession, SessionError
from poorwsgi.state import METHOD_POST
from poorwsgi_auth import check_api_key, check_csrf, csrf_token
from poorwsgi_core import Extension
from poorwsgi_core.testing import Answer, Client
from poorwsgi_openapi import OpenAPI

SECRET = secrets.token_bytes(32)
FORGERY: Any = SimpleNamespace(data={})
TOKEN = csrf_token(FORGERY)

DOCUMENT: Mapping[str, Any] = {
    "openapi": "3.1.1",
    "info": {"title": "Pets", "version": "1.0"},
    "paths": {
        "/pets/{petId}": {
            "get": {
                "operationId": "getPet",
                "parameters": [
                    {
                        "name": "petId",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "integer"},
                    }
                ],
                "responses": {"200": {"description": "The pet"}},
            }
        }
    },
}


class Sessions:
    """Loads a session for each request, but for files."""

    def install(self, app: Any) -> None:
        """Load before each response."""
        app.add_before_response(self.load)

    def load(self, req: Request) -> None:
        """Load the session of one request."""
        if req.static_file is None:
            req.session = PoorSession(SECRET)
            with suppress(SessionError):
                req.session.load(req.cookies)


class Forgery:
    """Asks for a token before each response."""

    def install(self, app: Any) -> None:
        """Check before each response."""

        def check_token(req: Request) -> None:
            check_csrf(req, FORGERY)

        app.add_before_response(check_token)


class Forms:
    """Reads forms, whole and in parts."""

    def install(self, app: Any) -> None:
        """Set the routes."""
        app.set_route("/form", self.read, METHOD_POST)
        app.set_route("/upload", self.stream, METHOD_POST)

    def read(self, req: Request) -> str:
        """Read a form."""
        return str(req.form.getfirst("name", func=str))

    def stream(self, req: Request) -> dict[str, int]:
        """Read parts."""
        return {part.name or "": sum(map(len, part)) for part in req.form_parts()}


class Keys:
    """Guards a route by keys."""

    def install(self, app: Any) -> None:
        """Set the route."""
        guard = check_api_key({"let me in": "Jana"}.get)
        app.set_route("/keyed", guard(lambda req: req.user))


def build_openapi() -> Extension:
    """Build what serves a document."""
    api = OpenAPI(DOCUMENT)

    @api.operation("getPet")
    def get_pet(_: Any, pet_id: int) -> dict[str, int]:
        return {"id": pet_id}

    assert get_pet.__name__
    return api


PARTS: dict[str, Callable[[], Extension]] = {
    "sessions": Sessions,
    "forgery": Forgery,
    "forms": Forms,
    "keys": Keys,
    "openapi": build_openapi,
}

PAIRS = [
    pair
    for pair in permutations({**PARTS, **EXTENSIONS}, 2)
    if not PARTS.keys().isdisjoint(pair)
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a document root."""
    return write_root(tmp_path_factory.mktemp("root"))


def list_varies(answer: Answer) -> list[str]:
    """List the names in Vary."""
    return [each.strip() for each in answer.headers.get("Vary", "").split(",")]


def check_forms(client: Client) -> None:
    """A form is read whole, and an upload in parts, with the token in front."""
    answer = client.post("/form", headers=KEY, form={"name": "x", "csrf_token": TOKEN})
    assert answer.text == "x"
    fields, file = {"csrf_token": TOKEN}, ("a.bin", bytes(100_000), "text/x")
    answer = client.post("/upload", headers=KEY, form=fields, files={"file": file})
    assert answer.json() == {"csrf_token": 64, "file": 100_000}


def check_keys(client: Client, pair: tuple[str, str]) -> None:
    """A key is asked for; a preflight has none."""
    refused = client.get("/keyed", headers=KEY)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("ApiKey")
    answer = client.get("/keyed", headers=KEY | {"X-API-Key": "let me in"})
    assert answer.text == "Jana"
    assert "X-API-Key" in list_varies(answer)
    if "cors" in pair:
        asked = client.options("/keyed", headers=PREFLIGHT)
        assert asked.status_code == 204
        assert asked.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert refused.status_code == 401


def check_promises(client: Client, pair: tuple[str, str]) -> None:
    """Check what each part promises, whatever is beside it."""
    if "forms" in pair:
        check_forms(client)
    if "keys" in pair:
        check_keys(client, pair)
    if "openapi" in pair:
        assert client.get("/pets/7", headers=KEY).json() == {"id": 7}
        refused = client.get("/pets/x", headers=KEY)
        assert 400 <= refused.status_code < 500
    if "forgery" in pair:
        assert client.post("/save", headers=KEY).status_code == 403
    if "sessions" in pair:
        assert "Cookie" in list_varies(client.get("/", headers=KEY))
        assert "Cookie" not in list_varies(client.get("/file.txt", headers=KEY))


@pytest.mark.parametrize("pair", PAIRS)
def test_pairs_of_parts(pair: tuple[str, str], root: Path) -> None:
    """A part answers as an extension does, and none breaks what the other promises."""
    app = Application(f"parts {pair}")
    build(app, root)
    for each in pair:
        app.install({**PARTS, **EXTENSIONS}[each]())
    client = Client(app)
    for question in QUESTIONS:
        answer = ask(client, question, **{"X-CSRF-Token": TOKEN})
        assert answer.status_code == find_expected(question, pair)[0]
        check(answer, question, pair)
    check_promises(client, pair)
