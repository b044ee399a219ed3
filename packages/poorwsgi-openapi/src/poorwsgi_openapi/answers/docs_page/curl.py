"""The command that calls an operation: curl with all that is required.

Everything that a document says is quoted for a POSIX shell.
"""

import json
import re
from shlex import quote
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin
from urllib.parse import quote as quote_url

from poorwsgi_openapi.answers.docs_page.samples import format_value, is_json, write_form
from poorwsgi_openapi.document.examples import list_examples
from poorwsgi_openapi.document.outline import (
    Outline,
    OutlinedOperation,
    as_list,
    as_map,
    as_text,
)
from poorwsgi_openapi.document.pointers import write_value
from poorwsgi_openapi.document.styles import IGNORED_HEADERS, Shape, Style

__all__ = ["build_curl", "expand_server", "is_file", "shape_of"]

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_METHODS = {"GET": [], "HEAD": ["--head"]}
_FORM = "application/x-www-form-urlencoded"
_BEARER = ["-H", "Authorization: Bearer TOKEN"]


def expand_server(server: Any) -> str:
    """Return the URL of a server, its variables replaced by their defaults."""
    variables = as_map(as_map(server).get("variables"))

    def default(match: re.Match[str]) -> str:
        return str(as_map(variables.get(match[1])).get("default", match[0]))

    return _VARIABLE.sub(default, as_text(as_map(server).get("url")))


class _Parts(NamedTuple):
    """What is collected for a command, place by place."""

    path: dict[str, str]
    query: list[tuple[str, str]]
    options: list[list[str]]
    whole: list[str]


def build_curl(outline: Outline, operation: OutlinedOperation, host_url: str) -> str:
    """Build the command, one option a line.

    Args:
        outline: the document.
        operation: what to call.
        host_url: scheme and host, where the document names none.
    """
    parts = _Parts({}, [], [], [])
    _add_security(outline, operation, parts)
    for parameter in operation.parameters:
        _add_parameter(outline, parameter, parts)
    _add_body(outline, operation, parts)
    path = _VARIABLE.sub(lambda m: parts.path.get(m[1], m[0]), operation.path)
    query = quote_url(parts.whole[0]) if parts.whole else urlencode(parts.query)
    url = f"{_find_base(outline, operation, host_url)}{path}{'?' * bool(query)}{query}"
    method = _METHODS.get(operation.method, ["-X", operation.method])
    first = ["curl", *method, url]
    lines = [" ".join(map(quote, words)) for words in (first, *parts.options)]
    return " \\\n  ".join(lines)


def _find_base(outline: Outline, operation: OutlinedOperation, host_url: str) -> str:
    servers = outline.servers(operation)
    if not servers:
        return host_url
    url = expand_server(servers[0])
    whole = url if "://" in url else urljoin(f"{host_url}/", url)
    return whole.rstrip("/")


def _add_security(
    outline: Outline, operation: OutlinedOperation, parts: _Parts
) -> None:
    alternatives = outline.security(operation)
    for name in alternatives[0] if alternatives else ():
        scheme = outline.resolve(outline.components("securitySchemes").get(name))
        if scheme.get("type") == "apiKey":
            key = as_text(scheme.get("name"))
            _place(parts, as_text(scheme.get("in")), key, "KEY")
        elif scheme.get("type") == "mutualTLS":
            parts.options.append(["--cert", "client.pem"])
        else:
            parts.options.append(_credentials(scheme))


def _credentials(scheme: dict[str, Any]) -> list[str]:
    kind = as_text(scheme.get("scheme")).lower()
    if kind == "basic":
        return ["-u", "user:password"]
    return ["--digest", "-u", "user:password"] if kind == "digest" else _BEARER


def _place(parts: _Parts, place: str, name: str, value: str) -> None:
    if place == "query":
        parts.query.append((name, value))
    elif place == "cookie":
        parts.options.append(["-b", f"{name}={value}"])
    elif place == "header":
        parts.options.append(["-H", f"{name}: {value}"])


def _add_parameter(outline: Outline, parameter: dict[str, Any], parts: _Parts) -> None:
    name, place = parameter["name"], parameter["in"]
    if parameter.get("required") is not True and place != "path":
        return
    if place == "header" and name.lower() in IGNORED_HEADERS:
        return
    examples = list_examples(outline, parameter, "request")
    value = next(iter(examples.values()), name.upper())
    content = outline.content(parameter)
    for kind, media in content.items():
        value = next(iter(list_examples(outline, media, "request").values()), "")
        if place == "querystring" and kind == _FORM:
            text = write_form(as_map(value))
            parts.query.extend(parse_qsl(text, keep_blank_values=True))
            return
        value = json.dumps(value, default=str) if is_json(kind) else value
    if place == "querystring":
        parts.whole.append(write_value(value))
        return
    if content:
        pairs = [(name, write_value(value))]
    else:
        pairs = Style(parameter, shape=shape_of(value)).write(value)
    if place == "path":
        parts.path[name] = quote_url(pairs[0][1], safe=",;=")
    elif place == "cookie":
        parts.options.append(["-b", "; ".join(f"{key}={text}" for key, text in pairs)])
    else:
        for key, text in pairs:
            _place(parts, place, key, text)


def shape_of(value: Any) -> Shape:
    """Tell what a value is to a style."""
    if isinstance(value, list):
        return "list"
    return "object" if isinstance(value, dict) else "text"


def _flatten(value: Any) -> list[str]:
    if isinstance(value, list):
        return [write_value(item) for item in as_list(value)]
    return [write_value(value)]


def _add_body(outline: Outline, operation: OutlinedOperation, parts: _Parts) -> None:
    content = outline.content(outline.body(operation))
    for kind, media in content.items():
        value = next(iter(list_examples(outline, media, "request").values()), None)
        if kind == _FORM:
            parts.options.append(["-d", write_form(as_map(value))])
        elif kind.startswith("multipart/"):
            parts.options.extend(_form_options(outline, media, as_map(value)))
        else:
            parts.options.append(["-H", f"Content-Type: {kind}"])
            parts.options.append(_data_option(outline, kind, media, value))
        return


def _data_option(
    outline: Outline, kind: str, media: dict[str, Any], value: Any
) -> list[str]:
    schema = media.get("schema")
    if value is None or outline.resolve(schema).get("format") == "binary":
        return ["--data-binary", "@file"]
    return ["-d", format_value(outline, kind, value, schema)]


def _form_options(
    outline: Outline, media: dict[str, Any], value: dict[str, Any]
) -> list[list[str]]:
    # The value lacks files, so the properties are asked.
    schema = outline.resolve(media.get("schema"))
    options: list[list[str]] = []
    for name, node in as_map(schema.get("properties")).items():
        schema = outline.resolve(node)
        has_file = is_file(schema) or is_file(outline.resolve(schema.get("items")))
        texts = ["@file"] if has_file else _flatten(value.get(name, ""))
        options += [["-F", f"{name}={text}"] for text in texts]
    return options


def is_file(schema: dict[str, Any]) -> bool:
    """Tell a part that is a file, by the ways of 3.0 and of 3.1."""
    return schema.get("format") == "binary" or "contentMediaType" in schema
