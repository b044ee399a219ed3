"""The directory index in Chromium: odd names, each link opens its file."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from viewing import WIDTHS, keep_picture, read_complaints, set_width

NAMES = (
    "plain.txt",
    "two words.txt",
    "  blanks at both ends  ",
    "quote'd.txt",
    'double "quotes".txt',
    "bread & butter.txt",
    "&amp;.txt",
    "<b>bold<b>.txt",
    "<script>alert(1)<!--.txt",
    "100%.txt",
    "%41%2F.txt",
    "#1.txt",
    "what?.txt",
    "a+b=c;d,e.txt",
    "http:example.txt",
    "java:script.txt",
    "žluťoučký kůň.txt",
    "日本語.txt",
    "😢 👩‍👩‍👧.txt",
    "back\\slash.txt",
    "new\nline.txt",
    "tab\there.txt",
    "[brackets] {braces} ~^`|.txt",
    "x" * 200 + ".txt",
)
SERVE = """
import sys
from poorwsgi import Application
from poorwsgi_core.server import run
app = Application("directory")
app.document_root, app.document_index = sys.argv[1], True
run(app, port=0)
"""
LINKS = """
const links = document.querySelectorAll('tbody a');
return [...links].map(link => [link.href, link.textContent]);
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the files; the content of each is its name."""
    folder = tmp_path_factory.mktemp("odd")
    for name in NAMES:
        with suppress(OSError):  # not every file system takes every name
            (folder / name).write_bytes(name.encode())
    below = folder / "a & b #2"
    below.mkdir()
    (below / "100% <i>.txt").write_text("below")
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Serve the directory; gives its address."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", SERVE, str(folder)],
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        output: Any = process.stdout
        yield output.readline().split()[2].rstrip("/")
        process.terminate()


def read_links(browser: Any) -> list[tuple[str, str]]:
    """Return where the links of the table lead, and what they say."""
    return [(href, text) for href, text in browser.execute_script(LINKS)]


def list_names(folder: Path) -> set[str]:
    """Return what is to be listed: nothing that no request may ask for."""
    names = {path.name for path in folder.iterdir()}
    return names - {"back\\slash.txt", "new\nline.txt", "tab\there.txt"}


def test_each_link_opens_its_file(browser: Any, address: str, folder: Path) -> None:
    """What the browser makes of each link is the file of its text."""
    browser.get(f"{address}/")
    links = [link for link in read_links(browser) if not link[0].endswith("/")]
    opened = {}
    for href, text in links:
        with urlopen(href) as answer:  # noqa: S310 - our own server
            opened[text] = answer.read().decode()
    files = {name for name in list_names(folder) if (folder / name).is_file()}
    assert opened == {name: name for name in files}


def test_names_are_shown_as_they_are(browser: Any, address: str, folder: Path) -> None:
    """No name becomes markup, and none is missing."""
    browser.get(f"{address}/")
    shown = {text.rstrip("/") for _, text in read_links(browser)}
    assert shown == list_names(folder)
    assert browser.find_elements("css selector", "tbody b, tbody script") == []


def test_click_through(browser: Any, address: str) -> None:
    """A directory opens by a click, a file in it too, and back."""
    browser.get(f"{address}/")
    browser.find_element("partial link text", "a & b #2").click()
    browser.find_element("partial link text", "100% <i>.txt").click()
    assert browser.find_element("css selector", "body").text == "below"
    browser.back()
    browser.find_element("partial link text", "..").click()
    assert browser.current_url == f"{address}/"


@pytest.mark.parametrize("size", WIDTHS)
def test_page_fits(browser: Any, address: str, size: str) -> None:
    """The longest name is wrapped, and the policy refuses nothing."""
    set_width(browser, WIDTHS[size])
    browser.get(f"{address}/")
    code = "return document.documentElement.scrollWidth"
    assert browser.execute_script(code) <= WIDTHS[size]
    assert read_complaints(browser) == []
    keep_picture(browser, f"odd-names-{size}")
