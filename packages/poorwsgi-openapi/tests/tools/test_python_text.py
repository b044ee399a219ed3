"""Python that is written by a tool."""

import pytest

from poorwsgi_openapi.tools.python_text import (
    Names,
    Node,
    call,
    group,
    has_none,
    literal,
    name_in_literal,
    or_none,
    subscript,
    write,
)


def test_names_are_given_once() -> None:
    """To functions in small letters, to classes as they are."""
    names = Names({"api"})
    assert [names.make("getPet"), names.make("get_pet"), names.make("api")] == [
        *("get_pet", "get_pet_", "api_"),
    ]
    assert [names.make_class(each) for each in ("Pet", "Pet", "my-pet", "é", "3a")] == [
        *("Pet", "Pet_", "MyPet", "Schema", "_3A"),
    ]


def test_literals_may_have_names() -> None:
    """Whatever else is in them is JSON."""
    value = {"a": [1, None, True, "x"], 200: name_in_literal("Pet"), "b": call("f")}
    assert write(literal(value)) == (
        '{"a": [1, None, True, "x"], "200": Pet, "b": f()}'
    )


def test_what_is_too_long_is_written_in_lines() -> None:
    """The only argument of a type gets no comma, which would make another type."""
    long = "x" * 40
    node = subscript("list", subscript("Annotated", long, call("f", long, a=long)))
    assert write(node) == (
        "list[\n"
        "    Annotated[\n"
        f"        {long},\n"
        "        f(\n"
        f"            {long},\n"
        f"            a={long},\n"
        "        ),\n"
        "    ]\n"
        "]"
    )
    assert (
        write(literal([long, long]), before=3)
        == f"[\n    {long!r},\n".replace("'", '"') + f'    "{long}",\n]'
    )
    assert write(call("f" * 100)) == "f" * 100 + "()"
    assert write(group({"a": "b"})) == '{"a": b}'


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ("int", "int | None"),
        ('"Pet"', 'Optional["Pet"]'),
        (subscript("list", "int"), "list[int] | None"),
        (subscript("list", subscript("list", "int")), "Optional[list[list[int]]]"),
    ],
)
def test_types_may_have_none(node: Node, text: str) -> None:
    """In the form that can be written at that place."""
    assert not has_none(node)
    made = or_none(node)
    assert write(made) == text
    assert has_none(made)
