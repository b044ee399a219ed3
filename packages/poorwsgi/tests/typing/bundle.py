"""Documented use of the bundle, for mypy and pyright."""

from typing import assert_type

import poorwsgi_auth.serving
import poorwsgi_core
import poorwsgi_forms.serving
from poorwsgi import Application
from poorwsgi.request import EmptyForm, Request, Serving
from poorwsgi_core.request.serving import Serving as CoreServing
from poorwsgi_forms import FieldStorage

app = Application(__name__)
assert_type(app, Application[Request])

# What is asked of an application, by the core and by the parts, it has.
serving: Serving = app
for_core: CoreServing = serving
for_auth: poorwsgi_auth.serving.Serving = serving
for_forms: poorwsgi_forms.serving.Serving = serving


class OwnRequest(Request):
    """A request of an application's own."""

    login: str = ""


class OwnApplication(Application[OwnRequest]):
    """An application with that request."""

    request_class = OwnRequest


own_serving: Serving = OwnApplication(f"{__name__}.own")


@app.route("/page")
def page(req: Request) -> str:
    """Use what the parts bring."""
    assert_type(req.app, Serving)
    assert_type(req.app.name, str)
    assert_type(req.app.auto_form, bool)
    assert_type(req.app.auth_timeout, int | None)
    assert_type(req.form, FieldStorage | EmptyForm)
    return req.app.name


def install(any_app: "poorwsgi_core.Application[poorwsgi_core.Request]") -> CoreServing:
    """Take an application of the core for what its requests ask of it."""
    return any_app
