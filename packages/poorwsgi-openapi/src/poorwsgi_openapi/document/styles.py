"""Styles: how lists and objects stand in a path, a query, a header or a cookie.

They are those of OpenAPI ("Style Values", after RFC 6570), read and written by one
class, so that what the page shows is what the checks understand.  Everything
here is text: what a text means is told by its schema (see ``checks.casting``).

An empty text is the empty list or object.  What OpenAPI leaves undefined is read
as people send it: lists in ``deepObject`` (``a[b]=1&a[b]=2``, ``a[b][]=1``),
nested ones (``a[b][c]=1``), and the delimited styles with ``explode``.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, Literal, TypeAlias

from poorwsgi_openapi.document.pointers import is_list, is_map, write_value

__all__ = ["DELIMITERS", "IGNORED_HEADERS", "Shape", "Style", "StyleError"]

IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""Names of header parameters that OpenAPI says to ignore, in lower case."""

Shape: TypeAlias = Literal["text", "list", "object", "any"]
"""What a schema describes; ``any`` is one text, or several as a list."""

DELIMITERS: Mapping[str, str] = {
    "form": ",",
    "cookie": ",",
    "simple": ",",
    "label": ",",
    "matrix": ",",
    "spaceDelimited": " ",
    "pipeDelimited": "|",
}
"""What stands between the items of a list, by style."""

_MARKS = {"matrix": ";", "label": "."}
_SPREAD = frozenset({"form", "cookie", "spaceDelimited", "pipeDelimited"})
"""Styles that, with ``explode``, make several pairs of one value."""
_EXPLODED = frozenset({"form", "cookie", "deepObject"})
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_MAX_DEPTH = 16


