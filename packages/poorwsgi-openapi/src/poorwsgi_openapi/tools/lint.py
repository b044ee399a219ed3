"""A report of all that is wrong with a document, or that isn't done for it.

It ends with a test of itself: each sample that the page shows and each mocked
answer goes through what checks requests and answers, so that page, mocks and
checks never contradict each other.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from poorwsgi_openapi.checks.engine import Engine, InvalidValue, Side
from poorwsgi_openapi.checks.media import MediaPlan
from poorwsgi_openapi.checks.parameters import ParameterPlan, Refused
from poorwsgi_openapi.checks.sequences import ItemError, build_media
from poorwsgi_openapi.checks.wording import explain_errors
from poorwsgi_openapi.document.document import Document, Operation
from poorwsgi_openapi.document.examples import Direction, list_examples
from poorwsgi_openapi.document.outline import Outline
from poorwsgi_openapi.document.sequences import write_items
from poorwsgi_openapi.document.specification import Finding
from poorwsgi_openapi.tools.unsupported import find_unsupported

__all__ = ["Line", "lint_document"]

Keys = tuple[str, ...]


class Line(NamedTuple):
    """One line of a report.

    Attributes:
        level: ``error`` or ``warning``.
        where: file, line and JSON pointer.
        message: what is wrong.
    """

    level: str
    where: str
    message: str


def lint_document(document: Document) -> list[Line]:
    """List all that is wrong with a document or isn't done, one line a fault."""
    found = [*document.findings, *find_unsupported(document)]
    if not any(finding.is_fault for finding in found):
        found += _test_samples(document, {finding.keys for finding in found})
    places = document.describe_all([finding.keys for finding in found])
    return [
        Line("error" if finding.is_fault else "warning", where, finding.message)
        for finding, where in zip(found, places, strict=True)
    ]


def _test_samples(document: Document, seen: set[Keys]) -> Iterator[Finding]:
    """Test what is at places of which nothing was seen to be wrong."""
    engine, outline = Engine(document), Outline(document.raw)
    for operation in (*document.operations, *document.webhooks):
        for keys, message in (
            *_test_parameters(engine.request, outline, operation),
            *_test_contents(engine, outline, operation),
        ):
            if keys not in seen:
                seen.add(keys)
                yield Finding(keys, message, is_fault=False)


def _test_parameters(
    side: Side, outline: Outline, operation: Operation
) -> Iterator[tuple[Keys, str]]:
    for node, keys in operation.located_parameters:
        if "content" in node or node.get("in") == "querystring":
            continue
        plan = ParameterPlan(side, node, keys)
        for value in list_examples(outline, dict(node), "request").values():
            sent: dict[str, Any] = {}
            for name, text in plan.style.write(value):
                sent[name] = [*sent[name], text] if name in sent else [text]
            try:
                plan.ask({name: v[0] if len(v) == 1 else v for name, v in sent.items()})
            except Refused as error:
                reasons = ", ".join(fault.message for fault in error.faults)
                yield keys, f"its sample is refused: {reasons}"


def _test_contents(
    engine: Engine, outline: Outline, operation: Operation
) -> Iterator[tuple[Keys, str]]:
    document = engine.document
    body: Any = operation.raw.get("requestBody")
    if body is not None:
        owner, keys = document.follow(body, (*operation.keys, "requestBody"))
        yield from _test_content(engine.request, outline, owner, keys, "request")
    for owner, keys in operation.located_responses.values():
        yield from _test_content(engine.response, outline, owner, keys, "response")


def _test_content(
    side: Side, outline: Outline, owner: Any, keys: Keys, direction: Direction
) -> Iterator[tuple[Keys, str]]:
    content: dict[str, Any] = owner.get("content") or {}
    for kind, node in content.items():
        media, where = side.document.follow(node, (*keys, "content", kind))
        plan = build_media(side, kind, media, where)
        if plan.reading not in ("json", "items"):
            continue
        for value in list_examples(outline, dict(media), direction).values():
            try:
                plan.check(_read_sample(plan, value))
            except ItemError as error:
                yield where, f"its sample can't be read: {error}"
            except InvalidValue as error:
                yield where, f"its sample is refused: {_explain(error)}"


def _read_sample(plan: MediaPlan, value: Any) -> Any:
    """Return a sample as it is received; one of items may be written out already."""
    if plan.reading != "items":
        return json.loads(json.dumps(value, default=str))
    text = value if isinstance(value, str) else write_items(plan.name, value)
    return plan.decode(text.encode(), {})


def _explain(error: InvalidValue) -> str:
    faults = explain_errors(error.errors, "body", pointer=error.pointer)
    reasons = [f"{fault.pointer or '/'} {fault.message}" for fault in faults[:3]]
    return ", ".join(reasons) or "it can't be checked"
