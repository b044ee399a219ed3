"""Facts about JSON pointers to what doesn't fit."""

from typing import Any

import pytest

from poorwsgi_forms.json.places import follow_path, follow_steps

DOCUMENT: Any = {
    "items": [{"id": 1}, {"id": 2}],
    "a.b": {"c": 1},
    "a": {"b": 2},
    "x/y~z": 1,
    "jméno": [1],
    "1": 2,
    "n": None,
}


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("", ""),
        (".items", "/items"),
        (".items[1].id", "/items/1/id"),
        (".items[2].id", "/items"),
        (".items[0].missing", "/items/0"),
        (".a.b.c", "/a.b/c"),
        (".a.d", "/a"),
        (".x/y~z", "/x~1y~0z"),
        (".jméno[0]", "/jméno/0"),
        (".a[...]", "/a"),
        ("[...]", ""),
        ("[0]", ""),
        (".n.x", "/n"),
        (".none", ""),
    ],
)
def test_path_of_msgspec(path: str, pointer: str) -> None:
    """It is followed as far as the document goes."""
    assert follow_path(DOCUMENT, path) == pointer


@pytest.mark.parametrize(
    ("steps", "pointer"),
    [
        ((), ""),
        (("items", 1, "id"), "/items/1/id"),
        (("items", 0, "missing"), "/items/0"),
        (("items", "list[Item]", 1, "Item", "id"), "/items/1/id"),
        (("items", 2), "/items"),
        (("x/y~z",), "/x~1y~0z"),
        ((1, "[key]"), "/1"),
        (("n", "x"), "/n"),
    ],
)
def test_steps_of_pydantic(steps: Any, pointer: str) -> None:
    """What names a member of a union, or a missing field, is left out."""
    assert follow_steps(DOCUMENT, steps) == pointer
