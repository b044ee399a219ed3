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


def wait_for(browser: Any, expression: str, expected: object) -> None:
    """Wait until a page comes that has what is expected."""
    from selenium.webdriver.support.wait import WebDriverWait

    def has_come(_: Any) -> bool:
        return bool(browser.execute_script(f"return {expression}") == expected)

    WebDriverWait(browser, 10).until(has_come)


def test_book_gets_a_cover(browser: Any, bookshelf: str) -> None:
    """A book typed into the form is shown as text, and its picture is loaded."""
    title = f"<b>Tom & Jerry</b> {browser.session_id}"
    browser.get(f"{bookshelf}/add")
    browser.find_element("name", "title").send_keys(title)
    browser.find_element("name", "author").send_keys("Žofie")
    browser.find_element("css selector", "button").click()
    wait_for(browser, "document.querySelector('h1')?.textContent", title)

    browser.find_element("name", "cover").send_keys(str(PICTURE))
    browser.find_element("css selector", "button").click()
    wait_for(browser, "document.querySelector('img')?.naturalWidth", 1080)

    browser.find_element("link text", "Bookshelf").click()
    wait_for(browser, "document.querySelector('h1')?.textContent", "Books")
    assert title in [each.text for each in browser.find_elements("css selector", "a")]


def test_browser_stops_at_what_is_missing(browser: Any, bookshelf: str) -> None:
    """An empty form isn't sent."""
    browser.get(f"{bookshelf}/add")
    browser.find_element("css selector", "button").click()
    assert browser.find_elements("css selector", "input:invalid")
