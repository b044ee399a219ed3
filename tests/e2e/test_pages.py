"""Pages that the framework makes, in Chromium: styled, readable, without a script."""

from typing import Any

import pytest
from viewing import WIDTHS, keep_picture, read_complaints, set_width

PAGES = {
    "index": ("/", "h1"),
    "debug": ("/debug-info", "table"),
    "missing": ("/nowhere", "h1"),
    "forbidden": ("/error/403", "h1"),
    "failure": ("/error/crash", "pre"),
    "directory": ("/static/", "table"),
}


def read_style(browser: Any, selector: str, name: str) -> str:
    """Read a computed style of the first element."""
    code = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
    return str(browser.execute_script(code, selector, name))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("size", WIDTHS)
def test_page_is_styled_and_fits(browser: Any, demo: str, page: str, size: str) -> None:
    """The policy lets the page's own style in, and nothing is cut off."""
    path, element = PAGES[page]
    set_width(browser, WIDTHS[size])
    browser.get(demo + path)
    assert browser.find_elements("css selector", element)
    assert "serif" not in read_style(browser, "body", "fontFamily").split(", ")[0]
    width = browser.execute_script("return document.documentElement.scrollWidth")
    assert width <= WIDTHS[size]
    assert read_complaints(browser) == []
    keep_picture(browser, f"{page}-{size}")


def test_colours_follow_the_scheme(browser: Any, demo: str, scheme: str) -> None:
    """A dark page has a dark background, a light one a light one."""
    browser.get(f"{demo}/debug-info")
    colour = read_style(browser, "body", "backgroundColor")
    red = int(colour.partition("(")[2].partition(",")[0])
    assert (red < 128) == (scheme == "dark")


def test_debug_page_masks_the_cookie(browser: Any, demo: str) -> None:
    """What the browser sends as a secret isn't shown back."""
    browser.get(demo)
    browser.add_cookie({"name": "session", "value": "very-secret-value"})
    browser.get(f"{demo}/debug-info")
    assert "very-secret-value" not in browser.page_source
    assert "Route Table" in browser.page_source


def test_links_of_the_index_work(browser: Any, demo: str) -> None:
    """Each page that the index links opens; only those about errors are errors."""
    browser.get(demo)
    links = [
        link.get_attribute("href").removeprefix(demo)
        for link in browser.find_elements("css selector", "section a")
    ]
    code = "return fetch(arguments[0]).then(answer => answer.status)"
    failed = {path for path in links if browser.execute_script(code, path) >= 400}
    expected = {path for path in links if path.startswith("/error/")}
    assert len(links) > 20
    assert failed == expected | {"/nowhere", "/teapot"}


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("path", ["/debug-info", "/static/"])
def test_links_can_be_hit(browser: Any, demo: str, path: str, size: str) -> None:
    """Links are 24 pixels high (WCAG 2.5.8), and those to sections wrap."""
    set_width(browser, WIDTHS[size])
    browser.get(demo + path)
    code = """return [...document.querySelectorAll('nav a, tbody a')].map(link => {
        const box = link.getBoundingClientRect()
        return [box.height, box.right]
    })"""
    boxes = browser.execute_script(code)
    assert boxes
    assert min(height for height, _ in boxes) >= 24
    assert max(right for _, right in boxes) <= WIDTHS[size]


def test_page_asks_for_no_icon(browser: Any, demo: str) -> None:
    """The icon of a page is inside, so nothing else is loaded."""
    browser.get(f"{demo}/error/403")
    code = "return performance.getEntriesByType('resource').map(each => each.name)"
    loaded = browser.execute_script(code)
    assert [name for name in loaded if not name.startswith("data:")] == []


def test_own_frames_are_open(browser: Any, demo: str) -> None:
    """Of a failure one sees one's own line first, without a script."""
    browser.get(f"{demo}/error/crash")
    opened = browser.find_elements("css selector", "details[open] > summary")
    assert [each.text.partition(" ")[0] for each in opened] == ["crash"]
    (line,) = browser.find_elements("css selector", "details[open] mark")
    assert "raise RuntimeError" in line.text
