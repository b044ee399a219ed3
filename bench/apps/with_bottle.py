"""Bottle."""

import os
from typing import Any

from bottle import Bottle, request, response, static_file
from rows import DATA, PATTERNS

__all__ = ["build"]

_TEXT = "text/plain; charset=utf-8"


def build() -> Any:
    """Return the application that is measured."""
    app = Bottle()

    @app.get("/hello")
    def hello() -> str:
        response.content_type = _TEXT
        return "Hello, world!"

    @app.get("/json")
    def send_json() -> dict[str, Any]:
        return DATA

    @app.get("/user/<name>/<number:int>")
    def show_user(name: str, number: int) -> str:
        response.content_type = _TEXT
        return f"{name} {number * 2}"

    @app.get("/search")
    def search() -> str:
        response.content_type = _TEXT
        page = request.query.get("page", 0, type=int)
        return f"{request.query.get('q')} {page + 1}"

    @app.post("/form")
    def read_form() -> str:
        response.content_type = _TEXT
        age = request.forms.get("age", 0, type=int)
        return f"{request.forms.getunicode('name')} {age + 1}"

    @app.post("/person")
    def read_person() -> str:
        response.content_type = _TEXT
        return f"{request.json['name']} {request.json['age'] + 1}"

    @app.get("/file")
    def send_file() -> Any:
        folder, name = os.path.split(os.environ["BENCH_FILE"])
        return static_file(name, folder)

    for prefix in PATTERNS:
        app.get(f"/{prefix}/<name>", callback=_send_name)
    return app


def _send_name(name: str) -> str:
    response.content_type = _TEXT
    return name
