"""What a handler gets: the request, whatever was sent with it, lazily.

request     Request: headers, arguments, cookies
content     the body: what is said of it, and the ways to read it
simple      SimpleRequest: what can be told by the environ alone
chunks      a chunked body taken apart
body        the body as a bounded stream
arguments   arguments of a query
cookies     cookies
target      what a request is routed to
absent      attributes that are not there, and say what is
variables   ``poor_*`` and ``app_*`` of the server
callables   what can be told about a handler
mistakes    what is wrong with the wiring, raised or kept
settings    the values that an application is set to
serving     what a request asks of the application that serves it

Of applications only that is known which ``serving`` states.
"""

from typing import TYPE_CHECKING

from poorwsgi_core.lazy import lazy_names

if TYPE_CHECKING:
    from poorwsgi_core.http.headers import Headers, parse_header, parse_negotiation
    from poorwsgi_core.request.arguments import Args, EmptyForm
    from poorwsgi_core.request.body import CachedInput
    from poorwsgi_core.request.request import Request
    from poorwsgi_core.request.simple import SimpleRequest
    from poorwsgi_core.response import HTTPException

__all__ = [
    "Args",
    "CachedInput",
    "EmptyForm",
    "HTTPException",
    "Headers",
    "Request",
    "SimpleRequest",
    "parse_header",
    "parse_negotiation",
]

_MODULES = {
    "..http.headers": "Headers parse_header parse_negotiation",
    "..response": "HTTPException",
    ".arguments": "Args EmptyForm",
    ".body": "CachedInput",
    ".request": "Request",
    ".simple": "SimpleRequest",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
