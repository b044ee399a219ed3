"""Facts about links: from a handler or a name to a path."""

import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core import Application, Request, Routes
from poorwsgi_core.testing import Client

UUID = uuid.UUID("12345678-1234-5678-1234-567812345678")


def answer(req: Request, *_: object) -> dict[str, Any]:
    """Answer with the path arguments."""
    return req.path_args


def index(_: Request) -> str:
    """Answer the list."""
    return "index"


@pytest.mark.parametrize(
    ("rule", "params", "url"),
    [
        ("/", {}, "/"),
        ("/kůň/", {}, "/k%C5%AF%C5%88/"),
        ("/", {"a": "1&2", "b": [1, 2], "c": None}, "/?a=1%262&b=1&b=2"),
        ("/u/<id:int>", {"id": 5}, "/u/5"),
        ("/u/<id:int>", {"id": "-5", "page": 2}, "/u/-5?page=2"),
        ("/u/<id:int>.html", {"id": 5}, "/u/5.html"),
        ("/<x>/<y>", {"x": "a b", "y": "č?#"}, "/a%20b/%C4%8D%3F%23"),
        ("/<x:float>", {"x": 2.5}, "/2.5"),
        ("/<x:float>", {"x": 1e-7}, "/0.0000001"),
        ("/<x:float>", {"x": 1e22}, "/10000000000000000000000"),
        ("/<x:uuid>", {"x": UUID}, f"/{UUID}"),
        ("/<x:re:.*>", {"x": "a/b/"}, "/a/b/"),
        ("/<x:re:.*>", {"x": "/evil.example"}, "/%2Fevil.example"),
        ("/<x>", {"x": "..."}, "/..."),
        ("/<a:int>/<b:re:(?P=a)>", {"a": 1, "b": 1}, "/1/1"),
    ],
)
def test_paths(app: Application, rule: str, params: dict[str, Any], url: str) -> None:
    """Values are written and encoded; what is no group goes into the query."""
    app.set_route(rule, answer)
    assert app.url_for(answer, **params) == url


@pytest.mark.parametrize(
    ("rule", "params", "reason"),
    [
        ("/u/<id:int>", {}, r"missing: route '/u/<id:int>' needs id"),
        ("/u/<id:int>", {"id": None}, r"no path for .*'None'.* id matches -\?\\d\+"),
        ("/u/<id:int>", {"id": "5\n"}, "no path for"),
        ("/u/<name>", {"name": ""}, "no path for"),
        ("/u/<name>", {"name": "a/b"}, "name matches"),
        ("/<x:float>", {"x": float("inf")}, "no path for"),
        ("/<x:re:.*>/<y:re:.*>", {"x": "a", "y": "b/c"}, "no path for"),
        ("/<x:re:.*>", {"x": "a/../b"}, "segment of dots"),
        ("/<x>", {"x": "."}, "segment of dots"),
        ("/<x>", {"x": "\ud800"}, "surrogates not allowed"),
        ("/<x>", {"x": "a", "q": "\ud800"}, "surrogates not allowed"),
        ("/<x>", {"x": "a", "_external": True}, "write req.construct_url"),
    ],
)
def test_values_that_do_not_fit(
    app: Application, rule: str, params: dict[str, Any], reason: str
) -> None:
    """They raise at once, with the route and what it takes."""
    app.set_route(rule, answer)
    with pytest.raises(ValueError, match=reason):
        app.url_for(answer, **params)


def test_converter_refuses(app: Application) -> None:
    """A value that routing would refuse makes no path."""

    def convert(text: str) -> int:
        raise OverflowError(text)

    app.set_filter("odd", r"\d+", convert)
    app.set_route("/<x:odd>", answer)
    with pytest.raises(ValueError, match=r"x matches \\d\+"):
        app.url_for("answer", x=1)


def test_names(app: Application) -> None:
    """A route has the name it is given, else that of its function."""
    app.set_route("/", index)
    app.get("/news", name="news")(answer)
    assert (app.url_for("index"), app.url_for(index)) == ("/", "/")
    assert (app.url_for("news"), app.url_for(answer)) == ("/news", "/news")
    with pytest.raises(ValueError, match=r"name 'answer': names are those of"):
        app.url_for("answer")
    with pytest.raises(ValueError, match=r"name 'new': did you mean 'news'\?"):
        app.url_for("new")
    with pytest.raises(ValueError, match=r"No route leads to builtins\.print"):
        app.url_for(print)


