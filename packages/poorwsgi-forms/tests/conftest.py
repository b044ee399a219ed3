"""What the tests share: an application for each, bodies, streams, uploads."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias, cast

import pytest

from poorwsgi_core.server import build_server
from poorwsgi_core.testing import Client, build_environ
from poorwsgi_forms import Application, FieldStorageParser, Request
from poorwsgi_forms.uploads import FileUploads, ResumableUploads, UploadedFile

BOUNDARY = "Boundary7"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"

Part: TypeAlias = tuple[str, bytes] | tuple[str, str, bytes]


class Stream:
    """A ``wsgi.input`` like that of a server: no BytesIO, and watched."""

    def __init__(self, data: bytes, step: int | None = None) -> None:
        self._file = BytesIO(data)
        self._step = step
        self.sizes: list[int] = []

    def read(self, size: int) -> bytes:
        """Read, at most *step* bytes."""
        self.sizes.append(size)
        return self._file.read(size if self._step is None else min(size, self._step))

    def readline(self, size: int = -1) -> bytes:
        """Read a line."""
        self.sizes.append(size)
        return self._file.readline(size)

    def __iter__(self) -> "Stream":
        return self

    def __next__(self) -> bytes:
        raise StopIteration

    def readlines(self, size: int = -1) -> list[bytes]:
        """Read no lines: PEP 3333 asks for the method."""
        return []


def _encode(*parts: Part) -> bytes:
    lines: list[bytes] = []
    for part in parts:
        head = f'Content-Disposition: form-data; name="{part[0]}"'
        if len(part) == 3:
            head += f'; filename="{part[1]}"\r\nContent-Type: image/png'
        lines += [f"--{BOUNDARY}".encode(), head.encode(), b"", part[-1]]
    return b"\r\n".join([*lines, f"--{BOUNDARY}--".encode(), b""])


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Return a name that no other test has."""
    return str(cast("Any", request).node.nodeid)


@pytest.fixture
def app(name: str) -> Application:
    """Build an application that has the name of the test."""
    return Application(name)


@pytest.fixture
def client(app: Application) -> Client:
    """Build a client of the application."""
    return Client(app)


@pytest.fixture
def multipart_type() -> str:
    """Return the Content-Type of what ``encode`` builds."""
    return MULTIPART


@pytest.fixture
def encode() -> Callable[..., bytes]:
    """Build multipart bodies of (name, text) and (name, file name, content)."""
    return _encode


@pytest.fixture
def stream() -> type[Stream]:
    """Return the class of watched streams."""
    return Stream


@pytest.fixture
def build(app: Application) -> Callable[..., Request]:
    """Build requests: of a body, its type, and environ entries."""

    def build(body: bytes = b"", kind: str = MULTIPART, **variables: Any) -> Request:
        source = variables.pop("stream", None)
        environ = build_environ(
            method="POST",
            body=body,
            CONTENT_TYPE=kind,
            REQUEST_STARTTIME=0.0,
            **variables,
        )
        if source is not None:
            environ["wsgi.input"] = source
        return Request(environ, app)

    return build


@pytest.fixture
def parser() -> Callable[..., FieldStorageParser]:
    """Build parsers: of a body, its type, and arguments of the parser."""

    def parser(
        body: bytes, kind: str = MULTIPART, **options: Any
    ) -> FieldStorageParser:
        headers = {"Content-Type": kind, "Content-Length": str(len(body))}
        headers.update(options.pop("headers", {}))
        return FieldStorageParser(
            options.pop("stream", BytesIO(body)), headers, **options
        )

    return parser


@pytest.fixture
def got() -> list[dict[str, Any]]:
    """Return what the application has got."""
    return []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the uploads are."""
    return tmp_path / "uploads"


@pytest.fixture
def install(
    app: Application, folder: Path, got: list[dict[str, Any]]
) -> Callable[..., None]:
    """Return a function that installs uploads, by the options of their class."""

    def done(_: Any, upload: UploadedFile) -> Any:
        fields = {name: getattr(upload, name) for name in ("filename", "content_type")}
        got.append({**fields, "content": b"".join(upload), "owner": upload.owner})

    def install(path: str = "/uploads", done: Any = done, **options: Any) -> None:
        storage = options.pop("storage", None) or FileUploads(folder, sync=False)
        app.install(ResumableUploads(path, storage, done, **options))

    return install


@pytest.fixture
def serve() -> Callable[..., Any]:
    """Return a context manager that serves an application; gives its port."""

    @contextmanager
    def serve(app: Application) -> Generator[int]:
        with build_server(app, port=0) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield server.server_port
            finally:
                server.shutdown()
                thread.join()

    return serve
