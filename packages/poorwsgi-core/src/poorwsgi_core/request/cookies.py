"""Cookies of a request, of which a missing one is the client's mistake."""

from http.cookies import SimpleCookie
from typing import NoReturn

from poorwsgi_core.http.cookies import load_cookies
from poorwsgi_core.request.arguments import MissingField

__all__ = ["read_cookies"]


class _Cookies(SimpleCookie):
    """Names to morsels; one that is asked for and wasn't sent is 400."""

    def __missing__(self, name: str) -> NoReturn:
        raise MissingField(name, f"The cookie {name!r} is missing")


def read_cookies(header: str | None) -> SimpleCookie:
    """Read a Cookie value, empty for ``None``, as ``load_cookies`` does."""
    return load_cookies(header, _Cookies)
