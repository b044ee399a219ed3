"""What the example applications of OpenAPI show."""

import sys
from pathlib import Path

import pytest
from running import EXAMPLES, load_example

from poorwsgi_auth.sessions.session import PoorSession
from poorwsgi_core.testing import Client
from poorwsgi_openapi import Document
from poorwsgi_openapi.tools.difference import compare_documents
from poorwsgi_openapi.tools.loading import load_application
from poorwsgi_openapi.tools.typed_skeleton import build_typed_skeleton

KEY = {"X-API-Key": "let me in"}
SHOP = EXAMPLES.parent / "packages/poorwsgi-openapi/tests/documents/shop.yaml"
DOCUMENTS = [EXAMPLES / "pets.yaml", EXAMPLES / "openapi.json", SHOP]
PHOTO = b"GIF89a" + bytes(29)


@pytest.fixture
def client() -> Client:
    """Build a client of examples/openapi3.py."""
    return Client(load_example("openapi3").app)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("7", "int"),
        ("7.5", "float"),
        ("3fa85f64-5717-4562-b3fc-2c963f66afa6", "uuid"),
        ("x", "text"),
    ],
)
def test_groups_of_one_prefix(client: Client, value: str, kind: str) -> None:
    """Routes that differ in the filter alone are tried in their order."""
    assert client.get(f"/arg/{value}").json() == {"kind": kind, "value": value}


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_bodies_are_checked(client: Client, method: str) -> None:
    """One handler for two methods; a wrong body is JSON with the error."""
    point = {"x": 1, "y": 2.5}
    assert client.request(method, "/json", json=point).json() == point
    answer = client.request(method, "/json", json={"x": 1})
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "The body is invalid"},
    )
    assert answer.headers["Content-Type"] == "application/json"
    broken = client.request(
        method, "/json", body=b"\xff", headers={"Content-Type": "application/json"}
    )
    assert broken.status_code == 400


def test_credentials_and_cookies(client: Client) -> None:
    """The key gives a cookie by a 204 that keeps its headers; either lets in."""
    assert client.get("/check").status_code == 401
    assert client.get("/check", headers={"X-API-Key": "x"}).status_code == 401
    assert client.get("/check", headers=KEY).json() == {"user": "the key's owner"}
    answer = client.post("/login", headers=KEY)
    assert (answer.status_code, answer.data) == (204, b"")
    (cookie,) = answer.headers.get_all("Set-Cookie")
    assert cookie.startswith("SESSID=")
    assert cookie.endswith("; Max-Age=3600; Path=/; SameSite=Strict; HttpOnly")
    assert client.get("/check").json() == {"user": "somebody"}


def test_login_is_a_session_of_the_framework(client: Client) -> None:
    """The cookie is a PoorSession: sealed data, which nobody can make up."""
    example = load_example("openapi3")
    session = PoorSession(example.app.secret_key)
    session.data["user"] = "ann"
    headers = {"Cookie": f"SESSID={session.write()}"}
    assert client.get("/check", headers=headers).json() == {"user": "ann"}
    headers = {"Cookie": f"SESSID={PoorSession(b'?' * 32).write()}"}
    assert client.get("/check", headers=headers).status_code == 401


def test_cors_and_unknown_paths(client: Client) -> None:
    """Preflights are answered; the 404 handler returns a tuple of four."""
    headers = {"Access-Control-Request-Method": "PUT"}
    answer = client.options("/json", headers=headers)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Methods"]) == (
        204,
        "*",
    )
    answer = client.get("/nowhere")
    assert answer.json() == {"error": "There is nothing here"}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    answer = client.get("/response")
    assert answer.headers["Content-Type"] == "application/vnd.api+json"


def test_both_documents_have_their_routes() -> None:
    """The document and the routes of the pets agree."""
    pets = load_example("pets")
    assert pets.api.find_differences(pets.app) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_and_code_meet(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code of a document makes one that means the same."""
    document, name = Document(path), f"again_{path.stem}"
    code = build_typed_skeleton(document)
    (tmp_path / f"{name}.py").write_text(code, "utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    client = Client(load_application(f"{name}:app"))
    monkeypatch.delitem(sys.modules, name)
    again = client.get("/openapi.json").json()
    assert compare_documents(document.raw, again) == []
    assert compare_documents(again, document.raw) == []


def test_pets_of_code() -> None:
    """Types of handlers are the document, the checks and the answers."""
    pets = load_example("pets_code")
    client = Client(pets.app)
    rex = {"id": 1, "name": "Rex", "born": "2024-02-29", "weight": None}
    assert client.get("/v1/pets?tag=brown").json() == [{**rex, "tags": ["brown"]}]
    assert client.get("/v1/pets?limit=three").status_code == 400
    bella = {"name": "Bella", "born": "2025-06-01"}
    assert client.post("/v1/pets", json=bella).status_code == 401
    answer = client.post("/v1/pets", json=bella, headers=KEY)
    assert answer.status_code == 201
    added = answer.json()
    assert added == {**bella, "weight": None, "tags": [], "id": added["id"]}
    where = f"/v1/pets/{added['id']}"
    assert client.get(where).json() == added
    token = {"Authorization": "Bearer let me sell"}
    assert client.delete(where, headers=token).status_code == 204
    assert client.delete(where, headers=token).status_code == 404
    assert client.get(where).status_code == 404
    document = client.get("/openapi.json").json()
    assert document["components"]["schemas"]["NewPet"]["additionalProperties"] is False


@pytest.mark.parametrize(
    ("named", "content", "status"),
    [("", PHOTO, 200), ('; filename="a"', PHOTO, 200), ("", b"", 400)],
)
def test_photo_with_and_without_a_file_name(
    named: str, content: bytes, status: int
) -> None:
    """A photo needs no file name, but it needs bytes."""
    head = f'Content-Disposition: form-data; name="photo"{named}\r\n\r\n'.encode()
    pets = load_example("pets")
    pets.pets.setdefault(1, {"id": 1, "name": "Rex", "born": None, "tags": []})
    answer = Client(pets.app).put(
        "/v1/pets/1/photo",
        body=b"--frontier\r\n" + head + content + b"\r\n--frontier--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=frontier"},
    )
    assert answer.status_code == status
    assert (answer.json().get("size") == len(PHOTO)) == (status == 200)
