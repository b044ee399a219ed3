"""Code first: a document made of the type hints of handlers.

api          Api, which an application installs
options      those of the extension that it becomes
calls        a handler with typed arguments, as a route calls it
operations   the signature of a handler, as an operation of the document
responses    what it answers, as responses of the document
guards       guards of handlers, as security of the document
values       checked values as the types of a handler, and answers as JSON
schemas      types as schemas, with the components that they need
texts        types whose JSON is text
limits       constraints that JSON Schema can't say
libraries    types of msgspec and pydantic
ways         how many ways there are to read a value of theirs
hints        type hints, taken apart
markers      what a hint alone doesn't say: Query, Header, Body, Answer and kin

The document is made when the application starts.  From then on it is as any other:
one engine checks what it says.
"""
