"""URLs of servers: variables and relative ones."""

from typing import Any

import pytest

from poorwsgi_openapi.document.servers import list_paths, list_urls


@pytest.mark.parametrize(
    ("url", "base", "path"),
    [
        ("api/v2/", "/openapi.json", "/api/v2"),
        ("./api", "/openapi.json", "/api"),
        ("../api", "/docs/openapi.json", "/api"),
        ("../api", "/openapi.json", "/api"),
        (".", "/openapi.json", ""),
        (".", "/docs/openapi.json", "/docs"),
        ("", "/", ""),
        ("/v1/", "/docs/openapi.json", "/v1"),
        ("https://example.com/v1", "/", "/v1"),
        ("https://example.com", "/", ""),
        ("//example.com/v1", "/", "/v1"),
        ("", "/api/openapi.json", "/api"),
        ("/a%20b", "/", "/a b"),
    ],
)
def test_relative_urls(url: str, base: str, path: str) -> None:
    """A relative URL begins where the document is."""
    assert list_paths([{"url": url}], base) == [path]


def test_variables() -> None:
    """A variable has its default and all that its enumeration allows."""
    server: dict[str, Any] = {
        "url": "/api/{ver}/{lang}/{odd}",
        "variables": {
            "ver": {"default": "v2", "enum": ["v1", "v2"]},
            "lang": {"default": "en"},
        },
    }
    assert list_urls(server) == ["/api/v2/en/{odd}", "/api/v1/en/{odd}"]
    assert list_paths([], "/") == [""]
