"""The example http_digest.py."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from requests.auth import HTTPDigestAuth
from running import EXAMPLES, Example, run_example

USER = ("user", "secret")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Run the example."""
    with run_example("http_digest", tmp_path_factory.mktemp("digest")) as example:
        yield example


def log_in(
    example: Example, path: str, user: tuple[str, str], **form: str
) -> requests.Response:
    """Open a page with a password, and send a form when there is one."""
    return requests.request(
        "POST" if form else "GET",
        f"http://{example.address}{quote(path)}",
        data=form,
        auth=HTTPDigestAuth(*user),
        allow_redirects=False,
        timeout=20,
    )


def test_challenge(example: Example) -> None:
    """Who has no password is told how to prove one."""
    answer = example.get("/user")
    value = answer.headers["WWW-Authenticate"]
    assert (answer.status, value[:24]) == (401, 'Digest realm="User Zone"')
    assert 'algorithm="MD5-sess"' in value


@pytest.mark.parametrize(
    ("path", "user"),
    [
        ("/user", USER),
        ("/user", ("foo", "bar")),
        ("/foo", ("foo", "bar")),
        ("/admin", ("admin", "admin")),
        ("/spaces in path", USER),
        ("/čeština", USER),
        ("/crying 😢", USER),
    ],
)
def test_right_password(example: Example, path: str, user: tuple[str, str]) -> None:
    """The handler runs, and knows the user."""
    answer = log_in(example, path, user)
    assert answer.status_code == 200
    assert path == "/foo" or f"<td>{user[0]}</td>" in answer.text
    assert 'rspauth="' in answer.headers["Authentication-Info"]


@pytest.mark.parametrize(
    ("path", "user"),
    [
        ("/user", ("user", "guess")),
        ("/user", ("eve", "secret")),
        ("/user", ("admin", "admin")),
        ("/foo", USER),
        ("/admin", USER),
        ("/unknown", USER),
        ("/unknown", ("nobody", "")),
        ("/user", ("sha", "secret")),
    ],
)
def test_wrong_password(example: Example, path: str, user: tuple[str, str]) -> None:
    """So is a right one of another user, another realm or another algorithm."""
    answer = log_in(example, path, user)
    assert (answer.status_code, "stale" in answer.headers["WWW-Authenticate"]) == (
        401,
        False,
    )


def test_no_content(example: Example) -> None:
    """An empty answer stays one."""
    answer = log_in(example, "/empty", USER)
    assert (answer.status_code, answer.content) == (204, b"")


def find_token(example: Example) -> str:
    """Return the token of the form for a new password."""
    page = log_in(example, "/foo", ("foo", "bar")).text
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_new_password(tmp_path: Path) -> None:
    """From then on the new one is right, and the file is as it was."""
    before = (EXAMPLES / "test.digest").read_bytes()
    with run_example("http_digest", tmp_path) as example:
        form = {"csrf_token": find_token(example), "password": "new one"}
        answer = log_in(example, "/foo/password", ("foo", "bar"), **form)
        assert (answer.status_code, answer.headers["Location"]) == (303, "../foo")
        assert log_in(example, "/foo", ("foo", "bar")).status_code == 401
        assert log_in(example, "/foo", ("foo", "new one")).status_code == 200
    assert (EXAMPLES / "test.digest").read_bytes() == before


def test_new_password_must_come(example: Example) -> None:
    """A form without it changes nothing."""
    token = find_token(example)
    answer = log_in(example, "/foo/password", ("foo", "bar"), csrf_token=token)
    assert answer.status_code == 400
    assert log_in(example, "/foo", ("foo", "bar")).status_code == 200


@pytest.mark.parametrize("token", ["", "wapiti"])
def test_new_password_of_another_site(example: Example, token: str) -> None:
    """A form that isn't of the page changes nothing: the browser sends proof for it."""
    form = {"csrf_token": token, "password": "new one"}
    assert log_in(example, "/foo/password", ("foo", "bar"), **form).status_code == 403
    assert log_in(example, "/foo", ("foo", "bar")).status_code == 200


def test_sha_256(tmp_path: Path) -> None:
    """Another algorithm lets in who has a hash of it, and nobody else."""
    with run_example("http_digest", tmp_path, app_algorithm="SHA-256") as example:
        assert log_in(example, "/user", ("sha", "secret")).status_code == 200
        assert log_in(example, "/user", USER).status_code == 401


def test_data_file() -> None:
    """Five users, one of them not ASCII, one with a longer hash."""
    lines = (EXAMPLES / "test.digest").read_text("utf-8").splitlines()
    users = [tuple(line.split(":")[:2]) for line in lines]
    assert users == [
        ("user", "User Zone"),
        ("foo", "User Zone"),
        ("žofie", "User Zone"),
        ("sha", "User Zone"),
        ("admin", "Admin Zone"),
    ]
    assert [len(line.rpartition(":")[2]) for line in lines] == [32, 32, 32, 64, 32]


def test_utf8_user(example: Example, need: Callable[[str, object], None]) -> None:
    """A name that isn't ASCII is sent as UTF-8, and is the one of the file."""
    need("curl", shutil.which("curl"))
    command = ["curl", "-s", "--digest", "-u", "žofie:heslo s mezerou"]
    url = f"http://{example.address}/user"
    answer = subprocess.run([*command, url], capture_output=True, check=True)  # noqa: S603 - our own command
    assert "<td>žofie</td>" in answer.stdout.decode()
