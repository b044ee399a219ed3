"""Files below the document root: how long they are fresh, and ready-made smaller ones.

Each is an extension of its own: ``StaticCache`` and ``Precompressed``.
"""

import os
import re
from collections.abc import Iterable
from typing import Any

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.arguments import convert, count
from poorwsgi_core.extensions.codings import choose_coding
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.request.settings import names
from poorwsgi_core.response import BaseResponse, FileResponse
from poorwsgi_core.response.document_root import open_real
from poorwsgi_core.response.streams import filtered_headers
from poorwsgi_core.state import HTTP_NOT_MODIFIED, HTTP_OK, HTTP_PARTIAL_CONTENT

__all__ = ["Precompressed", "StaticCache"]

_YEAR = 31_536_000
_FILES = frozenset({HTTP_OK, HTTP_PARTIAL_CONTENT, HTTP_NOT_MODIFIED})
# Hexadecimal, and not a number alone, which may be a date.
_HASHED = r"[.-](?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\.[0-9a-z.]+\Z"
_SUFFIXES = {"zstd": ".zst", "br": ".br", "gzip": ".gz"}


class StaticCache:
    """Say how long files below the document root may be used without asking.

    A file whose answer sets a cookie, or has a Cache-Control already, is left alone.

    Args:
        max_age: seconds.
        hashed: regular expression; where it is found in the name of a file, as in
            ``app.3f2a91bc.js``, the file never changes, and is fresh for a year.

    Raises:
        re.error: a broken expression.
        ValueError: a negative *max_age*.
    """

    def __init__(self, max_age: int = 3600, *, hashed: str = _HASHED) -> None:
        self._plain = f"max-age={convert('max_age', count, max_age)}"
        self._hashed = re.compile(hashed)

    def install(self, app: Application[Any]) -> None:
        """Look at the answers with files."""
        app.add_after_response(self._add, last=True)

    def _add(self, req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        if req.static_file is None or response.status_code not in _FILES:
            return response
        if "Set-Cookie" in response.headers:
            return response
        # By the name in the address: a link may lead elsewhere tomorrow.
        name = req.path.rpartition("/")[2]
        is_hashed = self._hashed.search(name)
        value = f"max-age={_YEAR}, immutable" if is_hashed else self._plain
        response.headers.setdefault("Cache-Control", value)
        return response


class Precompressed:
    """Send ``style.css.br`` for ``style.css``, where it is there and accepted.

    It is used when it isn't older than the file itself.

    Args:
        codings: names of codings, the best first: ``zstd`` is a file that ends with
            ``.zst``, ``br`` with ``.br``, ``gzip`` with ``.gz``.

    Raises:
        ValueError: an unknown coding.
    """

    def __init__(self, codings: Iterable[str] = ("zstd", "br", "gzip")) -> None:
        self._suffixes: dict[str, str] = {}
        for name in convert("codings", names, codings):
            if name not in _SUFFIXES:
                raise ValueError(f"No coding {name!r}, only {', '.join(_SUFFIXES)}")
            self._suffixes[name] = _SUFFIXES[name]

    def install(self, app: Application[Any]) -> None:
        """Look at the answers with files."""
        app.add_after_response(self._choose)

    def _choose(self, req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        path = req.static_file
        if path is None or not isinstance(req, Request):
            return response
        if response.status_code not in _FILES or "Content-Encoding" in response.headers:
            return response
        req.vary = (*req.vary, "Accept-Encoding")
        if not isinstance(response, FileResponse) or response.status_code != HTTP_OK:
            return response
        offers = [name for name in self._suffixes if self._is_usable(path, name)]
        coding = choose_coding(req, offers)
        return response if coding is None else self._send(path, coding, response)

    def _is_usable(self, path: str, coding: str) -> bool:
        try:
            ready = os.stat(path + self._suffixes[coding])
            return ready.st_mtime >= os.stat(path).st_mtime
        except OSError:
            return False

    def _send(self, path: str, coding: str, response: FileResponse) -> BaseResponse:
        headers = filtered_headers(response)
        for name in ("ETag", "Last-Modified"):
            del headers[name]
        headers["Content-Encoding"] = coding
        kind = response.headers.get("Content-Type", response.content_type)
        try:
            return FileResponse(
                path + self._suffixes[coding], kind, headers, opener=open_real
            )
        except OSError:
            return response
