"""How a program of the command line ends."""

import os
import sys
from collections.abc import Callable

__all__ = ["end_quietly"]

_PIPE_CLOSED = 141  # what a shell tells of a program that SIGPIPE ended


def end_quietly(main: Callable[[], int]) -> int:
    """Run a command line, whose output may go to one who stops reading.

    Returns:
        The exit status; 141 when what reads the output, such as ``head``, has gone.
    """
    try:
        try:
            return main()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain.
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        return _PIPE_CLOSED
