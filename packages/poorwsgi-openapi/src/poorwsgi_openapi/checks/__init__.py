"""What a request has to pass, and what an answer has to keep.

faults           Fault and Problem: what is wrong
wording          what jsonschema finds, in words of ours
numerals         which texts are numbers
certain          a short way for values that are surely valid
engine           openapi-core, prepared for a document
parameters       path, query, headers and cookies
querystrings     a whole query as one value
sequences        items that come one after the other
multiparts       multipart forms
bodies           request bodies
form_parser      who parses the forms of an application
security         who a client is, and what it may do
plans            all checks of one operation, in their order; ApiRequest
responses        what handlers answer; ResponseInvalid
path_arguments   typed values of the path, for handlers
territory        which paths are those of an API
dispatch         from a routed request to its plan

A check says what is wrong and answers nobody: that is the work of ``answers``.
"""
