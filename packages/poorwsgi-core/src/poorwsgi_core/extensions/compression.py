"""Compression of answers by what the client accepts (RFC 9110 section 12.5.3).

What one person alone gets isn't compressed, unless told: who can see the length of an
encrypted answer, and make a browser ask for it with text of theirs in it, finds out its
secrets letter by letter, CSRF tokens among them (the attack is known as BREACH).
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeAlias

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.arguments import check_function, convert
from poorwsgi_core.extensions.codings import (
    Coder,
    choose_coding,
    encode,
    encode_all,
    find_coders,
)
from poorwsgi_core.http.conditional import weaken
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.request.settings import names, whole
from poorwsgi_core.request.variables import parse_flag
from poorwsgi_core.response import (
    BaseResponse,
    Declined,
    FileObjResponse,
    FilteredResponse,
    Response,
)
from poorwsgi_core.response.streams import filtered_headers
from poorwsgi_core.state import HTTP_NOT_MODIFIED, HTTP_PARTIAL_CONTENT

__all__ = ["Compression"]

_TYPES = (
    "text/",
    "application/json",
    "application/javascript",
    "application/manifest+json",
    "application/wasm",
    "application/x-ndjson",
    "application/xml",
    "image/bmp",
    "image/svg+xml",
    "image/vnd.microsoft.icon",
    "image/x-icon",
)
_SUFFIXES = ("+json", "+xml")
# What an answer may depend on, and be the same for everybody who asks so.
_IMPERSONAL = frozenset(
    {"", "accept", "accept-encoding", "accept-language", "accept-charset", "origin"}
)

_Private: TypeAlias = bool | Callable[[Any, BaseResponse], bool]


class Compression:
    """Compress answers, by zstd, brotli or gzip.

    Left alone are answers that are small, compressed by their type or coding, part of
    a file, marked ``no-transform``, and those for one person.  Streams are sent piece
    by piece.

    An answer is for one person when it sets a cookie, is ``private`` or ``no-store``,
    depends on a field such as Cookie by its Vary, or when the request has a cookie or
    Authorization.  Files aren't, for they have no text of the client's in them; and
    pages that one's own pages ask for, as ``Sec-Fetch-Site`` says, are compressed.

    Args:
        minimum: bytes below which compressing isn't worth it.
        types: media types, or their beginnings as ``text/``, that are compressed.
        private: compress what is for one person too: always, or where a function of
            request and response says that nothing in it is secret.
        codings: names of codings, the best first; all there are without it.

    Raises:
        TypeError: an argument has a wrong type.
        ValueError: a coding isn't known, or its package isn't installed.
    """

    def __init__(
        self,
        *,
        minimum: int = 500,
        types: Iterable[str] = _TYPES,
        private: _Private = False,
        codings: Iterable[str] | None = None,
    ) -> None:
        coders = find_coders()
        chosen = coders if codings is None else codings
        self._names = convert("codings", names, chosen)
        if not self._names:
            raise ValueError("codings: name one, such as 'gzip', or leave it out")
        for name in self._names:
            if name not in coders:
                raise ValueError(
                    f"No coding {name!r} here, there is {', '.join(coders)}: brotli "
                    "and zstandard are packages to be installed"
                )
        self._coders: dict[str, Callable[[], Coder]] = coders
        self._minimum = convert("minimum", whole, minimum)
        self._types = convert("types", names, types)
        if callable(private):
            check_function("private", private, "req", "response")
            self._private: _Private = private
        else:
            self._private = convert("private", parse_flag, private)

    def install(self, app: Application[Any]) -> None:
        """Compress all answers that are worth it."""
        app.add_after_response(self._compress, last=True)

    def _compress(self, req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        if not isinstance(req, Request) or isinstance(response, Declined):
            return response
        if response.status_code == HTTP_NOT_MODIFIED:
            _keep_weak(req, response)
            req.vary = (*req.vary, "Accept-Encoding")
            return response
        if not self._is_worth_it(response):
            return response
        is_safe = self._is_safe(req, response)
        req.vary = (*req.vary, "Accept-Encoding")
        coding = choose_coding(req, self._names) if is_safe else None
        if coding is None:
            return response
        compressed = _encode(response, self._coders[coding]())
        compressed.headers["Content-Encoding"] = coding
        return compressed

    def _is_worth_it(self, response: BaseResponse) -> bool:
        headers = response.headers
        if response.is_bodiless or response.status_code == HTTP_PARTIAL_CONTENT:
            return False
        if "Content-Encoding" in headers or "Content-Range" in headers:
            return False
        if "no-transform" in _directives(response):
            return False
        # The length of a stream is 0 here: nobody knows it.
        if response.content_length < self._minimum and (
            response.content_length or isinstance(response, Response | FileObjResponse)
        ):
            return False
        kind = headers.get("Content-Type", response.content_type)
        kind = kind.partition(";")[0].strip().lower()
        return kind.startswith(self._types) or kind.endswith(_SUFFIXES)

    def _is_safe(self, req: Request, response: BaseResponse) -> bool:
        if isinstance(response, FileObjResponse) or not _is_personal(req, response):
            return True
        if req.headers.get("Sec-Fetch-Site") == "same-origin":
            return True
        if callable(self._private):
            return bool(self._private(req, response))
        return self._private


def _is_personal(req: Request, response: BaseResponse) -> bool:
    if "Cookie" in req.headers or "Authorization" in req.headers:
        return True
    if "Set-Cookie" in response.headers:
        return True
    if not _directives(response).isdisjoint({"private", "no-store"}):
        return True
    names = ",".join([*req.vary, *response.headers.get_all("Vary")]).lower()
    return not _IMPERSONAL.issuperset(name.strip() for name in names.split(","))


def _directives(response: BaseResponse) -> set[str]:
    value = ",".join(response.headers.get_all("Cache-Control")).lower()
    return {item.partition("=")[0].strip() for item in value.split(",")}


def _encode(response: BaseResponse, coder: Coder) -> BaseResponse:
    if isinstance(response, Response):
        kind = response.headers.get("Content-Type", response.content_type)
        return Response(
            encode_all(coder, response.data),
            kind,
            filtered_headers(response),
            response.status_code,
        )
    # A file is there at once, so its blocks need no flush.
    flush = not isinstance(response, FileObjResponse)
    return FilteredResponse(response, partial(encode, coder, flush=flush))


def _keep_weak(req: Request, response: BaseResponse) -> None:
    """Name the ETag as the client has it, which got it with a compressed answer."""
    etag = response.headers.get("ETag", "")
    known = req.headers.get("If-None-Match", "")
    if etag and weaken(etag) in known:
        response.headers["ETag"] = weaken(etag)
