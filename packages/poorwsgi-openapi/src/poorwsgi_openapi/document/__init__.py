"""The document: what an API says of itself, as data.

document        Document, loaded and checked, and its Operations
sources         files, as JSON values
lines           where in a file their parts stand
bundling        references to other files, made inner ones
identifiers     $id, $anchor and their references
specification   what OpenAPI asks of a document
contradictions  schemas that nothing fits
verdicts        good verdicts on large documents, kept
outline         what a document says, read without complaint
pointers        JSON values, and what JSON pointers find in them
schema_walk     all schemas of a document
servers         URLs of servers, as paths
rules           path templates and routes, side by side
styles          lists and objects in a path, a query, a header or a cookie
sequences       media types of items, and how items are written
ecma            regular expressions of ECMA-262
patterns        text that matches one
examples        values that a schema describes

Nothing here knows a request, a response or an application, and nothing is
fetched from a network.
"""
