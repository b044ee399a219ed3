"""Keeping document and application together.

route_check         routes and document, compared
agreement           what is done when they differ
coverage            which documented answers were given
pytest_plugin       the same for the tests of an application
difference          two versions of a document, compared
schema_difference   two versions of a schema
skeleton            an application for a document
export              a document for an application
loading             applications and documents that a command line names

What developers run, and what looks at an application when it starts; no request
comes through here.
"""
