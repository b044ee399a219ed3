"""Code of the page: example values as text, with their syntax in colours."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from poorwsgi_core.results import html_escape
from poorwsgi_openapi.document.outline import (
    Outline,
    as_list,
    as_map,
    as_text,
    media_name,
    reference_name,
)
from poorwsgi_openapi.document.pointers import write_value
from poorwsgi_openapi.document.sequences import is_sequential, write_items

__all__ = ["build_code", "format_json", "format_value", "is_json", "write_form"]

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\]|\\.)*")(?P<colon>\s*:)?'
    r"|(?P<word>\b(?:true|false|null)\b)|(?P<number>-?\b\d[\d.eE+-]*)"
)
_MOST_COLOURED = 20_000
_XML_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


def is_json(media_type: str) -> bool:
    """Tell a media type of JSON, such as ``application/problem+json``."""
    kind = media_name(media_type)
    return kind.endswith(("/json", "+json"))


def format_json(value: Any) -> str:
    """Write a value as JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def format_value(
    outline: Outline, media_type: str, value: Any, schema: Any = None
) -> str:
    """Write an example as it is sent in a media type."""
    kind = media_name(media_type)
    is_xml = kind.endswith(("/xml", "+xml"))
    if isinstance(value, str) and (
        value.lstrip().startswith("<") if is_xml else not is_json(media_type)
    ):
        return value
    if is_sequential(kind):
        return write_items(kind, value)
    if is_xml:
        return "\n".join(_write_xml(outline, value, schema))
    if kind == "application/x-www-form-urlencoded":
        return write_form(as_map(value))
    return format_json(value)


def write_form(value: dict[str, Any]) -> str:
    """Write the fields of a form: one for each item of a list; objects are JSON."""
    return urlencode(
        [
            (name, write_value(item))
            for name, given in value.items()
            for item in (as_list(given) if isinstance(given, list) else [given])
        ]
    )


def _write_xml(
    outline: Outline, value: Any, node: Any, name: str = "", indent: str = ""
) -> Iterator[str]:
    """Write elements by the hints that the schema has for XML."""
    schema = outline.resolve(node)
    hints = as_map(schema.get("xml"))
    given = as_text(hints.get("name")) or name or reference_name(node)
    tag = given if _XML_NAME.fullmatch(given) else "element"
    if isinstance(value, list):
        inner = as_map(outline.resolve(schema.get("items")).get("xml"))
        item = as_text(inner.get("name")) or name or tag
        wrapped = not name or hints.get("wrapped") is True
        deeper = f"{indent}  " if wrapped else indent
        lines = [
            line
            for entry in as_list(value)
            for line in _write_xml(outline, entry, schema.get("items"), item, deeper)
        ]
        yield from _wrap_xml(tag, "", lines, indent) if wrapped else lines
        return
    if not isinstance(value, dict):
        yield f"{indent}<{tag}>{html_escape(write_value(value))}</{tag}>"
        return
    yield from _write_xml_object(outline, as_map(value), schema, tag, indent)


def _write_xml_object(
    outline: Outline, value: dict[str, Any], schema: Any, tag: str, indent: str
) -> Iterator[str]:
    properties = as_map(as_map(schema).get("properties"))
    attributes: list[str] = []
    lines: list[str] = []
    for name, entry in value.items():
        node = properties.get(name)
        hints = as_map(outline.resolve(node).get("xml"))
        if hints.get("attribute") is True:
            known = as_text(hints.get("name")) or name
            attributes.append(f' {known}="{html_escape(write_value(entry))}"')
        else:
            lines += _write_xml(outline, entry, node, str(name), f"{indent}  ")
    yield from _wrap_xml(tag, "".join(attributes), lines, indent)


def _wrap_xml(
    tag: str, attributes: str, lines: list[str], indent: str
) -> Iterator[str]:
    yield f"{indent}<{tag}{attributes}>"
    yield from lines
    yield f"{indent}</{tag}>"


def build_code(text: str, *, colours: bool = False) -> str:
    """Build the block of a piece of code.

    Args:
        text: the code.
        colours: it is JSON; mark names, text, numbers and words, unless it is long.
    """
    colours = colours and len(text) <= _MOST_COLOURED
    kind = ' class="json"' * colours
    body = "".join(_colour(text)) if colours else html_escape(text)
    # Long lines scroll, so the block has to be reachable by keyboard.
    return f'<pre tabindex="0"><code{kind}>{body}</code></pre>'


def _colour(text: str) -> Iterator[str]:
    end = 0
    for match in _TOKEN.finditer(text):
        yield html_escape(text[end : match.start()])
        kind = "key" if match["colon"] else str(match.lastgroup)
        token = match["text"] or match[0]
        yield f'<span class="{kind}">{html_escape(token)}</span>'
        yield match["colon"] or ""
        end = match.end()
    yield html_escape(text[end:])
