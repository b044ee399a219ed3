"""The documented API is there: names, signatures, defaults, from contract.toml."""

import ast
import importlib
import inspect
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from poorwsgi import Application, state
from poorwsgi.request import Request, SimpleRequest

_CONTRACT = tomllib.loads(
    Path(__file__).with_name("contract.toml").read_text("utf-8"),
)
_Parameter = tuple[str, Any]
_HIDDEN = object()
"""Default that the contract doesn't tell."""


def _find(path: str) -> Any:
    """Return what a dotted path leads to, a module or something in one."""
    module, _, rest = path.partition(".")
    found: Any = importlib.import_module(module)
    for name in filter(None, rest.split(".")):
        if isinstance(found, ModuleType) and not hasattr(found, name):
            importlib.import_module(f"{found.__name__}.{name}")
        found = getattr(found, name)
    return found


def _names() -> Iterator[tuple[str, str]]:
    for module, table in _CONTRACT["attributes"].items():
        for name in table["names"].split():
            yield module, name


def _signatures() -> Iterator[tuple[str, str]]:
    for owner, table in _CONTRACT["signatures"].items():
        for name, signature in table.items():
            yield f"{owner}.{name}", signature


def _parse(signature: str) -> list[_Parameter]:
    """Read a documented signature: names, and defaults where there are some."""
    (function,) = ast.parse(f"def f{signature}: ...").body
    assert isinstance(function, ast.FunctionDef)
    given = function.args
    missing = len(given.args) - len(given.defaults)
    defaults = [inspect.Parameter.empty] * missing
    defaults += [_literal(node) for node in given.defaults]
    found = [
        (each.arg, value) for each, value in zip(given.args, defaults, strict=True)
    ]
    if given.kwarg:
        found.append((f"**{given.kwarg.arg}", inspect.Parameter.empty))
    return found


def _literal(node: ast.expr) -> Any:
    value = ast.literal_eval(node)
    return _HIDDEN if value is ... else value


def _read(function: Any) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())


def _matches(documented: _Parameter, found: inspect.Parameter) -> bool:
    name, default = documented
    if name.startswith("**"):
        return found.kind is inspect.Parameter.VAR_KEYWORD
    if name != found.name or found.kind is inspect.Parameter.KEYWORD_ONLY:
        return False
    if default is _HIDDEN:
        return found.default is not inspect.Parameter.empty
    return default is inspect.Parameter.empty or bool(found.default == default)


def _is_optional(parameter: inspect.Parameter) -> bool:
    variadic = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    return (
        parameter.kind in variadic or parameter.default is not inspect.Parameter.empty
    )


@pytest.mark.parametrize(("module", "name"), list(_names()))
def test_documented_name_is_there(module: str, name: str) -> None:
    """Every documented name can be imported from its documented module."""
    assert _find(f"{module}.{name}") is not None


@pytest.mark.parametrize(("path", "signature"), list(_signatures()))
def test_documented_call_is_taken(path: str, signature: str) -> None:
    """A call as documented means what it meant; further parameters are optional."""
    documented, found = _parse(signature), _read(_find(path))
    first, more = found[: len(documented)], found[len(documented) :]
    pairs = zip(documented, first, strict=True)
    assert [(a, b) for a, b in pairs if not _matches(a, b)] == []
    assert [each for each in more if not _is_optional(each)] == []


@pytest.fixture(scope="module")
def app() -> Application:
    """Return an application as it is made."""
    return Application("contract")


@pytest.mark.parametrize(("name", "default"), list(_CONTRACT["settings"].items()))
def test_setting_has_its_documented_default(
    app: Application, name: str, default: object
) -> None:
    """A new application has the documented settings."""
    assert getattr(app, name) == default


@pytest.mark.parametrize("name", _CONTRACT["empty_settings"]["names"].split())
def test_setting_is_none_until_it_is_set(app: Application, name: str) -> None:
    """Settings without a default are ``None``."""
    assert getattr(app, name) is None


@pytest.mark.parametrize("name", _CONTRACT["tables"]["names"].split())
def test_table_is_there(app: Application, name: str) -> None:
    """The read-only tables of an application can be read."""
    assert isinstance(getattr(app, name), dict | tuple)


@pytest.mark.parametrize("name", _CONTRACT["request"]["simple"].split())
def test_simple_request_has_attribute(name: str) -> None:
    """Both request classes have what can be told without the content."""
    assert hasattr(SimpleRequest, name)
    assert hasattr(Request, name)


@pytest.mark.parametrize("name", _CONTRACT["request"]["full"].split())
def test_request_has_attribute(name: str) -> None:
    """The request of the bundle has everything, from whichever part it comes."""
    assert hasattr(Request, name)


@pytest.mark.parametrize("name", _CONTRACT["deprecated"]["application"].split())
def test_deprecated_name_of_the_application_warns_and_works(
    app: Application, name: str
) -> None:
    """A deprecated name says what to use instead, and does what it did."""

    def hook(*values: Any) -> Any:
        return values[-1]

    when = name.rpartition("_")[0].rpartition("_")[2] or name
    if name.startswith("pop_"):
        getattr(app, f"add_{when}_response")(hook)
    with pytest.warns(DeprecationWarning, match=f"{when}_response"):
        method = getattr(app, name)(*([] if name == f"{when}_request" else [hook]))
    if not name.startswith(("pop_", "add_")):
        assert hook is method(hook)
    assert (hook in getattr(app, when)) is not name.startswith("pop_")
    if not name.startswith("pop_"):
        getattr(app, f"pop_{when}_response")(hook)


@pytest.mark.parametrize(("name", "value"), list(_CONTRACT["constants"].items()))
def test_constant_has_its_value(name: str, value: int) -> None:
    """Status codes and method bits are what they were."""
    assert value == getattr(state, name)
