"""The example put_file.py."""

import socket
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from running import Example, run_example

BIG = bytes(range(256)) * 4096  # 1 MiB


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Example]:
    """Run the example, with an empty directory for files."""
    folder = tmp_path / "files"
    with run_example("put_file", tmp_path, app_upload=str(folder)) as example:
        yield example


def test_put_and_get(example: Example) -> None:
    """What is put is answered with its checksum, and can be had back."""
    answer = example.send("PUT", "/files/big.bin", BIG)
    expected = {
        "name": "big.bin",
        "size": len(BIG),
        "sha256": sha256(BIG).hexdigest(),
    }
    assert (answer.status, answer.json()) == (201, expected)
    answer = example.get("/files/big.bin")
    assert answer.body == BIG
    assert answer.headers["Content-Disposition"] == 'attachment; filename="big.bin"'
    assert "big.bin" in example.get("/").text


def test_put_again(example: Example) -> None:
    """A file that is there is replaced."""
    assert example.send("PUT", "/files/a.txt", b"one").status == 201
    assert example.send("PUT", "/files/a.txt", b"two").status == 200
    assert example.get("/files/a.txt").body == b"two"


def test_resume(example: Example) -> None:
    """A download can go on where it was broken off."""
    example.send("PUT", "/files/a.txt", b"0123456789")
    answer = example.get("/files/a.txt", Range="bytes=4-")
    assert (answer.status, answer.body) == (206, b"456789")


def test_broken_upload(example: Example) -> None:
    """A file that did not come whole is as if it had never been sent."""
    example.send("PUT", "/files/a.txt", b"old")
    head = b"PUT /files/a.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
    host, _, port = example.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head + b"half")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(12) == b"HTTP/1.0 400"
    assert example.get("/files/a.txt").body == b"old"
    assert [path.name for path in (example.folder / "files").iterdir()] == ["a.txt"]


@pytest.mark.parametrize("name", [".hidden", "..", "a%2Fb", "a%5Cb", "a%00b", "a b"])
def test_names(example: Example, name: str) -> None:
    """A name that could mean something else is no path of this application."""
    assert example.send("PUT", f"/files/{name.replace(' ', '%20')}", b"x").status == 404
    assert not (example.folder / "files").exists()


def test_missing(example: Example) -> None:
    """What was never put is 404."""
    assert example.get("/files/a.txt").status == 404
