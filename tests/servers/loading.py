"""Load with faults: clients that do as they should, and clients that don't.

``load`` runs them for minutes, ``test_load`` for seconds.
"""

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import requests
from requests.auth import HTTPDigestAuth
from serving import KINDS, Kind, Server, run_server

__all__ = ["SERVERS", "Load", "run_loaded"]

SERVERS = ("gunicorn-threads", "uwsgi", "granian")
_CLIENTS = 12
_CLOSED = 0
_FILE = bytes(range(256)) * 8192
_FORM = "application/x-www-form-urlencoded"
_PARTS = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="f.bin"\r\n\r\n'
    + bytes(3_000_000)
    + b"\r\n--b--\r\n"
)
_STALL = 1.3


Outcome = tuple[str, int]


class Load:
    """What clients do with one server; each answer is counted by who asked."""

    def __init__(self, server: Server, seed: int = 1) -> None:
        self._server = server
        self._base = f"http://127.0.0.1:{server.port}"
        self._seed = seed
        self.counts: Counter[Outcome] = Counter()
        self.faults: Counter[Outcome] = Counter()

    def run(self, seconds: float) -> None:
        """Let all clients ask for so long."""
        end = time.monotonic() + seconds
        threads = [
            threading.Thread(target=self._ask, args=(number, end))
            for number in range(_CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._seed += _CLIENTS

    def _ask(self, number: int, end: float) -> None:
        chance = random.Random(self._seed + number)  # noqa: S311 - to be repeated
        names, weights = [*_ACTS], [act.weight for act in _ACTS.values()]
        while time.monotonic() < end:
            (name,) = chance.choices(names, weights)
            act = _ACTS[name]
            try:
                status = act.do(self, chance)
            except (OSError, requests.RequestException):
                status = _CLOSED
            self.counts[name, status] += 1
            if status not in act.expected:
                self.faults[name, status] += 1

    # --- clients that do as they should --------------------------------------------

    def get_file(self, _: random.Random) -> int:
        """Read a whole file."""
        return self._check(requests.get(f"{self._base}/file.bin", timeout=30), _FILE)

    def get_range(self, chance: random.Random) -> int:
        """Read a part of it."""
        first = chance.randrange(len(_FILE) - 1000)
        field = {"Range": f"bytes={first}-{first + 999}"}
        answer = requests.get(f"{self._base}/file.bin", headers=field, timeout=30)
        return self._check(answer, _FILE[first : first + 1000])

    def post_form(self, chance: random.Random) -> int:
        """Send a form."""
        size = chance.randrange(1, 20_000)
        answer = requests.post(f"{self._base}/form", {"a": "x" * size}, timeout=30)
        return answer.status_code if answer.json() == {"a": size} else -1

    def upload(self, _: random.Random) -> int:
        """Send a file in a form."""
        given = {"file": ("f.bin", _FILE)}
        answer = requests.post(f"{self._base}/form", files=given, timeout=30)
        return answer.status_code if answer.json() == {"file": len(_FILE)} else -1

    def digest(self, chance: random.Random) -> int:
        """Log in by Digest, or fail to."""
        password = chance.choice(["secret", "secret", "wrong"])
        url, auth = f"{self._base}/digest", HTTPDigestAuth("ann", password)
        status = requests.get(url, auth=auth, timeout=30).status_code
        return status if (status == 200) == (password == "secret") else -1

    def session(self, _: random.Random) -> int:
        """Count to three in a cookie."""
        with requests.Session() as client:
            url = f"{self._base}/session"
            answers = [client.get(url, timeout=30) for _number in range(3)]
        counts = [answer.headers["X-Count"] for answer in answers]
        return answers[-1].status_code if counts == ["1", "2", "3"] else -1

    def api(self, chance: random.Random) -> int:
        """Ask the API for what it has, or for what it must refuse."""
        url = f"{self._base}/v1/pets"
        asked: list[Callable[[], requests.Response]] = [
            lambda: requests.get(url, {"limit": 3}, timeout=30),
            lambda: requests.get(url, {"limit": 99}, timeout=30),
            lambda: requests.post(url, json={"name": "Rex"}, timeout=30),
            lambda: requests.post(url, json={"name": ""}, timeout=30),
            lambda: requests.post(url, data=b"{", timeout=30),
        ]
        return chance.choice(asked)().status_code

    def events(self, _: random.Random) -> int:
        """Read all events."""
        answer = requests.get(f"{self._base}/events", timeout=30)
        return answer.status_code if answer.content.count(b"data:") == 20 else -1

    def errors(self, chance: random.Random) -> int:
        """Ask for what isn't there."""
        path = chance.choice(["/gone", "/nowhere", "/%ff", "/form"])
        return requests.get(f"{self._base}{path}", timeout=30).status_code

    def _check(self, answer: requests.Response, body: bytes) -> int:
        return answer.status_code if answer.content == body else -1

    # --- clients that don't --------------------------------------------------------

    def vanish(self, chance: random.Random) -> int:
        """Leave in the middle of a body."""
        with self._send(len(_PARTS), _PARTS[: chance.randrange(2_500_000)]):
            return _CLOSED

    def vanish_reading(self, chance: random.Random) -> int:
        """Leave in the middle of an answer."""
        path = chance.choice(["/file.bin", "/stream", "/events"])
        with socket.create_connection(("127.0.0.1", self._server.port), 30) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            client.recv(chance.randrange(1, 5000))
        return _CLOSED

    def stall(self, _: random.Random) -> int:
        """Send half of a body, wait, and leave."""
        with self._send(len(_PARTS), _PARTS[:1_500_000]) as client:
            time.sleep(_STALL)
            client.settimeout(0.01)
            return self._read_status(client)

    def send_slowly(self, _: random.Random) -> int:
        """Send a form byte by byte."""
        with self._send(20, b"", _FORM) as client:
            for _number in range(20):
                client.sendall(b"a")
                time.sleep(0.02)
            return self._read_status(client)

    def send_too_little(self, chance: random.Random) -> int:
        """Say a length that is more than what comes."""
        kind = chance.choice([_FORM, "multipart/form-data; boundary=b"])
        with self._send(500_000, _PARTS[:200_000], kind) as client:
            client.shutdown(socket.SHUT_WR)
            return self._read_status(client)

    def send_too_much(self, _: random.Random) -> int:
        """Say a length that is less than what comes."""
        with self._send(100, _PARTS[:100_000]) as client:
            return self._read_status(client)

    def send_no_length(self, chance: random.Random) -> int:
        """Say a length that is none."""
        with self._send(chance.choice(["-5", "x", "5, 6", "9" * 40]), b"a=1") as client:
            return self._read_status(client)

    @contextmanager
    def _send(
        self,
        length: object,
        body: bytes,
        kind: str = "multipart/form-data; boundary=b",
    ) -> Generator[socket.socket]:
        head = (
            "POST /form HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self._server.port), 30) as client:
            client.sendall(head.encode() + body)
            yield client

    def _read_status(self, client: socket.socket) -> int:
        words = client.recv(100).split(None, 2)
        return int(words[1]) if words else _CLOSED


class _Act(NamedTuple):
    do: Callable[[Load, random.Random], int]
    weight: int
    expected: frozenset[int]


_REFUSED = frozenset({_CLOSED, *range(400, 500)})
_ACTS = {
    "file": _Act(Load.get_file, 10, frozenset({200})),
    "range": _Act(Load.get_range, 20, frozenset({206})),
    "form": _Act(Load.post_form, 20, frozenset({200})),
    "upload": _Act(Load.upload, 10, frozenset({200})),
    "digest": _Act(Load.digest, 10, frozenset({200, 401})),
    "session": _Act(Load.session, 10, frozenset({204})),
    "API": _Act(Load.api, 20, frozenset({200, 400, 415, 422})),
    "events": _Act(Load.events, 10, frozenset({200})),
    "errors": _Act(Load.errors, 10, frozenset({400, 404, 405, 410})),
    "vanish": _Act(Load.vanish, 5, frozenset({_CLOSED})),
    "vanish reading": _Act(Load.vanish_reading, 5, frozenset({_CLOSED})),
    "stall": _Act(Load.stall, 3, _REFUSED),
    "send slowly": _Act(Load.send_slowly, 5, frozenset({200})),
    "too little": _Act(Load.send_too_little, 5, _REFUSED),
    "too much": _Act(Load.send_too_much, 5, _REFUSED),
    # uWSGI answers 501 by itself: the request never gets to an application.
    "no length": _Act(Load.send_no_length, 5, _REFUSED | {501}),
}


# --- the server -----------------------------------------------------------------


@contextmanager
def run_loaded(name: str, folder: Path) -> Generator[Server]:
    """Run the application on a server, with a temporary folder of its own."""
    for part in ("www", "temporary"):
        (folder / part).mkdir()
    (folder / "www" / "file.bin").write_bytes(_FILE)
    temporary = str(folder / "temporary")
    with run_server(name, folder, "loaded:app", _KINDS, TMPDIR=temporary) as server:
        yield server


_KINDS: dict[str, Kind] = {name: KINDS[name] for name in SERVERS}
