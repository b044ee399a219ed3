"""Facts about documents that change while the application runs."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core import Application, Request
from poorwsgi_core.testing import Answer, Client
from poorwsgi_openapi import OpenAPI

HEAD = "openapi: 3.1.1\ninfo: {title: A, version: '1'}\npaths:\n"
PETS = """\
  /pets/{id}:
    get:
      operationId: getPet
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
      responses: {200: {description: A pet}}
"""
TEXT = PETS.replace("integer", "string")
HTML = {"Accept": "text/html"}

Write = Callable[[str], None]
Start = Callable[..., Client]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the document is."""
    return tmp_path / "openapi.yaml"


@pytest.fixture
def write(path: Path) -> Write:
    """Return what saves the document, each time later than before."""
    times = iter(range(1_000_000_000, 1_000_000_100))

    def write(text: str, path: Path = path) -> None:
        path.write_text(text, "utf-8")
        now = next(times)
        os.utime(path, (now, now))

    write(HEAD + PETS)
    return write


@pytest.fixture
def start(app: Application, path: Path, write: Write) -> Start:
    """Return what starts the application in debug; gives its client."""
    assert callable(write)

    def start(**options: Any) -> Client:
        api = OpenAPI(path, **options)

        @api.operation("getPet")
        def get_pet(_: Request, number: object) -> dict[str, object]:
            return {"id": number}

        assert callable(get_pet)
        app.install(api)
        app.debug = True
        return Client(app)

    return start


def refused(answer: Answer) -> tuple[int, str, list[tuple[str, str]]]:
    """Return status, reason and places of a problem document."""
    problem = answer.json()
    errors = [(each["name"], each["message"]) for each in problem.get("errors", ())]
    return answer.status_code, problem["detail"], errors


def test_change_is_seen_at_the_next_request(start: Start, write: Write) -> None:
    """Types, the served document and its page are those of the file as it is."""
    client = start()
    assert client.get("/pets/7").json() == {"id": 7}
    before = client.get("/openapi.yaml"), client.get("/docs")
    write(HEAD.replace("title: A", "title: Beasts") + TEXT)
    assert client.get("/pets/7").json() == {"id": "7"}
    after = client.get("/openapi.yaml"), client.get("/docs")
    assert "Beasts" in client.get("/openapi.json").text
    for old, new in zip(before, after, strict=True):
        assert "Beasts" not in old.text
        assert "Beasts" in new.text
        assert old.headers["ETag"] != new.headers["ETag"]


def test_change_of_a_file_that_is_referred_to(
    start: Start, write: Any, tmp_path: Path
) -> None:
    """All files of a document are looked at."""
    schema = tmp_path / "id.yaml"
    write("type: integer", schema)
    write(HEAD + PETS.replace("{type: integer}", "{$ref: id.yaml}"))
    client = start()
    assert client.get("/pets/7").json() == {"id": 7}
    write("type: string", schema)
    assert client.get("/pets/7").json() == {"id": "7"}
    write("type: a: b", schema)
    status, detail, _ = refused(client.get("/pets/7"))
    assert (status, detail.startswith(f"{schema}, line 1")) == (500, True)


def test_nothing_is_read_again_without_debug(
    app: Application, start: Start, write: Write
) -> None:
    """In production a file that is changed, broken or gone means nothing."""
    client = start()
    app.debug = False
    for text in (HEAD + TEXT, "nonsense: ["):
        write(text)
        answer = client.get("/pets/7")
        assert (answer.status_code, answer.json()) == (200, {"id": 7})


