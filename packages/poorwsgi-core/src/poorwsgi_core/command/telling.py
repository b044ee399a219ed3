"""The lines of the log on a terminal: a request each, with status and duration."""

import logging
import os
from typing import IO

__all__ = ["LineFormatter", "has_colours", "set_up_log"]

_LEVELS = {logging.WARNING: 33, logging.ERROR: 31, logging.CRITICAL: 31}
_STATUSES = {"2": 32, "3": 36, "4": 33, "5": 31}


def has_colours(stream: IO[str]) -> bool:
    """Tell whether a terminal has colours, and NO_COLOR doesn't forbid them."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not is_plain


class LineFormatter(logging.Formatter):
    """Puts the time before a record, and after a request how long it took.

    Args:
        colours: whether to colour levels and statuses.
    """

    def __init__(self, *, colours: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")
        self._colours = colours

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """Write one record, without its traceback."""
        duration = getattr(record, "duration", None)
        if duration is None:
            level = self._colour(record.levelname, _LEVELS.get(record.levelno))
            return f"{record.asctime} {level} {record.message}"
        head, quote, outcome = record.message.rpartition('" ')
        status = self._colour(outcome[:3], _STATUSES.get(outcome[:1]))
        outcome = f"{status}{outcome[3:]} {duration * 1000:.1f} ms"
        return f"{record.asctime} {head}{quote}{outcome}"

    def _colour(self, text: str, colour: int | None) -> str:
        if colour is None or not self._colours:
            return text
        return f"\033[{colour}m{text}\033[0m"


def set_up_log(stream: IO[str]) -> None:
    """Write the log to a stream, unless the application has set up its own."""
    root = logging.getLogger()
    if root.handlers:
        return
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter(colours=has_colours(stream)))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
