"""Schemathesis finds nothing in the example applications, with all its checks.

They are served over HTTP: Werkzeug's test client, which Schemathesis takes for
WSGI, writes no line end after an empty part of a multipart form.
"""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import pytest
from running import load_example

from poorwsgi_core.server import build_server
from poorwsgi_core.testing import Client

F = TypeVar("F", bound=Callable[..., Any])
AUTH = {"X-API-Key": "let me in", "Authorization": "Bearer let me sell"}

schemathesis: Any = pytest.importorskip("schemathesis")


@contextmanager
def serve(app: Any) -> Generator[str]:
    """Serve an application on a free port; gives its address."""
    with build_server(app, port=0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


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
    case.call_and_validate(base_url=pets_url)


@cases(PETS)
def test_pets_with_credentials(case: Any, pets_url: str) -> None:
    """The same, for somebody who may do everything."""
    case.call_and_validate(base_url=pets_url, headers=AUTH)


BY_HAND = load_example("openapi3").app


@pytest.fixture(scope="module")
def by_hand_url() -> Iterator[str]:
    """Where the API is that is wired by hand."""
    with serve(BY_HAND) as address:
        yield address


@cases(BY_HAND)
def test_by_hand(case: Any, by_hand_url: str) -> None:
    """Everything is so that the document of the manual recipe says."""
    case.call_and_validate(base_url=by_hand_url)


@cases(BY_HAND)
def test_by_hand_with_credentials(case: Any, by_hand_url: str) -> None:
    """The same, with the key."""
    case.call_and_validate(base_url=by_hand_url, headers=AUTH)
