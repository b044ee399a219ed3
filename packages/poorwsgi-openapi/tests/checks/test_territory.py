"""Which paths are those of an API."""

from typing import Any

import pytest

from poorwsgi_core import Application, SimpleRequest
from poorwsgi_core.testing import build_environ
from poorwsgi_openapi import Document
from poorwsgi_openapi.checks.territory import Territory

OK = {"200": {"description": "ok"}}


def has(app: Application, server: str, path: str, mount: str = "") -> bool:
    """Ask for a path of an application, below a mount point."""
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "servers": [{"url": server}],
        "paths": {
            "/pets": {"get": {"responses": OK}},
            "/pets/{id}.{kind}": {"get": {"responses": OK}},
            "/\u010d": {"get": {"responses": OK}},
        },
    }
    territory = Territory(Document(raw, check=False))
    environ = build_environ("/", PATH_INFO=path, SCRIPT_NAME=mount)
    return territory.has(SimpleRequest({**environ, "REQUEST_STARTTIME": 0.0}, app))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *(("/v1/pets", True), ("/v1/nowhere", True), ("/v1/", True)),
        *(("/v1", False), ("/v10/pets", False), ("/pets", False), ("/", False)),
        ("/v1/\x80", True),
    ],
)
def test_all_below_a_server(app: Application, path: str, expected: bool) -> None:
    """Everything below the path of a server is, and nothing that only looks so."""
    assert has(app, "https://example.com/v1", path) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *(("/pets", True), ("/pets/7.dog", True), ("/pets/7/8", False)),
        *(
            ("/about", False),
            ("/", False),
            ("/\u010d".encode().decode("latin-1"), True),
        ),
    ],
)
def test_operations_of_a_server_at_the_root(
    app: Application, path: str, expected: bool
) -> None:
    """There, the paths of operations are, and no others."""
    assert has(app, "/", path) is expected


def test_mount_point_counts(app: Application) -> None:
    """An application may be mounted where the document says that the server is."""
    assert has(app, "/v1", "/nowhere", mount="/v1")
    assert not has(app, "/v1", "/nowhere", mount="/v2")


def test_api_without_operations(app: Application) -> None:
    """No path belongs to nothing."""
    raw: dict[str, Any] = {"openapi": "3.1.1", "info": {}, "paths": {}}
    environ = {**build_environ("/"), "REQUEST_STARTTIME": 0.0}
    territory = Territory(Document(raw, check=False))
    assert not territory.has(SimpleRequest(environ, app))
