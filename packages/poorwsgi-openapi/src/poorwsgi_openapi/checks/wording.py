"""What jsonschema finds, in words of ours: they name rules and never values.

The rule is the document's, which anybody may read; the value is the client's.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

from poorwsgi_openapi.checks.faults import Fault
from poorwsgi_openapi.document.pointers import escape_part, is_list

__all__ = ["explain_errors"]

_MOST_CHOICES = 200

_EXTRAS = ("additionalProperties", "unevaluatedProperties")
_WORDS: Mapping[str, Callable[[Any], str]] = {
    "type": lambda rule: f"has to be of type {_names(rule)}",
    "enum": lambda rule: f"has to be one of {_names(rule) or 'nothing'}",
    "const": lambda rule: f"has to be {_names([rule])}",
    "format": lambda rule: f"is no {'base64' if rule == 'byte' else rule}",
    "pattern": lambda rule: f"has to match {rule}",
    "minLength": lambda rule: f"has to have at least {_count(rule, 'character')}",
    "maxLength": lambda rule: f"has to have at most {_count(rule, 'character')}",
    "minimum": lambda rule: f"has to be at least {rule}",
    "maximum": lambda rule: f"has to be at most {rule}",
    "exclusiveMinimum": lambda rule: f"has to be more than {rule}",
    "exclusiveMaximum": lambda rule: f"has to be less than {rule}",
    "multipleOf": lambda rule: f"has to be a multiple of {rule}",
    "minItems": lambda rule: f"has to have at least {_count(rule, 'item')}",
    "maxItems": lambda rule: f"has to have at most {_count(rule, 'item')}",
    "uniqueItems": lambda _: "has to have different items",
    "minProperties": lambda rule: f"has to have at least {rule} properties",
    "maxProperties": lambda rule: f"has to have at most {rule} properties",
    "oneOf": lambda _: "has to fit exactly one of the schemas",
    "anyOf": lambda _: "has to fit one of the schemas",
    "not": lambda _: "fits a schema that it must not fit",
    "cost": lambda _: "takes more steps to check than are allowed",
    "readOnly": lambda _: "is read-only, so it must not be sent",
    "writeOnly": lambda _: "is write-only, so it must not be answered",
}


def explain_errors(
    errors: Iterable[Any], place: str, *, name: str = "", pointer: str = ""
) -> list[Fault]:
    """Turn the errors of jsonschema into faults.

    Args:
        errors: ``ValidationError`` objects.
        place: see ``Fault``.
        name: see ``Fault``.
        pointer: JSON pointer of what was validated.
    """
    faults: list[Fault] = []
    for error in errors:
        where = pointer
        for part in error.absolute_path:
            where += f"/{escape_part(part)}"
        if error.validator in _EXTRAS:
            faults += _explain_extras(error, place, name, where)
        else:
            faults.append(_explain(error, place, name, where))
    return faults


def _explain(error: Any, place: str, name: str, pointer: str) -> Fault:
    code, rule = error.validator or "false", error.validator_value
    value = error.instance
    if code == "required":
        missing = _missing(error, cast("list[str]", rule))
        where = f"{pointer}/{escape_part(missing)}" if missing else pointer
        return Fault(place, code, "is required", name=name, pointer=where)
    # PERF: rules are few, and broken again and again.
    message = (_say if rule.__class__ in _KEPT else _word)(code, rule)
    if isinstance(value, bytes):
        message = message.replace("character", "byte")
    if error.message == "None for not nullable":
        message = "must not be null"
    return Fault(place, code, message, name=name, pointer=pointer, value=value)


def _word(code: str, rule: Any) -> str:
    words = _WORDS.get(code)
    return words(rule) if words else f"breaks the rule {code} of its schema"


_say = lru_cache(maxsize=1024)(_word)
_KEPT = (str, int)
"""Classes of rules whose words are kept; none of them equals one of the other."""


def _explain_extras(error: Any, place: str, name: str, pointer: str) -> list[Fault]:
    code, value = error.validator, error.instance
    known: Any = error.schema.get("properties", {})
    extras = getattr(error, "names", ()) or [k for k in value if k not in known]
    return [
        Fault(
            *(place, code, "is not allowed"),
            name=name,
            pointer=f"{pointer}/{escape_part(key)}",
            value=value[key],
        )
        for key in extras[:5]
    ] or [Fault(place, code, "has properties that are not allowed", name=name)]


def _missing(error: Any, required: list[str]) -> str:
    names: Any = getattr(error, "names", ())
    if names:
        return str(names[0])
    for name in required:
        if error.message.startswith(repr(name)):
            return name
    return ""


def _count(number: Any, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _names(rule: Any) -> str:
    values = rule if is_list(rule) else [rule]
    text = ", ".join(
        value if isinstance(value, str) else json.dumps(value, default=str)
        for value in values
    )
    return text if len(text) <= _MOST_CHOICES else f"{text[:_MOST_CHOICES]} ..."
