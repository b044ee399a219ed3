"""Facts about what answers when a handler fails: states, errors, pages."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.application.failures import accepted_keywords
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import (
    BaseResponse,
    HTTPException,
    Response,
    TextResponse,
    abort,
    redirect,
)
from poorwsgi_core.state import (
    METHOD_GET,
    METHOD_GET_POST,
    METHOD_POST,
    METHOD_PUT,
    phrases,
)
from poorwsgi_core.testing import Client


def fail(error: Exception) -> Callable[..., Any]:
    """Build a handler that raises."""

    def handler(*_: object) -> None:
        raise error

    return handler


# --- pages -------------------------------------------------------------------


@pytest.mark.parametrize("code", [c for c in phrases if c >= 201 and c != 204])
def test_each_status_has_an_answer(app: Application, client: Client, code: int) -> None:
    """A status without a handler is answered as it is (decision 4, bar 27)."""
    app.set_route("/", lambda _: abort(code))
    answer = client.get()
    assert answer.status == f"{code} {phrases[code]}"
    if code == 205:
        assert dict(answer.headers.items()).get("Content-Length") == "0"
    elif code != 304:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert f"<h1>{code} - " in answer.text


def test_status_without_a_phrase(app: Application, client: Client) -> None:
    """A code that is none of ``state`` is 501 (4.2)."""
    app.set_route("/", lambda _: abort(799))
    answer = client.get()
    assert (answer.status_code, "799" in answer.text) == (501, True)


def test_pages_are_the_same_for_each_method(app: Application, client: Client) -> None:
    """A default page answers any method."""
    app.set_route("/", lambda _: abort(403), METHOD_PUT)
    assert client.put().status_code == 403


@pytest.mark.parametrize("code", [304, 400, 401, 403, 404, 405, 413, 500, 501])
def test_pages_ignore_keywords_they_do_not_know(
    app: Application, client: Client, code: int
) -> None:
    """Any keyword may go with any status (L12)."""
    app.set_route("/", lambda _: abort(code, error="why", whatever=1))
    assert client.get().status_code == code


def test_keyword_that_is_called_code(app: Application, client: Client) -> None:
    """A keyword doesn't get in the way of the page's own arguments (L12)."""
    app.set_route("/", lambda _: abort(418, code=5))
    assert client.get().status_code == 418


def test_reason_on_the_page(app: Application, client: Client) -> None:
    """The keyword ``error`` is shown, escaped (bar 28)."""
    app.set_route("/", lambda _: abort(409, error="<b>why</b>"))
    assert "&lt;b&gt;why&lt;/b&gt;" in client.get().text


def test_failing_page(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A default page that fails ends in the built-in 500 page (L2)."""

    class Unprintable:
        def __str__(self) -> str:
            raise LookupError

    app.set_route("/", lambda _: abort(403, error=Unprintable()))
    assert client.get().status_code == 500
    assert "The default page of status 403 failed" in caplog.text


def test_page_handler_sees_each_page(app: Application, client: Client) -> None:
    """It gets the page and the keywords it asks for, and answers in its place."""

    def recast(_: object, page: BaseResponse, error: str = "") -> object:
        if page.status_code < 500:
            return {"status": page.status_code, "reason": error}, "", None, 418
        return page

    app.add_page_handler(recast)
    app.set_route("/", lambda _: abort(404, error="why", realm="x"))
    app.set_route("/fail", fail(LookupError()))
    app.set_route("/own", lambda _: abort(403))
    app.set_http_state(403, lambda _: ("mine", "text/plain", None, 403))
    answer = client.get()
    assert (answer.status_code, answer.json()) == (
        418,
        {"status": 404, "reason": "why"},
    )
    assert "<h1>500 - " in client.get("/fail").text
    assert client.get("/own").text == "mine"


def test_failing_page_handler(app: Application, client: Client) -> None:
    """One that fails ends in the built-in 500 page."""
    app.add_page_handler(fail(LookupError()))
    assert "<h1>500 - " in client.get().text


