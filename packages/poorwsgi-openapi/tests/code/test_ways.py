"""Unions that hold themselves are read to a level, by libraries that try all ways."""

import logging
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import Api
from poorwsgi_openapi.code.ways import count_tries, find_ways


class Plain(BaseModel):
    """A node of two kinds, which are told apart by trying."""

    child: "Plain | Named | None" = None


class Named(BaseModel):
    """The other kind."""

    child: Plain | None = None
    name: str = ""


class Leaf(BaseModel):
    """A node that is told apart by its kind."""

    kind: Literal["leaf"] = "leaf"


class Tree(BaseModel):
    """The other kind."""

    kind: Literal["tree"] = "tree"
    child: "Leaf | Tree | None" = Field(None, discriminator="kind")


def nest(levels: int) -> dict[str, Any]:
    """Build a node of so many levels."""
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"child": value}
    return value


def test_levels_of_a_union_that_holds_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Those that would take very long are refused, and the wiring tells of it."""
    app, api = Application("ways"), Api("t", "1")

    @api.post("/a")
    def take(_: Any, body: Plain) -> dict[str, str]:
        return {"is": body.__class__.__name__}

    app.install(api)
    client = Client(app)
    assert client.post("/a", json=nest(15)).json() == {"is": "Plain"}
    answer = client.post("/a", json=nest(16))
    assert answer.status_code == 400
    (fault,) = answer.json()["errors"]
    assert fault["message"] == "takes more tries to read than are allowed"
    assert "deep values are refused; give the union a discriminator" in caplog.text


def test_union_with_a_discriminator(caplog: pytest.LogCaptureFixture) -> None:
    """It is read in one way, so that any level is."""
    app, api = Application("one way"), Api("t", "1")

    @api.post("/a")
    def take(_: Any, body: Tree) -> dict[str, str]:
        return {"is": body.__class__.__name__}

    value: dict[str, Any] = {"kind": "leaf"}
    for _ in range(30):
        value = {"kind": "tree", "child": value}
    app.install(api)
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        assert Client(app).post("/a", json=value).json() == {"is": "Tree"}
    assert "discriminator" not in caplog.text


REF: dict[str, Any] = {"$ref": "#/components/schemas/A"}


@pytest.mark.parametrize(
    ("schema", "components", "expected"),
    [
        (True, {}, 0),
        ({"anyOf": [REF, REF]}, {"A": {}}, 0),
        ({"anyOf": [REF, {}]}, {"A": {"items": REF}}, 1),
        ({"anyOf": [REF, REF]}, {"A": {"items": REF}}, 2),
        ({"oneOf": [REF] * 4}, {"A": {"items": REF}}, 4),
        ({"oneOf": [REF, REF], "discriminator": {}}, {"A": {"items": REF}}, 0),
        (REF, {"A": {"anyOf": [{"$ref": "x/B"}] * 2}, "B": {"items": REF}}, 2),
    ],
)
def test_ways(schema: Any, components: Any, expected: int) -> None:
    """Members of a union that lead to themselves count, where all are tried."""
    assert find_ways(schema, components) == expected


def test_tries() -> None:
    """Each level of objects is read in so many ways as the one above it, times ways."""
    assert count_tries([[1, {"a": [{"b": []}, {}]}], {}], 3) == 1 + 2 * 3 + 1
