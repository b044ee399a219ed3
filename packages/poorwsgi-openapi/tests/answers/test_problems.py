"""Problems: RFC 9457 for programs, a page for browsers, values for debuggers."""

import json
import logging
from typing import Any

import pytest

from poorwsgi_core import Application, Request
from poorwsgi_core.testing import build_environ
from poorwsgi_openapi import Fault, Problem
from poorwsgi_openapi.answers.problems import build_response, log_refusal
from poorwsgi_openapi.document.document import Document

SECRET = "hunter2"
FAULTS = [
    Fault("body", "maxLength", "is too long", pointer="/name", value=SECRET),
    Fault("query", "type", "is no <number>", name="n", pointer="", value=SECRET),
    Fault("body", "type", "is no object", pointer=""),
    Fault("security", "required", "is required", name="key"),
]


def ask(app: Application, accept: str = "", problem: Problem | None = None) -> Any:
    """Build the answer for a client that accepts something."""
    environ = build_environ("/", headers={"Accept": accept} if accept else {})
    req = Request({**environ, "REQUEST_STARTTIME": 0.0}, app)
    return build_response(req, problem or Problem(400, "It is wrong", FAULTS))


def test_problem_has_the_members_of_rfc_9457(app: Application) -> None:
    """Places and codes are there, and no value."""
    response = ask(app)
    assert (response.status_code, response.content_type) == (
        400,
        "application/problem+json",
    )
    assert json.loads(response.data) == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "It is wrong",
        "errors": [
            {
                "in": "body",
                "pointer": "/name",
                "code": "maxLength",
                "message": "is too long",
            },
            {"in": "query", "name": "n", "code": "type", "message": "is no <number>"},
            {"in": "body", "pointer": "", "code": "type", "message": "is no object"},
            {
                "in": "security",
                "name": "key",
                "code": "required",
                "message": "is required",
            },
        ],
    }


def test_values_are_shown_in_debug_only(app: Application) -> None:
    """What the client sent comes back when the application is in debug."""
    assert SECRET.encode() not in ask(app).data
    app.debug = True
    assert SECRET.encode() in ask(app).data


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("application/xhtml+xml", True),
        ("application/json, text/html;q=0.9", False),
        ("application/problem+json;q=0.5, text/html", True),
        ("*/*", False),
        ("text/html;q=0", False),
    ],
)
def test_browsers_get_a_page(app: Application, accept: str, is_page: bool) -> None:
    """Who asks for HTML by name, and more than for JSON, gets it."""
    assert is_page == ask(app, accept).content_type.startswith("text/html")


def test_page_is_escaped_and_has_no_values(app: Application) -> None:
    """The page has the faults in a table, under the policy of all pages."""
    response = ask(app, "text/html")
    assert b"is no &lt;number&gt;" in response.data
    assert SECRET.encode() not in response.data
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_page_without_faults_has_no_table(app: Application) -> None:
    """A problem that is only a sentence is one."""
    response = ask(app, "text/html", Problem(404, "Not here"))
    assert b"<table" not in response.data
    assert b"404 - Not Found" in response.data


def test_problem_as_text() -> None:
    """It is its sentence."""
    assert str(Problem(404, "Not here", FAULTS)) == "Not here"


def test_headers_are_sent(app: Application) -> None:
    """Several headers of one name stay several."""
    headers = [("WWW-Authenticate", "A"), ("WWW-Authenticate", "B")]
    response = ask(app, "", Problem(401, "Who?", (), headers))
    assert response.headers.get_all("WWW-Authenticate") == ("A", "B")
    assert b"errors" not in response.data


def test_fault_shows_its_place() -> None:
    """For people who debug, a fault says where it is."""
    assert [repr(fault) for fault in FAULTS[:2]] == [
        "<Fault body /name: maxLength>",
        "<Fault query n: type>",
    ]


def test_long_words_are_not_kept(app: Application) -> None:
    """They are written as others are."""
    fault = Fault("body", "type", "is no object", pointer="/" + "x" * 300)
    for detail in ("It is wrong", "It is wrong " * 30):
        response = ask(app, problem=Problem(400, detail, [fault]))
        members = json.loads(response.data)
        assert (members["detail"], members["errors"]) == (detail, [fault.describe()])
    assert json.loads(ask(app, problem=Problem(404, "No")).data)["title"] == "Not Found"


def test_log_that_nobody_keeps(caplog: pytest.LogCaptureFixture) -> None:
    """Below its level nothing is written."""
    (operation,) = Document(
        {**RAW, "paths": {"/a": {"get": {}}}}, check=False
    ).operations
    for level, number in ((logging.ERROR, 0), (logging.WARNING, 1)):
        with caplog.at_level(level, "poorwsgi"):
            log_refusal(Problem(400, "It is wrong", FAULTS), operation)
        assert len(caplog.records) == number
    (record,) = caplog.records
    assert record.getMessage() == (
        "400 - Bad Request: GET /a (-): body /name maxLength, query n type, "
        "body type, security key required"
    )
    assert record.filename == "problems.py"


RAW = {"openapi": "3.1.1", "info": {"title": "A", "version": "1"}}
