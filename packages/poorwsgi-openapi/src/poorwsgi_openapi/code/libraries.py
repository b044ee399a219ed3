"""Types of msgspec and pydantic: described, read and written by their library.

Neither is imported before one of its types is met.  What a type of theirs holds is
theirs too, dataclasses among it.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Protocol, get_args

from poorwsgi_openapi.code.ways import count_tries, find_ways
from poorwsgi_openapi.document.pointers import join_pointer

__all__ = ["InvalidArgument", "Library", "find_library", "keep_validators"]

log = logging.getLogger("poorwsgi")

_MANY_WAYS = (
    "pydantic tries each model of a union in %s that holds itself, at each level anew, "
    "so that deep values are refused; give the union a discriminator"
)
_TOO_MANY = "takes more tries to read than are allowed"
_MOST_TRIES = 50_000
"""Models that may be tried for a value."""
_REFERENCE = "#/components/schemas/{}"
_MOST_PLACES = 10


class InvalidArgument(ValueError):
    """A value that its schema allows doesn't become its type.

    Attributes:
        places: JSON pointer and reason of each part that doesn't.
    """

    def __init__(self, places: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(message for _, message in places))
        self.places = places


class Library(Protocol):
    """What does the work for types of its own."""

    def describe(self, hint: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the schema of a type, and the components that it refers to."""
        ...

    def build_reader(self, hint: Any) -> Callable[[Any], Any]:
        """Build what makes a value of the type, or raises InvalidArgument."""
        ...

    def build_writer(self, hint: Any) -> Callable[[Any], Any]:
        """Build what makes JSON of a value of the type."""
        ...


class _Msgspec:
    def describe(self, hint: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        import msgspec

        template = _REFERENCE.format("{name}")
        (schema,), components = msgspec.json.schema_components(
            [hint], ref_template=template
        )
        return schema, components

    def build_reader(self, hint: Any) -> Callable[[Any], Any]:
        import msgspec

        convert, invalid = msgspec.convert, msgspec.ValidationError

        def read(value: Any) -> Any:
            try:
                return convert(value, hint)
            except invalid as error:
                raise InvalidArgument([("", str(error))]) from error

        return read

    def build_writer(self, hint: Any) -> Callable[[Any], Any]:
        import msgspec

        return msgspec.to_builtins


class _Pydantic:
    def describe(self, hint: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        from pydantic import TypeAdapter

        template = _REFERENCE.format("{model}")
        # A model is a definition in a list, where alone it is the whole schema.
        many: Any = list
        adapter: TypeAdapter[Any] = TypeAdapter(many[hint])
        schema = adapter.json_schema(ref_template=template)
        known: dict[str, Any] = schema.get("$defs", {})
        answers = adapter.json_schema(ref_template=template, mode="serialization")
        for name, answered in answers.get("$defs", {}).items():
            _add_computed(known.get(name, {}), answered)
        return schema["items"], known

    def build_reader(self, hint: Any) -> Callable[[Any], Any]:
        from pydantic import TypeAdapter, ValidationError

        adapter: TypeAdapter[Any] = TypeAdapter(hint)
        validate = partial(adapter.validate_python, strict=False)
        ways = find_ways(*self.describe(hint))
        if ways > 1:
            log.warning(_MANY_WAYS, hint)

        def read(value: Any) -> Any:
            if ways > 1 and count_tries(value, ways) > _MOST_TRIES:
                raise InvalidArgument([("", _TOO_MANY)])
            try:
                # Its schema was strict; values of dates are Python's by now.
                return validate(value)
            except ValidationError as error:
                found = error.errors(include_url=False, include_input=False)
                places = [
                    (join_pointer(each["loc"]), each["msg"])
                    for each in found[:_MOST_PLACES]
                ]
                raise InvalidArgument(places) from error

        return read

    def build_writer(self, hint: Any) -> Callable[[Any], Any]:
        from pydantic import TypeAdapter

        adapter: TypeAdapter[Any] = TypeAdapter(hint)
        dump = adapter.dump_python
        return lambda value: dump(value, mode="json", by_alias=True)


_LIBRARIES: Mapping[str, Library] = {"pydantic": _Pydantic(), "msgspec": _Msgspec()}
_MARKS = {
    "pydantic": (
        "__pydantic_validator__",
        "__get_pydantic_core_schema__",
        "strip_whitespace",
    ),
    "msgspec": ("__struct_fields__",),
}
"""Attributes of types, and of what ``Annotated`` says of them."""


def find_library(hint: Any) -> Library | None:
    """Return the library that a type, or some part of it, is of."""
    parts = [*_walk(hint)]
    for name, library in _LIBRARIES.items():
        if any(_is_of(name, part) for part in parts):
            return library
    return None


def keep_validators(hint: Any, notes: Sequence[Any]) -> Any:
    """Leave on a type what pydantic does with its values besides checking them."""
    theirs = [note for note in notes if _is_of("pydantic", note)]
    return Annotated[(hint, *theirs)] if theirs else hint


def _is_of(name: str, part: Any) -> bool:
    return any(hasattr(part, mark) for mark in _MARKS[name])


def _add_computed(schema: dict[str, Any], answered: Mapping[str, Any]) -> None:
    """Add the fields of a model that are only answered."""
    for name, field in answered.get("properties", {}).items():
        if field.get("readOnly") and name not in schema.get("properties", {}):
            schema.setdefault("properties", {})[name] = field
            schema["required"] = [*schema.get("required", ()), name]


def _walk(hint: Any) -> Iterator[Any]:
    yield hint
    for argument in get_args(hint):
        yield from _walk(argument)
