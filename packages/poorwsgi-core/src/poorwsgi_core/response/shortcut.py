"""The short way of the most common return values to the server.

PERF: no response is built where nobody can see it: the application takes this
way when there are no after handlers.  What is sent is what the long way through
``to_response`` sends, to the byte; anything unusual is left to that one.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from poorwsgi_core.response.base import POWERED_BY
from poorwsgi_core.response.head import check_content_type
from poorwsgi_core.response.json_text import JSONDumps, dump_json, encode_json
from poorwsgi_core.response.memory import HTML, JSON

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["send_value"]


_encoders: dict[type[Any], tuple[Callable[[Any], bytes] | None, str]] = {
    str: (str.encode, HTML),
    bytes: (bytes, HTML),
    dict: (None, JSON),
}


def send_value(
    value: Any,
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    dumps: JSONDumps = encode_json,
) -> Iterable[bytes] | None:
    """Send text, bytes or a dict, alone or with a content type.

    Args:
        value: what the handler returned.
        environ: of the request.
        start_response: the server's.
        dumps: encodes a dict.

    Returns:
        The body, or ``None`` when nothing was sent: take the long way.
    """
    content_type: Any = None
    kind = value.__class__
    if kind is tuple:
        if len(value) != 2:
            return None
        value, content_type = value
        kind = value.__class__
        if type(content_type) is not str or not content_type or kind is dict:
            return None
    encoder = _encoders.get(kind)
    if encoder is None:
        return None
    encode, sent_type = encoder
    try:
        data = dump_json(value, dumps) if encode is None else encode(value)
        if content_type is not None:
            sent_type = check_content_type(content_type)
    except Exception:  # noqa: BLE001 - the long way says what is wrong
        return None
    start_response(
        "200 OK",
        [
            POWERED_BY,
            ("Content-Type", sent_type),
            ("Content-Length", str(len(data))),
        ],
    )
    # A list, because a server such as granian sends one of one item at once.
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [data]
