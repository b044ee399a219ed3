"""Facts about operations and security schemes on the page."""

import re
from typing import Any

import pytest

from poorwsgi_openapi.answers.docs_page.anchors import Anchors
from poorwsgi_openapi.answers.docs_page.operations import (
    OperationView,
    render_external,
    render_method,
    render_path,
    title_of,
)
from poorwsgi_openapi.answers.docs_page.security import render_security
from poorwsgi_openapi.document.outline import Outline


def render(operation: dict[str, Any], method: str = "get", **document: Any) -> str:
    """Render an operation."""
    key = "webhooks" if document.pop("is_webhook", False) else "paths"
    outline = Outline({**document, key: {"/x": {method: operation}}})
    view = OperationView(outline, Anchors(), "https://host")
    return view.render((outline.operations or outline.webhooks)[0])


def text_of(html: str) -> str:
    """Drop the tags, and blanks that say nothing."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"summary": " Do it ", "operationId": "x"}, "Do it"),
        ({"operationId": "doIt"}, "doIt"),
        ({}, "GET /x"),
    ],
)
def test_title(operation: dict[str, Any], expected: str) -> None:
    """An operation is called by what people wrote for people, if they did."""
    outline = Outline({"paths": {"/x": {"get": operation}}})
    assert title_of(outline.operations[0]) == expected


def test_method_and_path() -> None:
    """Badges have a class of their own; a path may break at its slashes."""
    assert render_method("GET") == '<span class="method get">GET</span>'
    assert render_method("M-X<") == '<span class="method other">M-X&lt;</span>'
    assert render_path("/a/{b}") == "/a<wbr>/<var>{b}</var>"


def test_access() -> None:
    """Schemes are links, alternatives are said, and so is nothing at all."""
    html = render(
        {"security": [{"Key": [], "Other": ["a", "b"]}, {}]},
        components={"securitySchemes": {"Key": {}}},
    )
    assert "Access Key and Other a b , or nothing" in text_of(html)
    assert '<a href="#security-Key">Key</a>' in html
    assert "Access" not in text_of(render({}))


def test_parameters() -> None:
    """Parameters stand below their place, with what is known of them."""
    parameters: list[Any] = [
        {"name": "b", "in": "query", "schema": {"type": "string"}, "example": "e"},
        {"name": "c", "in": "query", "content": {"application/json": {}}},
        {"name": "a", "in": "header", "deprecated": True, "required": True},
        {"name": "r", "in": "query", "schema": {"$ref": "#/a"}, "example": 1},
    ]
    text = text_of(render({"parameters": parameters}))
    assert "Query b string Example &quot;e&quot; c any application/json r a" in text
    assert "Headers a any required deprecated" in text


def test_body() -> None:
    """Media types with one schema stand together."""
    schema: dict[str, Any] = {"type": "object", "properties": {"a": {}}}
    content: dict[str, Any] = {
        "application/json": {"schema": schema},
        "application/xml": {"schema": schema},
        "image/png": {"schema": {"type": "string", "format": "binary"}},
        "text/plain": {},
    }
    body: dict[str, Any] = {
        "required": True,
        "description": "What.",
        "content": content,
    }
    html = render({"requestBody": body}, "put")
    assert (
        "Body required What. application/json application/xml object a any "
        "image/png string binary text/plain"
    ) in text_of(html)
    samples = html[html.index('<div class="samples">') :]
    assert samples.count("<details") == 2
    assert " open>" not in samples


def test_multipart_has_no_sample() -> None:
    """The command shows a multipart body better."""
    body: dict[str, Any] = {
        "content": {"multipart/form-data": {"schema": {"properties": {}}}}
    }
    assert "<details" not in render({"requestBody": body}, "post")


def test_responses() -> None:
    """A response unfolds when there is more to say than its description."""
    responses = {
        "200": {
            "description": "First.\n\nMore.",
            "headers": {"X-A": {"schema": {"type": "string"}}},
            "content": {"application/json": {"example": {"a": 1}}},
        },
        "404": {},
        "409": {"summary": "Too late.", "description": "Why."},
        "default": {"description": "Else."},
    }
    html = render({"responses": responses})
    text = text_of(html)
    assert (
        "Responses 200 First. More. Headers X-A string application/json 404 Not Found "
        "409 Too late. Why. default Else."
    ) in text
    assert html.count('<details class="response">') == 2
    assert '<details class="sample" name="samples-op-get-x" open>' in html


def test_webhook() -> None:
    """A webhook shows its payload, and no command."""
    body = {"content": {"application/json": {"schema": {"const": 1}}}}
    html = render({"requestBody": body}, "post", is_webhook=True)
    assert "curl" not in html
    assert '<details class="sample" name="body-webhook-post-x" open>' in html
    assert "Payload" in html


def test_callbacks() -> None:
    """Callbacks are named with their method and URL."""
    callbacks = {
        "onPaid": {"{$request.body#/url}": {"post": {"summary": "Paid"}, "put": {}}}
    }
    text = text_of(render({"callbacks": callbacks}))
    assert "Callback Paid POST {$request.body#/url}" in text
    assert "Callback onPaid PUT" in text


def test_description_and_deprecation() -> None:
    """What is deprecated is marked, and links elsewhere are there."""
    html = render(
        {
            "description": "Long.",
            "deprecated": True,
            "externalDocs": {"url": "https://a", "description": "[more]"},
        }
    )
    assert '<span class="flag">deprecated</span>' in html
    assert '<a href="https://a" rel="noreferrer">[more]</a>' in html
    assert render_external({"externalDocs": {"url": "https://a"}}).startswith(
        '<p><a href="https://a"'
    )


SCHEMES: dict[str, tuple[dict[str, Any], str]] = {
    "key": (
        {"type": "apiKey", "in": "query", "name": "k", "description": "Ask."},
        "x Ask. Kind API key Sent as query k",
    ),
    "http": (
        {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "x Kind HTTP bearer Sent as header Authorization: Bearer … Format JWT",
    ),
    "oidc": (
        {"type": "openIdConnect", "openIdConnectUrl": "https://a"},
        "x Kind OpenID Connect Discovery https://a",
    ),
    "tls": (
        {"type": "mutualTLS", "deprecated": True},
        "x deprecated Kind Client certificate (mutual TLS)",
    ),
    "unknown": ({"type": "new"}, "x"),
    "oauth": (
        {
            "type": "oauth2",
            "flows": {
                "implicit": {"authorizationUrl": "https://a", "scopes": {"r": "Read."}},
                "x-own": {},
            },
        },
        "x Kind OAuth 2.0 Implicit Authorization URL https://a r Read. x-own",
    ),
}


@pytest.mark.parametrize("name", SCHEMES)
def test_security_scheme(name: str) -> None:
    """Each kind of scheme says what it asks for."""
    scheme, expected = SCHEMES[name]
    assert text_of(render_security("security-x", "x", scheme)) == expected
