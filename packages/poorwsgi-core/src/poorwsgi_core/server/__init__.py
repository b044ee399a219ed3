"""The embedded server: for development and for small devices.

The standard library's ``wsgiref`` answers, with a thread for each connection and
time limits for slow clients.  It speaks HTTP/1.0 and closes each connection.  What
comes in is read by rules of its own, those of RFC 9112: a request that two programs
could take for two different ones is refused.  Put a production server in front of
users all the same.

``poorwsgi.socket`` of the environ is the connection, for what isn't HTTP any more,
such as a WebSocket.  An application that never calls ``start_response`` has answered
there by itself: nothing is sent after it.

listening    the socket that clients come to, and a thread for each
connection   one connection: reads the head, lets the application answer
answer       how an answer is sent
head         the head of a request, from bytes to an environ
probe        looks at a server from outside, by odd requests
probe_cases  these requests, and what to think of the answers
"""

from typing import TYPE_CHECKING

from poorwsgi_core.lazy import lazy_names

if TYPE_CHECKING:
    from poorwsgi_core.server.listening import ThreadingServer, build_server, run

__all__ = ["ThreadingServer", "build_server", "run"]

_MODULES = {
    ".listening": "ThreadingServer build_server run",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
