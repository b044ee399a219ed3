"""What a schema asks of a value, in words: its type, its limits, its choices."""

import json
from collections.abc import Iterator
from typing import Any

from poorwsgi_core.results import html_escape
from poorwsgi_openapi.document.outline import as_list, as_map, list_types

__all__ = ["describe_limits", "describe_values", "show_value"]

_RANGES = {
    "string": ("minLength", "maxLength", "character"),
    "array": ("minItems", "maxItems", "item"),
    "object": ("minProperties", "maxProperties", "property"),
}
_PLURALS = {"property": "properties"}
_RARE = (
    "not",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
)


def show_value(value: Any) -> str:
    """Write a value as one line of code."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return f"<code>{html_escape(text)}</code>"


def describe_limits(schema: dict[str, Any]) -> list[str]:
    """List the limits of a schema as HTML, in the order people ask for them."""
    limits = [*_describe_numbers(schema)]
    for low, high, unit in _RANGES.values():
        limits += _describe_range(schema.get(low), schema.get(high), unit)
    if schema.get("uniqueItems") is True:
        limits.append("no item twice")
    if isinstance(schema.get("multipleOf"), int | float):
        limits.append(f"a multiple of {show_value(schema['multipleOf'])}")
    if isinstance(schema.get("pattern"), str):
        limits.append(f"matches <code>{html_escape(schema['pattern'])}</code>")
    if isinstance(schema.get("contentMediaType"), str):
        limits.append(f"holds <code>{html_escape(schema['contentMediaType'])}</code>")
    if isinstance(schema.get("contentEncoding"), str):
        limits.append(f"in <code>{html_escape(schema['contentEncoding'])}</code>")
    rare = [key for key in _RARE if key in schema]
    limits += [f"<code>{key}</code> {show_value(schema[key])}" for key in rare]
    items = as_map(schema.get("items"))
    if items:
        limits += [f"each {limit}" for limit in describe_limits(items)]
    return limits


def _describe_range(low: Any, high: Any, unit: str) -> Iterator[str]:
    """Say how long, or how many: ``1 to 64 characters``."""
    low = low if isinstance(low, int) and low > 0 else None
    if low is None and not isinstance(high, int):
        return
    last = low if high is None else high
    name = unit if last == 1 else _PLURALS.get(unit, f"{unit}s")
    if low is None:
        yield f"at most {high} {name}"
    elif high is None:
        yield f"at least {low} {name}"
    else:
        yield f"{low} {name}" if low == high else f"{low} to {high} {name}"


def _describe_numbers(schema: dict[str, Any]) -> Iterator[str]:
    signs = (
        ("minimum", "exclusiveMinimum", "&ge;", "&gt;"),
        ("maximum", "exclusiveMaximum", "&le;", "&lt;"),
    )
    for key, exclusive, sign, strict_sign in signs:
        limit, strict = schema.get(key), schema.get(exclusive)
        if isinstance(limit, int | float):
            # 3.0 has a flag beside the limit, 3.1 a limit of its own.
            yield f"{strict_sign if strict is True else sign}&nbsp;{limit}"
        if isinstance(strict, int | float) and not isinstance(strict, bool):
            yield f"{strict_sign}&nbsp;{strict}"


def describe_values(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a label and HTML of the values that a schema names."""
    if "const" in schema:
        yield "Always", show_value(schema["const"])
    choices = as_list(schema.get("enum"))
    if not choices and as_map(schema.get("items")):
        choices = as_list(as_map(schema.get("items")).get("enum"))
    if choices:
        yield "One of", " ".join(map(show_value, choices))
    if "default" in schema:
        yield "Default", show_value(schema["default"])
    examples = as_list(schema.get("examples"))
    if "example" in schema:
        examples = [schema["example"]]
    if examples and not _is_structured(schema):
        yield "Example", " ".join(map(show_value, examples))


def _is_structured(schema: dict[str, Any]) -> bool:
    """Tell a schema whose example is long; it stands beside, as a sample."""
    return "object" in list_types(schema) or "properties" in schema
