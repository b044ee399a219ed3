"""Facts about the code of the page: examples as text, and curl commands."""

import shlex
from typing import Any
from urllib.parse import parse_qsl

import pytest

from poorwsgi_openapi.answers.docs_page.curl import build_curl, expand_server
from poorwsgi_openapi.answers.docs_page.samples import build_code, format_value, is_json
from poorwsgi_openapi.document.outline import Outline

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("application/json", True),
        ("application/problem+json; charset=utf-8", True),
        ("text/json", True),
        ("application/xml", False),
        ("jsonish", False),
    ],
)
def test_is_json(kind: str, expected: bool) -> None:
    """JSON has several media types."""
    assert is_json(kind) == expected


def test_code_is_escaped_and_coloured() -> None:
    """Names, text, numbers and words are told apart; nothing becomes markup."""
    text = '{"a<": "b\\"<", "n": -1.5, "t": true}'
    code = build_code(text, colours=True)
    assert '<span class="key">&quot;a&lt;&quot;</span>: ' in code
    assert '<span class="text">&quot;b\\&quot;&lt;&quot;</span>' in code
    assert '<span class="number">-1.5</span>' in code
    assert '<span class="word">true</span>' in code
    assert "<span" not in build_code(f"[{'1, ' * 7000}1]", colours=True)
    assert build_code("a<b") == '<pre tabindex="0"><code>a&lt;b</code></pre>'


def test_values_as_text() -> None:
    """A value is written as its media type has it."""
    outline = Outline({})
    value = {"a": [1, 2], "b": "c d"}
    odd = {"a": {"b": [1]}, "c": [{"d": True}], "e": True}
    assert format_value(outline, "text/plain", "plain") == "plain"
    assert format_value(outline, "application/json", "text") == '"text"'
    form = "application/x-www-form-urlencoded"
    assert format_value(outline, form, value) == "a=1&a=2&b=c+d"
    fields = [("a", '{"b": [1]}'), ("c", '{"d": true}'), ("e", "true")]
    assert parse_qsl(format_value(outline, form, odd)) == fields
    assert format_value(outline, "text/csv", value).startswith("{\n")


@pytest.mark.parametrize(
    ("kind", "schema", "expected"),
    [
        (FORM, {"const": {"a": "", "b": [1, 2]}}, "?a=&b=1&b=2"),
        ("application/json", {"const": {"a": 1}}, "?%7B%22a%22%3A%201%7D"),
    ],
)
def test_whole_query(kind: str, schema: Any, expected: str) -> None:
    """A parameter that is the query stands in the URL as it is sent."""
    content = {kind: {"schema": schema}}
    parameter = {"name": "q", "in": "querystring", "required": True, "content": content}
    raw = {"paths": {"/a": {"get": {"parameters": [parameter]}}}}
    outline = Outline(raw)
    assert expected in build_curl(outline, outline.operations[0], "http://h")


def test_text_in_xml() -> None:
    """A text is an element, unless it is XML already."""
    outline = Outline({})
    text = format_value(outline, "application/xml", "a & b", {"type": "string"})
    assert text == "<element>a &amp; b</element>"
    assert format_value(outline, "text/xml", " <a/>") == " <a/>"


def test_xml() -> None:
    """The hints of a schema for XML are followed."""
    schema: dict[str, Any] = {
        "type": "object",
        "xml": {"name": "pet"},
        "properties": {
            "id": {"type": "integer", "xml": {"attribute": True}},
            "kind": {"xml": {"attribute": True, "name": "sort"}},
            "name": {"type": "string"},
            "tags": {
                "type": "array",
                "xml": {"wrapped": True},
                "items": {"type": "string", "xml": {"name": "tag"}},
            },
            "flat": {"type": "array", "items": {"type": "boolean"}},
            "odd <name>": {},
        },
    }
    value = {
        "id": 1,
        "kind": '"',
        "name": "a<b",
        "tags": ["x"],
        "flat": [True, False],
        "odd <name>": None,
    }
    assert format_value(Outline({}), "application/xml", value, schema) == (
        '<pet id="1" sort="&quot;">\n'
        "  <name>a&lt;b</name>\n"
        "  <tags>\n    <tag>x</tag>\n  </tags>\n"
        "  <flat>true</flat>\n  <flat>false</flat>\n"
        "  <element>null</element>\n"
        "</pet>"
    )
    array = {"type": "array", "items": {"type": "integer"}}
    assert format_value(Outline({}), "text/xml", [1], array) == (
        "<element>\n  <element>1</element>\n</element>"
    )


