"""Facts about how the command line finds an application."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core import Application
from poorwsgi_core.command.target import CommandError, UserFailure, find_application


@pytest.fixture
def package(tmp_path: Path, folder: str) -> Iterator[Path]:
    """Write a package and two folders beside the module."""
    text = (tmp_path / f"{folder}.py").read_text("utf-8")
    shop = tmp_path / "shop"
    (shop / "web").mkdir(parents=True)
    for path in (shop, shop / "web"):
        (path / "__init__.py").write_text("", "utf-8")
    (shop / "web" / "pages.py").write_text(text, "utf-8")
    (shop / "web" / "__init__.py").write_text(text, "utf-8")
    for name in ("plain", "empty"):
        (tmp_path / name).mkdir()
    (tmp_path / "plain" / "wsgi.py").write_text(text, "utf-8")
    yield tmp_path
    for name in ("plain", "shop", "shop.web", "shop.web.pages", "wsgi"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("target", "module"),
    [
        ("{}:app", "{}"),
        ("{}", "{}"),
        ("{}:", "{}"),
        ("./{}.py", "{}"),
        ("{}.py:app", "{}"),
        ("./{}", "{}"),
        ("shop/../{}.py", "{}"),
        ("shop.web.pages", "shop.web.pages"),
        ("shop/web/pages.py", "shop.web.pages"),
        ("shop/web/", "shop.web"),
        ("shop/web/__init__.py", "shop.web"),
        ("plain/", "wsgi"),
        ("./plain:app", "wsgi"),
    ],
)
def test_modules_and_files(
    package: Path, folder: str, target: str, module: str
) -> None:
    """A module, a file, a package and a folder lead to an application."""
    app = find_application(str(target.format(folder)))
    assert app is vars(sys.modules[module.format(folder)])["app"]
    assert package.is_dir()


@pytest.mark.parametrize("attribute", ["plain", "app", "Iterated", "in_c", "anything"])
def test_any_application(folder: str, attribute: str) -> None:
    """Whatever can be called with two arguments may be a WSGI application."""
    app = find_application(f"{folder}:{attribute}")
    assert app is getattr(sys.modules[folder], attribute)


@pytest.mark.parametrize("attribute", ["create", "create()", "Application()"])
def test_factory(folder: str, attribute: str) -> None:
    """What builds an application without arguments is called."""
    assert isinstance(find_application(f"{folder}:{attribute}"), Application)


def test_name_that_is_usual(tmp_path: Path, folder: str) -> None:
    """A factory of the usual name needs not be named."""
    text = "from poorwsgi_core import Application as create_app_\n"
    text += "def create_app(): return create_app_('made')\n"
    (tmp_path / f"{folder}.py").write_text(text, "utf-8")
    assert find_application(folder).name == "made"


def refuse(target: str) -> str:
    """Return what is said to a target that leads nowhere; it is one line."""
    with pytest.raises(CommandError) as caught:
        find_application(target)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("", "'' can't be the name of a module"),
        (":app", "':app' can't be the name of a module"),
        ("a-b", "'a-b' can't be the name of a module"),
        ("shop..web", "'shop..web' can't be the name of a module"),
        ("no_such_module", "no module 'no_such_module'"),
        ("no_such.x:app", "no module 'no_such.x'"),
        ("./none.py", "no file 'none.py'"),
        ("../mine2", "no file '../mine2'"),
        ("empty/", "no app.py, application.py, wsgi.py, main.py in 'empty'"),
        ("os:nothing", "no 'nothing' in os"),
        ("os", "os has none of app, application, create_app"),
        ("./notes.txt", "'notes.txt' is no file of Python"),
        ("plain", "plain is a folder, which is written ./plain: "),
    ],
)
def test_misspelt_target(package: Path, folder: str, target: str, told: str) -> None:
    """One line says what is wrong, and how it should be."""
    (package / "notes.txt").write_text("app", "utf-8")
    said = refuse(target.format(folder))
    assert said.startswith(told)
    assert said.endswith("such as example:app, example.py or example:create_app()")


def test_misspelt_module(folder: str) -> None:
    """A module of nearly the same name is told."""
    assert refuse(f"{folder}x:app") == (
        f"no module '{folder}x': did you mean {folder}?"
    )
    assert refuse(f"{folder}.app") == (
        f"no module '{folder}.app': did you mean {folder}:app?"
    )


@pytest.mark.parametrize(
    ("name", "renamed"), [("my-app", "my_app"), ("2nd app", "_2nd_app")]
)
def test_file_that_is_called_otherwise(
    tmp_path: Path, folder: str, name: str, renamed: str
) -> None:
    """A file whose name no import can have is told with one that it can."""
    assert folder
    (tmp_path / f"{name}.py").write_text("", "utf-8")
    assert refuse(f"{name}.py") == (
        f"{name!r} can't be the name of a module: rename it, as {renamed}.py"
    )


@pytest.mark.parametrize("attribute", ["nothing", "user", "__name__", "app.nothing"])
def test_applications_of_the_module_are_told(folder: str, attribute: str) -> None:
    """What is no application is told with those that stand beside it."""
    told = f"did you mean {folder}:app or {folder}:empty?"
    assert refuse(f"{folder}:{attribute}").endswith(told)


@pytest.mark.parametrize("attribute", ["handler", "user", "asgi", "build_later"])
def test_no_application(folder: str, attribute: str) -> None:
    """A handler is refused at the start, with what an application takes."""
    expected = "is no application, which takes (environ, start_response)"
    assert refuse(f"{folder}:{attribute}").startswith(
        f"{folder}:{attribute} {expected}"
    )


def test_factory_that_needs_arguments(folder: str) -> None:
    """It is told that one takes none, and so is who writes some."""
    assert "and no function without arguments that" in refuse(f"{folder}:handler")
    for written in ("create(1)", "create("):
        assert refuse(f"{folder}:{written}").startswith(
            f"{written!r} can't be called so: a function that builds an application"
        )


def test_class_of_applications(folder: str) -> None:
    """The class is no object of it."""
    assert "is a class of applications" in refuse(f"{folder}:Application")


@pytest.mark.parametrize(
    ("attribute", "told"),
    [
        ("build", "returned no application, but a NoneType"),
        ("build()", "returned no application, but a NoneType"),
        ("__name__()", "can't be called: leave out the parentheses"),
    ],
)
def test_no_factory(folder: str, attribute: str, told: str) -> None:
    """What builds nothing, or can't be called, is told."""
    assert refuse(f"{folder}:{attribute}") == f"{folder}:{attribute} {told}"


