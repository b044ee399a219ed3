"""Facts about variables on the 500 page."""

import sys
from collections import OrderedDict
from dataclasses import dataclass
from types import FrameType
from typing import Any, NoReturn

import pytest

from poorwsgi_core.results.variables import render_variables, write_value

URL = "postgres://web:pa55word@db/shop"


@dataclass
class Login:
    """A value whose repr tells what it holds."""

    user: str
    password: str


class Broken:
    """A value whose repr fails."""

    def __repr__(self) -> NoReturn:
        raise RuntimeError("no repr")


class Lying(dict[str, int]):
    """A dictionary that can't be walked through."""

    def items(self) -> Any:
        """Fail."""
        raise RuntimeError("changed meanwhile")


SECRETS: list[Any] = [
    URL,
    [URL],
    (("x" * 390) + URL,),
    {"db": URL},
    {"password": "pa55word"},
    {"passwords": ["pa55word"]},
    OrderedDict(tokens=["pa55word"]),
    b"password=pa55word&a=1",
    Login("karel", "pa55word"),
    [Login("karel", "pa55word")],
    {"HTTP_AUTHORIZATION": "pa55word"},
]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (None, "None"),
        ("it's", '"it\'s"'),
        (b"ab", "b'ab'"),
        ([1, [2, [3, [4]]]], "[1, [2, [3, [...]]]]"),
        ({"a": {"b": {"c": {"d": 1}}}}, "{'a': {'b': {'c': {\u2026}}}}"),
        ({}, "{}"),
        ({1: 2}, "{1: 2}"),
        (dict.fromkeys(range(21), 0), None),
        (Broken(), f"<{__name__}.Broken>"),
        ([Broken()], f"[<{__name__}.Broken>]"),
        (Lying(a=1), f"<{__name__}.Lying>"),
    ],
)
def test_values(value: object, text: str | None) -> None:
    """A value is written as its repr, as far as it has an end and doesn't fail."""
    written = write_value(value)
    if text is None:
        assert written.endswith("19: 0, \u2026}")
    else:
        assert written == text


@pytest.mark.parametrize("value", SECRETS)
def test_secrets_are_masked(value: object) -> None:
    """What sounds or looks secret isn't shown, however deep it is."""
    assert "pa55" not in write_value(value)


@pytest.mark.parametrize(
    "value", ["x" * 10_000, b"x" * 10_000, ["x" * 1000] * 100, range(10**9)]
)
def test_values_are_bounded(value: object) -> None:
    """No value is long."""
    assert len(write_value(value)) <= 2001


def read_frame(**variables: Any) -> FrameType:
    """Return a frame with some variables."""
    names: dict[str, Any] = {"sys": sys}
    exec("def f(): pass\nframe = sys._getframe()", names, variables)  # noqa: S102 - ours
    frame: FrameType = variables.pop("frame")
    return frame


def test_table() -> None:
    """Names and values stand in a table, escaped, the secret ones masked."""
    page = render_variables(read_frame(text="<b>", token="t0ps3cret", __name__="x"))
    assert "<code>text</code></th><td><code>&apos;&lt;b&gt;&apos;</code></td>" in page
    assert '<code>token</code></th><td><span class="masked">masked</span></td>' in page
    assert "__name__" not in page


def test_many_variables() -> None:
    """A table has an end, and none where there is nothing to show."""
    many = {f"v{number}": number for number in range(100)}
    assert render_variables(read_frame(**many)).count('scope="row"') == 50
    empty: Any = type("Frame", (), {"f_locals": {}})
    assert render_variables(empty) == ""
