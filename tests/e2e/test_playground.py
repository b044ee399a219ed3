"""The tutorial in Chromium: its application runs in the reader's browser.

It needs the documentation that ``nox -s playground`` builds.
"""

import os
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from viewing import WIDTHS, keep_picture, set_width, wait_for_text

from poorwsgi_core import Application
from poorwsgi_core.server import build_server

ENTER = "\ue007"
FOLDER = os.environ.get("POORWSGI_PLAYGROUND", "")
LOADED = "return performance.getEntriesByType('resource').map(each => each.name)"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the documentation; gives its address."""
    if not FOLDER:
        pytest.skip("nox -s playground has it")
    app = Application("documentation")
    app.document_root = FOLDER
    with build_server(app, port=0) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def find(browser: Any, selector: str) -> Any:
    """Return an element of the playground."""
    return browser.find_element("css selector", f".playground {selector}")


def send(browser: Any, path: str, code: str | None = None) -> None:
    """Send a request, to a changed application where code is given."""
    if code is not None:
        set_value = "arguments[0].value = arguments[1]"
        browser.execute_script(set_value, find(browser, "textarea"), code)
    field = find(browser, "[name=path]")
    field.clear()
    field.send_keys(path)
    find(browser, "form button").send_keys(ENTER)


def read(browser: Any) -> str:
    """Return the code that is in the editor."""
    return str(find(browser, "textarea").get_property("value"))


@pytest.mark.parametrize("size", WIDTHS)
def test_page_runs(browser: Any, address: str, size: str) -> None:
    """Python comes when it is asked for; what one changes answers so."""
    set_width(browser, WIDTHS[size])
    browser.get(f"{address}/tutorial/routes.html")
    assert not [name for name in browser.execute_script(LOADED) if "pyodide" in name]
    browser.execute_script("arguments[0].scrollIntoView()", find(browser, "h2"))
    find(browser, "button.start").send_keys(ENTER)
    wait_for_text(browser, ".playground [role=status]", "Python is there.")
    send(browser, "/book/1")
    wait_for_text(browser, ".playground pre", "<p>by Karel \u010capek</p>")
    assert find(browser, "pre").text.startswith("200 OK\n")
    send(browser, "/book/9")
    wait_for_text(browser, ".playground pre", "404 Not Found")
    send(browser, "/", read(browser).replace("<h1>Bookshelf</h1>", "<h1>Mine</h1>"))
    wait_for_text(browser, ".playground pre", "<h1>Mine</h1>")
    assert browser.execute_script(LOADED)[-1].startswith(address)
    assert (
        browser.execute_script("return document.documentElement.scrollWidth")
        <= (WIDTHS[size])
    )
    keep_picture(browser, f"playground-{size}")


def test_mistakes(browser: Any, address: str) -> None:
    """What is wrong is shown; a loop without an end is left behind."""
    browser.get(f"{address}/tutorial/hello.html")
    find(browser, "button.start").send_keys(ENTER)
    wait_for_text(browser, ".playground [role=status]", "Python is there.")
    code = read(browser)
    send(browser, "/", "1 / 0")
    wait_for_text(browser, ".playground pre", "ZeroDivisionError: division by zero")
    send(browser, "/", "while True: pass")
    send(browser, "/", code)
    wait_for_text(browser, ".playground pre", "<h1>Bookshelf</h1>")


def test_pages_with_more_have_none(browser: Any, address: str) -> None:
    """An application that needs other packages has no playground."""
    browser.get(f"{address}/tutorial/pages.html")
    assert browser.find_elements("css selector", ".playground") == []
