"""Facts about documents that are made of an application."""

from functools import partial
from typing import Any

from poorwsgi_core import Application
from poorwsgi_core.state import METHOD_CONNECT, METHOD_GET, METHOD_HEAD, METHOD_POST
from poorwsgi_openapi import Document, OpenAPI
from poorwsgi_openapi.tools.export import build_document
from poorwsgi_openapi.tools.route_check import check_routes


def get_pet(*_: Any) -> str:
    """Return a pet of the shop.

    It may be
    a dog.
    """
    return ""


def bare(*_: Any) -> str:  # noqa: D103 - it is there to lack one
    return ""


def test_routes_become_operations(app: Application) -> None:
    """Filters are types, docstrings are texts, names are ids, each once."""
    app.set_filter("code", "[A-Z]+")
    app.set_route("/pets/<id:int>", get_pet)
    app.set_route(
        "/x/<a:float>/<b:uuid>/<c>/<d:word>/<e:re:[xy]>/<f:CODE>", bare, METHOD_POST
    )
    document, skipped = build_document(app)
    assert skipped == []
    assert document["openapi"] == "3.1.1"
    assert document["info"] == {"title": app.name, "version": "0.1.0"}
    assert document["paths"]["/pets/{id}"] == {
        "get": {
            "operationId": "get_pet",
            "summary": "Return a pet of the shop",
            "description": "It may be\na dog.",
            "parameters": [
                {
                    "name": "id",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "integer"},
                }
            ],
            "responses": {"200": {"description": "OK"}},
        }
    }
    post = document["paths"]["/x/{a}/{b}/{c}/{d}/{e}/{f}"]["post"]
    assert [parameter["schema"] for parameter in post["parameters"]] == [
        {"type": "number"},
        {"type": "string", "format": "uuid"},
        {"type": "string"},
        {"type": "string", "pattern": r"^\w+$"},
        {"type": "string", "pattern": "^[xy]$"},
        {"type": "string", "pattern": "^[A-Z]+$"},
    ]
    assert "summary" not in post


def test_document_is_valid_and_agrees(app: Application) -> None:
    """What is exported passes the checks, of the document and of the routes."""
    app.set_route("/pets", bare)
    app.set_route("/pets/<id:int>", bare, METHOD_GET | METHOD_POST)
    app.set_regular_route(r"/old/(?P<name>\w+)\Z", bare)
    document = Document(build_document(app)[0])
    assert check_routes(document, app) == []
    assert [operation.operation_id for operation in document.operations] == [
        "bare",
        "bare_get",
        "bare_post",
        "bare_get_2",
    ]


def test_what_is_left_out(app: Application) -> None:
    """HEAD of a GET, methods that documents lack, and what this package serves."""
    app.set_route("/a", bare, METHOD_HEAD | METHOD_GET | METHOD_CONNECT)
    app.set_route("/b", bare, METHOD_HEAD)
    app.set_route("/c", partial(bare), METHOD_GET)
    head = {"openapi": "3.1.1", "info": {"title": "x", "version": "1"}, "paths": {}}
    app.install(OpenAPI(head, check="off"))
    document, _ = build_document(app)
    found = {path: [*item] for path, item in document["paths"].items()}
    assert found == {"/a": ["get"], "/b": ["head"], "/c": ["get"]}
    assert document["paths"]["/c"]["get"]["operationId"] == "partial"


def test_regular_expressions_are_named(app: Application) -> None:
    """A route that no template can say is returned apart."""
    app.set_regular_route("/r(.*)", bare)
    app.set_route("relative", bare)
    document, skipped = build_document(app)
    assert (document["paths"], skipped) == ({}, ["relative", "/r(.*)"])