# --- state handlers -----------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "status", "data"),
    [
        ("text", 200, b"text"),
        (("text", 404), 404, b"text"),
        ({"a": 1}, 200, b'{"a": 1}'),
        (None, 204, b""),
        (TextResponse("x", status_code=418), 418, b"x"),
    ],
)
def test_value_of_a_state_handler(
    app: Application, client: Client, value: Any, status: int, data: bytes
) -> None:
    """It is converted like that of a route (9.3)."""
    app.set_http_state(404, lambda _: value)
    answer = client.get("/none")
    assert (answer.status_code, answer.data) == (status, data)


def test_methods_of_a_state_handler(app: Application, client: Client) -> None:
    """A state handler answers its methods alone."""
    app.set_http_state(404, lambda _: "mine", METHOD_POST)
    assert client.post("/none").text == "mine"
    assert client.get("/none").status_code == 404


def test_state_handler_for_head(app: Application, client: Client) -> None:
    """HEAD gets the headers of the state handler."""
    app.set_http_state(404, lambda _: ("mine", 404))
    answer = client.head("/none")
    assert (answer.status_code, answer.headers["Content-Length"]) == (404, "4")


def test_error_handler_attribute(app: Application, client: Client) -> None:
    """The request tells which handler was chosen first (5.1)."""
    seen: list[object] = []

    @app.http_state(403)
    def forbidden(_: SimpleRequest) -> None:
        raise ValueError

    @app.http_state(500)
    def failed(req: SimpleRequest) -> str:
        seen.append(req.error_handler)
        return "failed"

    app.set_route("/", lambda _: abort(403))
    assert client.get().text == "failed"
    assert seen == [forbidden]


def keyword_handlers() -> list[Callable[..., Any]]:
    """Build handlers with all kinds of signatures."""

    def bare(_: SimpleRequest) -> str:
        return "bare"

    def star(_: SimpleRequest, *args: object) -> str:
        return f"star {len(args)}"

    def named(_: SimpleRequest, error: str = "-", other: str = "-") -> str:
        return f"named {error} {other}"

    def only(_: SimpleRequest, *, error: str) -> str:
        return f"only {error}"

    def every(_: SimpleRequest, **kwargs: object) -> str:
        return f"every {sorted(kwargs)}"

    return [bare, star, named, only, every]


@pytest.mark.parametrize(
    ("handler", "text"),
    [
        *zip(
            keyword_handlers(),
            ["bare", "star 0", "named why -", "only why", "every ['error', 'realm']"],
            strict=True,
        )
    ],
)
def test_keywords_of_state_handlers(
    app: Application, client: Client, handler: Callable[..., Any], text: str
) -> None:
    """A handler gets the keywords that its signature accepts (L20)."""
    app.set_http_state(404, handler)
    app.set_route("/", lambda _: abort(404, error="why", realm="r"))
    assert client.get().text == text


def test_accepted_keywords() -> None:
    """The first parameter is the request's; without a signature there is none."""

    class Opaque:
        __signature__ = "nonsense"

        def __call__(self, _: object) -> None:
            """Do nothing."""

    kwargs = {"req": 1, "error": 2}

    def handler(req: object, error: int) -> None:
        """Do nothing."""

    assert accepted_keywords(handler, kwargs) == {"error": 2}
    assert accepted_keywords(Opaque(), kwargs) == {}
    assert accepted_keywords(Opaque(), {}) == {}


@pytest.mark.parametrize("error", [ValueError(), HTTPException(403), None])
def test_failing_state_handler(
    app: Application, client: Client, error: Exception | None
) -> None:
    """It leads to the user's 500 handler, a status to that state (L4)."""
    app.set_http_state(404, fail(error) if error else lambda _: 42)
    app.set_http_state(500, lambda _: ("my 500", 500))
    app.set_http_state(403, lambda _: ("my 403", 403))
    expected = "my 403" if isinstance(error, HTTPException) else "my 500"
    assert client.get("/none").text == expected


