"""Facts about variables of the server and of the process."""

from collections.abc import Mapping
from typing import Any

import pytest

from poorwsgi_core.request.variables import (
    build_check,
    parse_flag,
    read_flag,
    read_options,
    read_variable,
)


def test_environ_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The WSGI environ wins over the process (decision 14)."""
    monkeypatch.setenv("poor_SecretKey", "process")
    assert read_variable({"poor_SecretKey": "server"}, "poor_SecretKey") == "server"
    assert read_variable({}, "poor_SecretKey") == "process"


def test_variable_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is None, and it is seen as soon as it is set, or no more."""
    assert read_variable({}, "poor_Unset") is None
    monkeypatch.setenv("poor_Unset", "set")
    assert read_variable({}, "poor_Unset") == "set"
    monkeypatch.delenv("poor_Unset")
    assert read_variable({}, "poor_Unset") is None


def test_empty_variable_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Present but empty hides the process's: that disables a document root."""
    monkeypatch.setenv("poor_DocumentRoot", "/srv")
    assert read_variable({"poor_DocumentRoot": ""}, "poor_DocumentRoot") == ""


def test_set_of_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells whether any of them is set in either place."""
    are_set = build_check("poor_AutoArgs", "poor_StrictParsing", "poor_AutoForm")
    assert not are_set({"poor_Debug": "On"})
    assert are_set({"poor_StrictParsing": ""})
    monkeypatch.setenv("poor_AutoArgs", "Off")
    assert are_set({})


@pytest.mark.parametrize("value", ["on", "On", "ON", " on "])
@pytest.mark.parametrize("default", [True, False])
def test_flag_is_on(value: str, default: bool) -> None:
    """On in any case is on, whatever the default is."""
    assert read_flag({"poor_Debug": value}, "poor_Debug", default) is True


@pytest.mark.parametrize("value", ["off", "Off", "0", "1", "true", "anything", " "])
@pytest.mark.parametrize("default", [True, False])
def test_flag_is_off(value: str, default: bool) -> None:
    """Any other value that isn't empty is off."""
    assert read_flag({"poor_Debug": value}, "poor_Debug", default) is False


@pytest.mark.parametrize("environ", [{}, {"poor_Debug": ""}])
@pytest.mark.parametrize("default", [True, False])
def test_flag_has_a_default(environ: dict[str, str], default: bool) -> None:
    """Unset or empty is the property of the application."""
    assert read_flag(environ, "poor_Debug", default) is default


def test_flag_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag may come from the process."""
    monkeypatch.setenv("poor_Debug", "On")
    assert read_flag({}, "poor_Debug", False) is True


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        (None, False),
        ("On", True),
        ("Off", False),
        ("no", False),
        ("yes", True),
        ("", False),
    ],
)
def test_setting_is_a_flag(value: object, expected: bool) -> None:
    """Text counts as On or Off, so "Off" isn't true (R11)."""
    assert parse_flag(value) is expected


@pytest.mark.parametrize(
    ("environs", "expected"),
    [
        ([{"app_db": "x"}], {"db": "x"}),
        ([{"APP_DB": "x", "App_Mode": " y "}], {"db": "x", "mode": "y"}),
        ([{"poor_db": "x", "my_app_db": "y", "app": "z"}], {}),
        ([{"app_db": "a", "app_x": "1"}, {"app_db": "b"}], {"db": "b", "x": "1"}),
        ([{"app_": "x"}], {"": "x"}),
        ([{"app_number": 5}], {"number": "5"}),
    ],
)
def test_options(environs: list[Mapping[str, Any]], expected: dict[str, str]) -> None:
    """Options lose their prefix, and later environs win."""
    assert read_options(*environs) == expected


def test_options_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an environ they are the process's."""
    monkeypatch.setenv("app_db_server", "localhost")
    assert read_options()["db_server"] == "localhost"
