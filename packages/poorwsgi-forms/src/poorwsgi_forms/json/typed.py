"""JSON into types: dataclasses, TypedDicts, msgspec Structs, pydantic models.

The work is done by msgspec or pydantic; ``engines`` knows by which.  Here their errors
become answers.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from poorwsgi_core.response import HTTPException, JSONResponse
from poorwsgi_core.state import HTTP_UNPROCESSABLE_ENTITY
from poorwsgi_forms.errors import FormError
from poorwsgi_forms.json.engines import find_engine
from poorwsgi_forms.json.places import follow_path, follow_steps

__all__ = ["InvalidData", "decode_typed"]

_T = TypeVar("_T")
_PLACE = re.compile(r"(.*) - at (?:`key` in )?`\$(.*)`", re.DOTALL)


class InvalidData(HTTPException, ValueError):
    """The JSON doesn't fit the type (422), answered as problem+json.

    Attributes:
        errors: for each wrong place its JSON pointer and what is wrong.
    """

    def __init__(self, errors: list[dict[str, str]]) -> None:
        problem = {
            "type": "about:blank",
            "title": "Unprocessable Content",
            "status": HTTP_UNPROCESSABLE_ENTITY,
            "errors": errors,
        }
        response = JSONResponse(problem, status_code=HTTP_UNPROCESSABLE_ENTITY)
        response.content_type = "application/problem+json"
        super().__init__(response)
        self.errors = errors

    def __str__(self) -> str:
        return "; ".join(f"{e['pointer'] or '/'}: {e['message']}" for e in self.errors)


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
        match = _PLACE.fullmatch(str(error))
        message, path = match.groups() if match else (str(error), "")
        place = _place(follow_path(_load(raw), path), message)
        raise InvalidData([place]) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise FormError(f"Invalid JSON: {error}") from error


def _by_pydantic(raw: bytes, decode: Callable[[bytes], Any]) -> Any:
    import pydantic

    try:
        return decode(raw)
    except pydantic.ValidationError as error:
        document = _load(raw)
        raise InvalidData(
            [
                _place(follow_steps(document, item["loc"]), _describe(item))
                for item in error.errors(include_url=False)
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
