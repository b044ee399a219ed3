"""Logging in and out in Chromium, with each session and with Digest."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from running import Example, run_example
from viewing import WIDTHS, keep_picture, read_complaints, set_width, wait_for

AGES = {
    "session": 3600,
    "poor_session": 3600,
    "aes_session": 3600,
    "server_session": 86400,
}
STATUS = "performance.getEntriesByType('navigation')[0].responseStatus"


@pytest.fixture(scope="module", params=AGES)
def example(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Example]]:
    """Run each example with a login form."""
    name: str = request.param
    with run_example(name, tmp_path_factory.mktemp(name)) as example:
        yield name, example


@pytest.fixture
def visitor(browser: Any, example: tuple[str, Example]) -> Any:
    """Open the private page with a browser that was never there."""
    browser.get(f"http://{example[1].address}/private")
    browser.delete_all_cookies()
    browser.refresh()
    return browser


def wait_for_path(browser: Any, path: str) -> None:
    """Wait until a page of this path has come, and is complete."""
    wait_for(browser, "[document.readyState, location.pathname]", ["complete", path])


def log_in(browser: Any, password: str) -> None:
    """Type into what has the focus, as a person does, and send the form."""
    from selenium.webdriver.common.keys import Keys

    # The focus comes with the first picture of a page, maybe after its load.
    wait_for(browser, "document.activeElement?.tagName", "INPUT")
    focused = browser.switch_to.active_element
    if focused.get_attribute("name") == "username":
        focused.send_keys("ann", Keys.TAB)
    browser.switch_to.active_element.send_keys(password, Keys.ENTER)


def click(browser: Any, text: str) -> None:
    """Click the button of this text."""
    browser.find_element("xpath", f"//button[text()='{text}']").click()


def keep_pictures(browser: Any, name: str) -> None:
    """Save pictures of both widths; nothing is cut off in either."""
    for size, width in WIDTHS.items():
        set_width(browser, width)
        code = "return document.documentElement.scrollWidth"
        assert browser.execute_script(code) <= width
        keep_picture(browser, f"{name}-{size}")
    set_width(browser, WIDTHS["wide"])


def test_login_and_logout(visitor: Any, example: tuple[str, Example]) -> None:
    """The wrong password is told, the right one opens, the log out closes."""
    name, running = example
    assert visitor.current_url.endswith("/login")
    keep_pictures(visitor, f"{name}-login")
    log_in(visitor, "guess")
    alert = "document.querySelector('[role=alert]')?.textContent"
    wait_for(visitor, alert, "Name or password is wrong.")
    assert visitor.find_element("name", "username").get_attribute("value") == "ann"
    keep_pictures(visitor, f"{name}-wrong")
    log_in(visitor, "secret")
    wait_for_path(visitor, "/private")
    assert "ann" in visitor.find_element("css selector", "td").text
    keep_pictures(visitor, f"{name}-private")
    (cookie,) = visitor.get_cookies()
    click(visitor, "Log out")
    wait_for_path(visitor, "/login")
    assert cookie["value"] not in [each["value"] for each in visitor.get_cookies()]
    visitor.get(f"http://{running.address}/private")
    assert visitor.current_url.endswith("/login")
    assert read_complaints(visitor) == []


def test_back_after_the_logout(visitor: Any, example: tuple[str, Example]) -> None:
    """The browser has kept no private page that its back button would show."""
    private = f"http://{example[1].address}/private"
    log_in(visitor, "secret")
    wait_for_path(visitor, "/private")
    for _ in range(2):
        visitor.get(f"http://{example[1].address}/")
        visitor.get(private)
    click(visitor, "Log out")
    wait_for_path(visitor, "/login")
    for _ in range(5):
        visitor.back()
        assert visitor.find_elements("xpath", "//td[text()='ann']") == []


def test_cookie(visitor: Any, example: tuple[str, Example]) -> None:
    """The browser sees the flags, and no script sees the cookie."""
    name, running = example
    log_in(visitor, "secret")
    wait_for_path(visitor, "/private")
    (cookie,) = visitor.get_cookies()
    now = visitor.execute_script("return Date.now() / 1000")
    flags = {key: cookie[key] for key in ("name", "httpOnly", "path", "sameSite")}
    assert flags == {
        "name": "SESSID",
        "httpOnly": True,
        "path": "/",
        "sameSite": "Lax",
    }
    assert cookie["secure"] is False
    assert cookie["domain"] == running.address.partition(":")[0]
    assert 0 < cookie["expiry"] - now <= AGES[name] + 1
    assert visitor.execute_script("return document.cookie") == ""


def test_post_of_another_site(visitor: Any, example: tuple[str, Example]) -> None:
    """A form of another origin sends no cookie, so nobody is logged out."""
    log_in(visitor, "secret")
    wait_for_path(visitor, "/private")
    target = f"http://{example[1].address}/logout"
    form = f'<form method="post" action="{target}"><button>Win</button></form>'
    visitor.get(f"data:text/html,{quote(form)}")
    click(visitor, "Win")
    wait_for(visitor, "[document.readyState, location.protocol]", ["complete", "http:"])
    visitor.get(f"http://{example[1].address}/private")
    assert visitor.current_url.endswith("/private")


# --- two browsers ----------------------------------------------------------------


@pytest.fixture
def other_browser(driver_path: str, tmp_path: Path) -> Iterator[Any]:
    """Start a browser with a profile of its own."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"):
        options.add_argument(flag)
    options.add_argument("--disable-dev-shm-usage")
    options.add_argument(f"--user-data-dir={tmp_path / 'profile'}")
    driver: Any = webdriver.Chrome(options, webdriver.ChromeService(driver_path))
    try:
        yield driver
    finally:
        driver.quit()


