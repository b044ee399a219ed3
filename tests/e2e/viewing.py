"""How the tests look at a page: its width, its scheme, its complaints, a picture."""

import os
from pathlib import Path
from typing import Any

__all__ = ["WIDTHS", "keep_picture", "read_complaints", "read_scheme", "set_width"]

WIDTHS = {"wide": 1280, "phone": 390}


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


def keep_picture(browser: Any, name: str) -> None:
    """Save what is seen into the directory POORWSGI_SCREENSHOTS, if it is set."""
    if folder := os.environ.get("POORWSGI_SCREENSHOTS"):
        path = Path(folder) / f"{name}-{read_scheme(browser)}.png"
        browser.save_screenshot(path)
