"""What many applications need and none pays for: imported only when used.

cors              let pages of other origins read answers
security_headers  policies for browsers
compression       gzip, brotli and zstd
codings           content codings, piece by piece
etags             304 for answers in memory
static_cache      how long files are fresh; compressed files beside them
error_pages       error pages as HTML, problem+json or text
request_id        an identity for each request
access_log        one line or JSON object for each request
metrics           numbers for Prometheus, by route
tracing           spans of OpenTelemetry, by route
rate_limit        so many requests in so much time
redis_buckets     the same for many processes, in Redis
redis_client      a client of Redis that fails soon
health            whether the process lives, and may have requests
event_stream      server-sent events
templates         pages from templates of Jinja

Each module has one object for ``app.install``, and knows none of the others.
"""
