"""JSON into types: dataclasses, TypedDicts, msgspec Structs, pydantic models.

The work is done by msgspec or pydantic; ``engines`` knows by which.  Here their errors
become answers.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from poorwsgi_forms.errors import FormError, InvalidData
from poorwsgi_forms.json.engines import find_engine
from poorwsgi_forms.json.places import follow_path, follow_steps

__all__ = ["decode_typed"]

_T = TypeVar("_T")
_MOST_PLACES = 50
_MOST_TEXT = 65_536
_MOST_COLLECTED = 1000
_SHORT = 1 << 14
_MOST_NAMES = 1 << 24
_CONTAINERS = (dict, list)


def decode_typed(raw: bytes, type_: type[_T]) -> _T:
    """Decode JSON into a type.

    Raises:
        InvalidData: the JSON is well formed, but doesn't fit.
        FormError: the decoder is stricter than JSON is, or nested too deeply; or long
            names stand above many values.
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

    # PERF: a short body can't stand for much.
    if len(raw) > _SHORT:
        _check_names(_load(raw))
    try:
        return decode(raw)
    except pydantic.ValidationError as error:
        count = error.error_count()
        if count > _MOST_COLLECTED:
            raise InvalidData([_place("", f"{count} places don't fit")]) from error
        items = error.errors(include_url=False, include_input=False)
        raise InvalidData(_list_places(_load(raw), items)) from error


def _list_places(document: Any, items: Iterable[Any]) -> list[dict[str, str]]:
    """List the first places, as far as they and their names aren't too many."""
    places: list[dict[str, str]] = []
    room = _MOST_TEXT
    for item in items:
        place = _place(follow_steps(document, item["loc"]), _describe(item))
        places.append(place)
        room -= len(place["pointer"])
        if room < 0 or len(places) == _MOST_PLACES:
            break
    return places


def _check_names(document: Any) -> None:
    """Refuse long names above many values.

    pydantic keeps all the names above each value that doesn't fit, so that a body of
    half a megabyte could take gigabytes.
    """
    waiting: list[tuple[Any, int]] = [([document], 0)]
    total = 0
    while waiting and total <= _MOST_NAMES:
        container, above = waiting.pop()
        total += above * len(container)
        if isinstance(container, dict):
            members = cast("dict[str, Any]", container)
            total += sum(map(len, members))
            waiting += [
                (value, above + len(name))
                for name, value in members.items()
                if isinstance(value, _CONTAINERS)
            ]
        else:
            waiting += [
                (item, above) for item in container if isinstance(item, _CONTAINERS)
            ]
    if total > _MOST_NAMES:
        raise FormError("The JSON has long names above too many values")


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
