"""Names of header fields, as WSGI has them."""

__all__ = ["header_variable"]


def header_variable(name: str) -> str:
    """Return the key of a header in the environment of WSGI (PEP 3333).

    A hyphen and an underscore are the same there, so that ``api_key`` is found
    whichever way it was sent.
    """
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
