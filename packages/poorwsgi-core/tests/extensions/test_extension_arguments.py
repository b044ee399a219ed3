"""Facts about what extensions refuse when they are made."""

from collections.abc import Callable
from typing import Any

import pytest

from poorwsgi_core import Application
from poorwsgi_core.extensions.access_log import AccessLog
from poorwsgi_core.extensions.compression import Compression
from poorwsgi_core.extensions.cors import CORS
from poorwsgi_core.extensions.error_pages import ErrorPages
from poorwsgi_core.extensions.event_stream import Event, EventStreamResponse
from poorwsgi_core.extensions.health import HealthChecks
from poorwsgi_core.extensions.rate_limit import MemoryBuckets, RateLimit
from poorwsgi_core.extensions.request_id import RequestId
from poorwsgi_core.extensions.security_headers import SecurityHeaders
from poorwsgi_core.extensions.static_cache import Precompressed, StaticCache
from poorwsgi_core.extensions.templates import Templates
from poorwsgi_core.extensions.tracing import Tracing
from poorwsgi_core.testing import Client

SHOP = "https://shop.example"


def lacks() -> Any:
    """Take nothing."""


CHECKS: dict[str, Callable[[Any], int]] = {"a": lambda _: 1}
WRONG: list[tuple[Any, tuple[Any, ...], dict[str, Any], str]] = [
    (CORS, (None,), {}, "origins: takes several names"),
    (CORS, (lacks,), {}, r"write def lacks\(origin\)"),
    (CORS, (SHOP,), {"methods": [1]}, "methods: takes names as text"),
    (CORS, (SHOP,), {"max_age": None}, "max_age: takes a whole number, not None"),
    (Compression, (), {"minimum": "1k"}, "minimum: takes a whole number"),
    (Compression, (), {"types": "text/html"}, r"types: .*\['text/html'\]"),
    (Compression, (), {"codings": "gzip"}, r"codings: .*\['gzip'\]"),
    (Compression, (), {"private": lacks}, r"def lacks\(req, response\)"),
    (RateLimit, ("many",), {}, "limit: takes a whole number"),
    (RateLimit, (True,), {}, "limit: takes a number from 0 on, not True"),
    (RateLimit, (5, "60"), {}, "period: takes a number of seconds"),
    (RateLimit, (5,), {"key": "ip"}, "key: takes a function, not 'ip'"),
    (RateLimit, (5,), {"key": lacks}, r"def lacks\(req\)"),
    (RateLimit, (5,), {"buckets": 1}, r"buckets: takes RedisBuckets\(redis\)"),
    (RateLimit, (5,), {"buckets": MemoryBuckets}, r"not <class '.*MemoryBuckets'>"),
    (RateLimit, (5,), {"name": 1}, "name: takes text, not 1"),
    (AccessLog, (lacks,), {}, r"def lacks\(access\)"),
    (AccessLog, (), {"logger": None}, "logger: takes text, not None"),
    (RequestId, (None,), {}, "header: takes text"),
    (RequestId, (), {"accept": "maybe"}, "accept: takes True, False"),
    (RateLimit, (5,), {"fail_open": "maybe"}, "fail_open: takes True, False"),
    (Tracing, (), {"provider": 5}, "provider: takes a TracerProvider, not 5"),
    (EventStreamResponse, ("text",), {}, "a list, .* not str"),
    (EventStreamResponse, (Event("x"),), {}, "a list, .* not Event"),
    (EventStreamResponse, (lacks,), {}, "that has been called, not function"),
    (SecurityHeaders, (), {"policy": None}, "policy: takes text"),
    (SecurityHeaders, (), {"hsts": "year"}, "hsts: takes a whole number"),
    (SecurityHeaders, (), {"hsts": True}, "hsts: takes a number from 0 on, not True"),
    (SecurityHeaders, (), {"subdomains": "all"}, "subdomains: takes True, False"),
    (SecurityHeaders, (), {"report_only": "x"}, "report_only: takes True, False"),
    (ErrorPages, (), {"render": lacks}, r"def lacks\(req, problem\)"),
    (ErrorPages, (), {"render": "x"}, "render: takes a function"),
    (StaticCache, ("day",), {}, "max_age: takes a whole number"),
    (Precompressed, ("br",), {}, r"codings: .*\['br'\]"),
    (HealthChecks, ([len],), {}, "checks: takes {'name': function}"),
    (HealthChecks, ({1: len},), {}, "name of a check: takes text"),
    (HealthChecks, (CHECKS,), {}, r"write lambda \Z"),
    (HealthChecks, (), {"live": None}, "live: takes text"),
    (Templates, (".",), {"context": lacks}, r"def lacks\(req\)"),
]


