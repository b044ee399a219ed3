"""The bookshelf of the tutorial, used as its readers will use it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from viewing import WIDTHS, keep_picture, set_width, wait_for

FOLDER = Path(__file__).parents[2] / "examples" / "tutorial"
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "shelf-light.png"
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def bookshelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the example with an empty shelf and a user; gives its address."""
    data = tmp_path_factory.mktemp("data")
    subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, str(FOLDER / "users.py"), str(data / "books.db"), "ann"],
        input=f"{PASSWORD}\n",
        check=True,
        text=True,
    )
    command = ["-m", "poorwsgi_core", "run", "bookshelf:app", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, *command],
        cwd=FOLDER,
        env={**os.environ, "app_data": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        output: Any = process.stdout
        yield output.readline().split()[2].rstrip("/")
        process.terminate()


def log_in(browser: Any, bookshelf: str, password: str = PASSWORD) -> None:
    """Ask for the form of a book, and log in because that is needed."""
    browser.get(bookshelf)
    browser.delete_all_cookies()
    browser.get(f"{bookshelf}/add")
    browser.find_element("name", "name").send_keys("ann")
    browser.find_element("name", "password").send_keys(password)
    browser.find_element("css selector", "main button").click()


def test_login_and_logout(browser: Any, bookshelf: str) -> None:
    """A wrong password is told; who is in may add books, until the log out."""
    log_in(browser, bookshelf, "guess")
    error = "document.querySelector('.error')?.textContent"
    wait_for(browser, error, "Name or password is wrong.")
    keep_picture(browser, "shelf-login")
    log_in(browser, bookshelf)
    wait_for(browser, "document.querySelector('h1')?.textContent", "Books")
    for size, width in WIDTHS.items():
        set_width(browser, width)
        keep_picture(browser, f"shelf-{size}")
    browser.find_element("css selector", "header button").click()
    wait_for(browser, "document.querySelector('header button')", None)
    browser.get(f"{bookshelf}/add")
    assert browser.current_url == f"{bookshelf}/login"


def test_book_gets_a_cover(browser: Any, bookshelf: str) -> None:
    """A book typed into the form is shown as text, and its picture is loaded."""
    log_in(browser, bookshelf)
    wait_for(browser, "document.querySelector('h1')?.textContent", "Books")
    title = f"<b>Tom & Jerry</b> {browser.session_id}"
    browser.get(f"{bookshelf}/add")
    browser.find_element("name", "title").send_keys(title)
    browser.find_element("name", "author").send_keys("Žofie")
    browser.find_element("css selector", "main button").click()
    wait_for(browser, "document.querySelector('h1')?.textContent", title)

    browser.find_element("name", "cover").send_keys(str(PICTURE))
    browser.find_element("css selector", "main button").click()
    wait_for(browser, "document.querySelector('img')?.naturalWidth", 1080)

    browser.find_element("link text", "Bookshelf").click()
    wait_for(browser, "document.querySelector('h1')?.textContent", "Books")
    assert title in [each.text for each in browser.find_elements("css selector", "a")]


def test_browser_stops_at_what_is_missing(browser: Any, bookshelf: str) -> None:
    """An empty form isn't sent."""
    log_in(browser, bookshelf)
    wait_for(browser, "document.querySelector('h1')?.textContent", "Books")
    browser.get(f"{bookshelf}/add")
    browser.find_element("css selector", "main button").click()
    assert browser.find_elements("css selector", "input:invalid")
