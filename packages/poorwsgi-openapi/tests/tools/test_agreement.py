"""Routes and document at the start: raised, logged once, or left to a caller."""

import logging
from typing import Any

import pytest

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI
from poorwsgi_openapi.tools.agreement import Agreement, Differs, left_to_the_caller

OK = {"200": {"description": "ok"}}
HTML = {"Accept": "text/html"}


def document(*paths: str, server: str = "/") -> dict[str, Any]:
    """Build a document with a GET for each path."""
    return {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "servers": [{"url": server}],
        "paths": {path: {"get": {"responses": OK}} for path in paths},
    }


def answer(*_: Any) -> str:
    """Answer with nothing."""
    return ""


def warnings(app: Application, caplog: Any, api: OpenAPI) -> list[str]:
    """Return what the installation logs."""
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        app.install(api)
    return [record.getMessage() for record in caplog.records]


def test_undocumented_routes_are_one_line(
    app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """All pages beside an API are told together, with the remedy."""
    for rule in ("/", "/about", "/a"):
        app.set_route(rule, answer)
    (line,) = warnings(app, caplog, OpenAPI(document("/a")))
    assert line == (
        "OpenAPI: the document doesn't have GET /, GET /about: document them, or name "
        "them in OpenAPI(undocumented=...)"
    )


def test_many_undocumented_routes_are_counted(
    app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """The line doesn't grow with the application."""
    for number in range(13):
        app.set_route(f"/page{number}", answer)
    (line,) = warnings(app, caplog, OpenAPI(document()))
    assert "GET /page9 and 3 more: document them" in line


def test_undocumented_routes_may_be_named(
    app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """Routes, and beginnings of routes, are left out on purpose."""
    for rule in ("/", "/admin/users/<id:int>", "/administer", "/a"):
        app.set_route(rule, answer)
    api = OpenAPI(document("/a"), undocumented={"/", "/admin/*"})
    (line,) = warnings(app, caplog, api)
    assert line.startswith("OpenAPI: the document doesn't have GET /administer: ")


def test_routes_beside_the_servers_are_not_looked_at(
    app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """What isn't below the path of a server is no part of the API."""
    for rule in ("/", "/v10/x", "/v1/a"):
        app.set_route(rule, answer)
    assert warnings(app, caplog, OpenAPI(document("/a", server="/v1"))) == []


def test_one_route_is_no_collection() -> None:
    """A text would be as many routes as it has letters."""
    with pytest.raises(TypeError, match=r"write \{'/about'\}"):
        Agreement("error", "/about")


def test_caller_may_compare_alone(
    app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """A program that reports differences isn't stopped by them."""
    app.set_route("/a", answer, 0b1010)
    app.set_route("/page", answer)
    with left_to_the_caller():
        api = OpenAPI(document("/a"))
        assert warnings(app, caplog, api) == []
    with pytest.raises(Differs):
        api.check(app)


def test_wrong_start_is_a_page_in_debug(app: Application, client: Client) -> None:
    """What is to be corrected stands in the page, without a traceback."""
    app.install(OpenAPI(document("/a")))
    app.debug = True
    page = client.get("/docs", headers=HTML)
    assert page.status_code == 500
    assert "Routes and document differ; correct the document, or" in page.text
    assert "<code>GET /a</code></td><td>no route: add @app.route(" in page.text
    assert "Traceback" not in page.text
    app.set_route("/a", answer)
    assert client.get("/a").status_code == 200


def test_wrong_start_is_told_to_nobody_without_debug(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The page of a failure has nothing of it; the log has all."""
    app.install(OpenAPI(document("/a")))
    page = client.get("/docs", headers=HTML)
    assert page.status_code == 500
    assert "no route" not in page.text
    assert "GET /a  no route" in caplog.text