@pytest.mark.parametrize(("kind", "arguments", "options", "reason"), WRONG)
def test_wrong_types(
    kind: Callable[..., Any],
    arguments: tuple[Any, ...],
    options: dict[str, Any],
    reason: str,
) -> None:
    """What can't be meant is told when the object is made, not by each request."""
    with pytest.raises((TypeError, ValueError), match=reason):
        kind(*arguments, **options)


@pytest.mark.parametrize(
    ("kind", "options", "reason"),
    [
        (CORS, {"origins": SHOP, "methods": ["get"]}, "in capitals, not as in 'get'"),
        (CORS, {"origins": SHOP, "max_age": -1}, "max_age: takes a number from 0 on"),
        (Compression, {"codings": []}, "name one, such as 'gzip'"),
        (Compression, {"private": "maybe"}, "private: takes True, False"),
        (HealthChecks, {"live": "livez"}, "live: takes a path such as '/readyz'"),
        (HealthChecks, {"live": "/x", "ready": "/x"}, "are two paths, and not both"),
        (HealthChecks, {"ready": "/<x>"}, "ready: takes a path"),
        (HealthChecks, {"ready": "/x?y"}, "ready: takes a path"),
        (
            SecurityHeaders,
            {"policy": "defaultsrc 'self'"},
            "no directive 'defaultsrc': did you mean 'default-src'",
        ),
        (
            SecurityHeaders,
            {"policy": "script-src 'nonce'; img-src self data:"},
            "policy: self without quotes is the name of a host: write 'self'",
        ),
    ],
)
def test_wrong_values(
    kind: Callable[..., Any], options: dict[str, Any], reason: str
) -> None:
    """A value that would be passed over in silence is told."""
    with pytest.raises(ValueError, match=reason):
        kind(**options)


def test_flags_are_those_of_settings() -> None:
    """Off is no credentials, as for a setting; later directives are let pass."""
    assert vars(CORS("*", credentials="Off"))["_credentials"] is False  # type: ignore[arg-type]
    assert SecurityHeaders(policy="prefetch-src 'none'; ; sandbox") is not None
    assert Templates(".") is not Templates(".", context=lambda _: {})
    assert Tracing() is not Tracing(provider=None)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (CORS(SHOP), CORS("*"), "name all origins in one"),
        (Tracing(), Tracing(), "a second exporter belongs to its provider"),
        (RateLimit(5, 1), RateLimit(100), "a RateLimit 'default' already"),
    ],
)
def test_second_of_a_kind(app: Application, one: Any, other: Any, reason: str) -> None:
    """What would answer in the place of another one is refused."""
    app.install(one)
    with pytest.raises(RuntimeError, match=reason):
        app.install(other)


def test_limits_of_two_names(app: Application) -> None:
    """Two limits have buckets of their own, and tell both."""
    app.set_route("/", lambda _: "")
    for limit in (RateLimit(5, 1, name="burst"), RateLimit(100)):
        app.install(limit)
    answer = Client(app).get("/")
    assert answer.headers.get_all("RateLimit") == ('"burst";r=4', '"default";r=99')
