"""Exceptions that end a handler early or report an unusable value."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from poorwsgi_core.state import DECLINED, HTTP_NO_CONTENT, HTTP_OK

if TYPE_CHECKING:
    from poorwsgi_core.response.base import BaseResponse

__all__ = ["HTTPException", "ResponseError"]


class ResponseError(RuntimeError):
    """A handler returned a value that no response can be made of."""


class HTTPException(Exception):
    """Stop the handler with a status code or with a ready response.

    Args:
        arg: status code, ``DECLINED``, or the response to send.
        **kwargs: handed to the state handler of that status as keywords.

    Raises:
        TypeError: *arg* is neither an int nor a response.
    """

    args: "tuple[int | BaseResponse, Mapping[str, Any]]"

    def __init__(self, arg: "int | BaseResponse", **kwargs: Any) -> None:
        if not isinstance(arg, int) and not hasattr(type(arg), "__start_response__"):
            raise TypeError(
                f"HTTPException takes a status code or a response, not {arg!r}"
            )
        super().__init__(arg, kwargs)

    def make_response(self) -> "BaseResponse | None":
        """Return the response when no state handler is needed for it.

        That is the carried response, or the one for ``DECLINED``, 200 and 204;
        ``None`` for every other status code.
        """
        arg = self.args[0]
        if not isinstance(arg, int):
            return arg
        if arg not in (DECLINED, HTTP_OK, HTTP_NO_CONTENT):
            return None
        # Imported here, because responses are built on this module.
        from poorwsgi_core.response import empty

        if arg == DECLINED:
            return empty.Declined()
        if arg == HTTP_OK:
            return empty.EmptyResponse()
        return empty.NoContentResponse()

    @property
    def response(self) -> "BaseResponse | None":
        """The carried response, if any."""
        arg = self.args[0]
        return None if isinstance(arg, int) else arg

    @property
    def status_code(self) -> int:
        """The status code given, or that of the carried response."""
        arg = self.args[0]
        return arg if isinstance(arg, int) else arg.status_code
