"""Flask."""

import os
from typing import Any

from flask import Flask, request, send_file
from rows import DATA, PATTERNS

__all__ = ["build"]

_TEXT = {"Content-Type": "text/plain; charset=utf-8"}


def build() -> Any:
    """Return the application that is measured."""
    app = Flask("bench")

    @app.get("/hello")
    def hello() -> Any:
        return "Hello, world!", _TEXT

    @app.get("/json")
    def send_json() -> dict[str, Any]:
        return DATA

    @app.get("/user/<name>/<int:number>")
    def show_user(name: str, number: int) -> Any:
        return f"{name} {number * 2}", _TEXT

    @app.get("/search")
    def search() -> Any:
        page = request.args.get("page", 0, type=int)
        return f"{request.args.get('q')} {page + 1}", _TEXT

    @app.post("/form")
    def read_form() -> Any:
        age = request.form.get("age", 0, type=int)
        return f"{request.form.get('name')} {age + 1}", _TEXT

    @app.post("/person")
    def read_person() -> Any:
        person = request.get_json()
        return f"{person['name']} {person['age'] + 1}", _TEXT

    @app.get("/file")
    def read_file() -> Any:
        return send_file(os.environ["BENCH_FILE"])

    for prefix in PATTERNS:
        app.add_url_rule(f"/{prefix}/<name>", prefix, _send_name)
    return app


def _send_name(name: str) -> Any:
    return name, _TEXT
