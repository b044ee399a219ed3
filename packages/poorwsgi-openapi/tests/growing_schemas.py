"""A family of schemas that multiply the work of a validator by each level.

Each has a component ``Node`` that refers to itself, a value of so many levels that
fits, and one that doesn't.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

__all__ = ["FAMILY", "Growing", "document"]

NODE = {"$ref": "#/components/schemas/Node"}
CHILD: dict[str, Any] = {"type": "object", "properties": {"child": NODE}}
NAMED: dict[str, Any] = CHILD | {
    "properties": {"child": NODE, "name": {"type": "string"}}
}
ANY = {"anyOf": [NODE, {"type": "string"}]}
LEAF: dict[str, Any] = {"type": "object", "required": ["text"]}


class Growing(NamedTuple):
    """A schema of the family.

    Attributes:
        name: of the test.
        node: schema of ``Node``.
        key: property in which the next level is.
        is_list: the next level is a list.
    """

    name: str
    node: dict[str, Any]
    key: str = "child"
    is_list: bool = False

    def value(self, levels: int, leaf: Any) -> Any:
        """Make a value of so many levels."""
        value = leaf
        for _ in range(levels):
            value = {"type": "element", self.key: [value] if self.is_list else value}
        return value


def _variant(kind: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"const": kind},
            "children": {"type": "array", "items": NODE},
        },
    }


def _union(keyword: str) -> Growing:
    variants = [_variant("element"), _variant("fragment"), _variant("leaf")]
    return Growing(f"{keyword} of trees", {keyword: variants}, "children", is_list=True)


_BOTH: Callable[[str], dict[str, Any]] = lambda keyword: {keyword: [CHILD, NAMED]}  # noqa: E731
FAMILY = [
    _union("oneOf"),
    _union("anyOf"),
    Growing("anyOf that share", _BOTH("anyOf") | {"type": "object"}),
    Growing("oneOf of required", {"oneOf": [CHILD | {"required": ["child"]}, LEAF]}),
    Growing("allOf that share", _BOTH("allOf")),
    Growing("allOf and typed", {"type": "object", **_BOTH("allOf")}),
    Growing("not", CHILD | {"not": CHILD | {"required": ["text", "child"]}}),
    Growing(
        "unevaluatedProperties",
        {
            "allOf": [CHILD],
            "properties": {"type": {}, "n": {}},
            "unevaluatedProperties": False,
        },
    ),
    Growing(
        "unevaluatedProperties that are typed",
        {"anyOf": [CHILD, NAMED], "unevaluatedProperties": {"type": "string"}},
    ),
    Growing(
        "unevaluatedItems",
        {
            "type": "object",
            "properties": {
                "child": {
                    "type": "array",
                    "anyOf": [{"prefixItems": [NODE]}, {"contains": NODE}],
                    "unevaluatedItems": False,
                }
            },
        },
        is_list=True,
    ),
    Growing("if and then", {"if": CHILD, "then": CHILD, "else": NAMED}),
    Growing(
        "if by a property",
        {
            "if": {"required": ["child"], "properties": {"child": NODE}},
            "then": {"properties": {"child": NODE}},
            "else": {"type": "object"},
        },
    ),
    Growing(
        "dependentSchemas",
        CHILD | {"dependentSchemas": {"type": CHILD, "child": NAMED}},
    ),
    Growing(
        "additionalProperties",
        {
            "type": "object",
            "anyOf": [
                {"additionalProperties": {"anyOf": [NODE, {"type": "string"}]}},
                CHILD,
            ],
        },
    ),
    Growing(
        "patternProperties",
        {"type": "object", "patternProperties": {"^c": NODE, "d$": NODE}},
    ),
    Growing(
        "uniqueItems",
        {
            "type": "object",
            "properties": {
                "child": {"type": "array", "items": NODE, "uniqueItems": True}
            },
        },
        is_list=True,
    ),
]
"""The family; see each one's name."""


def document(
    node: Mapping[str, Any], version: str = "3.1.1", schema: Any = NODE
) -> dict[str, Any]:
    """Build a document whose POST /a takes a ``Node`` and answers with one."""
    content = {"application/json": {"schema": schema}}
    return {
        "openapi": version,
        "info": {"title": "t", "version": "1"},
        "components": {"schemas": {"Node": node}},
        "paths": {
            "/a": {
                "post": {
                    "requestBody": {"required": True, "content": content},
                    "responses": {"200": {"description": "x", "content": content}},
                }
            }
        },
    }
