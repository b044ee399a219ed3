"""A small document of three operations and a webhook, and handlers for it."""

from typing import Any

from lambdas import one, three, two

from poorwsgi_openapi import OpenAPI

__all__ = ["NODE", "OK", "RAW", "wire"]

OK = {"200": {"description": "ok"}}
NODE = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
PAIR = {"name": "x-y", "in": "path", "required": True, "schema": {"type": "string"}}
RAW: dict[str, Any] = {
    "openapi": "3.1.1",
    "info": {"title": "A", "version": "1"},
    "paths": {
        "/a": {"get": {"operationId": "a", "responses": OK}},
        "/b/{id}": {"get": {"operationId": "b", "parameters": [NODE], "responses": OK}},
        "/c/{id}/{x-y}": {
            "get": {"operationId": "c", "parameters": [NODE, PAIR], "responses": OK}
        },
    },
    "webhooks": {
        "ping": {
            "post": {"operationId": "ping", "responses": OK},
            "put": {"operationId": "pingPut", "responses": OK},
        }
    },
}


def wire(api: OpenAPI) -> None:
    """Give each operation a handler."""
    api.operation("a")(one(lambda _: "a"))
    api.operation("b")(two(lambda _, number: {"b": number}))
    api.operation("c")(three(lambda _, number, text: {"c": [number, text]}))