def test_log_out_everywhere(browser: Any, other_browser: Any, tmp_path: Path) -> None:
    """Another browser is logged out too; a plain log out leaves it alone."""
    with run_example("server_session", tmp_path) as example:
        for each in (browser, other_browser):
            each.get(f"http://{example.address}/private")
            log_in(each, "secret")
            wait_for_path(each, "/private")
        click(other_browser, "Log out")
        wait_for_path(other_browser, "/login")
        browser.refresh()
        wait_for_path(browser, "/private")
        log_in(other_browser, "secret")
        wait_for_path(other_browser, "/private")
        click(other_browser, "Log out everywhere")
        wait_for_path(other_browser, "/login")
        browser.refresh()
        wait_for_path(browser, "/login")
        assert browser.find_elements("css selector", "td") == []


# --- Digest ----------------------------------------------------------------------


@pytest.fixture
def digest(tmp_path: Path) -> Iterator[Example]:
    """Run the example of Digest; on a port for which no password is remembered."""
    with run_example("http_digest", tmp_path) as example:
        yield example


@pytest.fixture
def sign_in(browser: Any, digest: Example) -> Callable[[str, str, str], int]:
    """Return a function that opens a page with name and password, for a status."""

    def open_page(path: str, name: str, password: str) -> int:
        user = f"{quote(name)}:{quote(password)}"
        browser.get(f"http://{user}@{digest.address}{quote(path)}")
        return int(browser.execute_script(f"return {STATUS}"))

    return open_page


@pytest.mark.parametrize(
    ("path", "name", "password"),
    [
        ("/user", "user", "secret"),
        ("/user", "žofie", "heslo s mezerou"),
        ("/admin", "admin", "admin"),
        ("/spaces in path", "user", "secret"),
        ("/crying 😢", "user", "secret"),
    ],
)
def test_digest_with_the_right_password(
    browser: Any,
    sign_in: Callable[[str, str, str], int],
    path: str,
    name: str,
    password: str,
) -> None:
    """The browser proves it, and the page knows who it is."""
    assert sign_in(path, name, password) == 200
    assert browser.find_element("css selector", "td").text == name
    keep_pictures(browser, f"digest-{path.strip('/').split()[0]}")


@pytest.mark.parametrize(
    ("name", "password"), [("user", "guess"), ("eve", "secret"), ("admin", "admin")]
)
def test_digest_with_a_wrong_password(
    browser: Any, sign_in: Callable[[str, str, str], int], name: str, password: str
) -> None:
    """The browser would ask again; without an answer nothing of the page is shown."""
    assert sign_in("/user", name, password) == 401
    assert browser.find_elements("css selector", "td") == []


def test_digest_of_a_form(
    browser: Any, sign_in: Callable[[str, str, str], int]
) -> None:
    """A post is signed too; behind it the old password is wrong."""
    assert sign_in("/foo", "foo", "bar") == 200
    keep_pictures(browser, "digest-foo")
    browser.find_element("name", "password").send_keys("better")
    click(browser, "Change")
    wait_for(browser, STATUS, 401)
    assert browser.current_url.endswith("/foo")
    assert sign_in("/foo", "foo", "better") == 200


@pytest.mark.parametrize("size", WIDTHS)
def test_digest_index(browser: Any, digest: Example, size: str) -> None:
    """The first page fits, and asks for no password."""
    set_width(browser, WIDTHS[size])
    browser.get(f"http://{digest.address}/")
    code = "return document.documentElement.scrollWidth"
    assert browser.execute_script(code) <= WIDTHS[size]
    assert read_complaints(browser) == []
    keep_picture(browser, f"digest-{size}")
