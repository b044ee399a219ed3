"""Facts about what is told of handlers."""

from functools import partial, wraps
from typing import Any

from poorwsgi_core.request.callables import (
    HandlerInfo,
    describe_handler,
    list_decorated,
    probe,
)


def handler(req: object, ident: int, *rest: int, flag: bool, **more: int) -> None:
    """Answer something.

    In more words.
    """
    _local = req, ident, rest, flag, more


class Controller:
    """A controller."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, req: object) -> None:
        """Answer."""

    def method(self, req: object) -> None:
        """Answer by a method."""


class Hostile:
    """Every attribute raises, but the class."""

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return Hostile
        raise ValueError(name)


def test_function() -> None:
    """A function has name, parameters, place and summary."""
    info = describe_handler(handler)
    assert info.name == f"{__name__}.handler"
    assert info.arguments == ("req", "ident", "flag", "rest", "more")
    assert info.path == __file__
    assert info.line == handler.__code__.co_firstlineno
    assert info.summary == "Answer something."
    assert str(info) == f"{__name__}.handler(req, ident, flag, rest, more)"


def test_inner_function_and_lambda() -> None:
    """The function around is left out of the name."""

    def inner() -> None:
        pass

    assert describe_handler(inner).name == f"{__name__}.inner"
    assert describe_handler(lambda: 0).name == f"{__name__}.<lambda>"
    assert describe_handler(inner).summary == ""


def test_method() -> None:
    """A bound method is named with its class."""
    info = describe_handler(Controller("x").method)
    assert str(info) == f"{__name__}.Controller.method(self, req)"
    assert info.summary == "Answer by a method."


def test_callable_object() -> None:
    """An object is named by its class, and located by its call."""
    info = describe_handler(Controller("x"))
    assert str(info) == f"{__name__}.Controller(self, req)"
    assert info.summary == "A controller."


def test_class() -> None:
    """A class is located by its constructor."""
    assert str(describe_handler(Controller)) == f"{__name__}.Controller(self, name)"


def test_partial() -> None:
    """A partial shows what it wraps."""
    info = describe_handler(partial(partial(handler, 1), flag=True))
    assert info.name == f"partial({__name__}.handler)"
    assert info.line == handler.__code__.co_firstlineno


def test_decorated() -> None:
    """A decorated function is located where it was written."""

    @wraps(handler)
    def wrapper(*args: Any, **kwargs: Any) -> None:
        handler(*args, **kwargs)

    assert describe_handler(wrapper) == describe_handler(handler)


def test_builtin() -> None:
    """A builtin has a name, but no place."""
    info = describe_handler(len)
    assert (info.name, info.path, info.line) == ("builtins.len", "", 0)


def test_name_without_qualified_name() -> None:
    """An object may bring just a name of its own."""
    controller = Controller("x")
    controller.__name__ = "mine"  # type: ignore[attr-defined]
    assert describe_handler(controller).name == f"{__name__}.mine"


def test_no_module() -> None:
    """A name stands alone when the module is unknown."""

    def orphan() -> None:
        pass

    orphan.__module__ = None  # type: ignore[assignment]
    assert describe_handler(orphan).name == "orphan"


def test_wrapped_by_itself() -> None:
    """A chain of wrappers that never ends is given up."""

    def loop() -> None:
        """Go round."""

    loop.__wrapped__ = loop  # type: ignore[attr-defined]
    assert describe_handler(loop).summary == "Go round."


def test_hostile_object() -> None:
    """Nothing is known of an object whose attributes raise, but its class."""
    assert describe_handler(Hostile()) == HandlerInfo(f"{__name__}.Hostile")


def test_probe() -> None:
    """Reading an attribute never raises."""
    assert [probe(x, "imag", "-") for x in (Hostile(), object(), 1j)] == ["-", "-", 1.0]


def test_what_a_function_decorates() -> None:
    """What can be called in its closure, as far as that is filled."""
    inner, number = len, 7

    def outer(value: str) -> int:
        return inner(value) + number + (later() if value == "x" else 0)

    assert list_decorated(outer) == [len]

    def later() -> int:
        return 1

    assert list_decorated(outer) == [len, later]
    assert list_decorated(max) == []
    assert (outer("ab"), outer("x")) == (9, 9)
