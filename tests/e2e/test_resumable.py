"""Uploads that go on, in Chromium, through a network that breaks off."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from running import Example, run_example
from viewing import wait_for_text

CONTENT = os.urandom(3_000_000)
CUTS = (700_000, 1_900_000)


class Cutter:
    """A proxy that cuts the connection each time when so much has gone through.

    Attributes:
        address: where it listens.
        cuts: how many bytes had gone through when it cut.
        sent: how many have.
    """

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts: list[int] = []
        self.sent = 0
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """Stop, and wait for all connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._carry, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            back = threading.Thread(target=_copy, args=(server, client))
            back.start()
            with suppress(OSError):
                while data := client.recv(16384):
                    self.sent += len(data)
                    if len(self.cuts) < 2 and self.sent > CUTS[len(self.cuts)]:
                        self.cuts.append(self.sent)
                        client.shutdown(socket.SHUT_RDWR)
                        break
                    server.sendall(data)
            with suppress(OSError):
                server.shutdown(socket.SHUT_WR)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the files go."""
    return tmp_path / "upload"


@pytest.fixture
def example(tmp_path: Path, folder: Path) -> Iterator[Example]:
    """Run the example."""
    with run_example("resumable", tmp_path, app_upload=str(folder)) as example:
        yield example


@pytest.fixture
def cutter(example: Example) -> Iterator[Cutter]:
    """Put the network between the browser and the example."""
    cutter = Cutter(example.address)
    yield cutter
    cutter.close()


def test_upload_is_cut_twice(
    browser: Any, cutter: Cutter, folder: Path, tmp_path: Path
) -> None:
    """The page asks what has arrived, and sends the rest."""
    file = tmp_path / "film é.bin"
    file.write_bytes(CONTENT)
    browser.get(f"http://{cutter.address}/")
    browser.find_element("css selector", "input[type=file]").send_keys(str(file))
    browser.find_element("css selector", "#send button").click()
    expected = f"{len(CONTENT)} bytes, sha256 {sha256(CONTENT).hexdigest()}"
    wait_for_text(browser, "output", expected)
    assert len(cutter.cuts) == 2
    lost = browser.execute_script(
        "return document.querySelector('output').dataset.lost"
    )
    assert int(lost) >= 2
    # Little was sent a second time: what had reached the server stayed there.
    assert cutter.sent < 1.3 * len(CONTENT)
    assert (
        browser.execute_script("return document.querySelector('progress').value") == 1
    )
    (arrived,) = folder.glob("[!.]*")
    assert arrived.name.endswith("-film_é.bin")
    assert arrived.read_bytes() == CONTENT


def test_upload_goes_on_when_the_page_is_opened_again(
    browser: Any, example: Example, folder: Path, tmp_path: Path
) -> None:
    """The page knows the address of an upload that it hasn't finished."""
    file = tmp_path / "film.bin"
    file.write_bytes(CONTENT)
    head = {"Upload-Complete": "?0", "Upload-Length": str(len(CONTENT))}
    begun = example.send("POST", "/uploads", CONTENT[:2_000_000], **head)
    browser.get(f"http://{example.address}/")
    modified = int(file.stat().st_mtime * 1000)
    key = f"film.bin {len(CONTENT)} {modified}"
    browser.execute_script(
        "localStorage.setItem(...arguments)", key, begun.headers["Location"]
    )
    browser.find_element("css selector", "input[type=file]").send_keys(str(file))
    browser.find_element("css selector", "#send button").click()
    wait_for_text(browser, "output", sha256(CONTENT).hexdigest())
    (arrived,) = folder.glob("[!.]*")
    assert arrived.name.startswith(begun.headers["Location"].rpartition("/")[2][:8])
