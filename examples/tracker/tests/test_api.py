"""The API, and what programs see of the rest."""

import json

import requests
from tracker.changes import follow
from tracker.request import Application, Data

from poorwsgi_core.testing import Client

ORIGIN = {"Origin": "https://board.example"}


def test_issue_by_api(client: Client, key: str) -> None:
    """A program opens, comments and closes an issue with its key."""
    sent = {"X-API-Key": key, **ORIGIN}
    path = "/api/v1/issues"
    assert client.post(path, json={"title": "It leaks"}).status_code == 401
    added = client.post(path, json={"title": "It leaks"}, headers=sent)
    assert (added.status_code, added.json()["author"]) == (201, "ann")
    assert added.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    client.post(f"{path}/1/comments", json={"text": "Here too"}, headers=sent)
    closed = client.patch(f"{path}/1", json={"state": "closed"}, headers=sent)
    assert closed.json()["state"] == "closed"
    kinds = [each["kind"] for each in client.get(f"{path}/1/history").json()]
    assert kinds == ["opened", "commented", "closed"]
    assert client.get(f"{path}?state=closed").json()["total"] == 1


def test_preflight(client: Client) -> None:
    """A page of the other origin may ask, one of a third may not."""
    asks = {
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "x-api-key",
    }
    let_in = client.options("/api/v1/issues/1", headers={**ORIGIN, **asks})
    assert "X-API-Key" in let_in.headers["Access-Control-Allow-Headers"]
    evil = {"Origin": "https://evil.example", **asks}
    refused = client.options("/api/v1/issues/1", headers=evil)
    assert "Access-Control-Allow-Origin" not in refused.headers


def test_bad_issue(client: Client, key: str) -> None:
    """It is refused by the document, with the place of the fault."""
    sent = {"X-API-Key": key}
    for body in ({}, {"title": " "}, {"title": "a", "x": 1}):
        answer = client.post("/api/v1/issues", json=body, headers=sent)
        assert (answer.status_code, len(answer.json()["errors"])) == (400, 1)


def test_missing_issue(client: Client) -> None:
    """A program gets a problem document."""
    answer = client.get("/api/v1/issues/7")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "There is no issue 7."


def test_document(client: Client) -> None:
    """It has all operations, and a page."""
    paths = client.get("/openapi.json").json()["paths"]
    assert sorted(paths) == [
        "/issues",
        "/issues/{number}",
        "/issues/{number}/comments",
        "/issues/{number}/history",
    ]
    page = client.get("/docs").html
    assert {each.text for each in page.select("button")} == {"Send"}


def test_stream(data: Data) -> None:
    """Changes come in order, and the time without any is filled."""
    data.issues.add("First", "", "ann")
    data.issues.add("Second", "", "bob")
    events = [*follow(data.issues, 1, looks=15, pause=0)]
    assert [event and event.id for event in events] == ["2", None]


def test_live_stream(live_server: tuple[str, Application], data: Data) -> None:
    """Who watches is told by a real server, from where they were."""
    data.issues.add("It leaks", "", "ann")
    url = f"{live_server[0]}/changes?since=0"
    with requests.get(url, stream=True, timeout=20) as stream:
        lines = [line for line, _ in zip(stream.iter_lines(1), range(4), strict=False)]
    assert lines[:3] == [b":", b"", b"id: 1"]
    assert json.loads(lines[3].removeprefix(b"data: "))["text"] == "It leaks"


def test_fields_of_all_answers(client: Client) -> None:
    """Each has its policy and an identity; style sheets stay in caches."""
    page, style = client.get("/"), client.get("/style.css")
    for answer in (page, style, client.get("/nowhere")):
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert len(answer.headers["X-Request-Id"]) >= 16
    assert page.headers["Vary"] == "Cookie, Origin, Accept-Encoding"
    assert "Cookie" not in style.headers.get("Vary", "")
    assert "max-age=3600" in style.headers["Cache-Control"]


def test_health(client: Client) -> None:
    """It tells that the database answers."""
    assert client.get("/readyz").json()["checks"] == {"database": "ok"}