class StyleError(ValueError):
    """What was sent isn't in the style.

    Attributes:
        reason: for the client.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Style:
    """How one parameter is written.

    Args:
        node: the parameter or header object.
        name: of a header object, which has none itself.
        shape: what its schema describes.
        properties: names of the properties that the schema declares.
        is_open: an object takes names that no other parameter has.

    Attributes:
        style: name of the style.
        explode: each item or property stands by itself.
        is_spread: it stands under several names, or several times.
        is_object_by_name: its properties are names of their own.
        is_header: blanks around the items of a list don't count.
    """

    def __init__(
        self,
        node: Mapping[str, Any],
        name: str = "",
        shape: Shape = "text",
        properties: Collection[str] = (),
        *,
        is_open: bool = False,
    ) -> None:
        self.name: str = name or node["name"]
        place = node.get("in", "header")
        self.is_header = place == "header"
        default = "simple" if place in ("path", "header") else "form"
        self.style: str = node.get("style", default)
        # There is no other deepObject, so few write it down.
        self.explode: bool = node.get("explode", self.style in _EXPLODED)
        self.shape: Shape = "object" if self.style == "deepObject" else shape
        self.properties = properties
        self.is_open = is_open
        self.is_spread = self.style == "deepObject" or (
            self.explode and self.style in _SPREAD and self.shape != "text"
        )
        self.is_object_by_name = (
            self.is_spread and self.shape == "object" and self.style != "deepObject"
        )

    # --- reading -----------------------------------------------------------------

    def read(self, sent: Mapping[str, Any], others: Collection[str] = ()) -> Any:
        """Read a value: a text, or a list or dictionary of texts.

        Args:
            sent: all that was sent in the place, by name; several are a list.
            others: names of the other parameters there.

        Raises:
            KeyError: it was not sent.
            StyleError: it is not in the style.
        """
        if self.style == "deepObject":
            return self._read_deep(sent)
        if self.is_object_by_name:
            return self._read_properties(sent, others)
        value: Any = sent[self.name]
        if self.is_spread:
            if self.shape == "list":
                return value if is_list(value) else [value]
            return value
        text: str = value[0] if is_list(value) else value
        if self.style == "matrix":
            return self._read_matrix(text)
        if self.style == "label":
            text = _without_mark(text, ".")
        return self._split(text, "." if self.style == "label" else ",", text)

    def _split(self, text: str, exploded: str, whole: str) -> Any:
        if self.shape in ("text", "any"):
            return whole
        if not text:
            return [] if self.shape == "list" else {}
        is_marked = self.explode and self.style == "label"
        delimiter = exploded if is_marked else DELIMITERS.get(self.style, ",")
        items = text.split(delimiter)
        if self.is_header:
            # A list of a header has blanks around its items (RFC 9110 §5.6.1).
            items = [item.strip(" \t") for item in items]
        if self.shape == "list":
            return items
        return _read_pairs(items) if self.explode else _pair(items)

    def _read_matrix(self, text: str) -> Any:
        pieces = _without_mark(text, ";").split(";")
        if self.explode and self.shape == "object":
            return {} if pieces == [self.name] else _read_pairs(pieces)
        values: list[str] = []
        for piece in pieces:
            name, _, value = piece.partition("=")
            if name != self.name:
                raise StyleError(f"has to begin with ;{self.name}")
            values.append(value)
        if self.explode and self.shape == "list":
            return [] if values == [""] else values
        return self._split(values[0], ",", values[0])

    def _read_properties(self, sent: Mapping[str, Any], others: Collection[str]) -> Any:
        names = [name for name in self.properties if name in sent]
        if self.is_open:
            known = {*names, *others}
            names += [name for name in sent if name not in known]
        if not names:
            raise KeyError(self.name)
        return {name: sent[name] for name in names}

    def _read_deep(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        root: dict[str, Any] = {}
        prefix = f"{self.name}["
        for name in sent:
            if name.startswith(prefix):
                value: Any = sent[name]
                _put(root, _read_brackets(name[len(self.name) :]), value)
        if not root:
            raise KeyError(self.name)
        return root

    # --- writing -----------------------------------------------------------------

    def write(self, value: Any) -> list[tuple[str, str]]:
        """Write a value as pairs of name and text.

        In a path or header there is one pair, of which the text counts.
        """
        if is_map(value):
            return self._write_object(value)
        if not is_list(value):
            text = write_value(value)
            if self.style == "matrix":
                return [(self.name, f";{self.name}={text}")]
            return [(self.name, f"{_MARKS.get(self.style, '')}{text}")]
        items = [*map(write_value, value)]
        if self.explode and self.style in _SPREAD:
            return [(self.name, item) for item in items]
        if self.explode and self.style == "matrix":
            return [(self.name, "".join(f";{self.name}={item}" for item in items))]
        return [(self.name, self._join(items))]

    def _write_object(self, value: Mapping[str, Any]) -> list[tuple[str, str]]:
        if self.style == "deepObject":
            return [*_write_deep(self.name, value)]
        pairs = [(str(name), write_value(item)) for name, item in value.items()]
        if not self.explode:
            return [(self.name, self._join([text for pair in pairs for text in pair]))]
        if self.style in _SPREAD:
            return pairs
        items = [f"{name}={text}" for name, text in pairs]
        if self.style == "matrix":
            return [(self.name, "".join(f";{item}" for item in items))]
        return [(self.name, self._join(items))]

    def _join(self, items: list[str]) -> str:
        if self.style == "matrix":
            return f";{self.name}={','.join(items)}"
        if self.style == "label":
            return f".{('.' if self.explode else ',').join(items)}"
        return DELIMITERS.get(self.style, ",").join(items)


def _without_mark(text: str, mark: str) -> str:
    if not text.startswith(mark):
        raise StyleError(f"has to begin with {mark}")
    return text[1:]


def _pair(items: list[str]) -> dict[str, str]:
    """Make an object of names and values in turn."""
    if len(items) % 2:
        raise StyleError("has to have a value for each name")
    return dict(zip(items[::2], items[1::2], strict=True))


def _read_pairs(items: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals:
            raise StyleError("has to have a value for each name")
        found[name] = value
    return found


def _read_brackets(text: str) -> list[str]:
    """Return the keys of ``[a][b]``."""
    keys = _BRACKETS.findall(text)
    if "".join(f"[{key}]" for key in keys) != text or len(keys) > _MAX_DEPTH:
        raise StyleError("has brackets that don't fit")
    return keys


def _put(root: dict[str, Any], keys: list[str], value: Any) -> None:
    is_many = len(keys) > 1 and not keys[-1]
    if is_many:
        keys = keys[:-1]
        value = value if is_list(value) else [value]
    node = root
    for key in keys[:-1]:
        inner: Any = node.setdefault(key, {})
        if not is_map(inner):
            raise StyleError("is a value and an object at once")
        node = inner
    if keys[-1] in node:
        raise StyleError("is a value and an object at once")
    node[keys[-1]] = value


def _write_deep(name: str, value: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, item in value.items():
        inner = f"{name}[{key}]"
        if is_map(item):
            pairs += _write_deep(inner, item)
        else:
            items = item if is_list(item) else [item]
            pairs += [(inner, write_value(each)) for each in items]
    return pairs
