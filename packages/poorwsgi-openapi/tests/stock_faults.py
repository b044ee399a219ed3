"""What openapi-core reads otherwise than OpenAPI has it, and so otherwise than we."""

import re
from typing import Any

__all__ = ["is_odd_numeral", "is_read_alike"]


_NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?"
"""A number that is read alike: 1.0 and 1e0 are integers to us alone."""


def is_odd_numeral(text: str) -> bool:
    """Tell what Python reads as a number, and we don't (see ``numerals``)."""
    try:
        float(text)
    except ValueError:
        return False
    return re.fullmatch(_NUMBER, text) is None


def is_read_alike(node: dict[str, Any], texts: list[str]) -> bool:
    """Tell that openapi-core reads a style without a fault (see test_styles)."""
    if "content" in node:
        return True
    place, kind = node["in"], node["schema"]["type"]
    style = node.get("style", "simple" if place in ("path", "header") else "form")
    explode = node.get("explode", style == "form")
    if style == "deepObject":
        return kind == "object" and bool(explode)
    if style.endswith("Delimited"):
        return (
            style == "pipeDelimited" and kind == "array" and not explode and all(texts)
        )
    if kind == "array":
        has_blanks = place == "header" and any(" " in text for text in texts)
        return all(texts) and not has_blanks and place != "cookie"
    if kind == "object":
        delimiter = "[,.]" if style == "label" else ","
        pairs = re.split(delimiter, "".join(texts))
        is_whole = len(pairs) % 2 == 0 and all(texts)
        return not explode and is_whole and len(texts) == 1
    return True
