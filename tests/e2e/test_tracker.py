"""The example tracker, as two people use it at once."""

from typing import Any

from viewing import (
    WIDTHS,
    keep_picture,
    read_complaints,
    set_width,
    wait_for,
    wait_for_text,
)


def test_comment_appears(browser: Any, tracker: Any) -> None:
    """Who looks at an issue is told what others do, and writes an answer."""
    address, data = tracker
    browser.get(f"{address}/issues/new")
    browser.find_element("name", "name").send_keys("ann")
    browser.find_element("name", "password").send_keys("correct horse")
    browser.find_element("css selector", "main button").click()
    wait_for(browser, "location.pathname", "/issues/new")
    browser.get(f"{address}/issues/1")
    data.issues.change(1, "commented", "bob", "Here too")
    wait_for_text(browser, ".news", "bob has commented this issue.")
    for size, width in WIDTHS.items():
        set_width(browser, width)
        keep_picture(browser, f"tracker-{size}")
    browser.find_element("css selector", ".news a").click()
    wait_for_text(browser, ".history", "Here too")
    browser.find_element("name", "text").send_keys("Thanks")
    browser.find_element("css selector", "label + button").click()
    wait_for_text(browser, ".history", "Thanks")
    assert read_complaints(browser) == []
