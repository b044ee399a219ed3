"""The look: templates, the filters that they use, and the page of errors."""

from datetime import datetime
from pathlib import Path

from poorwsgi.request import SimpleRequest
from poorwsgi_core.extensions.error_pages import Problem
from poorwsgi_core.extensions.templates import Templates

__all__ = ["render_error", "templates"]

templates = Templates(Path(__file__).parent / "templates")


def format_time(text: str) -> str:
    """Write a time for people."""
    return f"{datetime.fromisoformat(text):%d %b %Y, %H:%M} UTC"


def format_size(size: float) -> str:
    """Write a number of bytes for people."""
    unit = "B"
    for larger in ("KiB", "MiB", "GiB"):
        if size >= 1024:
            size, unit = size / 1024, larger
    return f"{round(size, 1):g} {unit}"


templates.environment.filters.update(time=format_time, size=format_size)


def render_error(req: SimpleRequest, problem: Problem) -> str:
    """Make the page of an error."""
    return templates.render(req, "error.html", problem=problem).data.decode()