def test_failing_500_handler(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A failing 500 handler ends in one built-in page (decision 6)."""
    app.set_route("/", fail(ValueError()))
    app.set_http_state(500, fail(KeyError()))
    answer = client.get()
    assert answer.status_code == 500
    assert answer.text.count("<!DOCTYPE html>") == 1
    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith("500 - ValueError; Method: GET, URI: /")
    assert second.startswith("500 - KeyError; Method: GET, URI: /")
    assert first != second


@pytest.mark.parametrize("own_page", [False, True])
@pytest.mark.parametrize("kind", ["value", "after", "state", "exception", "handler"])
def test_one_mistake_is_one_record(
    app: Application,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    own_page: bool,
) -> None:
    """It begins with what happened and names the function that failed."""

    def culprit(*_: object) -> object:
        if kind == "value":
            return 5
        raise ValueError("because")

    app.set_route("/", culprit if kind in {"value", "handler"} else lambda _: "text")
    if own_page:
        app.set_http_state(500, lambda _: ("own page", 500))
    if kind == "after":
        app.add_after_response(culprit)
    elif kind == "state":
        app.set_http_state(404, culprit)
    elif kind == "exception":
        app.set_route("/", fail(LookupError()))
        app.set_error_handler(LookupError, culprit)
    answer = client.get("/nothing" if kind == "state" else "/")
    assert (answer.status_code, answer.text == "own page") == (500, own_page)
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    happened = {"value": "ResponseError: Bad value from the handler: int is no body"}
    assert happened.get(kind, "ValueError: because") in record.getMessage()
    assert "culprit(" in record.getMessage()
    assert bool(record.exc_info) == (kind != "value")


@pytest.mark.parametrize("code", [404, 500])
def test_state_handler_that_raises_its_own_status(
    app: Application, client: Client, code: int
) -> None:
    """There is no loop; the 500 page answers (L4)."""
    calls: list[int] = []

    def handler(_: SimpleRequest) -> None:
        calls.append(code)
        raise HTTPException(code)

    app.set_http_state(code, handler)
    app.set_route("/", lambda _: abort(code))
    assert (client.get().status_code, calls) == (500, [code])


def test_state_handler_that_raises_its_own_status_with_a_500_handler(
    app: Application, client: Client
) -> None:
    """It has failed, so the user's 500 handler answers (decision 6)."""
    app.set_http_state(404, lambda _: abort(404))
    app.set_http_state(500, lambda _: ("mine", 500))
    assert client.get("/none").text == "mine"


def test_state_handlers_that_raise_each_other(app: Application, client: Client) -> None:
    """A circle of states is left after one turn (L4)."""
    app.set_http_state(404, lambda _: abort(403))
    app.set_http_state(403, lambda _: abort(404))
    assert client.get("/none").status_code == 500


def test_state_handler_that_raises_a_response(app: Application, client: Client) -> None:
    """A response it raises is sent, even with the same status (9.3)."""
    app.set_http_state(404, lambda _: abort(Response("raised", status_code=404)))
    answer = client.get("/none")
    assert (answer.status_code, answer.text) == (404, "raised")


def test_405_handler_gets_allow(app: Application, client: Client) -> None:
    """Allow is completed in the user's answer, and given as keyword (L10)."""
    app.set_route("/", lambda _: "x", METHOD_GET)
    app.set_http_state(405, lambda _: ("mine", 405))
    answer = client.post()
    assert (answer.text, answer.headers["Allow"]) == ("mine", "HEAD, GET, OPTIONS")


def test_405_handler_with_allow_of_its_own(app: Application, client: Client) -> None:
    """What the user's answer has is left as it is."""
    app.set_route("/", lambda _: "x", METHOD_GET)

    @app.http_state(405)
    def not_allowed(
        _: SimpleRequest, allow: str
    ) -> tuple[str, str, dict[str, str], int]:
        return allow, "text/plain", {"Allow": "GET"}, 405

    answer = client.post()
    assert (answer.text, answer.headers["Allow"]) == ("HEAD, GET, OPTIONS", "GET")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/code", "POST, OPTIONS"),
        ("HEAD", "/code", "POST, OPTIONS"),
        ("POST", "/code", "HEAD, GET, OPTIONS"),
        ("PUT", "/response/7", "HEAD, GET, OPTIONS"),
        ("GET", "/allow", "PATCH"),
        ("GET", "/allow-of-the-response", "PATCH"),
        ("POST", "/file.txt?hook", "HEAD, GET, OPTIONS"),
        ("DELETE", "/nowhere?hook", "OPTIONS"),
        ("FOO", "/code?hook", "HEAD, GET, POST, OPTIONS"),
    ],
)
def test_405_of_a_handler(
    app: Application, tmp_path: Path, method: str, path: str, allow: str
) -> None:
    """Allow names what else the path has, unless it is given (RFC 9110 §15.5.6)."""
    (tmp_path / "file.txt").touch()
    app.document_root = str(tmp_path)
    own = Response(headers={"Allow": "PATCH"}, status_code=405)
    refusal = Response(status_code=405)
    app.set_route("/code", lambda _: abort(405), METHOD_GET_POST)
    app.set_route("/response/<n:int>", lambda _, *__: "read")
    app.set_route("/response/<n>", lambda _, *__: abort(refusal), METHOD_PUT)
    app.set_route("/allow", lambda _: abort(405, allow="PATCH"))
    app.set_route("/allow-of-the-response", lambda _: abort(own))
    app.add_before_response(lambda req: abort(405) if req.query else None)
    answer = Client(app, validate=False).request(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allow)


