"""The bundle is run as core is."""

import runpy
import sys

import pytest


def test_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``python -m poorwsgi`` has the command line of core, under its own name."""
    monkeypatch.setattr(sys, "argv", ["poorwsgi", "--version"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("poorwsgi", run_name="__main__")
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("poorwsgi 3.")


def test_import(capsys: pytest.CaptureFixture[str]) -> None:
    """Imported, it runs nothing."""
    runpy.run_module("poorwsgi.__main__", run_name="imported")
    assert capsys.readouterr().out == ""
