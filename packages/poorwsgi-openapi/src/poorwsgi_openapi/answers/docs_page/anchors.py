"""Anchors of the page: one for each thing that can be linked."""

import re

from poorwsgi_openapi.document.outline import OutlinedOperation

__all__ = ["Anchors"]

_UNSAFE = re.compile(r"[^\w.~-]+", re.ASCII)


class Anchors:
    """Gives every thing an id of its own, always the same one."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()

    def name(self, kind: str, key: str) -> str:
        """Return the id of a thing, such as ``schema-Pet``."""
        found = self._names.get((kind, key))
        if found is None:
            found = wanted = f"{kind}-{_UNSAFE.sub('-', key).strip('-') or 'none'}"
            number = 1
            while found in self._taken:
                number += 1
                found = f"{wanted}-{number}"
            self._taken.add(found)
            self._names[kind, key] = found
        return found

    def operation(self, operation: OutlinedOperation) -> str:
        """Return the id of an operation, by its operationId if it has one."""
        kind = "webhook" if operation.is_webhook else "op"
        if operation.operation_id:
            return self.name(kind, operation.operation_id)
        return self.name(kind, operation.label.lower())
