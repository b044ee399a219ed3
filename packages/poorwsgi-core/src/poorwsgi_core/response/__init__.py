"""Responses: everything a handler may return or raise.

base      status, headers, ranges: what all responses share; HTTPException
memory    bodies in memory: bytes, text, JSON
json_text    values to JSON at once
json_stream  values to JSON piece by piece
files     open files and files by path
streams   generators of bytes, text and JSON; filters of other bodies
empty     no content, not modified, redirect, declined
make      return values to responses; abort and redirect
shortcut  plain values, sent without building a response
bodies    the iterables that a server reads
head      statuses and fields that fit together
document_root   from a request path to a file
elsewhere       names that the responses of other frameworks have
media_types     from the name of a file to its type
"""

from typing import TYPE_CHECKING

from poorwsgi_core.lazy import lazy_names

if TYPE_CHECKING:
    from poorwsgi_core.response.base import BaseResponse, HTTPException, log
    from poorwsgi_core.response.bodies import IBytesIO
    from poorwsgi_core.response.empty import (
        Declined,
        EmptyResponse,
        NoContentResponse,
        NotModifiedResponse,
        RedirectResponse,
    )
    from poorwsgi_core.response.files import FileObjResponse, FileResponse
    from poorwsgi_core.response.head import (
        NOT_MODIFIED_DENY,
        NOT_MODIFIED_ONE_OF_REQUIRED,
    )
    from poorwsgi_core.response.make import (
        ResponseError,
        abort,
        build_response,
        make_response,
        redirect,
        to_response,
    )
    from poorwsgi_core.response.memory import (
        JSONResponse,
        PartialResponse,
        Response,
        TextResponse,
    )
    from poorwsgi_core.response.streams import (
        JSON_GENERATOR,
        FilteredResponse,
        GeneratorResponse,
        JSONGeneratorResponse,
        StrGeneratorResponse,
    )

__all__ = [
    "JSON_GENERATOR",
    "NOT_MODIFIED_DENY",
    "NOT_MODIFIED_ONE_OF_REQUIRED",
    "BaseResponse",
    "Declined",
    "EmptyResponse",
    "FileObjResponse",
    "FileResponse",
    "FilteredResponse",
    "GeneratorResponse",
    "HTTPException",
    "IBytesIO",
    "JSONGeneratorResponse",
    "JSONResponse",
    "NoContentResponse",
    "NotModifiedResponse",
    "PartialResponse",
    "RedirectResponse",
    "Response",
    "ResponseError",
    "StrGeneratorResponse",
    "TextResponse",
    "abort",
    "build_response",
    "log",
    "make_response",
    "redirect",
    "to_response",
]

_MODULES = {
    ".base": "BaseResponse HTTPException log",
    ".bodies": "IBytesIO",
    ".empty": (
        "Declined EmptyResponse NoContentResponse NotModifiedResponse RedirectResponse"
    ),
    ".files": "FileObjResponse FileResponse",
    ".head": "NOT_MODIFIED_DENY NOT_MODIFIED_ONE_OF_REQUIRED",
    ".make": "ResponseError abort build_response make_response redirect to_response",
    ".memory": "JSONResponse PartialResponse Response TextResponse",
    ".streams": (
        "FilteredResponse GeneratorResponse JSONGeneratorResponse "
        "JSON_GENERATOR StrGeneratorResponse"
    ),
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
