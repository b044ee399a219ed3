"""The example printer, as clients of such applications use it."""

import base64
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

import pytest
import requests
from requests.auth import HTTPDigestAuth
from running import EXAMPLES, Answer, Example

from poorwsgi import Application, state
from poorwsgi.request import Request
from poorwsgi_core.testing import Client

USER = ("maker", "Secret 123")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
GCODE = (
    b"; thumbnail begin 16x16 278\n; "
    + base64.b64encode(PICTURE)
    + b"\n; thumbnail end\nG28\n"
    + b"G1 X1 Y1\n" * 40_000
)
SET_UP = {"name": "Mk", "user": USER[0], "password": USER[1], "again": USER[1]}


@dataclass
class Printer(Example):
    """The printer, or the process in front of it.

    Attributes:
        key: that the wizard made.
    """

    key: str = ""


@contextmanager
def run(module: str, folder: Path, **variables: str) -> Generator[Printer]:
    """Run a module of the example until the end of the block."""
    with (
        (folder / f"{module}.log").open("wb") as log,
        subprocess.Popen(  # noqa: S603 - our own interpreter and examples
            [sys.executable, "-m", module, "127.0.0.1:0"],
            cwd=EXAMPLES,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            address = line.split()[2].removeprefix("http://").rstrip("/")
            yield Printer(address, folder, process.pid)
        finally:
            process.terminate()


def set_up(example: Printer) -> str:
    """Go through the wizard; return the key."""
    url = f"http://{example.address}/wizard"
    answer = requests.post(url, SET_UP, allow_redirects=False, timeout=20)
    assert (answer.status_code, answer.headers["Location"]) == (303, ".")
    page = log_in(example, "GET", "/").text
    return page.partition("X-Api-Key: <code>")[2].partition("<")[0]


@pytest.fixture(scope="module")
def printer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printer]:
    """Run the printer, set up."""
    folder = tmp_path_factory.mktemp("printer")
    with run("printer", folder, app_printer=str(folder / "data")) as example:
        example.key = set_up(example)
        yield example


@pytest.fixture(scope="module")
def relay(printer: Printer) -> Iterator[Printer]:
    """Run the process in front of the printer."""
    with run("printer.relay", printer.folder, app_target=printer.address) as example:
        example.key = printer.key
        yield example


@pytest.fixture(params=["printer", "relay"])
def example(request: pytest.FixtureRequest) -> Printer:
    """Return the printer, and then the process in front of it."""
    found: Printer = request.getfixturevalue(request.param)
    return found


def log_in(example: Printer, method: str, path: str, **more: Any) -> requests.Response:
    """Send a request with the password, as requests does Digest."""
    url = f"http://{example.address}{path}"
    auth = HTTPDigestAuth(*USER)
    return requests.request(method, url, auth=auth, timeout=20, **more)


def send(example: Printer, method: str, path: str, body: object = None) -> Answer:
    """Send a request with the key, which wants JSON."""
    headers = {"X_Api_Key": example.key, "Accept": "application/json"}
    return example.send(method, path, body, **headers)


def break_off(example: Printer, method: str, path: str, kind: str, body: bytes) -> None:
    """Send the beginning of a body, and go away."""
    host, _, port = example.address.partition(":")
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {example.key}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: 500000\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


def test_wizard(tmp_path: Path) -> None:
    """Nothing else is there before it, and it is gone behind it."""
    data = tmp_path / "data"
    with run(
        "printer", tmp_path, app_printer=str(data), app_secret="k" * 32
    ) as example:
        answer = example.get("/")
        assert answer.status == 303
        assert answer.headers["Location"].endswith("/wizard")
        assert example.get("/api/version").status == 503
        assert "<h1>Set up the printer</h1>" in example.get("/wizard").text
        url = f"http://{example.address}/wizard"
        for wrong in ({"again": "other"}, {"user": "a:b"}, {"password": "short"}):
            refused = requests.post(url, {**SET_UP, **wrong}, timeout=20)
            assert refused.status_code == 400
        key = set_up(example)
        assert requests.post(url, SET_UP, timeout=20).status_code == 404
    with run(
        "printer", tmp_path, app_printer=str(data), app_secret="k" * 32
    ) as example:
        assert example.get("/wizard").status == 404
        assert example.get("/api/version", X_Api_Key=key).json()["name"] == "Mk"
        assert log_in(example, "GET", "/").status_code == 200


@pytest.mark.parametrize("path", ["/api/version", "/"])
def test_curl(path: str, example: Printer, need: Callable[[str, object], None]) -> None:
    """It is let in by the check by hand, and by the decorator."""
    need("curl", shutil.which("curl"))
    user = ":".join(USER)
    command = ["curl", "-s", "-w", "%{http_code}", "--digest", "-u", user]
    url = f"http://{example.address}{path}"
    done = subprocess.run([*command, url], capture_output=True, check=True)  # noqa: S603 - our own command
    assert done.stdout[-3:] == b"200"


def test_requests(example: Printer) -> None:
    """A session goes on with a nonce, and a captured request is refused."""
    url = f"http://{example.address}/api/version"
    with requests.Session() as session:
        session.auth = HTTPDigestAuth(*USER)
        answers = [session.get(url, timeout=20) for _ in range(3)]
    assert [answer.json()["user"] for answer in answers] == ["maker"] * 3
    captured = answers[-1].request.headers["Authorization"]
    replayed = example.get("/api/version", Authorization=str(captured))
    assert replayed.status == 401


def test_key(example: Printer) -> None:
    """A program needs no password; a wrong key is refused."""
    assert send(example, "GET", "/api/version").json() == {
        "api": 1,
        "name": "Mk",
        "user": None,
    }
    assert example.get("/api/version", X_Api_Key="guess").status == 403


def test_other_sites(printer: Printer) -> None:
    """A browser that another site makes ask is refused, password or not."""
    sent = {"Sec-Fetch-Site": "cross-site"}
    assert log_in(printer, "GET", "/api/version", headers=sent).status_code == 403


def test_put(example: Printer) -> None:
    """A file goes up with curl's way of asking, and is there, whole."""
    path = "/api/files/usb/big (1).gcode"
    answer = log_in(example, "PUT", path, data=GCODE)
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/files/usb/big%20%281%29.gcode"
    raw = send(example, "GET", answer.json()["raw"])
    assert raw.body == GCODE
    assert send(example, "PUT", path.replace(" ", "%20"), b"x").status == 409
    (file,) = send(example, "GET", "/api/files/usb").json()["files"]
    assert (file["name"], file["size"]) == ("big (1).gcode", len(GCODE))
    assert send(example, "DELETE", path.replace(" ", "%20")).status == 204
    assert send(example, "GET", path.replace(" ", "%20")).status == 404


def test_put_in_chunks(example: Printer) -> None:
    """A body whose length nobody knows goes the same way."""
    path = "/api/files/usb/chunks.gcode"
    assert (
        send(example, "PUT", path, iter([GCODE[:70_000], GCODE[70_000:]])).status == 201
    )
    assert send(example, "GET", f"{path}/raw").body == GCODE
    send(example, "DELETE", path)


def test_form(example: Printer) -> None:
    """A slicer gets JSON, a browser goes back to the page."""
    files = {"file": ("form.gcode", GCODE)}
    answer = log_in(example, "POST", "/api/files/local", files=files)
    assert (answer.status_code, answer.json()["size"]) == (201, len(GCODE))
    wanted = {"Accept": "text/html"}
    again = log_in(example, "POST", "/api/files/local", files=files, headers=wanted)
    assert again.status_code == 409
    send(example, "DELETE", "/api/files/local/form.gcode")
    page = log_in(example, "POST", "/api/files/local", files=files, headers=wanted)
    assert [each.status_code for each in page.history] == [303]
    assert "form.gcode" in page.text
    send(example, "DELETE", "/api/files/local/form.gcode")


@pytest.mark.parametrize("name", ["a.exe", ".gcode", "../a.gcode"])
def test_form_with_another_file(name: str, example: Printer) -> None:
    """What is no file for a printer isn't taken; the last part of a path is."""
    answer = log_in(example, "POST", "/api/files/usb", files={"file": (name, b"x")})
    assert answer.status_code == (201 if "/" in name else 400)
    send(example, "DELETE", "/api/files/usb/a.gcode")


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_client_that_vanished(method: str, example: Printer) -> None:
    """It leaves no file, and nobody waits for it."""
    head = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="v.gcode"\r\n\r\n'
    )
    path = "/api/files/usb" + "/v.gcode" * (method == "PUT")
    kind = "multipart/form-data; boundary=b" if method == "POST" else "text/x.gcode"
    break_off(example, method, path, kind, head * (method == "POST") + GCODE[:100_000])
    for _ in range(400):  # behind a relay it ends a little later
        if not send(example, "GET", "/api/transfer").json()["name"]:
            break
        sleep(0.05)
    assert send(example, "PUT", "/api/files/usb/next.gcode", GCODE).status == 201
    names = [
        each["name"] for each in send(example, "GET", "/api/files/usb").json()["files"]
    ]
    assert names == ["next.gcode"]
    send(example, "DELETE", "/api/files/usb/next.gcode")


