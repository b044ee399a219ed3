"""Schemathesis finds nothing in the example applications, with all its checks.

They are served over HTTP.  In process Schemathesis asks Werkzeug's test client,
which lacks a line end behind an empty part of a multipart form (RFC 2046 §5.1.1:
the blank line and the delimiter each have their own).  The server is Werkzeug's
too: it takes bodies in chunks, as which the client sends an empty form.
"""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import pytest
from hypothesis import settings
from petstores import (
    KEY,
    TOKEN,
    build_petstore30,
    build_petstore31,
    build_plain_petstore,
)
from running import load_example
from werkzeug.serving import make_server

from poorwsgi_core.testing import Client
from poorwsgi_openapi.document.pointers import is_map

F = TypeVar("F", bound=Callable[..., Any])
SERVER_ERROR = 500
AUTH = {"X-API-Key": "let me in", "Authorization": "Bearer let me sell"}

schemathesis: Any = pytest.importorskip("schemathesis")


def filter_body(context: Any, body: Any) -> bool:
    """Leave out what a form can't say.

    Sent as one, a number or null that should be text is text, and a list is its
    members or nothing, so that what was generated as wrong is right.
    """
    if context.operation.label != "PUT /pets/{petId}/photo" or not is_map(body):
        return True
    texts = [body[name] for name in ("photo", "caption") if name in body]
    return all(isinstance(text, str | bytes) for text in texts) and not isinstance(
        body.get("width"), list
    )


def filter_query(_: Any, query: Any) -> bool:
    """Leave out what a query can't say.

    An empty name in brackets stands for a member of a list, not for a property.
    """
    return not any("[]" in name for name in query or ())


schemathesis.hook(filter_body)
schemathesis.hook(filter_query)


@contextmanager
def serve(app: Any) -> Generator[str]:
    """Serve an application on a free port; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def cases(app: Any) -> Callable[[F], F]:
    """Let a test get the cases of the document that an application serves."""
    document = Client(app).get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    return cast("Callable[[F], F]", schema.parametrize())


PETS = load_example("pets").app


@pytest.fixture(scope="module")
def pets_url() -> Iterator[str]:
    """Where the API of the pets is."""
    with serve(PETS) as address:
        yield f"{address}/v1"


@cases(PETS)
def test_pets(case: Any, pets_url: str) -> None:
    """Everything that the document of the pets says is so."""
    assert case.call_and_validate(base_url=pets_url).status_code < SERVER_ERROR


@cases(PETS)
def test_pets_with_credentials(case: Any, pets_url: str) -> None:
    """The same, for somebody who may do everything."""
    assert (
        case.call_and_validate(base_url=pets_url, headers=AUTH).status_code
        < SERVER_ERROR
    )


OF_CODE = load_example("pets_code").app


@pytest.fixture(scope="module")
def of_code_url() -> Iterator[str]:
    """Where the API is whose document is made of code."""
    with serve(OF_CODE) as address:
        yield f"{address}/v1"


@cases(OF_CODE)
@settings(max_examples=50)
def test_pets_of_code(case: Any, of_code_url: str) -> None:
    """Everything that the types of handlers say is so."""
    assert (
        case.call_and_validate(base_url=of_code_url, headers=AUTH).status_code
        < SERVER_ERROR
    )


BY_HAND = load_example("openapi3").app


@pytest.fixture(scope="module")
def by_hand_url() -> Iterator[str]:
    """Where the API is that is wired by hand."""
    with serve(BY_HAND) as address:
        yield address


@cases(BY_HAND)
def test_by_hand(case: Any, by_hand_url: str) -> None:
    """Everything is so that the document of the manual recipe says."""
    assert case.call_and_validate(base_url=by_hand_url).status_code < SERVER_ERROR


@cases(BY_HAND)
def test_by_hand_with_credentials(case: Any, by_hand_url: str) -> None:
    """The same, with the key."""
    assert (
        case.call_and_validate(base_url=by_hand_url, headers=AUTH).status_code
        < SERVER_ERROR
    )


SHORTER = settings(max_examples=30)
"""What is generated for each operation; what is derived from it comes on top."""

OLD = build_petstore30("petstore of OpenAPI 3.0")
STORE_AUTH = {
    "api_key": KEY,
    "Authorization": f"Bearer {TOKEN}",
}


@pytest.fixture(scope="module")
def old_url() -> Iterator[str]:
    """Where the petstore of OpenAPI 3.0 is."""
    with serve(OLD) as address:
        yield f"{address}/api/v3"


@cases(OLD)
@SHORTER
def test_petstore_30(case: Any, old_url: str) -> None:
    """Everything that the document of OpenAPI 3.0 says is so."""
    assert case.call_and_validate(base_url=old_url).status_code < SERVER_ERROR


@cases(OLD)
@SHORTER
def test_petstore_30_with_credentials(case: Any, old_url: str) -> None:
    """The same, for somebody who may do almost everything."""
    assert (
        case.call_and_validate(base_url=old_url, headers=STORE_AUTH).status_code
        < SERVER_ERROR
    )


NEW = build_petstore31("petstore of OpenAPI 3.1")


@pytest.fixture(scope="module")
def new_url() -> Iterator[str]:
    """Where the petstore of OpenAPI 3.1 is."""
    with serve(NEW) as address:
        yield address


@cases(NEW)
@SHORTER
def test_petstore_31(case: Any, new_url: str) -> None:
    """Everything that the document of OpenAPI 3.1 says is so."""
    assert case.call_and_validate(base_url=new_url).status_code < SERVER_ERROR


@cases(NEW)
@SHORTER
def test_petstore_31_with_credentials(case: Any, new_url: str) -> None:
    """The same, for somebody who may do everything."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert (
        case.call_and_validate(base_url=new_url, headers=headers).status_code
        < SERVER_ERROR
    )


PLAIN = build_plain_petstore("plain petstore")


@pytest.fixture(scope="module")
def plain_url() -> Iterator[str]:
    """Where the petstore is whose errors have a form of their own."""
    with serve(PLAIN) as address:
        yield f"{address}/v1"


@cases(PLAIN)
@SHORTER
def test_plain_petstore(case: Any, plain_url: str) -> None:
    """Every error, the framework's too, is what the document says."""
    assert case.call_and_validate(base_url=plain_url).status_code < SERVER_ERROR
