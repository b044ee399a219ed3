"""Facts about who may upload, how much, and what the application gets of it."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core import HTTPException, Request, abort
from poorwsgi_core.testing import Client
from poorwsgi_forms import Application
from poorwsgi_forms.uploads import FileUploads, ResumableUploads, UploadedFile

LAST, MORE = {"Upload-Complete": "?1"}, {"Upload-Complete": "?0"}
PARTIAL = {**LAST, "Content-Type": "application/partial-upload"}


def _read_user(req: Request) -> str | None:
    return req.headers.get("X-User")


def _name_user(req: Request) -> str:
    return req.headers["X-User"]


def _begin(client: Client, **headers: str) -> str:
    answer = client.post("/uploads", body=b"abc", headers={**MORE, **headers})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


@pytest.mark.parametrize(
    ("value", "status", "data"),
    [
        (None, 204, b""),
        ({"a": 1}, 200, b'{"a": 1}'),
        (("made", "text/plain", {"Location": "/thing"}, 201), 201, b"made"),
    ],
)
def test_answer_is_that_of_the_application(
    client: Client, install: Callable[..., None], value: Any, status: int, data: bytes
) -> None:
    """With the state of the upload beside it."""

    def done(*_: object) -> Any:
        return value

    install(done=done)
    path = _begin(client)
    answer = client.patch(path, headers={**PARTIAL, "Upload-Offset": "3"})
    assert (answer.status_code, answer.data) == (status, data)
    assert answer.headers["Upload-Complete"] == "?1"
    whole = client.post("/uploads", body=b"abc", headers=LAST)
    assert whole.status_code == (status if value else 201)
    place = "/thing" if status == 201 else "/uploads/"
    assert whole.headers["Location"].startswith(place)


def test_refusal_of_the_application_ends_the_upload(
    client: Client, install: Callable[..., None], folder: Path
) -> None:
    """Its answer says that all has come, and the content goes."""

    def refuse(*_: object) -> None:
        abort(422, error="No picture")

    install(done=refuse)
    path = _begin(client)
    answer = client.patch(path, headers={**PARTIAL, "Upload-Offset": "3"})
    assert (answer.status_code, answer.headers["Upload-Complete"]) == (422, "?1")
    assert [file.suffix for file in folder.iterdir()] == [".json"]


def test_failure_of_the_application_keeps_the_upload(
    client: Client,
    install: Callable[..., None],
    folder: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is 500, once; the log tells where the content is."""
    calls: list[str] = []

    def fail(_: Request, upload: UploadedFile) -> None:
        calls.append(upload.id)
        raise KeyError("of the application")

    install(done=fail)
    path = _begin(client)
    with caplog.at_level(logging.ERROR):
        answer = client.patch(path, headers={**PARTIAL, "Upload-Offset": "3"})
    assert (answer.status_code, answer.headers["Upload-Complete"]) == (500, "?1")
    assert f"The upload {calls[0]} is kept" in caplog.text
    with FileUploads(folder).open(calls[0]) as file:
        assert file.read() == b"abc"
    again = client.patch(path, headers={**PARTIAL, "Upload-Offset": "3"})
    assert (again.status_code, len(calls)) == (400, 1)


@pytest.mark.parametrize("owner", [None, "", False])
def test_owner_that_is_false(
    client: Client, install: Callable[..., None], owner: Any
) -> None:
    """It is nobody, however it says so."""

    def find_owner(_: Request) -> Any:
        return owner

    install(owner=find_owner)
    assert client.post("/uploads", headers=LAST).status_code == 403


def test_upload_belongs_to_who_made_it(
    client: Client, install: Callable[..., None], got: list[dict[str, Any]]
) -> None:
    """To others it isn't there, whatever they ask."""
    install(owner=_read_user)
    path = _begin(client, **{"X-User": "ann"})
    for user, status in (("bob", 404), (None, 403)):
        fields = {"X-User": user} if user else {}
        patch = {**PARTIAL, **fields, "Upload-Offset": "3"}
        assert client.head(path, headers=fields).status_code == status
        assert client.patch(path, headers=patch).status_code == status
        assert client.delete(path, headers=fields).status_code == status
    assert client.post("/uploads", headers=LAST).status_code == 403
    fields = {"X-User": "ann"}
    assert client.head(path, headers=fields).headers["Upload-Offset"] == "3"
    client.patch(path, headers={**PARTIAL, **fields, "Upload-Offset": "3"})
    assert [each["owner"] for each in got] == ["ann"]


