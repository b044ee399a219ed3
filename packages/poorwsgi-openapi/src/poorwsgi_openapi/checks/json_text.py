"""JSON of requests and answers, read strictly.

RFC 8259 in UTF-8: no NaN, no lone surrogates, no number that no float holds, and so
many levels as one may expect.
"""

import json
from typing import Any

from poorwsgi_core.http.json_decoder import loads
from poorwsgi_openapi.checks.judging.run import count_values

__all__ = ["decode_json", "is_json"]

_MAX_DEPTH = 64
"""Most levels of arrays and objects in JSON."""


def decode_json(raw: bytes) -> Any:
    """Decode JSON text.

    Raises:
        ValueError: it is not JSON in UTF-8, has a lone surrogate, or a number that
            no float can hold.
        RecursionError: it is nested in more than 64 levels.
    """
    value = loads(raw.decode().removeprefix("\ufeff"))
    # PERF: most texts haven't so many brackets at all.
    if raw.count(b"[") + raw.count(b"{") > _MAX_DEPTH:
        count_values(value, _MAX_DEPTH)
    if b"\\ud" in raw or b"\\uD" in raw:
        # Half of a pair is no character, and can't be sent on as UTF-8.
        json.dumps(value, ensure_ascii=False).encode()
    return value


def is_json(name: str) -> bool:
    """Tell whether a media type, in lower case, is JSON, as browsers have it."""
    return name in ("application/json", "text/json") or name.endswith("+json")
