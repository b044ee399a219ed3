"""Configuration, options, headers, variables: the description's examples."""

import logging
from collections.abc import Iterator

from poorwsgi import Application, fieldstorage, request, state
from poorwsgi.request import Request
from poorwsgi.response import Response

log = logging.getLogger("configuring")

app = Application("configuring")
app.auto_form = False
app.auto_args = False
app.strict_parsing = 1


@app.before_response()
def auto_form_and_args(req: Request) -> None:
    """This is own implementation of req.form and req.args parsing."""
    try:
        req.args = request.Args(
            req,
            keep_blank_values=app.keep_blank_values,
            strict_parsing=app.strict_parsing,
        )
    except Exception as error:  # noqa: BLE001 - as in the description
        log.error("Bad request uri: %s", error)  # noqa: TRY400

    if req.method_number == state.METHOD_POST:
        try:
            parser = fieldstorage.FieldStorageParser(
                req.input,
                req.headers,
                keep_blank_values=app.keep_blank_values,
                strict_parsing=app.strict_parsing,
            )
            req.form = parser.parse()
        except Exception as error:  # noqa: BLE001
            log.error("Bad request body: %s", error)  # noqa: TRY400


@app.route("/parsed", state.METHOD_GET_POST)
def parsed(req: Request) -> dict[str, str | None]:
    """What was parsed, or nothing where it was bad."""
    return {"arg": req.args.getfirst("a"), "field": req.form.getfirst("b")}


# --- options: variables that start with app_ ---------------------------------------


@app.route("/options")
def list_options(_: Request) -> Iterator[bytes]:
    """List the application's own variables of the server's configuration."""
    for key, val in app.get_options().items():
        yield f"{key} = {val}\n".encode()


# --- headers -----------------------------------------------------------------------


@app.route("/some/path")
def some_path(req: Request) -> Response:
    """Read a header, and add one."""
    xparam = int(req.headers.get("X-Param", "0"))
    # res.headers will have X-Powered-By, Content-Type and Content-Length
    res = Response("O yea!", content_type="text/plain")
    # res.headers["S-Param"] is "0" by default
    res.add_header("S-Param", xparam * 2)
    return res


@app.route("/properties")
def properties(req: Request) -> dict[str, object]:
    """What the headers say, parsed."""
    names = (
        *("mime_type", "charset", "content_length", "accept", "accept_charset"),
        *("accept_encoding", "accept_language", "accept_html", "accept_xhtml"),
        *("accept_json", "is_xhr", "authorization", "referer", "user_agent"),
        *("forwarded_for", "forwarded_host", "forwarded_proto"),
    )
    values: dict[str, object] = {name: getattr(req, name) for name in names}
    values["cookies"] = sorted(req.cookies)
    values["headers"] = req.headers is req.headers_in
    return values


# --- variables of the request ------------------------------------------------------


@app.route("/variables")
def variables(req: Request) -> list[object]:
    """Names that are left to applications: None at first."""
    found = [req.user, req.api, req.db, getattr(req, "app_anything", None)]
    req.user, req.db = "Jana", object()
    setattr(req, "app_anything", 5)  # noqa: B010 - any name with app_ is yours
    return found
