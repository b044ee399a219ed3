"""Facts about settings: defaults, conversion and checks."""

from typing import Any

import pytest

from poorwsgi_core.request.settings import Setting, Settings, optional
from poorwsgi_core.response.json_text import encode_json

DEFAULTS: dict[str, Any] = {
    "auto_args": True,
    "auto_cookies": True,
    "auto_data": True,
    "cached_size": 65365,
    "data_size": 65365,
    "read_timeout": 10,
    "keep_blank_values": 0,
    "strict_parsing": 0,
    "max_form_parts": 1000,
    "max_content_length": None,
    "debug": False,
    "debug_locals": False,
    "debug_editor": "",
    "propagate_exceptions": False,
    "document_root": "",
    "document_index": False,
    "follow_symlinks": False,
    "redirect_slashes": False,
    "show_hidden": False,
    "json_dumps": encode_json,
    "secret_key": None,
    "trusted_hosts": None,
    "trusted_proxies": (),
    "trusted_hops": 1,
    "trusted_fields": (
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-proto",
    ),
}
PLAIN = {"_json_dumps": encode_json, "_trusted_hosts": None}
"""Second names of what each request reads."""

FLAGS = [name for name, value in DEFAULTS.items() if isinstance(value, bool)]


def test_defaults() -> None:
    """The documented defaults hold, and those of the security bar."""
    assert vars(Settings()) == DEFAULTS | PLAIN


def test_a_plain_name_follows_its_setting() -> None:
    """What is assigned is kept under both names, converted."""
    settings = Settings()
    settings.trusted_hosts = ["Example.org"]
    assert (
        vars(settings)["_trusted_hosts"] == settings.trusted_hosts == ("example.org",)
    )


@pytest.mark.parametrize("name", DEFAULTS)
def test_each_setting_says_what_it_means(name: str) -> None:
    """The class attribute has the documentation."""
    setting = vars(Settings)[name]
    assert isinstance(setting, Setting)
    assert str(setting.__doc__).endswith(".")


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("On", True),
        ("off", False),
        ("Off", False),
        ("", False),
        (" yes ", True),
        (1, True),
        (0, False),
        (None, False),
        ([0], True),
    ],
)
def test_flags(name: str, value: object, expected: bool) -> None:
    """A flag takes On and Off like the variables do, else truth (R11)."""
    settings = Settings()
    setattr(settings, name, value)
    assert getattr(settings, name) is expected


@pytest.mark.parametrize("name", ["data_size", "keep_blank_values", "strict_parsing"])
def test_integers(name: str) -> None:
    """An integer setting is converted, and refuses what is none (7.2)."""
    settings = Settings()
    setattr(settings, name, "12")
    assert getattr(settings, name) == 12
    with pytest.raises(ValueError, match=f"{name}: takes a whole number"):
        setattr(settings, name, "many")
    with pytest.raises(TypeError, match=f"{name}: "):
        setattr(settings, name, None)
    assert getattr(settings, name) == 12


@pytest.mark.parametrize("name", ["max_form_parts", "max_content_length"])
def test_limits(name: str) -> None:
    """A limit is a number that isn't negative, None switches it off."""
    settings = Settings()
    for value in (0, 5, None):
        setattr(settings, name, value)
        assert getattr(settings, name) == value
    with pytest.raises(ValueError, match="None switches it off"):
        setattr(settings, name, -1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cached_size", 0),
        ("cached_size", None),
        ("read_timeout", None),
        ("read_timeout", 0.5),
        ("document_root", "./dir"),
        ("secret_key", b"key"),
        ("secret_key", ("new", "old")),
    ],
)
def test_values_that_are_taken_as_they_are(name: str, value: object) -> None:
    """Some settings are not converted (7.2)."""
    settings = Settings()
    setattr(settings, name, value)
    assert getattr(settings, name) is value


def test_no_document_root() -> None:
    """``None`` is none, as it comes from a configuration that has no such entry."""
    settings = Settings()
    settings.document_root = None
    assert not settings.document_root


def test_names() -> None:
    """Hosts and proxies are sequences of text; host names have no case."""
    settings = Settings()
    settings.trusted_hosts = ["Example.COM", "[::1]"]
    settings.trusted_proxies = ["10.0.0.1"]
    assert settings.trusted_hosts == ("example.com", "[::1]")
    assert settings.trusted_proxies == ("10.0.0.1",)
    settings.trusted_hosts = None
    assert settings.trusted_hosts is None


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("trusted_hosts", (), "nobody would be served"),
        ("trusted_hosts", [""], "is no name of a host"),
        ("trusted_hosts", ["example.com:8080"], "without its port"),
        ("trusted_hosts", ["*.example.com"], "write each whole"),
        ("trusted_hosts", [".example.com"], "write each whole"),
        ("trusted_hosts", ["https://example.com"], "is no name of a host"),
        ("trusted_hosts", ["example.com", "::1"], "in brackets"),
        ("trusted_proxies", ["10.0.0.1/8"], "host bits"),
        ("trusted_proxies", ["10.0.0.0/x"], "10.0.0.0/x"),
        ("trusted_proxies", ["localhost"], "neither an address nor a network"),
        ("trusted_hops", 0, "1 or more"),
        ("trusted_hops", "many", "whole number, not 'many'"),
        ("trusted_fields", ["X-Real-IP"], "no field 'x-real-ip' is known"),
    ],
)
def test_mistakes_about_proxies(name: str, value: object, reason: str) -> None:
    """What can't be meant is refused when it is set."""
    with pytest.raises(ValueError, match=rf"^{name}: .*{reason}"):
        setattr(Settings(), name, value)


