"""PoorWSGI, ours and the published one: their API is the same."""

import os
from typing import Any

from rows import DATA, PATTERNS

from poorwsgi import Application
from poorwsgi.response import FileResponse
from poorwsgi.state import METHOD_POST

__all__ = ["build", "build_patterns"]

_TEXT = "text/plain; charset=utf-8"


def build() -> Any:
    """Return the application that is measured."""
    app = Application("bench")

    @app.route("/hello")
    def hello(_: Any) -> tuple[str, str]:
        return "Hello, world!", _TEXT

    @app.route("/json")
    def send_json(_: Any) -> dict[str, Any]:
        return DATA

    @app.route("/user/<name>/<number:int>")
    def show_user(_: Any, name: str, number: int) -> tuple[str, str]:
        return f"{name} {number * 2}", _TEXT

    @app.route("/search")
    def search(req: Any) -> tuple[str, str]:
        page = req.args.getfirst("page", 0, int)
        return f"{req.args.getfirst('q')} {page + 1}", _TEXT

    @app.route("/form", METHOD_POST)
    def read_form(req: Any) -> tuple[str, str]:
        form = req.form
        return f"{form.getfirst('name')} {form.getfirst('age', 0, int) + 1}", _TEXT

    @app.route("/person", METHOD_POST)
    def read_person(req: Any) -> tuple[str, str]:
        person = req.json
        return f"{person['name']} {person['age'] + 1}", _TEXT

    @app.route("/file")
    def send_file(_: Any) -> FileResponse:
        return FileResponse(os.environ["BENCH_FILE"])

    for prefix in PATTERNS:
        app.set_route(f"/{prefix}/<name>", _send_name)
    return app


def build_patterns(count: int) -> Any:
    """Return an application with so many pattern routes."""
    app = Application(f"bench of {count} routes")
    for number in range(count):
        app.set_route(f"/prefix{number}/item/<name>", _send_name)
    return app


def _send_name(_: Any, name: str) -> tuple[str, str]:
    return name, _TEXT
