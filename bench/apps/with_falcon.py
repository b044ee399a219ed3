"""Falcon, from its compiled wheel."""

import os
from pathlib import Path
from typing import Any

import falcon
from rows import DATA, PATTERNS

__all__ = ["build"]


class Hello:
    """Plain text."""

    def on_get(self, _: falcon.Request, resp: falcon.Response) -> None:
        """Answer GET."""
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = "Hello, world!"


class Json:
    """A dict."""

    def on_get(self, _: falcon.Request, resp: falcon.Response) -> None:
        """Answer GET."""
        resp.media = DATA


class User:
    """Two arguments of the path."""

    def on_get(
        self, _: falcon.Request, resp: falcon.Response, name: str, number: int
    ) -> None:
        """Answer GET."""
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = f"{name} {number * 2}"


class Search:
    """Two arguments of the query."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Answer GET."""
        page = req.get_param_as_int("page", default=0)
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = f"{req.get_param('q')} {page + 1}"


class Form:
    """Two fields of a form."""

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Answer POST."""
        form = req.get_media()
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = f"{form['name']} {int(form['age']) + 1}"


class Person:
    """Two members of a JSON object."""

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Answer POST."""
        person = req.get_media()
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = f"{person['name']} {person['age'] + 1}"


class File:
    """A file by its path."""

    def on_get(self, _: falcon.Request, resp: falcon.Response) -> None:
        """Answer GET."""
        path = Path(os.environ["BENCH_FILE"])
        resp.content_type = "application/octet-stream"
        resp.set_stream(path.open("rb"), path.stat().st_size)


class Name:
    """One argument of the path."""

    def on_get(self, _: falcon.Request, resp: falcon.Response, name: str) -> None:
        """Answer GET."""
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = name


def build() -> Any:
    """Return the application that is measured."""
    app = falcon.App()
    app.add_route("/hello", Hello())
    app.add_route("/json", Json())
    app.add_route("/user/{name}/{number:int}", User())
    app.add_route("/search", Search())
    app.add_route("/form", Form())
    app.add_route("/person", Person())
    app.add_route("/file", File())
    for prefix in PATTERNS:
        app.add_route(f"/{prefix}/{{name}}", Name())
    return app