def _answer_415(_: SimpleRequest) -> tuple[str, int]:
    return "mine", 415


@pytest.mark.parametrize("handler", [None, _answer_415])
def test_415_names_the_codings(app: Application, client: Client, handler: Any) -> None:
    """Accept-Encoding tells which ones would do (RFC 9110 §15.5.16)."""
    if handler is not None:
        app.set_http_state(415, handler)
    app.set_route("/", lambda _: abort(415, accept_encoding="gzip"))
    app.set_route("/type", lambda _: abort(415))
    codings = [
        client.get(path).headers.get("Accept-Encoding") for path in ("/", "/type")
    ]
    assert codings == ["gzip", None]


@pytest.mark.parametrize("code", [400, 401, 403])
def test_challenges_are_on_the_page(
    app: Application, client: Client, code: int
) -> None:
    """Challenges given to HTTPException are on the page, whatever the error."""
    app.set_route("/", lambda _: abort(code, challenges=["Basic", "Bearer"]))
    answer = client.get()
    assert answer.status_code == code
    assert answer.headers.get_all("WWW-Authenticate") == ("Basic", "Bearer")


def test_challenges_complete_the_answer_of_a_state_handler(
    app: Application, client: Client
) -> None:
    """A 401 handler of the user needs to know nothing of them (RFC 9110 15.5.2)."""
    app.set_route("/", lambda _: abort(401, challenges=["Basic"]))
    app.set_http_state(401, lambda _: ("mine", 401))
    answer = client.get()
    assert (answer.text, answer.headers["WWW-Authenticate"]) == ("mine", "Basic")


def test_challenges_of_a_state_handler_stay(app: Application, client: Client) -> None:
    """An answer with a challenge of its own gets no other."""
    own = {"WWW-Authenticate": "Mine"}
    app.set_route("/", lambda _: abort(401, challenges=["Basic"]))
    app.set_http_state(401, lambda _: ("x", "text/plain", own, 401))
    assert client.get().headers.get_all("WWW-Authenticate") == ("Mine",)


def test_no_challenge_for_a_state_handler_that_redirects(
    app: Application, client: Client
) -> None:
    """Who is sent to a page to log in is not challenged."""
    app.set_route("/", lambda _: abort(401, challenges=["Basic"]))
    app.set_http_state(401, lambda _: redirect("/login"))
    answer = client.get()
    assert (answer.status_code, "WWW-Authenticate" in answer.headers) == (302, False)


def test_failing_state_handler_of_a_path_that_is_not_utf_8(
    app: Application, client: Client
) -> None:
    """Even then there is one page, with debug and without (bar 24)."""
    app.set_http_state(400, fail(ValueError()))
    for app.debug in (False, True):
        assert client.get("/%ff").status_code == 500


