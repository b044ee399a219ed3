"""A real browser, and the demo application on a real server."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest
from viewing import SCHEMES, WIDTHS, read_complaints, set_scheme, set_width

from poorwsgi_core.server import build_server

EXAMPLES = Path(__file__).parents[2] / "examples"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run examples/simple.py on a free port; gives its address."""
    code = (
        "import simple; from poorwsgi_core.server import run; run(simple.app, port=0)"
    )
    environment = {
        **os.environ,
        "app_upload": str(tmp_path_factory.mktemp("upload")),
        "PYTHONPATH": os.pathsep.join(
            [str(EXAMPLES), os.environ.get("PYTHONPATH", "")]
        ),
    }
    with subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield line.split()[2].rstrip("/")
        process.terminate()


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Serve examples/tracker; gives its address, and its data with an issue of ann."""
    # Last, because there are examples with the names of installed packages.
    monkeypatch.setattr(sys, "path", [*sys.path, str(EXAMPLES)])
    tracker, request, settings = (
        import_module(f"tracker{name}") for name in ("", ".request", ".settings")
    )
    chosen = settings.Settings(data=tmp_path)
    data = request.Data(chosen)
    data.users.set("ann", "correct horse")
    data.issues.add("It leaks", "Under the <b>sink</b>", "ann")
    with build_server(tracker.create_app(chosen), port=0) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", data
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def driver_path(need: Callable[[str, object], None]) -> str:
    """Find ChromeDriver; without it these tests are skipped, or fail."""
    path = shutil.which("chromedriver")
    need("browser", path)
    assert path is not None
    return path


@pytest.fixture(scope="session")
def build_options(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[], Any]:
    """Return a function that builds options of Chromium, with a new profile."""

    def build() -> Any:
        from selenium import webdriver

        options = webdriver.ChromeOptions()
        for flag in FLAGS:
            options.add_argument(flag)
        options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
        return options

    return build


@pytest.fixture(scope="session")
def started_browser(
    driver_path: str, build_options: Callable[[], Any]
) -> Iterator[Any]:
    """Start headless Chromium."""
    from selenium import webdriver

    options = build_options()
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver: Any = webdriver.Chrome(options, webdriver.ChromeService(driver_path))
    try:
        driver.set_page_load_timeout(20)
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def browser(started_browser: Any) -> Any:
    """Return the browser: wide, light, without cookies and complaints from before."""
    set_width(started_browser, WIDTHS["wide"])
    set_scheme(started_browser, "light")
    # Those of all hosts: ports of this machine share them.
    started_browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    read_complaints(started_browser)
    return started_browser


@pytest.fixture(params=SCHEMES)
def scheme(request: pytest.FixtureRequest, browser: Any) -> str:
    """Show pages in light and in dark, for what is about colours."""
    asked: str = cast("Any", request).param
    set_scheme(browser, asked)
    return asked
