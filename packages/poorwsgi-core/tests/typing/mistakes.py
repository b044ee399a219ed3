"""Mistakes that type checkers report.

Each line would be an unused ``type: ignore`` if its mistake passed, and mypy
reports those too.
"""

from poorwsgi_core import Application, Request, Response, abort, state

app = Application(__name__)


class MyRequest(Request):
    """A request of another application."""


def parts_that_are_not_installed(req: Request) -> None:
    """Name attributes that other packages add."""
    _ = req.form  # type: ignore[attr-defined]
    _ = req.json  # type: ignore[attr-defined]
    app.auto_form = True  # type: ignore[attr-defined]
    app.auth_type = "Digest"  # type: ignore[attr-defined]


@app.route("/")  # type: ignore[arg-type]
def wrong_request(_: int) -> str:
    """Take something that is no request."""
    return ""


@app.route("/mine")  # type: ignore[arg-type]
def other_request(_: MyRequest) -> str:
    """Take a request that this application doesn't make."""
    return ""


@app.route("/<x>")  # type: ignore[arg-type]
def wrong_request_with_arguments(_: int, **kwargs: str) -> str:
    """Take arguments by name, but no request."""
    return kwargs["x"]


def no_request() -> str:
    """Take no request at all."""
    return ""


def wrong_calls(req: Request) -> None:
    """Use values of wrong types."""
    app.set_route("/", no_request)  # type: ignore[arg-type]
    app.set_route("/", "text")  # type: ignore[arg-type]
    app.set_route(1, lambda req: req.path)  # type: ignore[arg-type]
    app.set_error_handler(ValueError, no_request)  # type: ignore[arg-type]
    app.set_error_handler("ValueError", print)  # type: ignore[arg-type]
    app.add_before_response(no_request)  # type: ignore[arg-type]
    app.add_after_response(no_request)  # type: ignore[arg-type]
    app.install(no_request)  # type: ignore[arg-type]
    app.name = "other"  # type: ignore[misc]
    app.no_setting = 1  # type: ignore[attr-defined]
    Response(5)  # type: ignore[arg-type]
    req.read("10")  # type: ignore[arg-type]


def wrong_status() -> None:
    """Stop with a text."""
    abort("404")  # type: ignore[arg-type]


def unknown_status() -> None:
    """Misspell a constant."""
    abort(state.HTTP_NOT_FUOND)  # type: ignore[attr-defined]
