"""Facts about answers that depend on a session."""

import secrets
from typing import Any

import pytest

from poorwsgi_auth.application import Application
from poorwsgi_auth.request import Request
from poorwsgi_auth.sessions.aes_session import AESSession
from poorwsgi_auth.sessions.server_session import ServerSession
from poorwsgi_auth.sessions.session import PoorSession, Session
from poorwsgi_auth.sessions.stores.memory import MemorySessions
from poorwsgi_core import Response, redirect
from poorwsgi_core.testing import Client

KEY = secrets.token_bytes(32)


@pytest.mark.parametrize(
    "session",
    [Session(), PoorSession(KEY), AESSession(KEY), ServerSession(MemorySessions())],
    ids=["Session", "PoorSession", "AESSession", "ServerSession"],
)
def test_76_loading_a_session_sends_vary(
    app: Application, client: Client, session: Session
) -> None:
    """A handler that only reads the session answers with Vary: Cookie."""

    def show(req: Request) -> str:
        session.load(req.cookies)
        return f"Hello {session.data}"

    app.set_route("/", show)
    assert client.get("/").headers.get_all("Vary") == ("Cookie",)


@pytest.mark.parametrize("path", ["/refused", "/failing", "/own"])
def test_76_any_answer_after_loading_sends_vary(
    app: Application, client: Client, path: str
) -> None:
    """Redirects, failures and answers with a Vary of their own have it too."""

    def refuse(req: Request) -> None:
        PoorSession(KEY).load(req.cookies)
        redirect("/login")

    def fail(req: Request) -> None:
        PoorSession(KEY).load(req.cookies)
        raise ValueError("fault")

    def answer(req: Request) -> Response:
        PoorSession(KEY).load(req.cookies)
        return Response("done", headers={"Vary": "Accept"})

    app.set_route("/refused", refuse)
    app.set_route("/failing", fail)
    app.set_route("/own", answer)
    assert "Cookie" in client.get(path).headers["Vary"].split(", ")


def test_76_no_vary_without_a_session(app: Application, client: Client) -> None:
    """An answer that doesn't depend on cookies says nothing of them."""
    app.set_route("/", lambda _: "public")
    client.cookies["SESSID"] = "x"
    assert "Vary" not in client.get("/").headers


def test_76_cookies_are_parsed_once(app: Application, client: Client) -> None:
    """Who reads the cookies again gets the same ones, and one Vary."""

    def show(req: Request) -> Any:
        return str(req.cookies is req.cookies)

    app.set_route("/", show)
    answer = client.get("/")
    assert (answer.text, answer.headers["Vary"]) == ("True", "Cookie")
