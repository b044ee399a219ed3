"""The bookshelf of the tutorial, used as its readers will use it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "tutorial"
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "shelf-light.png"


@pytest.fixture(scope="module")
def bookshelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the example with an empty shelf; gives its address."""
    command = ["-m", "poorwsgi_core", "run", "bookshelf:app", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, *command],
        cwd=FOLDER,
        env={**os.environ, "app_data": str(tmp_path_factory.mktemp("data"))},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        output: Any = process.stdout
        yield output.readline().split()[2].rstrip("/")
        process.terminate()


def read_width(browser: Any) -> int:
    """Return the width of the picture, 0 while there is none."""
    code = "return document.querySelector('img')?.naturalWidth || 0"
    return int(browser.execute_script(code))


def test_book_gets_a_cover(browser: Any, bookshelf: str) -> None:
    """A book typed into the form is shown as text, and its picture is loaded."""
    from selenium.webdriver.support.wait import WebDriverWait

    title = f"<b>Tom & Jerry</b> {browser.session_id}"
    browser.get(f"{bookshelf}/add")
    browser.find_element("name", "title").send_keys(title)
    browser.find_element("name", "author").send_keys("Žofie")
    browser.find_element("css selector", "button").click()
    assert browser.find_element("css selector", "h1").text == title

    browser.find_element("name", "cover").send_keys(str(PICTURE))
    browser.find_element("css selector", "button").click()
    assert WebDriverWait(browser, 10).until(read_width) == 1080

    browser.find_element("link text", "Bookshelf").click()
    assert title in [each.text for each in browser.find_elements("css selector", "a")]


def test_browser_stops_at_what_is_missing(browser: Any, bookshelf: str) -> None:
    """An empty form isn't sent."""
    browser.get(f"{bookshelf}/add")
    browser.find_element("css selector", "button").click()
    assert browser.find_elements("css selector", "input:invalid")
