"""Tags: what operations are sorted by, and what else they are marked with.

Since 3.2 a tag may have a parent, under which it stands, and a kind: ``nav``, or none,
is a chapter; any other, such as ``badge``, is a mark on its operations.
"""

from collections.abc import Iterator
from typing import Any

from poorwsgi_openapi.document.outline import as_list, as_map, as_text

__all__ = ["Tags"]

_CHAPTERS = ("", "nav")


class Tags:
    """The tags of a document.

    Args:
        document: the decoded document.

    Attributes:
        names: those that are declared, each behind its parent.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        declared = map(as_map, as_list(document.get("tags")))
        self._nodes = {as_text(node.get("name")): node for node in declared}
        self.names = [*dict.fromkeys(self._iter_names())]

    def node(self, name: str) -> dict[str, Any]:
        """Return a tag, empty if it isn't declared."""
        return self._nodes.get(name, {})

    def title(self, name: str) -> str:
        """Return what a tag is called."""
        node = self.node(name)
        return (
            as_text(node.get("summary")) or as_text(node.get("x-displayName")) or name
        )

    def parents(self, name: str) -> list[str]:
        """List what a tag stands under, from the top."""
        found: list[str] = []
        above = as_text(self.node(name).get("parent"))
        while above in self._nodes and above not in (name, *found):
            found.append(above)
            above = as_text(self.node(above).get("parent"))
        return found[::-1]

    def choose(self, names: list[str]) -> str:
        """Choose the tag that is the chapter of an operation, empty without any."""
        return next((name for name in names if self._is_chapter(name)), "")

    def marks(self, names: list[str]) -> list[str]:
        """Return the titles of those tags that are none of chapters."""
        return [self.title(name) for name in names if not self._is_chapter(name)]

    def _is_chapter(self, name: str) -> bool:
        return as_text(self.node(name).get("kind")) in _CHAPTERS

    def _iter_names(self) -> Iterator[str]:
        # A parent and all under it stand where the first of them is declared.
        for name in self._nodes:
            top = (*self.parents(name), name)[0]
            yield from self._iter_family(top, set())

    def _iter_family(self, name: str, seen: set[str]) -> Iterator[str]:
        seen.add(name)
        yield name
        for other, node in self._nodes.items():
            if as_text(node.get("parent")) == name and other not in seen:
                yield from self._iter_family(other, seen)
