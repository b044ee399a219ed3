"""Facts about rules: from a route as it is written to its pattern."""

import re
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.application.rules import (
    default_filters,
    is_group_route,
    literal_prefix,
    may_backtrack,
    parse_rule,
)

UUID = "12345678-1234-5678-1234-567812345678"


def read(rule: str, path: str) -> tuple[Any, ...] | None:
    """Return the converted groups of a path, None where it doesn't match."""
    parsed = parse_rule(rule, default_filters())
    pattern, converters = parsed.compile(), parsed.converters
    match = pattern.match(path)
    if match is None:
        return None
    try:
        return tuple(convert(match[name]) for name, convert in converters)
    except ValueError:
        return None


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/<x>", "/any thing", ("any thing",)),
        ("/<x>", "/a/b", None),
        ("/<x>", "/", None),
        ("/<x:int>", "/-12", (-12,)),
        ("/<x:int>", "/1.5", None),
        ("/<x:INT>", "/7", (7,)),
        ("/<x:float>", "/1", (1.0,)),
        ("/<x:float>", "/-1.25", (-1.25,)),
        ("/<x:float>", "/1.", None),
        ("/<x:float>", f"/-{'9' * 308}.{'9' * 400}", (-1e308,)),
        ("/<x:float>", f"/{'9' * 309}", None),  # infinite
        ("/<x:word>", "/ěšč_1", ("ěšč_1",)),
        ("/<x:word>", "/a-b", None),
        ("/<x:hex>", "/09afAF", ("09afAF",)),
        ("/<x:hex>", "/0g", None),
        ("/<x:uuid>", f"/{UUID}", (uuid.UUID(UUID),)),
        ("/<x:uuid>", f"/{UUID.upper()[:-1]}", None),
        ("/<x:re:[a-fA-F\\d]+>", "/0F", ("0F",)),
        ("/<x:RE:\\D+>", "/AB", ("AB",)),
        ("/<x:re:a b>", "/a b", ("a b",)),
        ("/<x:re:.*>", "/a/b/", ("a/b/",)),
        ("/<a:float>/<b>", "/1.5/z", (1.5, "z")),
        ("/<a:float>/<b>", "/1/z", (1.0, "z")),
        ("/<a:re:(x)|(y)>/<b:int>", "/y/2", ("y", 2)),
        ("/<class>/<name:word>.html", "/c/n.html", ("c", "n")),
        ("/<ěšč>", "/x", ("x",)),
    ],
)
def test_rules(rule: str, path: str, values: tuple[Any, ...] | None) -> None:
    """Groups match whole parts and are converted one by one (8.2, R1, R2)."""
    assert read(rule, path) == values


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("/dot.x/<v>", "/dotyx/5"),
        ("/a+/<v>", "/aa/5"),
        ("/(a)/<v>", "/a/5"),
        ("/<v:int>", "/5\n"),
        ("/<v:int>.html", "/5xhtml"),
        ("/<v:int>", "/5/"),
        ("/<v:int>", "x/5"),
    ],
)
def test_text_around_groups_is_literal(rule: str, path: str) -> None:
    """No text outside of groups is an expression; the end is the end (R3, bar 26)."""
    assert read(rule, path) is None


@pytest.mark.parametrize(
    "rule",
    [
        "/< id:int>",
        "/<id :int>",
        "/<id: int>",
        "/<id:int >",
        "/<id >",
        "/< id>",
        "/<x:re:[a-z]+ >",
        "/<x y>",
        "/<x :re:a>",
        "/<id\t:int>",
    ],
)
def test_blanks_in_groups(rule: str) -> None:
    """They are refused, and the message shows how it is written (8.3)."""
    with pytest.raises(ValueError, match="Invalid route definition") as caught:
        parse_rule(rule, default_filters()).compile()
    for text in ("must not contain spaces", "<id:int>", "<name:word>", "<value:float>"):
        assert text in str(caught.value)


@pytest.mark.parametrize(
    "rule", ["/<>", "/<x", "/<x:>", "/<x-y>", "/<:int>", "/<x><", "/<a<b>>"]
)
def test_malformed_groups(rule: str) -> None:
    """They are refused instead of being static text (R4)."""
    with pytest.raises(ValueError, match="Invalid route definition"):
        parse_rule(rule, default_filters()).compile()


@pytest.mark.parametrize("rule", ["/<x:foo>", "/<x:none>", "/<x::int>", "/<x:re>"])
def test_unknown_filter(rule: str) -> None:
    """The message names the filters that are known (8.3)."""
    with pytest.raises(RuntimeError, match=r"Unknown filter .* known are :float, :hex"):
        parse_rule(rule, default_filters()).compile()


