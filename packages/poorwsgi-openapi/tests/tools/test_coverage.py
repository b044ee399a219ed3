"""Facts about counting the answers of a document."""

from collections.abc import Iterator
from typing import Any

import pytest

from poorwsgi_core import Application, Response
from poorwsgi_core.response import JSONResponse
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client
from poorwsgi_openapi import Document, OpenAPI
from poorwsgi_openapi.tools.coverage import Recorder, observers

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.1",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets": {
            "get": {
                "parameters": [
                    {"name": "q", "in": "query", "schema": {"type": "integer"}}
                ],
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {"application/json": {}, "text/*": {}},
                    },
                    "4XX": {
                        "description": "no",
                        "content": {"application/problem+json; x=y": {}},
                    },
                },
            },
            "post": {"responses": {"default": {"description": "any"}}},
        }
    },
    "webhooks": {
        "paid": {
            "post": {
                "operationId": "paid",
                "responses": {"204": {"description": "ok"}},
            }
        }
    },
}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Observe while a test runs."""
    recorder = Recorder()
    observers.append(recorder)
    yield recorder
    observers.remove(recorder)


def serve(app: Application) -> Client:
    """Build an application for the document."""
    api = OpenAPI(DOCUMENT, check="off")

    @app.route("/pets")
    def get(req: Any) -> Any:
        kind = req.headers.get("X-Kind")
        return Response("", kind) if kind else JSONResponse([])

    @app.route("/pets", METHOD_POST)
    def post(_: Any) -> str:
        return ""

    @api.webhook("paid")
    def paid(_: Any) -> str:
        return ""

    app.install(api)
    return Client(app)


def test_answers_are_counted(app: Application, recorder: Recorder) -> None:
    """Each documented answer is counted by status and media type."""
    client = serve(app)
    assert (recorder.covered, recorder.percent) == (0, 0)
    client.get("/pets")
    client.get("/pets")
    client.get("/pets", headers={"X-Kind": "text/css"})
    client.get("/pets", headers={"X-Kind": "image/png"})
    client.get("/pets?q=x", headers={"Accept": "application/json"})
    client.post("/pets")
    client.post("/webhooks/paid")
    client.get("/nowhere")
    assert recorder.percent == 100
    assert [*recorder.report()] == [
        "Pets 1",
        "  GET /pets   200      application/json               2",
        "              200      text/*                         1",
        "              4XX      application/problem+json; x=y  1",
        "              200      image/png                      1, undocumented",
        "  POST /pets  default  -                              1",
    ]


def test_status_that_is_not_documented(app: Application, recorder: Recorder) -> None:
    """An answer with a status that nothing describes is undocumented."""
    client = serve(app)
    document = Document(DOCUMENT)
    get = document.operations[0]
    recorder.record(get, Response("", status_code=500))
    assert [(key.status, key.media_type) for key in recorder.unknown] == [
        ("500", "text/html")
    ]
    assert client.get("/pets").status_code == 200


def test_documents_of_one_title_are_one(recorder: Recorder) -> None:
    """An application may be built anew for each test."""
    recorder.add_document(Document(DOCUMENT))
    recorder.add_document(Document(DOCUMENT))
    other = {**DOCUMENT, "info": {"title": "Other"}}
    recorder.add_document(Document(other, check=False))
    assert len(recorder.counts) == 8
    assert [line for line in recorder.report() if line[0] != " "] == ["Other", "Pets 1"]


def test_nothing_documented() -> None:
    """Of nothing, everything is covered."""
    assert Recorder().percent == 100
    assert [*Recorder().report()] == []


def test_nobody_observes(app: Application) -> None:
    """Without observers the application gets no hook for them."""
    serve(app)
    assert app.after == ()
