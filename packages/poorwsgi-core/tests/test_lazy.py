"""Facts about lazy attributes, and names of packages that are imported when needed."""

from threading import Barrier, Thread
from typing import assert_type

import pytest

import poorwsgi_core
from poorwsgi_core import state
from poorwsgi_core.lazy import import_name, lazy, lazy_names


class _Request:
    def __init__(self) -> None:
        self.calls = 0
        self.failing = False

    @lazy
    def form(self) -> list[str]:
        """The form."""
        self.calls += 1
        if self.failing:
            raise ValueError("bad form")
        return ["form"]


def test_computed_once() -> None:
    """The second access gets what the first has computed."""
    request = _Request()
    first = request.form
    assert first == ["form"]
    assert request.form is first
    assert request.calls == 1


def test_computed_for_each_instance() -> None:
    """Two instances share nothing."""
    assert _Request().form is not _Request().form


def test_stored_under_its_name() -> None:
    """The value is a plain attribute, which costs nothing more."""
    request = _Request()
    assert "form" not in vars(request)
    assert request.form is vars(request)["form"]


def test_not_computed_before_it_is_asked_for() -> None:
    """What nobody reads isn't computed."""
    assert _Request().calls == 0


def test_assigning_sets_the_value() -> None:
    """An assigned value is never computed."""
    request = _Request()
    request.form = ["mine"]  # pyright: ignore[reportAttributeAccessIssue]
    assert request.form == ["mine"]
    assert request.calls == 0


def test_deleting_makes_it_compute_again() -> None:
    """Deleting drops the value."""
    request = _Request()
    first = request.form
    del request.form
    assert request.form is not first
    assert request.calls == 2


def test_failure_is_not_stored() -> None:
    """The next access tries again."""
    request = _Request()
    request.failing = True
    with pytest.raises(ValueError, match="bad form"):
        _ = request.form
    request.failing = False
    assert request.form == ["form"]
    assert request.calls == 2


def test_class_access_gives_the_descriptor() -> None:
    """The class has the descriptor with the docstring of the function."""
    assert_type(_Request.form, lazy[list[str]])
    assert_type(_Request().form, list[str])
    assert isinstance(_Request.form, lazy)
    assert _Request.form.__doc__ == "The form."


def test_name_is_that_of_the_attribute() -> None:
    """It is stored by the name it was assigned to, not the function's."""

    class Renamed:
        other = _Request.form
        calls = 0
        failing = False

    renamed = Renamed()
    assert renamed.other == ["form"]
    assert list(vars(renamed)) == ["calls", "other"]
    _Request.form.__set_name__(_Request, "form")


def test_name_without_a_class_body() -> None:
    """One that is set later is stored by the name of the function."""

    class Empty:
        pass

    def answer(_: Empty) -> int:
        return 42

    name = answer.__name__
    setattr(Empty, name, lazy(answer))
    empty = Empty()
    assert getattr(empty, name) == 42
    assert vars(empty) == {"answer": 42}


@pytest.mark.needs("threads")
def test_instances_compute_at_the_same_time() -> None:
    """No lock is held: one that is slow doesn't stop the others."""
    barrier = Barrier(2, timeout=30)

    class Slow:
        @lazy
        def value(self) -> int:
            return barrier.wait()

    instances = [Slow(), Slow()]
    threads = [
        Thread(target=getattr, args=(instance, "value")) for instance in instances
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(instance.value for instance in instances) == [0, 1]


def test_name_is_imported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name becomes an attribute of the package, so it is looked for once."""
    monkeypatch.delitem(vars(poorwsgi_core), "phrases", raising=False)
    assert import_name("poorwsgi_core", {".state": "methods phrases"}, "phrases")
    assert vars(poorwsgi_core)["phrases"] is state.phrases


def test_module_of_a_package() -> None:
    """A module that is named is a name as well."""
    assert import_name("poorwsgi_core", {".state": ""}, "state") is state


@pytest.mark.parametrize("name", ["phrase", "phrases methods", "", "http"])
def test_name_that_a_package_does_not_have(name: str) -> None:
    """Anything else is an AttributeError as Python words it."""
    message = f"^module 'poorwsgi_core' has no attribute '{name}'$"
    with pytest.raises(AttributeError, match=message):
        import_name("poorwsgi_core", {".state": "methods phrases"}, name)


def test_version_of_a_distribution() -> None:
    """It is looked up when it is asked for, and is nobody's where none is named."""
    find, _ = lazy_names("poorwsgi_core", {}, "poorwsgi-core")
    assert find("__version__") == state.__version__
    find, _ = lazy_names("poorwsgi_core", {})
    with pytest.raises(AttributeError, match="has no attribute '__version__'"):
        find("__version__")


def test_names_of_a_package() -> None:
    """They are those that are there, and those that will be when asked for."""
    _, list_names = lazy_names("poorwsgi_core.response", {})
    from poorwsgi_core import response

    assert {*response.__all__, "__doc__"} - {*list_names()} == set()
