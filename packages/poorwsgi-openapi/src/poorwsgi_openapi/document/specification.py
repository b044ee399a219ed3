"""What OpenAPI asks of a document, and where a document does otherwise.

The form is checked by the schemas that OpenAPI publishes, which
openapi-spec-validator has; what those can't say is checked here.  Each fault has
the place where it is, and is told once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cache
from itertools import chain, starmap
from typing import Any, NamedTuple

from poorwsgi_core.application.rules import may_backtrack
from poorwsgi_openapi.document.contradictions import (
    find_circles,
    find_contradictions,
    find_endless,
)
from poorwsgi_openapi.document.ecma import (
    compile_pattern,
    has_equal_repeats,
    is_linear,
    is_pattern,
    may_rescan,
)
from poorwsgi_openapi.document.pointers import is_map, split_reference
from poorwsgi_openapi.document.schema_walk import Located, cut_inner, walk_schemas

__all__ = ["Finding", "find_faults"]

Keys = tuple[str, ...]
_FREE: Mapping[str, type] = {
    **dict.fromkeys(("title", "description"), str),
    **dict.fromkeys(("default", "example", "const"), object),
    "examples": list,
}
"""Keywords that may have any value of a type."""
_SHORT = 2000
"""Characters for which even quadratic time is short."""


class Finding(NamedTuple):
    """One thing that is wrong with a document.

    Attributes:
        keys: where it is, from the root.
        message: what is wrong.
        is_fault: the document can't be used so; else it is a warning.
    """

    keys: Keys
    message: str
    is_fault: bool = True


def find_faults(document: Any) -> Iterator[Finding]:
    """Yield what is wrong with a document, each place once.

    Args:
        document: a ``Document``, which is above this module.
    """
    seen: set[Keys] = set()
    for finding in _find_all(document):
        if finding.keys not in seen:
            seen.add(finding.keys)
            yield finding


def _find_all(document: Any) -> Iterator[Finding]:
    yield from _check_form(document)
    schemas = [*walk_schemas(document.raw)]
    faults = [*_check_schemas(document, schemas)]
    faults += [Finding(*found) for found in find_circles(document.raw, schemas)]
    yield from faults
    for located in schemas:
        yield from _check_pattern(located)
        yield from _check_items(document, located)
    # By a schema that is broken, or leads to one, nothing can be judged.
    if not faults:
        yield from _judge_schemas(document, schemas)
    yield from _check_operation_ids(document)
    for operation in document.operations:
        yield from _check_repeated_parameters(document, operation)
        yield from _check_path_parameters(operation)
    yield from _check_links(document)
    yield from _check_tags(document)


def _judge_schemas(document: Any, schemas: Sequence[Located]) -> Iterator[Finding]:
    for located in schemas:
        for keys, message in find_contradictions(document.raw, located):
            yield Finding(keys, message, is_fault=False)
        if "default" in located.schema:
            yield from _check_default(document, located)
    for keys, message in find_endless(document.raw, schemas):
        yield Finding(keys, message, is_fault=False)


def _check_form(document: Any) -> Iterator[Finding]:
    """Check against the schema of the version."""
    from jsonschema.validators import validator_for
    from openapi_spec_validator import schemas

    untyped: Any = schemas
    version: str = document.version.replace(".", "")
    check: Any = getattr(untyped, f"openapi_v{version}_schema_validator")
    errors: Iterator[Any] = iter(check.iter_errors(document.raw))
    first = next(errors, None)
    if first is None:
        return
    found = chain((first,), errors)
    if schemas.get_validator_backend() != "jsonschema":
        # jsonschema-rs has found that; it knows other patterns than ECMA-262's, and
        # tells no place in what has alternatives.
        schema: Any = getattr(untyped, f"schema_v{version}")
        kind: Any = validator_for(schema)
        found = kind(schema).iter_errors(document.raw)
    for error in found:
        yield _locate(error, ())


def _check_schemas(document: Any, schemas: Iterable[Located]) -> Iterator[Finding]:
    """Check each schema against JSON Schema, those in it by themselves."""
    import openapi_schema_validator as validators

    kind: Any = {
        "3.0": validators.OAS30Validator,
        "3.1": validators.OAS31Validator,
        "3.2": validators.OAS32Validator,
    }[document.version]
    check = _meta_validator(kind)
    # PERF: most of a large document is the same few schemas, but for their texts.
    known: dict[str, list[Finding]] = {}
    for schema, keys in schemas:
        outline = cut_inner(schema)
        key = repr([*starmap(_summarise, outline.items())])
        if key not in known:
            errors = check.iter_errors(outline)
            known[key] = [_locate(each, ()) for each in errors if not _is_twice(each)]
        for place, message, _ in known[key]:
            yield Finding((*keys, *place), message)


def _summarise(key: str, value: Any) -> tuple[str, Any]:
    """Return a keyword with as much of its value as a fault can be about."""
    kind = _FREE.get(key)
    return key, kind if kind and isinstance(value, kind) else value


def _is_twice(error: Any) -> bool:
    """Tell what stands twice in an enum, which is only advised against."""
    # See contradictions.
    return bool(error.validator == "uniqueItems" and error.absolute_path[-1] == "enum")


@cache
def _meta_validator(kind: Any) -> Any:
    from jsonschema.validators import validator_for
    from openapi_schema_validator import validators

    untyped: Any = validators
    checker: Any = validator_for(kind.META_SCHEMA, default=kind)
    return checker(
        kind.META_SCHEMA,
        format_checker=_formats_with_ecma(kind.FORMAT_CHECKER),
        registry=untyped.OPENAPI_SPECIFICATIONS,
    )


def _formats_with_ecma(stock: Any) -> Any:
    """Let patterns be those of ECMA-262, which JSON Schema has."""
    checker = copy(stock)
    checker.checkers = {**stock.checkers, "regex": (is_pattern, ())}
    return checker


def _check_pattern(located: Located) -> Iterator[Finding]:
    """Warn of a pattern that never matches, or by which a text may take very long."""
    pattern, most = located.schema.get("pattern"), located.schema.get("maxLength")
    if not isinstance(pattern, str) or not is_pattern(pattern):
        return
    if pattern.startswith("/^"):
        message = f"the pattern {pattern!r} never matches: write it without slashes"
        yield Finding((*located.keys, "pattern"), message, is_fault=False)
    is_short = isinstance(most, int) and most <= _SHORT
    if may_backtrack(pattern):
        reason, remedy = "has a repeat in a repeat", "write it without"
    elif may_rescan(pattern) and not is_short:
        reason = "is looked for anew from each character of a repeat"
        remedy = f"begin it with ^, give a maxLength up to {_SHORT}"
    elif has_equal_repeats(pattern) and not is_short:
        reason = "has repeats in turn that take the same characters"
        remedy = f"let them differ, give a maxLength up to {_SHORT}"
    else:
        return
    if not is_linear(pattern):
        message = (
            f"the pattern {pattern!r} {reason}, by which a text of a client may take "
            f"very long; {remedy}, or install google-re2"
        )
        yield Finding((*located.keys, "pattern"), message, is_fault=False)


def _match_pattern(validator: Any, pattern: Any, value: Any, _: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if (
        validator.is_type(value, "string")
        and is_pattern(pattern)
        and compile_pattern(pattern).search(value) is None
    ):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _check_items(document: Any, located: Located) -> Iterator[Finding]:
    """Warn of an array that doesn't say of what, as 3.0 asks for."""
    schema = located.schema
    is_array = document.version == "3.0" and schema.get("type") == "array"
    if is_array and "items" not in schema:
        message = "an array of 3.0 says what it has: write items, {} for anything"
        yield Finding((*located.keys, "type"), message, is_fault=False)


