"""What a request has to pass, and what an answer has to keep.

faults           Fault and Problem: what is wrong
wording          what jsonschema finds, in words of ours
judging          values, judged by schemas in so many steps
keywords         those that we check otherwise than openapi-core
numerals         which texts are numbers
casting          texts, made the values that their schemas describe
certain          a short way for values that are surely valid
engine           openapi-core, prepared for a document
parameters       path, query, headers and cookies
variables        names of headers in WSGI, and in Vary
querystrings     a whole query as one value
sequences        items that come one after the other
media            media types: how contents are decoded
json_text        JSON, read strictly
urlencoded       urlencoded forms
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
