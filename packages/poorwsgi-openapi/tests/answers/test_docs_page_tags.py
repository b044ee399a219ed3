"""Tags of the page: their order, their parents, their kinds."""

from typing import Any

from poorwsgi_openapi.answers.docs_page import build_docs
from poorwsgi_openapi.answers.docs_page.tags import Tags

DECLARED: list[Any] = [
    {"name": "orders", "parent": "shop", "summary": "Orders"},
    {"name": "other", "x-displayName": "Others"},
    {"name": "shop", "summary": "Shop", "description": "All of it."},
    {"name": "returns", "parent": "orders", "kind": "nav"},
    {"name": "beta", "kind": "badge", "summary": "Beta"},
]


def test_order() -> None:
    """A parent stands where the first of its family does, before the others."""
    tags = Tags({"tags": DECLARED})
    assert tags.names == ["shop", "orders", "returns", "other", "beta"]
    assert tags.parents("returns") == ["shop", "orders"]
    assert tags.parents("unknown") == []


def test_circle() -> None:
    """Parents that go round in a circle end."""
    tags = Tags({"tags": [{"name": "a", "parent": "b"}, {"name": "b", "parent": "a"}]})
    assert tags.parents("a") == ["b"]
    assert sorted(tags.names) == ["a", "b"]


def test_kinds() -> None:
    """Chapters are of the kind nav or of none; others are marks."""
    tags = Tags({"tags": DECLARED})
    assert tags.choose(["beta", "returns"]) == "returns"
    assert tags.choose(["beta"]) == ""
    assert tags.marks(["beta", "returns", "unknown"]) == ["Beta"]


def test_page() -> None:
    """The page has a chapter of each, parents without operations among them."""
    operation = {"tags": ["beta", "returns"], "summary": "Return it"}
    page = build_docs({"paths": {"/a": {"post": operation}}, "tags": DECLARED}).decode()
    assert "Shop / Orders / returns</a></h2>" in page
    assert page.index("All of it.") < page.index("Return it</a>")
    assert 'Return it</a> <span class="flag">Beta</span></h3>' in page
    assert "Others" not in page