def _check_default(document: Any, located: Located) -> Iterator[Finding]:
    """Check that a default fits: 3.0 asks for it, JSON Schema recommends it."""
    import openapi_schema_validator as validators
    from jsonschema import validators as jsonschema_validators

    schema, value = located.schema, located.schema["default"]
    is_30 = document.version == "3.0"
    if value is None and schema.get("nullable") is True:
        return
    kind: Any = validators.OAS30Validator if is_30 else validators.OAS31Validator
    path: Any = document.schema_path
    untyped: Any = jsonschema_validators
    kind = untyped.extend(kind, {"pattern": _match_pattern})
    with path.resolve() as resolved:
        check = kind(
            schema,
            _resolver=resolved.resolver,
            format_checker=_formats_with_ecma(kind.FORMAT_CHECKER),
        )
    for error in check.iter_errors(value):
        message = f"the default doesn't fit its schema: {error.message}"
        # 3.0 asks for the type; a format says more than that.
        is_fault = is_30 and error.validator != "format"
        yield Finding((*located.keys, "default"), message, is_fault=is_fault)
        return


def _check_operation_ids(document: Any) -> Iterator[Finding]:
    every = (*document.operations, *document.webhooks)
    counts = Counter(each.operation_id for each in every if each.operation_id)
    first: set[str] = set()
    for operation in every:
        name = operation.operation_id
        if counts[name] > 1 and name in first:
            keys = (*operation.keys, "operationId")
            yield Finding(keys, f"the operationId {name!r} isn't unique")
        first.add(name)


