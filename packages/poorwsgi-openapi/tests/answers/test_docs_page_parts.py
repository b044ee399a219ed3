"""The page of a large document is divided, by chapters, and can be searched."""

import re
from typing import Any

import pytest

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI

_MOST = 300_000
OPERATIONS = 400


def build() -> dict[str, Any]:
    """Build a document of 400 operations and 100 schemas."""
    schemas = {
        f"Thing{n}": {
            "type": "object",
            "properties": {
                f"field{m}": {"type": "string", "description": f"What {m} is."}
                for m in range(12)
            },
        }
        for n in range(100)
    }
    paths: dict[str, Any] = {}
    for n in range(OPERATIONS):
        schema = {"$ref": f"#/components/schemas/Thing{n % 100}"}
        content = {"application/json": {"schema": schema}}
        get = {
            "operationId": f"getThing{n}",
            "summary": f"Get the thing <{n}>",
            "tags": [f"Group {n % 3}"],
            "responses": {"200": {"description": "ok", "content": content}},
        }
        paths[f"/things/{n}"] = {"get": get}
    return {
        "openapi": "3.1.1",
        "info": {"title": "Things", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


@pytest.fixture(scope="module")
def client() -> Client:
    """Build a client of an application with that document."""
    app = Application("docs in parts")
    app.install(OpenAPI(build(), check="off", check_document=False))
    return Client(app)


def links(html: str) -> list[str]:
    """Return the links of a page into the page itself."""
    return [
        link.replace("&amp;", "&") for link in re.findall(r'href="(\?[^"#]*)', html)
    ]


def test_first_part(client: Client) -> None:
    """It has the chapters and the search, and needs no script."""
    answer = client.get("/docs")
    assert len(answer.data) < _MOST
    assert '<form role="search">' in answer.text
    assert "<script" not in answer.text
    chapters = ["?part=tag-Group-0", "?part=tag-Group-1", "?part=tag-Group-2"]
    assert [*dict.fromkeys(links(answer.text))] == ["?", *chapters, "?part=all-schemas"]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy


def test_all_operations_are_in_parts(client: Client) -> None:
    """Each is in one part, and no part is large; parts lead to one another."""
    found: list[str] = []
    for group in range(3):
        url: str | None = f"?part=tag-Group-{group}"
        while url is not None:
            answer = client.get(f"/docs{url}")
            assert (answer.status_code, len(answer.data) < _MOST) == (200, True)
            found += re.findall(r'<section class="entry" id="op-(\w+)"', answer.text)
            following = re.search(r'href="([^"]+)">Next', answer.text)
            url = following[1].replace("&amp;", "&") if following else None
    assert sorted(found) == sorted(f"getThing{n}" for n in range(OPERATIONS))


def test_links_to_other_parts(client: Client) -> None:
    """They look for what they mean, and find it."""
    text = client.get("/docs?part=tag-Group-0").text
    assert 'href="?find=schema-Thing0#schema-Thing0"' in text
    assert 'href="#op-getThing0"' in text
    schema = client.get("/docs?find=schema-Thing0").text
    assert '<section class="entry" id="schema-Thing0">' in schema
    operation = client.get("/docs?find=op-getThing399").text
    assert '<section class="entry" id="op-getThing399">' in operation
    assert 'id="tag-Group-1"' in client.get("/docs?find=tag-Group-1").text


def test_search(client: Client) -> None:
    """All words have to be there, in any case; text stays text."""
    text = client.get("/docs?q=GET+/things/399").text
    assert "<p>1 found.</p>" in text
    assert '<a href="?find=op-getThing399#op-getThing399">' in text
    assert "Get the thing &lt;399&gt;" in text
    many = client.get("/docs?q=thing").text
    assert "500 found; the first 100 are here" in many
    nothing = client.get("/docs?q=%3Cb%3E").text
    assert "Nothing was found" in nothing
    assert 'value="&lt;b&gt;"' in nothing


@pytest.mark.parametrize(
    "query", ["part=gone", "part=tag-Group-0&number=99", "part=tag-Group-0&number=x"]
)
def test_parts_that_are_not_there(client: Client, query: str) -> None:
    """They are 404, and so is what can't be found."""
    assert client.get(f"/docs?{query}").status_code == 404
    assert client.get("/docs?find=gone").status_code == 404


def test_small_pages_are_whole(app: Application) -> None:
    """A query makes no difference to them, and they have no form."""
    raw = {"openapi": "3.1.1", "info": {"title": "A", "version": "1"}, "paths": {}}
    app.install(OpenAPI(raw))
    client = Client(app)
    assert client.get("/docs?q=a").data == client.get("/docs").data
    assert "<form" not in client.get("/docs").text
