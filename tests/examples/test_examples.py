"""Facts of all examples: each starts, has a page that says what it shows, and links."""

import re
from pathlib import Path

import pytest
from running import EXAMPLES, run_example

# Modules of the examples that are no examples themselves.
PARTS = {
    *("launch", "look", "simple_form", "simple_index", "simple_ranges"),
    *("profiled", "websocket_servers"),  # profiled is simple, all but its start
}
NAMES = sorted({path.stem for path in EXAMPLES.glob("*.py")} - PARTS)


@pytest.mark.parametrize("name", NAMES)
def test_each_has_applications_for_servers(name: str) -> None:
    """A server may be told ``app`` as well as ``application``."""
    source = (EXAMPLES / f"{name}.py").read_text("utf-8")
    assert re.search(r"^(app = )?application = ", source, re.MULTILINE)
    assert re.search(r"^app = ", source, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_start_page(name: str, tmp_path: Path) -> None:
    """It is valid for a strict policy, says what is shown, and its links lead on."""
    with run_example(name, tmp_path) as example:
        answer = example.get("/")
        assert answer.status == 200
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert re.search(r"<h1>[^<]+</h1>\n<p>[^<]+</p>", answer.text)
        for link in ("style.css", "favicon.ico", "source"):
            assert f'href="{link}"' in answer.text
            assert example.get(f"/{link}").status == 200
        assert example.get("/source").body == (EXAMPLES / f"{name}.py").read_bytes()
