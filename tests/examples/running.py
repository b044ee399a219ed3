"""Examples as users run them: a process of its own, on a free port of 127.0.0.1.

Those that a test asks in process are imported.
"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any

__all__ = ["EXAMPLES", "Answer", "Example", "load_example", "run_example"]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@dataclass
class Answer:
    """An answer, read whole."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """Decode the body."""
        return json.loads(self.body)


@dataclass
class Example:
    """A running example.

    Attributes:
        address: where it listens, such as 127.0.0.1:8080.
        folder: its working directory.
        process: number of its process.
    """

    address: str
    folder: Path
    process: int

    def get(self, path: str, **headers: str) -> Answer:
        """Send a GET; names of headers have an underscore for the hyphen."""
        return self.send("GET", path, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request; a body that is an iterator goes in chunks."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = HTTPConnection(self.address, timeout=20)
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def send_json(self, method: str, path: str, value: Any) -> Answer:
        """Send JSON."""
        body = json.dumps(value)
        return self.send(method, path, body, Content_Type="application/json")

    def send_file(self, path: str, name: str, content: bytes, **fields: str) -> Answer:
        """Send a form with a file in the field ``file``."""
        parts = [
            b'--frontier\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
            % (field.encode(), value.encode())
            for field, value in fields.items()
        ]
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
        parts += [
            f"--frontier\r\n{head}Content-Type: text/plain\r\n\r\n".encode(),
            content,
            b"\r\n--frontier--\r\n",
        ]
        kind = "multipart/form-data; boundary=frontier"
        return self.send("POST", path, b"".join(parts), Content_Type=kind)


@contextmanager
def run_example(name: str, folder: Path, **variables: str) -> Generator[Example]:
    """Run an example until the end of the block; its log is printed then.

    Raises:
        RuntimeError: it does not say where it serves.
    """
    log = folder / f"{name}.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(  # noqa: S603 - our own interpreter and examples
            [sys.executable, str(EXAMPLES / f"{name}.py"), "127.0.0.1:0"],
            cwd=folder,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            if not line.startswith("Serving on http://"):
                raise RuntimeError(f"{name} does not start:\n{log.read_text('utf-8')}")
            address = line.split()[2].removeprefix("http://").rstrip("/")
            yield Example(address, folder, process.pid)
        finally:
            process.terminate()
            print(log.read_text("utf-8", "replace"))  # noqa: T201 - if a test fails


def load_example(name: str) -> Any:
    """Import an example under its own name, unless another test has done so."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        # Last, because there are examples with the names of installed packages.
        sys.path.append(str(EXAMPLES))
        try:
            spec.loader.exec_module(module)
        finally:
            sys.path.remove(str(EXAMPLES))
    return sys.modules[name]
