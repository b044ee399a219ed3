"""Each nginx configuration that is shown keeps what clients say of themselves away."""

import re
from pathlib import Path

import pytest

from poorwsgi_core import Application

ROOT = Path(__file__).resolve().parent.parent
BLOCKS = re.compile(r"^```nginx\n(.+?)^```", re.MULTILINE | re.DOTALL)
SHOWN = {
    f"{path.relative_to(ROOT)}:{number}": block
    for path in sorted(ROOT.glob("docs/**/*.md"))
    for number, block in enumerate(BLOCKS.findall(path.read_text("utf-8")))
} | {"tracker": (ROOT / "examples" / "tracker" / "nginx.conf").read_text("utf-8")}
LOCATIONS = {
    f"{name} {place}": body
    for name, block in SHOWN.items()
    for place, body in re.findall(r"location ([^{]+) \{([^}]+)\}", block)
    if "proxy_pass" in body
}
"""Where requests are handed on."""


def read_values(body: str, name: str) -> list[str]:
    """Return what is said by each directive of a name."""
    return re.findall(rf"^ *{name} (.+);$", body, re.MULTILINE)


@pytest.mark.parametrize("name", LOCATIONS)
def test_fields_of_proxies(name: str) -> None:
    """Where a request is handed on, all fields that are believed are set."""
    said = read_values(LOCATIONS[name], "proxy_set_header")
    fields = [text.split()[0].lower() for text in said]
    assert {"host", *Application().trusted_fields} <= {*fields}
    assert len(fields) == len({*fields})


def test_files() -> None:
    """Where nginx has files, it keeps hidden ones and links back, and adds nosniff."""
    sites = [block for block in SHOWN.values() if "\n    root " in block]
    assert len(sites) == 2
    for site in sites:
        assert read_values(site, "disable_symlinks") == ["on from=$document_root"]
        assert read_values(site, "add_header") == ["X-Content-Type-Options nosniff"]
        assert r"location ~ /\.(?!well-known/) {" in site


@pytest.mark.parametrize(
    ("shown", "program", "limit"),
    [
        (
            "docs/tutorial/deployment.md:0",
            "tutorial/bookshelf.py",
            r"max_content_length = (\d+) \* 1024 \* 1024",
        ),
        ("tracker", "tracker/settings.py", r"max_upload: int = (\d+) \* 1024\*\*2"),
    ],
)
def test_size_of_bodies(shown: str, program: str, limit: str) -> None:
    """Nginx lets no more through than the application takes."""
    text = (ROOT / "examples" / program).read_text("utf-8")
    expected = [f"{number}m" for number in re.findall(limit, text)]
    assert read_values(SHOWN[shown], "client_max_body_size") == expected
    assert len(expected) == 1
