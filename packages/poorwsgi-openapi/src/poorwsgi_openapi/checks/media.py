"""Media types: which one a content is of, how it is decoded, what checks it.

JSON is decoded here, strictly (RFC 8259: UTF-8, no NaN, no lone surrogates).  What
else there is, is told by its schema:

* a text (``type: string``, a number) is decoded in its charset, whatever the type;
* octets (``format: binary``, ``contentMediaType``, no schema at all) stay octets, of
  which only the number is checked, and so do texts of image, audio, video and
  ``application/octet-stream``;
* JSON lines, JSON text sequences and server-sent events are *items*, where their
  schema is a list's or there is an ``itemSchema`` (see ``sequences``);
* an object or list in another format than JSON or a form is *unreadable*, unless
  the application's ``Config`` has a deserialiser of it: it is refused as 415, and
  an answer of the kind isn't looked at.

Forms in ``application/x-www-form-urlencoded`` are read as a query is (see
``urlencoded``); what the ``Config`` has, is decoded by openapi-core.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from functools import cached_property
from typing import Any, Literal, TypeAlias

from poorwsgi_core.http.headers import parse_header
from poorwsgi_openapi.checks.casting import CastError, Casting
from poorwsgi_openapi.checks.certain import UNSURE, Certain, ask_certain, never
from poorwsgi_openapi.checks.engine import InvalidValue, SchemaPlan, Side, refuse_cost
from poorwsgi_openapi.checks.json_text import decode_json, is_json
from poorwsgi_openapi.checks.urlencoded import UrlencodedForm
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.sequences import is_sequential

__all__ = ["MediaKinds", "MediaPlan", "Reading", "find_reading"]

Reading: TypeAlias = Literal["json", "form", "text", "octets", "items", "unreadable"]
"""How a content is decoded."""

_URLENCODED = "application/x-www-form-urlencoded"
_FORMS = (_URLENCODED, "multipart/form-data")
_PLAIN = ("text/plain", "text/html")
_OCTETS = ("image/", "audio/", "video/", "font/", "application/octet-stream")
_BINARY = frozenset({"binary", "base64"})


def find_reading(document: Document, name: str, media: Mapping[str, Any]) -> Reading:
    """Tell how a content is decoded.

    Args:
        document: where references lead to.
        name: media type in lower case, without parameters.
        media: the media type object.
    """
    if is_json(name):
        return "json"
    if name in _FORMS:
        return "form"
    casting, schema = Casting(document), media.get("schema")
    if is_sequential(name) and (
        "itemSchema" in media or casting.shape(schema) == "list"
    ):
        return "items"
    parts = [*casting.parts(schema)]
    if not any(parts):
        return "text" if name in _PLAIN else "octets"
    if any(map(_is_binary, parts)):
        return "octets"
    if casting.shape(schema) in ("list", "object"):
        return "unreadable"
    return "octets" if name.startswith(_OCTETS) else "text"


def _is_binary(schema: Mapping[str, Any]) -> bool:
    if schema.get("format") in _BINARY:
        return True
    kind = str(schema.get("contentMediaType", "text/"))
    return "contentEncoding" not in schema and not kind.startswith("text/")


class MediaKinds:
    """The media types of one content, of which one is looked for.

    Args:
        kinds: as the document has them: exact ones and ranges, with parameters.

    Attributes:
        has_options: some have parameters, which count.
    """

    def __init__(self, kinds: Iterable[str]) -> None:
        self._kinds = [(kind, *_split_kind(kind)) for kind in kinds]
        self.has_options = any(options for _, _, options in self._kinds)

    def find(self, name: str, options: Mapping[str, str]) -> str | None:
        """Return the key that fits best, ``None`` when none does.

        A parameter that only one side has doesn't count, and the charset never:
        ``application/json; charset=utf-8`` is ``application/json``.

        Args:
            name: media type that was sent, in lower case.
            options: its parameters.
        """
        found = [
            (len(pattern.replace("*", "")), _count_equal(wanted, options), -index, kind)
            for index, (kind, pattern, wanted) in enumerate(self._kinds)
            if fnmatch(name or "application/octet-stream", pattern)
            and (name or "*" in pattern)
            and all(options.get(key, value) == value for key, value in wanted.items())
        ]
        return max(found)[3] if found else None


def _split_kind(kind: str) -> tuple[str, dict[str, str]]:
    name, options = parse_header(kind)
    return name.lower(), {k: v for k, v in options.items() if k != "charset"}


def _count_equal(wanted: Mapping[str, str], options: Mapping[str, str]) -> int:
    return sum(options.get(key) == value for key, value in wanted.items())


class MediaPlan:
    """How a content of one media type is read.

    Args:
        side: what checks values.
        kind: the media type; where the document has a range, that which was sent.
        node: the media type object.
        keys: where that is in the document.

    Attributes:
        name: the media type in lower case, without parameters.
        reading: how it is decoded.
        is_json: it is JSON.
        certain: the short way from the decoded content to its value.
    """

    def __init__(
        self, side: Side, kind: str, node: Mapping[str, Any], keys: tuple[str, ...]
    ) -> None:
        self._side = side
        self._keys = keys
        self.kind = kind
        self.name = parse_header(kind)[0].lower()
        extra: Any = side.core.extra_media_type_deserializers or {}
        is_foreign = self.name in extra
        self.reading: Reading = (
            "form" if is_foreign else find_reading(side.document, self.name, node)
        )
        self.is_json = self.reading == "json"
        self._form: UrlencodedForm | None = None
        if self.name == _URLENCODED and not is_foreign:
            self._form = UrlencodedForm(side.document, node)
        self._node: Any = node.get("schema", {})
        self.schema: SchemaPlan | None = None
        if "schema" in node:
            self.schema = side.plan((*keys, "schema"), node["schema"])
        self.certain: Certain = never
        if self.schema is not None and self.reading != "octets":
            self.certain = self.schema.certain

    @cached_property
    def _path(self) -> Any:
        return self._side.schema_path(self._keys)

    def decode(self, raw: bytes, options: Mapping[str, str]) -> Any:
        """Decode a content.

        Args:
            raw: the content.
            options: parameters of its content type.

        Raises:
            Exception: whatever the deserialiser raises.
        """
        if self.is_json:
            return decode_json(raw)
        if self.reading == "text":
            return self._cast(raw.decode(options.get("charset", "utf-8")))
        if self._form is not None:
            return self._form.read(raw, self._side.most_steps)
        if self.reading == "form":
            media = self._side.media_type(self.name, self._path, options)
            return media.deserialize(raw)
        return raw

    def refuse_cost(self, value: Any) -> InvalidValue:
        """Return what says that a content takes too many steps to read."""
        return refuse_cost((*self._keys, "schema"), value)

    def _cast(self, text: str) -> Any:
        try:
            return Casting(self._side.document).cast(text, self._node)
        except CastError:
            return text  # and its schema tells what it should be

    def check(self, value: Any, size: int = 0) -> Any:
        """Check a decoded content of so many bytes and return what it becomes.

        Raises:
            InvalidValue: it doesn't fit.
        """
        made = ask_certain(self.certain, value)
        if made is not UNSURE:
            return made
        made, errors = self.judge(value, size)
        if errors:
            raise InvalidValue(errors)
        return made

    def judge(self, value: Any, size: int = 0) -> tuple[Any, Sequence[Any]]:
        """Return what it becomes, and what is wrong with it: the long way.

        Raises:
            InvalidValue: it can't be checked, or that takes too many steps.
        """
        if self.schema is None or self.reading == "unreadable":
            return value, ()
        if self.reading == "octets":
            return value, [*self._check_size(value)]
        return self.schema.judge(value, size)

    def _check_size(self, value: bytes) -> Iterator[Any]:
        from jsonschema import ValidationError

        for part in Casting(self._side.document).parts(self._node):
            for key, is_wrong in (
                ("minLength", len(value) < part.get("minLength", 0)),
                ("maxLength", len(value) > part.get("maxLength", len(value))),
            ):
                if is_wrong:
                    yield ValidationError(
                        f"has {len(value)} bytes",
                        validator=key,
                        validator_value=part[key],
                        instance=value,
                    )
