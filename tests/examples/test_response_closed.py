"""The example response_closed.py."""

from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256

import pytest
from running import EXAMPLES, Answer, Example, run_example

HELLO = (EXAMPLES / "public" / "static" / "hello.txt").read_bytes()


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Run the example."""
    folder = tmp_path_factory.mktemp("response_closed")
    with run_example("response_closed", folder) as example:
        yield example


def read_digest(answer: Answer) -> bytes:
    """Return what the head says that the digest is."""
    value = answer.headers["Content-Digest"]
    return b64decode(value.removeprefix("sha-256=:").removesuffix(":"))


def test_text(example: Example) -> None:
    """A response that was read twice arrives whole."""
    answer = example.get("/text")
    assert (answer.status, answer.text) == (200, "Read twice, sent once.\n")
    assert answer.headers["X-Words"] == "4"
    assert read_digest(answer) == sha256(answer.body).digest()


def test_file(example: Example) -> None:
    """So does a file, and a part of it."""
    answer = example.get("/file")
    assert (answer.status, answer.body) == (200, HELLO)
    assert answer.headers["X-Words"] == str(len(HELLO.split()))
    answer = example.get("/file", Range="bytes=0-4")
    assert (answer.status, answer.body) == (206, HELLO[:5])


def test_stream(example: Example) -> None:
    """A stream is sent without a digest."""
    answer = example.get("/stream")
    assert answer.body == b"piece by piece\n"
    assert "Content-Digest" not in answer.headers
