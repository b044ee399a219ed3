"""What the framework answers itself, for clients of an API."""

from collections.abc import Callable
from typing import Any

import pytest

from poorwsgi_core import Application, Request, abort
from poorwsgi_core.response import JSONResponse
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Answer, Client
from poorwsgi_openapi import OpenAPI, Problem

Act = Callable[[Request], Any]
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PROGRAM = {"Accept": "application/json"}
SECRET = "hunter2"
BODY = {"content": {"application/json": {"schema": {"type": "object"}}}}


def document(server: str) -> dict[str, Any]:
    """Build a document with an operation that reads a body."""
    post = {
        "operationId": "post",
        "requestBody": BODY,
        "responses": {"200": {"description": "ok"}},
    }
    return {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "servers": [{"url": server}],
        "paths": {"/a": {"post": post}},
    }


def show_nothing(_: Request) -> str:
    """Answer with nothing."""
    return ""


class Served:
    """An application that does in its one operation what a test says."""

    def __init__(self, app: Application, server: str, **options: Any) -> None:
        self.app = app
        self.api = OpenAPI(document(server), **options)
        self.prefix = server.rstrip("/")
        self.act: Act = show_nothing
        self.api.operation("post")(self.call)
        app.install(self.api)
        app.set_route("/page", self.page)
        self.client = Client(app, validate=False)

    def call(self, req: Request) -> Any:
        """Do it."""
        return self.act(req)

    def page(self, _: Request) -> str:
        """Fail, beside the API."""
        raise LookupError(SECRET)

    def post(self, act: Act, **options: Any) -> Answer:
        """Call the operation."""
        self.act = act
        return self.client.post(f"{self.prefix}/a", **options)


@pytest.fixture
def served(app: Application) -> Served:
    """Serve below /v1."""
    return Served(app, "/v1")


def problem(answer: Answer, status: int) -> str:
    """Look whether an answer is a problem, and return what it tells."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    members = answer.json()
    assert members["status"] == status
    assert members["type"] == "about:blank"
    return str(members["detail"])


def fail(_: Request) -> None:
    """Fail with something that nobody shall know."""
    raise LookupError(SECRET)


def test_other_method_is_a_problem_with_allow(served: Served) -> None:
    """405 of a documented path has the methods that there are."""
    answer = served.client.put("/v1/a")
    assert problem(answer, 405) == "This is served by other methods, see Allow"
    assert answer.headers["Allow"] == "POST, OPTIONS"
    answer = served.client.request("BREW", "/v1/a")
    problem(answer, 405)
    assert answer.headers["Allow"] == "POST, OPTIONS"


def test_unknown_path_below_a_server_is_a_problem(served: Served) -> None:
    """404 below the path of a server is one, whatever the client accepts but HTML."""
    assert problem(served.client.get("/v1/nowhere"), 404) == "There is nothing here"
    problem(served.client.request("BREW", "/v1/nowhere"), 501)
    problem(served.client.get("/v1/nowhere", headers={"Accept": "*/*"}), 404)
    page = served.client.get("/v1/nowhere", headers=BROWSER)
    assert "<h1>404 - Not Found</h1>" in page.text


def test_unknown_path_elsewhere_is_a_page(served: Served) -> None:
    """Beside the API a problem is for those who ask for JSON by name."""
    assert "<h1>404 - Not Found</h1>" in served.client.get("/nowhere").text
    problem(served.client.get("/nowhere", headers=PROGRAM), 404)
    accept = {"Accept": "application/problem+json;q=0.2, */*"}
    problem(served.client.get("/nowhere", headers=accept), 404)


def test_server_at_the_root(app: Application) -> None:
    """There, an unknown path may be a page; a documented one isn't."""
    served = Served(app, "/")
    assert "<h1>404 - Not Found</h1>" in served.client.get("/nowhere").text
    problem(served.client.get("/nowhere", headers=PROGRAM), 404)
    problem(served.client.get("/a"), 405)


def test_status_that_a_handler_raises(served: Served) -> None:
    """Its reason is told, as the page would do."""
    assert problem(served.post(lambda _: abort(404)), 404) == "There is nothing here"
    answer = served.post(lambda _: abort(404, error="No such pet"))
    assert problem(answer, 404) == "No such pet"
    assert problem(served.post(lambda _: abort(418)), 418) == "I'm a teapot"
    answer = served.post(lambda _: abort(503, error=SECRET))
    assert problem(answer, 503) == "Service Unavailable"
    answer = served.post(lambda _: abort(401, challenges=["A", "B"], error=SECRET))
    assert problem(answer, 401) == "Valid credentials are required"
    assert answer.headers.get_all("WWW-Authenticate") == ("A", "B")