def test_server() -> None:
    """Variables of a server are replaced by their defaults."""
    server = {
        "url": "https://{host}/{path}",
        "variables": {"host": {"default": "a.b"}},
    }
    assert expand_server(server) == "https://a.b/{path}"
    assert expand_server(None) == ""


def curl(operation: dict[str, Any], path: str = "/x", **document: Any) -> list[str]:
    """Build the command of an operation, split as a shell does it."""
    method = document.pop("method", "get")
    outline = Outline({**document, "paths": {path: {method: operation}}})
    command = build_curl(outline, outline.operations[0], "https://host")
    return shlex.split(command.replace("\\\n", ""))


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("get", ["curl", "https://host/x"]),
        ("head", ["curl", "--head", "https://host/x"]),
        ("delete", ["curl", "-X", "DELETE", "https://host/x"]),
    ],
)
def test_methods(method: str, expected: list[str]) -> None:
    """The method is said where it isn't curl's own."""
    assert curl({}, method=method) == expected


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("/", "https://host/x"),
        ("/v1/", "https://host/v1/x"),
        ("v1", "https://host/v1/x"),
        ("https://a.b/v1", "https://a.b/v1/x"),
    ],
)
def test_servers(server: str, expected: str) -> None:
    """The first server is called; one without a host is on this one."""
    assert curl({}, servers=[{"url": server}]) == ["curl", expected]
    own = {"servers": [{"url": "https://own"}]}
    assert curl(own, servers=[{"url": server}]) == ["curl", "https://own/x"]


def test_what_is_required_is_in_the_command() -> None:
    """Parameters that must be there are, with their styles; others aren't."""
    deep = {"a": {"type": "integer"}, "b": {"type": "boolean"}}
    array = {"type": "array", "items": {"enum": ["p", "q"]}, "minItems": 2}
    parameters: list[dict[str, Any]] = [
        {"name": "id", "in": "path", "schema": {"example": "a/b c"}},
        {"name": "q", "in": "query", "required": True, "example": "x&y"},
        {"name": "many", "in": "query", "required": True, "schema": array},
        {
            "name": "flat",
            "in": "query",
            "required": True,
            "explode": False,
            "schema": array,
        },
        {
            "name": "deep",
            "in": "query",
            "required": True,
            "style": "deepObject",
            "schema": {"properties": deep},
        },
        {
            "name": "open",
            "in": "query",
            "required": True,
            "schema": {"properties": deep},
        },
        {
            "name": "shut",
            "in": "query",
            "required": True,
            "explode": False,
            "schema": {"properties": {"a": {"const": 1}}},
        },
        {
            "name": "json",
            "in": "query",
            "required": True,
            "content": {"application/json": {"example": [1]}},
        },
        {
            "name": "text",
            "in": "query",
            "required": True,
            "content": {"text/plain": {"example": "t"}},
        },
        {"name": "bare", "in": "query", "required": True},
        {"name": "X-Id", "in": "header", "required": True, "schema": {"const": 7}},
        {"name": "sid", "in": "cookie", "required": True, "schema": {"const": "s"}},
        {"name": "odd", "in": "elsewhere", "required": True},
        {"name": "optional", "in": "query"},
        {"name": "Accept", "in": "header", "required": True},
    ]
    command, url, *options = curl({"parameters": parameters}, path="/x/{id}/{other}")
    assert command == "curl"
    assert url == (
        "https://host/x/a%2Fb%20c/{other}?q=x%26y&many=p&many=p&flat=p%2Cp"
        "&deep%5Ba%5D=1&deep%5Bb%5D=true&a=1&b=true&shut=a%2C1&json=%5B1%5D"
        "&text=t&bare=BARE"
    )
    assert options == ["-H", "X-Id: 7", "-b", "sid=s"]