@pytest.mark.parametrize("name", ["trusted_hosts", "trusted_proxies", "trusted_fields"])
def test_a_single_name_is_a_mistake(name: str) -> None:
    """A str would count as its letters, so it is refused with the remedy."""
    with pytest.raises(TypeError, match=rf"{name}: .*\['example.com'\]"):
        setattr(Settings(), name, "example.com")


def test_instances_are_apart() -> None:
    """What is set on one is not set on another."""
    first, second = Settings(), Settings()
    first.debug = True
    assert second.debug is False


@pytest.mark.parametrize(
    ("name", "value", "kind", "reason"),
    [
        ("debug", len, TypeError, "call it"),
        ("max_content_length", True, TypeError, "not True"),
        ("max_content_length", 1.5, ValueError, "whole number, not 1.5"),
        ("max_content_length", float("inf"), ValueError, "whole number, not inf"),
        ("max_content_length", [], TypeError, r"whole number, not \[\]"),
        ("read_timeout", -1, ValueError, "from 0 on"),
        ("read_timeout", float("nan"), ValueError, "not nan"),
        ("json_dumps", "orjson", TypeError, "takes a function, not 'orjson'"),
        ("trusted_hosts", True, TypeError, "several names, as in"),
        ("trusted_hosts", [1], TypeError, "names as text"),
        ("document_root", 5, TypeError, "takes a path, or '' for no files"),
        ("secret_key", True, TypeError, r"token_bytes\(32\), .*, not bool"),
        ("secret_key", [b"new", 5], TypeError, "not list"),
    ],
)
def test_values_that_are_no_value(
    name: str, value: object, kind: type[Exception], reason: str
) -> None:
    """What can't be meant is refused, by the name of the setting."""
    with pytest.raises(kind, match=rf"^{name}: .*{reason}"):
        setattr(Settings(), name, value)


def test_whole_numbers() -> None:
    """A float that is a whole number, and a folder of bytes, are converted."""
    settings = Settings()
    settings.max_content_length = 1e6
    settings.document_root = b"/"
    assert (settings.max_content_length, settings.document_root) == (1_000_000, "/")


class Extended(Settings):
    """A part of the framework with settings of its own."""

    kinds = Setting[list[str]](["a"], list, "Kinds.")
    level = Setting["int | None"](None, optional(int), "Level.")
    debug = Setting[bool](True, bool, "Another default.")


def test_subclass() -> None:
    """A subclass adds settings and may change defaults."""
    assert vars(Extended()) == DEFAULTS | PLAIN | {
        "kinds": ["a"],
        "level": None,
        "debug": True,
    }


def test_class_gives_another_default() -> None:
    """A class that assigns to a setting gives its objects another default."""
    values: dict[str, Any] = {"debug": "On", "trusted_hosts": ["A.example"], "own": 1}
    kind = type("Own", (Settings,), values)
    settings: Any = kind()
    assert (settings.debug, settings.trusted_hosts) == (True, ("a.example",))
    settings.debug = "Off"
    assert (settings.debug, settings.own, Settings().debug) == (False, 1, False)


def test_class_assigns_before_it_builds() -> None:
    """What a class assigns before it calls the other constructor stays."""

    class Own(Settings):
        def __init__(self) -> None:
            self.max_content_length = 5
            self.trusted_hosts = ("a.example",)
            super().__init__()

    own = Own()
    assert (own.max_content_length, own.trusted_hosts) == (5, ("a.example",))
    assert (vars(own)["_trusted_hosts"], own.debug) == (("a.example",), False)


def test_class_that_hides_a_setting() -> None:
    """A property of a class is left alone."""
    kind = type("Own", (Settings,), {"document_root": property(lambda _: "/srv")})
    assert isinstance(vars(kind)["document_root"], property)


@pytest.mark.parametrize(
    ("values", "kind", "reason"),
    [
        ({"max_content_length": "x"}, ValueError, "^max_content_length: takes a whole"),
        ({"trusted_host": ["a.example"]}, AttributeError, "mean 'trusted_hosts'"),
    ],
)
def test_mistakes_of_a_class(
    values: dict[str, Any], kind: type[Exception], reason: str
) -> None:
    """A class can't be made with a bad value, or with a name that is misspelt."""
    with pytest.raises(kind, match=reason):
        type("Own", (Settings,), values)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("debgu", "debug"),
        ("trusted_hsots", "trusted_hosts"),
        ("allowed_host", "trusted_hosts"),
        ("allowed_hosts", "trusted_hosts"),
        ("ALLOWED_HOSTS", "trusted_hosts"),
        ("max_body_size", "max_content_length"),
        ("static_folder", "document_root"),
    ],
)
def test_names_that_are_meant(name: str, meant: str) -> None:
    """A swapped letter is found in a short name, and what others call it too."""
    with pytest.raises(AttributeError, match=f"{name!r}: did you mean {meant!r}"):
        setattr(Settings(), name, 1)


def test_default_list_is_copied() -> None:
    """A list among the defaults is not shared."""
    first, second = Extended(), Extended()
    first.kinds.append("b")
    assert (first.kinds, second.kinds) == (["a", "b"], ["a"])


def test_error_keeps_its_cause() -> None:
    """The message names the setting, the cause is chained."""
    with pytest.raises(ValueError, match=r"^level: ") as caught:
        Extended().level = "x"
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize(
    "value", ["vscode", "vscode://file", "{path}", "javascript:{path}", "a b:{path}"]
)
def test_editor_is_an_address(value: str) -> None:
    """What opens no path is refused, and so is a script."""
    settings = Settings()
    with pytest.raises(ValueError, match="debug_editor: takes an address"):
        settings.debug_editor = value
    settings.debug_editor = "vscode://file/{path}:{line}"
    assert settings.debug_editor == "vscode://file/{path}:{line}"