def test_picture(example: Printer) -> None:
    """It has an ETag and ranges; a file without one has none."""
    send(example, "PUT", "/api/files/usb/p.gcode", GCODE)
    send(example, "PUT", "/api/files/usb/q.gcode", b"G28\n")
    path, key = "/api/thumbs/usb/p.gcode", example.key
    answer = example.get(path, X_Api_Key=key)
    assert (answer.status, answer.body) == (200, PICTURE)
    assert answer.headers["Accept-Ranges"] == "bytes"
    etag = answer.headers["ETag"]
    same = example.get(path, X_Api_Key=key, If_None_Match=etag)
    assert (same.status, same.headers["ETag"], same.body) == (304, etag, b"")
    part = example.get(path, X_Api_Key=key, Range="bytes=4-7")
    assert (part.status, part.body) == (206, PICTURE[4:8])
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(PICTURE)}"
    past = example.get(path, X_Api_Key=key, Range="bytes=900-")
    assert past.status == 416
    assert example.send("HEAD", path, X_Api_Key=key).body == b""
    assert send(example, "GET", "/api/thumbs/usb/q.gcode").status == 404
    for name in ("p", "q"):
        send(example, "DELETE", f"/api/files/usb/{name}.gcode")


@pytest.mark.parametrize(
    ("accept", "kind", "shown"),
    [
        (
            "application/json",
            "application/json",
            '"error": "There is no storage tape."',
        ),
        ("text/html", "text/html", "<p>There is no storage tape.</p>"),
        ("*/*", "text/plain", "There is no storage tape.\n"),
    ],
)
def test_errors(accept: str, kind: str, shown: str, example: Printer) -> None:
    """The client says how it wants to be told."""
    key = example.key
    answer = example.get("/api/files/tape", X_Api_Key=key, Accept=accept)
    assert answer.status == 404
    assert answer.headers["Content-Type"].partition(";")[0] == kind
    assert shown in answer.text


