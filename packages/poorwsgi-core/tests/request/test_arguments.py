"""Facts about query arguments and access to values."""

from dataclasses import dataclass
from typing import Any, assert_type
from urllib.parse import parse_qs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from poorwsgi_core import Application
from poorwsgi_core.http.urlencoded import TooManyFields
from poorwsgi_core.request.arguments import (
    Args,
    EmptyForm,
    MissingField,
    ValueAccess,
    collect_values,
)
from poorwsgi_core.testing import Client


@dataclass
class _Request:
    query: str


class _Values(dict[str, Any], ValueAccess[Any]):
    """What a subclass of an application looks like."""


class _Wrapped(dict[str, Any], ValueAccess[int]):
    """A subclass whose items aren't the values themselves."""

    def _stored(self, key: str, default: Any) -> Any:
        return self[key]["value"] if key in self else default


def _args(query: str) -> Args:
    return Args(_Request(query))


def test_one_value_is_text_and_several_are_a_list() -> None:
    """The shape depends on how often a name occurs."""
    assert _args("a=1&b=2&b=3&b=4") == {"a": "1", "b": ["2", "3", "4"]}
    assert _args("b=2&a=1&b=3") == {"b": ["2", "3"], "a": "1"}
    assert _args("") == {}


def test_blank_values_are_kept_on_demand() -> None:
    """A name without a value is dropped otherwise."""
    assert _args("a&b=&c=1") == {"c": "1"}
    kept = Args(_Request("a&b=&c=1"), keep_blank_values=1)
    assert kept == {"a": "", "b": "", "c": "1"}


def test_strict_parsing_refuses_a_malformed_query() -> None:
    """A name without an equals sign is a ValueError then."""
    with pytest.raises(ValueError, match="without"):
        Args(_Request("a"), 0, 1)


def test_number_of_arguments_is_limited() -> None:
    """More than allowed are refused (bar 40)."""
    assert len(Args(_Request("a=1&b=2"), max_fields=2)) == 2
    with pytest.raises(TooManyFields):
        Args(_Request("a=1&b=2&c=3"), max_fields=2)


def test_query_is_utf8() -> None:
    """Octets are decoded, percent-encoded or not, bad ones replaced (bar 50)."""
    assert _args("a=%C4%8D") == {"a": "č"}
    assert _args("a=\xc4\x8d") == {"a": "č"}
    assert _args("a=\xff") == {"a": "\ufffd"}
    assert _args("a=č") == {"a": "č"}


@given(st.text(st.sampled_from("ab=&+%C348DéF1\x1d\x1e\x1f\x7f\n")))
@example("a==%33")
@example("a&b==%33")
@example("a=%1E%1f&b=%1D")
@example("a=%\n3&b=%\x1d3")
@example("%C3=%A9")
def test_arguments_are_those_of_parse_qs(query: str) -> None:
    """The values are those of the standard library."""
    text = query.encode("latin-1").decode("utf-8", "replace")
    expected = {
        name: values if len(values) > 1 else values[0]
        for name, values in parse_qs(text).items()
    }
    assert _args(query) == expected


@pytest.mark.usefixtures("runaway_guard")
def test_hostile_query_is_read_in_linear_time() -> None:
    """Hostile text takes no more than its length (bar 40)."""
    assert len(_args("a=1&" * 60_000)["a"]) == 60_000


def test_getvalue_gives_the_whole_value() -> None:
    """A list is converted as a whole; a default is not converted."""
    args = _args("a=1&b=2&b=3")
    assert args.getvalue("a") == "1"
    assert args.getvalue("a", 0, int) == 1
    assert args.getvalue("b") == ["2", "3"]
    assert args.getvalue("b", func=len) == 2
    assert args.getvalue("c") is None
    assert args.getvalue("c", "7", int) == "7"


def test_getfirst_gives_one_value() -> None:
    """The first of several, converted; a default is not converted."""
    args = _args("a=1&b=2&b=3")
    assert args.getfirst("a") == "1"
    assert args.getfirst("b", 0, int) == 2
    assert args.getfirst("c") is None
    assert args.getfirst("c", "7", int) == "7"


def test_getfirst_of_an_empty_list_is_the_default() -> None:
    """An empty list has no first value (M9)."""
    assert _Values(a=[]).getfirst("a", 5, str) == 5


def test_getlist_gives_all_values() -> None:
    """One value makes a list, a default is returned as it is given."""
    args = _args("a=1&b=2&b=3")
    assert args.getlist("a") == ["1"]
    assert args.getlist("b", None, int) == [2, 3]
    assert args.getlist("a", func=int) == [1]
    assert args.getlist("c") == []
    assert args.getlist("c", ()) == []
    assert args.getlist("c", ("7",), int) == ("7",)


def test_getlist_is_a_copy() -> None:
    """Changing the list doesn't change the arguments."""
    args = _args("b=2&b=3")
    args.getlist("b").clear()
    assert args["b"] == ["2", "3"]