def test_handlers_without_a_name(app: Application) -> None:
    """Objects are found as they are, also those that have no hash."""

    @dataclass
    class Unhashable:
        name: str

        def __call__(self, _: Request) -> str:
            return self.name

    bound = partial(answer)
    app.set_route("/a", Unhashable("a"))
    app.set_route("/b", Unhashable("b"))
    app.set_route("/c", bound)
    assert app.url_for(Unhashable("b")) == "/b"
    assert app.url_for(bound) == "/c"


def test_ambiguous_names(app: Application) -> None:
    """They are an error that lists the routes."""

    def other(_: Request) -> str:
        return "other"

    other.__name__ = "index"
    app.set_route("/a", index)
    app.set_route("/b", other)
    with pytest.raises(ValueError, match=r"'/a' of .*index, '/b' of .*give one"):
        app.url_for("index")
    assert app.url_for(other) == "/b"
    app.set_route("/c", other)
    with pytest.raises(ValueError, match=r"'/b' of .* '/c' of"):
        app.url_for(other)


def test_several_routes_of_a_handler(app: Application) -> None:
    """The values choose; the methods of a path are one route."""
    app.set_route("/list", answer)
    app.set_route("/list/<page:int>", answer)
    app.post("/list/<page:int>")(index_of := partial(answer))
    assert app.url_for(answer) == "/list"
    assert app.url_for("answer", page=2) == "/list/2"
    assert app.url_for(answer, q="x") == "/list?q=x"
    assert app.url_for(index_of, page=3) == "/list/3"


def test_expressions(app: Application) -> None:
    """No path can be built of an expression of one's own."""
    app.set_regular_route(r"/x/(\d+)", answer)
    with pytest.raises(ValueError, match="expression of your own"):
        app.url_for(answer)


def test_changes(app: Application) -> None:
    """Links follow the routes as they change."""
    app.set_route("/a", index)
    assert app.url_for(index) == "/a"
    app.set_route("/<x>", answer)
    assert app.url_for(answer, x=1) == "/1"


@pytest.mark.parametrize(
    ("script_name", "url"),
    [
        ("", "/u/5"),
        ("/app", "/app/u/5"),
        ("/", "/u/5"),
        ("/k\xc5\xaf\xc5\x88", "/k%C5%AF%C5%88/u/5"),
        ("//evil", "/%2Fevil/u/5"),
    ],
)
def test_script_name(app: Application, script_name: str, url: str) -> None:
    """A request puts SCRIPT_NAME in front."""

    @app.get("/u/<ident:int>")
    def user(req: Request, ident: int) -> str:
        return req.url_for(user, ident=ident)

    client = Client(app, validate=False, SCRIPT_NAME=script_name)
    assert client.get("/u/5").text == url


GROUPS = {
    "<x>": st.text(min_size=1).filter(lambda text: "/" not in text),
    "<x:int>": st.integers(),
    "<x:float>": st.floats(-1e307, 1e307),
    "<x:word>": st.from_regex(r"\w+", fullmatch=True),
    "<x:hex>": st.text("0123456789abcdefABCDEF", min_size=1),
    "<x:uuid>": st.uuids(),
    "<x:re:.+>": st.text(min_size=1).filter(lambda text: "\n" not in text),
}


@given(data=st.data(), group=st.sampled_from([*GROUPS]), ident=st.integers())
def test_there_and_back(data: st.DataObject, group: str, ident: int) -> None:
    """A link leads to its handler, with the values it was built of."""
    value = data.draw(
        GROUPS[group].filter(lambda text: not {".", ".."} & {*str(text).split("/")})
    )
    api = Routes("/api/<ident:int>")
    seen: list[Any] = []

    @api.get(f"/x/{group}", name="link")
    def handler(_: Request, *values: Any) -> str:
        seen.extend(values)
        return "found"

    app = Application("links")
    app.install(api)
    url = app.url_for("link", ident=ident, x=value)
    assert Client(app).get(url).text == "found"
    assert seen == [ident, value]
