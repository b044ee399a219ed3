"""Header fields that a request is read by: their names in WSGI, and in Vary."""

from collections.abc import Iterable

from poorwsgi_core import Request

__all__ = ["header_variable", "note_vary"]


def note_vary(req: Request, names: Iterable[str]) -> None:
    """Let the answer say that it depends on these headers (RFC 9110 §12.5.5)."""
    req.vary += tuple(name for name in names if name not in req.vary)


def header_variable(name: str) -> str:
    """Return the key of a header in the environment of WSGI (PEP 3333).

    A hyphen and an underscore are the same there, so that ``api_key`` is found
    whichever way it was sent.
    """
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
