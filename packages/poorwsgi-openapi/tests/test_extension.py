"""The extension: options, wiring, and the way of a request through it."""

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from lambdas import answer_empty, one, two
from small_api import NODE, OK, RAW, wire

from poorwsgi_core import Application, Request
from poorwsgi_core.response import JSONResponse
from poorwsgi_core.state import METHOD_POST, METHOD_PUT
from poorwsgi_core.testing import Client
from poorwsgi_openapi import Document, OpenAPI, Problem

ITEMS = {"items": {"type": "integer"}}
UNCHECKED: dict[str, Any] = {"check": "off", "check_document": False}


def test_document_may_be_one() -> None:
    """A document that is loaded already is used itself."""
    document = Document(RAW)
    assert OpenAPI(document).document is document


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"check": "no"}, "check is 'no': choose one of error, warn, off"),
        ({"validate_responses": "yes"}, "choose one of off, log, raise"),
        ({"strict_query": "yes"}, "choose one of ignore, warn, reject"),
        ({"mock": "yes"}, "choose one of off, missing, all"),
    ],
)
def test_wrong_options_are_told(option: dict[str, Any], message: str) -> None:
    """A mistake in an option is told with the choices."""
    with pytest.raises(ValueError, match=message):
        OpenAPI(RAW, **option)


def test_extension_is_for_one_application(app: Application, name: str) -> None:
    """A second installation is refused."""
    api = OpenAPI(RAW)
    app.install(api)
    with pytest.raises(RuntimeError, match="make one for each application"):
        Application(f"{name} 2").install(api)


def test_missing_routes_are_told_with_the_first_request(
    app: Application, client: Client
) -> None:
    """Until then routes may come; then all is compared, and refused."""
    api = OpenAPI(RAW)
    app.install(api)
    answer = client.get("/openapi.json")
    assert answer.status_code == 500
    assert answer.exc_info is not None
    assert "GET /a" in str(answer.exc_info[1])
    wire(api)
    assert client.get("/a").text == "a"


def test_wrong_routes_stop_the_start_when_all_are_there(app: Application) -> None:
    """Where each operation has its route, the installation compares."""
    app.set_route("/a", lambda _: "")
    app.set_route("/b/<id>", answer_empty)
    app.set_route("/c/<x_y>/<id>", answer_empty)
    with pytest.raises(RuntimeError, match="Routes and document differ"):
        app.install(OpenAPI(RAW))


