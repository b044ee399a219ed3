"""poorwsgi-core alone, which checks nothing: what the rest is to be compared with."""

import json
from typing import Any

from poorwsgi_core import Application
from poorwsgi_core.state import METHOD_PUT

__all__ = ["build"]


def build() -> Any:
    """Return the application that is measured."""
    app = Application("bench")

    @app.route("/pets/<number:int>", METHOD_PUT)
    def put(req: Any, number: int) -> dict[str, Any]:
        return {"id": number, "name": json.loads(req.data)["name"]}

    @app.route("/pets/<number:int>")
    def get(req: Any, number: int) -> dict[str, Any]:
        return {"id": number, "limit": req.args.getfirst("limit", 0, int)}

    assert put is not get  # noqa: S101 - both are used
    return app