# --- other things ------------------------------------------------------------------


def test_state_from_table(app: Application) -> None:
    """A subclass may ask for the answer with a status."""

    @app.http_state(404)
    def not_found(_: SimpleRequest, error: str) -> str:
        return error

    request = SimpleRequest({"REQUEST_STARTTIME": 0.0}, app)
    response = app.state_from_table(request, 404, error="why")
    assert (response.status_code, response.data) == (200, b"why")


def test_error_from_table(app: Application) -> None:
    """A subclass may ask what the exception handlers say, if they say anything."""
    request = SimpleRequest({"REQUEST_STARTTIME": 0.0}, app)
    assert app.error_from_table(request, KeyError("k")) is None
    app.set_error_handler(LookupError, lambda _, error: str(error))
    response = app.error_from_table(request, KeyError("k"))
    assert response is not None
    assert response.data == b"'k'"


def test_stream_of_an_after_handler_where_no_handler_answered(
    app: Application, client: Client
) -> None:
    """Its faults are told without a name, because there is none."""
    app.add_after_response(lambda _req, _res: (part for part in [b"a", "text"]))
    with pytest.raises(TypeError, match="The body yields str"):
        client.get("/nowhere")


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(
    "handler",
    [
        partial(fail(ValueError())),
        type("Callable", (), {"__call__": fail(ValueError())})(),
        fail(ValueError()),
    ],
)
def test_500_page_for_any_kind_of_handler(
    app: Application, client: Client, handler: Callable[..., Any], debug: bool
) -> None:
    """Handlers without a name or code don't break the page (L5)."""
    app.debug = debug
    app.set_route("/", handler)
    answer = client.get()
    assert (answer.status_code, "Traceback" in answer.text) == (500, debug)


def test_500_page_without_a_rule(app: Application, client: Client) -> None:
    """With debug the page also answers where no rule matched (L5)."""
    app.debug = True
    app.set_http_state(405, fail(ValueError()))
    app.set_route("/", lambda _: "x", METHOD_GET)
    assert client.post().status_code == 500


