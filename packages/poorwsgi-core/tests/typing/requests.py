"""What a handler reads has the type that the documentation says."""

from http.cookies import SimpleCookie
from io import BytesIO
from typing import TYPE_CHECKING, Any, assert_type

from poorwsgi_core import Application, BaseResponse, Headers, Request, SimpleRequest
from poorwsgi_core.lazy import lazy
from poorwsgi_core.request import Args, EmptyForm
from poorwsgi_core.request.body import CachedInput
from poorwsgi_core.request.serving import Serving

if TYPE_CHECKING:
    from poorwsgi_core.application import Extension


def attributes(req: Request) -> None:
    """Read attributes."""
    assert_type(req.path, str)
    assert_type(req.headers, Headers)
    assert_type(req.content_length, int)
    assert_type(req.accept, tuple[tuple[str, float], ...])
    assert_type(req.authorization, dict[str, str])
    assert_type(req.cookies, SimpleCookie)
    assert_type(req.path_args, dict[str, Any])
    assert_type(req.data, bytes | None)
    assert_type(req.input, BytesIO | CachedInput)
    assert_type(req.read(10), bytes)
    assert_type(req.hostname, str | None)
    assert_type(req.server_port, int | None)
    assert_type(req.uri_rule, str | None)
    assert_type(req.app, Serving)


def arguments(req: Request) -> None:
    """Read arguments, converted and with defaults."""
    assert_type(req.args, Args | EmptyForm)
    args = req.args
    if isinstance(args, EmptyForm):
        return
    assert_type(args.getfirst("a"), str | None)
    assert_type(args.getfirst("a", ""), str)
    assert_type(args.getfirst("a", 0), str | int)
    assert_type(args.getfirst("a", 0, int), int)
    assert_type(args.getfirst("a", None, int), int | None)
    assert_type(args.getfirst("a", func=int), int | None)
    assert_type(args.getlist("a"), list[str])
    assert_type(args.getlist("a", func=int), list[int])
    assert_type(args.getlist("a", None, float), list[float])
    assert_type(args.getvalue("a"), str | list[str] | None)
    assert_type(args.getvalue("a", func=len), int | None)
    assert_type(args["a"], str | list[str])


class MyRequest(Request):
    """A request with an attribute of the application's."""

    login: str | None = None

    @lazy
    def language(self) -> str:
        """Return the language that the client likes most."""
        return self.accept_language[0][0]


class MyApplication(Application[MyRequest]):
    """An application with requests of its own."""

    request_class = MyRequest


mine = MyApplication(f"{__name__}.mine")


@mine.before_response()
def check(req: MyRequest) -> None:
    """Set the attribute."""
    req.login = req.language


@mine.route("/<x:int>")
def handler(req: MyRequest, x: int) -> str:
    """Use it."""
    assert_type(req.login, str | None)
    assert_type(req.language, str)
    assert_type(req.args.getfirst("a", x, int), int)
    return req.login or req.language


@mine.route("/plain")
def plain(req: Request) -> str:
    """Take any request: such a handler serves every application."""
    return req.path


mine.set_route("/lambda", lambda req: req.language)
assert_type(mine.request_class, type[MyRequest])


class Hello:
    """An extension."""

    def install(self, app: Application[Any]) -> None:
        """Register a route and a hook."""
        app.set_route("/hello", plain)
        app.add_after_response(self.after)

    def after(self, _: SimpleRequest, response: BaseResponse) -> BaseResponse:
        """Leave the response as it is."""
        return response


extension: "Extension" = Hello()
mine.install(extension)
mine.install(Hello())
