"""Facts of all examples: each starts, has a page, and links."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from running import EXAMPLES, run_example

SOURCES = {path.stem: path.read_text("utf-8") for path in EXAMPLES.glob("*.py")}
PROGRAMS = sorted(name for name, text in SOURCES.items() if "__main__" in text)
NO_LOOK = {"upload"}  # it is for users, not for readers of its source
WITH_LOOK = sorted({*PROGRAMS} - NO_LOOK)
LOADED = re.compile(r'<(?:link|script|img)\s[^>]*?(?:href|src)="([^"]+)"')


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_has_applications_for_servers(name: str) -> None:
    """A server may be told ``app`` as well as ``application``."""
    assert re.search(r"^(app = )?application = ", SOURCES[name], re.MULTILINE)
    assert re.search(r"^app = ", SOURCES[name], re.MULTILINE)


@pytest.mark.parametrize("name", PROGRAMS)
def test_start_page(name: str, tmp_path: Path) -> None:
    """It has a strict policy and keeps to it, a heading, and all that it loads."""
    with run_example(name, tmp_path) as example:
        answer = example.get("/")
        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
        assert re.match("default-src '(none|self)'", policy)
        assert "unsafe" not in policy
        assert re.search(r"<style|<script>|\s(style|on\w+)=", answer.text) is None
        assert re.search(r"<h1>[^<]+</h1>", answer.text)
        loaded = LOADED.findall(answer.text)
        assert len(loaded) >= 2
        assert {path: example.get(urljoin("/", path)).status for path in loaded} == (
            dict.fromkeys(loaded, 200)
        )


@pytest.mark.parametrize("name", WITH_LOOK)
def test_look(name: str, tmp_path: Path) -> None:
    """The page says what is shown, and its source can be read."""
    with run_example(name, tmp_path) as example:
        answer = example.get("/")
        assert re.search(r"<h1>[^<]+</h1>\n<p>[^<]+</p>", answer.text)
        assert 'href="source"' in answer.text
        # The demonstration is shown under a profiler too.
        shown = SOURCES["simple" if name == "profiled" else name]
        assert example.get("/source").body == shown.encode()