def test_uploads_of_an_address_are_counted(
    client: Client, install: Callable[..., None]
) -> None:
    """Another address has uploads of its own."""
    install(max_uploads=2)
    paths = [_begin(client) for _ in range(2)]
    refused = client.post("/uploads", headers=MORE)
    assert refused.status_code == 429
    other = client.post("/uploads", headers=MORE, REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 201
    client.delete(paths[0])
    _begin(client)


def test_uploads_of_an_owner_are_counted(
    client: Client, install: Callable[..., None]
) -> None:
    """From wherever they come; an owner is no address."""
    install(max_uploads=1, owner=_read_user)
    _begin(client, **{"X-User": "127.0.0.1"})
    fields = {**MORE, "X-User": "127.0.0.1"}
    answer = client.post("/uploads", headers=fields, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 429
    _begin(client, **{"X-User": "ann"})


def test_uploads_are_counted_as_the_application_says(
    client: Client, install: Callable[..., None]
) -> None:
    """Behind a proxy, for instance by a field of it."""
    install(max_uploads=1, visitor=_name_user)
    _begin(client, **{"X-User": "ann"})
    _begin(client, **{"X-User": "bob"})
    answer = client.post("/uploads", headers={**MORE, "X-User": "ann"})
    assert answer.status_code == 429


def test_compressed_content_is_refused(
    client: Client, install: Callable[..., None]
) -> None:
    """As that of other bodies; it would be kept without a word about its coding."""
    install()
    coded = {"Content-Encoding": "gzip"}
    assert client.post("/uploads", headers={**MORE, **coded}).status_code == 415
    path = _begin(client, **{"Content-Encoding": "identity"})
    fields = {**PARTIAL, **coded, "Upload-Offset": "3"}
    answer = client.patch(path, body=b"x", headers=fields)
    assert (answer.status_code, answer.headers["Accept-Encoding"]) == (415, "identity")


def test_upload_ends_with_its_time(
    client: Client,
    install: Callable[..., None],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is gone then, and so are those that nobody asks for."""
    install(lifetime=60)
    first, second = _begin(client), _begin(client)
    later = time.time() + 61
    for name in ("receiving", "draft"):
        monkeypatch.setattr(f"poorwsgi_forms.uploads.{name}.time", lambda: later)
    assert client.head(first).status_code == 404
    assert {file.stem for file in folder.iterdir()} == {second.rpartition("/")[2]}
    monkeypatch.setattr("poorwsgi_forms.uploads.receiving.monotonic", lambda: 1e9)
    third = _begin(client)
    assert {file.stem for file in folder.iterdir()} == {third.rpartition("/")[2]}


@pytest.mark.needs("files")
def test_busy_upload(
    client: Client, install: Callable[..., None], folder: Path
) -> None:
    """It is 423 for everybody else, and says when to ask again."""
    install()
    path = _begin(client)
    with FileUploads(folder).hold(path.rpartition("/")[2]):
        answers = [
            client.head(path),
            client.delete(path),
            client.patch(path, body=b"x", headers={**PARTIAL, "Upload-Offset": "3"}),
        ]
    assert [answer.status_code for answer in answers] == [423] * 3
    assert [answer.headers["Retry-After"] for answer in answers] == ["1"] * 3
    assert client.head(path).headers["Upload-Offset"] == "3"


def test_guards(client: Client, install: Callable[..., None]) -> None:
    """Guards stand before each handler, as in a group of routes."""

    def guard(handler: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(handler)
        def check(req: Request, *values: Any) -> Any:
            if "X-Key" not in req.headers:
                raise HTTPException(401)
            return handler(req, *values)

        return check

    install(guards=[guard])
    assert client.post("/uploads", headers=LAST).status_code == 401
    assert client.options("/uploads").status_code == 401
    path = _begin(client, **{"X-Key": "1"})
    assert client.head(path).status_code == 401
    assert client.head(path, headers={"X-Key": "1"}).status_code == 204


def test_address_below_a_mount(client: Client, install: Callable[..., None]) -> None:
    """It has what the server takes off the path."""
    install("/files/big")
    answer = client.post("/files/big", headers=MORE, SCRIPT_NAME="/app")
    assert answer.headers["Location"].startswith("/app/files/big/")


def test_two_of_them(
    client: Client, install: Callable[..., None], tmp_path: Path
) -> None:
    """Each has its own path, its own storage and its own limits."""
    install("/a", max_size=10)
    install("/b", storage=FileUploads(tmp_path / "b"), max_size=20)
    path = client.post("/a", body=b"abc", headers=MORE).headers["Location"]
    assert client.head(path.replace("/a/", "/b/")).status_code == 404
    assert client.post("/b", headers={**LAST, "Upload-Length": "0"}).status_code == 201


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"done": None}, TypeError, "done is a function"),
        ({"owner": "ann"}, TypeError, "owner is a function"),
        ({"visitor": "ann"}, TypeError, "visitor is a function"),
        ({"max_size": 0}, ValueError, "1 or more"),
        ({"max_append_size": 0}, ValueError, "1 or more"),
        ({"max_uploads": 0}, ValueError, "1 or more"),
        ({"lifetime": 0}, ValueError, "1 or more"),
        ({"path": "uploads/"}, ValueError, "slash"),
    ],
)
def test_wiring_mistakes(
    tmp_path: Path, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    """They are told when they are made."""
    arguments: dict[str, Any] = {"path": "/u", "done": print, **options}
    with pytest.raises(error, match=message):
        ResumableUploads(storage=FileUploads(tmp_path), **arguments)


def test_one_object_for_several_applications(tmp_path: Path) -> None:
    """It keeps no reference to any of them."""

    def done(*_: object) -> None:
        return None

    uploads = ResumableUploads("/u", FileUploads(tmp_path), done)
    for name in ("one", "two"):
        app = Application(f"{tmp_path}.{name}")
        app.install(uploads)
        assert Client(app).post("/u", headers=LAST).status_code == 201