def test_log_of_failures(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A 500 is one ERROR with its traceback (15)."""
    app.set_route("/", fail(ValueError("reason")))
    client.get()
    records = [record for record in caplog.records if record.exc_info]
    assert [record.levelno for record in records] == [logging.ERROR]


def test_default_pages_for_a_subclass_of_exception(
    app: Application, client: Client
) -> None:
    """An exception of the user's that carries a status is that status."""

    class Gone(HTTPException):
        def __init__(self) -> None:
            super().__init__(410, error="moved away")

    def handler(_: Request) -> BaseResponse:
        raise Gone

    app.set_route("/", handler)
    answer = client.get()
    assert (answer.status_code, "moved away" in answer.text) == (410, True)


def test_propagated_exception(app: Application) -> None:
    """With ``propagate_exceptions`` the very exception is raised again."""
    app.propagate_exceptions = True
    error = ValueError()
    request = SimpleRequest({"REQUEST_STARTTIME": 0.0}, app)
    with pytest.raises(ValueError) as caught:
        app.recover(request, error)
    assert caught.value is error


def test_failure_is_logged_where_the_user_answers_it(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """An own 500 handler doesn't hide the traceback from the log."""

    def crash(_: Request) -> str:
        raise RuntimeError("the reason")

    app.set_route("/crash", crash)
    app.set_http_state(500, lambda _: ("sorry", 500))
    assert client.get("/crash").text == "sorry"
    assert "RuntimeError: the reason" in caplog.text


@pytest.mark.parametrize(("code", "count"), [(400, 1), (404, 1), (500, 0), (299, 0)])
def test_reason_for_a_handler_of_ones_own(
    app: Application,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    code: int,
    count: int,
) -> None:
    """Why a client is refused is in the log, whoever makes the page."""
    app.set_http_state(code, lambda _: "sorry")
    app.set_route("/", lambda _: abort(code, error="because\nof this"))
    assert client.get("/").text == "sorry"
    told = [each.getMessage() for each in caplog.records if "because" in each.message]
    assert len(told) == count
    assert "\n" not in "".join(told)


@pytest.mark.parametrize(
    ("value", "status"), [(None, 204), ("lost", 200), ({"a": 1}, 200), (("lost",), 200)]
)
def test_state_handler_without_a_status(
    app: Application,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    value: Any,
    status: int,
) -> None:
    """An answer of success to an error is sent, as in 2.x, and told once."""
    app.set_http_state(404, lambda _: value)
    assert {client.get("/none").status_code for _ in range(2)} == {status}
    (record,) = [each for each in caplog.records if each.levelname == "ERROR"]
    assert f"answers as if nothing was wrong, by {status}: return (body, 404)" in (
        record.getMessage()
    )


@pytest.mark.parametrize("value", [("lost", 200), Response("lost"), ("a", "text/a")])
def test_state_handler_that_means_its_status(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture, value: Any
) -> None:
    """Who writes more than a body, or a response, is believed."""
    app.set_http_state(404, lambda _: value)
    assert client.get("/none").status_code == 200
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


def forget_page(_: Any, __: Any) -> None:
    """Return no page."""


def test_page_handler_that_returns_nothing(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """It is a 500, not an empty answer of success."""
    app.add_page_handler(forget_page)
    assert client.get("/none").status_code == 500
    assert "write return page at its end" in caplog.text


def swap(error: object) -> str:
    """Take the request for the error."""
    return str(error)


def need_error(_: Any, error: object) -> str:
    """Need what isn't always given."""
    return str(error)


def need_named(_: Any, *, error: object) -> str:
    """Need what isn't always given, by name."""
    return str(error)


@pytest.mark.parametrize(
    ("code", "handler", "written"),
    [
        (404, swap, "write def swap(req, error=None)"),
        (400, swap, "write def swap(req, error=None)"),
        (404, need_error, "write def need_error(req, error=None)"),
        (500, need_named, "write def need_named(req, error=None)"),
        (400, need_error, ""),
        (404, len, ""),
        (200, tuple, "handler of status 200, builtins.tuple, is never called"),
    ],
)
def test_arguments_of_a_state_handler(
    app: Application,
    caplog: pytest.LogCaptureFixture,
    code: int,
    handler: Any,
    written: str,
) -> None:
    """One that can't be called as it will be is told where it is registered."""
    app.set_http_state(code, handler)
    told = [record.getMessage() for record in caplog.records]
    assert [written in line for line in told] == [True] * bool(written)


def test_handler_of_answers(app: Application, caplog: pytest.LogCaptureFixture) -> None:
    """An exception that is an answer gets to no handler of exceptions."""
    app.set_error_handler((KeyError, HTTPException), tell)
    (record,) = caplog.records
    assert "The handler of HTTPException" in record.getMessage()
    assert "is never called: it is an answer: write @app.http_state" in caplog.text


def tell(_: Any, error: Exception) -> str:
    """Answer with the exception."""
    return str(error)


def test_keywords_that_no_page_knows(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """They are told once, with the handler and what to write."""

    @app.route("/")
    def index(_: Any) -> None:
        abort(409, description="taken")

    app.add_before_response(lambda req: abort(410, item=1) if req.args else None)
    assert [client.get().status_code for _ in range(2)] == [409, 409]
    assert client.get("/nowhere?a=1").status_code == 410
    first, second = (record.getMessage() for record in caplog.records)
    assert "abort(409, description=...) in " in first
    assert "test_failures.index (" in first
    assert first.endswith("write abort(409, error='...'), or a handler of the status")
    assert "abort(410, item=...) in a hook: " in second


@pytest.mark.parametrize("reason", ["x\nERROR forged", "plain"])
def test_lines_of_a_traceback(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    """Whatever the text of an exception is, no line of the log begins with it."""
    app.set_route("/", fail(ValueError(reason)))
    assert client.get("/").status_code == 500
    assert "Traceback (most recent call last):" in caplog.text
    assert "\nERROR forged" not in caplog.text
