"""The HTML of an answer, for questions by CSS selector.

It is read by selectolax, or else by lxml with cssselect, whichever is installed.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol

__all__ = ["Element", "parse_html"]


class _Parser(Protocol):
    """How a library is asked; ``needed`` are its modules."""

    needed: tuple[str, ...]

    def parse(self, module: Any, text: str) -> Any:
        """Return the root of a text."""

    def select(self, node: Any, selector: str) -> list[Any]:
        """Return the nodes below one that match a selector."""
        ...

    def attributes(self, node: Any) -> Mapping[str, str | None]:
        """Return the attributes of a node."""
        ...

    def text(self, node: Any) -> str:
        """Return the text of a node."""
        ...


class _Selectolax:
    needed: tuple[str, ...] = ("selectolax.lexbor",)

    def parse(self, module: Any, text: str) -> Any:
        return module.LexborHTMLParser(text).root

    def select(self, node: Any, selector: str) -> list[Any]:
        found: list[Any] = node.css(selector)
        return [each for each in found if each.mem_id != node.mem_id]

    def attributes(self, node: Any) -> Mapping[str, str | None]:
        found: Mapping[str, str | None] = node.attributes
        return found

    def text(self, node: Any) -> str:
        return str(node.text())


class _Lxml:
    needed: tuple[str, ...] = ("lxml.html", "cssselect")

    def parse(self, module: Any, text: str) -> Any:
        return module.document_fromstring(text)

    def select(self, node: Any, selector: str) -> list[Any]:
        found: list[Any] = node.cssselect(selector)
        return [each for each in found if each is not node]

    def attributes(self, node: Any) -> Mapping[str, str | None]:
        found: Mapping[str, str | None] = node.attrib
        return found

    def text(self, node: Any) -> str:
        return str(node.text_content())


_PARSERS: Sequence[_Parser] = (_Selectolax(), _Lxml())


class Element:
    """An element of a page; ``answer.html`` is the outermost.

    Args:
        node: what the library made of it.
        parser: how that is asked.
    """

    def __init__(self, node: Any, parser: _Parser) -> None:
        self._node = node
        self._parser = parser

    def __repr__(self) -> str:
        return f"<Element {self.tag}: {self.text[:60]!r}>"

    def __getitem__(self, name: str) -> str:
        """Return an attribute; without a value it is "" or its own name.

        Raises:
            KeyError: there is none.
        """
        return self._parser.attributes(self._node)[name] or ""

    def __contains__(self, name: str) -> bool:
        """Tell whether there is an attribute."""
        return name in self._parser.attributes(self._node)

    @property
    def tag(self) -> str:
        """Name of the element."""
        return str(self._node.tag)

    @property
    def text(self) -> str:
        """Its text, with one blank where there are several or lines end."""
        return " ".join(self._parser.text(self._node).split())

    def select(self, selector: str) -> "list[Element]":
        """Find the elements inside that match a CSS selector, in order."""
        nodes = self._parser.select(self._node, selector)
        return [Element(node, self._parser) for node in nodes]

    def one(self, selector: str) -> "Element":
        """Find the only element inside that matches a CSS selector.

        Raises:
            AssertionError: there is none, or there are several.
        """
        found = self.select(selector)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} elements match {selector!r}, not one")
        return found[0]


def parse_html(text: str) -> Element:
    """Read a page.

    Raises:
        ImportError: no library for it is installed.
        ValueError: there is no HTML in the text.
    """
    for parser in _PARSERS:
        try:
            module, *_ = map(import_module, parser.needed)
        except ImportError:
            continue
        return _parse(parser, module, text)
    raise ImportError(
        "To ask HTML by selector install selectolax, or lxml and cssselect: "
        "pip install 'poorwsgi-core[html]'"
    )


def _parse(parser: _Parser, module: Any, text: str) -> Element:
    if not text.strip():
        raise ValueError("the answer has no body, and so no HTML")
    return Element(parser.parse(module, text), parser)
