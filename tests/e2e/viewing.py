"""How the tests look at a page: its width, its scheme, its complaints, a picture.

They wait for what a page shows, never for a time: while one page leaves and the
next one comes, a browser may answer with neither.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

__all__ = [
    "SCHEMES",
    "WIDTHS",
    "keep_picture",
    "read_complaints",
    "read_scheme",
    "set_scheme",
    "set_width",
    "wait_for",
    "wait_for_text",
    "wait_until",
]

_END_TRANSITIONS = """
for (const each of document.getAnimations())
  if (each instanceof CSSTransition) each.finish();
"""
_GONE = "does not belong to the document"

WIDTHS = {"wide": 1280, "phone": 390}
SCHEMES = ("light", "dark")


def set_width(browser: Any, width: int) -> None:
    """Show pages as a window or a phone of this width does."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def read_complaints(browser: Any) -> list[str]:
    """Tell what the policy of the page has refused."""
    return [
        entry["message"]
        for entry in browser.get_log("browser")
        if "Content Security Policy" in entry["message"]
    ]


def read_scheme(browser: Any) -> str:
    """Tell whether the browser asks for light or dark."""
    code = "return matchMedia('(prefers-color-scheme: dark)').matches"
    return "dark" if browser.execute_script(code) else "light"


def set_scheme(browser: Any, scheme: str) -> None:
    """Ask pages for light or dark, as users do in their system."""
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    browser.execute_script(_END_TRANSITIONS)


def keep_picture(browser: Any, name: str) -> None:
    """Save what is seen, in light and in dark, into the directory that is asked for.

    That is the one of POORWSGI_SCREENSHOTS, if it is set.
    """
    if folder := os.environ.get("POORWSGI_SCREENSHOTS"):
        shown = read_scheme(browser)
        for scheme in SCHEMES:
            set_scheme(browser, scheme)
            browser.save_screenshot(Path(folder) / f"{name}-{scheme}.png")
        set_scheme(browser, shown)


def wait_until(what: Callable[[], Any]) -> Any:
    """Wait until something is true, and return it; a page may come in between."""
    from selenium.common import exceptions

    leaving = (
        exceptions.JavascriptException,
        exceptions.NoSuchElementException,
        exceptions.StaleElementReferenceException,
    )
    found, deadline = None, time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if found := what():
                return found
        except exceptions.WebDriverException as error:
            # The driver has no class for a node that went with its page.
            if not isinstance(error, leaving) and _GONE not in str(error):
                raise
        time.sleep(0.05)
    return pytest.fail("It never came")


def wait_for(browser: Any, expression: str, expected: object) -> None:
    """Wait until a page comes where an expression of JavaScript has a value."""
    code = f"return {expression}"
    wait_until(lambda: browser.execute_script(code) == expected)


def wait_for_text(browser: Any, selector: str, text: str) -> None:
    """Wait until an element shows some text."""
    wait_until(lambda: text in browser.find_element("css selector", selector).text)