def test_own_answers_stay(served: Served) -> None:
    """State handlers, responses that are raised, and 304 are not touched."""
    mine = JSONResponse({"mine": True}, status_code=404)
    assert served.post(lambda _: abort(mine)).json() == {"mine": True}
    assert served.post(lambda _: abort(304)).status_code == 304
    served.app.set_http_state(404, lambda _: ("text", "text/plain", None, 404))
    assert served.post(lambda _: abort(404)).text == "text"


@pytest.mark.parametrize(
    ("variables", "status", "detail"),
    [
        ({"CONTENT_LENGTH": "x"}, 400, "Invalid Content-Length"),
        (
            {"CONTENT_LENGTH": "9"},
            413,
            "The request body exceeds max_content_length = 2 bytes",
        ),
        (
            {"PATH_INFO": "/v1/\x80"},
            400,
            r"Invalid PATH_INFO encoding: '/v1/\x80'",
        ),
    ],
)
def test_requests_that_are_refused_before_a_handler(
    served: Served, variables: dict[str, str], status: int, detail: str
) -> None:
    """A bad length, a body that is too large and a path that is no text."""
    served.app.max_content_length = 2
    answer = served.client.post("/v1/a", **variables)
    assert problem(answer, status) == detail


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (TimeoutError(), 408, "The request body stalled: the server gave up waiting"),
        (ConnectionError(), 400, "Incomplete request body: "),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", ""])
def test_body_that_can_not_be_read(
    served: Served, error: Exception, status: int, detail: str, content_type: str
) -> None:
    """It makes no difference whether the document or the handler wants the body."""

    class Broken:
        def read(self, _: int) -> bytes:
            raise error

    if not content_type:
        served.app.set_route("/v1/b", lambda req: req.read_whole("x", 9), METHOD_POST)
    answer = served.client.post(
        "/v1/a" if content_type else "/v1/b",
        CONTENT_TYPE=content_type,
        CONTENT_LENGTH="5",
        **{"wsgi.input": Broken()},
    )
    expected = "The request body can't be read" if content_type else detail
    assert problem(answer, status) == expected


def test_failure_tells_nothing(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """500 of a handler is logged once, and the client learns no more."""
    answer = served.post(fail)
    assert problem(answer, 500) == "The server failed; the failure has been logged"
    assert SECRET not in answer.text
    assert caplog.text.count("500 - LookupError: ") == 1
    assert "<h1>500 - " in served.client.get("/page").text


def test_failure_in_debug(served: Served) -> None:
    """Programs get the exception, browsers the page with its traceback."""
    served.app.debug = True
    assert problem(served.post(fail), 500) == f"LookupError: {SECRET}"
    page = served.post(fail, headers=BROWSER)
    assert "Exception Traceback" in page.text
    assert problem(served.post(lambda _: abort(500, error="why")), 500) == "why"


def test_failure_that_is_no_exception_in_debug(served: Served) -> None:
    """A value that no response can be made of has no exception to show."""
    served.app.debug = True
    detail = problem(served.post(lambda _: object()), 500)
    assert "Bad value from the handler: object is no body" in detail


def test_error_handler_answers_these_too(app: Application) -> None:
    """An application that has a form of its own for errors has it for all."""
    served = Served(app, "/v1")

    @served.api.error_handler
    def answer(_: Request, problem: Problem) -> JSONResponse | None:
        if problem.status == 404:
            return None
        return JSONResponse({"code": problem.status}, status_code=problem.status)

    assert callable(answer)
    refused = served.client.put("/v1/a")
    assert (refused.status_code, refused.json()) == (405, {"code": 405})
    assert refused.headers["Allow"] == "POST, OPTIONS"
    problem(served.client.get("/v1/nowhere"), 404)


def test_problem_of_a_handler_is_compared_with_the_document(app: Application) -> None:
    """What a handler raises is its answer, when the document is strict."""
    options = {"validate_responses": "raise", "strict_responses": True}
    served = Served(app, "/v1", **options)
    problem(served.post(lambda _: abort(404)), 500)
    problem(served.client.put("/v1/a"), 405)


def test_error_handler_is_asked_once_for_an_unknown_method(app: Application) -> None:
    """It is asked for the 405 that is sent, and not for the 501 before."""
    served = Served(app, "/api")
    asked: list[int] = []

    @served.api.error_handler
    def answer(_: Request, problem: Problem) -> None:
        asked.append(problem.status)

    assert answer is not None
    assert served.client.request("QUERY", "/api/a").status_code == 405
    assert asked == [405]


@pytest.mark.parametrize("headers", [BROWSER, PROGRAM])
@pytest.mark.parametrize("path", ["/api/none", "/none", "/api/a"])
def test_caches_know_that_others_get_another_answer(
    app: Application, path: str, headers: dict[str, str]
) -> None:
    """By Accept it is a page or a problem (RFC 9110 §12.5.5)."""
    served = Served(app, "/api")
    asked = {**headers, "Content-Type": "application/json"}
    answer = served.client.post(path, body=b"[]", headers=asked)
    assert answer.status_code >= 400
    assert answer.headers["Vary"] == "Accept"
