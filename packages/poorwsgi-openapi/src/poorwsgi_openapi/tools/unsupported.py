"""What a document asks for and this package doesn't do, each with its place.

Everything here is a warning: what is wrong stops the start elsewhere.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from poorwsgi_openapi.checks.casting import Casting
from poorwsgi_openapi.checks.engine import DIALECTS
from poorwsgi_openapi.checks.media import find_reading
from poorwsgi_openapi.document.document import Document, Operation
from poorwsgi_openapi.document.outline import as_map, media_name
from poorwsgi_openapi.document.pointers import is_list, is_map
from poorwsgi_openapi.document.schema_walk import walk_schemas
from poorwsgi_openapi.document.sequences import is_sequential
from poorwsgi_openapi.document.specification import Finding
from poorwsgi_openapi.document.styles import IGNORED_HEADERS, Style

__all__ = ["find_unsupported", "warn_of_document"]

log = logging.getLogger("poorwsgi")

_MOST_LINES = 20
_VARIABLE = re.compile(r"\{([^{}]*)\}")

_CHECKED = frozenset(
    {
        *("date", "date-time", "uuid", "byte", "binary", "base64", "email", "regex"),
        *("int32", "int64", "float", "double", "password", "time", "idn-email"),
        *("ipv4", "ipv6"),
    }
)
"""Formats that are checked, and those that say nothing about a value."""
_NUMERIC = frozenset({"int32", "int64", "float", "double"})
_KEYWORDS = {
    "string": {"minLength", "maxLength", "pattern"},
    "number": {
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    },
    "array": {
        *("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    },
    "object": {
        *("properties", "required", "additionalProperties", "patternProperties"),
        *("minProperties", "maxProperties", "propertyNames"),
    },
}
"""Keywords that say something about values of one type only."""
_DROPPED = "has a name with _, which many servers drop, so that only one with - arrives"
Keys = tuple[str, ...]


def find_unsupported(document: Document) -> Iterator[Finding]:
    """Yield what isn't done, each place once."""
    seen: set[Keys] = set()
    for keys, message in _find_all(document):
        if keys not in seen:
            seen.add(keys)
            yield Finding(keys, message, is_fault=False)


def warn_of_document(document: Document) -> None:
    """Log what is doubtful in a document, or isn't done, one line each kind."""
    found = [each for each in document.warnings if not each.is_fault]
    found += find_unsupported(document)
    counts = Counter(finding.message for finding in found)
    first = {finding.message: finding.keys for finding in reversed(found)}
    shown = [*counts][:_MOST_LINES]
    places = document.describe_all([first[message] for message in shown])
    for where, message in zip(places, shown, strict=True):
        more = f" (so at {counts[message] - 1} more)" if counts[message] > 1 else ""
        log.warning("%s: %s%s", where, message, more)
    if left := sum(counts.values()) - sum(counts[message] for message in shown):
        log.warning(
            "%d more: python -m poorwsgi_openapi check DOCUMENT lists all", left
        )


def _find_all(document: Document) -> Iterator[tuple[Keys, str]]:
    yield from _check_servers(document)
    yield from _check_paths(document)
    for operation in (*document.operations, *document.webhooks):
        for parameter, keys in operation.located_parameters:
            for message in _check_parameter(document, parameter):
                yield keys, message
        yield from _check_contents(document, operation)
    for name, scheme in document.security_schemes.items():
        if scheme.get("in") == "header" and "_" in str(scheme.get("name")):
            yield ("components", "securitySchemes", name), f"the key {_DROPPED}"
    yield from _check_schemas(document)


def _check_paths(document: Document) -> Iterator[tuple[Keys, str]]:
    for section in ("paths", "webhooks"):
        for name, node in document.path_items(section).items():
            for item, keys in document.walk_levels(node, (section, name)):
                if "additionalOperations" in item:
                    for method in as_map(item["additionalOperations"]):
                        where = (*keys, "additionalOperations", method)
                        yield where, f"the framework serves no {method}"
            if section == "paths" and set(name) & set("?#"):
                message = "a path with ? or # is reached only where these are escaped"
                yield (section, name), message
            if section == "paths" and set(name) & set("<>"):
                yield (section, name), "a path with < or > can't be a route"


def _check_parameter(document: Document, parameter: Mapping[str, Any]) -> Iterator[str]:
    name, place = str(parameter.get("name")), parameter.get("in")
    for kind, node in as_map(parameter.get("content")).items():
        media = document.follow(node)[0]
        if find_reading(document, kind.lower(), media) == "unreadable":
            yield f"{kind} can't be read as its schema: the parameter isn't checked"
    if place == "header" and name.lower() in IGNORED_HEADERS:
        yield f"{name} is ignored, as OpenAPI says; its schema isn't applied"
    if place == "header" and "_" in name:
        yield f"the header {_DROPPED}"
    style, schema = str(parameter.get("style", "")), parameter.get("schema", {})
    casting = Casting(document)
    shape = casting.shape(schema)
    if _is_nested(casting, schema, Style(parameter, shape=shape)):
        message = "a list or object in it has no style, so that it can't be read"
        yield f"{message}: describe the parameter by content"
    if style == "deepObject" and shape != "object":
        yield "deepObject is for objects only; it is read as one"
    if style.endswith("Delimited") and (shape == "text" or parameter.get("explode")):
        yield f"{style} is for lists and objects without explode; it is read as form"


def _is_nested(casting: Casting, schema: Any, style: Style) -> bool:
    """Tell whether a parameter has lists or objects in it that it can't be read of."""
    if style.style == "deepObject":
        return False
    inner: list[Any] = []
    if style.shape == "list":
        inner = [part.get("items") for part in casting.parts(schema)]
    elif style.shape == "object":
        inner = [*casting.properties(schema).values()]
    flat = ("text", "any", "list") if style.is_object_by_name else ("text", "any")
    return any(casting.shape(each) not in flat for each in inner)


