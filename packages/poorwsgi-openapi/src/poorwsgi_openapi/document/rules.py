"""Routes of the framework and path templates of a document, side by side.

``/pets/<id:int>`` and ``/pets/{petId}`` have the same *shape*, ``/pets/{}``,
and so belong together; names are compared elsewhere.
"""

import re
from collections.abc import Iterable

__all__ = [
    "build_rule",
    "group_name",
    "group_names",
    "rule_to_template",
    "template_shape",
]

_VARIABLE = re.compile(r"\{[^{}/]*\}")
_GROUP = re.compile(r"<(\w+)(?::[^>]*)?>")
_NAMED = "(?P<"


def template_shape(template: str) -> str:
    """Replace the variables of a template by ``{}``."""
    return _VARIABLE.sub("{}", template)


def rule_to_template(rule: str) -> str:
    """Turn a route into a template: its groups become ``{name}``.

    Args:
        rule: group route, or regular expression with named groups.
    """
    if _NAMED not in rule:
        return _GROUP.sub(r"{\1}", rule)
    pieces: list[str] = []
    index = 0
    while (start := rule.find(_NAMED, index)) >= 0:
        name, _, rest = rule[start + len(_NAMED) :].partition(">")
        pieces += [_literal(rule[index:start]), f"{{{name}}}"]
        index = len(rule) - len(rest) + _group_end(rest)
    pieces.append(_literal(rule[index:]))
    return "".join(pieces)


def _group_end(text: str) -> int:
    """Return where the group ends whose inside the text begins with."""
    depth, position, in_class = 1, 0, False
    while position < len(text) and depth:
        character = text[position]
        if character == "\\":
            position += 1
        elif in_class:
            in_class = character != "]"
        else:
            in_class = character == "["
            depth += (character == "(") - (character == ")")
        position += 1
    return position


def _literal(regex: str) -> str:
    return re.sub(
        r"\\(.)", r"\1", regex.removeprefix("^").removesuffix(r"\Z").rstrip("$")
    )


def build_rule(template: str) -> str:
    """Write a template as a route that takes any text in its groups.

    A value of a wrong type is answered by what checks it, with the reason, and
    not by 404.  A name that is none in Python gets underscores, and so does one that
    is there already.
    """
    names = iter(group_names(name[1:-1] for name in _VARIABLE.findall(template)))
    return _VARIABLE.sub(lambda _: f"<{next(names)}>", template)


def group_names(names: Iterable[str]) -> list[str]:
    """Return the names that the variables of a template have in a route."""
    found: list[str] = []
    for variable in names:
        name = group_name(variable)
        while name in found:
            name += "_"
        found.append(name)
    return found


def group_name(name: str) -> str:
    """Return the name that a group has in a route."""
    return re.sub(r"^(?=[0-9]|$)|\W", "_", name, flags=re.ASCII)
