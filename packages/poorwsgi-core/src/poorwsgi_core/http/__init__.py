"""What RFC 9110 and its kin define, as functions of text and bytes.

headers         fields of a message, in order
parameters      ``value; name=text`` and quoted strings
negotiation     Accept and its kin
authorization   Authorization
cookies         Cookie and Set-Cookie
dates           times of header fields
ranges          Range and Content-Range
conditional     preconditions: If-Match and its kin
hosts           Host and its port
proxies         which proxies are believed
forwarded       what these say: X-Forwarded-* and Forwarded
paths           paths of URLs, encoded and decoded
json_decoder    JSON, read strictly
urlencoded      query strings and urlencoded forms

Nothing here reads, sends, or knows a request, a response or an application.
"""
