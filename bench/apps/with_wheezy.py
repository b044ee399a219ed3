"""wheezy.web."""

from typing import Any

from rows import DATA, PATTERNS
from wheezy.core.collections import defaultdict
from wheezy.http import HTTPRequest, HTTPResponse, WSGIApplication, json_response
from wheezy.routing import url
from wheezy.web.middleware import (
    bootstrap_defaults,
    http_error_middleware_factory,
    path_routing_middleware_factory,
)

__all__ = ["build"]

_TEXT = "text/plain; charset=utf-8"
_PAGE = "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>404 Not Found</h1>\n"


def build() -> Any:
    """Return the application that is measured."""
    routes = [
        url("hello", _hello, name="hello"),
        url("json", _send_json, name="json"),
        url("user/{name}/{number:number}", _show_user, name="user"),
        url("search", _search, name="search"),
        url("form", _read_form, name="form"),
        url("person", _read_person, name="person"),
        *(url(f"{p}/{{name}}", _send_name, name=p) for p in PATTERNS),
        # The error middleware redirects to the page of a status, which loses the
        # status, unless the answer comes from that very route: so a last route
        # takes all other paths in its name.
        url("{path:any}", _not_found, {"path": ""}, "http404"),
    ]
    options = {
        "http_errors": defaultdict(lambda: "http404"),
        # Not used here; wheezy.web warns when they are not said.
        "render_template": None,
        "ticket": None,
    }
    return WSGIApplication(
        middleware=[
            bootstrap_defaults(url_mapping=routes),
            http_error_middleware_factory,
            path_routing_middleware_factory,
        ],
        options=options,
    )


def _text(text: str) -> HTTPResponse:
    response = HTTPResponse(_TEXT)
    response.write(text)
    return response


def _hello(_: HTTPRequest) -> HTTPResponse:
    return _text("Hello, world!")


def _send_json(_: HTTPRequest) -> HTTPResponse:
    return json_response(DATA)


def _show_user(request: HTTPRequest) -> HTTPResponse:
    arguments = request.environ["route_args"]
    return _text(f"{arguments['name']} {int(arguments['number']) * 2}")


def _search(request: HTTPRequest) -> HTTPResponse:
    page = int(request.get_param("page") or 0)
    return _text(f"{request.get_param('q')} {page + 1}")


def _read_form(request: HTTPRequest) -> HTTPResponse:
    form = request.form
    return _text(f"{form['name'][0]} {int(form['age'][0]) + 1}")


def _read_person(request: HTTPRequest) -> HTTPResponse:
    person = request.form
    return _text(f"{person['name']} {person['age'] + 1}")


def _send_name(request: HTTPRequest) -> HTTPResponse:
    return _text(request.environ["route_args"]["name"])


def _not_found(_: HTTPRequest) -> HTTPResponse:
    response = HTTPResponse()
    response.status_code = 404
    response.write(_PAGE)
    return response
