"""Facts of all examples: each starts, has a page that says what it shows, and links."""

import re
from pathlib import Path

import pytest
from running import EXAMPLES, run_example

SOURCES = {path.stem: path.read_text("utf-8") for path in EXAMPLES.glob("*.py")}
PROGRAMS = sorted(name for name, text in SOURCES.items() if "__main__" in text)
WITH_LOOK = sorted(name for name, text in SOURCES.items() if "Look(__file__)" in text)


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_has_applications_for_servers(name: str) -> None:
    """A server may be told ``app`` as well as ``application``."""
    assert re.search(r"^(app = )?application = ", SOURCES[name], re.MULTILINE)
    assert re.search(r"^app = ", SOURCES[name], re.MULTILINE)


@pytest.mark.parametrize("name", WITH_LOOK)
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
        assert example.get("/source").body == SOURCES[name].encode()
