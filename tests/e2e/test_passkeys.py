"""Passkeys in Chromium, with an authenticator that it plays itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running import Example, run_example
from viewing import wait_for_text, wait_until


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Example]:
    """Run the example."""
    with run_example("passkeys", tmp_path) as example:
        yield example


@pytest.fixture
def authenticator(browser: Any) -> Iterator[str]:
    """Plug in a device whose user is there, and whose finger is the right one."""
    browser.execute_cdp_cmd("WebAuthn.enable", {})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = browser.execute_cdp_cmd(
        "WebAuthn.addVirtualAuthenticator", {"options": options}
    )
    yield added["authenticatorId"]
    browser.execute_cdp_cmd("WebAuthn.disable", {})


def click(browser: Any, text: str) -> None:
    """Click the button of this text."""
    browser.find_element("xpath", f"//button[text()='{text}']").click()


def log_out(browser: Any) -> None:
    """Log out, and wait for the page without a name."""
    click(browser, "Log out")
    wait_until(lambda: not browser.find_elements("css selector", "main table"))


def test_passkey_logs_in(browser: Any, example: Example, authenticator: str) -> None:
    """Registration with a name, logins without; a copied key is refused."""
    port = example.address.rpartition(":")[2]
    browser.get(f"http://localhost:{port}/")
    browser.find_element("name", "name").send_keys("Jana")
    click(browser, "Register a passkey")
    wait_for_text(browser, "table", "Jana")
    log_out(browser)
    click(browser, "Log in with a passkey")
    wait_for_text(browser, "table", "Jana")
    log_out(browser)
    named = {"authenticatorId": authenticator}
    answer = browser.execute_cdp_cmd("WebAuthn.getCredentials", named)
    (credential,) = answer["credentials"]
    assert (credential["rpId"], credential["signCount"]) == ("localhost", 2)
    browser.execute_cdp_cmd("WebAuthn.clearCredentials", named)
    browser.execute_cdp_cmd(
        "WebAuthn.addCredential",
        {**named, "credential": {**credential, "signCount": 0}},
    )
    click(browser, "Log in with a passkey")
    wait_for_text(browser, "output", "The server refused it.")
    browser.execute_cdp_cmd(
        "WebAuthn.setUserVerified", {**named, "isUserVerified": False}
    )
    click(browser, "Log in with a passkey")
    wait_until(
        lambda: (
            browser.find_element("css selector", "output").text
            not in ("", "The server refused it.")
        )
    )
    assert not browser.find_elements("css selector", "table")
