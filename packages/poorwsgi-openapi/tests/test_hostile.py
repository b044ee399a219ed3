"""Whatever bytes a client sends, the answer is no 5xx."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import Credentials, OpenAPI

NUMBERS = itertools.count()
DOCUMENTS = Path(__file__).parent / "documents"
# What a server lets through: no line ends, and one character for each byte.
FIELD = st.text(
    st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=30
)
TYPES = st.sampled_from(
    [
        *("application/json", "application/json;", "application/json;charset"),
        *("application/json; charset=utf-16", "application/merge-patch+json"),
        *("text/plain; charset=\xff", "text/plain", "application/octet-stream"),
        *("application/x-www-form-urlencoded", "application/x-y+json", "*/*", ";"),
        'application/json; boundary="=X="',
    ]
)
BODIES = st.binary(max_size=60) | st.sampled_from(
    [
        *(b"{}", b"[]", b"null", b"1e999", b"NaN", b'"\\ud800"', b"[" * 5000, b"{" * 9),
        *(b'{"a":' * 2000, b"9" * 5000, b"-", b"width=1&tags=a&width=x", b"%", b"=&="),
        *(b'{"id": 1e400, "quantity": true}', b'{"shipDate": "9999-99-99T99:99:99Z"}'),
        *(b'{"parent": {"parent": {}}}', b'{"tag": 1, "name": ""}', b"\xef\xbb\xbf{}"),
    ]
)
QUERIES = FIELD | st.sampled_from(
    [
        *("limit=1", "limit=%FF", "limit=" + "9" * 5000, "filter[age]=x", "filter[]=1"),
        *("where={", "where=%7B%22a%22:1%7D", "where=" + "[" * 3000, "status=sold&&&"),
        *("tags=,,", "filter[a][b]=1&filter[=2", "=", "limit", "limit=nan", "where="),
    ]
)


def take_any(_: Any, credentials: Credentials) -> str:
    """Let everybody in."""
    return credentials.value or "somebody"


def show_body(req: Any, *_: Any) -> dict[str, str]:
    """Answer with what was made of the body."""
    return {"body": str(req.api.body)}


def build(name: str) -> Client:
    """Build an application that answers for all operations of a document."""
    app = Application(f"hostile {next(NUMBERS)}")
    api = OpenAPI(DOCUMENTS / name, check_document=False)
    for scheme in api.document.security_schemes:
        api.security(scheme, take_any)
    for operation in api.document.operations:
        api.operation(operation.operation_id)(show_body)
    app.install(api)
    return Client(app, validate=False)


CLIENTS = {name: build(name) for name in ("petstore30.yaml", "petstore31.json")}
TARGETS = [
    ("petstore30.yaml", "POST", "/api/v3/pet"),
    ("petstore30.yaml", "GET", "/api/v3/pet/findByStatus"),
    ("petstore30.yaml", "GET", "/api/v3/pet/7"),
    ("petstore30.yaml", "DELETE", "/api/v3/pet/7"),
    ("petstore30.yaml", "POST", "/api/v3/pet/7/image"),
    ("petstore30.yaml", "POST", "/api/v3/store/order"),
    ("petstore31.json", "GET", "/pets"),
    ("petstore31.json", "POST", "/pets"),
    ("petstore31.json", "GET", "/pets/cat/2026-01-31"),
]


@pytest.mark.parametrize(("name", "method", "path"), TARGETS)
@settings(deadline=None, max_examples=60)
@given(
    body=BODIES,
    query=QUERIES,
    fields=st.dictionaries(
        st.sampled_from(
            [
                *("HTTP_ACCEPT", "HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_X_REASON"),
                *("HTTP_API_KEY", "HTTP_HOST", "HTTP_CONTENT_TYPE", "HTTP_PREFER"),
            ]
        ),
        FIELD
        | st.sampled_from(
            ["Bearer x", "Basic x", "Basic YTpi", "session=ab", "text/html"]
        ),
    ),
    content_type=TYPES | FIELD,
)
def test_no_bytes_are_a_server_error(
    name: str,
    method: str,
    path: str,
    body: bytes,
    query: str,
    fields: dict[str, str],
    content_type: str,
) -> None:
    """Body, query and headers of any kind are answered with 2xx or 4xx."""
    variables: dict[str, Any] = {
        "CONTENT_TYPE": content_type,
        "QUERY_STRING": query,
        **fields,
    }
    answer = CLIENTS[name].request(method, path, body=body, **variables)
    assert answer.status_code < 500


@pytest.mark.parametrize("name", CLIENTS)
@settings(deadline=None, max_examples=150)
@given(
    path=st.text(st.characters(max_codepoint=255), max_size=20),
    method=st.sampled_from(["GET", "POST", "QUERY", "get", "", "\xff"]) | FIELD,
)
def test_no_path_is_a_server_error(name: str, path: str, method: str) -> None:
    """Any path is served or refused; only an unknown method of one is 501."""
    prefix = "/api/v3/pet/" if name == "petstore30.yaml" else "/pets/cat/"
    answer = CLIENTS[name].request(method, "/", PATH_INFO=prefix + path)
    assert answer.status_code < 500 or answer.status_code == 501
