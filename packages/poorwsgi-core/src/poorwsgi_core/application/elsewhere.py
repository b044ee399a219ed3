"""What other frameworks call a thing that an application has by another name."""

from typing import Any, Final, TypeVar

__all__ = ["refuse_names"]

_T = TypeVar("_T")

_NAMES: Final = {
    "add_hook": "write @app.before_response() or @app.after_response()",
    "add_middleware": "wrap it as WSGI does, or write app.install(extension)",
    "add_route": "write app.set_route(path, handler)",
    "add_static_route": "set app.document_root",
    "add_url_rule": "write app.set_route(path, handler)",
    "cli": "write a program that imports app",
    "config": "settings are attributes, as app.debug",
    "context_processor": "write Templates(folder, context=function)",
    "error": "write @app.http_state(404) or @app.error_handler(ValueError)",
    "errorhandler": "write @app.http_state(404) or @app.error_handler(ValueError)",
    "include_router": "write app.install(Routes('/prefix'))",
    "logger": "write logging.getLogger(__name__)",
    "make_response": "write from poorwsgi_core import make_response",
    "merge": "write app.install(Routes('/prefix'))",
    "register_blueprint": "write app.install(Routes('/prefix'))",
    "run": "write python -m poorwsgi_core run module:app, or server.run(app)",
    "teardown_request": "write response.call_on_close(function)",
    "template_filter": "write templates.environment.filters[name] = function",
    "test_client": "write poorwsgi_core.testing.Client(app)",
    "wsgi_app": "app itself is the WSGI application",
}


class _Elsewhere:
    """An attribute that isn't there, and says what is.

    PERF: ``__getattr__`` would do for all of them, and an application that has it is
    read by the slow way, which cost a tenth of a request.
    """

    def __init__(self, name: str, hint: str) -> None:
        self._name = name
        self._hint = hint

    def __get__(self, instance: object | None, owner: type) -> Any:
        name = self._name
        raise AttributeError(
            f"{owner.__name__!r} object has no attribute {name!r}: {self._hint}",
            name=name,
            obj=owner if instance is None else instance,
        )


def refuse_names(kind: type[_T]) -> type[_T]:
    """Decorate a class whose objects don't have what others have by these names."""
    for name, hint in _NAMES.items():
        setattr(kind, name, _Elsewhere(name, hint))
    return kind
