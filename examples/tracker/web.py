"""The application, put together."""

import logging
from pathlib import Path

from poorwsgi_core.extensions.access_log import AccessLog
from poorwsgi_core.extensions.compression import Compression
from poorwsgi_core.extensions.cors import CORS
from poorwsgi_core.extensions.error_pages import ErrorPages
from poorwsgi_core.extensions.health import HealthChecks
from poorwsgi_core.extensions.request_id import RequestId, RequestIdFilter
from poorwsgi_core.extensions.security_headers import SecurityHeaders
from poorwsgi_core.extensions.static_cache import StaticCache
from tracker.api import build_api
from tracker.changes import changes
from tracker.login import Login
from tracker.look import render_error
from tracker.pages import pages
from tracker.request import Application, Data, Request
from tracker.settings import Settings

__all__ = ["create_app"]


def create_app(settings: Settings | None = None) -> Application:
    """Build the tracker, by the variables of the environment if not told otherwise."""
    if settings is None:
        settings = Settings.from_environment()
        set_up_log()
    app = Application("tracker")
    app.document_root = Path(__file__).parent / "public"
    app.trusted_hosts = settings.hosts or None
    app.trusted_proxies = settings.proxies
    app.max_content_length = settings.max_upload
    data = Data(settings)

    @app.before_response()
    def find_data(req: Request) -> None:
        req.db = data

    install_extensions(app, settings, data)
    app.install(Login(settings))
    app.install(pages)
    app.install(changes)
    app.install(build_api())
    return app


def set_up_log() -> None:
    """Write a line for each thing, with the identity of its request, and accesses."""
    handler = logging.StreamHandler()
    handler.addFilter(RequestIdFilter())
    form = "%(levelname)s %(request_id)s %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, handlers=[handler])


def install_extensions(app: Application, settings: Settings, data: Data) -> None:
    """Install what most applications need; the order doesn't matter."""
    app.install(RequestId(accept=bool(settings.proxies)))
    app.install(AccessLog())
    app.install(SecurityHeaders())
    app.install(ErrorPages(render=render_error))
    app.install(Compression())
    app.install(StaticCache(max_age=3600))
    app.install(HealthChecks({"database": data.database.check}))
    app.install(CORS(settings.origins, headers=["Content-Type", "X-API-Key"]))
