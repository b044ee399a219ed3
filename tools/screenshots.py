"""Make the pictures of the documentation: pages of the examples, in Chromium.

Usage::

    python tools/screenshots.py [NAME ...]

Each page of the table below is served by the embedded server, opened in a headless
browser, in light and in dark, and written to ``docs/images``.  It needs chromedriver
and the group ``screenshots`` of pyproject.toml.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import requests
from PIL import Image, ImageDraw
from selenium import webdriver

__all__ = ["PAGES", "Page", "main"]

_ROOT = Path(__file__).resolve().parent.parent
_EXAMPLES = _ROOT / "examples"
_IMAGES = _ROOT / "docs" / "images"
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
_SERVE = """
import sys
from importlib import import_module
from pathlib import Path
from poorwsgi_core.server import run
sys.path.insert(0, str(Path(sys.argv[1]).parent))
module, _, name = Path(sys.argv[1]).name.partition(":")
app = getattr(import_module(module), name)
run(app() if name == "create_app" else app, port=0)
"""
_COLOURS = 64
_WIDTH = 1080
_NEW_YEAR = 1_767_225_600  # 2026, in UTC

_FILES = {
    "2026/": 0,
    "recipes/": 0,
    "Příliš žluťoučký kůň.txt": 734,
    "bread & butter.html": 4_210,
    "holiday.jpg": 1_843_200,
    "inventory.ods": 48_231,
    "lecture (second half).webm": 734_003_200,
    "notes.md": 2_048,
}
"""Names of what the directory index shows, and their sizes."""

_BOOKS = {
    "R.U.R.": ("Karel Čapek", "#b3492d"),
    "The Dispossessed": ("Ursula K. Le Guin", "#2f6f5e"),
    "Solaris": ("Stanisław Lem", "#34507f"),
}
"""Titles of the bookshelf, their authors, and colours of their covers."""

_FILL_TRACKER = """
from tracker.request import Data
from tracker.settings import Settings
data = Data(Settings.from_environment())
data.users.set("ann", "secret")
data.issues.add("The tap in the kitchen leaks", "More with each day.", "ann")
data.issues.change(1, "commented", "bob", "It is the seal. I bring one tomorrow.")
data.attachments.add(1, "tap.jpg", [bytes(1_843_200)])
data.issues.change(1, "attached", "ann", "tap.jpg")
with data.database.connect() as connection:
    for table, key in (("issue", "number"), ("change", "id")):
        query = f"UPDATE {table} SET created = '2026-01-0' || {key} || 'T08:30:00Z'"
        connection.execute(query)
