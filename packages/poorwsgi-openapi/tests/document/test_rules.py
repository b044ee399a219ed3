"""Routes and templates: from one to the other, and their common shape."""

import pytest

from poorwsgi_openapi.document.rules import (
    build_rule,
    group_name,
    rule_to_template,
    template_shape,
)


@pytest.mark.parametrize(
    ("rule", "template"),
    [
        ("/", "/"),
        ("/a/<x>", "/a/{x}"),
        ("/a/<x:int>.<y:word>", "/a/{x}.{y}"),
        (r"^/a/(?P<x>\d+)\Z", "/a/{x}"),
        (r"/a/(?P<x>[)\]]+)/(?P<y>(b|c)+)$", "/a/{x}/{y}"),
        (r"/a\.b/(?P<x>.*", "/a.b/{x}"),
    ],
)
def test_rules_become_templates(rule: str, template: str) -> None:
    """Groups become their names; what escapes a letter goes."""
    assert template == rule_to_template(rule)


def test_shape_is_common() -> None:
    """Names and filters don't count."""
    shapes = {
        template_shape("/a/{petId}"),
        template_shape(rule_to_template("/a/<n:int>")),
    }
    assert shapes == {"/a/{}"}


def test_template_becomes_a_rule() -> None:
    """Names that Python doesn't take get underscores."""
    assert build_rule("/a/{pet-id}/{x}.json") == "/a/<pet_id>/<x>.json"
    assert group_name("á b") == "__b"
    assert build_rule("/{2fa}/{}") == "/<_2fa>/<_>"


def test_names_in_a_rule_differ() -> None:
    """Names that become one, or stand twice, get more of them."""
    assert build_rule("/{a-b}/{a_b}/{a-b}") == "/<a_b>/<a_b_>/<a_b__>"
