"""The document is served, as JSON and YAML, with conditions."""

import json
from pathlib import Path

import pytest
from lambdas import two

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI


@pytest.fixture
def shop(app: Application, client: Client, documents: Path) -> Client:
    """Build a client of an application that serves a document."""
    api = OpenAPI(documents / "petstore31.json", check="off")
    api.security("token", two(lambda _, __: None))
    app.install(api)
    return client


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/openapi.json", "application/json"),
        ("/openapi.yaml", "application/yaml"),
        ("/docs", "text/html; charset=utf-8"),
    ],
)
def test_document_is_served_with_an_etag(shop: Client, path: str, kind: str) -> None:
    """A client that has it gets 304; HEAD has the same headers."""
    answer = shop.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    etag = answer.headers["ETag"]
    again = shop.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    other = shop.get(path, headers={"If-None-Match": '"x"'})
    assert (other.status_code, other.data) == (200, answer.data)
    assert shop.head(path).headers["ETag"] == etag
    assert shop.get(path, headers={"If-Match": '"x"'}).status_code == 412


def test_json_is_the_document(shop: Client, documents: Path) -> None:
    """What is served says what the file says."""
    expected = json.loads((documents / "petstore31.json").read_bytes())
    assert expected == shop.get("/openapi.json").json()


def test_paths_can_be_chosen(app: Application, client: Client, documents: Path) -> None:
    """Each of them may be elsewhere, or nowhere."""
    api = OpenAPI(
        documents / "petstore31.json",
        security={"token": two(lambda _, __: None)},
        check="off",
        json_path="/api/description",
        yaml_path=None,
        docs_path=None,
    )
    app.install(api)
    assert client.get("/api/description").status_code == 200
    paths = ("/openapi.json", "/openapi.yaml", "/docs")
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]


def test_routes_of_the_application_stay(
    app: Application, client: Client, documents: Path
) -> None:
    """A path that is taken isn't taken over."""
    app.set_route("/docs", lambda _: "mine")
    api = OpenAPI(documents / "petstore31.json", check="off")
    api.security("token", two(lambda _, __: None))
    app.install(api)
    assert client.get("/docs").text == "mine"
