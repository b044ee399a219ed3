"""Facts about before and after handlers."""

from pathlib import Path
from typing import Any

import pytest
from recording import Body, say

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import (
    BaseResponse,
    FileResponse,
    HTTPException,
    Response,
    abort,
    redirect,
)
from poorwsgi_core.state import (
    METHOD_POST,
)
from poorwsgi_core.testing import Client


@pytest.mark.parametrize("kind", ["before", "after"])
def test_hooks(app: Application, kind: str) -> None:
    """Hooks are kept in order, each once, and removed from their own list (R6)."""
    one, two = say("one"), say("two")
    decorator = getattr(app, f"{kind}_response")
    add = getattr(app, f"add_{kind}_response")
    pop = getattr(app, f"pop_{kind}_response")
    assert decorator()(one) is one
    add(two)
    assert getattr(app, kind) == (one, two)
    with pytest.raises(ValueError, match=f"is a {kind} handler already"):
        add(one)
    pop(one)
    assert getattr(app, kind) == (two,)
    with pytest.raises(ValueError, match=f"is no {kind} handler"):
        pop(one)


def test_before_handlers(app: Application, client: Client) -> None:
    """They run in order, once, when the target is known."""
    seen: list[tuple[str, Any]] = []

    @app.before_response()
    def first(req: Request) -> None:
        seen.append(("first", (req.uri_rule, req.path_args)))

    @app.before_response()
    def second(req: Request) -> None:
        seen.append(("second", req.uri_handler))

    @app.route("/<x:int>")
    def handler(_: Request, x: int) -> str:
        seen.append(("handler", x))
        return "answer"

    assert client.get("/5").text == "answer"
    assert seen == [
        ("first", ("/<x:int>", {"x": 5})),
        ("second", handler),
        ("handler", 5),
    ]


@pytest.mark.parametrize("path", ["/none", "/a", "/dir", "/dir/file", "/debug-info"])
def test_before_handlers_run_for_each_target(
    app: Application, client: Client, tmp_path: Path, path: str
) -> None:
    """404, 405, 403, files and the debug page are guarded by them as well."""
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "file").write_text("secret")
    app.document_root, app.debug = str(tmp_path), True
    app.set_route("/a", say("a"), METHOD_POST)
    app.add_before_response(lambda _: abort(401))
    assert client.get(path).status_code == 401


def test_failing_before_handler(app: Application, client: Client) -> None:
    """The first exception stops the chain and the handler (9.2)."""
    seen: list[str] = []

    @app.before_response()
    def failing(_: Request) -> None:
        raise ValueError

    @app.before_response()
    def second(_: Request) -> None:
        seen.append("second")

    app.set_route("/", lambda _: seen.append("handler"))
    assert (client.get().status_code, seen) == (500, [])


def test_before_handler_may_answer(app: Application, client: Client) -> None:
    """It answers by raising, with a status or a whole response."""
    app.add_before_response(lambda _: redirect("/login"))
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login")


def test_after_handlers_are_chained(app: Application, client: Client) -> None:
    """Each gets the response of the one before, converted (9.4)."""
    app.set_route("/", say("handler"))

    @app.after_response()
    def to_text(_: SimpleRequest, response: BaseResponse) -> str:
        return response.data.decode() + " first"

    @app.after_response()
    def to_tuple(_: SimpleRequest, response: BaseResponse) -> tuple[bytes, str]:
        return response.data + b" second", "text/plain"

    answer = client.get()
    assert answer.text == "handler first second"
    assert answer.headers["Content-Type"] == "text/plain"


@pytest.mark.parametrize(
    ("value", "status", "text"),
    [
        ("blocked", 200, "blocked"),
        (("blocked", 403), 403, "blocked"),
        ({"reason": "blocked"}, 200, '{"reason": "blocked"}'),
        (Response("blocked", status_code=401), 401, "blocked"),
        ("", 200, ""),
    ],
)
def test_before_handler_that_answers(
    app: Application, client: Client, value: Any, status: int, text: str
) -> None:
    """What it returns is the answer; those behind it and the handler don't run."""
    seen: list[str] = []
    app.add_before_response(lambda _: value)
    app.add_before_response(lambda _: seen.append("before"))
    app.set_route("/", lambda _: seen.append("handler"))
    answer = client.get()
    assert (answer.status_code, answer.text, seen) == (status, text, [])


@pytest.mark.parametrize("value", [True, False, 5, object()])
def test_before_handler_that_returns_something_else(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture, value: object
) -> None:
    """It is left alone as in 2.x, and told once, with its place and the remedy."""
    app.set_route("/", say("handler"))
    app.add_before_response(lambda _: value)
    assert [client.get().text, client.get().text] == ["handler", "handler"]
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert "test_hooks.py:" in record.getMessage()
    assert "return None to go on" in record.getMessage()


