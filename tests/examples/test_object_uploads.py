"""The example object_uploads.py, on a real Redis."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import redis
from running import load_example

from poorwsgi_core.testing import Client
from poorwsgi_forms import Application, Request
from poorwsgi_forms.uploads import ResumableUploads, UnknownUpload, UploadedFile

MORE, LAST = {"Upload-Complete": "?0"}, {"Upload-Complete": "?1"}
PARTIAL = {"Content-Type": "application/partial-upload"}


class Bucket(dict[str, bytes]):
    """Objects in memory."""

    def put(self, key: str, data: bytes) -> None:
        """Keep an object."""
        self[key] = data

    def get(self, key: str) -> bytes:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride]
        """Return an object."""
        return self[key]

    def delete(self, key: str) -> None:
        """Remove an object."""
        self.pop(key, None)


@pytest.fixture
def connection(
    need: Callable[[str, object], None], tmp_path: Path
) -> Iterator[redis.Redis]:
    """Run a Redis."""
    program = which("redis-server")
    need("redis", program)
    path = str(tmp_path / "redis.sock")
    command = [str(program), "--port", "0", "--unixsocket", path, "--save", ""]
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL) as process,  # noqa: S603 - found above
        redis.Redis(unix_socket_path=path) as client,
    ):
        for _ in range(100):
            if Path(path).exists():
                break
            time.sleep(0.05)
        yield client
        process.terminate()


@pytest.fixture
def bucket() -> Bucket:
    """Return where the objects are."""
    return Bucket()


@pytest.fixture
def storage(
    connection: redis.Redis, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Build the storage, with objects of 10 bytes."""
    module = load_example("object_uploads")
    monkeypatch.setattr(module, "PIECE", 10)
    return module.ObjectUploads(connection, bucket)


@pytest.fixture
def got() -> list[bytes]:
    """Return what has arrived."""
    return []


@pytest.fixture
def client(storage: Any, got: list[bytes], tmp_path: Path) -> Client:
    """Build an application with uploads, and a client of it."""

    def take(_: Request, upload: UploadedFile) -> str:
        got.append(b"".join(upload))
        return "done"

    app = Application(str(tmp_path))
    app.install(ResumableUploads("/uploads", storage, take, max_uploads=2))
    return Client(app)


def test_upload_in_pieces(client: Client, bucket: Bucket, got: list[bytes]) -> None:
    """Objects come and go; the record stays for who asks."""
    path = client.post("/uploads", body=b"x" * 25, headers=MORE).headers["Location"]
    fields = {**PARTIAL, **LAST, "Upload-Offset": "25"}
    assert sorted(map(len, bucket.values())) == [25]
    answer = client.patch(path, body=b"y" * 7, headers=fields)
    assert (answer.text, got) == ("done", [b"x" * 25 + b"y" * 7])
    assert bucket == {}
    state = client.head(path).headers
    assert (state["Upload-Offset"], state["Upload-Complete"]) == ("32", "?1")
    assert client.delete(path).status_code == 204
    assert client.head(path).status_code == 404


def test_what_came_is_kept(client: Client, storage: Any, bucket: Bucket) -> None:
    """Also when the connection is cut, or the upload is deleted meanwhile."""
    path = client.post("/uploads", headers=MORE).headers["Location"]
    upload_id = path.rpartition("/")[2]

    def break_off() -> Iterator[bytes]:
        yield b"x" * 12
        yield b"y"
        raise ConnectionError

    with pytest.raises(ConnectionError), storage.hold(upload_id):
        storage.append(upload_id, break_off(), None)
    assert client.head(path).headers["Upload-Offset"] == "13"
    assert sorted(map(len, bucket.values())) == [1, 12]

    def delete() -> Iterator[bytes]:
        yield b"z" * 12
        storage.delete(upload_id)
        yield b"z" * 12

    with pytest.raises(UnknownUpload), storage.hold(upload_id):
        storage.append(upload_id, delete(), None)
    assert client.head(path).status_code == 404


def test_one_request_at_a_time(
    client: Client, storage: Any, connection: redis.Redis
) -> None:
    """Others wait; who has lost the lock stops."""
    path = client.post("/uploads", headers=MORE).headers["Location"]
    upload_id = path.rpartition("/")[2]
    with storage.hold(upload_id):
        assert client.head(path).status_code == 423

    def lose() -> Iterator[bytes]:
        connection.delete(f"upload:{upload_id}:lock")
        yield b"x" * 12

    with pytest.raises(RuntimeError), storage.hold(upload_id):
        storage.append(upload_id, lose(), None)
    assert client.head(path).headers["Upload-Offset"] == "0"


def test_unfinished_uploads_are_counted(client: Client) -> None:
    """Finished and deleted ones aren't."""
    paths = [client.post("/uploads", headers=MORE).headers["Location"] for _ in "12"]
    assert client.post("/uploads", headers=MORE).status_code == 429
    client.delete(paths[0])
    client.patch(paths[1], headers={**PARTIAL, **LAST, "Upload-Offset": "0"})
    for _ in "12":
        assert client.post("/uploads", headers=MORE).status_code == 201
