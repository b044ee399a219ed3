"""Two versions of a document, compared: what may break its clients.

Operations, parameters, bodies, answers, links, callbacks and security are
compared by what they are called; ``schema_difference`` compares the schemas, and
``access_difference`` how clients get there.
"""

from collections.abc import Iterator
from typing import Any

from poorwsgi_openapi.document.outline import Outline, OutlinedOperation, as_map
from poorwsgi_openapi.tools.access_difference import (
    compare_ids,
    compare_schemes,
    compare_servers,
    compare_styles,
)
from poorwsgi_openapi.tools.schema_difference import Change, SchemaComparison, Side

__all__ = ["compare_documents"]

_OF_LINKS = ("operationId", "operationRef", "parameters", "requestBody")


def compare_documents(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Compare two decoded documents.

    Returns:
        All changes, those first that break clients.
    """
    changes = [*_Comparison(Outline(old), Outline(new)).run()]
    # A schema that several places share tells the same of each only once.
    unique = [*dict.fromkeys(changes)]
    return sorted(unique, key=lambda change: not change.is_breaking)


class _Comparison:
    def __init__(self, old: Outline, new: Outline) -> None:
        self._old = old
        self._new = new
        self._schemas = SchemaComparison(old, new)
        self._under_way: set[tuple[int, int]] = set()

    def run(self) -> Iterator[Change]:
        yield from compare_schemes(self._old, self._new)
        yield from self._compare_all(self._old.operations, self._new.operations)
        yield from self._compare_all(self._old.webhooks, self._new.webhooks)

    def _compare_all(
        self, before: list[OutlinedOperation], after: list[OutlinedOperation]
    ) -> Iterator[Change]:
        known = {(x.path, x.method): x for x in before}
        found = {(x.path, x.method): x for x in after}
        for key, operation in known.items():
            if key in found:
                yield from self._compare(operation, found[key])
            else:
                yield Change(True, operation.label, "removed")
        for key, operation in found.items():
            if key not in known:
                yield Change(False, operation.label, "added")

    def _compare(
        self, old: OutlinedOperation, new: OutlinedOperation
    ) -> Iterator[Change]:
        label = old.label
        if new.node.get("deprecated") is True and not old.node.get("deprecated"):
            yield Change(False, label, "deprecated")
        yield from compare_servers(self._old, self._new, old, new)
        yield from compare_ids(old, new)
        yield from self._compare_security(old, new)
        yield from self._compare_parameters(old, new)
        # Of a webhook we are the client: its body is what the other side gets.
        sent: Side = "response" if old.is_webhook else "request"
        got: Side = "request" if old.is_webhook else "response"
        yield from self._compare_bodies(old, new, sent)
        yield from self._compare_responses(old, new, got)
        yield from self._compare_callbacks(old, new)

    def _compare_callbacks(
        self, old: OutlinedOperation, new: OutlinedOperation
    ) -> Iterator[Change]:
        """Compare them, unless an operation is a callback of itself."""
        pair = id(old.node), id(new.node)
        if pair not in self._under_way:
            self._under_way.add(pair)
            before, after = self._old.callbacks(old), self._new.callbacks(new)
            yield from self._compare_all(before, after)
            self._under_way.remove(pair)

    def _compare_security(
        self, old: OutlinedOperation, new: OutlinedOperation
    ) -> Iterator[Change]:
        before, after = self._old.security(old) or [{}], self._new.security(new) or [{}]
        for alternative in before:
            if not any(_is_enough(alternative, other) for other in after):
                text = " and ".join(alternative) or "no credentials"
                yield Change(True, old.label, f"{text} is not enough any more")
        for alternative in after:
            if not any(_is_enough(alternative, other) for other in before):
                text = " and ".join(alternative) or "no credentials"
                yield Change(False, old.label, f"{text} is enough now")

    def _compare_parameters(
        self, old: OutlinedOperation, new: OutlinedOperation
    ) -> Iterator[Change]:
        before, after = _by_place(old.parameters), _by_place(new.parameters)
        for key, parameter in before.items():
            where = f"{old.label} {' '.join(key)}"
            if key not in after:
                yield Change(False, where, "removed, it is ignored")
                continue
            if _is_required(after[key]) and not _is_required(parameter):
                yield Change(True, where, "required now")
            elif _is_required(parameter) and not _is_required(after[key]):
                yield Change(False, where, "not required any more")
            yield from compare_styles(parameter, after[key], where)
            yield from self._schemas.compare(
                parameter.get("schema"), after[key].get("schema"), "request", where
            )
            yield from self._compare_content(parameter, after[key], "request", where)
        for key, parameter in after.items():
            if key not in before:
                required = _is_required(parameter)
                text = "added, and required" if required else "added"
                yield Change(required, f"{old.label} {' '.join(key)}", text)

    def _compare_bodies(
        self, old: OutlinedOperation, new: OutlinedOperation, side: Side
    ) -> Iterator[Change]:
        before, after = self._old.body(old), self._new.body(new)
        where = f"{old.label} body"
        if before and not after:
            yield Change(True, where, "removed")
        elif after and not before:
            required = _is_required(after)
            text = "added, and required" if required else "added"
            yield Change(required, where, text)
        elif before:
            if _is_required(after) and not _is_required(before):
                yield Change(side == "request", where, "required now")
            yield from self._compare_content(before, after, side, where)

    def _compare_responses(
        self, old: OutlinedOperation, new: OutlinedOperation, side: Side
    ) -> Iterator[Change]:
        before, after = self._old.responses(old), self._new.responses(new)
        for status, response in before.items():
            where = f"{old.label} {status}"
            if status not in after:
                is_error = not status.startswith("2")
                yield Change(not is_error, where, "removed")
                continue
            yield from self._compare_headers(response, after[status], where)
            yield from self._compare_links(response, after[status], where)
            yield from self._compare_content(response, after[status], side, where)
        for status in after:
            if status not in before:
                yield Change(False, f"{old.label} {status}", "added")

    def _compare_headers(
        self, old: dict[str, Any], new: dict[str, Any], where: str
    ) -> Iterator[Change]:
        before, after = as_map(old.get("headers")), as_map(new.get("headers"))
        for name, node in before.items():
            place = f"{where} header {name}"
            if name not in after:
                yield Change(True, place, "removed")
                continue
            first, second = self._old.resolve(node), self._new.resolve(after[name])
            yield from self._schemas.compare(
                first.get("schema"), second.get("schema"), "response", place
            )

    def _compare_links(
        self, old: dict[str, Any], new: dict[str, Any], where: str
    ) -> Iterator[Change]:
        before, after = as_map(old.get("links")), as_map(new.get("links"))
        for name, node in before.items():
            place = f"{where} link {name}"
            if name not in after:
                yield Change(True, place, "removed")
                continue
            first, second = self._old.resolve(node), self._new.resolve(after[name])
            if any(first.get(key) != second.get(key) for key in _OF_LINKS):
                yield Change(True, place, "leads elsewhere, or takes something else")
        for name in after:
            if name not in before:
                yield Change(False, f"{where} link {name}", "added")

    def _compare_content(
        self, old: dict[str, Any], new: dict[str, Any], side: Side, where: str
    ) -> Iterator[Change]:
        before, after = self._old.content(old), self._new.content(new)
        for kind, media in before.items():
            if kind not in after:
                yield Change(True, where, f"{kind} is none any more")
                continue
            for key, label in (("schema", "$"), ("itemSchema", "$[]")):
                yield from self._schemas.compare(
                    media.get(key),
                    after[kind].get(key),
                    side,
                    f"{where} {kind} {label}",
                )
        for kind in after:
            if kind not in before:
                yield Change(False, where, f"{kind} is new")


def _by_place(
    parameters: list[dict[str, Any]],
) -> dict[tuple[str, str], dict[str, Any]]:
    return {(each["in"], each["name"]): each for each in parameters}


def _is_required(node: dict[str, Any]) -> bool:
    return node.get("required") is True


def _is_enough(have: dict[str, list[str]], asked: dict[str, list[str]]) -> bool:
    """Tell whether credentials that one alternative names meet another one."""
    return all(
        name in have and set(scopes) <= set(have[name])
        for name, scopes in asked.items()
    )
