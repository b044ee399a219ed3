"""What other frameworks call a thing that a response has by another name.

Who assigns to such a name means to change the answer, and would change nothing.
"""

from typing import TYPE_CHECKING, Any

__all__ = ["ElsewhereNames"]


class _Elsewhere:
    """An attribute of the responses of others, told where ours gets or sets it.

    Classes of an application may use the name as they like.
    """

    def __init__(self, hint: str) -> None:
        self._name = ""
        self._hint = hint

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object | None, owner: type) -> Any:
        if instance is None or self._name not in vars(instance):
            raise self._build_error(owner)
        return vars(instance)[self._name]

    def __set__(self, instance: object, value: Any) -> None:
        kind = type(instance)
        if kind.__module__.startswith("poorwsgi"):
            raise self._build_error(kind)
        vars(instance)[self._name] = value

    def _build_error(self, kind: type) -> AttributeError:
        name = self._name
        reason = f"{kind.__name__!r} object has no attribute {name!r}: {self._hint}"
        return AttributeError(reason, name=name, obj=kind)


class ElsewhereNames:
    """Base of responses: what they don't have, and what to write instead."""

    if not TYPE_CHECKING:
        body = _Elsewhere("give it to the constructor, as in Response(text)")
        media = _Elsewhere("write JSONResponse(value)")
        mimetype = _Elsewhere("write response.content_type")
        status = _Elsewhere("write response.status_code")
        text = _Elsewhere("give it to the constructor, as in Response(text)")
