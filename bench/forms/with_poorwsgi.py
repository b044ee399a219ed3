"""Forms of ours, as a handler gets them."""

from typing import Any

from poorwsgi_forms import Application, Request

__all__ = ["count_form", "parse_form", "sink_file"]

_app = Application("bench of forms")
_sinking = Application("bench of large uploads")


class _Sink:
    """A file that keeps nothing."""

    def __init__(self, _: str) -> None:
        """Take the file name."""

    def write(self, _: bytes) -> None:
        """Drop a block."""

    def seek(self, _: int) -> None:
        """Stay where it is."""

    def close(self) -> None:
        """Close nothing."""


_sinking.file_callback = _Sink


def parse_form(environ: dict[str, Any]) -> Any:
    """Parse the form of a request."""
    return Request(environ, _app).form


def count_form(form: Any) -> tuple[int, int]:
    """Return the number of fields and of files."""
    files = sum(field.filename is not None for field in form.list)
    return len(form.list) - files, files


def sink_file(environ: dict[str, Any]) -> None:
    """Parse a form whose file goes nowhere."""
    Request(environ, _sinking).form["file"].close()