def test_after_handler_that_returns_none(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A missing return is a 500 that says what to write, and no empty page."""
    app.set_route("/", say("handler"))
    app.add_after_response(lambda _, __: None)
    assert client.get().status_code == 500
    assert "write return response at its end" in caplog.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/a", 200), ("/fail", 500), ("/none", 404), ("/%ff", 400), ("/raise", 403)],
)
def test_after_handlers_see_each_answer(
    app: Application, client: Client, path: str, status: int
) -> None:
    """Error pages pass the after handlers too (9.4)."""
    app.set_route("/a", say("a"))
    app.set_route("/fail", lambda _: 1 / 0)
    app.set_route("/raise", lambda _: abort(403))
    seen: list[int] = []

    @app.after_response()
    def after(_: SimpleRequest, response: BaseResponse) -> BaseResponse:
        seen.append(response.status_code)
        response.add_header("X-After", "1")
        return response

    answer = client.get(path)
    assert (answer.status_code, seen) == (status, [status])
    assert answer.headers["X-After"] == "1"


def test_unsatisfiable_range_is_seen_by_after_handlers(
    app: Application, client: Client
) -> None:
    """Ranges are resolved before the after handlers run (L13)."""

    def handler(_: Request) -> BaseResponse:
        response = Response("0123456789")
        response.make_partial([(20, None)])
        return response

    def after(_: SimpleRequest, response: BaseResponse) -> BaseResponse:
        response.add_header("X-Status", response.status_code)
        return response

    app.set_route("/", handler)
    app.add_after_response(after)
    answer = client.get()
    assert (answer.status_code, answer.headers["X-Status"]) == (416, "416")
    assert answer.headers["Content-Range"] == "bytes */10"


@pytest.mark.parametrize("value", [1, object()])
def test_unusable_value_of_an_after_handler(
    app: Application, client: Client, value: object
) -> None:
    """An unusable value is a 500 there as well."""
    app.set_route("/", say("a"))
    app.add_after_response(lambda _, __: value)
    assert client.get().status_code == 500


def test_failing_after_handler(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """It ends in a 500 and is named in the log; those behind it run all the same."""
    app.set_route("/", say("a"))
    body = Body()
    app.set_route("/body", lambda _: body)
    seen: list[object] = []

    @app.after_response()
    def broken_after(*_: object) -> None:
        raise ValueError

    @app.after_response()
    def secure(_: object, response: BaseResponse) -> BaseResponse:
        seen.append(response.status_code)
        return response

    answer = client.get("/body")
    assert (answer.status_code, seen) == (500, [500])
    assert answer.exc_info is not None
    assert answer.exc_info[0] is ValueError
    assert "broken_after" in caplog.text
    assert body.closed


def test_failing_after_handler_reaches_error_handlers(
    app: Application, client: Client
) -> None:
    """Exception handlers and the user's 500 handler answer for it."""
    app.set_route("/", say("a"))
    app.set_error_handler(ValueError, lambda _, __: ("handled", 400))

    @app.after_response()
    def broken(*_: object) -> None:
        raise ValueError

    answer = client.get()
    assert (answer.status_code, answer.text) == (400, "handled")


def test_status_raised_by_an_after_handler(app: Application, client: Client) -> None:
    """HTTPException is honoured there like elsewhere (L3)."""
    body = Body()
    app.set_route("/", lambda _: body)
    app.add_after_response(lambda _, __: abort(403))
    answer = client.get()
    assert (answer.status_code, answer.exc_info) == (403, None)
    assert body.closed


def test_response_raised_by_an_after_handler(
    app: Application, client: Client, tmp_path: Path
) -> None:
    """An after handler may raise the very response it got (L3)."""
    file = tmp_path / "file"
    file.write_bytes(b"content")
    app.set_route("/", lambda _: FileResponse(file))
    app.add_after_response(lambda _, response: abort(response))
    assert client.get().data == b"content"


def test_first_and_last_hooks(app: Application, client: Client) -> None:
    """First ones and guards keep their order, of last ones the first ends; all go."""
    seen: list[str] = []

    def before(name: str) -> Any:
        def hook(_: SimpleRequest) -> None:
            seen.append(name)

        return hook

    def after(name: str) -> Any:
        def hook(_: SimpleRequest, response: BaseResponse) -> BaseResponse:
            seen.append(name)
            return response

        return hook

    hooks = {name: before(name) for name in ("b1", "b2", "f1", "f2", "g1", "g2")}
    for name in ("b1", "g1", "f1", "b2", "f2", "g2"):
        app.add_before_response(
            hooks[name], first=name.startswith("f"), guard=name.startswith("g")
        )
    ends = {name: after(name) for name in ("a1", "a2", "l1", "l2")}
    for name in ("l1", "a1", "l2", "a2"):
        app.add_after_response(ends[name], last=name.startswith("l"))
    client.get("/")
    assert seen == ["f1", "f2", "g1", "g2", "b1", "b2", "a1", "a2", "l2", "l1"]
    for name in ("b1", "f1", "g1"):
        app.pop_before_response(hooks.pop(name))
    for name in ("a1", "l1"):
        app.pop_after_response(ends.pop(name))
    app.add_before_response(before("f3"), first=True)
    app.add_after_response(after("a3"))
    app.add_after_response(after("l3"), last=True)
    seen.clear()
    client.get("/")
    assert seen == ["f2", "f3", "g2", "b2", "a2", "a3", "l3", "l2"]


def test_before_handler_that_yields(app: Application) -> None:
    """Nothing of it would ever run, so it is refused."""

    def check(_: Any) -> Any:
        yield abort(403)

    with pytest.raises(TypeError, match="is a generator, so nothing of it is ever run"):
        app.add_before_response(check)


def test_before_handler_that_returns_an_exception(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Who returns what was to be raised means to refuse; nothing is let in."""
    app.add_before_response(lambda _: HTTPException(403))
    app.set_route("/", say("served"))
    assert client.get("/").status_code == 500
    assert "HTTPException is returned: write raise HTTPException(...)" in caplog.text


def test_hook_without_a_hash(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told once that what it returns is no answer."""

    class Hook:
        __hash__ = None  # type: ignore[assignment]

        def __call__(self, _: Any) -> Any:
            return True

    app.add_before_response(Hook())
    app.set_route("/", say("served"))
    assert [client.get("/").text for _ in range(2)] == ["served", "served"]
    (message,) = caplog.messages
    assert "returned bool, which is no answer" in message
