"""Facts about profiling."""

import cProfile
import logging
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.application.profiling import Profiler
from poorwsgi_core.request import Request
from poorwsgi_core.testing import Client, build_environ


def runctx(_: str, __: Any, ___: Any, **____: object) -> None:
    """Do nothing."""


@pytest.mark.parametrize(
    ("environ", "start"),
    [
        ({"REQUEST_METHOD": "GET", "PATH_INFO": "/p/q"}, "req_GET_p_q."),
        ({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, "req_GET_."),
        ({"REQUEST_METHOD": "GET"}, "req_GET_."),
        ({"REQUEST_METHOD": "GET", "PATH_INFO": None}, "req_GET_."),
        ({"REQUEST_METHOD": "G/../T", "PATH_INFO": "/.."}, "req_G_.._T_..."),
        ({"REQUEST_METHOD": "GET", "PATH_INFO": "/a\0\r\n\\b"}, "req_GET_a____b."),
        (
            {"REQUEST_METHOD": "GET", "PATH_INFO": "/" + "x" * 999},
            "req_GET_" + "x" * 119,
        ),
    ],
)
def test_file_name(environ: dict[str, Any], start: str) -> None:
    """It is prefix, method, path and time; nothing in it leaves the directory."""
    name = Profiler(runctx, "req").file_name(environ)
    assert name.startswith(start)
    assert name.endswith(".profile")
    assert "/" not in name
    assert len(name) < 255


def test_run(
    tmp_path: Path, app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """The request runs once under the profiler, and its body comes back."""
    caplog.set_level(logging.INFO, "poorwsgi")
    calls: list[str] = []

    @app.route("/")
    def handler(req: Request) -> str:
        calls.append(req.path)
        return "text"

    profiler = Profiler(cProfile.runctx, str(tmp_path / "req"))
    environ = build_environ()
    body = profiler.run(app, environ, lambda _, __, ___=None, /: print)
    assert (b"".join(body), calls) == (b"text", ["/"])
    (path,) = tmp_path.iterdir()
    assert path.stat().st_size > 0
    assert caplog.messages == [f"Generate {path}"]


def test_failure_passes(app: Application) -> None:
    """What leaves the application leaves the profiler."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    app.set_route("/", interrupt)
    profile = cProfile.Profile()

    def runctx(command: str, names: Any, local: Any, **_: object) -> None:
        profile.runctx(command, names, local)

    app.set_profile(runctx, "req")
    with pytest.raises(KeyboardInterrupt):
        app(build_environ(), lambda _, __, ___=None, /: print)


def test_profile(app: Application, client: Client, tmp_path: Path) -> None:
    """Each request gets a profile of its own; twice is once (R7)."""
    app.set_route("/p/q", lambda _: "text")
    for _ in range(2):
        app.set_profile(cProfile.runctx, str(tmp_path / "req"))
    assert client.get("/p/q").text == "text"
    assert client.get(PATH_INFO="").status_code == 404
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name.rpartition(".profile")[1] for name in names] == [".profile"] * 2
    assert names[0].startswith("req_GET_.")
    assert names[1].startswith("req_GET_p_q.")
    app.del_profile()
    app.del_profile()
    client.get("/p/q")
    assert len([*tmp_path.iterdir()]) == 2


def test_profile_by_a_module(app: Application) -> None:
    """The module in the place of its function is told at once."""
    with pytest.raises(
        TypeError, match=r"set_profile\(cProfile\.runctx, .* not module"
    ):
        app.set_profile(cProfile, "req")  # type: ignore[arg-type]


def test_profiler_that_is_busy(
    tmp_path: Path, app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A request that comes meanwhile is answered, and has no profile."""

    def refuse(*_: object, filename: str) -> None:
        Path(filename).touch()
        raise ValueError("Another profiling tool is already active")

    app.set_route("/", lambda _: "text")
    app.set_profile(refuse, str(tmp_path / "req"))
    assert client.get("/").text == "text"
    assert [*tmp_path.iterdir()] == []
    assert caplog.messages[-1].endswith("Another profiling tool is already active")


def test_error_of_the_application() -> None:
    """One that leaves the application isn't that of the profiler."""

    def runctx(command: str, names: Any, local: Any, **_: object) -> None:
        exec(command, names, local)  # noqa: S102 - as a profiler does

    def fail(*_: object) -> Any:
        raise ValueError("of its own")

    with pytest.raises(ValueError, match="of its own"):
        Profiler(runctx, "req").run(
            fail, build_environ(), lambda _, __, ___=None, /: print
        )
