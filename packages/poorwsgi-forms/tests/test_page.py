"""What the page on PyPI shows works as it stands there."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core.testing import Client

PAGE = Path(__file__).parents[1] / "README.md"
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def client(name: str) -> Client:
    """Run the code of the page, and build a client of its application."""
    names: dict[str, Any] = {"__name__": name}
    for block in FENCE.findall(PAGE.read_text("utf-8")):
        exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - our own text
    return Client(names["app"])


def test_greeting(client: Client) -> None:
    """The first route greets, as on the page of every package."""
    assert client.get("/hello/World").text == "Hello World!"


def test_form(client: Client) -> None:
    """The form is read, a number converted."""
    answer = client.post("/sign", form={"name": "Ada", "age": "36"})
    assert answer.text == "Hello Ada, 36!"


def test_json(client: Client) -> None:
    """The JSON is read, and answered with JSON."""
    assert client.post("/sum", json={"numbers": [1, 2, 3]}).json() == {"sum": 6}


def test_upload(
    client: Client, encode: Callable[..., bytes], multipart_type: str
) -> None:
    """The parts are counted while they arrive."""
    body = encode(("f", "x.png", bytes(100_000)), ("g", "y.png", b""))
    answer = client.post("/upload", body=body, CONTENT_TYPE=multipart_type)
    assert answer.json() == {"x.png": 100_000, "y.png": 0}
