"""Facts about the compiled table, which finds a handler."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.application.rules import (
    default_filters,
    literal_prefix,
    parse_rule,
)
from poorwsgi_core.application.table import (
    Entry,
    RegularRoute,
    RouteTable,
    allowed_methods,
)
from poorwsgi_core.request.target import Target
from poorwsgi_core.state import (
    METHOD_ALL,
    METHOD_GET,
    METHOD_HEAD,
    METHOD_OPTIONS,
    METHOD_POST,
)

UUID = "12345678-1234-5678-1234-567812345678"


def handler(*_: object) -> str:
    """Answer something."""
    return "answer"


def build_table(
    *rules: str | re.Pattern[str], handle: Callable[..., Any] = handler
) -> RouteTable:
    """Build a table of GET routes."""
    routes: list[RegularRoute] = []
    for order, rule in enumerate(rules):
        if isinstance(rule, str):
            parsed = parse_rule(rule, default_filters())
            pattern, converters = parsed.compile(), parsed.converters
            literal = rule[: rule.index("<")]
            route = Entry(handle, converters, rule)
        else:
            pattern, literal = rule, literal_prefix(rule.pattern)
            route = Entry(handle, (), None)
        routes.append(RegularRoute(order, pattern, {METHOD_GET: route}, literal))
    return RouteTable({}, routes)


def find(table: RouteTable, path: str) -> tuple[str | None, tuple[Any, ...]]:
    """Return rule and values for a path."""
    found = table.find(path, "GET")
    return (found[0].rule, found[1]) if found else (None, ())


def get_target(table: RouteTable, path: str, method: str = "GET") -> Target:
    """Return the target for a path that has one."""
    found = table.find(path, method)
    assert found is not None
    return found[0]


def get_values(table: RouteTable, path: str) -> tuple[Any, ...]:
    """Return the values of a path that has a target."""
    found = table.find(path, "GET")
    assert found is not None
    return found[1]


def test_first_registered_pattern_wins() -> None:
    """The order of registration decides, however the patterns begin (8.1)."""
    table = build_table(
        "/a/<x:int>", re.compile("/a/(.*)"), "/<x>/<y>", "/a/b<z>", "/a/<x>"
    )
    assert find(table, "/a/1") == ("/a/<x:int>", (1,))
    assert find(table, "/a/bc") == ("/a/(.*)", ("bc",))
    assert find(table, "/c/d") == ("/<x>/<y>", ("c", "d"))
    assert find(table, "/c") == (None, ())


RULES = st.sampled_from(
    [
        "<x>",
        "/<x>",
        "/a/<x>",
        "/a/<x:int>",
        "/a/b<x>",
        "/a/b/<x>",
        "/ab/<x>",
        "/<x>/b",
        "/a/b/a/<x:re:.*>",
        re.compile("/a.*"),
        re.compile("/a/b?/"),
        re.compile(".*/b"),
        re.compile(""),
    ]
)


@given(
    rules=st.lists(RULES, max_size=8, unique_by=str), path=st.text("/ab1", max_size=10)
)
def test_index_finds_what_a_loop_finds(
    rules: list[str | re.Pattern[str]], path: str
) -> None:
    """The index of patterns leaves none out and keeps their order."""
    table = build_table(*rules)
    expected: list[str] = []
    for rule in rules:
        if isinstance(rule, str):
            pattern = parse_rule(rule, default_filters()).compile()
        else:
            pattern = rule
        if pattern.match(path):
            expected.append(pattern.pattern)
    found = [
        route.endpoints["GET"].target.rule or ""
        for route in table.candidates(path)
        if route.match(path)
    ]
    compiled = [
        parse_rule(rule, default_filters()).compile().pattern if "<" in rule else rule
        for rule in found
    ]
    assert compiled == expected


def test_empty_table() -> None:
    """A table without patterns finds nothing."""
    table = RouteTable({}, ())
    assert table.find("/", "GET") is None
    assert table.find_methods("/", "GET") == 0
    assert table.static == {}


def test_static_paths() -> None:
    """Static routes are kept as they are on the wire; GET serves HEAD."""
    table = RouteTable(
        {"/č": {METHOD_GET: Entry(handler), METHOD_POST: Entry(print)}}, ()
    )
    (path, targets), *_ = table.static.items()
    assert path.encode("iso-8859-1").decode() == "/č"
    assert sorted(targets) == ["GET", "HEAD", "POST"]
    assert targets["HEAD"] is not targets["POST"]
    assert (targets["GET"].rule, targets["GET"].handler) == ("/č", handler)


def test_head_of_its_own() -> None:
    """A handler for HEAD is not replaced by that of GET."""
    table = RouteTable(
        {"/": {METHOD_GET: Entry(handler), METHOD_HEAD: Entry(print)}}, ()
    )
    assert table.static["/"]["HEAD"].handler is print


def test_mask_of_other_methods() -> None:
    """Without a handler for the method, the methods that exist are told."""
    pattern = re.compile("/a")
    get, post = Entry(handler, (), None), Entry(handler, (), "post")
    routes = [
        RegularRoute(0, pattern, {METHOD_GET: get}, "/a"),
        RegularRoute(1, re.compile("/.*"), {METHOD_POST: post}, "/"),
    ]
    table = RouteTable({}, routes)
    assert table.find("/a", "PUT") is None
    assert table.find_methods("/a", "PUT") == METHOD_GET | METHOD_HEAD | METHOD_POST
    target = get_target(table, "/a", "POST")
    assert target.rule == "post"


@pytest.mark.parametrize("error", [ValueError, OverflowError])
def test_converter_that_refuses(error: type[Exception]) -> None:
    """The next pattern gets its chance, then there is none (bar 26)."""

    def refuse(_: str) -> None:
        raise error

    pattern = re.compile("/(?P<x>.*)")
    refusing = Entry(handler, (("x", refuse),), "refusing")
    routes = [RegularRoute(0, pattern, {METHOD_GET: refusing}, "/")]
    table = RouteTable({}, routes)
    assert table.find("/1", "GET") is None
    assert table.find_methods("/1", "GET") == 0
    plain = RegularRoute(1, re.compile("/"), {METHOD_GET: Entry(handler, (), "p")}, "/")
    target, values = (
        get_target(RouteTable({}, [*routes, plain]), "/1"),
        get_values(RouteTable({}, [*routes, plain]), "/1"),
    )
    assert (target and target.rule, values) == ("p", ())


def test_converter_that_fails() -> None:
    """Any other exception of a converter is a failure (8.2)."""

    def fail(_: str) -> None:
        raise KeyError

    route = Entry(handler, (("x", fail),), None)
    table = RouteTable(
        {}, [RegularRoute(0, re.compile("(?P<x>.*)"), {METHOD_GET: route}, "")]
    )
    with pytest.raises(KeyError):
        table.find("/", "GET")


def test_regular_groups() -> None:
    """Without converters all groups are arguments, as text or None (8.1)."""
    table = build_table(re.compile("/(?P<x>a)?(b)?"))
    target, values = get_target(table, "/b"), get_values(table, "/b")
    assert target is not None
    assert (target.names, values) == (("x", None), (None, "b"))


def named(_: object, **kwargs: object) -> dict[str, object]:
    """Take path arguments by name."""
    return kwargs


class Bound:
    """Handlers that are methods or objects."""

    def named(self, _: object, **kwargs: object) -> dict[str, object]:
        """Take path arguments by name."""
        return kwargs

    def __call__(self, _: object, *args: object) -> tuple[object, ...]:
        """Take path arguments in order."""
        return args


def both(_: object, *args: object, **kwargs: object) -> object:
    """Take path arguments in order."""
    return ("both", *args, *kwargs)


def one(_: object, x: object, **kwargs: object) -> object:
    """Take path arguments in order."""
    return x, kwargs


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        (named, {"x": 1, "y": "b"}),
        (Bound().named, {"x": 1, "y": "b"}),
        (Bound(), (1, "b")),
        (both, ("both", 1, "b")),
        (partial(both), ("both", 1, "b")),
    ],
)
def test_how_arguments_are_passed(handle: Callable[..., Any], expected: object) -> None:
    """By name to ``handler(req, **kwargs)``, in order to any other (R5)."""
    table = build_table("/<x:int>/<y>", handle=handle)
    target, values = get_target(table, "/1/b"), get_values(table, "/1/b")
    assert target is not None
    assert target.call(None, *values) == expected


def test_positional_argument_beside_keywords() -> None:
    """A handler with a parameter for the argument gets it in order (R5)."""
    target, values = (
        get_target(build_table("/<x:int>", handle=one), "/1"),
        get_values(build_table("/<x:int>", handle=one), "/1"),
    )
    assert target is not None
    assert target.call(None, *values) == (1, {})


def test_groups_without_a_name_are_not_keywords() -> None:
    """Only named groups can be passed by name."""
    table = build_table(re.compile("/(?P<x>.)(.)"), handle=named)
    target, values = get_target(table, "/ab"), get_values(table, "/ab")
    assert target is not None
    assert target.call(None, *values) == {"x": "a"}


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        (METHOD_GET, "HEAD, GET, OPTIONS"),
        (METHOD_POST, "POST, OPTIONS"),
        (METHOD_OPTIONS, "OPTIONS"),
        (
            METHOD_ALL,
            "HEAD, GET, POST, PUT, DELETE, TRACE, OPTIONS, CONNECT, PATCH",
        ),
    ],
)
def test_allowed_methods(mask: int, expected: str) -> None:
    """Allow names HEAD where GET is, and OPTIONS always (decision 8)."""
    assert allowed_methods(mask) == expected


@pytest.mark.usefixtures("runaway_guard")
@pytest.mark.parametrize(
    ("rule", "unit"),
    [
        ("/<x>", "a"),
        ("/<x:int>", "1"),
        ("/<x:float>", "1"),
        ("/<x:float>", "1."),
        ("/<x:word>", "a"),
        ("/<x:hex>", "f"),
        ("/<x:uuid>", "0"),
        ("/<x:re:.*>", "a/"),
        ("/<x:word>/<y:word>", "a"),
    ],
)
@pytest.mark.parametrize("end", ["", "\n", "!", "/"])
def test_long_paths_do_not_raise(rule: str, unit: str, end: str) -> None:
    """A path of 60 kB is matched or not, and no number is too long (bar 26)."""
    path = "/" + unit * (60_000 // len(unit)) + end
    rule_found, _ = find(build_table(rule), path)
    assert rule_found in (None, rule)
