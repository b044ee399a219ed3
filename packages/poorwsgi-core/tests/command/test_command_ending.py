"""Programs whose output goes to one who stops reading."""

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from poorwsgi_core.command import end_quietly

pytestmark = pytest.mark.needs("processes")

LOUD = (
    "import sys; from poorwsgi_core.command import end_quietly\n"
    "def main():\n"
    "    for number in range(100000): print(number)\n"
    "    return 0\n"
    "sys.exit(end_quietly(main))"
)


def test_reader_goes() -> None:
    """The program ends as one that a signal ended, and says nothing."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", LOUD],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert program.stdout.readline() == b"0\n"
        program.stdout.close()
        assert (program.stderr.read(), program.wait()) == (b"", 141)


def test_reader_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left at the end is dropped when nobody takes it."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        status = end_quietly(lambda: pipe.write("text"))
        monkeypatch.undo()
    assert status == 141


def test_status_and_exit_pass() -> None:
    """The exit status of the program stays, and so does the way it ends."""
    assert end_quietly(lambda: 3) == 3
    with pytest.raises(SystemExit, match="5"):
        end_quietly(lambda: sys.exit(5))


class Full(io.StringIO):
    """An output on a disk that is full, or fails otherwise."""

    def __init__(self, code: int, number: int) -> None:
        super().__init__()
        self._code = code
        self._number = number

    def flush(self) -> None:
        """Fail."""
        if not self.closed:
            raise OSError(self._code, os.strerror(self._code))

    def fileno(self) -> int:
        """Return the number of a file."""
        return self._number


def test_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says so; another fault of the output isn't hidden."""
    with (tmp_path / "out").open("wb") as file:
        for code, status in ((errno.ENOSPC, 1), (errno.EIO, None)):
            output = Full(code, file.fileno())
            with monkeypatch.context() as patch:
                patch.setattr(sys, "stdout", output)
                if status is None:
                    with pytest.raises(OSError, match=os.strerror(code)):
                        end_quietly(lambda: 0)
                else:
                    assert end_quietly(lambda: 0) == status
    assert capsys.readouterr().err == (
        f"The output can't be written: {os.strerror(errno.ENOSPC)}\n"
    )