"""

_UPLOADS = {
    "minutes of the meeting.txt": 4_812,
    "holiday.jpg": 1_843_200,
    "Příliš žluťoučký kůň.ogg": 7_340_032,
}
"""Names of what was uploaded, and sizes."""


class Page(NamedTuple):
    """A page to take a picture of.

    Attributes:
        module: an application as ``folder/module:name``, below ``examples``; one that
            is called ``create_app`` makes it.
        path: what to open.
        variables: of the environment; ``{folder}`` is a temporary directory.
        height: of the picture.
        prepare: called with the address and the directory before; gives cookies.
    """

    module: str
    path: str
    variables: dict[str, str]
    height: int
    prepare: Callable[[str, Path], dict[str, str]] | None = None


def fill_folder(_: str, folder: Path) -> dict[str, str]:
    """Make the files that the directory index shows; their content is a hole."""
    for number, (name, size) in enumerate(_FILES.items()):
        path = folder / "files" / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            with path.open("wb") as file:
                file.truncate(size)
        moment = _NEW_YEAR + number * 8_765_432 // 3
        os.utime(path, (moment, moment))
    return {}


def fill_shelf(address: str, folder: Path) -> dict[str, str]:
    """Log in, and put books with covers on the shelf, as a browser does."""
    command = [sys.executable, str(_EXAMPLES / "tutorial" / "users.py")]
    subprocess.run(  # noqa: S603 - our own interpreter and code
        [*command, str(folder / "books.db"), "ann"],
        input="secret\n",
        check=True,
        text=True,
    )
    session = requests.Session()
    session.trust_env = False

    def post(path: str, fields: dict[str, str], **files: bytes) -> str:
        page = session.get(f"{address}/login", timeout=20).text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        headers = {"X-CSRF-Token": token}
        url = f"{address}{path}"
        answer = session.post(url, fields, headers=headers, files=files, timeout=20)
        answer.raise_for_status()
        return answer.url.removeprefix(address)

    post("/login", {"name": "ann", "password": "secret"})
    for title, (author, colour) in _BOOKS.items():
        book = post("/add", {"title": title, "author": author})
        post(f"{book}/cover", {}, cover=draw_cover(title, colour))
    return {cookie.name: cookie.value or "" for cookie in session.cookies}


def fill_tracker(address: str, folder: Path) -> dict[str, str]:
    """Open an issue, let people talk about it, and log in."""
    subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", _FILL_TRACKER],
        cwd=_EXAMPLES,
        env={"PATH": os.defpath, "app_data": str(folder)},
        check=True,
    )
    session = requests.Session()
    session.trust_env = False
    page = session.get(f"{address}/login", timeout=20).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"name": "ann", "password": "secret", "csrf_token": token}
    session.post(f"{address}/login", form, timeout=20).raise_for_status()
    return {cookie.name: cookie.value or "" for cookie in session.cookies}


def send_files(address: str, _: Path) -> dict[str, str]:
    """Upload files, as the form of the page does."""
    for name, size in _UPLOADS.items():
        files = {"file": (name, bytes(size))}
        requests.post(address, files=files, timeout=20).raise_for_status()
    return {}


def draw_cover(title: str, colour: str) -> bytes:
    """Draw the cover of a book."""
    picture = Image.new("RGB", (220, 320), colour)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((14, 14, 206, 306), outline="white", width=2)
    draw.text((34, 110), title.replace(" ", "\n"), fill="white", font_size=34)
    output = BytesIO()
    picture.save(output, "PNG")
    return output.getvalue()


_SHELF = {"app_data": "{folder}"}
PAGES = {
    "debug": Page(
        "tutorial/bookshelf:app", "/debug-info", {**_SHELF, "poor_Debug": "On"}, 760
    ),
    "directory": Page(
        "tutorial/bookshelf:app",
        "/files/",
        {**_SHELF, "poor_DocumentRoot": "{folder}", "poor_DocumentIndex": "On"},
        560,
        fill_folder,
    ),
    "openapi": Page("pets:app", "/docs", {}, 760),
    "shelf": Page("tutorial/bookshelf:app", "/book/1", _SHELF, 620, fill_shelf),
    "tracker": Page("tracker:create_app", "/issues/1", _SHELF, 980, fill_tracker),
    "upload": Page("upload:app", "/", {"app_upload": "{folder}"}, 640, send_files),
}
"""Names of the pictures, and what they show."""


@contextmanager
def serve(page: Page, folder: Path) -> Generator[str]:
    """Serve the application of a page; gives its address."""
    # The debug page shows the environment: none of this machine's but the path.
    variables = {
        key: value.format(folder=folder) for key, value in page.variables.items()
    }
    with subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", _SERVE, str(_EXAMPLES / page.module)],
        cwd=folder,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        output: Any = process.stdout
        try:
            yield output.readline().split()[2].rstrip("/")
        finally:
            process.terminate()


@contextmanager
def browse() -> Generator[Any]:
    """Start a headless Chromium."""
    options = webdriver.ChromeOptions()
    for flag in _FLAGS:
        options.add_argument(flag)
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver: Any = webdriver.Chrome(options, service)
    try:
        yield driver
    finally:
        driver.quit()


def take(browser: Any, address: str, scheme: str, height: int) -> bytes:
    """Take a picture of a page in a colour scheme, as a small PNG."""
    size = {"width": _WIDTH, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    browser.get("about:blank")  # a fragment alone would not load the page again
    browser.get(address)
    picture = Image.open(BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    output = BytesIO()
    # Without dithering, which makes noise of flat colours and the file larger.
    small = picture.quantize(_COLOURS, dither=Image.Dither.NONE)
    small.save(output, "PNG", optimize=True)
    return output.getvalue()


def save(browser: Any, name: str) -> None:
    """Make the pictures of one page."""
    page = PAGES[name]
    with tempfile.TemporaryDirectory() as text, serve(page, Path(text)) as address:
        cookies = page.prepare(address, Path(text)) if page.prepare else {}
        browser.get(address)
        for cookie in cookies.items():
            browser.add_cookie(dict(zip(("name", "value"), cookie, strict=True)))
        for scheme in ("light", "dark"):
            data = take(browser, address + page.path, scheme, page.height)
            path = _IMAGES / f"{name}-{scheme}.png"
            path.write_bytes(data)
            print(f"{path.relative_to(_ROOT)}: {len(data):,} bytes")


def main(names: list[str]) -> None:
    """Make the pictures that are named, or all."""
    _IMAGES.mkdir(exist_ok=True)
    with browse() as browser:
        for name in names or PAGES:
            save(browser, name)


if __name__ == "__main__":
    main(sys.argv[1:])
