"""JSON into types: dataclasses, TypedDicts, msgspec Structs, pydantic models.

The work is done by msgspec or pydantic, whichever the type belongs to and is
installed; a type that belongs to neither goes to the one that there is.  Where
that is pydantic, and Python older than 3.12, a TypedDict has to be the one of
``typing_extensions``.
"""

import importlib.util
import re
from typing import Any, TypeVar, get_args

from poorwsgi_core.response import HTTPException, JSONResponse
from poorwsgi_core.state import HTTP_UNPROCESSABLE_ENTITY
from poorwsgi_forms.errors import FormError

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
        RuntimeError: neither msgspec nor pydantic is installed.
    """
    if _is_pydantic(type_) or not importlib.util.find_spec("msgspec"):
        return _by_pydantic(raw, type_)
    return _by_msgspec(raw, type_)


def _is_pydantic(type_: type[Any]) -> bool:
    # Both its models and its dataclasses have it; an alias such as list[Model]
    # has arguments.
    return hasattr(type_, "__pydantic_validator__") or any(
        map(_is_pydantic, get_args(type_))
    )


def _by_msgspec(raw: bytes, type_: type[_T]) -> _T:
    import msgspec

    try:
        return msgspec.json.decode(raw, type=type_)
    except msgspec.ValidationError as error:
        match = _PLACE.fullmatch(str(error))
        message, path = match.groups() if match else (str(error), "")
        raise InvalidData([_place(_pointer(path), message)]) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise FormError(f"Invalid JSON: {error}") from error


def _pointer(path: str) -> str:
    """Turn ``.items[0].id`` into the JSON pointer ``/items/0/id``.

    It ends where msgspec doesn't tell the key of a mapping: ``[...]``.
    """
    known = path.partition("[...]")[0]
    return known.replace("[", ".").replace("]", "").replace(".", "/")


def _by_pydantic(raw: bytes, type_: type[_T]) -> _T:
    try:
        import pydantic
    except ImportError as error:
        raise RuntimeError(
            "json_as needs msgspec or pydantic: pip install msgspec"
        ) from error
    # A model of pydantic says itself how strict it is; for the others "2" is no
    # number here either.
    strict = None if _is_pydantic(type_) else True
    try:
        return pydantic.TypeAdapter(type_).validate_json(raw, strict=strict)
    except pydantic.ValidationError as error:
        raise InvalidData(
            [
                _place("".join(map(_token, item["loc"])), item["msg"])
                for item in error.errors(include_url=False)
            ]
        ) from error


def _token(part: str | int) -> str:
    """Write a step of a JSON pointer (RFC 6901 §4)."""
    return "/" + str(part).replace("~", "~0").replace("/", "~1")


def _place(pointer: str, message: str) -> dict[str, str]:
    return {"pointer": pointer, "message": message}
