"""Facts about requests that say what their answer depends on."""

from collections.abc import Callable
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request
from poorwsgi_core.response import (
    HTTPException,
    NotModifiedResponse,
    Response,
    redirect,
)
from poorwsgi_core.testing import Client


def depend(*names: str) -> Callable[[Request], None]:
    """Build a before handler that marks the request."""

    def mark(req: Request) -> None:
        req.vary = (*req.vary, *names)

    return mark


def answer_with(vary: str) -> Callable[[Request], Response]:
    """Build a handler whose answer has a Vary of its own."""
    return lambda _: Response("done", headers={"Vary": vary})


def fail(_: Request) -> None:
    """Fail like a handler with a fault."""
    raise ValueError("fault")


def test_no_vary_by_itself(app: Application, client: Client) -> None:
    """A request that depends on nothing gives an answer without Vary."""
    app.set_route("/", lambda _: "done")
    assert client.get("/").headers.get("Vary") is None


@pytest.mark.parametrize(
    "build",
    [
        lambda: "text",
        lambda: ("text", "text/html"),
        lambda: {"a": "dict"},
        lambda: Response("response"),
        lambda: NotModifiedResponse(etag='"1"'),
        lambda: redirect("/login"),
        lambda: iter([b"iterator"]),
    ],
    ids=["text", "pair", "dict", "response", "304", "redirect", "iterator"],
)
def test_any_answer_has_the_vary_of_the_request(
    app: Application, client: Client, build: Callable[[], Any]
) -> None:
    """Whatever the handler returns or raises, Vary names the field."""
    app.add_before_response(depend("Cookie"))
    app.set_route("/", lambda _: build())
    assert client.get("/").headers.get_all("Vary") == ("Cookie",)


def test_error_pages_have_the_vary_of_the_request(
    app: Application, client: Client
) -> None:
    """The pages of 404, 500 and of a raised status have it too."""

    def refuse(_: Request) -> None:
        raise HTTPException(403)

    app.add_before_response(depend("Cookie"))
    app.set_route("/fail", fail)
    app.set_route("/refuse", refuse)
    answers = [client.get(path) for path in ("/missing", "/fail", "/refuse")]
    assert [(answer.status_code, answer.headers.get("Vary")) for answer in answers] == [
        (404, "Cookie"),
        (500, "Cookie"),
        (403, "Cookie"),
    ]


def test_vary_of_an_after_handler(app: Application, client: Client) -> None:
    """What an after handler reads counts as well."""

    def after(req: Request, response: Response) -> Response:
        req.vary = ("Accept-Language",)
        return response

    app.set_route("/", lambda _: "done")
    app.add_after_response(after)
    assert client.get("/").headers.get("Vary") == "Accept-Language"


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        ("Accept-Encoding", "Accept-Encoding, Cookie, Origin"),
        ("cookie, Accept", "cookie, Accept, Origin"),
        ("Origin,Cookie", "Origin,Cookie"),
        ("*", "*"),
    ],
)
def test_vary_is_merged(
    app: Application, client: Client, present: str, expected: str
) -> None:
    """What the answer has stays; each name stands there once, in any case."""
    app.add_before_response(depend("Cookie", "Origin"))
    app.set_route("/", answer_with(present))
    assert client.get("/").headers.get_all("Vary") == (expected,)
