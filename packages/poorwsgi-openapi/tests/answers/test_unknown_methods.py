"""A method that the core doesn't know is 405 on a path that there is."""

from typing import Any

import pytest
from lambdas import two

from poorwsgi_core import Application, abort
from poorwsgi_core.state import METHOD_GET, METHOD_POST
from poorwsgi_core.testing import Client
from poorwsgi_openapi.answers.unknown_methods import answer_unknown_method


@pytest.fixture
def client(app: Application) -> Client:
    """Build a client of two routes."""
    app.add_page_handler(answer_unknown_method)
    app.set_route("/a", lambda _: "a")
    app.set_route("/b/<x>", two(lambda _, __: "b"), METHOD_POST | METHOD_GET)
    app.set_route("/c", lambda _: abort(501, error="Not today"))
    return Client(app, validate=False)


@pytest.mark.parametrize(
    ("path", "allow"),
    [("/a", "HEAD, GET, OPTIONS"), ("/b/1", "HEAD, GET, POST, OPTIONS")],
)
def test_known_path_is_405(client: Client, path: str, allow: str) -> None:
    """The answer has the methods that there are."""
    answer = client.request("QUERY", path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allow)


def test_unknown_path_is_501(client: Client) -> None:
    """Where nothing is, the core's answer stays."""
    assert client.request("QUERY", "/nowhere").status_code == 501


def test_malformed_path_is_400(client: Client) -> None:
    """A path that is no text has no methods."""
    assert client.request("QUERY", "/", PATH_INFO="/\x80").status_code == 400


def test_handler_may_answer_501(client: Client) -> None:
    """What a handler raises is its page, with its reason."""
    answer = client.get("/c")
    assert answer.status_code == 501
    assert "QUERY" not in answer.text


def test_own_handler_of_501_stays(app: Application) -> None:
    """The extension doesn't replace what an application has."""
    from poorwsgi_openapi import OpenAPI

    def mine(_: Any) -> tuple[str, str, None, int]:
        return "mine", "text/plain", None, 501

    app.set_http_state(501, mine)
    app.install(
        OpenAPI({"openapi": "3.1.1", "info": {}, "paths": {}}, check_document=False)
    )
    assert Client(app, validate=False).request("QUERY", "/docs").text == "mine"


def test_empty_path_is_the_root(app: Application) -> None:
    """A server may say so of it (PEP 3333)."""
    app.add_page_handler(answer_unknown_method)
    app.set_route("/", lambda _: "root")
    answer = Client(app, validate=False).request("QUERY", "/", PATH_INFO="")
    assert answer.status_code == 405
