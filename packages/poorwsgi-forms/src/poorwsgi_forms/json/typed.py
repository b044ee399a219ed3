"""JSON into types: dataclasses, TypedDicts, msgspec Structs, pydantic models.

The work is done by msgspec or pydantic; ``engines`` knows by which.  Here their errors
become answers.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from poorwsgi_forms.errors import FormError, InvalidData
from poorwsgi_forms.json.engines import find_engine
from poorwsgi_forms.json.places import follow_path, follow_steps

__all__ = ["decode_typed"]

_T = TypeVar("_T")
_MOST_PLACES = 50


def decode_typed(raw: bytes, type_: type[_T]) -> _T:
    """Decode JSON into a type.

    Raises:
        InvalidData: the JSON is well formed, but doesn't fit.
        FormError: the decoder is stricter than JSON is, or nested too deeply.
        TypeError: the type has a field that can't be decoded.
        RuntimeError: neither msgspec nor pydantic is installed.
    """
    engine = find_engine(type_)
    decoded: _T
    if engine.name == "msgspec":
        decoded = _by_msgspec(raw, engine.decode)
    else:
        decoded = _by_pydantic(raw, engine.decode)
    return decoded


def _by_msgspec(raw: bytes, decode: Callable[[bytes], Any]) -> Any:
    import msgspec

    try:
        return decode(raw)
    except msgspec.ValidationError as error:
        message, path = _split_place(str(error))
        place = _place(follow_path(_load(raw), path), message)
        raise InvalidData([place]) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise FormError(f"Invalid JSON: {error}") from error


def _split_place(message: str) -> tuple[str, str]:
    """Split what is wrong from where, which msgspec says in one text."""
    # PERF: no expression, for the client's text may look so at many places.
    rest, _, place = message.rpartition(" - at `")
    place = place.removeprefix("key` in `")
    if rest and place.startswith("$") and place.endswith("`"):
        return rest, place[1:-1]
    return message, ""


def _by_pydantic(raw: bytes, decode: Callable[[bytes], Any]) -> Any:
    import pydantic

    try:
        return decode(raw)
    except pydantic.ValidationError as error:
        document = _load(raw)
        items = error.errors(include_url=False, include_input=False)
        raise InvalidData(
            [
                _place(follow_steps(document, item["loc"]), _describe(item))
                for item in items[:_MOST_PLACES]
            ]
        ) from error


def _describe(item: Mapping[str, Any]) -> str:
    # The place is what lacks the field.
    if item["type"] == "missing":
        return f"Object missing required field `{item['loc'][-1]}`"
    return str(item["msg"])


def _load(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _place(pointer: str, message: str) -> dict[str, str]:
    return {"pointer": pointer, "message": message}
