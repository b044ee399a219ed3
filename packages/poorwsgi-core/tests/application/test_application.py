"""Facts about the application object."""

import gc
import logging
import sys
from typing import Any

import pytest
from recording import Start, say

from poorwsgi_core import application as wsgi
from poorwsgi_core.application import Application, Extension
from poorwsgi_core.request import SimpleRequest
from poorwsgi_core.response import (
    GeneratorResponse,
    HTTPException,
    abort,
)
from poorwsgi_core.testing import Client, build_environ


def test_name() -> None:
    """The first argument is the name; it shows in repr and str."""
    application = Application("test_wsgi.named")
    assert application.name == "test_wsgi.named"
    expected = "test_wsgi.named - callable Application class instance"
    assert (repr(application), str(application)) == (expected, expected)


def test_default_name() -> None:
    """Without an argument the name is that of a script."""
    assert Application().name == "__main__"


def test_names_may_repeat(app: Application) -> None:
    """A cell that is run again, and a test after one that failed, have their own."""
    again = Application(app.name)
    again.set_route("/", lambda _: "again")
    assert (again.name, app.routes) == (app.name, {})


def test_extra_attributes(app: Application) -> None:
    """An application takes attributes of its user."""
    app.openapi_spec = 1  # type: ignore[attr-defined]
    assert vars(app)["openapi_spec"] == 1
    for name in ("db", "cfg", "users", "file_store", "secrets", "hosts", "data"):
        setattr(app, name, None)


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("trusted_host", "trusted_hosts"),
        ("max_contentlength", "max_content_length"),
        ("Debug", "debug"),
        ("docroot_index", None),
        ("document_roots", "document_root"),
        ("trustedproxies", "trusted_proxies"),
        ("secretkey", "secret_key"),
    ],
)
def test_misspelt_setting(app: Application, name: str, setting: str | None) -> None:
    """It is an error that names the one that is meant."""
    if setting is None:
        setattr(app, name, 1)
        return
    with pytest.raises(AttributeError, match=f"did you mean '{setting}'"):
        setattr(app, name, 1)


def test_documented_names() -> None:
    """The module hands on what the documentation names."""
    assert wsgi.log is logging.getLogger("poorwsgi")
    assert wsgi.re_filter.findall("/<a:int>/<b>") == ["a:int", "b"]
    assert wsgi.re_invalid_filter.match("a :int") is not None
    assert wsgi.to_response("x").data == b"x"


def test_install(app: Application, client: Client) -> None:
    """An extension registers what it needs."""

    class Hello:
        def install(self, app: "Application[Any]") -> None:
            app.set_route("/hello", say("hello"))

    extension: Extension = Hello()
    app.install(extension)
    assert client.get("/hello").text == "hello"


def test_core_has_no_challenge(app: Application, client: Client) -> None:
    """A 401 of the core has no WWW-Authenticate; a subclass may give some."""
    app.set_route("/", lambda _: abort(401, realm="r"))
    answer = client.get()
    assert (answer.status_code, "WWW-Authenticate" in answer.headers) == (401, False)


def test_challenge_of_a_subclass(name: str) -> None:
    """The 401 page asks the application; a failure there is a 500 (A15)."""

    class Guarded(Application):
        def challenge(
            self, req: SimpleRequest, realm: str | None, stale: object
        ) -> list[str]:
            if realm is None:
                raise RuntimeError("no realm")
            return [f'Digest realm="{realm}", stale={stale}', f"Basic {req.method}"]

    guarded = Guarded(name)
    guarded.set_route("/", lambda _: abort(401, realm="r", stale=True))
    guarded.set_route("/bare", lambda _: abort(401))
    client = Client(guarded)
    assert client.get().headers.get_all("WWW-Authenticate") == (
        'Digest realm="r", stale=True',
        "Basic GET",
    )
    assert client.get("/bare").status_code == 500


def test_get_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """Options are the ``app_*`` variables of the process (10)."""
    monkeypatch.setenv("APP_Db_Name", " data ")
    assert Application.get_options()["db_name"] == "data"


def test_deprecated_hook_names(app: Application) -> None:
    """The old names work and warn, with the new name (14)."""

    def hook(*_: object) -> None:
        """Do nothing."""

    with pytest.warns(DeprecationWarning, match=r"before_request\b.*before_response"):
        app.before_request()(hook)
    with pytest.warns(DeprecationWarning, match=r"pop_before_request.*pop_before_resp"):
        app.pop_before_request(hook)
    with pytest.warns(DeprecationWarning, match=r"add_before_request.*add_before_resp"):
        app.add_before_request(hook)
    assert app.before == (hook,)
    with pytest.warns(DeprecationWarning, match=r"after_request\b.*after_response"):
        app.after_request()(hook)
    with pytest.warns(DeprecationWarning, match=r"pop_after_request.*pop_after_resp"):
        app.pop_after_request(hook)
    with pytest.warns(DeprecationWarning, match=r"add_after_request.*add_after_resp"):
        app.add_after_request(hook)
    assert app.after == (hook,)


def test_deprecated_names_warn_once(app: Application) -> None:
    """One call is one warning, at the line of the caller."""
    with pytest.warns(DeprecationWarning, match="before_request") as caught:
        app.before_request()
    assert [warning.filename for warning in caught] == [__file__]


def test_generator_response_that_cannot_start(app: Application, client: Client) -> None:
    """A body that fails after the head was prepared is a 500 nevertheless."""
    app.set_route("/", lambda _: GeneratorResponse(1))  # type: ignore[arg-type]
    assert client.get().status_code == 500


def test_no_exception_is_kept(app: Application, client: Client) -> None:
    """An abort leaves no cycle behind, which only the collector would find."""
    app.set_route("/", lambda _: abort(404))
    client.get()
    gc.collect()
    gc.disable()
    try:
        before = sum(isinstance(o, HTTPException) for o in gc.get_objects())
        app(build_environ(), Start())
        after = sum(isinstance(o, HTTPException) for o in gc.get_objects())
    finally:
        gc.enable()
    assert after == before
    assert sys.exception() is None