def test_broken_document_is_a_page(start: Start, write: Write, path: Path) -> None:
    """The page names file, line, pointer, cause and remedy, and is no traceback."""
    client = start()
    write(HEAD + PETS.replace("responses", "answers<b>"))
    answer = client.get("/pets/7", headers=HTML)
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert f"{path} breaks OpenAPI 3.1, so correct it" in answer.text
    assert f"<code>{path}, line 5, at /paths/~1pets~1{{id}}/get" in answer.text
    assert "Unevaluated properties are not allowed" in answer.text
    assert "answers&lt;b&gt;" in answer.text
    assert "Traceback" not in answer.text
    write(HEAD + PETS)
    assert client.get("/pets/7", headers=HTML).json() == {"id": 7}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: b: c", "line 1, column 5: this is not YAML"),
        ("a: 1", "at /: this is no OpenAPI document"),
        (HEAD + PETS.replace("/pets", "pets"), "line 4, at /paths/pets"),
        (HEAD + PETS + "security: [{key: []}]", "asks for the security scheme 'key'"),
        (HEAD + PETS.replace("get:", "put:"), "has no GET /pets/{id} any more"),
        ("", "at /: this is no OpenAPI document"),
    ],
)
def test_what_can_be_wrong(start: Start, write: Write, text: str, reason: str) -> None:
    """Whatever it is, each request is answered so, until it is corrected."""
    client = start()
    write(text)
    for path in ("/pets/7", "/openapi.json", "/nowhere"):
        status, detail, errors = refused(client.get(path))
        assert (status, errors) == (500, [])
        assert reason in detail
    write(HEAD + PETS)
    assert client.get("/pets/7").json() == {"id": 7}


def test_document_that_is_gone(start: Start, path: Path, write: Write) -> None:
    """A file that isn't there is named."""
    client = start()
    path.unlink()
    assert refused(client.get("/pets/7"))[1].startswith(f"{path}: No such file")
    write(HEAD + PETS)
    assert client.get("/pets/7").status_code == 200


NEW = HEAD + PETS + "  /new: {get: {responses: {200: {description: New}}}}\n"
HOOK = "webhooks: {paid: {post: {responses: {200: {description: Heard}}}}}\n"


def test_new_operation_needs_a_handler(start: Start, write: Write) -> None:
    """A document that the routes don't fit any more says what is missing."""
    client = start()
    write(NEW)
    status, detail, [(where, what)] = refused(client.get("/pets/7"))
    assert status == 500
    assert detail.startswith("Routes and document differ; correct the document, or")
    assert where == "GET /new"
    assert what.startswith("no route: add @app.route(")


@pytest.mark.parametrize("check", ["warn", "off"])
def test_new_operation_is_let_pass(start: Start, write: Write, check: str) -> None:
    """Without the check the rest goes on."""
    client = start(check=check)
    write(NEW)
    assert client.get("/pets/7").json() == {"id": 7}


def test_webhook_and_hosts_are_followed(start: Start, write: Write, path: Path) -> None:
    """What is bound by name is found in the new document, hosts are its own."""
    write(HEAD + PETS + HOOK)
    client = start(strict_hosts=True)
    assert client.get("/pets/7").status_code == 200
    write(HEAD + PETS + HOOK + "servers: [{url: 'http://a.example'}]\n")
    assert client.get("/pets/7").status_code == 404
    headers = {"Host": "a.example"}
    assert client.get("/pets/7", headers=headers).status_code == 200
    assert path.exists()


def test_mock_shows_the_new_example(app: Application, path: Path, write: Write) -> None:
    """Mocks answer by the document as it is."""
    answer = "{200: {description: A, content: {text/plain: {example: %s}}}}"
    write(HEAD + PETS.replace("{200: {description: A pet}}", answer % "Rex"))
    app.install(OpenAPI(path, mock="missing"))
    app.debug = True
    assert Client(app).get("/pets/7").text == "Rex"
    write(HEAD + PETS.replace("{200: {description: A pet}}", answer % "Tom"))
    assert Client(app).get("/pets/7").text == "Tom"


def test_document_without_a_file_stays(app: Application) -> None:
    """A document that was given as data is never read again."""
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "paths": {},
    }
    api = OpenAPI(raw)
    app.install(api)
    app.debug = True
    document = api.document
    assert Client(app).get("/openapi.json").status_code == 200
    assert not document.has_changed()
    assert document.read_again() is document
    assert api.document is document
