"""Arguments, forms, JSON, uploads: the description's examples."""

import json
import logging
import shutil

from poorwsgi import Application, state
from poorwsgi.request import Request
from poorwsgi.response import Response

app = Application("reading")
log = logging.getLogger("reading")


@app.route("/test/get")
def show_get(req: Request) -> str:
    """Arguments of the query."""
    name = req.args.getfirst("name")
    colors = req.args.getlist("color", func=int)
    return f"Get arguments are {name}, {colors}"


@app.route("/test/post", methods=state.METHOD_GET_POST)
def show_post(req: Request) -> str:
    """Fields of a form, beside an argument of the query."""
    # id is read from the query and converted to a number, with zero as default
    id_ = req.args.getfirst("id", 0, int)
    name = req.form.getfirst("name")
    colors = req.form.getlist("color", func=int)
    return f"Post arguments for {id_} are {name}, {colors}"


@app.route(
    "/test/json",
    methods=state.METHOD_POST | state.METHOD_PUT | state.METHOD_PATCH,
)
def show_json(req: Request) -> Response:
    """A body of JSON, and an answer that is written by json.dump."""
    for key, val in req.json.items():
        log.info("%s: %r", key, val)
    res = Response(content_type="application/json")
    res.write(json.dumps({"Status": "200", "Message": "Ok"}))
    return res


@app.route("/test/json/type", methods=state.METHOD_POST)
def show_json_type(req: Request) -> str:
    """What a body of JSON is, depends on the client."""
    return type(req.json).__name__


@app.route("/test/upload", methods=state.METHOD_GET_POST)
def show_upload(req: Request) -> str:
    """Store the file of the field upload."""
    if "upload" in req.form and req.form["upload"].filename:
        with open("my_file_storage", "w+b") as f:  # noqa: PTH123
            shutil.copyfileobj(req.form["upload"].file, f)
        return f"{req.form['upload'].filename} is stored"
    return "There is no file"


@app.route("/test/cached", methods=state.METHOD_POST)
def show_cached(req: Request) -> str:
    """The input of a large body is buffered: lines cost no call of the server."""
    lines = iter(req.input.readline, b"")
    return f"{type(req.input).__name__}: {sum(1 for _ in lines)} lines"
