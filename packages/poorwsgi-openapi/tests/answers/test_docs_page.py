"""Facts about the documentation page as a whole."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_openapi.answers.docs_page import build_docs, docs_headers
from poorwsgi_openapi.answers.docs_page.anchors import Anchors
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.outline import as_list, as_map

SHOP = Path(__file__).parents[1] / "documents" / "shop.yaml"
_KNOWN = re.compile(r"[a-zA-Z$]+|[1-5]..|/.*|.*/.*")
_STRUCTURE = {"$ref", "in", "type", "openapi", "required", "style"}
VOID = {"meta", "link", "br", "hr", "wbr"}


class Page(HTMLParser):
    """Reads a page: its ids, links and text; fails where tags aren't nested."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(data.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a tag."""
        found = dict(attrs)
        self.tags.add(tag)
        self.attributes |= found.keys()
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if tag == "a" else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect the text, the style sheet apart."""
        if self.open[-1:] != ["style"]:
            self.text += data


def read(document: dict[str, Any], **options: Any) -> Page:
    """Build and read the page of a document."""
    return Page(build_docs(document, **options))


@pytest.fixture(scope="module")
def shop() -> Page:
    """Read the page of the example document."""
    return read(Document(SHOP).raw)


def test_each_anchor_leads_somewhere(shop: Page) -> None:
    """Ids are unique, and each link inside of the page has its target."""
    assert len(shop.ids) == len(set(shop.ids))
    inside = {link[1:] for link in shop.links if link.startswith("#")}
    assert inside - set(shop.ids) == set()
    assert {"op-getPet", "schema-Pet", "security-APIKey", "tag-pets"} <= inside


def test_page_needs_nothing_else(shop: Page) -> None:
    """There is no script, no image, no form, and no style but its own sheet."""
    assert shop.tags & {"script", "img", "iframe", "form", "object"} == set()
    assert not {name for name in shop.attributes if name.startswith("on")}
    assert "style" not in shop.attributes


def test_icon_is_inside_of_the_page() -> None:
    """No browser asks for an icon elsewhere, and the policy lets it in."""
    page = build_docs({}).decode()
    assert re.findall('<link rel="(.+?)" href="(.+?):', page) == [("icon", "data")]
    assert "img-src data:;" in docs_headers()["Content-Security-Policy"]


def test_policy_allows_the_style_alone() -> None:
    """The hash in the policy is that of the sheet in the page."""
    page = build_docs({}).decode()
    match = re.search("<style>(.*?)</style>", page, re.DOTALL)
    assert match is not None
    digest = base64.b64encode(hashlib.sha256(match[1].encode()).digest()).decode()
    policy = docs_headers()["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")


@pytest.mark.parametrize(
    "text",
    [
        "Pet Shop",
        "2.4.0",
        "Sells animals",
        "https://sandbox.example.com/v2",
        "Care guide",
        "APIKey, or OAuth pets:read",
        "at most 64 characters",
        "1 to 64 characters",
        "≥\xa01",
        "each matches ^[a-z-]+$",
        "No other fields.",
        "told apart by kind: card Card, transfer Transfer",
        "What is wrong, by RFC 9457.",
        "Calls that this API makes to yours.",
        "header X-API-Key",
        "Authorization: Bearer …",
        "https://example.com/token",
        "curl https://api.example.com/v2/pets",
        "Shop team",
    ],
)
def test_what_the_document_says_is_there(shop: Page, text: str) -> None:
    """Texts, limits, servers, security and commands are on the page."""
    assert text in shop.text


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"info": None, "paths": None, "components": [], "tags": 1, "servers": "x"},
        {"info": {"title": 1, "description": 2, "version": 3, "contact": {}}},
        {"paths": {"/": {"get": {}}}},
        {"paths": {"/": {"get": {"responses": {"200": None}, "requestBody": 1}}}},
        {
            "paths": {"/": {"get": {"parameters": [{"name": "a", "in": "query"}]}}},
            "components": {"schemas": {"A": None, "B": True, "C": {"$ref": "#/x"}}},
        },
    ],
)
def test_unfinished_document(document: dict[str, Any]) -> None:
    """A page is made of whatever is there."""
    assert read(document).text


def test_nothing_of_a_document_becomes_markup() -> None:
    """Text of a document is text, wherever it stands."""
    evil = "<script>alert(1)</script>\"'&<img src=x onerror=y>"

    page = read(_poison(Document(SHOP).raw, evil))
    assert page.tags & {"script", "img"} == set()
    assert "onerror" not in page.attributes
    assert page.text.count("alert(1)") > 100


def _poison(value: Any, evil: str) -> Any:
    """Put markup into all text, and in the place of names."""
    if mapping := as_map(value):
        return {
            (key if _KNOWN.fullmatch(key) else evil): (
                item if key in _STRUCTURE else _poison(item, evil)
            )
            for key, item in mapping.items()
        }
    if items := as_list(value):
        return [_poison(item, evil) for item in items]
    return f"{value} {evil}" if isinstance(value, str) else value


def test_links_to_the_document() -> None:
    """The page links the document where it is served, and nothing otherwise."""
    page = read({}, json_url="/api?a=1&b", yaml_url=None)
    assert "/api?a=1&b" in page.links
    assert "YAML" not in page.text
    assert "Document" not in read({}, json_url=None, yaml_url=None).text


def test_long_document_is_laid_out_lazily() -> None:
    """Many operations are laid out by the browser when they come into sight."""
    paths: dict[str, Any] = {f"/{number}": {"get": {}} for number in range(61)}
    assert b'<body id="top" class="long">' in build_docs({"paths": paths})
    assert b'<body id="top">' in build_docs({})


def test_surrogates_are_escaped() -> None:
    """Half a character, which JSON may hold, doesn't break the page."""
    page = build_docs({"info": {"title": "a\ud800b"}})
    assert b"a\\ud800b" in page


def test_anchors_are_unique() -> None:
    """Names that are written alike in an id get different ones, always the same."""
    anchors = Anchors()
    names = [anchors.name("schema", key) for key in ("a b", "a/b", "a b", "", "/")]
    assert names == [
        "schema-a-b",
        "schema-a-b-2",
        "schema-a-b",
        "schema-none",
        "schema-none-2",
    ]