@pytest.mark.parametrize("rule", ["/<x>/<x>", "/<1x>", "/<x:re:[>", "/<x:re:(>"])
def test_broken_expression(rule: str) -> None:
    """Expressions and names are checked when the route is set (8.3)."""
    with pytest.raises(re.error):
        parse_rule(rule, default_filters()).compile()


def test_filter_of_the_user() -> None:
    """A filter is found by its name in any case (R4)."""
    filters = {**default_filters(), ":Email": (r"\w+@\w+", str.upper)}
    parsed = parse_rule("/<x:eMAIL>", filters)
    pattern, converters = parsed.compile(), parsed.converters
    assert pattern.pattern == r"/(?P<x>\w+@\w+)\Z"
    assert converters == (("x", str.upper),)


def test_default_filters() -> None:
    """The filters are those of the documentation (8.2)."""
    names = [":int", ":float", ":word", ":hex", ":uuid", ":re:", "none"]
    assert [*default_filters()] == names
    assert default_filters()[":int"] == (r"-?\d+", int)
    assert default_filters()[":re:"] == (None, str)


@pytest.mark.parametrize(
    ("text", "expected"), [("/a", False), ("/<a>", True), ("/<a", True), ("", False)]
)
def test_is_group_route(text: str, expected: bool) -> None:
    """A route with an angle bracket has groups."""
    assert is_group_route(text) == expected


# --- literal prefixes --------------------------------------------------------------


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        ("/abc", "/abc"),
        ("^/abc", "/abc"),
        ("/abc/(.*)", "/abc/"),
        ("/ab?c", "/a"),
        ("/ab*", "/a"),
        ("/ab+", "/ab"),
        ("/ab{0}", "/a"),
        ("/a|/b", ""),
        ("(?i)/abc", ""),
        ("/a.c", "/a"),
        (r"/a\.c", "/a"),
        ("/č", "/"),
        ("", ""),
        ("^?/a", ""),
    ],
)
def test_literal_prefix(regex: str, expected: str) -> None:
    """It is text that each match begins with."""
    assert literal_prefix(regex) == expected


REGEX = st.text("/ab?*+{}2,()[]|.\\^$č", max_size=12)


@pytest.mark.filterwarnings("ignore:Possible:FutureWarning")
@given(regex=REGEX, path=st.text("/abč2", max_size=8))
def test_literal_prefix_is_never_too_long(regex: str, path: str) -> None:
    """Whatever the expression, a path that it matches has the prefix."""
    try:
        match = re.match(regex, path)
    except (re.error, RecursionError, OverflowError):
        return
    if match is not None:
        assert path.startswith(literal_prefix(regex))


@given(
    groups=st.lists(
        st.sampled_from(["", ":word", ":int", ":re:.+", ":re:.*", ":re:[a-]+"]),
        min_size=2,
        max_size=4,
    ),
    between=st.sampled_from(["", "-", "_", "--", "-a", "/"]),
    path=st.text("aa--_/1", max_size=16),
)
def test_groups_in_one_segment(groups: list[str], between: str, path: str) -> None:
    """They take what they take as one expression, each as much as it can."""
    rule = between.join(f"<g{index}{group}>" for index, group in enumerate(groups))
    parsed = parse_rule(rule, default_filters())
    greedy = re.escape(between).join(f"({group.regex})" for group in parsed.groups)
    one, other = re.match(rf"{greedy}\Z", path), parsed.compile().match(path)
    assert (one and one.groups()) == (other and other.groups())


def test_groups_that_refer_to_others() -> None:
    """What refers to a group gets what that one takes without it."""
    rule = parse_rule("/<a>-<b>/<c:re:(?P=b)>", default_filters())
    expected = r"/(?P<a>[^/]+)\-(?P<b>[^/]+)/(?P<c>(?P=b))\Z"
    assert expected == rule.compile().pattern


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^([a-zA-Z0-9]+\.?)+@x$", True),
        ("(a+)+", True),
        ("((a+)b)*", True),
        ("(a{2,})*", True),
        ("(a|b+){3,}", True),
        ("^[a+]+$", False),
        (r"(\+a)+", False),
        ("a+b+", False),
        ("(a{2})*", False),
        ("(?:a+)?", False),
        ("((ab)c)+", False),
        ("(?:a!)+", False),
        ("(?:(?:a*b)c)+", True),
        (r"^[\w-]+(\.[\w-]+)+$", False),
        (r"^(?:[a-z0-9]+\.)+[a-z]+$", False),
        ("^a(?:,b*)*$", False),
        (r"((\.[\w-]+)+)+", True),
        (r"(\w\d+)+", True),
        (r"([\w.]+\.)+", True),
        (r"(\..+)+", True),
        (r"([\p{L}]+\.)+", True),
        (r"(\.\p{L}+)+", True),
    ],
)
def test_repeats_in_repeats_are_found(pattern: str, expected: bool) -> None:
    """By these a short text may take for ever."""
    assert may_backtrack(pattern) is expected
