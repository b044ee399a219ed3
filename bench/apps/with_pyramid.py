"""Pyramid."""

from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from rows import DATA, PATTERNS

__all__ = ["build"]


def build() -> Any:
    """Return the application that is measured."""
    with Configurator() as config:
        config.add_route("hello", "/hello")
        config.add_view(_hello, route_name="hello")
        config.add_route("json", "/json")
        config.add_view(_send_json, route_name="json", renderer="json")
        config.add_route("user", r"/user/{name}/{number:\d+}")
        config.add_view(_show_user, route_name="user")
        config.add_route("search", "/search")
        config.add_view(_search, route_name="search")
        config.add_route("form", "/form")
        config.add_view(_read_form, route_name="form")
        config.add_route("person", "/person")
        config.add_view(_read_person, route_name="person")
        for prefix in PATTERNS:
            config.add_route(prefix, f"/{prefix}/{{name}}")
            config.add_view(_send_name, route_name=prefix)
        return config.make_wsgi_app()


def _text(text: str) -> Response:
    return Response(text, content_type="text/plain", charset="utf-8")


def _hello(_: Request) -> Response:
    return _text("Hello, world!")


def _send_json(_: Request) -> dict[str, Any]:
    return DATA


def _show_user(request: Request) -> Response:
    name, number = request.matchdict["name"], int(request.matchdict["number"])
    return _text(f"{name} {number * 2}")


def _search(request: Request) -> Response:
    page = int(request.GET.get("page", 0))
    return _text(f"{request.GET.get('q')} {page + 1}")


def _read_form(request: Request) -> Response:
    age = int(request.POST.get("age", 0))
    return _text(f"{request.POST.get('name')} {age + 1}")


def _read_person(request: Request) -> Response:
    person = request.json_body
    return _text(f"{person['name']} {person['age'] + 1}")


def _send_name(request: Request) -> Response:
    return _text(request.matchdict["name"])