def _check_contents(
    document: Document, operation: Operation
) -> Iterator[tuple[Keys, str]]:
    owners: list[tuple[Mapping[str, Any], Keys, bool]] = []
    if is_map(body := operation.raw.get("requestBody")):
        owners.append((*document.follow(body, (*operation.keys, "requestBody")), True))
    owners += [(*found, False) for found in operation.located_responses.values()]
    for owner, keys, is_request in owners:
        content: Mapping[str, Any] = owner.get("content") or {}
        for kind, node in content.items():
            media, where = document.follow(node, (*keys, "content", kind))
            name = media_name(kind)
            yield from _check_encoding(document, media, (*where, "encoding"))
            if "itemSchema" in media and not is_sequential(name):
                message = f"{name} has no items that are checked one by one"
                yield (*where, "itemSchema"), message
            if "*" in name or find_reading(document, name, media) != "unreadable":
                continue
            what = "requests in it are 415" if is_request else "answers aren't checked"
            yield where, f"{name} can't be read as its schema: {what}"


def _check_encoding(
    document: Document, media: Mapping[str, Any], keys: Keys
) -> Iterator[tuple[Keys, str]]:
    known = Casting(document).properties(media.get("schema", {}))
    for name, rules in as_map(media.get("encoding")).items():
        if name not in known:
            yield (*keys, name), "the schema has no such property, so it says nothing"
        elif as_map(rules).get("headers"):
            yield (*keys, name, "headers"), "the headers of a part aren't checked"


def _check_servers(document: Document) -> Iterator[tuple[Keys, str]]:
    servers: Sequence[Any] = document.raw.get("servers") or ()
    for index, server in enumerate(servers):
        keys, known = ("servers", str(index)), as_map(server.get("variables"))
        for name in _VARIABLE.findall(str(server.get("url", ""))):
            if name not in known:
                yield keys, f"the variable {{{name}}} isn't described: no URL has it"
        for name, variable in known.items():
            values: Sequence[Any] = variable.get("enum") or ()
            if values and variable.get("default") not in values:
                where = (*keys, "variables", name, "default")
                yield where, "the default is none of the values of the variable"


def _check_schemas(document: Document) -> Iterator[tuple[Keys, str]]:
    """Look for formats and dialects that nobody knows, each named once."""
    dialect = document.raw.get("jsonSchemaDialect")
    if not _is_known(dialect):
        yield ("jsonSchemaDialect",), _describe_dialect(dialect)
    told: set[object] = set()
    is_modern = document.version != "3.0"
    for schema, keys in walk_schemas(document.raw):
        name, dialect = schema.get("format"), str(schema.get("$schema", ""))
        if "nullable" in schema and is_modern and "nullable" not in told:
            told.add("nullable")
            message = 'nullable says nothing since 3.1: write "null" beside the type'
            yield (*keys, "nullable"), message
        for keyword, message in _list_idle(schema):
            if message not in told:
                told.add(message)
                yield (*keys, keyword), message
        if "discriminator" in schema and not schema.keys() & {"oneOf", "anyOf"}:
            message = "a discriminator without oneOf or anyOf leads to no other schema"
            yield (*keys, "discriminator"), message
        yield from _check_mapping(document, schema.get("discriminator"), keys)
        is_open = isinstance(name, str) and name not in _CHECKED
        if is_open and "pattern" not in schema and name not in told:
            told.add(name)
            yield (*keys, "format"), f"the format {name} isn't checked anywhere"
        if dialect and dialect not in told and not _is_known(dialect):
            told.add(dialect)
            yield (*keys, "$schema"), _describe_dialect(dialect)


def _check_mapping(
    document: Document, chooser: Any, keys: Keys
) -> Iterator[tuple[Keys, str]]:
    """Look for names of components that there are not; references lead somewhere."""
    named = as_map(as_map(document.raw.get("components")).get("schemas"))
    mapping = as_map(as_map(chooser).get("mapping"))
    targets: dict[Keys, str] = {
        ("defaultMapping",): str(as_map(chooser).get("defaultMapping", "#")),
        **{("mapping", choice): str(name) for choice, name in mapping.items()},
    }
    for place, name in targets.items():
        if not name.startswith("#") and name not in named:
            message = f"the discriminator leads to no schema: there is no {name!r}"
            yield (*keys, "discriminator", *place), message


def _list_idle(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """List the keywords and formats that say nothing about the types of a schema."""
    given: Any = schema.get("type")
    every: list[Any] = given if is_list(given) else [given]
    kinds = {kind for kind in every if isinstance(kind, str)}
    if kinds <= {"null"}:
        return
    shown = " or ".join(sorted(kinds))
    for kind, keywords in _KEYWORDS.items():
        if kind not in kinds and not (kind == "number" and "integer" in kinds):
            for keyword in sorted(keywords & schema.keys()):
                yield keyword, f"{keyword} says nothing about type {shown}"
    if kinds <= {"string", "null"} and str(schema.get("format")) in _NUMERIC:
        yield "format", f"the format {schema['format']} isn't checked of type string"


def _describe_dialect(name: object) -> str:
    return f"the dialect {name} isn't known; schemas are read as OpenAPI has them"


def _is_known(dialect: object) -> bool:
    """Tell a dialect of JSON Schema that there is a validator of, or none at all."""
    from jsonschema.validators import validator_for

    if not isinstance(dialect, str) or dialect in DIALECTS:
        return True
    find: Any = validator_for
    return find({"$schema": dialect}, default=None) is not None