SCHEMES: dict[str, Any] = {
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "key"},
    "basic": {"type": "http", "scheme": "Basic"},
    "digest": {"type": "http", "scheme": "digest"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "oauth": {"type": "oauth2"},
    "tls": {"type": "mutualTLS"},
}


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("header", ["https://host/x", "-H", "X-Key: KEY"]),
        ("query", ["https://host/x?key=KEY"]),
        ("cookie", ["https://host/x", "-b", "key=KEY"]),
        ("basic", ["https://host/x", "-u", "user:password"]),
        ("digest", ["https://host/x", "--digest", "-u", "user:password"]),
        ("bearer", ["https://host/x", "-H", "Authorization: Bearer TOKEN"]),
        ("oauth", ["https://host/x", "-H", "Authorization: Bearer TOKEN"]),
        ("tls", ["https://host/x", "--cert", "client.pem"]),
    ],
)
def test_credentials(scheme: str, expected: list[str]) -> None:
    """Credentials of the first alternative stand where they are sent."""
    command = curl(
        {"security": [{scheme: []}, {}]}, components={"securitySchemes": SCHEMES}
    )
    assert command == ["curl", *expected]


@pytest.mark.parametrize(
    ("kind", "media", "expected"),
    [
        (
            "application/json",
            {"example": {"a": "it's"}},
            ["-H", "Content-Type: application/json", "-d", '{\n  "a": "it\'s"\n}'],
        ),
        ("text/plain", {"example": "t"}, ["-H", "Content-Type: text/plain", "-d", "t"]),
        (
            "image/png",
            {},
            ["-H", "Content-Type: image/png", "--data-binary", "@file"],
        ),
        (
            "image/png",
            {"schema": {"type": "string", "format": "binary"}},
            ["-H", "Content-Type: image/png", "--data-binary", "@file"],
        ),
        (
            "application/x-www-form-urlencoded",
            {"example": {"a": 1, "b": "c d"}},
            ["-d", "a=1&b=c+d"],
        ),
        (
            "multipart/form-data",
            {
                "schema": {
                    "properties": {
                        "old": {"type": "string", "format": "binary"},
                        "new": {"contentMediaType": "application/octet-stream"},
                        "files": {"type": "array", "items": {"format": "binary"}},
                        "names": {"type": "array", "example": ["n", "m"]},
                        "image": {"type": "string", "contentMediaType": "image/png"},
                        "id": {"type": "integer", "readOnly": True},
                    }
                }
            },
            [
                "-F",
                "old=@file",
                "-F",
                "new=@file",
                "-F",
                "files=@file",
                "-F",
                "names=n",
                "-F",
                "names=m",
                "-F",
                "image=@file",
                "-F",
                "id=",
            ],
        ),
    ],
)
def test_bodies(kind: str, media: dict[str, Any], expected: list[str]) -> None:
    """The body is sent as its media type asks."""
    command = curl({"requestBody": {"content": {kind: media}}}, method="post")
    assert command[4:] == expected


def test_nothing_of_a_document_runs_in_the_shell() -> None:
    """Whatever is in the document is one word of the command."""
    evil = "'; rm -rf / #\n$(x)`y`"
    operation = {
        "parameters": [
            {"name": evil, "in": "header", "required": True, "example": evil}
        ],
        "requestBody": {"content": {"text/plain": {"example": evil}}},
    }
    command = curl(operation, servers=[{"url": f"https://{evil}"}], method="post")
    assert command[3:] == [
        f"https://{evil}/x",
        "-H",
        f"{evil}: {evil}",
        "-H",
        "Content-Type: text/plain",
        "-d",
        evil,
    ]


@pytest.mark.parametrize(
    ("place", "style", "explode", "expected"),
    [
        ("path", "matrix", True, "https://host/x/;v=1;v=2"),
        ("path", "label", False, "https://host/x/.1,2"),
        ("query", "spaceDelimited", False, "https://host/x/{v}?v=1+2"),
        ("cookie", "form", True, "v=1; v=2"),
        ("header", "simple", False, "v: 1,2"),
    ],
)
def test_styles(place: str, style: str, explode: bool, expected: str) -> None:
    """A list is written in the style that the checks read."""
    node = {"name": "v", "in": place, "required": True, "example": [1, 2]}
    node |= {"style": style, "explode": explode}
    assert expected in curl({"parameters": [node]}, path="/x/{v}")