def test_module_that_exits(tmp_path: Path, folder: str) -> None:
    """A program that ends while it is imported is told; it isn't silent."""
    (tmp_path / f"{folder}.py").write_text("raise SystemExit(3)", "utf-8")
    assert refuse(folder) == (
        f"{folder} ended while it was imported, by exit status 3: let it do so below "
        "if __name__ == '__main__'"
    )


@pytest.mark.parametrize(
    ("text", "told", "lines"),
    [
        ("1 / 0", "can't be imported: ZeroDivisionError", [1]),
        ("app = (", "can't be imported: SyntaxError", []),
        ("import no_such_thing", "can't be imported: ModuleNotFoundError", [1]),
        ("\n\ndef create_app():\n    1 / 0", "failed: ZeroDivisionError", [4]),
    ],
)
def test_failing_code(
    tmp_path: Path, folder: str, text: str, told: str, lines: list[int]
) -> None:
    """A failure of the user's code keeps the lines of that code alone."""
    (tmp_path / f"{folder}.py").write_text(text, "utf-8")
    with pytest.raises(UserFailure, match=f"{folder} {told}") as caught:
        find_application(folder)
    numbers: list[Any] = []
    assert caught.value.error is not None
    frame = caught.value.error.__traceback__
    while frame is not None:
        numbers.append(frame.tb_lineno)
        frame = frame.tb_next
    assert numbers == lines
