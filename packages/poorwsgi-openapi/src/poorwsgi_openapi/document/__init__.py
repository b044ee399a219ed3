"""The document: what an API says of itself, as data.

pointers   JSON values, and what JSON pointers find in them
sources    files, as JSON values with the lines of their parts
bundling   references to other files, made inner ones
document   Document, loaded and checked, and its Operations
outline    what a document says, read without complaint
rules      path templates and routes, side by side
patterns   text that matches a regular expression
sequences  media types of items, and how items are written
examples   values that a schema describes

Nothing here knows a request, a response or an application, and nothing is
fetched from a network.
"""