def test_errors_of_func_are_not_caught() -> None:
    """A KeyError of func isn't taken for a missing key."""
    args = _args("a=x")
    with pytest.raises(ValueError):
        args.getfirst("a", 0, int)
    empty: dict[str, int] = {}
    with pytest.raises(KeyError):
        args.getvalue("a", 0, empty.__getitem__)
    with pytest.raises(KeyError):
        args.getfirst("a", 0, empty.__getitem__)
    with pytest.raises(KeyError):
        args.getlist("a", None, empty.__getitem__)


@pytest.mark.parametrize("form", [_args("a=1"), EmptyForm(), _Values(a="1")])
def test_fce_warns_and_works(form: Any) -> None:
    """The old name of func wins, with a warning that points to the caller."""
    with pytest.warns(DeprecationWarning, match="Use func") as caught:
        assert form.getfirst("a", 1, str, int) == 1
    with pytest.warns(DeprecationWarning, match="Use func"):
        assert form.getfirst("a", 1, fce=int) == 1
    with pytest.warns(DeprecationWarning, match="Use func"):
        assert form.getlist("a", [1], str, int) == [1]
    with pytest.warns(DeprecationWarning, match="Use func"):
        assert form.getlist("a", [1], fce=int) == [1]
    assert [warning.filename for warning in caught] == [__file__]


def test_empty_form_gives_defaults() -> None:
    """It is an empty dict with the same interface."""
    form = EmptyForm()
    assert not form
    assert isinstance(form, dict)
    assert form.getvalue("a", 1) == 1
    assert form.getfirst("a", 1, str) == 1
    assert form.getlist("a") == []
    assert form.getlist("a", (1,)) == (1,)


@pytest.mark.parametrize("form", [_args("a=1"), EmptyForm()], ids=["args", "empty"])
def test_value_that_was_not_sent(form: Args | EmptyForm) -> None:
    """Asking by key is 400 with the name, and a KeyError to who catches one."""
    with pytest.raises(KeyError) as caught:
        form["b"]
    error = caught.value
    assert isinstance(error, MissingField)
    assert (error.name, error.status_code, str(error)) == ("b", 400, "'b' is missing")
    assert error.args == (400, {"error": "'b' is missing"})


@pytest.mark.parametrize("form", [_args("a=1"), EmptyForm()], ids=["args", "empty"])
def test_other_ways_to_ask_raise_nothing(form: Args | EmptyForm) -> None:
    """``in``, ``get`` and the access methods are those of any dict."""
    assert ("b" in form, form.get("b"), form.get("b", 1)) == (False, None, 1)
    assert (form.getvalue("b"), form.getfirst("b", 2), form.getlist("b")) == (
        None,
        2,
        [],
    )
    assert form.pop("b", 3) == 3
    assert "b" not in form


def test_missing_argument_of_a_handler() -> None:
    """A handler that doesn't look first answers 400, and the page says why."""
    app = Application("missing argument")
    app.set_route("/", lambda req: req.args["page"])
    answer = Client(app).get("/?a=1")
    assert answer.status_code == 400
    assert "page" in answer.text


def test_subclass_may_keep_values_in_another_way() -> None:
    """One method says where a value is."""
    form = _Wrapped(a={"value": 1}, b={"value": [2, 3]})
    assert form.getvalue("b") == [2, 3]
    assert form.getfirst("a") == 1
    assert form.getlist("b", func=str) == ["2", "3"]
    assert form.getfirst("c") is None


def test_types_follow_func_and_default() -> None:
    """Type checkers see what comes back."""
    args = _args("id=1")
    assert_type(args.getfirst("id", 0, int), int)
    assert_type(args.getfirst("id", func=int), int | None)
    assert_type(args.getfirst("id"), str | None)
    assert_type(args.getfirst("id", ""), str)
    assert_type(args.getlist("id"), list[str])
    assert_type(args.getlist("id", func=int), list[int])
    assert_type(args.getlist("id", None, int), list[int])
    assert_type(args.getlist("id", (), int), list[int] | tuple[()])
    assert_type(args.getvalue("id"), str | list[str] | None)
    assert_type(args.getvalue("id", 0, int), int)
    assert args.getfirst("id", 0, int) == 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers())))
def test_values_are_collected_by_name(pairs: list[tuple[str, int]]) -> None:
    """One value of a name stands as it is, several are a list in their order."""
    expected: dict[str, Any] = {}
    for name in dict.fromkeys(name for name, _ in pairs):
        values = [value for other, value in pairs if other == name]
        expected[name] = values if len(values) > 1 else values[0]
    assert expected == collect_values(pairs)


def test_default_of_what_has_only_getitem() -> None:
    """What has only __getitem__ gives its values, or the default."""
    values = _Values(a=1)
    assert (values.getvalue("a"), values.getvalue("b", 2)) == (1, 2)
