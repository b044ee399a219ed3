"""Keeping document and application together.

route_check         routes and document, compared
agreement           what is done when they differ
coverage            which documented answers were given
pytest_plugin       the same for the tests of an application
difference          two versions of a document, compared
schema_difference   two versions of a schema
access_difference   how clients reach two versions of an API
lint                a report of all that is wrong with a document
unsupported         what isn't done for a document
skeleton            an application for a document
typed_skeleton      the same with all its types
type_hints          schemas as type hints
python_text         Python that is written by these
modern              documents of OpenAPI 3.0 as such of 3.1
export              a document for an application
loading             applications and documents that a command line names

What developers run, and what looks at an application when it starts; no request
comes through here.
"""
