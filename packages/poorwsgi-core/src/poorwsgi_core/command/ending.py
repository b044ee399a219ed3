"""How a program of the command line ends."""

import errno
import os
import sys
from collections.abc import Callable

__all__ = ["end_quietly"]

_PIPE_CLOSED = 141  # what a shell tells of a program that SIGPIPE ended


def end_quietly(main: Callable[[], int]) -> int:
    """Run a command line, whose output may go to one who stops reading.

    Returns:
        The exit status; 141 when what reads the output, such as ``head``, has gone,
        and 1 where the disk it goes to is full.
    """
    try:
        try:
            return main()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return _PIPE_CLOSED
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _drop_output()
        sys.stderr.write(f"The output can't be written: {error.strerror}\n")
        return 1


def _drop_output() -> None:
    # Python flushes once more at its end, and would complain.
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
