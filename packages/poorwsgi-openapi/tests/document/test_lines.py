"""Lines of a text, where that has any."""

from typing import Any

import pytest
import yaml

from poorwsgi_openapi.document.lines import find_lines

LOADER: Any = yaml.SafeLoader


@pytest.mark.parametrize("text", ["", "a: ["])
def test_text_without_parts(text: str) -> None:
    """What is empty, or is no YAML, has its first line."""
    assert find_lines(text, [("a",)], loader=LOADER) == {(): 1}


def test_what_is_near_the_root_is_noted_too() -> None:
    """Operations are found in one pass, whichever was asked for."""
    text = "paths:\n  /a:\n    get:\n      x: 1\n    put: {}\n"
    lines = find_lines(text, [("paths", "/a", "get")], loader=LOADER)
    assert lines["paths", "/a", "put"] == 5
    assert ("paths", "/a", "get", "x") not in lines
