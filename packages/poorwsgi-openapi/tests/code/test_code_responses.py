"""What handlers answer, as responses."""

from dataclasses import dataclass
from typing import Annotated, Any, NoReturn

import pytest

from poorwsgi_core import BaseResponse, Response
from poorwsgi_core.response import JSONResponse
from poorwsgi_openapi import Answer, Schema
from poorwsgi_openapi.code.markers import ABSENT
from poorwsgi_openapi.code.responses import describe_answers, is_bodiless
from poorwsgi_openapi.code.schemas import Schemas

TEXT = {"type": "string"}
PET = {"$ref": "#/components/schemas/Pet"}
PROBLEM = {
    "application/problem+json": {
        "schema": {"$ref": "#/components/schemas/ProblemDetails"}
    }
}


@dataclass
class Pet:
    """A pet."""

    name: str


def describe(hint: Any, answer: Answer | None = None, **others: Any) -> dict[str, Any]:
    """Describe answers; names of others begin with an underscore."""
    named: dict[int | str, Any] = {k[1:]: each for k, each in others.items()}
    return describe_answers(hint, answer or Answer(), named, Schemas(), "it")


@pytest.mark.parametrize(
    ("hint", "answer", "expected"),
    [
        (ABSENT, Answer(), {"200": {"description": "OK"}}),
        (NoReturn, Answer(), {"200": {"description": "OK"}}),
        (None, Answer(), {"204": {"description": "No Content"}}),
        (None, Answer(status=202), {"202": {"description": "Accepted"}}),
        (Response, Answer(status=201), {"201": {"description": "Created"}}),
        (
            JSONResponse,
            Answer(media_type="a/b"),
            {"200": {"description": "OK", "content": {"a/b": {}}}},
        ),
        (
            str,
            Answer(),
            {"200": {"description": "OK", "content": {"text/html": {"schema": TEXT}}}},
        ),
        (
            bytes,
            Answer(media_type="image/png"),
            {"200": {"description": "OK", "content": {"image/png": {}}}},
        ),
        (
            list[str],
            Answer(description="names", fields={"content": {"text/csv": {}}}),
            {
                "200": {
                    "description": "names",
                    "content": {
                        "application/json": {
                            "schema": {"type": "array", "items": TEXT}
                        },
                        "text/csv": {},
                    },
                }
            },
        ),
    ],
)
def test_return_types_are_answers(
    hint: Any, answer: Answer, expected: dict[str, Any]
) -> None:
    """Each with its status and media type."""
    assert describe(hint, answer) == expected


def test_headers_are_types() -> None:
    """One that may be None is optional."""
    headers = {
        "Location": Annotated[str, Schema(description="where")],
        "X-Left": int | None,
    }
    found = describe(Pet, Answer(status=201, headers=headers))["201"]
    assert found["headers"] == {
        "Location": {"description": "where", "required": True, "schema": TEXT},
        "X-Left": {"schema": {"type": "integer"}},
    }


def test_other_answers_are_texts_types_or_more() -> None:
    """What is only told in words is a problem document."""
    found = describe(
        Pet,
        _404="There is no such pet",
        _409=Pet,
        _410=None,
        _4XX=Answer(Pet, description="Some"),
        _default=Answer(fields={"links": {}}),
    )
    content = {"application/json": {"schema": PET}}
    assert found == {
        "200": {"description": "OK", "content": content},
        "404": {"description": "There is no such pet", "content": PROBLEM},
        "409": {"description": "Conflict", "content": content},
        "410": {"description": "Gone", "content": PROBLEM},
        "4XX": {"description": "Some", "content": content},
        "default": {"description": "Any other answer", "links": {}},
    }
    assert describe(ABSENT, _5XX=Pet)["5XX"]["description"] == "Any 5XX"


def test_a_status_is_described_once() -> None:
    """By what is returned, or beside it."""
    with pytest.raises(ValueError, match="it is described twice for 200"):
        describe(Pet, _200=Pet)


def test_what_is_returned_may_be_described_beside() -> None:
    """By words, headers and fields; its type and media type are those of the hint."""
    content = {"application/json": {"schema": PET}}
    found = describe(Pet, _200="The pet")
    assert found == {"200": {"description": "The pet", "content": content}}
    beside = Answer(description="The new one", fields={"links": {}})
    found = describe(Pet, Answer(status=201, media_type="a/b"), _201=beside, _404=None)
    assert [*found] == ["201", "404"]
    assert found["201"] == {
        "description": "The new one",
        "content": {"a/b": {"schema": PET}},
        "links": {},
    }


@pytest.mark.parametrize("hint", [tuple, tuple[str, int]], ids=repr)
def test_tuples_are_no_json(hint: Any) -> None:
    """The framework reads them, so what is in them has to be said otherwise."""
    with pytest.raises(TypeError, match="it is a tuple, which is body, content type"):
        describe(hint)


@pytest.mark.parametrize(
    ("hint", "expected"),
    [(ABSENT, True), (None, True), (BaseResponse, True), (str, False), (list, False)],
)
def test_what_says_nothing_of_a_body(hint: Any, *, expected: bool) -> None:
    """No type, None, and responses."""
    assert is_bodiless(hint) is expected
