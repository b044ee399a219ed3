"""Cookies of a request, of which a missing one is the client's mistake."""

from http.cookies import SimpleCookie
from typing import NoReturn

from poorwsgi_core.request.arguments import MissingField

__all__ = ["RequestCookies"]


class RequestCookies(SimpleCookie):
    """Names to morsels; one that is asked for and wasn't sent is 400."""

    def __missing__(self, name: str) -> NoReturn:
        raise MissingField(name, f"The cookie {name!r} is missing")