def _check_repeated_parameters(document: Any, operation: Any) -> Iterator[Finding]:
    seen: set[tuple[Any, Any]] = set()
    for index, node in enumerate(operation.raw.get("parameters") or ()):
        keys = (*operation.keys, "parameters", str(index))
        parameter = document.follow(node, keys)[0]
        name, place = parameter.get("name"), parameter.get("in")
        if (name, place) in seen:
            yield Finding(keys, f"the parameter {name!r} in {place} stands twice")
        seen.add((name, place))


def _check_path_parameters(operation: Any) -> Iterator[Finding]:
    names: set[str] = set()
    for parameter, keys in operation.located_parameters:
        name = str(parameter.get("name"))
        if parameter.get("in") != "path":
            continue
        names.add(name)
        if name not in operation.path_names:
            yield Finding(keys, f"the path has no {{{name}}}, which this describes")
    counts: Counter[str] = Counter(operation.path_names)
    for name, count in counts.items():
        if name not in names:
            yield Finding(operation.keys, f"{{{name}}} of the path isn't described")
        if count > 1:
            message = f"{{{name}}} stands twice in the path: only the first counts"
            yield Finding(operation.keys, message, is_fault=False)


def _check_links(document: Any) -> Iterator[Finding]:
    """Warn of links that lead to no operation; those to other files are left alone."""
    every = (*document.operations, *document.webhooks)
    names = {operation.operation_id for operation in every}
    places = {operation.keys for operation in every}
    for link, keys in (each for operation in every for each in _list_links(operation)):
        name, reference = link.get("operationId"), str(link.get("operationRef"))
        target = tuple(split_reference(reference))
        message = "the link leads to no operation"
        if name is not None and name not in names:
            message += f": there is no {name!r}"
            yield Finding((*keys, "operationId"), message, is_fault=False)
        elif reference.startswith("#") and target not in places:
            yield Finding((*keys, "operationRef"), message, is_fault=False)


def _list_links(operation: Any) -> Iterator[tuple[Mapping[str, Any], Keys]]:
    for response, keys in operation.located_responses.values():
        links: Mapping[str, Any] = response.get("links") or {}
        for name, node in links.items():
            yield operation.document.follow(node, (*keys, "links", name))


def _check_tags(document: Any) -> Iterator[Finding]:
    declared: Sequence[Any] = document.raw.get("tags") or ()
    tags = [tag for tag in declared if is_map(tag)]
    names = [tag.get("name") for tag in tags]
    for index, tag in enumerate(tags):
        keys = ("tags", str(index))
        if tag.get("name") in names[:index]:
            yield Finding((*keys, "name"), f"the tag {tag.get('name')!r} isn't unique")
        parent = tag.get("parent")
        if parent is not None and not _leads_up(tags, tag):
            message = f"the parent {parent!r} is no tag, or goes round in a circle"
            yield Finding((*keys, "parent"), message)


def _leads_up(tags: Sequence[Mapping[str, Any]], tag: Mapping[str, Any]) -> bool:
    """Tell that the parents of a tag end at one that has none."""
    by_name = {each.get("name"): each for each in tags}
    node: Any = tag
    for _ in tags:
        if "parent" not in node:
            return True
        node = by_name.get(node["parent"])
        if node is None:
            return False
    return "parent" not in node


def _locate(error: Any, keys: Keys) -> Finding:
    """Turn an error of jsonschema into a finding, at the part that tells most."""
    from jsonschema.exceptions import relevance

    while context := error.context:
        error = min(
            context, key=lambda each: (-len(each.absolute_path), relevance(each))
        )
    return Finding((*keys, *map(str, error.absolute_path)), str(error.message))
