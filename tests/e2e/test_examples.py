"""Examples in Chromium: pages that fit and obey their policy, and what they do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running import Example, run_example
from viewing import WIDTHS, keep_picture, read_complaints, set_width, wait_for_text

NAMES = (
    *("simple_json", "metrics", "response_closed", "large_file", "put_file"),
    *("websocket", "resumable", "passkeys"),
)


@pytest.fixture(scope="module", params=NAMES)
def example(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Example]]:
    """Run each example."""
    name: str = request.param
    with run_example(name, tmp_path_factory.mktemp(name)) as example:
        yield name, example


@pytest.mark.parametrize("size", WIDTHS)
def test_page_is_styled_and_fits(
    browser: Any, example: tuple[str, Example], size: str
) -> None:
    """Nothing is cut off, and the policy refuses nothing of the page's own."""
    name, running = example
    set_width(browser, WIDTHS[size])
    browser.get(f"http://{running.address}/")
    code = "return document.documentElement.scrollWidth"
    assert browser.execute_script(code) <= WIDTHS[size]
    assert read_complaints(browser) == []
    keep_picture(browser, f"{name}-{size}")


def say(browser: Any, name: str, text: str) -> None:
    """Write into the form of the chat, and send it."""
    for field, value in (("name", name), ("text", text)):
        element = browser.find_element("name", field)
        element.clear()
        element.send_keys(value)
    browser.find_element("css selector", "#chat button").click()


def test_chat_between_two_tabs(browser: Any, tmp_path: Path) -> None:
    """What one tab says both show; one that comes back is told again."""
    with run_example("websocket", tmp_path) as example:
        address = f"http://{example.address}/"
        browser.get(address)
        first = browser.current_window_handle
        wait_for_text(browser, "#people", "Nobody else")
        browser.switch_to.new_window("tab")
        second = browser.current_window_handle
        browser.get(address)
        wait_for_text(browser, "#people", "2 are here")
        say(browser, "Karel", "Is anybody there? <b>😀</b>")
        wait_for_text(browser, "#messages", "Karel Is anybody there? <b>😀</b>")
        browser.switch_to.window(first)
        wait_for_text(browser, "#messages", "Karel Is anybody there? <b>😀</b>")
        say(browser, "Jana", "Yes, here I am.")
        browser.switch_to.window(second)
        wait_for_text(browser, "#messages", "Jana Yes, here I am.")
        browser.refresh()
        wait_for_text(browser, "#messages", "Jana Yes, here I am.")
        browser.close()
        browser.switch_to.window(first)
        wait_for_text(browser, "#people", "Nobody else")
        browser.execute_script("scrollTo(0, 0)")
        keep_picture(browser, "chat")
        messages = browser.find_element("id", "messages").text.split("\n")
        assert [line.partition(" ")[0] for line in messages] == ["Karel", "Jana"]


def test_put_of_a_file(browser: Any, tmp_path: Path) -> None:
    """The script of the page sends the chosen file, and shows the answer."""
    file = tmp_path / "a b (1).txt"
    file.write_text("hello")
    folder = tmp_path / "upload"
    with run_example("put_file", tmp_path, app_upload=str(folder)) as example:
        browser.get(f"http://{example.address}/")
        browser.find_element("css selector", "input[type=file]").send_keys(str(file))
        browser.find_element("css selector", "#put button").click()
        wait_for_text(browser, "output", "a_b__1_.txt: 5 bytes, sha256 2cf24dba")
        assert (folder / "a_b__1_.txt").read_text() == "hello"


def test_upload_by_a_form(browser: Any, tmp_path: Path) -> None:
    """A form of the page goes where its button says."""
    file = tmp_path / "note.txt"
    file.write_text("hello")
    with run_example("large_file", tmp_path) as example:
        for path, title in (("blackhole", "Counted"), ("temporary", "Stored for")):
            browser.get(f"http://{example.address}/")
            choose = browser.find_element("css selector", "input[type=file]")
            choose.send_keys(str(file))
            browser.find_element("css selector", f"button[formaction={path}]").click()
            wait_for_text(browser, "h1", title)
            assert "2cf24dba" in browser.find_element("css selector", "table").text
