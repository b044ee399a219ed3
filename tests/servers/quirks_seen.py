"""What an application sees of its server: the same handler runs there and here."""

from poorwsgi_core.request import Request

__all__ = ["read_quirks"]


def read_quirks(req: Request) -> dict[str, object]:
    """Read from a request what servers do differently."""
    environ = req.environ
    return {
        "has_wrapper": "wsgi.file_wrapper" in environ,
        "is_terminated": bool(environ.get("wsgi.input_terminated")),
        "has_type": "CONTENT_TYPE" in environ,
        "has_length": "CONTENT_LENGTH" in environ,
        "is_uwsgi": "uwsgi.version" in environ,
        "user": req.headers.get("X-User"),
        "two": req.headers.get("X-Two"),
        "both": req.headers.get("X-Both"),
        "accept": req.headers.get("Accept"),
        "cookies": req.headers.get("Cookie"),
    }
