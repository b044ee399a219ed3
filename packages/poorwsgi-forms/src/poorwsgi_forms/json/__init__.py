"""JSON bodies: from text to values, and to types.

values    JSON to values: JsonDict, JsonList and scalars
typed     JSON to types: dataclasses, TypedDicts, models
engines   which library decodes a type
places    JSON pointers to what doesn't fit
"""
