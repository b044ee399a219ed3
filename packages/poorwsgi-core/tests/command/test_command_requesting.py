"""Facts about ``request`` and ``shell``."""

import code
from typing import Any

import pytest

from poorwsgi_core.command import main


def test_answer_is_printed(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Status, headers and body are printed as they came."""
    assert main(["request", folder, "get", "/user/7"]) == 0
    head, _, body = capsys.readouterr().out.partition("\n\n")
    assert head.splitlines()[0] == "200 OK"
    assert "Content-Type: text/html; charset=utf-8" in head.splitlines()
    assert body == "7 False"


@pytest.mark.parametrize(("header", "body"), [("--header", "--body"), ("-H", "-d")])
def test_headers_and_body(
    header: str, body: str, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Headers and a body are sent; a status of 4xx is an answer as any other."""
    options = [header, "Content-Type: text/plain", body, "text"]
    assert main(["request", folder, "POST", "/user/7", *options]) == 0
    assert capsys.readouterr().out.startswith("405 Method Not Allowed\n")


def test_failure_is_a_status(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the application fails, the command does."""
    assert main(["request", folder, "GET", "/broken"]) == 1
    assert capsys.readouterr().out.startswith("500 Internal Server Error\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["/", "--header", "nothing"], "'nothing' is no header: write it as 'Name:"),
        (["/", "--header", "X Y: a"], "'X Y: a' is no header: 'X Y' is no field name"),
        (["http://[/"], "can't request 'http://\\[/': Invalid IPv6 URL"),
        (["user"], "GET user is no request: write a method and a path, as in GET /"),
    ],
)
def test_request_that_can_not_be_sent(
    folder: str, arguments: list[str], told: str
) -> None:
    """One line says what is wrong with it."""
    with pytest.raises(SystemExit, match=told):
        main(["request", folder, "GET", *arguments])


def test_method_as_curl_has_it(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The method has no option."""
    with pytest.raises(SystemExit, match="2"):
        main(["request", folder, "-X", "POST", "/"])
    assert "write the method before the path: POST /" in capsys.readouterr().err


def test_shell(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell has the application and a client that asks it."""
    opened: list[Any] = []

    def interact(banner: str, local: dict[str, Any], exitmsg: str) -> None:
        opened.append((banner, local, exitmsg))

    monkeypatch.setattr(code, "interact", interact)
    assert main(["shell", folder]) == 0
    ((banner, names, _),) = opened
    assert f"app is {folder}" in banner
    assert names["client"].get("/user/7").text == "7 False"
    assert names["app"].name == folder
