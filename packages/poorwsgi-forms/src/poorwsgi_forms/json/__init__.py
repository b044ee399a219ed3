"""JSON bodies.

values   JSON to values: JsonDict, JsonList and scalars
typed    JSON to types: dataclasses, TypedDicts, models
"""
