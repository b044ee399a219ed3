"""Facts about the documented path of HTTP Digest."""

import importlib
import runpy
import sys

import pytest

from poorwsgi_auth.digest import digest


def test_path_is_the_module_of_auth() -> None:
    """A name replaced in ``poorwsgi.digest`` is replaced for the framework."""
    assert importlib.import_module("poorwsgi.digest") is digest


def test_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``python -m poorwsgi.digest`` is the command line for password files (12.6)."""
    monkeypatch.delitem(sys.modules, "poorwsgi.digest", raising=False)
    monkeypatch.setattr(sys, "argv", ["digest", "-n", "R", "ann"])
    monkeypatch.setattr(digest, "get_re_type", lambda: "secret")
    with pytest.raises(SystemExit, match="0"):
        runpy.run_module("poorwsgi.digest", run_name="__main__", alter_sys=True)
    line = f"ann:R:{digest.hexdigest('ann', 'R', 'secret')}\n"
    assert capsys.readouterr() == (line, "")
