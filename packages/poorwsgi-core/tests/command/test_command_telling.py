"""Facts about the lines of the log on a terminal."""

import io
import logging

import pytest

from poorwsgi_core.command.telling import LineFormatter, has_colours, set_up_log


class Terminal(io.StringIO):
    """Text that passes for a terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def build(message: str, level: int = logging.INFO, **extra: float) -> logging.LogRecord:
    """Build a record of noon."""
    record = logging.LogRecord("poorwsgi", level, "", 0, message, None, None)
    vars(record).update(extra)
    return record


@pytest.mark.parametrize(
    ("status", "colour"), [(200, 32), (304, 36), (404, 33), (500, 31), ("000", None)]
)
def test_request(status: object, colour: int | None) -> None:
    """A request has time, status and duration; the status alone is coloured."""
    record = build(f'127.0.0.1 "GET /" {status} 68', duration=0.00314)
    plain = LineFormatter(colours=False).format(record)
    assert plain[8:] == f' 127.0.0.1 "GET /" {status} 68 3.1 ms'
    assert plain[2] + plain[5] == "::"
    shown = status if colour is None else f"\033[{colour}m{status}\033[0m"
    coloured = LineFormatter(colours=True).format(record)
    assert coloured == plain.replace(str(status), str(shown))


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        (logging.INFO, "INFO"),
        (logging.WARNING, "\033[33mWARNING\033[0m"),
        (logging.ERROR, "\033[31mERROR\033[0m"),
    ],
)
def test_other_records(level: int, shown: str) -> None:
    """Other records have their level, coloured when something is wrong."""
    text = LineFormatter(colours=True).format(build("what happened", level))
    assert text[8:] == f" {shown} what happened"


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are none on a pipe, nor for those who ask for none, or can't have any."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert (has_colours(Terminal()), has_colours(io.StringIO())) == (True, False)
    monkeypatch.setenv("TERM", "dumb")
    assert has_colours(Terminal()) is False
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert has_colours(Terminal()) is False


def test_log_is_set_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An application that has set up its own log keeps it."""
    root = logging.RootLogger(logging.WARNING)
    monkeypatch.setattr(logging, "root", root)
    monkeypatch.setattr(logging.Logger, "root", root)
    stream, other = io.StringIO(), io.StringIO()
    set_up_log(stream)
    set_up_log(other)
    root.info("one line")
    assert stream.getvalue()[8:] == " INFO one line\n"
    assert other.getvalue() == ""
