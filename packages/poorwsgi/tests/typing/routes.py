"""Groups of the bundle: its Request in handlers, guards, links."""

from typing import assert_type

from poorwsgi import Application, Request, Routes
from poorwsgi_auth.guards.guard import build_guard

guard = build_guard(lambda _: None)
api = Routes("/api", guards=[guard])


@api.get("/<number:int>")
def show(req: Request, number: int) -> str:
    """Answer with a link."""
    return assert_type(req.url_for(show, number=number), str)


app = Application("routes")
app.install(api)
app.mount("/old", Application("old"))
assert_type(app.url_for("show", number=1), str)
