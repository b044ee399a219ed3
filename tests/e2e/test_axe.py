"""Accessibility of pages, as axe-core sees it in Chromium.

Each kind of built-in page is looked at in light on a wide screen, and in dark on a
phone.  With ``POORWSGI_AXE=all``, as ``nox -s axe`` has it, in both on both, and so are
the pages of the examples.
"""

import cProfile
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from running import run_example
from viewing import WIDTHS, keep_picture, read_scheme, set_width

from poorwsgi import Application
from poorwsgi_core.server import build_server
from poorwsgi_core.testing import Client

ALL = os.environ.get("POORWSGI_AXE") == "all"
AXE = "axe-core@4.14.1"
FOLDER = Path(__file__).parents[2] / "build" / "npm"
PAGES = {
    "missing": "/usr/7",
    "failure": "/fail",
    "teapot": "/teapot",
    "directory": "/files/",
    "debug-info": "/debug-info",
    "profiles": "/debug-info?profile=",
    "profile": "/debug-info?profile=req_GET_user_7.1.5.profile",
}
EXAMPLES = {
    "simple": ("/", "/form", "/cookies", "/nowhere"),
    "pets": ("/", "/docs"),
    "simple_json": ("/",),
    "upload": ("/",),
    "websocket": ("/",),
    "put_file": ("/",),
    "resumable": ("/",),
    "passkeys": ("/",),
    "large_file": ("/",),
    "metrics": ("/",),
}
TRACKER = ("/", "/issues/1", "/login?next=/issues/1", "/issues/7")
RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ['violations']}).then(
    found => done(found.violations.flatMap(
        each => each.nodes.map(node => `${each.id}: ${node.target.join(' ')}`))),
    error => done([String(error)]));
"""


@pytest.fixture(scope="session")
def axe(need: Callable[[str, object], None]) -> str:
    """Return the source of axe-core, which npm installs where it is missing."""
    path = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
    npm = shutil.which("npm")
    need("npm", path.is_file() or npm)
    if not path.is_file():
        options = ("--prefix", str(FOLDER), "--no-save", "--ignore-scripts", "--silent")
        subprocess.run(  # noqa: S603 - a package by its name and version
            [str(npm), "install", *options, AXE], check=False, timeout=120
        )
        need("npm", path.is_file())
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an application that shows each kind of page; gives its address."""
    folder = tmp_path_factory.mktemp("axe")
    (folder / "files" / "below").mkdir(parents=True)
    (folder / "files" / "a b.txt").write_text("text")
    app = Application("axe")
    app.document_root, app.document_index = str(folder), True
    app.debug = app.debug_locals = True
    app.debug_editor = "vscode://file/{path}:{line}"

    @app.route("/user/<ident:int>")
    def user(_: object, ident: int) -> str:
        """Show a user."""
        return str(sum(range(ident)))

    @app.route("/fail")
    def fail(_: object) -> str:
        password, amount = "secret", 7
        raise ValueError(f"{amount} of {len(password)}")

    app.set_profile(cProfile.runctx, str(folder / "req"))
    Client(app).get("/user/7")
    (path,) = folder.glob("req_*")
    path.rename(folder / "req_GET_user_7.1.5.profile")
    with build_server(app, port=0) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def look(browser: Any, axe: str, url: str) -> Iterator[tuple[str, list[str]]]:
    """Show a page; yield the name of each width, and what axe-core has against it."""
    browser.set_script_timeout(30)
    own = {"light": "wide", "dark": "phone"}[read_scheme(browser)]
    for size in WIDTHS if ALL else [own]:
        set_width(browser, WIDTHS[size])
        browser.get(url)
        browser.execute_script(axe)
        yield size, list(browser.execute_async_script(RUN))


@pytest.mark.usefixtures("scheme")
@pytest.mark.parametrize("page", PAGES)
def test_built_in_page(browser: Any, axe: str, address: str, page: str) -> None:
    """No rule is broken, and nothing is cut off."""
    for size, found in look(browser, axe, address + PAGES[page]):
        assert found == []
        code = "return document.documentElement.scrollWidth"
        assert browser.execute_script(code) <= WIDTHS[size]
        keep_picture(browser, f"axe-{page}-{size}")


@pytest.mark.usefixtures("scheme")
@pytest.mark.parametrize("name", EXAMPLES if ALL else ["pets"])
def test_example(browser: Any, axe: str, tmp_path: Path, name: str) -> None:
    """No page of an example breaks a rule."""
    with run_example(name, tmp_path) as example:
        for path in EXAMPLES[name]:
            for _, found in look(browser, axe, f"http://{example.address}{path}"):
                assert found == []


@pytest.mark.usefixtures("scheme")
@pytest.mark.skipif(not ALL, reason="POORWSGI_AXE=all asks for it")
def test_tracker(browser: Any, axe: str, tracker: Any) -> None:
    """No page of the larger example breaks a rule."""
    for path in TRACKER:
        for _, found in look(browser, axe, tracker[0] + path):
            assert found == []
