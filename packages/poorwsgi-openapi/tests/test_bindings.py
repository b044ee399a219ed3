"""Functions bound to operations and webhooks: when, by which names, and where."""

import gc
import weakref
from typing import Any

import pytest
from lambdas import one, two
from small_api import OK, RAW, wire

from poorwsgi_core import Application
from poorwsgi_core.application.handlers import check_unrouted
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI


def test_guard_above_the_operation() -> None:
    """The route of an operation leads past it, as another route does."""
    handler = OpenAPI(RAW).operation("a")(one(lambda _: "a"))
    with pytest.raises(RuntimeError, match="stands above its route"):
        check_unrouted(handler)


def test_handlers_may_come_before_and_after(app: Application, client: Client) -> None:
    """The order of decorators and installation doesn't matter."""
    api = OpenAPI(RAW)
    api.operation("a")(one(lambda _: "a"))
    app.install(api)
    api.operation("b")(two(lambda _, number: {"b": number}))

    @api.operation("c")
    def show(_: Any, **path: Any) -> dict[str, Any]:
        return {"c": path}

    assert callable(show)
    assert client.get("/a").text == "a"
    assert client.get("/b/7").json() == {"b": 7}
    assert client.get("/c/7/x").json() == {"c": {"id": 7, "x-y": "x"}}


def test_handler_is_given_back_and_keeps_its_name(app: Application) -> None:
    """A decorator changes nothing of the function; its route has its name."""
    api = OpenAPI(RAW)

    def show(_: Any, number: int) -> str:
        return str(number)

    assert api.operation("b")(show) is show
    app.install(api)
    (routes,) = app.regular_routes.values()
    assert [route.handler.__name__ for route in routes.values()] == ["show"]


def test_application_is_not_kept_alive(name: str) -> None:
    """The extension doesn't hold the application that it is installed in."""
    app = Application(f"{name} 2")
    api = OpenAPI(RAW)
    app.install(api)
    gone = weakref.ref(app)
    del app
    gc.collect()
    assert gone() is None
    wire(api)


def test_unknown_names_are_told() -> None:
    """A misspelt operation or webhook is told with those that there are."""
    api = OpenAPI(RAW)
    with pytest.raises(ValueError, match="no operationId 'd'"):
        api.operation("d")
    with pytest.raises(ValueError, match="no webhook 'pong'; it has ping"):
        api.webhook("pong")
    with pytest.raises(ValueError, match="it has none"):
        OpenAPI(RAW | {"webhooks": {}}).webhook("ping")


def test_methods_that_nobody_serves_are_told() -> None:
    """QUERY of OpenAPI 3.2 isn't one of the framework's methods."""
    paths = {"/a": {"query": {"operationId": "q", "responses": OK}}}
    api = OpenAPI(RAW | {"openapi": "3.2.0", "paths": paths})
    with pytest.raises(ValueError, match="the framework serves no QUERY"):
        api.operation("q")


def test_webhook_has_all_its_methods(app: Application, client: Client) -> None:
    """One handler gets each method that the document has, at a path of yours."""
    api = OpenAPI(RAW)
    wire(api)
    api.webhook("ping", "/hooks/ping")(one(lambda req: req.api.operation.operation_id))
    app.install(api)
    assert client.post("/hooks/ping").text == "ping"
    assert client.put("/hooks/ping").text == "pingPut"


def test_prefixes_are_served_all(app: Application, client: Client) -> None:
    """Servers with several paths have the operation below each."""
    api = OpenAPI(RAW | {"servers": [{"url": "/v1"}, {"url": "https://x/v2/"}]})
    wire(api)
    app.install(api)
    assert [client.get(path).text for path in ("/v1/a", "/v2/a")] == ["a", "a"]
    assert client.get("/a").status_code == 404