def test_differences_may_be_warnings(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """With check as a warning they are logged, and requests served."""
    app.set_route("/beside", lambda _: "page")
    app.install(OpenAPI(RAW, check="warn"))
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        assert client.get("/beside").text == "page"
    assert "no route" in caplog.text
    assert "GET /beside" in caplog.text


def test_refusals_may_be_answered_otherwise(app: Application, client: Client) -> None:
    """An error handler makes the answer, or leaves it."""
    api = OpenAPI(RAW)
    wire(api)

    @api.error_handler
    def answer(req: Request, problem: Problem) -> JSONResponse | None:
        if req.query == "usual":
            return None
        places = [fault.name for fault in problem.faults]
        return JSONResponse({"wrong": places}, status_code=422)

    assert callable(answer)
    app.install(api)
    refused = client.get("/b/x")
    assert (refused.status_code, refused.json()) == (422, {"wrong": ["id"]})
    assert client.get("/b/x?usual").status_code == 400


def test_routes_of_the_application_are_operations(
    app: Application, client: Client
) -> None:
    """A route without the prefix is found too, for a mounted application."""
    app.install(OpenAPI(RAW | {"servers": [{"url": "/v1"}]}, check="off"))
    app.set_route("/b/<number:int>", two(lambda req, _: req.api.path))
    app.set_route("/beside", lambda req: str(req.api))
    assert client.get("/b/7").json() == {"id": 7}
    assert client.get("/beside").text == "None"


def test_documented_files_are_the_framework_s(
    app: Application, client: Client, tmp_path: Path
) -> None:
    """What the framework answers itself isn't checked."""
    (tmp_path / "a").write_text("file", "utf-8")
    app.document_root = str(tmp_path)
    app.install(OpenAPI(RAW, check="off"))
    assert client.get("/a").text == "file"


def test_strict_hosts_without_hosts_serve_all(app: Application, client: Client) -> None:
    """Servers that are only paths have no host to be compared with."""
    api = OpenAPI(RAW | {"servers": [{"url": "/"}]}, strict_hosts=True)
    wire(api)
    app.install(api)
    assert client.get("/a", headers={"Host": "anything"}).status_code == 200


def test_requests_that_are_refused_early_are_no_operations(app: Application) -> None:
    """After handlers meet a request that was refused before its route."""
    api = OpenAPI(RAW, validate_responses="raise")
    wire(api)
    app.install(api)
    unchecked = Client(app, validate=False)
    assert unchecked.get("/a", CONTENT_LENGTH="x").status_code == 400


def test_form_of_the_request_is_the_parser(name: str) -> None:
    """Requests that have a form give it, as those of poorwsgi-forms do."""

    class FormRequest(Request):
        @property
        def form(self) -> dict[str, Any]:
            return {}

    class FormApplication(Application[FormRequest]):
        request_class = FormRequest

    body: dict[str, Any] = {"content": {"multipart/form-data": {}}}
    operation: dict[str, Any] = {
        "operationId": "do",
        "requestBody": body,
        "responses": OK,
    }
    api = OpenAPI(RAW | {"paths": {"/do": {"post": operation}}})
    api.operation("do")(one(lambda req: str(req.api.body)))
    app = FormApplication(f"{name} form")
    app.install(api)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert Client(app).post("/do", body=b"x", headers=headers).text == "None"


def test_refusals_are_logged_without_values(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """One line has the operation, and place and code of each fault."""
    schema = {
        "additionalProperties": False,
        "required": ["name"],
        "properties": {"name": {"type": "string"}},
    }
    body = {"content": {"application/json": {"schema": schema}}}
    node = {"parameters": [NODE], "requestBody": body, "responses": OK}
    paths = {"/b/{id}": {"put": {"operationId": "putB", **node}, "post": node}}
    app.install(OpenAPI(RAW | {"paths": paths}, check="off"))
    app.set_route("/b/<id>", answer_empty, METHOD_PUT | METHOD_POST)
    client.put("/b/hunter2", json={"a\n1": "hunter2"})
    client.post("/b/1", json={f"{number:02}": 1 for number in range(15)})
    client.post("/b/1", json="x", headers={"Content-Type": "text/hunter2"})
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0] == (
        "400 - Bad Request: PUT /b/{id} (putB): path id type, "
        "body /a\\n1 additionalProperties, body /name required"
    )
    assert lines[1].startswith("400 - Bad Request: POST /b/{id} (-): body /00 addit")
    assert lines[2] == (
        "415 - Unsupported Media Type: POST /b/{id} (-): body contentType"
    )
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    assert "hunter2" not in caplog.text


def test_many_faults_are_counted_in_the_log(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The line doesn't grow with the request."""
    node = {"requestBody": {"content": {"application/json": {"schema": ITEMS}}}}
    app.install(OpenAPI(RAW | {"paths": {"/a": {"post": node}}}, **UNCHECKED))
    app.set_route("/a", answer_empty, METHOD_POST)
    client.post("/a", json=["x"] * 13)
    assert caplog.records[0].getMessage().endswith(", body /9 type, and 3 more")


def test_foreign_host_is_logged(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusal without faults has its reason."""
    raw = RAW | {"servers": [{"url": "http://a.example"}]}
    api = OpenAPI(raw, strict_hosts=True)
    wire(api)
    app.install(api)
    assert client.get("/a").status_code == 404
    assert caplog.records[0].getMessage() == (
        "404 - Not Found: GET /a (a): This is none of the servers of the API"
    )


@pytest.mark.parametrize(
    ("call", "written"),
    [
        (one(lambda api: api.operation(answer_empty)), '@api.operation("...")'),
        (one(lambda api: api.webhook(answer_empty)), '@api.webhook("...")'),
        (one(lambda api: api.security(answer_empty)), '@api.security("...")'),
        (one(lambda api: api.error_handler("x")), "write it without parentheses"),
    ],
)
def test_decorators_without_their_arguments(call: Any, written: str) -> None:
    """A decorator that got something else says how it is written."""
    with pytest.raises(TypeError, match=re.escape(written)):
        call(OpenAPI(RAW))
