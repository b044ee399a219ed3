"""Routes, groups, filters, default handler: the description's examples."""

from typing import Any

from poorwsgi import Application, state
from poorwsgi.request import Request

app = Application("routing")


@app.route("/some/path")
def some_path(_: Request) -> str:
    """A static route."""
    return "Data of some path"


def other_path(_: Request) -> str:
    """A static route that is set by a call."""
    return "Data of other path"


app.set_route("/some/other/path", other_path, state.METHOD_GET_POST)


@app.route("/user/<name>")
def user_detail(_: Request, name: str) -> str:
    """A group takes a part of the path."""
    return f"Name is {name}"


@app.route("/<surname:word>/<age:int>")
def surnames_by_age(_: Request, surname: str, age: int) -> str:
    """Filters say what groups match, and convert."""
    return f"Surname is: {surname} and age is: {age:d}"


app.set_filter("email", r"[a-zA-Z\.\-]+@[a-zA-Z\.\-]+", str)


@app.route("/login/<login:email>")
def user_by_login(_: Request, login: str) -> str:
    """A filter of one's own."""
    return f"Users email is {login}"


@app.route(r"/<number:re:[a-fA-F\d]+>")
def hex_number(_: Request, number: str) -> str:
    """A regular expression in the route."""
    value = int(number, 16)
    return f"Number is {number} that is {value:d} so {value:x}"


@app.route("/test/<variable0>/<variable1>/<variable2>")
def show_varargs(_: Request, *args: str) -> str:
    """Any count of groups."""
    return f"Parse {len(args)} parameters {args}"


@app.route("/groups/<variable0>/<variable1>/<variable2>")
def show_groups(req: Request, *_: str) -> str:
    """Groups by their names."""
    return f"All input variables from url path: {req.groups}"


@app.default(state.METHOD_OPTIONS)
def default(_: Request) -> tuple[bytes, str, dict[str, Any]]:
    """Answer OPTIONS of each path that no route answers."""
    return b"", "", {"Allow": "OPTIONS, GET, HEAD"}
