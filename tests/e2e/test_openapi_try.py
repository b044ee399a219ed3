"""Requests that are sent from the documentation page, in Chromium."""

import base64
import hashlib
from collections.abc import Iterator
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from viewing import WIDTHS, keep_picture, read_complaints, set_width, wait_for_text

from poorwsgi_core.response import RedirectResponse
from poorwsgi_core.server import build_server
from poorwsgi_core.state import METHOD_POST
from poorwsgi_forms import Application
from poorwsgi_openapi import OpenAPI

PET: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "example": "Rex"}},
}
AGES = {"type": "array", "items": {"type": "integer"}}
AGED = {**PET, "properties": {**PET["properties"], "ages": AGES}}
OK = {"200": {"description": "What was sent"}}


def parameter(name: str, place: str, schema: Any, **node: Any) -> dict[str, Any]:
    """Build a parameter."""
    return {"name": name, "in": place, "schema": schema, **node}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.1",
    "info": {"title": "Pets", "version": "1"},
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "login": {
                "type": "oauth2",
                "flows": {
                    "authorizationCode": {
                        "authorizationUrl": "/authorize",
                        "tokenUrl": "/token",
                        "scopes": {"pets": "All pets"},
                    },
                    "clientCredentials": {"tokenUrl": "/token", "scopes": {}},
                },
            },
        }
    },
    "paths": {
        "/pets/{id}": {
            "put": {
                "operationId": "putPet",
                "summary": "Put a pet",
                "security": [{"key": []}, {"login": ["pets"]}],
                "parameters": [
                    parameter("id", "path", {"type": "integer"}, required=True),
                    parameter("tag", "query", {"type": "array", "items": {}}),
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": PET},
                        "multipart/form-data": {"schema": AGED},
                    }
                },
                "responses": OK,
            }
        }
    },
}


@pytest.fixture(scope="module")
def pets() -> Iterator[str]:
    """Serve the document, its operation and what gives tokens; gives the page."""
    app = Application("pets to try")
    api = OpenAPI(DOCUMENT, docs_assets="try", undocumented={"/authorize", "/token"})
    codes: dict[str, str] = {}

    @api.security("key")
    def check_key(_: Any, credentials: Any) -> Any:
        return credentials.value == "secret" and "the key"

    @api.security("login")
    def check_token(_: Any, credentials: Any) -> Any:
        from poorwsgi_openapi import Grant

        return Grant(credentials.value, ["pets"])

    @api.operation("putPet")
    def put_pet(req: Any, number: int) -> Any:
        query = req.api.query.get("tag")
        return {"user": req.user, "id": number, "tag": query, **req.api.body}

    @app.route("/authorize")
    def authorize(req: Any) -> Any:
        codes["a code"] = req.args["code_challenge"]
        found = urlencode({"code": "a code", "state": req.args["state"]})
        return RedirectResponse(f"{req.args['redirect_uri']}?{found}")

    @app.route("/token", METHOD_POST)
    def token(req: Any) -> Any:
        if req.form.getfirst("grant_type") == "client_credentials":
            return {"access_token": f"of {req.form.getfirst('client_id')}"}
        digest = hashlib.sha256(req.form.getfirst("code_verifier").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        is_right = codes[req.form.getfirst("code")] == challenge
        return {"access_token": "of a user"} if is_right else ({"error": "no"}, 400)

    assert [check_key, check_token, put_pet, authorize, token] != []
    app.install(api)
    with build_server(app, port=0) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://localhost:{server.server_port}/docs"
        server.shutdown()
        thread.join()


def open_box(browser: Any, url: str) -> Any:
    """Load the page anew and unfold what sends a request."""
    browser.get("about:blank")
    browser.get(url)
    click(browser.find_element("css selector", ".try > summary"))
    return browser.find_element("css selector", ".request")


def click(element: Any) -> None:
    """Click where the page doesn't scroll smoothly any more."""
    code = "arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})"
    element.parent.execute_script(code, element)
    element.click()


def write(box: Any, selector: str, text: str) -> None:
    """Write into a field."""
    field = box.find_element("css selector", selector)
    field.clear()
    field.send_keys(text)


def press(box: Any, text: str) -> None:
    """Press the button of this text."""
    buttons = box.find_elements("css selector", "button")
    click(next(button for button in buttons if button.text == text))


def test_chosen_type_is_sent(browser: Any, pets: str) -> None:
    """Of several bodies the one that is shown, with a list as parts of its own."""
    box = open_box(browser, pets)
    write(box, "[name=key]", "secret")
    kind = box.find_element("css selector", "[name=kind]")
    kind.send_keys("multipart")
    write(box, "[data-part=name]", "Tom")
    write(box, "[data-part=ages]", "[1, 2]")
    press(box, "Send")
    wait_for_text(browser, ".request output", '"name": "Tom"')
    assert '"ages": [' in box.find_element("css selector", "output").text


def test_request_is_sent(browser: Any, pets: str) -> None:
    """Fields, body and key arrive, refusals are shown, and the policy is kept."""
    box = open_box(browser, pets)
    press(box, "Send")
    wait_for_text(browser, ".request output", "401")
    write(box, "[name=key]", "secret")
    write(box, "[data-parameter*='query']", '["a b", "ž"]')
    press(box, "Send")
    wait_for_text(browser, ".request output", '"user": "the key"')
    shown = box.find_element("css selector", "output").text
    assert "200 OK" in shown
    assert '"name": "Rex"' in shown
    assert '"a b",' in shown
    assert "ž" in shown
    write(box, "textarea", '{"name": 1}')
    press(box, "Send")
    wait_for_text(browser, ".request output", "has to be of type string")
    assert read_complaints(browser) == []
    for size, width in WIDTHS.items():
        set_width(browser, width)
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width
        browser.execute_script("arguments[0].scrollIntoView()", box)
        keep_picture(browser, f"try-{size}")


@pytest.mark.parametrize(
    ("button", "user"), [("Log in", "of a user"), ("Get a token", "of app")]
)
def test_token_is_fetched(browser: Any, pets: str, button: str, user: str) -> None:
    """A user logs in in a window of its own, with PKCE; a client by its secret."""
    box = open_box(browser, pets)
    write(box, "[name=client_id]", "app")
    press(box, button)
    wait_for_text(browser, ".request output", "Logged in")
    press(box, "Send")
    wait_for_text(browser, ".request output", f'"user": "{user}"')
    assert len(browser.window_handles) == 1
    assert (
        browser.execute_script("return localStorage.length + sessionStorage.length")
        == 0
    )
