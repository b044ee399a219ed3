"""The document that all contenders of openapi.py serve, and the requests.

Used in other environments too: standard library only.
"""

import json
from typing import Any

__all__ = ["PUT_BODY", "REQUESTS", "build_document", "build_environ"]

PET = {
    "type": "object",
    "required": ["name", "age"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 50},
        "age": {"type": "integer", "minimum": 0, "maximum": 100},
        "weight": {"type": "number"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
PUT_BODY = json.dumps(
    {"name": "Rex", "age": 3, "weight": 4.5, "tags": ["brown", "loud"]}
).encode()

REQUESTS = {
    "PUT /pets/5, JSON of 4 properties": ("PUT", "/pets/5", "", PUT_BODY),
    "GET /pets/5?limit=10, two parameters": ("GET", "/pets/5", "limit=10", b""),
    "PUT with an invalid body": ("PUT", "/pets/5", "", b'{"name": "", "age": "x"}'),
}
"""Title to method, path, query and body."""


def _number(name: str, place: str, **limits: int) -> dict[str, Any]:
    schema = {"type": "integer", **limits}
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def build_document(paths: int = 1) -> dict[str, Any]:
    """Build the document; further paths are there to be passed over."""
    pet = {"application/json": {"schema": PET}}
    answer = {"type": "object", "properties": {"id": {"type": "integer"}}}
    ok = {"description": "ok", "content": {"application/json": {"schema": answer}}}
    bad = {"description": "The request is invalid"}
    item = {
        "put": {
            "operationId": "putPet",
            "parameters": [_number("id", "path", minimum=1)],
            "requestBody": {"required": True, "content": pet},
            "responses": {"200": ok, "400": bad},
        },
        "get": {
            "operationId": "getPet",
            "parameters": [
                _number("id", "path", minimum=1),
                _number("limit", "query", maximum=100),
            ],
            "responses": {"200": ok, "400": bad},
        },
    }
    others = {
        f"/section{number}/{{id}}": {
            "put": {**item["put"], "operationId": f"put{number}"},
            "get": {**item["get"], "operationId": f"get{number}"},
        }
        for number in range(1, paths)
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bench", "version": "1"},
        "paths": {**others, "/pets/{id}": item},
    }


def build_environ(method: str, path: str, query: str, body: bytes) -> dict[str, Any]:
    """Build what a server would give; the input is put in for each request."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT": "application/json",
        "HTTP_USER_AGENT": "bench",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if body:
        environ["CONTENT_TYPE"] = "application/json"
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ
