"""What other frameworks call a thing that an application has by another name."""

from typing import Final

__all__ = ["APPLICATION_NAMES"]

_STATIC = "set app.document_root: a folder static/ in it is served as /static/"

APPLICATION_NAMES: Final = {
    "add_error_handler": "write @app.error_handler(ValueError)",
    "add_hook": "write @app.before_response() or @app.after_response()",
    "add_middleware": "wrap it as WSGI does, or write app.install(extension)",
    "add_route": "write app.set_route(path, handler)",
    "add_sink": "write @app.default(), or app.mount(prefix, application)",
    "add_static_route": _STATIC,
    "add_url_rule": "write app.set_route(path, handler)",
    "cli": "write a program that imports app",
    "config": "settings are attributes, as app.debug",
    "context_processor": "write Templates(folder, context=function)",
    "error": "write @app.http_state(404) or @app.error_handler(ValueError)",
    "errorhandler": "write @app.http_state(404) or @app.error_handler(ValueError)",
    "hook": "write @app.before_response() or @app.after_response()",
    "include_router": "write app.install(Routes('/prefix'))",
    "listen": "write python -m poorwsgi_core run module:app, or server.run(app)",
    "logger": "write logging.getLogger(__name__)",
    "make_response": "write from poorwsgi_core import make_response",
    "merge": "write app.install(Routes('/prefix'))",
    "middleware": "wrap app as WSGI does, or write app.install(extension)",
    "register_blueprint": "write app.install(Routes('/prefix'))",
    "run": "write python -m poorwsgi_core run module:app, or server.run(app)",
    "static": _STATIC,
    "req_options": "settings are attributes of app, as app.max_content_length",
    "teardown_request": "write response.call_on_close(function)",
    "template_filter": "write templates.environment.filters[name] = function",
    "test_client": "write poorwsgi_core.testing.Client(app)",
    "url_map": "write app.route_table",
    "wsgi_app": "app itself is the WSGI application",
}
