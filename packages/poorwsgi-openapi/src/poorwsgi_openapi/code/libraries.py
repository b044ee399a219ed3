"""Types of msgspec and pydantic: described, read and written by their library.

Neither is imported before one of its types is met.  What a type of theirs holds is
theirs too, dataclasses among it.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, get_args

from poorwsgi_openapi.code.ways import count_tries, find_ways

__all__ = ["InvalidArgument", "Library", "find_library"]

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
        adapter: TypeAdapter[Any] = TypeAdapter(hint)
        schema = adapter.json_schema(ref_template=template)
        return schema, schema.pop("$defs", {})

    def build_reader(self, hint: Any) -> Callable[[Any], Any]:
        from pydantic import TypeAdapter, ValidationError

        from poorwsgi_openapi.document.pointers import escape_part

        adapter: TypeAdapter[Any] = TypeAdapter(hint)
        validate = adapter.validate_python
        ways = find_ways(*self.describe(hint))
        if ways > 1:
            log.warning(_MANY_WAYS, hint)

        def read(value: Any) -> Any:
            if ways > 1 and count_tries(value, ways) > _MOST_TRIES:
                raise InvalidArgument([("", _TOO_MANY)])
            try:
                return validate(value)
            except ValidationError as error:
                found = error.errors(include_url=False, include_input=False)
                places = [
                    ("".join(f"/{escape_part(p)}" for p in each["loc"]), each["msg"])
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
_MARKS = {"pydantic": "__pydantic_validator__", "msgspec": "__struct_fields__"}


def find_library(hint: Any) -> Library | None:
    """Return the library that a type, or some part of it, is of."""
    parts = [*_walk(hint)]
    for name, library in _LIBRARIES.items():
        if any(hasattr(part, _MARKS[name]) for part in parts):
            return library
    return None


def _walk(hint: Any) -> Iterator[Any]:
    yield hint
    for argument in get_args(hint):
        yield from _walk(argument)
