"""The tutorial in Chromium: its application runs in the reader's browser.

It needs the documentation that ``nox -s playground`` builds.
"""

import os
from collections.abc import Iterator
from pathlib import Path
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


def send(browser: Any, path: str, code: str | None = None, **fields: str) -> None:
    """Send a request, to a changed application where code is given."""
    set_value = "arguments[0].value = arguments[1]"
    if code is not None:
        browser.execute_script(set_value, find(browser, "textarea"), code)
    field = find(browser, "[name=path]")
    field.clear()
    field.send_keys(path)
    for name, value in fields.items():
        browser.execute_script(set_value, find(browser, f"[name={name}]"), value)
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
    assert find(browser, "pre").text.startswith("200 OK\n")


def test_several_files(browser: Any, address: str, tmp_path: Path) -> None:
    """Templates, a database and a picture work as well, and the page has its style."""
    browser.get(f"{address}/tutorial/uploads.html")
    find(browser, "button.start").send_keys(ENTER)
    wait_for_text(browser, ".playground [role=status]", "Python is there.")
    send(browser, "/add", method="POST", form="title=Solaris&author=Lem")
    wait_for_text(browser, ".playground pre", "303 See Other")
    picture = tmp_path / "cover.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    find(browser, "[type=file]").send_keys(str(picture))
    send(browser, "/book/1/cover", method="POST", form="")
    wait_for_text(browser, ".playground pre", "Location: /book/1")
    find(browser, "details:last-of-type summary").click()
    editors = browser.find_elements("css selector", ".playground textarea")
    set_value = "arguments[0].value = arguments[1]"
    browser.execute_script(set_value, editors[-1], "<h1>{{ books | length }}</h1>")
    send(browser, "/", method="GET")
    wait_for_text(browser, ".playground pre", "<h1>1</h1>")
    send(browser, "/book/1", method="GET")
    wait_for_text(browser, ".playground pre", 'src="/book/1/cover"')
    assert "<style>:root" in find(browser, "iframe").get_property("srcdoc")
    keep_picture(browser, "playground-files")


def test_pages_with_more_have_none(browser: Any, address: str) -> None:
    """An application that needs what is compiled has no playground."""
    browser.get(f"{address}/tutorial/api.html")
    assert browser.find_elements("css selector", ".playground") == []