def test_error_of_a_method(example: Printer) -> None:
    """It is an error like others, and says what is allowed."""
    answer = send(example, "PATCH", "/api/version")
    assert (answer.status, answer.json()["code"]) == (405, 405)
    assert answer.headers["Allow"] == "HEAD, GET, OPTIONS"


def test_challenge(example: Printer) -> None:
    """Who has neither key nor password is asked, in JSON too."""
    answer = example.get("/api/version", Accept="application/json")
    assert (answer.status, answer.json()["code"]) == (401, 401)
    assert answer.headers["WWW-Authenticate"].startswith('Digest realm="Printer"')


def test_request_as_body_of_requests(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request is a body for ``requests`` too, of a known length or in chunks."""
    app = Application("test_request_as_body_of_requests")
    url = f"http://{printer.address}/api/files/usb/streamed.gcode"

    @app.default(state.METHOD_PUT)
    def relay(req: Request) -> tuple[str, str, dict[str, str], int]:
        sent = {"X-Api-Key": printer.key}
        if req.is_body_request:
            sent["Content-Length"] = str(req.content_length)
        answer = requests.put(url, data=req, headers=sent, timeout=20)
        return answer.text, "text/plain", {}, answer.status_code

    monkeypatch.setenv("NO_PROXY", "*")
    client = Client(app)
    path = "/api/files/usb/streamed.gcode"
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(GCODE), GCODE)
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": None}
    bodies: list[tuple[bytes, dict[str, Any]]] = [(GCODE, {}), (chunks, chunked)]
    for body, variables in bodies:
        answer = client.put("/", body=body, **variables)
        assert answer.status_code == 201, answer.text
        assert send(printer, "GET", f"{path}/raw").body == GCODE
        send(printer, "DELETE", path)


def test_relay_without_printer(tmp_path: Path) -> None:
    """If nobody is behind, it says so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        target = "{}:{}".format(*server.getsockname())
    with run("printer.relay", tmp_path, app_target=target) as example:
        assert example.get("/").status == 502
