"""The documentation page of an API, in Chromium: it works without a script."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from viewing import WIDTHS, keep_picture, set_width

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SECTIONS = ("", "#op-listPets", "#op-addPet", "#all-schemas", "#contents")


@pytest.fixture(scope="module")
def pets() -> Iterator[str]:
    """Run examples/pets.py on a free port; gives the address of its page."""
    code = "import pets; from poorwsgi_core.server import run; run(pets.app, port=0)"
    with subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(
                [str(EXAMPLES), os.environ.get("PYTHONPATH", "")]
            ),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield f"{line.split()[2].rstrip('/')}/docs"
        process.terminate()


def show(browser: Any, url: str, width: int) -> None:
    """Load a page at a width."""
    set_width(browser, width)
    # Another fragment alone would not load the page again.
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get(url)


def read(browser: Any, code: str, *arguments: Any) -> Any:
    """Return the value of an expression."""
    return browser.execute_script(f"return {code}", *arguments)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("size", WIDTHS)
def test_page_is_styled_and_fits(
    browser: Any, pets: str, section: str, size: str
) -> None:
    """The policy lets the style in, nothing complains, nothing is cut off."""
    show(browser, pets + section, WIDTHS[size])
    family = read(browser, "getComputedStyle(document.body).fontFamily")
    assert family.startswith("system-ui")
    assert read(browser, "document.documentElement.scrollWidth") <= WIDTHS[size]
    complaints = [
        entry["message"]
        for entry in browser.get_log("browser")
        if "favicon" not in entry["message"]
    ]
    assert complaints == []
    keep_picture(browser, f"docs{section.replace('#', '-')}-{size}")


def test_everything_unfolded_fits_a_phone(browser: Any, pets: str) -> None:
    """A phone needn't scroll sideways, whatever is unfolded."""
    show(browser, pets, WIDTHS["phone"])
    read(browser, "document.querySelectorAll('details').forEach(e => e.open = true)")
    assert read(browser, "document.documentElement.scrollWidth") <= WIDTHS["phone"]


def test_anchors_lead_somewhere(browser: Any, pets: str) -> None:
    """Each link inside of the page has its target, and each id is there once."""
    show(browser, pets, WIDTHS["wide"])
    links = read(
        browser, "[...document.querySelectorAll('a[href^=\"#\"]')].map(e => e.hash)"
    )
    ids = read(browser, "[...document.querySelectorAll('[id]')].map(e => '#' + e.id)")
    assert len(links) > 20
    assert set(links) - set(ids) == set()
    assert len(ids) == len(set(ids))


def test_links_to_the_document_work(browser: Any, pets: str) -> None:
    """The document can be had from the page."""
    show(browser, pets, WIDTHS["wide"])
    links = read(browser, "[...document.querySelectorAll('.facts a')].map(e => e.href)")
    assert {link.rpartition("/")[2] for link in links} >= {
        "openapi.json",
        "openapi.yaml",
    }
    show(browser, links[0], WIDTHS["wide"])
    assert "listPets" in browser.page_source


def test_contents_of_a_phone(browser: Any, pets: str) -> None:
    """The contents cover the page when asked for, and go when a link is followed."""
    show(browser, pets, WIDTHS["phone"])
    contents = browser.find_element("id", "contents")
    assert not contents.is_displayed()
    browser.find_element("css selector", ".bar a[href='#contents']").click()
    assert contents.is_displayed()
    browser.find_element("css selector", "nav a[href='#op-addPet']").click()
    assert not contents.is_displayed()


def test_colours_follow_the_scheme(browser: Any, pets: str, scheme: str) -> None:
    """A dark page has a dark background, a light one a light one."""
    show(browser, pets, WIDTHS["wide"])
    colour = read(browser, "getComputedStyle(document.body).backgroundColor")
    red = int(colour.partition("(")[2].partition(",")[0])
    assert (red < 128) == (scheme == "dark")


@pytest.mark.usefixtures("scheme")
def test_contrast(browser: Any, pets: str) -> None:
    """Text can be read: 4.5 to 1 at least, against what is behind it (WCAG AA)."""
    show(browser, pets, WIDTHS["wide"])
    faint = browser.execute_script(CONTRAST)
    assert faint == []


CONTRAST = """
const paint = document.createElement('canvas').getContext('2d');
const parse = text => {
  paint.clearRect(0, 0, 1, 1); paint.fillStyle = text; paint.fillRect(0, 0, 1, 1);
  return [...paint.getImageData(0, 0, 1, 1).data];
};
const light = colour => colour.slice(0, 3)
  .map(v => v / 255)
  .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const behind = element => {
  if (!element) return [255, 255, 255, 255];
  const own = parse(getComputedStyle(element).backgroundColor);
  if (own[3] === 255) return own;
  const below = behind(element.parentElement), share = own[3] / 255;
  return own.map((v, i) => i === 3 ? 255 : v * share + below[i] * (1 - share));
};
const found = new Set();
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  if (!own || !element.checkVisibility()) continue;
  const text = light(parse(getComputedStyle(element).color));
  const back = light(behind(element));
  const ratio = (Math.max(text, back) + .05) / (Math.min(text, back) + .05);
  if (ratio < 4.5)
    found.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
}
return [...found];
"""
