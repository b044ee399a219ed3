"""Typed values of values that fit: dates, UUIDs, models, defaults filled in.

What a value becomes is what openapi-core's unmarshaller makes of it.  That one
validates each part anew for each schema that it is in; here verdicts and what was
made are remembered by place and value, as in ``run``.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from poorwsgi_openapi.checks.judging.places import Place
from poorwsgi_openapi.checks.judging.run import Run
from poorwsgi_openapi.document.pointers import is_list, is_map

__all__ = ["Maker"]

_OF_BYTES = frozenset({"binary", "byte"})
_MODELS = frozenset({"x-model", "x-model-path"})


class Maker:
    """Makes typed values.

    Args:
        formats: format to what makes a value of its text.
        hidden: keyword of properties that are of the other direction, of which no
            default is filled in.
    """

    def __init__(
        self, formats: Mapping[str, Callable[[Any], Any]], hidden: str = ""
    ) -> None:
        self._formats = formats
        self._hidden = hidden
        self._recipes: dict[Place, _Recipe] = {}

    def make(self, run: Run, place: Place, value: Any) -> Any:
        """Return what a value becomes that fits.

        Raises:
            TooCostly: that takes too many steps.
        """
        recipe = self._find(place)
        if not isinstance(value, (dict, list)):
            return self._convert(run, recipe, value)
        key = place.key(value)
        if key not in run.made:
            run.made[key] = self._make_container(run, recipe, value)
        return run.made[key]

    def _find(self, place: Place) -> "_Recipe":
        recipe = self._recipes.get(place)
        if recipe is None:
            recipe = self._recipes[place] = _Recipe(place.follow(), self._hidden)
        return recipe

    def _make_container(self, run: Run, recipe: "_Recipe", value: Any) -> Any:
        if is_list(value):
            run.spend(1)
            items = recipe.items
            if items is None:
                return value
            if recipe.has_tuple:
                return [self._make_fitting(run, items, part) for part in value]
            return [self.make(run, items, part) for part in value]
        properties = self._properties(run, recipe, value)
        others = recipe.others
        if recipe.takes_others:
            for name, part in value.items():
                if name not in properties:
                    properties[name] = (
                        self._make_fitting(run, others, part) if others else part
                    )
        return recipe.build(properties)

    def _make_fitting(self, run: Run, place: Place, value: Any) -> Any:
        """Make a typed value by a schema that may not be meant for it."""
        return self.make(run, place, value) if place.fits(run, value) else value

    def _properties(
        self, run: Run, recipe: "_Recipe", value: dict[str, Any]
    ) -> dict[str, Any]:
        """Make the declared properties of an object; later schemas win."""
        made: dict[str, Any] = {}
        run.spend(recipe.weight)
        if recipe.branches:
            made = self._inherited(run, recipe, value)
        for name, place in recipe.properties:
            if name in value:
                made[name] = self.make(run, place, value[name])
        for name, place, default in recipe.defaults:
            # One that doesn't fit, or is of the other direction, is no client's fault.
            if name not in value and place.fits(run, default):
                made[name] = self.make(run, place, default)
        return made

    def _inherited(
        self, run: Run, recipe: "_Recipe", value: dict[str, Any]
    ) -> dict[str, Any]:
        """Make those that the schemas in a schema declare, which is done once."""
        key = recipe.place.key(value)
        if key not in run.parts:
            made: dict[str, Any] = {}
            for inner in self._branches(run, recipe, value):
                made |= self._properties(run, inner, value)
            run.parts[key] = made
        return {**run.parts[key]}

    def _branches(self, run: Run, recipe: "_Recipe", value: Any) -> Iterator["_Recipe"]:
        """Yield the schemas in a schema that the same value fits."""
        for places, is_one in recipe.branches:
            for place in places:
                if place.fits(run, value):
                    yield self._find(place)
                    if is_one:
                        break

    def _convert(self, run: Run, recipe: "_Recipe", value: Any) -> Any:
        if not isinstance(value, (str, bytes)):
            return value
        for each in (recipe, *self._branches(run, recipe, value)):
            if each.format is not None:
                return self._read(each.format, value)
        return value

    def _read(self, name: str, value: str | bytes) -> Any:
        """Read a text that has a format."""
        convert = self._formats.get(name)
        if convert is None or (isinstance(value, bytes) and name not in _OF_BYTES):
            return value
        try:
            return convert(value)
        except (AttributeError, ValueError, TypeError):
            return value


class _Recipe:
    """What a schema says about making values, read once.

    Args:
        place: the place, which is no reference.
        hidden: see ``Maker``.

    Attributes:
        place: the place.
        weight: steps that it takes to make an object.
        branches: places that the same value may fit, and whether only one counts.
        items: place of the items of a list.
        has_tuple: some items are meant for other places.
        properties: places of declared properties.
        defaults: those that have a default.
        takes_others: others may be there.
        others: place of others, if they have any.
        format: name of the format.
    """

    def __init__(self, place: Place, hidden: str) -> None:
        schema: Any = place.schema if is_map(place.schema) else {}
        self.place = place
        self._schema = schema
        self.format = schema.get("format")
        self.branches = [*_iter_branches(place, schema)]
        items, extra = schema.get("items"), schema.get("additionalProperties", True)
        self.items = place.descend(items) if is_map(items) else None
        self.has_tuple = "prefixItems" in schema
        self.others = place.descend(extra) if is_map(extra) else None
        self.takes_others = extra is not False
        nodes: Any = schema.get("properties", {})
        self.properties = [(name, place.descend(node)) for name, node in nodes.items()]
        self.defaults = [
            (name, inner, found["default"])
            for name, inner in self.properties
            if is_map(found := inner.follow().schema)
            and "default" in found
            and found.get(hidden) is not True
        ]
        self.weight = 1 + place.weight + len(self.defaults)

    def build(self, properties: dict[str, Any]) -> Any:
        """Build the object of its typed properties."""
        if _MODELS & self._schema.keys():
            return _model(self._schema, properties)
        return properties


def _iter_branches(
    place: Place, schema: Mapping[str, Any]
) -> Iterator[tuple[list[Place], bool]]:
    for keyword in ("oneOf", "anyOf", "allOf"):
        places = [place.descend(node).follow() for node in schema.get(keyword, ())]
        if keyword == "allOf":
            # openapi-core makes nothing by those that name no type.
            places = [p for p in places if is_map(p.schema) and "type" in p.schema]
        if places:
            yield places, keyword == "oneOf"


def _model(schema: Mapping[str, Any], properties: dict[str, Any]) -> Any:
    from jsonschema_path import SchemaPath
    from openapi_core.extensions.models.factories import ModelPathFactory

    node: Any = {name: schema[name] for name in _MODELS & schema.keys()}
    model: Any = ModelPathFactory().create(SchemaPath.from_dict(node), [*properties])
    return model(**properties)
